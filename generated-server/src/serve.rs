//! Connections: how they are taken, bounded, and let go.

use axum::extract::ConnectInfo;
use axum::serve::Listener;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tower::Service;

/// Serves a router over HTTP/1.1, WebSockets included, with bounds on connections.
///
/// ```no_run
/// # async fn run(app: meshery_server::Router) -> std::io::Result<()> {
/// use meshery_server::Serve;
///
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:9081").await?;
/// let stop = async { /* wait for a signal */ };
/// let cut = Serve::new(app).run(listener, stop).await;
/// assert_eq!(cut, 0, "somebody was still being answered");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Serve {
    router: crate::Router,
    head: Duration,
    drain: Duration,
    connections: usize,
}

impl Serve {
    /// A server with the default bounds.
    pub fn new(router: crate::Router) -> Self {
        let (head, drain) = (Duration::from_secs(30), Duration::from_secs(30));
        Self { router, head, drain, connections: 20_000 }
    }

    /// How long the head of a request may take, from the moment that the connection is free for one:
    /// 30 s. So long a connection may be idle, too.
    pub fn head_time(mut self, time: Duration) -> Self {
        self.head = time;
        self
    }

    /// How long requests in progress may take once the server is to stop: 30 s.
    pub fn drain_time(mut self, time: Duration) -> Self {
        self.drain = time;
        self
    }

    /// Connections at once: 20,000. Further ones wait to be accepted.
    pub fn connections(mut self, connections: usize) -> Self {
        self.connections = connections;
        self
    }

    /// Serves until `shutdown` is ready, then takes no more connections, ends idle ones, and waits
    /// for those that are being answered. Returns how many had to be cut off after all.
    ///
    /// WebSockets are not waited for: they are their tasks' own once they are open.
    pub async fn run<L>(self, mut listener: L, shutdown: impl Future<Output = ()>) -> usize
    where
        L: Listener,
        L::Addr: Clone + Send + Sync + 'static,
    {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(self.head);
        let room = Arc::new(Semaphore::new(self.connections.min(Semaphore::MAX_PERMITS)));
        let (stop, stopping) = watch::channel(false);
        let mut tasks = JoinSet::new();
        tokio::pin!(shutdown);
        loop {
            let next = async {
                let permit = Arc::clone(&room).acquire_owned().await;
                (permit, listener.accept().await)
            };
            tokio::select! {
                biased;
                () = &mut shutdown => break,
                Some(_) = tasks.join_next(), if !tasks.is_empty() => {}
                (permit, (io, address)) = next => {
                    let router = self.router.clone();
                    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
                        request.extensions_mut().insert(ConnectInfo(address.clone()));
                        router.clone().call(request)
                    });
                    let connection = http.serve_connection(TokioIo::new(io), service).with_upgrades();
                    let mut stopping = stopping.clone();
                    tasks.spawn(async move {
                        let _permit = permit;
                        let mut connection = pin!(connection);
                        let ended = tokio::select! {
                            ended = connection.as_mut() => ended,
                            _ = stopping.changed() => {
                                connection.as_mut().graceful_shutdown();
                                connection.await
                            }
                        };
                        if let Err(error) = ended {
                            tracing::debug!(%error, "a connection ended early");
                        }
                    });
                }
            }
        }
        drop(listener);
        let _ = stop.send(true);
        let all = async { while tasks.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(self.drain, all).await;
        let cut = tasks.len();
        tasks.shutdown().await;
        cut
    }
}
