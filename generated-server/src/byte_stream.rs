//! Bodies that are bytes and nothing else.

use crate::reply::PlainBody;
use bytes::{Bytes, BytesMut};
use futures_util::stream::{BoxStream, Stream, StreamExt, TryStreamExt};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::{fmt, io};

/// A body of bytes, whole or as they come.
///
/// ```
/// # use meshery_server::ByteStream;
/// let whole = ByteStream::from("kind: Pod");
/// let chunks = ["one", "two"].map(|chunk| Ok(chunk.into()));
/// let streamed = ByteStream::new(futures_util::stream::iter(chunks));
/// # drop((whole, streamed));
/// ```
pub struct ByteStream(Inner);

enum Inner {
    Whole(Bytes),
    Chunks(BoxStream<'static, io::Result<Bytes>>),
}

impl ByteStream {
    /// Bytes as `stream` gives them. An error in it ends the connection, so that the other side
    /// does not take a part for the whole.
    pub fn new(stream: impl Stream<Item = io::Result<Bytes>> + Send + 'static) -> Self {
        Self(Inner::Chunks(stream.boxed()))
    }

    /// All of it, in memory. A body of a request is [limited](crate::Limits) as it arrives; a stream of one's
    /// own is read to its end, however long that is.
    ///
    /// # Errors
    /// What the stream fails with.
    pub async fn collect(self) -> io::Result<Bytes> {
        match self.0 {
            Inner::Whole(bytes) => Ok(bytes),
            Inner::Chunks(chunks) => {
                let gathered = chunks.try_fold(BytesMut::new(), |mut all, chunk| async move {
                    all.extend_from_slice(&chunk);
                    Ok(all)
                });
                Ok(gathered.await?.freeze())
            }
        }
    }

    pub(crate) fn into_plain(self) -> PlainBody {
        match self.0 {
            Inner::Whole(bytes) => PlainBody::Full(bytes),
            Inner::Chunks(chunks) => PlainBody::Stream(chunks),
        }
    }
}

impl From<Bytes> for ByteStream {
    fn from(bytes: Bytes) -> Self {
        Self(Inner::Whole(bytes))
    }
}

impl From<Vec<u8>> for ByteStream {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Inner::Whole(bytes.into()))
    }
}

impl From<String> for ByteStream {
    fn from(text: String) -> Self {
        Self(Inner::Whole(text.into()))
    }
}

impl From<&'static str> for ByteStream {
    fn from(text: &'static str) -> Self {
        Self(Inner::Whole(text.into()))
    }
}

impl Stream for ByteStream {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match &mut self.0 {
            Inner::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            Inner::Whole(bytes) => Poll::Ready(Some(Ok(std::mem::take(bytes)))),
            Inner::Chunks(chunks) => chunks.as_mut().poll_next(cx),
        }
    }
}

impl fmt::Debug for ByteStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Inner::Whole(bytes) => write!(f, "ByteStream({} bytes)", bytes.len()),
            Inner::Chunks(_) => f.write_str("ByteStream(..)"),
        }
    }
}
