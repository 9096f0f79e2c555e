//! The body of a request, read once for validation and once to be passed on.

use axum::body::{Body, BodyDataStream, HttpBody};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt, stream};
use http::request::Parts;
use meshery_server::ByteStream;
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

/// How much of a body is remembered in memory: what JSON may have. The rest goes to a file.
const MEMORY: usize = 1 << 20;
/// How much is read from a file at once.
const CHUNK: usize = 64 << 10;

/// A body that remembers what was read of it. What is read is bounded by who reads: the limits of
/// the server come first.
#[derive(Clone)]
struct Recorded(Arc<Mutex<State>>);

struct State {
    /// What was read, unless nobody will ask for it again.
    read: Option<Kept>,
    rest: BodyDataStream,
    ended: bool,
}

/// Bytes in the order they came: those on disk are before those in memory. Copies: a chunk of one byte
/// would hold the buffer that it came in.
#[derive(Default)]
struct Kept {
    memory: BytesMut,
    disk: Option<File>,
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
    let state = State { read: Some(Kept::default()), rest: body.into_data_stream(), ended: false };
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
    if ended && read.disk.is_none() {
        return Some(Taken::Whole(read.memory.freeze()));
    }
    let unread = match arriving {
        _ if ended => stream::empty().boxed(),
        Some(arriving) => arriving.boxed(),
        None => Unread(recorded).boxed(),
    };
    Some(Taken::Rest(read.into_stream().chain(unread).boxed()))
}

impl Kept {
    /// Remembers a chunk. A write is short, and goes to the cache of the system.
    fn push(&mut self, chunk: &[u8]) -> io::Result<()> {
        self.memory.extend_from_slice(chunk);
        let most = if self.disk.is_some() { CHUNK } else { MEMORY };
        if self.memory.len() <= most {
            return Ok(());
        }
        let file = match &mut self.disk {
            Some(file) => file,
            none => none.insert(tempfile::tempfile()?),
        };
        file.write_all(&std::mem::take(&mut self.memory))
    }

    fn into_stream(self) -> impl Stream<Item = io::Result<Bytes>> + Send {
        let memory = self.memory.freeze();
        let memory = stream::iter((!memory.is_empty()).then_some(Ok(memory)));
        let disk = self.disk.map(|mut file| file.rewind().map(|()| file));
        stream::iter(disk).flat_map(pieces).chain(memory)
    }
}

/// A file piece by piece.
fn pieces(file: io::Result<File>) -> impl Stream<Item = io::Result<Bytes>> + Send {
    stream::try_unfold(Some(file), async |file| {
        let Some(file) = file else { return Ok(None) };
        let read = tokio::task::spawn_blocking(move || {
            let (mut file, mut piece) = (file?, Vec::new());
            Read::by_ref(&mut file).take(CHUNK as u64).read_to_end(&mut piece)?;
            io::Result::Ok((Bytes::from(piece), file))
        });
        let (piece, file) = read.await.map_err(io::Error::other)??;
        Ok((!piece.is_empty()).then_some((piece, Some(Ok(file)))))
    })
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
        if let (Poll::Ready(Some(Ok(chunk))), Some(read)) = (&polled, &mut state.read)
            && let Err(error) = read.push(chunk)
        {
            return Poll::Ready(Some(Err(error)));
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

#[cfg(test)]
mod tests {
    use super::{Kept, MEMORY};
    use futures_util::TryStreamExt;

    async fn all(kept: Kept) -> Vec<u8> {
        kept.into_stream()
            .try_fold(Vec::new(), async |all, piece| Ok([all, piece.to_vec()].concat()))
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn small_chunks_are_put_together_and_large_bodies_are_on_disk() {
        let mut small = Kept::default();
        (0..1000).for_each(|_| small.push(b"x").unwrap());
        assert!(small.disk.is_none() && small.memory.capacity() <= 2048, "{}", small.memory.capacity());
        assert_eq!(all(small).await, vec![b'x'; 1000]);
        let mut large = Kept::default();
        let bytes: Vec<u8> = (0..4 * MEMORY).map(|n| (n % 251) as u8).collect();
        bytes.chunks(1000).for_each(|chunk| large.push(chunk).unwrap());
        assert!(large.disk.is_some() && large.memory.len() <= MEMORY);
        assert!(all(large).await == bytes, "it is another one");
    }
}
