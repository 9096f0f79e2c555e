//! A response that goes on: typed events as they come.

use crate::decode::decode;
use crate::exchange::{Exchange, Head};
use crate::sse::{Event, Parser, TooLong};
use crate::{Error, Response};
use bytes::Bytes;
use futures_util::Stream;
use futures_util::stream::StreamExt;
use meshery_types::wire::Decode;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// The events of a `text/event-stream` response, decoded.
///
/// A [`Stream`] that ends when the server ends it. An event that does not decode is an error in its
/// place, and the stream goes on; after a failure of the transport it is over. Comments, by which a
/// server keeps the connection open, are not seen.
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

/// The part that does not know what is in the events.
struct RawEvents {
    head: Head,
    chunks: Pin<Box<dyn Stream<Item = reqwest::Result<Bytes>> + Send>>,
    parser: Parser,
    last: Event,
    ended: bool,
    /// Why it has ended early; given after the events that came before.
    failed: Option<Error>,
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
    fn new(
        Exchange { head, response }: Exchange,
        decode: fn(&Head, &str) -> Result<T, Error>,
    ) -> Response<Self> {
        let (status, headers) = (head.status, head.headers.clone());
        let parser = Parser::new(head.limit);
        let chunks = Box::pin(response.bytes_stream());
        let raw = RawEvents { head, chunks, parser, last: Event::default(), ended: false, failed: None };
        Response { status, headers, body: Self { raw, decode } }
    }

    /// The next event; `None` when the server has ended the stream.
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
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<(), Error>>> {
        loop {
            if let Some(event) = self.parser.pop() {
                self.last = event;
                return Poll::Ready(Some(Ok(())));
            }
            if self.ended {
                return Poll::Ready(self.failed.take().map(Err));
            }
            let operation = self.head.operation;
            self.failed = match ready!(self.chunks.as_mut().poll_next(cx)) {
                Some(Ok(chunk)) => match self.parser.push(&chunk) {
                    Ok(()) => continue,
                    Err(TooLong) => Some(Error::TooLarge { operation, limit: self.head.limit }),
                },
                Some(Err(e)) => Some(Error::transport(Some(operation), e)),
                None => None,
            };
            self.ended = true;
        }
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
            .field("ended", &self.raw.ended)
            .finish_non_exhaustive()
    }
}
