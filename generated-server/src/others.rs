//! One implementation for operations of any kind, without their types: what a mock or a gateway is.

use crate::dispatch::{Outcome, Stop};
use crate::rejection::Unauthenticated;
use crate::reply::{Reply, ReplyBody};
use crate::request::{BodyInput, Input};
use crate::{ByteStream, Context, ErrorBody, EventStream, Failure, FilePart, OperationInfo, Upgrade};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, StatusCode};
use std::future::Future;

/// Answers operations that have nothing in common but their facts.
///
/// What reaches it is what reaches a handler: the caller is let in, and the request is what the
/// contract asks for. What it answers is its own word: nothing compares that with the contract.
/// `Api::others` takes one for every operation whose group is not mounted.
///
/// ```
/// use meshery_server::{AnyOperation, AnyRequest, AnyResponse, Context, Failure};
///
/// struct Later;
///
/// impl<I: Send + Sync + 'static> AnyOperation<I> for Later {
///     async fn answer(&self, cx: Context<Option<I>>, _: AnyRequest) -> Result<AnyResponse, Failure> {
///         Err(Failure::not_implemented(format!("{} comes later", cx.operation.id)))
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not answer operations of any kind for callers that are a `{I}`",
    note = "implement `meshery_server::AnyOperation<{I}>`"
)]
pub trait AnyOperation<I>: Send + Sync + 'static {
    /// Answers the operation `cx.operation`. The identity is there unless the operation is public.
    fn answer(
        &self,
        cx: Context<Option<I>>,
        request: AnyRequest,
    ) -> impl Future<Output = Result<AnyResponse, Failure>> + Send;
}

/// What a request carries beyond its head, which is in the context.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct AnyRequest {
    /// The body, if there is one.
    pub body: Option<AnyBody>,
}

/// A body of any kind.
#[derive(Debug)]
#[non_exhaustive]
pub struct AnyBody {
    /// The media type as the contract has it: `application/json`.
    pub media_type: &'static str,
    /// What is in it.
    pub content: AnyContent,
}

/// What is in a body of any kind.
#[derive(Debug)]
pub enum AnyContent {
    /// Bytes.
    Bytes(ByteStream),
    /// The parts of a multipart body by name, in the order they came.
    Parts(Vec<(String, FilePart)>),
}

/// A response of any kind.
///
/// ```
/// # use meshery_server::AnyResponse;
/// # use http::StatusCode;
/// let response = AnyResponse::new(StatusCode::OK).body("application/json", r#"{"page":0}"#);
/// let error = AnyResponse::error(StatusCode::NOT_FOUND, "no such workspace");
/// # drop((response, error));
/// ```
#[derive(Debug)]
pub struct AnyResponse(Reply);

impl AnyResponse {
    /// A response without a body.
    #[must_use]
    pub fn new(status: StatusCode) -> Self {
        Self(Reply::new(status, ReplyBody::Empty))
    }

    /// An error with a text: JSON to who asks for JSON.
    pub fn error(status: StatusCode, body: impl Into<ErrorBody>) -> Self {
        Self(Reply::new(status, ReplyBody::Error(Box::new(body.into()))))
    }

    /// An event stream.
    #[must_use]
    pub fn events<T>(status: StatusCode, events: EventStream<T>) -> Self {
        Self(Reply::new(status, ReplyBody::Events(events.into_lines())))
    }

    /// The upgrade to a WebSocket.
    #[must_use]
    pub fn upgrade(upgrade: Upgrade) -> Self {
        Self(Reply::upgrade(upgrade))
    }

    /// The same with a body. A media type that a header cannot hold is left out.
    #[must_use]
    pub fn body(mut self, media_type: &str, body: impl Into<ByteStream>) -> Self {
        if let Ok(value) = HeaderValue::from_str(media_type) {
            self.0.headers_mut().insert(CONTENT_TYPE, value);
        }
        self.0.body = ReplyBody::Stream("application/octet-stream", body.into());
        self
    }

    /// The same with more headers.
    #[must_use]
    pub fn headers(mut self, headers: HeaderMap) -> Self {
        self.0.headers_mut().extend(headers);
        self
    }
}

/// Checks a request, then asks `others`.
pub(crate) async fn answer<I, T>(others: &T, cx: Context<Option<I>>, input: Input) -> Outcome
where
    I: Send + Sync + 'static,
    T: AnyOperation<I>,
{
    if cx.identity.is_none() && !cx.operation.is_public() {
        return Err(Stop::Rejected(Unauthenticated::new("credentials are needed").into()));
    }
    let (body, rest) = split(cx.operation, input.body);
    cx.operation.check.run(&cx.parts, Input { body: rest, ..input })?;
    let request = AnyRequest { body };
    Ok(others.answer(cx, request).await?.0)
}

/// The body, and what is to be checked of it.
fn split(operation: &OperationInfo, body: BodyInput) -> (Option<AnyBody>, BodyInput) {
    let (index, content, rest) = match body {
        BodyInput::Absent => return (None, BodyInput::Absent),
        BodyInput::Whole(index, bytes) => {
            (index, AnyContent::Bytes(bytes.clone().into()), BodyInput::Whole(index, bytes))
        }
        // Whatever bytes it has, it is right.
        BodyInput::Arriving(index, stream, _) => {
            (index, AnyContent::Bytes(stream), BodyInput::Whole(index, Bytes::new()))
        }
        BodyInput::Parts(index, parts) => {
            (index, AnyContent::Parts(parts.all()), BodyInput::Parts(index, parts))
        }
    };
    let media = operation.body.and_then(|body| body.accepts.get(index).copied());
    (media.map(|media| AnyBody { media_type: media.media_type, content }), rest)
}
