//! What a request carries, as it goes out.

use crate::clock::Time;
use crate::error::BoxError;
use crate::payload::Chunks;
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use http_body::{Frame, SizeHint};
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

/// The body of a request, as a [transport](crate::ClientBuilder::transport) is given it: nothing,
/// bytes, or a stream of them.
#[derive(Default)]
pub struct Body(Kind);

#[derive(Default)]
enum Kind {
    #[default]
    Empty,
    Bytes(Bytes),
    Stream(Chunks),
}

impl Body {
    /// A body that is asked for in chunks.
    pub(crate) fn stream(chunks: Chunks) -> Self {
        Self(Kind::Stream(chunks))
    }

    /// What it is, if it is in memory.
    pub(crate) fn as_bytes(&self) -> Option<&Bytes> {
        match &self.0 {
            Kind::Bytes(bytes) => Some(bytes),
            Kind::Empty | Kind::Stream(_) => None,
        }
    }

    /// The same, seen by who watches how it gets on. Nothing to see if it is no stream.
    pub(crate) fn watched(self, flow: &Arc<Flow>) -> Self {
        match self.0 {
            Kind::Stream(chunks) => {
                let flow = Arc::clone(flow);
                Self(Kind::Stream(Box::pin(Watched { chunks, rest: Bytes::new(), flow })))
            }
            kind => Self(kind),
        }
    }
}

impl<B: Into<Bytes>> From<B> for Body {
    fn from(bytes: B) -> Self {
        Self(Kind::Bytes(bytes.into()))
    }
}

#[cfg(feature = "net")]
impl From<Body> for Option<reqwest::Body> {
    fn from(body: Body) -> Self {
        match body.0 {
            Kind::Empty => None,
            Kind::Bytes(bytes) => Some(bytes.into()),
            Kind::Stream(chunks) => Some(reqwest::Body::wrap_stream(chunks)),
        }
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match &mut self.0 {
            Kind::Empty => Poll::Ready(None),
            Kind::Bytes(bytes) => {
                let bytes = std::mem::take(bytes);
                self.0 = Kind::Empty;
                Poll::Ready((!bytes.is_empty()).then(|| Ok(Frame::data(bytes))))
            }
            Kind::Stream(chunks) => {
                let chunk = ready!(chunks.poll_next_unpin(cx));
                Poll::Ready(chunk.map(|chunk| chunk.map(Frame::data)))
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Empty => SizeHint::with_exact(0),
            Kind::Bytes(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Kind::Stream(_) => SizeHint::default(),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Kind::Empty => true,
            Kind::Bytes(bytes) => bytes.is_empty(),
            Kind::Stream(_) => false,
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.0 {
            Kind::Empty => "Body(nothing)",
            Kind::Bytes(_) => "Body(bytes)",
            Kind::Stream(_) => "Body(stream)",
        })
    }
}

/// How the stream of a request gets on: whether its source or the server is to do the next step.
pub(crate) struct Flow {
    time: Time,
    /// Since when the server is to do it: to take the next chunk, or to answer.
    since: Mutex<Option<Duration>>,
}

impl Flow {
    pub(crate) fn new(time: Time) -> Arc<Self> {
        let since = Mutex::new(Some(time.now()));
        Arc::new(Self { time, since })
    }

    fn set(&self, since: Option<Duration>) {
        *self.since.lock().unwrap_or_else(PoisonError::into_inner) = since;
    }

    /// Is done when the server has not done its step for so long.
    pub(crate) async fn stalled(&self, limit: Duration) {
        loop {
            let since = *self.since.lock().unwrap_or_else(PoisonError::into_inner);
            let rest = match since {
                Some(since) => limit.saturating_sub(self.time.now().saturating_sub(since)),
                // It is for the source, which may take its time.
                None => limit,
            };
            if rest.is_zero() {
                return;
            }
            self.time.sleep(rest).await;
        }
    }
}

/// A stream that is seen to be taken. What is handed over is long under way where it is large, and nobody would
/// see that it is: it goes piece by piece.
struct Watched {
    chunks: Chunks,
    rest: Bytes,
    flow: Arc<Flow>,
}

/// How much of a chunk is handed over at once, in bytes.
const PIECE: usize = 64 << 10;

impl Stream for Watched {
    type Item = Result<Bytes, BoxError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.rest.is_empty() {
            match self.chunks.poll_next_unpin(cx) {
                Poll::Ready(Some(Ok(chunk))) => self.rest = chunk,
                other => {
                    self.flow.set(other.is_ready().then(|| self.flow.time.now()));
                    return other;
                }
            }
        }
        self.flow.set(Some(self.flow.time.now()));
        let length = self.rest.len().min(PIECE);
        Poll::Ready(Some(Ok(self.rest.split_to(length))))
    }
}
