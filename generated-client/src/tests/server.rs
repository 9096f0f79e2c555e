//! A server that answers each connection with the bytes it was given, and keeps what it was sent.

use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub(super) struct Server {
    address: std::net::SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

/// What is done once a request is read.
#[derive(Clone)]
pub(super) enum Answer {
    Bytes(Vec<u8>),
    /// Bytes, then a pause before the connection is closed.
    Hang(Vec<u8>),
    /// Nothing: the connection is closed.
    Close,
}

impl Server {
    /// Answers every request in the same way.
    pub(super) async fn start(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, answer.clone(), Arc::clone(&seen)));
            }
        });
        Self { address, requests }
    }

    /// Answers with a status line, headers and a body whose length is declared.
    pub(super) async fn answer(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Self {
        Self::start(Answer::Bytes(response(status, headers, body.as_ref()))).await
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What was sent, one text per request.
    pub(super) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// The only request.
    pub(super) fn request(&self) -> String {
        let requests = self.requests();
        assert_eq!(requests.len(), 1, "{requests:?}");
        requests[0].clone()
    }
}

/// A whole response, closing the connection. `headers` are lines, each ended by CRLF.
pub(super) fn response(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length =
        if status.starts_with("204") { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
    let head = format!("HTTP/1.1 {status}\r\n{length}Connection: close\r\n{headers}\r\n");
    [head.as_bytes(), body].concat()
}

async fn serve(mut stream: TcpStream, answer: Answer, seen: Arc<Mutex<Vec<String>>>) {
    let Some(request) = read(&mut stream).await else { return };
    seen.lock().unwrap().push(request);
    match answer {
        Answer::Close => {}
        Answer::Bytes(bytes) => drop(stream.write_all(&bytes).await),
        Answer::Hang(bytes) => {
            drop(stream.write_all(&bytes).await);
            tokio::time::sleep(Duration::from_secs(60)).await;
        }
    }
}

/// A request with its body, whose length is declared or which is chunked.
async fn read(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return None,
            Ok(n) => bytes.extend_from_slice(&chunk[..n]),
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let head = head.to_ascii_lowercase();
        let length: Option<usize> =
            head.split("content-length: ").nth(1).and_then(|l| l.lines().next()?.parse().ok());
        let whole = match length {
            Some(length) => body.len() >= length,
            None if head.contains("transfer-encoding: chunked") => body.ends_with("0\r\n\r\n"),
            None => true,
        };
        if whole {
            return Some(if length.is_none() { unchunked(&text) } else { text });
        }
    }
}

/// A request with the frames of its chunks taken away.
fn unchunked(text: &str) -> String {
    let (head, mut rest) = text.split_once("\r\n\r\n").unwrap();
    let mut whole = format!("{head}\r\n\r\n");
    while let Some((size, after)) = rest.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).unwrap_or(0).min(after.len());
        whole.push_str(&after[..size]);
        rest = after[size..].trim_start_matches("\r\n");
    }
    whole
}
