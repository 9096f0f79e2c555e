//! Operations that upgrade to a WebSocket.

use crate::call::Call;
use crate::client::BoxFuture;
use crate::clock::{Silence, Time};
use crate::exchange::Exchange;
use crate::operation::OperationInfo;
use crate::send::limited;
use crate::transport::IncomingBody;
use crate::{Error, Response};
use bytes::Bytes;
use futures_util::{Sink, SinkExt, Stream, StreamExt};
use http::header::{
    CONNECTION, ORIGIN, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use http::{HeaderMap, HeaderValue};
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::{client::generate_key, derive_accept_key};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{self, Message};

/// The longest reason that a frame has room for.
const REASON: usize = 123;

/// How long is waited for the server to close, too.
const FAREWELL: Duration = Duration::from_secs(5);

/// What goes over a [`WebSocket`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// A text message.
    Text(String),
    /// A binary message.
    Binary(Bytes),
    /// The end, with its code and the reason that was given; 1005 where no code was.
    Close {
        /// The code: 1000 for a normal end, 4000 to 4999 as the application defines them.
        code: u16,
        /// The reason; often empty.
        reason: String,
    },
}

/// A WebSocket: messages both ways. Pings are answered while it is read.
///
/// Messages are received as a [`Stream`], or with [`next`](Self::next); it is a [`Sink`] too, so that
/// it can be split. For Meshery's consoles there is [`Console`](crate::Console).
///
/// ```
/// # use meshery_client::{Error, Frame, WebSocket};
/// async fn run(mut socket: WebSocket) -> Result<u16, Error> {
///     socket.send(Frame::Binary("ls\n".into())).await?;
///     while let Some(frame) = socket.next().await {
///         match frame? {
///             Frame::Binary(output) => println!("{} bytes", output.len()),
///             Frame::Text(control) => println!("{control}"),
///             Frame::Close { code, .. } => return Ok(code),
///         }
///     }
///     Ok(1006)
/// }
/// ```
pub struct WebSocket {
    operation: &'static OperationInfo,
    stream: WebSocketStream<reqwest::Upgraded>,
    silence: Silence,
    time: Time,
}

impl<'a> Call<'a> {
    /// Sends it as an upgrade; what the server refuses is an error by its status.
    pub(crate) fn upgrade(self) -> BoxFuture<'a, Result<Response<WebSocket>, Error>> {
        Box::pin(async move {
            let operation = self.operation;
            let key = generate_key();
            let headers = handshake(&key, self.core.origin())
                .map_err(|e| Error::Transport { operation: Some(operation), source: e.into() })?;
            let exchange = self.open_with(headers).await?;
            accept(operation, exchange, &key).await
        })
    }
}

/// The headers that ask for the upgrade. A server compares the origin with its own host.
pub(crate) fn handshake(key: &str, origin: &str) -> Result<HeaderMap, http::header::InvalidHeaderValue> {
    Ok(HeaderMap::from_iter([
        (CONNECTION, HeaderValue::from_static("Upgrade")),
        (UPGRADE, HeaderValue::from_static("websocket")),
        (SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13")),
        (SEC_WEBSOCKET_KEY, HeaderValue::from_str(key)?),
        (ORIGIN, HeaderValue::from_str(origin)?),
    ]))
}

/// Takes over the connection once the server has proven that it speaks the protocol.
async fn accept(
    operation: &'static OperationInfo,
    Exchange { head, body, .. }: Exchange,
    key: &str,
) -> Result<Response<WebSocket>, Error> {
    let (limit, time) = (head.limits.size, head.limits.time.clone());
    let socket = accepted(operation, &head.headers, body, key, (limit, time)).await?;
    Ok(head.with(socket))
}

/// The same for a response whose headers were taken out of it.
pub(crate) async fn accepted(
    operation: &'static OperationInfo,
    headers: &HeaderMap,
    body: IncomingBody,
    key: &str,
    (limit, time): (usize, Time),
) -> Result<WebSocket, Error> {
    let accepted = headers.get(SEC_WEBSOCKET_ACCEPT);
    if accepted.is_none_or(|value| value.as_bytes() != derive_accept_key(key.as_bytes()).as_bytes()) {
        let source = "the server has not accepted the upgrade to a WebSocket".into();
        return Err(Error::Transport { operation: Some(operation), source });
    }
    let upgraded = body.upgrade().await.map_err(|broken| broken.of(operation))?;
    let config =
        WebSocketConfig::default().max_message_size(Some(limit)).max_frame_size(Some(limit.min(16 << 20)));
    let stream = WebSocketStream::from_raw_socket(upgraded, Role::Client, Some(config)).await;
    let silence = Silence::new(time.clone(), None);
    Ok(WebSocket { operation, stream, silence, time })
}

impl WebSocket {
    /// How long nothing may come, not even a ping, before it is [`Error::Timeout`]: for ever unless
    /// set, which is right only where the server does not send pings.
    #[must_use]
    pub fn patience(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.silence.limit(limit.into());
        self
    }

    /// The operation that opened it.
    pub(crate) fn operation(&self) -> &'static OperationInfo {
        self.operation
    }

    /// Sends a message. [`Frame::Close`] begins the end: the server answers with its own.
    ///
    /// # Errors
    /// The connection is closed or broken.
    pub async fn send(&mut self, frame: Frame) -> Result<(), Error> {
        SinkExt::send(self, frame).await
    }

    /// The next message; `None` when the connection is closed.
    pub async fn next(&mut self) -> Option<Result<Frame, Error>> {
        StreamExt::next(self).await
    }

    /// Closes it, with a code and a reason of at most 123 bytes, and waits until the server has done
    /// so too, for five seconds at most. What still comes is not given.
    ///
    /// # Errors
    /// The connection is already closed or broken; the code or the reason cannot be sent.
    pub async fn close(mut self, code: u16, reason: &str) -> Result<(), Error> {
        let (time, operation) = (self.time.clone(), self.operation);
        let farewell = async {
            self.send(Frame::Close { code, reason: reason.to_owned() }).await?;
            // A connection that is let go of while something is unread may take the code with it.
            while let Some(Ok(_)) = self.next().await {}
            Ok(())
        };
        match limited(&time, operation, Some(FAREWELL), farewell).await {
            // It is closed on this side, whether the other one has said so, or taken what was sent, or not.
            Err(Error::Timeout { .. }) => Ok(()),
            done => done,
        }
    }
}

impl Stream for WebSocket {
    type Item = Result<Frame, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            let Poll::Ready(message) = this.stream.poll_next_unpin(cx) else {
                let after = Some(ready!(this.silence.poll(cx)));
                return Poll::Ready(Some(Err(Error::Timeout { operation: this.operation, after })));
            };
            this.silence.heard();
            let frame = match message {
                None => return Poll::Ready(None),
                Some(Err(e)) => return Poll::Ready(Some(Err(broken(this.operation, e)))),
                Some(Ok(message)) => received(message),
            };
            if frame.is_some() {
                return Poll::Ready(frame.map(Ok));
            }
        }
    }
}

impl Sink<Frame> for WebSocket {
    type Error = Error;

    fn poll_ready(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let this = self.get_mut();
        this.stream.poll_ready_unpin(cx).map_err(|e| broken(this.operation, e))
    }

    fn start_send(self: Pin<&mut Self>, frame: Frame) -> Result<(), Error> {
        let this = self.get_mut();
        let message = sent(frame)
            .map_err(|message| Error::InvalidRequest { operation: Some(this.operation), message })?;
        this.stream.start_send_unpin(message).map_err(|e| broken(this.operation, e))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let this = self.get_mut();
        this.stream.poll_flush_unpin(cx).map_err(|e| broken(this.operation, e))
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let this = self.get_mut();
        this.stream.poll_close_unpin(cx).map_err(|e| broken(this.operation, e))
    }
}

/// The message of a frame, or why it is none (RFC 6455, 5.5 and 7.4).
fn sent(frame: Frame) -> Result<Message, String> {
    Ok(match frame {
        Frame::Text(text) => Message::text(text),
        Frame::Binary(bytes) => Message::binary(bytes),
        Frame::Close { code, .. } if !CloseCode::from(code).is_allowed() => {
            return Err(format!(
                "a WebSocket cannot be closed with {code}; 1000, or 4000 to 4999, can be sent"
            ));
        }
        Frame::Close { reason, .. } if reason.len() > REASON => {
            return Err(format!("the reason to close has {} bytes; {REASON} can be sent", reason.len()));
        }
        Frame::Close { code, reason } => {
            Message::Close(Some(CloseFrame { code: code.into(), reason: reason.into() }))
        }
    })
}

/// What the caller sees of a message; nothing of pings.
fn received(message: Message) -> Option<Frame> {
    Some(match message {
        Message::Text(text) => Frame::Text(text.as_str().to_owned()),
        Message::Binary(bytes) => Frame::Binary(bytes),
        Message::Close(Some(c)) => Frame::Close { code: c.code.into(), reason: c.reason.as_str().to_owned() },
        Message::Close(None) => Frame::Close { code: 1005, reason: String::new() },
        Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => return None,
    })
}

fn broken(operation: &'static OperationInfo, error: tungstenite::Error) -> Error {
    Error::Transport { operation: Some(operation), source: error.into() }
}

impl fmt::Debug for WebSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebSocket").field("operation", &self.operation).finish_non_exhaustive()
    }
}
