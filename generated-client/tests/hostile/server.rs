//! A server that does with a connection whatever it is told to.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub(crate) struct Server {
    port: u16,
    connections: Arc<AtomicUsize>,
    requests: Arc<AtomicUsize>,
    written: Arc<AtomicUsize>,
}

/// A connection over which requests have come.
pub(crate) struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
    requests: Arc<AtomicUsize>,
    written: Arc<AtomicUsize>,
}

impl Server {
    /// Does this with each connection, once its first request is there.
    pub(crate) async fn start<F, U>(answer: F) -> Self
    where
        F: Fn(Connection, String) -> U + Clone + Send + 'static,
        U: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (requests, written) = <(Arc<AtomicUsize>, Arc<AtomicUsize>)>::default();
        let connections = Arc::new(AtomicUsize::new(0));
        let accepted = Arc::clone(&connections);
        let (asked, sent) = (Arc::clone(&requests), Arc::clone(&written));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                accepted.fetch_add(1, Ordering::SeqCst);
                let (requests, written) = (Arc::clone(&asked), Arc::clone(&sent));
                let mut connection = Connection { stream, read: Vec::new(), requests, written };
                let answer = answer.clone();
                tokio::spawn(async move {
                    if let Some(request) = connection.request().await {
                        answer(connection, request).await;
                    }
                });
            }
        });
        Self { port, connections, requests, written }
    }

    /// Sends these bytes, and closes the connection.
    pub(crate) async fn bytes(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes: Arc<[u8]> = bytes.into().into();
        Self::start(move |mut connection, _| {
            let bytes = Arc::clone(&bytes);
            async move { drop(connection.send(&bytes).await) }
        })
        .await
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// How many connections were made.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// How many requests have come.
    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    /// How many bytes were sent.
    pub(crate) fn written(&self) -> usize {
        self.written.load(Ordering::SeqCst)
    }
}

impl Connection {
    /// The head of the next request. None of these tests sends a body.
    pub(crate) async fn request(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.read.windows(4).position(|four| four == b"\r\n\r\n") {
                self.requests.fetch_add(1, Ordering::SeqCst);
                let head: Vec<u8> = self.read.drain(..end + 4).collect();
                return Some(String::from_utf8(head).unwrap());
            }
            if self.stream.read_buf(&mut self.read).await.ok()? == 0 {
                return None;
            }
        }
    }

    /// Sends, as fast as it is read.
    pub(crate) async fn send(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.stream.write_all(bytes).await?;
        self.written.fetch_add(bytes.len(), Ordering::SeqCst);
        Ok(())
    }

    /// Sends the same for ever, as fast as it is read.
    pub(crate) async fn flood(&mut self, bytes: &[u8]) {
        while self.send(bytes).await.is_ok() {}
    }

    /// Sends the same for ever, slowly.
    pub(crate) async fn drip(&mut self, bytes: &[u8]) {
        while self.send(bytes).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Keeps the connection open until the client closes it.
    pub(crate) async fn wait(&mut self) {
        while self.stream.read_buf(&mut self.read).await.is_ok_and(|read| read > 0) {}
    }
}

/// A response with a body whose length is declared.
pub(crate) fn response(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n{headers}\r\n", body.len());
    [head.as_bytes(), body].concat()
}

pub(crate) const JSON: &str = "Content-Type: application/json\r\n";
