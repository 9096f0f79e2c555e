//! WebSockets: the response that upgrades, and the duplex that the handler then holds.

use bytes::Bytes;
use futures_util::future::BoxFuture;
use std::future::Future;
use std::{fmt, io};
use tokio::sync::mpsc::{Receiver, Sender};

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
///
/// The other side is pinged each 54 seconds; one that is silent for 60 is taken for gone.
pub struct Socket {
    incoming: Receiver<io::Result<Message>>,
    outgoing: Sender<Message>,
}

impl Socket {
    pub(crate) fn new(incoming: Receiver<io::Result<Message>>, outgoing: Sender<Message>) -> Self {
        Self { incoming, outgoing }
    }

    /// The next message; `None` once the connection is closed. An error is the last thing that
    /// comes: of the kind `TimedOut` where the other side is silent for too long.
    pub async fn receive(&mut self) -> Option<io::Result<Message>> {
        self.incoming.recv().await
    }

    /// Sends a message; waits while the other side does not read what was sent before.
    ///
    /// # Errors
    /// When the connection is closed or broken.
    pub async fn send(&mut self, message: Message) -> io::Result<()> {
        self.outgoing.send(message).await.map_err(|_| io::ErrorKind::BrokenPipe.into())
    }

    /// Closes with a code and a reason. That the other side is gone already does not matter.
    pub async fn close(mut self, code: u16, reason: &str) {
        let _ = self.send(Message::Close(Some((code, reason.to_owned())))).await;
    }
}

impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Socket(..)")
    }
}
