//! The end of a server, as what outlives a request hears of it: sockets and event streams.

use std::convert::Infallible;
use std::sync::Arc;
use tokio::sync::{mpsc, watch};

/// In the extensions of a request whose server will say when it stops. The server waits for who
/// holds it.
#[derive(Clone, Debug)]
pub(crate) struct Stopping(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    stop: watch::Receiver<bool>,
    /// Never sent to: that it is there is what the server waits for.
    _held: mpsc::Sender<Infallible>,
}

impl Stopping {
    #[cfg(feature = "serve")]
    pub(crate) fn new(stop: watch::Receiver<bool>, held: mpsc::Sender<Infallible>) -> Self {
        Self(Arc::new(Inner { stop, _held: held }))
    }

    /// Waits until the server is to stop.
    pub(crate) async fn begun(&self) {
        // That whoever could say it is gone is the end, too.
        let _ = self.0.stop.clone().wait_for(|stop| *stop).await;
    }
}
