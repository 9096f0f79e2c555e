//! What the generated mock server is made of: it takes down what it hears and answers by a script.

use crate::call::Calls;
use crate::draw::{Answer, Arguments, as_text};
use crate::wire;
use futures_util::TryStreamExt;
use meshery_client::{Error, Token};
use meshery_server::{Asked, Authenticate, ByteStream, Denied, FilePart};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Makes a client for the server at a base URL, with a token or without.
pub type Connect = fn(&str, Option<Token>) -> Result<Box<dyn Calls>, Error>;

/// Makes a client for a server in this process.
pub type InProcess = fn(axum::Router, Token) -> Result<Box<dyn Calls>, Error>;

/// A product, as a client and a server by the names of the contract.
#[derive(Clone, Copy, Debug)]
pub struct Product {
    /// Its name.
    pub name: &'static str,
    /// A client for the server at a base URL, with a token or without.
    pub connect: Connect,
    /// A client for a server in this process, with a token.
    pub in_process: InProcess,
    /// A server that implements every group by a script.
    pub serve: fn(Mock) -> axum::Router,
    /// The method and path of every operation that the server lists.
    pub operations: fn() -> Vec<String>,
}

/// The method and path of each operation.
pub(crate) fn listed(operations: &[&meshery_server::OperationInfo]) -> Vec<String> {
    operations.iter().map(|op| format!("{} {}", op.method, op.path)).collect()
}

/// The secret that the mock server knows.
pub const SECRET: &str = "evidence-token";

/// Who calls with [`SECRET`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller;

/// A server's memory: what it is to answer next, and what it heard last.
#[derive(Clone, Debug, Default)]
pub struct Mock(Arc<Mutex<Memory>>);

#[derive(Debug, Default)]
struct Memory {
    next: Answer,
    by_operation: BTreeMap<String, Answer>,
    heard: Option<Heard>,
}

/// What a handler was called with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heard {
    /// The operation.
    pub operation: &'static str,
    /// Its arguments, written again.
    pub arguments: Arguments,
}

/// What is to be answered, until a handler has made it a typed response.
pub(crate) struct Scripted(Answer);

impl Mock {
    /// Sets what is answered from now on, and forgets what was heard.
    pub fn script(&self, answer: Answer) {
        let mut memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *memory = Memory { next: answer, ..Memory::default() };
    }

    /// Sets what each operation, by its id, answers from now on, and forgets what was heard.
    pub fn script_each(&self, answers: BTreeMap<String, Answer>) {
        let mut memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *memory = Memory { by_operation: answers, ..Memory::default() };
    }

    /// Forgets what was heard, and answers as before.
    pub fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).heard = None;
    }

    /// What a handler was called with since the script was set.
    #[must_use]
    pub fn heard(&self) -> Option<Heard> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).heard.clone()
    }

    pub(crate) fn answer(&self, heard: Heard) -> Scripted {
        let mut memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = memory.by_operation.get(heard.operation).unwrap_or(&memory.next).clone();
        memory.heard = Some(heard);
        Scripted(answer)
    }
}

impl Authenticate for Mock {
    type Identity = Caller;

    async fn authenticate(&self, asked: Asked<'_>) -> Result<Caller, Denied> {
        match asked.token {
            Some(token) if token.secret() == SECRET => Ok(Caller),
            Some(_) => Err(Denied::unauthenticated("another token")),
            None => Err(Denied::unauthenticated("no token")),
        }
    }
}

#[allow(dead_code, reason = "not every contract has headers, cookies and forms")]
impl Heard {
    pub(crate) fn new(operation: &'static str) -> Self {
        Self { operation, arguments: Arguments::default() }
    }

    pub(crate) fn path<T: Serialize>(&mut self, name: &str, value: &T) {
        put(&mut self.arguments.path, name, value);
    }

    pub(crate) fn query<T: Serialize>(&mut self, name: &str, value: &T) {
        put(&mut self.arguments.query, name, value);
    }

    pub(crate) fn headers<T: Serialize>(&mut self, name: &str, value: &T) {
        put(&mut self.arguments.headers, name, value);
    }

    pub(crate) fn cookies<T: Serialize>(&mut self, name: &str, value: &T) {
        put(&mut self.arguments.cookies, name, value);
    }

    pub(crate) fn body<T: Serialize>(&mut self, media_type: &str, value: &T) {
        self.arguments.body = Some((media_type.to_owned(), wire::encoded(value)));
    }

    pub(crate) async fn bytes(&mut self, media_type: &str, body: ByteStream) {
        let chunks: Vec<_> = body.try_collect().await.expect("the body arrives");
        let bytes: Vec<u8> = chunks.iter().flat_map(|chunk: &bytes::Bytes| chunk.to_vec()).collect();
        self.arguments.body = Some((media_type.to_owned(), Value::String(as_text(&bytes))));
    }

    pub(crate) fn part<T: Serialize>(&mut self, media_type: &str, name: &str, value: &T) {
        put(self.parts(media_type), name, value);
    }

    pub(crate) async fn files(&mut self, media_type: &str, name: &str, list: bool, files: impl Files) {
        let mut all = Vec::new();
        for part in files.all() {
            all.push(file(part).await);
        }
        let parts = self.parts(media_type);
        if list && !all.is_empty() {
            parts.insert(name.to_owned(), Value::Array(all));
        } else {
            parts.extend(all.into_iter().map(|file| (name.to_owned(), file)));
        }
    }

    fn parts(&mut self, media_type: &str) -> &mut Map<String, Value> {
        let (_, body) =
            self.arguments.body.get_or_insert_with(|| (media_type.to_owned(), Value::Object(Map::new())));
        body.as_object_mut().expect("the parts are an object")
    }
}

/// The files of a part, one or many, there or not.
pub(crate) trait Files {
    fn all(self) -> Vec<FilePart>;
}

impl Files for FilePart {
    fn all(self) -> Vec<FilePart> {
        vec![self]
    }
}

impl Files for Vec<FilePart> {
    fn all(self) -> Vec<FilePart> {
        self
    }
}

impl<F: Files> Files for Option<F> {
    fn all(self) -> Vec<FilePart> {
        self.map(F::all).unwrap_or_default()
    }
}

async fn file(part: FilePart) -> Value {
    let (name, media_type) = (part.file_name.clone(), part.content_type.clone());
    let bytes = part.bytes().await.expect("the part is kept");
    json!({ "name": name, "media_type": media_type, "bytes": as_text(&bytes) })
}

/// What is not there is not taken down; nor is an empty array, which is the same on the wire.
fn put<T: Serialize>(map: &mut Map<String, Value>, name: &str, value: &T) {
    let value = wire::encoded(value);
    if !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty()) {
        map.insert(name.to_owned(), value);
    }
}

#[allow(dead_code, reason = "not every contract has headers, cookies and forms")]
impl Scripted {
    /// Status and media type, by which a handler finds the variant.
    pub(crate) fn key(&self) -> (u16, &str) {
        (self.0.status, self.0.media_type.as_deref().unwrap_or_default())
    }

    pub(crate) fn unknown(&self, operation: &str) -> ! {
        panic!("{operation} cannot answer {:?}", self.key())
    }

    pub(crate) fn header<T: meshery_types::wire::Decode>(&self, name: &str) -> T {
        self.optional_header(name).unwrap_or_else(|| panic!("the script has no header {name}"))
    }

    pub(crate) fn optional_header<T: meshery_types::wire::Decode>(&self, name: &str) -> Option<T> {
        Some(wire::decoded(self.0.headers.get(name)?, &meshery_types::wire::ANY))
    }
}

/// Bodies of typed responses.
pub(crate) mod answered {
    use super::Scripted;
    use crate::draw::as_bytes;
    use crate::wire;
    use meshery_server::{ByteStream, ErrorBody, EventStream, Upgrade};
    use meshery_types::wire::{ANY, Decode, Rules};
    use serde::Serialize;
    use serde_json::Value;

    pub(crate) fn value<T: Decode>(script: &Scripted, rules: &'static Rules) -> T {
        wire::decoded(&script.0.body, rules)
    }

    #[allow(dead_code, reason = "not every contract has one")]
    pub(crate) fn error(script: &Scripted) -> ErrorBody {
        ErrorBody::new(crate::raw_text(&script.0.body))
    }

    pub(crate) fn bytes(script: &Scripted) -> ByteStream {
        as_bytes(script.0.body.as_str().unwrap_or_default()).into()
    }

    #[allow(dead_code, reason = "not every contract has one")]
    pub(crate) fn events<T: Decode + Serialize + Send + 'static>(script: &Scripted) -> EventStream<T> {
        let events: Vec<T> =
            script.0.body.as_array().into_iter().flatten().map(|v: &Value| wire::decoded(v, &ANY)).collect();
        EventStream::new(futures_util::stream::iter(events))
    }

    /// A WebSocket that sends back what it receives.
    #[allow(dead_code, reason = "not every contract has one")]
    pub(crate) fn upgrade() -> Upgrade {
        Upgrade::new(|mut socket| async move {
            while let Some(Ok(message)) = socket.receive().await {
                if socket.send(message).await.is_err() {
                    break;
                }
            }
        })
    }
}
