//! `text/event-stream` responses.

use bytes::Bytes;
use futures_util::stream::{BoxStream, Stream, StreamExt};
use serde::Serialize;
use std::marker::PhantomData;
use std::time::Duration;
use std::{fmt, io};
use tokio::time::{Instant, Interval, MissedTickBehavior};

/// How long a stream is silent before a comment keeps it alive, as Meshery Server does it.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// A stream of events with data of type `T`: a string is sent as it is, anything else as a JSON
/// document. Each item becomes one unnamed event; while there is none, a comment each 15 seconds
/// keeps the connection open.
///
/// ```
/// # use meshery_server::EventStream;
/// let counts: EventStream<i64> = EventStream::new(futures_util::stream::iter([1, 2, 3]));
/// # drop(counts);
/// ```
pub struct EventStream<T> {
    data: BoxStream<'static, String>,
    keep_alive: Duration,
    item: PhantomData<fn() -> T>,
}

impl<T: Serialize + Send + 'static> EventStream<T> {
    /// The events of a stream of their data.
    pub fn new(items: impl Stream<Item = T> + Send + 'static) -> Self {
        let data = items.filter_map(|item| std::future::ready(data(&item)));
        Self { data: data.boxed(), keep_alive: KEEP_ALIVE, item: PhantomData }
    }
}

fn data<T: Serialize>(item: &T) -> Option<String> {
    match serde_json::to_string(item) {
        Ok(document) if document.starts_with('"') => serde_json::from_str(&document).ok(),
        Ok(document) => Some(document),
        Err(error) => {
            tracing::error!(%error, "the data of an event is not JSON");
            None
        }
    }
}

impl<T> EventStream<T> {
    /// The same with another pause before a keep-alive comment.
    #[must_use]
    pub fn keep_alive(mut self, pause: Duration) -> Self {
        self.keep_alive = pause.max(Duration::from_millis(1));
        self
    }

    pub(crate) fn into_lines(self) -> Lines {
        Lines { data: self.data, keep_alive: self.keep_alive }
    }
}

impl<T> fmt::Debug for EventStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EventStream(..)")
    }
}

/// An event stream whose items are data already.
pub(crate) struct Lines {
    data: BoxStream<'static, String>,
    keep_alive: Duration,
}

impl fmt::Debug for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lines(..)")
    }
}

impl Lines {
    /// The bytes on the wire: events as they come, comments in between.
    pub(crate) fn into_stream(self) -> BoxStream<'static, io::Result<Bytes>> {
        let mut clock = tokio::time::interval_at(Instant::now() + self.keep_alive, self.keep_alive);
        clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
        futures_util::stream::unfold((self.data, clock), next).boxed()
    }
}

type State = (BoxStream<'static, String>, Interval);

async fn next((mut data, mut clock): State) -> Option<(io::Result<Bytes>, State)> {
    let bytes = tokio::select! {
        item = data.next() => {
            clock.reset();
            event(&item?)
        }
        _ = clock.tick() => Bytes::from_static(b": keepalive\n\n"),
    };
    Some((Ok(bytes), (data, clock)))
}

/// One event. A line break inside of its data begins another `data:` line.
fn event(data: &str) -> Bytes {
    let mut text = String::with_capacity(data.len() + 8);
    for line in data.replace("\r\n", "\n").split(['\n', '\r']) {
        text.push_str("data: ");
        text.push_str(line);
        text.push('\n');
    }
    text.push('\n');
    text.into()
}

#[cfg(test)]
mod tests {
    use super::{EventStream, event};
    use futures_util::StreamExt;
    use std::time::Duration;

    #[test]
    fn data_with_line_breaks_stays_one_event() {
        assert_eq!(event("a\nb\r\nc"), "data: a\ndata: b\ndata: c\n\n");
        assert_eq!(event(""), "data: \n\n");
    }

    #[tokio::test]
    async fn strings_are_not_quoted() {
        let stream = EventStream::new(futures_util::stream::iter(["a \"b\"".to_owned()]));
        let sent: Vec<_> = stream.into_lines().into_stream().map(Result::unwrap).collect().await;
        assert_eq!(sent, ["data: a \"b\"\n\n"]);
    }

    #[tokio::test]
    async fn silence_is_filled_with_comments() {
        let slow = futures_util::stream::iter([1_i64, 2]).then(|n| async move {
            if n == 2 {
                tokio::time::sleep(Duration::from_millis(60)).await;
            }
            n
        });
        let stream = EventStream::new(slow).keep_alive(Duration::from_millis(20));
        let sent: Vec<_> = stream.into_lines().into_stream().map(Result::unwrap).collect().await;
        assert_eq!(sent.first().unwrap(), "data: 1\n\n");
        assert_eq!(sent.get(1).unwrap(), ": keepalive\n\n");
        assert_eq!(sent.last().unwrap(), "data: 2\n\n");
    }
}
