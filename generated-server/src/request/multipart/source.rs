//! The bytes of a multipart body, as they are handed to multer.
//!
//! multer takes whatever there is before it looks at any of it, keeps what it finds no end of, and looks
//! through all of that again when more has come. So it gets a piece at a time, and so much only before the
//! next part begins.

use crate::request::body::Incoming;
use bytes::Bytes;
use futures_util::stream::Fuse;
use futures_util::{Stream, StreamExt};
use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

/// How much is handed over at once.
const PIECE: usize = 16 * 1024;
/// How long the head of a part may be, with all that stands before it.
const LONGEST_HEAD: usize = 16 * 1024;

/// A body that is read by one, and by another when that has read enough. Neither ever waits for the
/// lock.
#[derive(Clone)]
pub(super) struct Source(Arc<Mutex<State>>);

struct State {
    body: Fuse<Incoming>,
    /// What is left of a chunk of it.
    chunk: Bytes,
    /// Whether the last thing handed over was a piece.
    given: bool,
    /// How much was handed over since something came of it.
    pending: usize,
}

/// The head of a part has no end.
#[derive(Debug)]
pub(super) struct LongHead;

impl Source {
    pub(super) fn new(body: Incoming) -> Self {
        let state = State { body: body.fuse(), chunk: Bytes::new(), given: false, pending: 0 };
        Self(Arc::new(Mutex::new(state)))
    }

    /// Says that something came of what was handed over.
    pub(super) fn progress(&self) {
        self.state().pending = 0;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stream for Source {
    type Item = <Incoming as Stream>::Item;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.state().poll_piece(cx)
    }
}

impl State {
    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Option<<Incoming as Stream>::Item>> {
        if std::mem::take(&mut self.given) {
            // There may be more, but not before this piece was looked at.
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.pending >= LONGEST_HEAD {
            return Poll::Ready(Some(Err(LongHead.into())));
        }
        while self.chunk.is_empty() {
            match ready!(self.body.poll_next_unpin(cx)) {
                Some(Ok(chunk)) => self.chunk = chunk,
                end => return Poll::Ready(end),
            }
        }
        let piece = self.chunk.split_to(self.chunk.len().min(PIECE));
        self.given = true;
        self.pending += piece.len();
        Poll::Ready(Some(Ok(piece)))
    }
}

impl fmt::Display for LongHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the head of a part is limited to {LONGEST_HEAD} bytes")
    }
}

impl Error for LongHead {}

#[cfg(test)]
mod tests {
    use super::{LONGEST_HEAD, PIECE, Source};
    use bytes::Bytes;
    use futures_util::{FutureExt, StreamExt, TryStreamExt, stream};

    fn source(chunks: &[usize]) -> Source {
        let chunks: Vec<_> = chunks.iter().map(|length| Ok(Bytes::from(vec![b'x'; *length]))).collect();
        Source::new(stream::iter(chunks).boxed())
    }

    #[tokio::test]
    async fn large_chunks_come_in_pieces_and_one_at_a_time() {
        let mut source = source(&[0, PIECE + 1, 2]);
        let mut lengths = Vec::new();
        while let Some(piece) =
            source.try_next().now_or_never().unwrap_or_else(|| Ok(Some(Bytes::new()))).unwrap()
        {
            lengths.push(piece.len());
            source.progress();
        }
        assert_eq!(lengths, [PIECE, 0, 1, 0, 2, 0], "each is followed by a pause");
    }

    #[tokio::test]
    async fn what_nothing_comes_of_has_an_end() {
        let mut source = source(&[LONGEST_HEAD - 1, 1, 1]);
        assert_eq!(source.try_next().await.unwrap().unwrap().len(), LONGEST_HEAD - 1);
        assert_eq!(source.try_next().await.unwrap().unwrap().len(), 1);
        assert!(source.try_next().await.unwrap_err().to_string().contains("the head of a part"));
        source.progress();
        assert_eq!(source.try_next().await.unwrap().unwrap().len(), 1);
        assert!(source.try_next().await.unwrap().is_none());
    }
}
