//! Those who call: busy, idle, and slow on purpose.

use super::figures::Figures;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long an answer may take before it counts as none.
const PATIENCE: Duration = Duration::from_secs(60);

/// Calls one request after the other, and takes down what comes of it. A connection that the server
/// closes after an answer is made anew.
pub(super) async fn busy(
    address: SocketAddr,
    requests: Arc<Vec<Vec<u8>>>,
    first: usize,
    until: Instant,
    figures: Arc<Mutex<Figures>>,
) {
    let mut connection = None;
    // Each caller takes its own way through them.
    let mut at = first * 7919;
    while Instant::now() < until {
        let Some(request) = requests.get(at % requests.len().max(1)) else { return };
        at += 1 + first;
        let begun = Instant::now();
        let called = tokio::time::timeout(PATIENCE, call(address, &mut connection, request)).await;
        let status = called.ok().and_then(Result::ok).unwrap_or_default();
        if status == 0 {
            connection = None;
        }
        figures.lock().unwrap_or_else(PoisonError::into_inner).answered(status, begun.elapsed());
    }
}

/// The status of the answer.
async fn call(address: SocketAddr, connection: &mut Option<TcpStream>, request: &[u8]) -> io::Result<u16> {
    let mut stream = match connection.take() {
        Some(stream) => stream,
        None => TcpStream::connect(address).await?,
    };
    stream.set_nodelay(true)?;
    stream.write_all(request).await?;
    let mut answer = Vec::with_capacity(4096);
    let end = loop {
        if let Some(end) = answer.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut answer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    };
    let head = String::from_utf8_lossy(answer.get(..end).unwrap_or_default()).to_lowercase();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
    let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let length = header("content-length:").and_then(|length| length.parse::<usize>().ok());
    loop {
        let body = answer.get(end..).unwrap_or_default();
        let whole = match length {
            Some(length) => body.len() >= length,
            None if header("transfer-encoding:") == Some("chunked") => body.ends_with(b"0\r\n\r\n"),
            None => true,
        };
        if whole {
            break;
        }
        if stream.read_buf(&mut answer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    if header("connection:") != Some("close") {
        *connection = Some(stream);
    }
    Ok(status)
}

/// Connections that say nothing; those that could be made.
pub(super) async fn idle(address: SocketAddr, count: usize) -> Vec<TcpStream> {
    let mut held = Vec::with_capacity(count);
    for _ in 0..count {
        match TcpStream::connect(address).await {
            Ok(stream) => held.push(stream),
            Err(_) => break,
        }
    }
    held
}

/// Sends a head, a byte each second; after how long the server had enough of it.
pub(super) async fn slow_head(address: SocketAddr) -> Option<Duration> {
    drip(address, b"GET / HTTP/1.1\r\nhost: x\r\nx-slow: ").await
}

/// Sends a body, a byte each second.
pub(super) async fn slow_body(address: SocketAddr) -> Option<Duration> {
    let head = format!(
        "POST /api/environments HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n\
         content-type: application/json\r\ncontent-length: 100000\r\n\r\n",
        crate::conformance::SECRET
    );
    drip(address, head.as_bytes()).await
}

async fn drip(address: SocketAddr, head: &[u8]) -> Option<Duration> {
    let mut stream = TcpStream::connect(address).await.ok()?;
    let begun = Instant::now();
    stream.write_all(head).await.ok()?;
    let mut answer = Vec::new();
    loop {
        // An answer, the end or an error: either way it is over.
        let heard = tokio::time::timeout(Duration::from_secs(1), stream.read_buf(&mut answer)).await;
        if heard.is_ok() || stream.write_all(b"x").await.is_err() {
            return Some(begun.elapsed());
        }
    }
}
