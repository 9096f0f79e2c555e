//! What a call returns: the typed body, with status and headers at hand.

use crate::Error;
use crate::decode::{self, decode};
use crate::exchange::{Exchange, Head};
use crate::send::limited;
use bytes::Bytes;
use futures_util::{Stream, TryStreamExt};
use http::{HeaderMap, StatusCode};
use meshery_types::wire::Decode;
use std::fmt;

/// A documented success.
///
/// ```
/// # use meshery_client::Response;
/// fn show(response: Response<Vec<String>>) {
///     println!("{}: {} entries", response.status, response.body.len());
/// }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Response<T> {
    /// The status.
    pub status: StatusCode,
    /// The headers. Those that set cookies are marked sensitive.
    pub headers: HeaderMap,
    /// The body.
    pub body: T,
}

impl<T> Response<T> {
    /// The body alone.
    #[must_use]
    pub fn into_body(self) -> T {
        self.body
    }

    /// The id that the server or a proxy gave the request (`X-Request-Id`), for its logs.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.headers.get("x-request-id")?.to_str().ok()
    }

    /// The same with another body.
    #[must_use]
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Response<U> {
        Response { status: self.status, headers: self.headers, body: change(self.body) }
    }
}

/// A documented success, read but not decoded.
pub(crate) struct Raw {
    pub(crate) head: Head,
    pub(crate) body: Bytes,
}

impl Raw {
    /// The status.
    pub(crate) fn status(&self) -> u16 {
        self.head.status.as_u16()
    }

    /// Whether the body says to be of a media type.
    pub(crate) fn is(&self, media_type: &str) -> bool {
        self.head.media_type().is_some_and(|m| m == media_type)
    }

    /// The body as a type.
    pub(crate) fn decode<T: Decode>(&self) -> Result<T, Error> {
        decode(&self.head, &self.body)
    }

    /// The body as text.
    pub(crate) fn decode_text(&self) -> Result<String, Error> {
        decode::text(&self.head, &self.body)
    }

    /// A response with this body.
    pub(crate) fn with<T>(self, body: T) -> Response<T> {
        self.head.with(body)
    }

    /// A JSON response.
    pub(crate) fn json<T: Decode>(self) -> Result<Response<T>, Error> {
        let body = self.decode()?;
        Ok(self.with(body))
    }

    /// A response of text.
    pub(crate) fn text(self) -> Result<Response<String>, Error> {
        let body = self.decode_text()?;
        Ok(self.with(body))
    }

    /// A response without a body; one that is there nevertheless is not looked at.
    pub(crate) fn empty(self) -> Response<()> {
        self.with(())
    }
}

impl Head {
    pub(crate) fn with<T>(self, body: T) -> Response<T> {
        Response { status: self.status, headers: self.headers, body }
    }
}

/// A body of bytes that is still to be read: whole, or in chunks as they come.
pub struct Download {
    exchange: Exchange,
}

impl Download {
    pub(crate) fn response(exchange: Exchange) -> Response<Self> {
        let (status, headers) = (exchange.head.status, exchange.head.headers.clone());
        Response { status, headers, body: Self { exchange } }
    }

    /// The media type, without its parameters and in lower case.
    #[must_use]
    pub fn media_type(&self) -> Option<String> {
        self.exchange.head.media_type()
    }

    /// How many bytes are announced.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        self.exchange.response.content_length()
    }

    /// All of it in memory.
    ///
    /// # Errors
    /// It breaks off, takes longer than the time limit of a call, or is larger than
    /// [`max_response_size`](crate::ClientBuilder::max_response_size).
    pub async fn bytes(mut self) -> Result<Bytes, Error> {
        let (operation, limit) = (self.exchange.head.operation, self.exchange.head.timeout);
        limited(operation, limit, self.exchange.read()).await
    }

    /// The next chunk; `None` at the end. There is no limit on how many there are.
    ///
    /// # Errors
    /// It breaks off.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        let operation = self.exchange.head.operation;
        self.exchange.response.chunk().await.map_err(|e| Error::transport(Some(operation), e))
    }

    /// The chunks as a stream.
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes, Error>> + Send + Unpin + 'static {
        let operation = self.exchange.head.operation;
        Box::pin(self.exchange.response.bytes_stream().map_err(move |e| Error::transport(Some(operation), e)))
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("media_type", &self.media_type())
            .field("length", &self.length())
            .finish_non_exhaustive()
    }
}
