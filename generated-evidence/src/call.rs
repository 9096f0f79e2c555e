//! What the generated calls are made of: arguments by name in, an [`Answer`] out.

use crate::draw::{Answer, Arguments, as_bytes, as_text};
use crate::wire;
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use meshery_client::{Download, Error, EventStream, FilePart, Frame, Items, Reconnect, Response, WebSocket};
use meshery_types::wire::{ANY, Decode};
use serde::Serialize;
use serde_json::{Map, Value};

/// What a call comes back with: an answer that the contract documents, or what went wrong.
pub type Called<'a> = BoxFuture<'a, Result<Answer, String>>;

/// The client of a product, by operation id.
pub trait Calls: Send + Sync {
    /// Calls an operation; nothing if the product does not have it.
    fn call<'a>(&'a self, id: &str, args: Args<'a>) -> Option<Called<'a>>;
}

/// The arguments of a call, as typed values.
#[derive(Clone, Copy, Debug)]
pub struct Args<'a>(&'a Arguments, bool);

impl<'a> Args<'a> {
    /// These, for what one request gives.
    #[must_use]
    pub fn of(arguments: &'a Arguments) -> Self {
        Self(arguments, false)
    }

    /// These, for the whole of a list that comes in pages: an array of its items.
    #[must_use]
    pub fn whole(arguments: &'a Arguments) -> Self {
        Self(arguments, true)
    }
}

#[allow(dead_code, reason = "not every contract has headers, cookies, forms and lists")]
impl Args<'_> {
    pub(crate) fn is_whole(self) -> bool {
        self.1
    }

    pub(crate) fn path<T: Decode>(self, name: &str) -> Option<T> {
        typed(self.0.path.get(name))
    }

    pub(crate) fn query<T: Decode>(self, name: &str) -> Option<T> {
        typed(self.0.query.get(name))
    }

    pub(crate) fn header<T: Decode>(self, name: &str) -> Option<T> {
        typed(self.0.headers.get(name))
    }

    pub(crate) fn cookie<T: Decode>(self, name: &str) -> Option<T> {
        typed(self.0.cookies.get(name))
    }

    /// The body, if it is of this media type.
    fn content(&self, media_type: &str) -> Option<&Value> {
        let (of, value) = self.0.body.as_ref()?;
        (of == media_type).then_some(value)
    }

    pub(crate) fn body<T: Decode>(self, media_type: &str) -> Option<T> {
        typed(self.content(media_type))
    }

    pub(crate) fn text(self, media_type: &str) -> Option<String> {
        Some(crate::raw_text(self.content(media_type)?))
    }

    pub(crate) fn bytes(self, media_type: &str) -> Option<Vec<u8>> {
        Some(as_bytes(self.content(media_type)?.as_str()?))
    }

    pub(crate) fn part<T: Decode>(self, name: &str) -> Option<T> {
        typed(self.0.body.as_ref()?.1.get(name))
    }

    pub(crate) fn file(self, name: &str) -> Option<FilePart> {
        file(self.0.body.as_ref()?.1.get(name)?)
    }

    pub(crate) fn files(self, name: &str) -> Option<Vec<FilePart>> {
        self.0.body.as_ref()?.1.get(name)?.as_array()?.iter().map(file).collect()
    }
}

fn typed<T: Decode>(value: Option<&Value>) -> Option<T> {
    Some(wire::decoded(value?, &ANY))
}

fn file(value: &Value) -> Option<FilePart> {
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    let part = FilePart::new(as_bytes(text("bytes")?));
    Some(part.file_name(text("name")?).media_type(text("media_type")?))
}

/// An argument that must be there.
pub(crate) fn needed<T>(value: Option<T>, operation: &str, name: &str) -> T {
    value.unwrap_or_else(|| panic!("{operation} is called without {name}"))
}

/// A body that is JSON or text, or none.
pub(crate) async fn encoded<T: Serialize>(result: Result<Response<T>, Error>) -> Result<Answer, String> {
    settled(result.map(|response| response.map(|body| wire::encoded(&body))))
}

/// Every item of a list, as an array.
#[allow(dead_code, reason = "not every contract has lists")]
pub(crate) async fn items<P: Decode, T: Serialize>(items: Items<P, T>) -> Result<Answer, String> {
    let items = items.all().await.map_err(|e| e.to_string())?;
    Ok(answer(200, &http::HeaderMap::new(), wire::encoded(&items)))
}

/// Every event of a stream.
#[allow(dead_code, reason = "not every contract has one")]
pub(crate) async fn events<T: Serialize>(
    result: Result<Response<EventStream<T>>, Error>,
) -> Result<Answer, String> {
    let (head, mut stream) = match result {
        Ok(response) => (response.status, response.map(|events| events.reconnect(Reconnect::never()))),
        Err(error) => return failed(error),
    };
    let _ = head;
    let mut all = Vec::new();
    while let Some(event) = stream.body.next().await {
        all.push(wire::encoded(&event.map_err(|e| e.to_string())?));
    }
    settled(Ok(stream.map(|_| Value::Array(all))))
}

/// All bytes of a download.
#[allow(dead_code, reason = "not every contract has one")]
pub(crate) async fn download(result: Result<Response<Download>, Error>) -> Result<Answer, String> {
    let response = match result {
        Ok(response) => response,
        Err(error) => return failed(error),
    };
    let head = response.map(|download| download.bytes());
    let (status, headers, bytes) = (head.status, head.headers.clone(), head.body.await);
    let body = Value::String(as_text(&bytes.map_err(|e| e.to_string())?));
    Ok(answer(status.as_u16(), &headers, body))
}

/// A WebSocket: what is sent over it comes back, text and bytes, and then it is closed.
#[allow(dead_code, reason = "not every contract has one")]
pub(crate) async fn socket(result: Result<Response<WebSocket>, Error>) -> Result<Answer, String> {
    let response = match result {
        Ok(response) => response,
        Err(error) => return failed(error),
    };
    let (status, headers) = (response.status, response.headers.clone());
    let mut socket = response.into_body();
    for frame in [Frame::Text("text é".to_owned()), Frame::Binary(vec![0, 255, 10].into())] {
        socket.send(frame.clone()).await.map_err(|e| e.to_string())?;
        let back = StreamExt::next(&mut socket).await.ok_or("the socket is closed")?;
        let back = back.map_err(|e| e.to_string())?;
        if back != frame {
            return Err(format!("{frame:?} came back as {back:?}"));
        }
    }
    socket.close(1000, "done").await.map_err(|e| e.to_string())?;
    Ok(answer(status.as_u16(), &headers, Value::Null))
}

fn settled(result: Result<Response<Value>, Error>) -> Result<Answer, String> {
    match result {
        Ok(response) => Ok(answer(response.status.as_u16(), &response.headers, response.body)),
        Err(error) => failed(error),
    }
}

fn failed(error: Error) -> Result<Answer, String> {
    match error {
        Error::Documented(failure) => {
            let json = failure.body.media_type.as_deref().is_some_and(|m| m.ends_with("json"));
            let body = if json {
                failure.body.json::<Value>().map_err(|e| e.to_string())?
            } else {
                Value::String(failure.body.text.clone())
            };
            Ok(answer(failure.status.as_u16(), &failure.headers, body))
        }
        other => Err(other.to_string()),
    }
}

/// A failure whose body has a type, which was written again.
#[allow(dead_code, reason = "not every contract has such failures")]
pub(crate) fn documented(error: &Error, body: Value) -> Result<Answer, String> {
    let status = error.status().ok_or("a documented failure has a status")?;
    Ok(answer(status.as_u16(), error.headers().unwrap_or(&http::HeaderMap::new()), body))
}

fn answer(status: u16, headers: &http::HeaderMap, body: Value) -> Answer {
    let texts = headers.iter().filter_map(|(name, value)| {
        Some((name.as_str().to_owned(), Value::String(value.to_str().ok()?.to_owned())))
    });
    let headers: Map<String, Value> = texts.collect();
    let media_type = headers.get("content-type").and_then(Value::as_str);
    let media_type = media_type.map(|m| m.split(';').next().unwrap_or(m).to_owned());
    Answer { status, media_type, body, headers }
}
