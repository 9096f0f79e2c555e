//! What a call returns: the typed body, with status and headers at hand.

use crate::Error;
use crate::clock::Silence;
use crate::decode::{self, decode};
use crate::exchange::{Exchange, Head};
use crate::operation::OperationInfo;
use crate::send::limited;
use crate::transport::Arriving;
use bytes::Bytes;
use futures_util::Stream;
use futures_util::stream::StreamExt;
use http::{HeaderMap, StatusCode};
use meshery_types::wire::Decode;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

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
    pub(crate) exchange: Box<Exchange>,
    pub(crate) body: Bytes,
}

impl Raw {
    /// The status.
    pub(crate) fn status(&self) -> u16 {
        self.exchange.head.status.as_u16()
    }

    /// Whether the body says to be of a media type.
    pub(crate) fn is(&self, media_type: &str) -> bool {
        self.exchange.head.is(media_type)
    }

    /// The body as a type.
    pub(crate) fn decode<T: Decode>(&self) -> Result<T, Error> {
        decode(&self.exchange.head, &self.body)
    }

    /// The body as text.
    pub(crate) fn decode_text(&self) -> Result<String, Error> {
        decode::text(&self.exchange.head, &self.body)
    }

    /// A response with this body.
    pub(crate) fn with<T>(self, body: T) -> Response<T> {
        self.exchange.head.with(body)
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
///
/// ```
/// # use meshery_client::{Download, Error};
/// async fn save(mut download: Download, mut file: impl std::io::Write) -> Result<(), Box<dyn std::error::Error>> {
///     while let Some(chunk) = download.chunk().await? {
///         file.write_all(&chunk)?;
///     }
///     Ok(())
/// }
/// ```
///
/// Nothing is read before it is asked for: whoever takes slowly slows down the server. One that sends
/// nothing for [`idle_timeout`](crate::ClientBuilder::idle_timeout) while somebody waits is given up.
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
        self.exchange.length
    }

    /// All of it in memory.
    ///
    /// # Errors
    /// It breaks off, takes longer than the time limit of a call, or is larger than
    /// [`max_response_size`](crate::ClientBuilder::max_response_size).
    pub async fn bytes(mut self) -> Result<Bytes, Error> {
        let Head { operation, limits, .. } = &self.exchange.head;
        let (operation, limits) = (*operation, limits.clone());
        limited(&limits.time, operation, limits.whole, self.exchange.read()).await
    }

    /// The next chunk; `None` at the end. There is no limit on how many there are.
    ///
    /// # Errors
    /// It breaks off, or nothing comes for [`idle_timeout`](crate::ClientBuilder::idle_timeout).
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        let Exchange { head: Head { operation, limits, .. }, body, .. } = &mut self.exchange;
        let next = async { body.chunk().await.map_err(|broken| broken.of(operation)) };
        limited(&limits.time, operation, limits.idle, next).await
    }

    /// The chunks as a stream, which ends with the first error.
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes, Error>> + Send + Unpin + 'static {
        let Exchange { head: Head { operation, limits, .. }, body, .. } = self.exchange;
        let silence = Silence::new(limits.time, limits.idle);
        Chunks { operation, chunks: Some(body.into_chunks()), silence }
    }
}

/// A download as a stream.
struct Chunks {
    operation: &'static OperationInfo,
    chunks: Option<Arriving>,
    silence: Silence,
}

impl Stream for Chunks {
    type Item = Result<Bytes, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        let Some(chunks) = &mut this.chunks else { return Poll::Ready(None) };
        let operation = this.operation;
        let next = match chunks.poll_next_unpin(cx) {
            Poll::Ready(next) => next.map(|chunk| chunk.map_err(|broken| broken.of(operation))),
            Poll::Pending => {
                let after = Some(ready!(this.silence.poll(cx)));
                Some(Err(Error::Timeout { operation, after }))
            }
        };
        match next {
            Some(Ok(_)) => this.silence.heard(),
            Some(Err(_)) | None => this.chunks = None,
        }
        Poll::Ready(next)
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
