//! Meshery's consoles: a terminal, or a log, over a WebSocket.

use crate::Error;
use crate::error::DecodeFailure;
use crate::websocket::{Frame, WebSocket};
use bytes::Bytes;
use futures_util::{Sink, SinkExt, Stream, StreamExt};
use http::{HeaderMap, StatusCode};
use serde_json::{Map, Value, json};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

/// A console: bytes both ways, and messages about them.
///
/// The server says [`Ready`](ConsoleEvent::Ready) first, and exactly one of
/// [`Error`](ConsoleEvent::Error), [`Exit`](ConsoleEvent::Exit) and [`Eof`](ConsoleEvent::Eof) last;
/// then it closes, with 4000 if the console has ended, or 4001 if it has failed. Messages that are
/// not known are ignored. It is a [`Stream`], and a [`Sink`] of [`ConsoleInput`], so that it can be
/// [split](StreamExt::split) between a task that reads and one that writes. [`next`](Self::next) can be
/// given up without losing anything, so that one task can do both.
///
/// ```
/// # use meshery_client::{Console, ConsoleEvent, Error, Response, WebSocket};
/// async fn run(opened: Response<WebSocket>) -> Result<Option<i32>, Error> {
///     let mut console = Console::new(opened.into_body());
///     console.resize(120, 40).await?;
///     console.write("exit\n").await?;
///     let mut exit_code = None;
///     while let Some(event) = console.next().await {
///         match event? {
///             ConsoleEvent::Output(bytes) => println!("{}", String::from_utf8_lossy(&bytes)),
///             ConsoleEvent::Exit { code, .. } => exit_code = code,
///             ConsoleEvent::Error { message, .. } => eprintln!("{message}"),
///             _ => {}
///         }
///     }
///     Ok(exit_code)
/// }
/// ```
#[derive(Debug)]
pub struct Console {
    socket: WebSocket,
}

/// What comes from a console.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ConsoleEvent {
    /// It can be used.
    #[non_exhaustive]
    Ready {
        /// What it can do, as the server says it.
        capabilities: Option<Value>,
    },
    /// What it prints.
    Output(Bytes),
    /// Its size has changed.
    #[non_exhaustive]
    Resize {
        /// Columns.
        cols: u16,
        /// Rows.
        rows: u16,
    },
    /// It has failed.
    #[non_exhaustive]
    Error {
        /// The code of the error.
        code: Option<String>,
        /// What went wrong.
        message: String,
    },
    /// The program in it has ended.
    #[non_exhaustive]
    Exit {
        /// Its exit code.
        code: Option<i32>,
    },
    /// There will be no more output.
    Eof,
    /// The connection is closed.
    #[non_exhaustive]
    Closed {
        /// [`Console::ENDED`], [`Console::FAILED`], or a code of the protocol.
        code: u16,
        /// The reason; often empty.
        reason: String,
    },
}

/// What goes to a console.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConsoleInput {
    /// What is typed into it.
    Bytes(Bytes),
    /// How large it is shown.
    Resize {
        /// Columns.
        cols: u16,
        /// Rows.
        rows: u16,
    },
    /// There will be no more input.
    Eof,
}

/// The largest frame that a server takes.
const FRAME: usize = 64 << 10;

/// A server sends pings each 54 s: one may be lost.
const PATIENCE: Duration = Duration::from_secs(120);

impl Console {
    /// The code that a console closes with which has ended.
    pub const ENDED: u16 = 4000;
    /// The code that a console closes with which has failed.
    pub const FAILED: u16 = 4001;

    /// The console behind a WebSocket. Where nothing comes for two minutes, not even a ping, it is
    /// [`Error::Timeout`].
    #[must_use]
    pub fn new(socket: WebSocket) -> Self {
        Self { socket: socket.patience(PATIENCE) }
    }

    /// The WebSocket.
    #[must_use]
    pub fn into_socket(self) -> WebSocket {
        self.socket
    }

    /// Types into it.
    ///
    /// # Errors
    /// The connection is closed or broken.
    pub async fn write(&mut self, input: impl Into<Bytes>) -> Result<(), Error> {
        SinkExt::send(self, ConsoleInput::Bytes(input.into())).await
    }

    /// Says how large it is shown.
    ///
    /// # Errors
    /// The connection is closed or broken.
    pub async fn resize(&mut self, cols: u16, rows: u16) -> Result<(), Error> {
        SinkExt::send(self, ConsoleInput::Resize { cols, rows }).await
    }

    /// Says that there will be no more input.
    ///
    /// # Errors
    /// The connection is closed or broken.
    pub async fn eof(&mut self) -> Result<(), Error> {
        SinkExt::send(self, ConsoleInput::Eof).await
    }

    /// The next event; `None` when the connection is closed.
    pub async fn next(&mut self) -> Option<Result<ConsoleEvent, Error>> {
        StreamExt::next(self).await
    }

    /// Closes it: see [`WebSocket::close`].
    ///
    /// # Errors
    /// The connection is already closed or broken.
    pub async fn close(self) -> Result<(), Error> {
        self.socket.close(1000, "").await
    }
}

impl Stream for Console {
    type Item = Result<ConsoleEvent, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            let event = match ready!(this.socket.poll_next_unpin(cx)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok(Frame::Binary(bytes))) => ConsoleEvent::Output(bytes),
                Some(Ok(Frame::Close { code, reason })) => ConsoleEvent::Closed { code, reason },
                Some(Ok(Frame::Text(text))) => match serde_json::from_str(&text) {
                    Ok(message) => match control(message) {
                        Some(event) => event,
                        None => continue,
                    },
                    Err(e) => return Poll::Ready(Some(Err(unfit(&this.socket, &e)))),
                },
            };
            return Poll::Ready(Some(Ok(event)));
        }
    }
}

impl Sink<ConsoleInput> for Console {
    type Error = Error;

    fn poll_ready(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.socket.poll_ready_unpin(cx)
    }

    fn start_send(mut self: Pin<&mut Self>, input: ConsoleInput) -> Result<(), Error> {
        let control = |message: Value| Frame::Text(message.to_string());
        let frame = match input {
            // More than a frame may hold goes in several.
            ConsoleInput::Bytes(mut bytes) => {
                while !bytes.is_empty() {
                    let frame = bytes.split_to(bytes.len().min(FRAME));
                    self.socket.start_send_unpin(Frame::Binary(frame))?;
                }
                return Ok(());
            }
            ConsoleInput::Resize { cols, rows } => {
                control(json!({"type": "resize", "cols": cols, "rows": rows}))
            }
            ConsoleInput::Eof => control(json!({"type": "eof"})),
        };
        self.socket.start_send_unpin(frame)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.socket.poll_flush_unpin(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.socket.poll_close_unpin(cx)
    }
}

/// A control message, if it is one that is known.
fn control(mut message: Map<String, Value>) -> Option<ConsoleEvent> {
    // What does not fit is as large as it can be.
    let size = |name: &str| {
        let size = message.get(name).and_then(Value::as_u64).unwrap_or_default();
        u16::try_from(size).unwrap_or(u16::MAX)
    };
    let (cols, rows) = (size("cols"), size("rows"));
    let kind = message.remove("type")?;
    Some(match kind.as_str()? {
        "ready" => ConsoleEvent::Ready { capabilities: message.remove("capabilities") },
        "resize" => ConsoleEvent::Resize { cols, rows },
        "error" => ConsoleEvent::Error {
            code: message.remove("code").and_then(text),
            message: message.remove("message").and_then(text).unwrap_or_default(),
        },
        "exit" => {
            let code = message.get("exitCode").and_then(Value::as_i64);
            ConsoleEvent::Exit { code: code.map(|code| code.clamp(i32::MIN.into(), i32::MAX.into()) as i32) }
        }
        "eof" => ConsoleEvent::Eof,
        _ => return None,
    })
}

fn text(value: Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

fn unfit(socket: &WebSocket, error: &serde_json::Error) -> Error {
    Error::Decode(Box::new(DecodeFailure {
        operation: socket.operation(),
        status: StatusCode::SWITCHING_PROTOCOLS,
        headers: HeaderMap::new(),
        path: String::new(),
        message: format!("not a control message of a console: {error}"),
        excerpt: None,
    }))
}
