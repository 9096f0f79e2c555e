//! A server over loopback, and calls to it that hold the answer to the contract.

use meshery_runtime::provider::local::{Caller, Local};
use meshery_runtime::store::{Change, Keyring, Query, Record, Scope, SqlStore, Store};
use meshery_server::meshery::OPERATIONS;
use meshery_server::{Asked, Authenticate, Denied, Router};
use meshery_types::wire::{self, Decode};
use serde_json::Value;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use uuid::Uuid;

/// A key for tests.
pub(crate) const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// A SQLite store in a folder that goes away with it.
pub(crate) async fn sqlite() -> (tempfile::TempDir, SqlStore) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("store.db").display());
    (folder, SqlStore::open(&url).await.unwrap())
}

/// A provider over a store.
pub(crate) fn local(store: SqlStore) -> Local {
    Local::new(Arc::new(store), Keyring::from_base64(KEY).unwrap())
}

/// Serves a router on a port of its own.
pub(crate) async fn serve(router: Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    address
}

/// The user whose id is the token: for tests of many users.
pub(crate) struct TokenIsUser;

impl Authenticate for TokenIsUser {
    type Identity = Caller;

    async fn authenticate(&self, asked: Asked<'_>) -> Result<Caller, Denied> {
        let id = asked.token.and_then(|token| Uuid::parse_str(token.secret()).ok());
        id.map(Caller::user).ok_or_else(|| Denied::unauthenticated("a user's id is needed"))
    }
}

/// A client that remembers which operations worked.
pub(crate) struct Client {
    base: String,
    token: Option<Uuid>,
    http: reqwest::Client,
    store: SqlStore,
    worked: Mutex<BTreeSet<&'static str>>,
    lacking: Mutex<BTreeSet<&'static str>>,
}

impl Client {
    /// A client of a server; the store behind it is for what no operation makes or lists.
    pub(crate) fn new(address: SocketAddr, token: Option<Uuid>, store: SqlStore) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let base = format!("http://{address}");
        Self { base, token, http, store, worked: Mutex::default(), lacking: Mutex::default() }
    }

    /// The status and the text of an answer.
    pub(crate) async fn raw(&self, method: &str, path: &str, body: Option<Value>) -> (u16, String) {
        let method: reqwest::Method = method.parse().unwrap();
        let mut request = self.http.request(method.clone(), format!("{}{path}", self.base));
        if let Some(token) = self.token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let text = String::from_utf8_lossy(&response.bytes().await.unwrap()).into_owned();
        self.note(&method, path, status);
        (status, text)
    }

    /// An answer of this status that is a `T`, to the letter.
    pub(crate) async fn ask<T: Decode>(
        &self,
        method: &str,
        path: &str,
        body: Option<Value>,
        status: u16,
    ) -> T {
        let (found, text) = self.raw(method, path, body).await;
        assert_eq!(found, status, "{method} {path}: {text}");
        strict(&text).unwrap_or_else(|error| panic!("{method} {path}: {error}\n{text}"))
    }

    /// An answer of this status, whatever it says.
    pub(crate) async fn tell(&self, method: &str, path: &str, body: Option<Value>, status: u16) -> String {
        let (found, text) = self.raw(method, path, body).await;
        assert_eq!(found, status, "{method} {path}: {text}");
        text
    }

    /// What is read there.
    pub(crate) async fn value(&self, path: &str) -> Value {
        serde_json::from_str(&self.tell("GET", path, None, 200).await).unwrap()
    }

    /// What was made there.
    pub(crate) async fn made(&self, path: &str, body: Value) -> Value {
        serde_json::from_str(&self.tell("POST", path, Some(body), 201).await).unwrap()
    }

    /// A file sent as a form.
    pub(crate) async fn upload(&self, path: &str, file: &[u8], fields: &[(&str, &str)]) -> (u16, String) {
        let mut form = String::new();
        let part = |name: &str, more: &str, text: &str| {
            format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n{text}\r\n")
        };
        for (name, value) in fields {
            form += &part(name, "", value);
        }
        form += &part("k8sfile", "; filename=\"config\"", std::str::from_utf8(file).unwrap());
        form += "--b--\r\n";
        let request = self.http.post(format!("{}{path}", self.base)).body(form);
        let response =
            request.header("content-type", "multipart/form-data; boundary=b").send().await.unwrap();
        let status = response.status().as_u16();
        self.note(&reqwest::Method::POST, path, status);
        (status, response.text().await.unwrap())
    }

    /// The bytes of a file.
    pub(crate) async fn bytes(&self, path: &str) -> Vec<u8> {
        let response = self.http.get(format!("{}{path}", self.base)).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        self.note(&reqwest::Method::GET, path, 200);
        response.bytes().await.unwrap().to_vec()
    }

    /// Asks for a WebSocket, and is told why there is none.
    pub(crate) async fn socket(&self, path: &str) {
        let request = self.http.get(format!("{}{path}", self.base));
        let request = request.header("connection", "upgrade").header("upgrade", "websocket");
        let request = request
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
        let response = request.send().await.unwrap();
        self.note(&reqwest::Method::GET, path, response.status().as_u16());
        assert_eq!(response.status(), 501, "{path}");
    }

    /// Puts an object of the local user's into the store.
    pub(crate) async fn put(&self, kind: &'static str, id: Uuid, body: Value) {
        let mut record = Record::new(kind, id);
        record.owner = Some(Caller::local().id());
        record.body = body.to_string();
        self.store.commit(vec![Change::Insert(record)]).await.unwrap();
    }

    /// The same, as part of another.
    pub(crate) async fn put_part(&self, kind: &'static str, of: Uuid, body: Value) {
        let mut record = Record::new(kind, Uuid::now_v7());
        record.owner = Some(Caller::local().id());
        record.parent = of.to_string();
        record.body = body.to_string();
        self.store.commit(vec![Change::Insert(record)]).await.unwrap();
    }

    /// The sealed secret of a credential.
    pub(crate) async fn sealed(&self, id: &str) -> String {
        self.store.get("credential", id.parse().unwrap()).await.unwrap().unwrap().sealed
    }

    /// How many objects of a kind there are.
    pub(crate) async fn count(&self, kind: &'static str) -> i64 {
        self.store.list(&Query::new(kind, Scope::All)).await.unwrap().total
    }

    /// The ids of all objects of a kind.
    pub(crate) async fn ids(&self, kind: &'static str) -> Vec<Uuid> {
        let page = self.store.list(&Query::new(kind, Scope::All)).await.unwrap();
        page.records.into_iter().map(|record| record.id).collect()
    }

    /// The operations that answered with success, and those with 501.
    pub(crate) fn seen(&self) -> (BTreeSet<&'static str>, BTreeSet<&'static str>) {
        (self.worked.lock().unwrap().clone(), self.lacking.lock().unwrap().clone())
    }

    fn note(&self, method: &reqwest::Method, path: &str, status: u16) {
        let Some(id) = operation(method.as_str(), path) else { return };
        match status {
            200..=299 => self.worked.lock().unwrap().insert(id),
            501 => self.lacking.lock().unwrap().insert(id),
            _ => false,
        };
    }
}

/// Reads an answer as a server reads a request.
pub(crate) fn strict<T: Decode>(text: &str) -> Result<T, wire::DecodeError> {
    wire::from_slice(text.as_bytes(), &wire::ANY, &wire::Options::STRICT)
}

/// The operation that a request is for: of those that fit, the one with the most literal segments.
fn operation(method: &str, path: &str) -> Option<&'static str> {
    let path: Vec<&str> = path.split('?').next().unwrap_or_default().split('/').collect();
    let fits = |template: &str| {
        let template: Vec<&str> = template.split('/').collect();
        let same = |(t, p): (&&str, &&str)| t.starts_with('{') || t == p;
        (template.len() == path.len() && template.iter().zip(&path).all(same))
            .then(|| template.iter().filter(|segment| !segment.starts_with('{')).count())
    };
    let candidates = OPERATIONS.iter().filter(|operation| operation.method.as_str() == method);
    candidates.filter_map(|operation| Some((fits(operation.path)?, operation.id))).max().map(|(_, id)| id)
}
