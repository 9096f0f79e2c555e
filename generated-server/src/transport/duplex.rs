//! A WebSocket of axum's with a task of its own, which also finds out whether the other side is
//! still there: a handler that only sends, or only receives, need not know of pings.
//!
//! Few messages wait each way: who sends faster than the other side reads has to wait.

use crate::socket::{Message, Socket};
use crate::stopping::Stopping;
use axum::extract::ws;
use futures_util::{Sink, SinkExt, Stream, StreamExt};
use std::io;
use std::time::Duration;
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::time::{Instant, MissedTickBehavior, timeout};

/// How often the other side is asked whether it is there, as Meshery Server does it.
const PING: Duration = Duration::from_secs(54);
/// How long it may be silent, also as Meshery Server has it.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long it may take to answer a close.
const GOODBYE: Duration = Duration::from_secs(5);
/// The close code of who goes away (RFC 6455, 7.4.1).
const AWAY: u16 = 1001;
/// Messages that wait, each way.
const WAITING: usize = 8;

/// Starts the task. It ends when the server stops, if it is to be told.
pub(super) fn start<S, E>(socket: S, stopping: Option<Stopping>) -> Socket
where
    S: Stream<Item = Result<ws::Message, E>> + Sink<ws::Message> + Send + 'static,
    E: std::error::Error + Send + Sync + 'static,
{
    let (to_handler, incoming) = mpsc::channel(WAITING);
    let (outgoing, from_handler) = mpsc::channel(WAITING);
    tokio::spawn(async move {
        let (mut sink, mut stream) = socket.split();
        let stopped = tokio::select! {
            () = listen(&mut stream, &to_handler) => false,
            () = speak(&mut sink, from_handler) => false,
            () = begun(stopping.as_ref()) => true,
        };
        // The handler hears of it at once.
        drop(to_handler);
        let goodbye = async {
            if stopped {
                let reason = "the server stops".into();
                let _ = sink.send(ws::Message::Close(Some(ws::CloseFrame { code: AWAY, reason }))).await;
            }
            let _ = sink.close().await;
            while let Some(Ok(_)) = stream.next().await {}
        };
        // Whether it was answered makes no difference any more.
        let _ = timeout(GOODBYE, goodbye).await;
    });
    Socket::new(incoming, outgoing)
}

/// When the server stops; never, if nobody will say it.
async fn begun(stopping: Option<&Stopping>) {
    match stopping {
        Some(stopping) => stopping.begun().await,
        None => std::future::pending().await,
    }
}

/// Hands over what comes, until the other side closes, breaks off or is silent for too long. While
/// the handler has not taken what is there already, nothing is read, and silence does not count.
async fn listen<E>(
    stream: &mut (impl Stream<Item = Result<ws::Message, E>> + Unpin),
    to_handler: &Sender<io::Result<Message>>,
) where
    E: std::error::Error + Send + Sync + 'static,
{
    loop {
        // Without a handler that receives, a close is still to be heard.
        let room = to_handler.reserve().await.ok();
        let heard = match timeout(PATIENCE, stream.next()).await {
            Ok(None) => return,
            Ok(Some(Ok(message))) => translated(message).map(Ok),
            Ok(Some(Err(error))) => Some(Err(io::Error::other(error))),
            Err(_) => Some(Err(io::ErrorKind::TimedOut.into())),
        };
        let Some(heard) = heard else { continue };
        let last = matches!(heard, Err(_) | Ok(Message::Close(_)));
        if let Some(room) = room {
            room.send(heard);
        }
        if last {
            return;
        }
    }
}

/// Sends what the handler sends, until it closes or is gone, and asks now and then for a sign of
/// life.
async fn speak(sink: &mut (impl Sink<ws::Message> + Unpin), mut from_handler: Receiver<Message>) {
    let mut ping = tokio::time::interval_at(Instant::now() + PING, PING);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let message = tokio::select! {
            message = from_handler.recv() => written(message.unwrap_or(Message::Close(None))),
            _ = ping.tick() => ws::Message::Ping(bytes::Bytes::new()),
        };
        let last = matches!(message, ws::Message::Close(_));
        if sink.send(message).await.is_err() || last {
            return;
        }
    }
}

/// What a handler hears of. Pings are answered below this.
fn translated(message: ws::Message) -> Option<Message> {
    match message {
        ws::Message::Text(text) => Some(Message::Text(text.as_str().to_owned())),
        ws::Message::Binary(bytes) => Some(Message::Binary(bytes)),
        ws::Message::Close(frame) => {
            Some(Message::Close(frame.map(|f| (f.code, f.reason.as_str().to_owned()))))
        }
        ws::Message::Ping(_) | ws::Message::Pong(_) => None,
    }
}

fn written(message: Message) -> ws::Message {
    match message {
        Message::Text(text) => ws::Message::Text(text.into()),
        Message::Binary(bytes) => ws::Message::Binary(bytes),
        Message::Close(frame) => {
            ws::Message::Close(frame.map(|(code, reason)| ws::CloseFrame { code, reason: reason.into() }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{WAITING, start};
    use crate::socket::{Message, Socket};
    use axum::extract::ws;
    use futures_util::stream::{BoxStream, Stream, StreamExt, unfold};
    use futures_util::{Sink, sink};
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::task::{Context, Poll};
    use std::time::Duration;
    use tokio::sync::mpsc;
    use tokio::time::{Instant, sleep, timeout};

    type Said = Result<ws::Message, Infallible>;

    /// A socket, and the other side of it. The other side takes one message at a time.
    fn pair() -> (Socket, mpsc::Sender<Said>, mpsc::Receiver<ws::Message>) {
        let (say, heard_here) = mpsc::channel(64);
        let (said_here, hear) = mpsc::channel(1);
        let stream = unfold(heard_here, async |mut from| Some((from.recv().await?, from))).boxed();
        let sink = sink::unfold(said_here, async |to: mpsc::Sender<_>, message| {
            to.send(message).await.map_err(|_| ())?;
            Ok(to)
        });
        (start(Both { stream, sink: Box::pin(sink) }, None), say, hear)
    }

    struct Both {
        stream: BoxStream<'static, Said>,
        sink: Pin<Box<dyn Sink<ws::Message, Error = ()> + Send>>,
    }

    impl Stream for Both {
        type Item = Said;

        fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Said>> {
            self.stream.as_mut().poll_next(cx)
        }
    }

    impl Sink<ws::Message> for Both {
        type Error = ();

        fn poll_ready(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), ()>> {
            self.sink.as_mut().poll_ready(cx)
        }

        fn start_send(mut self: Pin<&mut Self>, item: ws::Message) -> Result<(), ()> {
            self.sink.as_mut().start_send(item)
        }

        fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), ()>> {
            self.sink.as_mut().poll_flush(cx)
        }

        fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), ()>> {
            self.sink.as_mut().poll_close(cx)
        }
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_pinged_and_silence_ends_it() {
        let (mut socket, _say, mut hear) = pair();
        let begun = Instant::now();
        assert_eq!(hear.recv().await, Some(ws::Message::Ping(bytes::Bytes::new())));
        assert_eq!(begun.elapsed(), Duration::from_secs(54));
        let error = socket.receive().await.unwrap().unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::TimedOut);
        assert_eq!(begun.elapsed(), Duration::from_secs(60));
        assert!(socket.receive().await.is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn a_sign_of_life_each_minute_is_enough_though_the_handler_only_sends() {
        let (mut socket, say, mut hear) = pair();
        for _ in 0..20 {
            while !matches!(hear.recv().await, Some(ws::Message::Ping(_))) {}
            say.send(Ok(ws::Message::Pong(bytes::Bytes::new()))).await.unwrap();
        }
        socket.send(Message::Text("still here".to_owned())).await.unwrap();
        assert_eq!(hear.recv().await, Some(ws::Message::Text("still here".into())));
    }

    #[tokio::test(start_paused = true)]
    async fn who_sends_too_fast_waits_and_who_does_not_receive_is_not_taken_for_gone() {
        let (mut socket, say, mut hear) = pair();
        let flood = async {
            for _ in 0..100 {
                socket.send(Message::Binary("x".into())).await.unwrap();
            }
        };
        assert!(timeout(Duration::from_secs(5), flood).await.is_err(), "nobody reads");
        for _ in 0..2 * WAITING {
            say.send(Ok(ws::Message::Binary("y".into()))).await.unwrap();
        }
        // The other side speaks, and nobody listens here: that is no silence of the other side.
        let taken = tokio::spawn(async move { while hear.recv().await.is_some() {} });
        sleep(Duration::from_secs(300)).await;
        assert_eq!(socket.receive().await.unwrap().unwrap(), Message::Binary("y".into()));
        drop(taken);
    }

    #[tokio::test(start_paused = true)]
    async fn a_close_is_heard_and_ends_both_ways() {
        let (mut socket, say, _hear) = pair();
        let frame = ws::CloseFrame { code: 1000, reason: "bye".into() };
        say.send(Ok(ws::Message::Close(Some(frame)))).await.unwrap();
        let close = Message::Close(Some((1000, "bye".to_owned())));
        assert_eq!(socket.receive().await.unwrap().unwrap(), close);
        assert!(socket.receive().await.is_none());
        sleep(Duration::from_secs(10)).await;
        assert!(socket.send(Message::Text(String::new())).await.is_err());
    }
}
