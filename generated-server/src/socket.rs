//! WebSockets: the response that upgrades, and the duplex that the handler then holds.

use bytes::Bytes;
use futures_util::future::BoxFuture;
use std::future::Future;
use std::{fmt, io};

/// The response that turns the connection into a WebSocket.
///
/// What can fail is to be answered before: once this is returned, the status is 101.
/// ```
/// # use meshery_server::{Message, Upgrade};
/// let echo = Upgrade::new(|mut socket| async move {
///     while let Some(Ok(message)) = socket.receive().await {
///         if socket.send(message).await.is_err() {
///             break;
///         }
///     }
///     socket.close(4000, "ended").await;
/// });
/// # drop(echo);
/// ```
pub struct Upgrade(pub(crate) Box<dyn FnOnce(Socket) -> BoxFuture<'static, ()> + Send>);

impl Upgrade {
    /// Upgrades, then runs `talk` in a task of its own.
    pub fn new<F, U>(talk: F) -> Self
    where
        F: FnOnce(Socket) -> U + Send + 'static,
        U: Future<Output = ()> + Send + 'static,
    {
        Self(Box::new(move |socket| Box::pin(talk(socket))))
    }
}

impl fmt::Debug for Upgrade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Upgrade(..)")
    }
}

/// What is sent and received. Pings are answered below this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// A text frame.
    Text(String),
    /// A binary frame.
    Binary(Bytes),
    /// The other side closes: code and reason, if it says them.
    Close(Option<(u16, String)>),
}

/// An open WebSocket.
pub struct Socket(Box<dyn Duplex>);

/// What the transport gives. [`Socket`] hides which one it is.
pub(crate) trait Duplex: Send {
    fn receive(&mut self) -> BoxFuture<'_, Option<io::Result<Message>>>;
    fn send(&mut self, message: Message) -> BoxFuture<'_, io::Result<()>>;
}

impl Socket {
    pub(crate) fn new(duplex: impl Duplex + 'static) -> Self {
        Self(Box::new(duplex))
    }

    /// The next message; `None` once the connection is closed.
    pub async fn receive(&mut self) -> Option<io::Result<Message>> {
        self.0.receive().await
    }

    /// Sends a message.
    ///
    /// # Errors
    /// When the connection is closed or broken.
    pub async fn send(&mut self, message: Message) -> io::Result<()> {
        self.0.send(message).await
    }

    /// Closes with a code and a reason. That the other side is gone already does not matter.
    pub async fn close(mut self, code: u16, reason: &str) {
        let _ = self.0.send(Message::Close(Some((code, reason.to_owned())))).await;
    }
}

impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Socket(..)")
    }
}
