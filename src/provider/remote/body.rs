//! The body of a request, read once for validation and once to be passed on.

use axum::body::{Body, BodyDataStream, HttpBody};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt};
use http::request::Parts;
use meshery_server::ByteStream;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

/// A body that remembers what was read of it. What is read is bounded by who reads: the limits of
/// the server come first.
#[derive(Clone)]
struct Recorded(Arc<Mutex<State>>);

struct State {
    /// What was read, unless nobody will ask for it again.
    read: Option<Vec<Bytes>>,
    rest: BodyDataStream,
    ended: bool,
}

/// A body to pass on.
pub(super) enum Taken {
    /// All of it.
    Whole(Bytes),
    /// What was read, then what comes.
    Rest(Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>),
}

/// A layer: keeps the body of a request for whoever passes the request on. Nothing is read by it that
/// nobody reads.
pub async fn record(request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let state = State { read: Some(Vec::new()), rest: body.into_data_stream(), ended: false };
    let recorded = Recorded(Arc::new(Mutex::new(state)));
    parts.extensions.insert(recorded.clone());
    next.run(Request::from_parts(parts, Body::from_stream(recorded))).await
}

/// The body of a request, from its beginning; `None` if it has none. `arriving` is what the server has
/// not read of it, within the limit that the server sets.
pub(super) fn taken(parts: &Parts, arriving: Option<ByteStream>) -> Option<Taken> {
    let recorded = parts.extensions.get::<Recorded>()?.clone();
    let (read, ended) = {
        let mut state = recorded.0.lock().unwrap_or_else(PoisonError::into_inner);
        (state.read.take().unwrap_or_default(), state.ended)
    };
    if ended {
        let mut whole = BytesMut::with_capacity(read.iter().map(Bytes::len).sum());
        read.iter().for_each(|chunk| whole.extend_from_slice(chunk));
        return Some(Taken::Whole(whole.freeze()));
    }
    let unread = match arriving {
        Some(arriving) => arriving.boxed(),
        None => Unread(recorded).boxed(),
    };
    Some(Taken::Rest(futures_util::stream::iter(read.into_iter().map(Ok)).chain(unread).boxed()))
}

impl State {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        let polled = self.rest.poll_next_unpin(cx).map_err(io::Error::other);
        if matches!(polled, Poll::Ready(None)) {
            self.ended = true;
        }
        polled
    }
}

impl Stream for Recorded {
    type Item = io::Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let polled = state.poll(cx);
        if let (Poll::Ready(Some(Ok(chunk))), Some(read)) = (&polled, &mut state.read) {
            read.push(chunk.clone());
        }
        polled
    }
}

/// What nobody has read yet, which nobody has to remember any more.
struct Unread(Recorded);

impl Stream for Unread {
    type Item = io::Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).poll(cx)
    }
}
