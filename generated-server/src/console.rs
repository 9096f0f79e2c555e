//! Meshery's consoles: raw bytes and a few control messages over a WebSocket.
//!
//! Binary frames are what a terminal shows or what was typed; text frames are JSON objects with a
//! `type`. The server speaks first (`ready`), and ends with exactly one of `exit`, `eof` and
//! `error` before it closes: that much is in the types here.

use crate::{Message, Socket};
use bytes::Bytes;
use serde_json::{Value, json};
use std::io;

/// The close code of a console that ended.
const ENDED: u16 = 4000;
/// The close code of a console that failed.
const FAILED: u16 = 4001;

/// A console's WebSocket, after `ready`.
///
/// ```
/// # use meshery_server::{ConsoleMessage, ConsoleSocket, Upgrade};
/// # use serde_json::Value;
/// let cat = Upgrade::new(|socket| async move {
///     let Ok(mut console) = ConsoleSocket::open(socket, Value::Null).await else { return };
///     while let Some(Ok(message)) = console.receive().await {
///         let sent = match message {
///             ConsoleMessage::Bytes(typed) => console.send(typed).await,
///             ConsoleMessage::Eof => return console.exit(0).await,
///             _ => Ok(()),
///         };
///         if sent.is_err() {
///             return;
///         }
///     }
/// });
/// # drop(cat);
/// ```
#[derive(Debug)]
pub struct ConsoleSocket(Socket);

/// What the other side of a console says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConsoleMessage {
    /// What was typed.
    Bytes(Bytes),
    /// The size of its window, in characters.
    Resize {
        /// The width.
        cols: u16,
        /// The height.
        rows: u16,
    },
    /// Nothing more will be typed.
    Eof,
}

impl ConsoleSocket {
    /// Says `ready`, with what this console can do unless that is `null`.
    ///
    /// # Errors
    /// When the connection is closed or broken.
    pub async fn open(mut socket: Socket, capabilities: Value) -> io::Result<Self> {
        let mut ready = json!({"type": "ready"});
        if !capabilities.is_null() {
            ready["capabilities"] = capabilities;
        }
        socket.send(Message::Text(ready.to_string())).await?;
        Ok(Self(socket))
    }

    /// What comes next; `None` once the other side has closed. Control messages of unknown types are
    /// passed over, and so are those that make no sense, which the log (`debug`) tells. A size that no
    /// window has is the nearest one that there is.
    pub async fn receive(&mut self) -> Option<io::Result<ConsoleMessage>> {
        loop {
            let message = match self.0.receive().await? {
                Ok(Message::Binary(bytes)) => Some(ConsoleMessage::Bytes(bytes)),
                Ok(Message::Text(text)) => control(&text),
                Ok(Message::Close(_)) => return None,
                Err(error) => return Some(Err(error)),
            };
            if let Some(message) = message {
                return Some(Ok(message));
            }
        }
    }

    /// Sends what the console shows.
    ///
    /// # Errors
    /// When the connection is closed or broken.
    pub async fn send(&mut self, bytes: impl Into<Bytes>) -> io::Result<()> {
        self.0.send(Message::Binary(bytes.into())).await
    }

    /// Ends: the program is done, with this code.
    pub async fn exit(self, code: i32) {
        self.end(json!({"type": "exit", "exitCode": code}), ENDED, "ended").await;
    }

    /// Ends: there is nothing more to show.
    pub async fn eof(self) {
        self.end(json!({"type": "eof"}), ENDED, "ended").await;
    }

    /// Ends: something failed. Both texts are sent.
    pub async fn error(self, code: &str, message: &str) {
        self.end(json!({"type": "error", "code": code, "message": message}), FAILED, "failed").await;
    }

    async fn end(mut self, last: Value, code: u16, reason: &str) {
        if self.0.send(Message::Text(last.to_string())).await.is_ok() {
            self.0.close(code, reason).await;
        }
    }
}

fn control(text: &str) -> Option<ConsoleMessage> {
    let message: Value = serde_json::from_str(text).unwrap_or_default();
    match message["type"].as_str() {
        Some("resize") => match (size(&message["cols"]), size(&message["rows"])) {
            (Some(cols), Some(rows)) => return Some(ConsoleMessage::Resize { cols, rows }),
            _ => tracing::debug!("a console is resized to something that is no size"),
        },
        Some("eof") => return Some(ConsoleMessage::Eof),
        Some(_) => {}
        None => tracing::debug!("a console is told something that is no message"),
    }
    None
}

/// A number of characters, as near as a window can have it.
fn size(said: &Value) -> Option<u16> {
    let size = said.as_i64().or_else(|| said.as_u64().map(|_| i64::MAX))?;
    u16::try_from(size.clamp(0, u16::MAX.into())).ok()
}

#[cfg(test)]
mod tests {
    use super::{ConsoleMessage, ConsoleSocket};
    use crate::{Message, Socket};
    use serde_json::{Value, json};
    use std::io;
    use tokio::sync::mpsc::{Receiver, Sender, channel};

    async fn console() -> (ConsoleSocket, Sender<io::Result<Message>>, Receiver<Message>) {
        let (say, incoming) = channel(9);
        let (outgoing, hear) = channel(9);
        let socket = Socket::new(incoming, outgoing);
        (ConsoleSocket::open(socket, json!({"resize": true})).await.unwrap(), say, hear)
    }

    async fn said(hear: &mut Receiver<Message>) -> Value {
        match hear.recv().await {
            Some(Message::Text(text)) => serde_json::from_str(&text).unwrap(),
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn ready_comes_first_and_one_end_last() {
        let (mut console, _say, mut hear) = console().await;
        console.send("$ ").await.unwrap();
        console.exit(3).await;
        assert_eq!(said(&mut hear).await, json!({"type": "ready", "capabilities": {"resize": true}}));
        assert_eq!(hear.recv().await, Some(Message::Binary("$ ".into())));
        assert_eq!(said(&mut hear).await, json!({"type": "exit", "exitCode": 3}));
        assert_eq!(hear.recv().await, Some(Message::Close(Some((4000, "ended".to_owned())))));
        assert_eq!(hear.recv().await, None);
    }

    #[tokio::test]
    async fn a_failure_has_its_own_code() {
        let (console, _say, mut hear) = console().await;
        console.error("gone", "the pod is gone").await;
        said(&mut hear).await;
        let last = said(&mut hear).await;
        assert_eq!(last, json!({"type": "error", "code": "gone", "message": "the pod is gone"}));
        assert_eq!(hear.recv().await, Some(Message::Close(Some((4001, "failed".to_owned())))));
    }

    #[tokio::test]
    async fn what_is_unknown_is_passed_over_and_a_size_is_one_of_a_window() {
        let (mut console, say, _hear) = console().await;
        let texts = [r#"{"type":"resize","cols":80,"rows":24}"#, r#"{"type":"later"}"#, "no JSON"];
        let more =
            [r#"{"type":"resize","cols":-1,"rows":70000}"#, r#"{"type":"resize"}"#, r#"{"type":"eof"}"#];
        for text in texts.into_iter().chain(more) {
            say.send(Ok(Message::Text(text.to_owned()))).await.unwrap();
        }
        say.send(Ok(Message::Close(None))).await.unwrap();
        let resize = ConsoleMessage::Resize { cols: 80, rows: 24 };
        assert_eq!(console.receive().await.unwrap().unwrap(), resize);
        let nearest = ConsoleMessage::Resize { cols: 0, rows: 65535 };
        assert_eq!(console.receive().await.unwrap().unwrap(), nearest);
        assert_eq!(console.receive().await.unwrap().unwrap(), ConsoleMessage::Eof);
        assert!(console.receive().await.is_none());
    }
}
