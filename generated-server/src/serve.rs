//! Connections: how they are taken, bounded, and let go.

mod patience;

use crate::stopping::Stopping;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::serve::Listener;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::rt::{Read, Write};
use hyper::server::conn::http1::{self, UpgradeableConnection};
use hyper::service::HttpService;
use hyper_util::rt::{TokioIo, TokioTimer};
use patience::Patience;
use std::convert::Infallible;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinSet;
use tower::Service;

/// Serves a router over HTTP/1.1, or an [`ApiService`](crate::ApiService), WebSockets included, with bounds
/// on connections.
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
pub struct Serve<S = crate::Router> {
    service: S,
    head: Duration,
    unread: Duration,
    drain: Duration,
    connections: usize,
}

impl<S> Serve<S> {
    /// A server with the default bounds.
    pub fn new(service: S) -> Self {
        let (head, unread, drain) =
            (Duration::from_secs(30), Duration::from_secs(60), Duration::from_secs(30));
        Self { service, head, unread, drain, connections: 20_000 }
    }

    /// How long the head of a request may take, from the moment that the connection is free for one:
    /// 30 s. So long a connection may be idle, too.
    pub fn head_time(mut self, time: Duration) -> Self {
        self.head = time;
        self
    }

    /// How long the other side may read nothing of what is sent to it: 60 s. Then the connection is cut
    /// off, a WebSocket or an event stream, too. Who reads slowly is not.
    pub fn unread_time(mut self, time: Duration) -> Self {
        self.unread = time;
        self
    }

    /// How long requests in progress may take once the server is to stop: 30 s.
    pub fn drain_time(mut self, time: Duration) -> Self {
        self.drain = time;
        self
    }

    /// Connections at once: 20,000, WebSockets among them. Further ones wait to be accepted.
    pub fn connections(mut self, connections: usize) -> Self {
        self.connections = connections;
        self
    }

    /// Serves until `shutdown` is ready, then takes no more connections, ends idle ones, and waits
    /// for those that are being answered. Event streams end, and WebSockets are closed with 1001
    /// (going away): both are begun again elsewhere by who wants more. Returns how many connections
    /// had to be cut off after all, those that had become WebSockets not among them.
    pub async fn run<L>(self, mut listener: L, shutdown: impl Future<Output = ()>) -> usize
    where
        S: Service<Request<Incoming>, Response = Response<Body>, Error = Infallible> + Clone + Send + 'static,
        S::Future: Send,
        L: Listener,
        L::Addr: Clone + Send + Sync + 'static,
    {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(self.head);
        let room = Arc::new(Semaphore::new(self.connections.min(Semaphore::MAX_PERMITS)));
        let (stop, stopping) = watch::channel(false);
        let (held, mut let_go) = mpsc::channel(1);
        let told = Stopping::new(stopping.clone(), held);
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
                    let service = answering(self.service.clone(), address, told.clone());
                    let io = TokioIo::new(Patience::new(io, self.unread, permit.ok()));
                    let connection = http.serve_connection(io, service).with_upgrades();
                    tasks.spawn(serve_until(connection, stopping.clone()));
                }
            }
        }
        drop((listener, told));
        let _ = stop.send(true);
        let all = async {
            while tasks.join_next().await.is_some() {}
            let _ = let_go.recv().await;
        };
        let _ = tokio::time::timeout(self.drain, all).await;
        let cut = tasks.len();
        tasks.shutdown().await;
        cut
    }
}

/// What answers on one connection: requests are told whose they are, and what will tell them of the end.
fn answering<S, A>(
    service: S,
    address: A,
    told: Stopping,
) -> impl HttpService<Incoming, ResBody = Body, Error = Infallible, Future = S::Future>
where
    S: Service<Request<Incoming>, Response = Response<Body>, Error = Infallible> + Clone,
    A: Clone + Send + Sync + 'static,
{
    hyper::service::service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(address.clone()));
        request.extensions_mut().insert(told.clone());
        service.clone().call(request)
    })
}

/// Serves a connection to its end. When the server is to stop, what is being answered is the last of it.
async fn serve_until<I, S>(connection: UpgradeableConnection<I, S>, mut stopping: watch::Receiver<bool>)
where
    I: Read + Write + Unpin + Send + 'static,
    S: HttpService<Incoming, ResBody = Body, Error = Infallible>,
{
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
}

#[cfg(test)]
mod tests {
    use super::Serve;
    use axum::Router;
    use axum::body::Bytes;
    use axum::routing::{get, post};
    use std::net::SocketAddr;
    use std::time::Duration;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};
    use tokio::sync::oneshot;
    use tokio::task::JoinHandle;

    /// A server, what stops it, and how many it cut off.
    async fn start(serve: Serve) -> (SocketAddr, oneshot::Sender<()>, JoinHandle<usize>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let run = serve.run(listener, async move { drop(stopped.await) });
        (address, stop, tokio::spawn(run))
    }

    /// Answers at once, after a while, or never.
    fn app() -> Router {
        Router::new()
            .route("/now", get(|| async { "now" }))
            .route("/large", get(|| async { vec![b'x'; 64 << 20] }))
            .route("/read", post(|body: Bytes| async move { body.len().to_string() }))
            .route("/never", get(std::future::pending::<&'static str>))
    }

    async fn said(address: SocketAddr, text: &str) -> TcpStream {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        stream
    }

    async fn rest(stream: &mut TcpStream) -> String {
        let mut all = Vec::new();
        let _ = stream.read_to_end(&mut all).await;
        String::from_utf8(all).unwrap()
    }

    const BODY: &str = "POST /read HTTP/1.1\r\nhost: h\r\ncontent-length: 4\r\n\r\n";

    #[tokio::test]
    async fn who_is_being_answered_is_answered_and_who_is_idle_is_let_go() {
        let (address, stop, run) = start(Serve::new(app())).await;
        let mut idle = said(address, "").await;
        let mut busy = said(address, BODY).await;
        busy.write_all(b"ab").await.unwrap();
        // It is in the middle of its request once the other one has been heard.
        let mut done = said(address, "GET /now HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n").await;
        assert!(rest(&mut done).await.ends_with("now"));
        stop.send(()).unwrap();
        assert_eq!(rest(&mut idle).await, "");
        busy.write_all(b"cd").await.unwrap();
        let answer = rest(&mut busy).await;
        assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with('4'), "{answer}");
        assert_eq!(run.await.unwrap(), 0);
        assert!(TcpStream::connect(address).await.is_err(), "it listens still");
    }

    #[tokio::test]
    async fn who_takes_too_long_to_be_answered_is_cut_off_and_counted() {
        let (address, stop, run) = start(Serve::new(app()).drain_time(Duration::from_millis(50))).await;
        let mut never = said(address, "GET /never HTTP/1.1\r\nhost: h\r\n\r\n").await;
        let mut done = said(address, "GET /now HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n").await;
        rest(&mut done).await;
        stop.send(()).unwrap();
        assert_eq!(run.await.unwrap(), 1);
        assert_eq!(rest(&mut never).await, "");
    }

    #[tokio::test]
    async fn a_head_that_does_not_end_is_cut_off() {
        let (address, _stop, _run) = start(Serve::new(app()).head_time(Duration::from_millis(50))).await;
        let mut slow = said(address, "GET /now HTTP/1.1\r\nhost: h\r\nx-slow: ").await;
        let answer = rest(&mut slow).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408 "), "{answer}");
    }

    #[tokio::test]
    async fn who_reads_nothing_is_cut_off_and_who_reads_slowly_is_not() {
        let serve = Serve::new(app()).unread_time(Duration::from_millis(200)).connections(1);
        let (address, _stop, _run) = start(serve).await;
        let large = "GET /large HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n";
        let _stalled = said(address, large).await;
        let mut slow = said(address, large).await;
        let (mut read, mut some) = (0, vec![0; 8 << 20]);
        while read < 64 << 20 {
            tokio::time::sleep(Duration::from_millis(50)).await;
            let count = tokio::time::timeout(Duration::from_secs(20), slow.read(&mut some)).await;
            let count = count.expect("its turn").unwrap();
            assert_ne!(count, 0, "it is cut off after {read} bytes");
            read += count;
        }
    }

    #[tokio::test]
    async fn there_are_no_more_connections_than_allowed() {
        let (address, _stop, _run) = start(Serve::new(app()).connections(1)).await;
        let first = said(address, "").await;
        let mut second = said(address, "GET /now HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n").await;
        let mut byte = [0];
        let early = tokio::time::timeout(Duration::from_millis(100), second.read(&mut byte)).await;
        assert!(early.is_err(), "it does not wait");
        drop(first);
        assert!(rest(&mut second).await.ends_with("now"));
    }
}
