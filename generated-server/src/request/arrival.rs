//! A body that a handler reads while it arrives, and what the server knows of it meanwhile.
//!
//! What is wrong with such a body is found when the handler runs already. It is noted here, so that
//! the caller gets the rejection, and not the failure that the handler makes of a stream that broke.

use super::body::{Incoming, broken};
use crate::rejection::BodyTooLarge;
use crate::{ByteStream, Rejection};
use bytes::Bytes;
use futures_util::stream::Stream;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

/// What is known of a body on its way.
#[derive(Clone, Debug, Default)]
pub(crate) struct Arrival(Arc<Mutex<State>>);

#[derive(Debug, Default)]
enum State {
    /// The handler has not asked for more than there was.
    #[default]
    Ahead,
    /// The handler waits for more of it.
    Awaited,
    /// It ended too early, or went on for too long.
    Cut(Rejection),
}

impl Arrival {
    /// Whether a handler waits for more of the body.
    pub(crate) fn is_awaited(&self) -> bool {
        matches!(*self.state(), State::Awaited)
    }

    /// What is wrong with the body, if something is.
    pub(crate) fn rejection(&self) -> Option<Rejection> {
        match &*self.state() {
            State::Cut(rejection) => Some(rejection.clone()),
            State::Ahead | State::Awaited => None,
        }
    }

    fn set(&self, state: State) {
        *self.state() = state;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The body as a handler reads it: no more than `limit` bytes.
    pub(super) fn of(&self, body: Incoming, limit: usize) -> ByteStream {
        ByteStream::new(Arriving { body: Some(body), left: limit, limit, arrival: self.clone() })
    }
}

/// The bytes of a body, up to its limit.
struct Arriving {
    /// None once it has ended, in whichever way.
    body: Option<Incoming>,
    left: usize,
    limit: usize,
    arrival: Arrival,
}

impl Arriving {
    fn cut(&mut self, rejection: Rejection, kind: io::ErrorKind) -> Option<io::Result<Bytes>> {
        self.body = None;
        let error = io::Error::new(kind, rejection.to_string());
        self.arrival.set(State::Cut(rejection));
        Some(Err(error))
    }
}

/// Who no longer reads does not wait for the caller.
impl Drop for Arriving {
    fn drop(&mut self) {
        let mut state = self.arrival.state();
        if matches!(*state, State::Awaited) {
            *state = State::Ahead;
        }
    }
}

impl Stream for Arriving {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let Some(body) = &mut this.body else { return Poll::Ready(None) };
        let next = match body.as_mut().poll_next(cx) {
            Poll::Pending => {
                this.arrival.set(State::Awaited);
                return Poll::Pending;
            }
            Poll::Ready(next) => next,
        };
        this.arrival.set(State::Ahead);
        Poll::Ready(match next {
            None => {
                this.body = None;
                None
            }
            Some(Err(_)) => this.cut(broken(), io::ErrorKind::UnexpectedEof),
            Some(Ok(chunk)) => match this.left.checked_sub(chunk.len()) {
                Some(left) => {
                    this.left = left;
                    Some(Ok(chunk))
                }
                None => this.cut(BodyTooLarge { limit: this.limit }.into(), io::ErrorKind::FileTooLarge),
            },
        })
    }
}
