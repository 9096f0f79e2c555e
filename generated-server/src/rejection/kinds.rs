//! The rejections one by one: what each knows, and what it says.

use super::Kind;
use crate::{OperationInfo, Problem};
use http::header::{
    ACCEPT, ALLOW, CONNECTION, RETRY_AFTER, SEC_WEBSOCKET_VERSION, UPGRADE, WWW_AUTHENTICATE,
};
use http::{HeaderName, HeaderValue};
use std::time::Duration;

type Headers = Vec<(HeaderName, HeaderValue)>;

/// 400, with everything that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRequest(pub Problem);

/// 401, with `WWW-Authenticate: Bearer`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unauthenticated {
    /// What the caller reads.
    pub reason: String,
}

/// 403.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Forbidden {
    /// What the caller reads.
    pub reason: String,
}

/// 404 of a path that no operation has. [`not_found`](crate::not_found) answers with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NotFound;

/// 405, with the methods that the path has in `Allow`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MethodNotAllowed {
    /// The methods, as the header has them: `GET, HEAD`.
    pub allow: String,
}

/// 406, with what the operation answers with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotAcceptable {
    /// The media types of its successes.
    pub available: &'static [&'static str],
}

/// 408; the connection is closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BodyTimeout;

/// 413, announced or not; the connection is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BodyTooLarge {
    /// How many bytes it may have.
    pub limit: usize,
}

/// 415, with what is taken in `Accept`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnsupportedMediaType {
    /// The media types of bodies that the operation takes.
    pub accepted: Vec<&'static str>,
}

/// 426, with `Upgrade: websocket` and the version of WebSockets that is spoken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UpgradeRequired;

/// 429, with `Retry-After` where it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TooManyRequests {
    /// What the caller reads.
    pub reason: String,
    /// When it may call again; sent in whole seconds, rounded up.
    pub retry_after: Option<Duration>,
}

/// 431.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HeadersTooLarge {
    /// How many bytes they may have, names and values.
    pub limit: usize,
}

/// 500. What happened is logged and not told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Internal;

/// 501.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotImplemented {
    /// The id of the operation whose group nobody mounted; `None` where a handler says so itself.
    pub operation: Option<&'static str>,
    /// What the caller reads, where a handler says why.
    pub reason: Option<String>,
}

/// 502.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BadGateway;

/// 503, with `Retry-After`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unavailable {
    /// What the caller reads.
    pub reason: String,
}

/// 504: the handler, or a server behind it, took too long.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TimedOut;

impl BadRequest {
    /// A request that cannot be read at all, and why.
    pub(crate) fn unreadable(reason: impl Into<String>) -> Self {
        Self(Problem { unreadable: Some(reason.into()), ..Problem::default() })
    }
}

impl Unauthenticated {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }
}

impl Forbidden {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }
}

impl UnsupportedMediaType {
    pub(crate) fn of(operation: &OperationInfo) -> Self {
        let accepted = operation.body.iter().flat_map(|body| body.accepts);
        Self { accepted: accepted.map(|media| media.media_type).collect() }
    }
}

impl Unavailable {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }
}

impl Kind for BadRequest {
    fn text(&self) -> String {
        self.0.to_string()
    }
}

impl Kind for Unauthenticated {
    fn text(&self) -> String {
        self.reason.clone()
    }

    fn headers(&self) -> Headers {
        vec![(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))]
    }
}

impl Kind for Forbidden {
    fn text(&self) -> String {
        self.reason.clone()
    }
}

impl Kind for NotFound {
    fn text(&self) -> String {
        "there is nothing here".to_owned()
    }
}

impl Kind for MethodNotAllowed {
    fn text(&self) -> String {
        format!("allowed here: {}", self.allow)
    }

    fn headers(&self) -> Headers {
        HeaderValue::from_str(&self.allow).into_iter().map(|allow| (ALLOW, allow)).collect()
    }
}

impl Kind for NotAcceptable {
    fn text(&self) -> String {
        format!("available here: {}", self.available.join(", "))
    }
}

impl Kind for BodyTimeout {
    fn text(&self) -> String {
        "the request body did not arrive in time".to_owned()
    }

    fn headers(&self) -> Headers {
        // The rest of the body may be on its way still: no other request can follow it.
        vec![(CONNECTION, HeaderValue::from_static("close"))]
    }
}

impl Kind for BodyTooLarge {
    fn text(&self) -> String {
        format!("the request body is limited to {} bytes", self.limit)
    }

    fn headers(&self) -> Headers {
        // What was not read of the body stands before any other request.
        vec![(CONNECTION, HeaderValue::from_static("close"))]
    }
}

impl Kind for UnsupportedMediaType {
    fn text(&self) -> String {
        format!("accepted here: {}", self.accepted.join(", "))
    }

    fn headers(&self) -> Headers {
        let accepted = HeaderValue::from_str(&self.accepted.join(", "));
        accepted.into_iter().map(|accepted| (ACCEPT, accepted)).collect()
    }
}

impl Kind for UpgradeRequired {
    fn text(&self) -> String {
        "this is a WebSocket".to_owned()
    }

    fn headers(&self) -> Headers {
        vec![
            (UPGRADE, HeaderValue::from_static("websocket")),
            (CONNECTION, HeaderValue::from_static("Upgrade")),
            (SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13")),
        ]
    }
}

impl Kind for TooManyRequests {
    fn text(&self) -> String {
        self.reason.clone()
    }

    fn headers(&self) -> Headers {
        let seconds = |wait: Duration| wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0));
        let wait = self.retry_after.map(|wait| (RETRY_AFTER, HeaderValue::from(seconds(wait))));
        wait.into_iter().collect()
    }
}

impl Kind for HeadersTooLarge {
    fn text(&self) -> String {
        format!("the request headers are limited to {} bytes", self.limit)
    }
}

impl Kind for Internal {
    fn text(&self) -> String {
        "Internal Server Error".to_owned()
    }
}

impl Kind for NotImplemented {
    fn text(&self) -> String {
        match (self.operation, &self.reason) {
            (Some(id), _) => format!("{id} is not implemented here"),
            (None, Some(reason)) => reason.clone(),
            (None, None) => "Not Implemented".to_owned(),
        }
    }
}

impl Kind for BadGateway {
    fn text(&self) -> String {
        "Bad Gateway".to_owned()
    }
}

impl Kind for Unavailable {
    fn text(&self) -> String {
        self.reason.clone()
    }

    fn headers(&self) -> Headers {
        vec![(RETRY_AFTER, HeaderValue::from_static("1"))]
    }
}

impl Kind for TimedOut {
    fn text(&self) -> String {
        "no answer in time".to_owned()
    }
}
