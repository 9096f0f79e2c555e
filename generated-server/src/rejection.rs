//! What a request is answered with when it never reaches a handler.

use crate::reply::{Reply, ReplyBody};
use crate::{ErrorBody, OperationInfo, Problem};
use http::header::{ACCEPT, ALLOW, CONNECTION, RETRY_AFTER, UPGRADE, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue, StatusCode};

/// Why a request was not handed to a handler.
///
/// Its text is sent as an [`ErrorBody`] is: plain, or as Meshery's error object to who asks for
/// `application/json` by name. A request that breaks the contract gets a [`Problem`] instead.
#[derive(Clone, Debug)]
pub struct Rejection {
    status: StatusCode,
    header: Option<(HeaderName, HeaderValue)>,
    body: Body,
}

#[derive(Clone, Debug)]
enum Body {
    Text(String),
    Problem(Box<Problem>),
}

impl Rejection {
    /// 400: parameters or body are not what the contract asks for.
    #[must_use]
    pub fn invalid(problem: Problem) -> Self {
        Self { status: StatusCode::BAD_REQUEST, header: None, body: Body::Problem(Box::new(problem)) }
    }

    /// 401, with `WWW-Authenticate: Bearer`.
    pub fn unauthenticated(reason: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, reason).with(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
    }

    /// 403.
    pub fn forbidden(reason: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, reason)
    }

    /// 405, with the methods of the path in `Allow`.
    #[must_use]
    pub fn method_not_allowed(allow: &str) -> Self {
        let rejection = Self::new(StatusCode::METHOD_NOT_ALLOWED, format!("allowed here: {allow}"));
        match HeaderValue::from_str(allow) {
            Ok(value) => rejection.with(ALLOW, value),
            Err(_) => rejection,
        }
    }

    /// 406: none of the operation's media types is accepted.
    #[must_use]
    pub fn not_acceptable(operation: &OperationInfo) -> Self {
        let produced = operation.produces.join(", ");
        Self::new(StatusCode::NOT_ACCEPTABLE, format!("available here: {produced}"))
    }

    /// 408: the body did not arrive in time.
    #[must_use]
    pub fn body_timeout() -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "the request body did not arrive in time")
            .with(CONNECTION, HeaderValue::from_static("close"))
    }

    /// 413.
    #[must_use]
    pub fn too_large(limit: usize) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, format!("the request body is limited to {limit} bytes"))
    }

    /// 415, with what is accepted in `Accept`.
    #[must_use]
    pub fn unsupported_media_type(operation: &OperationInfo) -> Self {
        let accepted: Vec<_> = operation.body.iter().flat_map(|b| b.accepts).map(|m| m.media_type).collect();
        let accepted = accepted.join(", ");
        let text = format!("accepted here: {accepted}");
        let rejection = Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, text);
        match HeaderValue::from_str(&accepted) {
            Ok(value) => rejection.with(ACCEPT, value),
            Err(_) => rejection,
        }
    }

    /// 426: the operation is a WebSocket, and the request does not ask for one.
    #[must_use]
    pub fn upgrade_required() -> Self {
        Self::new(StatusCode::UPGRADE_REQUIRED, "this is a WebSocket")
            .with(UPGRADE, HeaderValue::from_static("websocket"))
    }

    /// 431: the headers are too large.
    #[must_use]
    pub fn headers_too_large(limit: usize) -> Self {
        let text = format!("the request headers are limited to {limit} bytes");
        Self::new(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, text)
    }

    /// 501: nobody implements the operation's group here.
    #[must_use]
    pub fn not_mounted(operation: &OperationInfo) -> Self {
        Self::new(StatusCode::NOT_IMPLEMENTED, format!("{} is not implemented here", operation.id))
    }

    /// 503, with `Retry-After`.
    pub fn unavailable(reason: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, reason).with(RETRY_AFTER, HeaderValue::from_static("1"))
    }

    /// 400 with a plain reason: what is wrong is no part of the contract.
    pub(crate) fn bad_request(reason: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, reason)
    }

    /// 500, 501, 502, 503 or 504 with no other reason than its name.
    pub(crate) fn failed(status: StatusCode) -> Self {
        Self::new(status, status.canonical_reason().unwrap_or("failed"))
    }

    /// The status it is answered with.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    fn new(status: StatusCode, text: impl Into<String>) -> Self {
        Self { status, header: None, body: Body::Text(text.into()) }
    }

    fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.header = Some((name, value));
        self
    }
}

impl From<Rejection> for Reply {
    fn from(rejection: Rejection) -> Self {
        let body = match rejection.body {
            Body::Text(text) => ReplyBody::Error(ErrorBody::new(text)),
            Body::Problem(problem) => ReplyBody::Problem(problem),
        };
        let mut reply = Self::new(rejection.status, body);
        if let Some((name, value)) = rejection.header {
            reply.headers.insert(name, value);
        }
        reply
    }
}
