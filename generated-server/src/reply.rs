//! What goes back: the one shape that every response enum and every rejection becomes.
//!
//! Generated code makes a [`Reply`] from each variant of a response; how it is written depends on
//! the request (`Accept`, `HEAD`) and is decided in one place, [`Reply::into_plain`].

use crate::rejection::Internal;
use crate::request::Accept;
use crate::{ByteStream, ErrorBody, EventStream, Problem, Rejection, Upgrade};
use bytes::Bytes;
use futures_util::stream::BoxStream;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, VARY};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use meshery_types::wire;
use serde::Serialize;

/// A response before it is written. Small, as it is handed on often: what few have is boxed.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    headers: Option<Box<HeaderMap>>,
    pub(crate) body: ReplyBody,
}

/// The body of a [`Reply`].
#[derive(Debug)]
pub(crate) enum ReplyBody {
    Empty,
    Full(&'static str, Bytes),
    Stream(&'static str, ByteStream),
    Events(crate::events::Lines),
    Error(Box<ErrorBody>),
    Rejected(Box<Rejection>),
    Upgrade(Upgrade),
}

/// A response whose form no longer depends on the request.
pub(crate) struct Plain {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: PlainBody,
    /// What it is, if no handler answered.
    pub(crate) rejection: Option<Box<Rejection>>,
}

/// The body of a [`Plain`].
pub(crate) enum PlainBody {
    Full(Bytes),
    Stream(BoxStream<'static, std::io::Result<Bytes>>),
    Upgrade(Upgrade),
}

#[allow(dead_code, reason = "which of these are used depends on the contract")]
impl Reply {
    pub(crate) fn new(status: StatusCode, body: ReplyBody) -> Self {
        Self { status, headers: None, body }
    }

    pub(crate) fn headers_mut(&mut self) -> &mut HeaderMap {
        self.headers.get_or_insert_default()
    }

    /// A status that a handler chose, if it is one of those that the response is for.
    pub(crate) fn within(status: u16, first: u16, last: u16) -> u16 {
        if (first..=last).contains(&status) {
            return status;
        }
        tracing::error!(status, "a response has a status that it is not for");
        500
    }

    /// A status without a body.
    pub(crate) fn empty(status: u16) -> Self {
        Self::new(code(status), ReplyBody::Empty)
    }

    /// A JSON document.
    pub(crate) fn json<T: Serialize>(status: u16, media_type: &'static str, body: &T) -> Self {
        match serde_json::to_vec(body) {
            Ok(json) => Self::new(code(status), ReplyBody::Full(media_type, json.into())),
            Err(error) => {
                tracing::error!(%error, "a response body is not JSON");
                Rejection::from(Internal).into()
            }
        }
    }

    /// Text.
    pub(crate) fn text<T: wire::Param>(status: u16, media_type: &'static str, body: &T) -> Self {
        let text = body.render().into_owned();
        Self::new(code(status), ReplyBody::Full(media_type, text.into()))
    }

    /// Bytes.
    pub(crate) fn bytes(status: u16, media_type: &'static str, body: ByteStream) -> Self {
        Self::new(code(status), ReplyBody::Stream(media_type, body))
    }

    /// A stream of events.
    pub(crate) fn events<T>(status: u16, body: EventStream<T>) -> Self {
        Self::new(code(status), ReplyBody::Events(body.into_lines()))
    }

    /// A documented error with a text.
    pub(crate) fn error(status: u16, body: ErrorBody) -> Self {
        Self::new(code(status), ReplyBody::Error(Box::new(body)))
    }

    /// The upgrade to a WebSocket.
    pub(crate) fn upgrade(body: Upgrade) -> Self {
        Self::new(StatusCode::SWITCHING_PROTOCOLS, ReplyBody::Upgrade(body))
    }

    /// The same with a header, if there is a value for it.
    pub(crate) fn header<T: wire::Param>(mut self, name: &'static str, value: Option<&T>) -> Self {
        let Some(value) = value else { return self };
        let name = HeaderName::from_bytes(name.as_bytes());
        let value = HeaderValue::from_str(&value.render());
        match (name, value) {
            (Ok(name), Ok(value)) => {
                self.headers_mut().append(name, value);
            }
            _ => tracing::error!("a response header holds what a header cannot hold"),
        }
        self
    }

    /// The same with a header that is a list, its elements joined by commas.
    pub(crate) fn header_list<T: wire::Param>(self, name: &'static str, values: Option<&Vec<T>>) -> Self {
        let joined = values.map(|values| {
            let texts: Vec<_> = values.iter().map(|value| value.render().into_owned()).collect();
            texts.join(", ")
        });
        self.header(name, joined.as_ref())
    }

    /// The response in the form that suits what the request accepts.
    pub(crate) fn into_plain(self, accept: &Accept) -> Plain {
        let Self { status, headers, body } = self;
        let mut headers = headers.map(|headers| *headers).unwrap_or_default();
        let mut rejection = None;
        let (media_type, body) = match body {
            ReplyBody::Empty => (None, PlainBody::Full(Bytes::new())),
            ReplyBody::Full(media_type, bytes) => (Some(media_type), PlainBody::Full(bytes)),
            ReplyBody::Stream(media_type, stream) => (Some(media_type), stream.into_plain()),
            ReplyBody::Events(lines) => {
                headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
                (Some("text/event-stream"), PlainBody::Stream(lines.into_stream()))
            }
            ReplyBody::Error(error) => {
                headers.append(VARY, HeaderValue::from_static("Accept"));
                let (media_type, bytes) = error_body(&error, accept);
                (Some(media_type), PlainBody::Full(bytes))
            }
            ReplyBody::Rejected(rejected) => {
                headers.append(VARY, HeaderValue::from_static("Accept"));
                let (media_type, bytes) = match &*rejected {
                    Rejection::BadRequest(bad) => problem_body(&bad.0, accept),
                    other => error_body(&ErrorBody::new(other.to_string()), accept),
                };
                rejection = Some(rejected);
                (Some(media_type), PlainBody::Full(bytes))
            }
            ReplyBody::Upgrade(upgrade) => (None, PlainBody::Upgrade(upgrade)),
        };
        if let Some(media_type) = media_type {
            let value = HeaderValue::from_static(media_type);
            if headers.is_empty() {
                headers.insert(CONTENT_TYPE, value);
            } else {
                headers.entry(CONTENT_TYPE).or_insert(value);
            }
        }
        Plain { status, headers, body, rejection }
    }
}

const PLAIN_TEXT: &str = "text/plain; charset=utf-8";

fn error_body(error: &ErrorBody, accept: &Accept) -> (&'static str, Bytes) {
    if accept.names("application/json") {
        ("application/json", error.to_json().into())
    } else {
        (PLAIN_TEXT, error.text().to_owned().into())
    }
}

fn problem_body(problem: &Problem, accept: &Accept) -> (&'static str, Bytes) {
    const PROBLEM: &str = "application/problem+json";
    const JSON: &str = "application/json";
    if !accept.allows(PROBLEM) && !accept.allows(JSON) {
        return (PLAIN_TEXT, problem.to_string().into());
    }
    // Who takes JSON takes this kind of it, too, unless he says that he does not.
    let media_type = if accept.refuses(PROBLEM) { JSON } else { PROBLEM };
    (media_type, problem.to_json().into())
}

/// The contract holds statuses between 100 and 599 only, so there is always one.
fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
