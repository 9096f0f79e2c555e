//! A response that goes on: typed events as they come, over as many connections as it takes.

use crate::call::Call;
use crate::client::BoxFuture;
use crate::clock::{Silence, SleepFuture};
use crate::decode::{self, decode};
use crate::exchange::{Exchange, Head};
use crate::retry::drawn_below;
use crate::send::LONGEST_WAIT;
use crate::sse::{Event, Parser, TooLong};
use crate::transport::{Arriving, Broken, IncomingBody};
use crate::{Error, Response};
use bytes::Bytes;
use futures_util::Stream;
use futures_util::stream::StreamExt;
use http::{HeaderName, HeaderValue, StatusCode};
use meshery_types::wire::Decode;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

/// The events of a `text/event-stream` response, decoded.
///
/// A [`Stream`] that goes on until it is dropped: where the connection ends, breaks or falls silent,
/// it is made again as [`Reconnect`] says, with the id of the last event. An event that does not
/// decode is an error in its place, and the stream goes on; any other error is its end. Comments, by
/// which a server keeps the connection open, are not seen.
///
/// ```
/// # use meshery_client::{Error, EventStream};
/// async fn watch(mut events: EventStream<Vec<String>>) -> Result<(), Error> {
///     while let Some(names) = events.next().await {
///         println!("{:?}", names?);
///     }
///     Ok(())
/// }
/// ```
pub struct EventStream<T> {
    raw: RawEvents,
    decode: fn(&Head, &str) -> Result<T, Error>,
}

/// When an [`EventStream`] is begun again.
///
/// The default is five times in a row without any event, the first after a second, or after what
/// the server asks for by `retry:`, each later one after twice the time, up to 30 s. A connection
/// over which nothing has come for a minute, not even a comment, counts as broken: Meshery Server
/// sends one each 15 s.
///
/// What the server refuses, as by a 401 or a 404, is not tried again; 204 says that there will be no
/// more events. A call that must not be carried out twice
/// ([`RetryPolicy::idempotent`](crate::RetryPolicy::idempotent)), or whose body cannot be had again, is not begun
/// again: its stream ends with its connection.
///
/// ```
/// # use meshery_client::{EventStream, Reconnect};
/// # use std::time::Duration;
/// # fn set(events: EventStream<String>) {
/// let events = events.reconnect(Reconnect::default().attempts(100).silence(Duration::from_secs(20)));
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Reconnect {
    attempts: u32,
    first: Duration,
    longest: Duration,
    silence: Option<Duration>,
}

impl Default for Reconnect {
    fn default() -> Self {
        Self {
            attempts: 5,
            first: Duration::from_secs(1),
            longest: Duration::from_secs(30),
            silence: Some(Duration::from_secs(60)),
        }
    }
}

/// The least wait that a server can ask for: one that wants none, and ends each stream, is asked ten
/// times a second and not as often as possible.
const LEAST_WAIT: Duration = Duration::from_millis(100);

impl Reconnect {
    /// Not at all: the stream ends with its connection.
    #[must_use]
    pub fn never() -> Self {
        Self::default().attempts(0)
    }

    /// How often in a row without any event: 5 times unless set.
    #[must_use]
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// The wait before the first attempt, unless the server has asked for another, and the longest:
    /// 1 s and 30 s unless set. Half of each wait is drawn.
    ///
    /// What the server asks for, by `retry:` or by `Retry-After`, is waited for, from 100 ms to an hour, and up to
    /// half as much again: the waits of many callers differ.
    #[must_use]
    pub fn backoff(mut self, first: Duration, longest: Duration) -> Self {
        (self.first, self.longest) = (first, longest.max(first));
        self
    }

    /// How long a connection may be silent: 60 s unless set, for ever if `None`.
    #[must_use]
    pub fn silence(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.silence = limit.into();
        self
    }

    fn wait(&self, asked: Option<Duration>, failures: u32) -> Duration {
        let grown = |first: Duration| first.saturating_mul(2_u32.saturating_pow(failures)).min(self.longest);
        match asked.map(|asked| asked.clamp(LEAST_WAIT, LONGEST_WAIT)) {
            Some(asked) => asked.max(grown(asked)) + drawn_below(asked / 2),
            None => grown(self.first) / 2 + drawn_below(grown(self.first) / 2),
        }
    }
}

/// The part that does not know what is in the events.
struct RawEvents {
    head: Head,
    state: State,
    parser: Parser,
    last: Event,
    call: Option<Call<'static>>,
    policy: Reconnect,
    /// How often in a row it was begun without any event.
    failures: u32,
    silence: Silence,
}

enum State {
    Open(Arriving),
    /// Waiting to begin again, because of an error if it was one.
    Waiting(SleepFuture),
    Opening(BoxFuture<'static, (Call<'static>, Result<Exchange, Error>)>),
    /// Over; the error is still to be told.
    Failed(Option<Error>),
}

impl<T: Decode> EventStream<T> {
    /// Events whose data is JSON.
    pub(crate) fn json(exchange: Exchange) -> Response<Self> {
        Self::new(exchange, |head, data| decode(head, data.as_bytes()))
    }
}

impl EventStream<String> {
    /// Events whose data is text.
    pub(crate) fn text(exchange: Exchange) -> Response<Self> {
        Self::new(exchange, |_, data| Ok(data.to_owned()))
    }
}

impl<T> EventStream<T> {
    fn new(exchange: Exchange, decode: fn(&Head, &str) -> Result<T, Error>) -> Response<Self> {
        let (status, headers) = (exchange.head.status, exchange.head.headers.clone());
        Response { status, headers, body: Self { raw: RawEvents::new(exchange), decode } }
    }

    /// When the stream is begun again, in place of the default.
    #[must_use]
    pub fn reconnect(mut self, policy: Reconnect) -> Self {
        self.raw.silence.limit(policy.silence);
        self.raw.policy = policy;
        self
    }

    /// The next event; `None` when the stream is over.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        StreamExt::next(self).await
    }

    /// The event that was decoded last, as it came: with its name and id.
    #[must_use]
    pub fn last_event(&self) -> &Event {
        &self.raw.last
    }
}

impl RawEvents {
    fn new(Exchange { head, body, call, .. }: Exchange) -> Self {
        let policy = Reconnect::default();
        let mut events = Self {
            state: State::Failed(None),
            parser: Parser::new(head.limits.size),
            last: Event::default(),
            call,
            silence: Silence::new(head.limits.time.clone(), policy.silence),
            policy,
            failures: 0,
            head,
        };
        events.begin(body);
        events
    }

    /// Reads a response from its beginning.
    fn begin(&mut self, body: IncomingBody) {
        let expected = "text/event-stream";
        self.state = match self.head.media_type() {
            _ if self.head.status == StatusCode::NO_CONTENT => State::Failed(None),
            Some(media_type) if media_type != expected => {
                State::Failed(Some(decode::media_type(&self.head, expected)))
            }
            _ => State::Open(body.into_chunks()),
        };
        self.silence.heard();
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<(), Error>>> {
        loop {
            match self.parser.next() {
                Ok(Some(event)) => {
                    self.failures = 0;
                    self.last = event;
                    return Poll::Ready(Some(Ok(())));
                }
                Ok(None) => {}
                Err(TooLong) => {
                    let (operation, limit) = (self.head.operation, self.head.limits.size);
                    self.end(Some(Error::TooLarge { operation, limit }), false);
                }
            }
            match &mut self.state {
                State::Failed(error) => return Poll::Ready(error.take().map(Err)),
                State::Waiting(timer) => {
                    ready!(timer.as_mut().poll(cx));
                    self.reopen();
                }
                State::Opening(opening) => match ready!(opening.as_mut().poll(cx)) {
                    (call, Ok(Exchange { head, body, .. })) => {
                        (self.head, self.call) = (head, Some(call));
                        self.begin(body);
                    }
                    (call, Err(error)) => {
                        self.call = Some(call);
                        let lost = matches!(error, Error::Transport { .. } | Error::Timeout { .. });
                        let again = lost || error.is_rate_limited() || error.is_server_error();
                        self.end(Some(error), again);
                    }
                },
                State::Open(chunks) => match chunks.as_mut().poll_next(cx) {
                    Poll::Ready(chunk) => self.take(chunk),
                    Poll::Pending => {
                        let after = Some(ready!(self.silence.poll(cx)));
                        let operation = self.head.operation;
                        self.end(Some(Error::Timeout { operation, after }), true);
                    }
                },
            }
        }
    }

    fn take(&mut self, chunk: Option<Result<Bytes, Broken>>) {
        let operation = self.head.operation;
        match chunk {
            Some(Ok(chunk)) => {
                self.parser.push(chunk);
                self.silence.heard();
            }
            Some(Err(broken)) => self.end(Some(broken.of(operation)), true),
            None => self.end(None, true),
        }
    }

    /// The connection is over. It is made again, if there is to be another one.
    fn end(&mut self, error: Option<Error>, again: bool) {
        // What came last, and was not ended, is no event.
        self.parser = self.parser.again();
        self.silence.heard();
        let again = again && self.failures < self.policy.attempts;
        if again && self.call.as_ref().is_some_and(Call::may_be_repeated) {
            let asked = error.as_ref().and_then(Error::retry_after).max(self.parser.retry());
            let wait = self.policy.wait(asked, self.failures);
            self.failures += 1;
            self.state = State::Waiting(self.head.limits.time.sleep(wait));
        } else {
            self.state = State::Failed(error);
        }
    }

    fn reopen(&mut self) {
        const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
        let Some(mut call) = self.call.take() else {
            self.state = State::Failed(None);
            return;
        };
        match HeaderValue::from_bytes(self.parser.id().as_bytes()) {
            Ok(id) if !id.is_empty() => drop(call.headers.insert(LAST_EVENT_ID, id)),
            _ => drop(call.headers.remove(LAST_EVENT_ID)),
        }
        self.state = State::Opening(Box::pin(async move {
            let opened = call.open_again().await;
            (call, opened)
        }));
    }
}

impl<T> Stream for EventStream<T> {
    type Item = Result<T, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        let event = ready!(this.raw.poll(cx));
        Poll::Ready(event.map(|r| r.and_then(|()| (this.decode)(&this.raw.head, &this.raw.last.data))))
    }
}

impl<T> fmt::Debug for EventStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventStream")
            .field("operation", &self.raw.head.operation)
            .field("policy", &self.raw.policy)
            .finish_non_exhaustive()
    }
}
