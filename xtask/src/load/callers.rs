//! Those who call: busy, idle, and slow on purpose.

use super::figures::Figures;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// How long an answer may take before it counts as none.
const PATIENCE: Duration = Duration::from_secs(60);
/// A request that is answered without work.
const LITTLE: &[u8] = b"GET /no/such/path HTTP/1.1\r\nhost: localhost\r\n\r\n";

/// How often an idle connection is used: the server closes one of which it hears nothing for 30 s.
const IDLE: Duration = Duration::from_secs(20);

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
        let called = tokio::time::timeout(PATIENCE, called(address, &mut connection, request)).await;
        let status = called.ok().and_then(Result::ok).unwrap_or_default();
        if status == 0 {
            connection = None;
        }
        figures.lock().unwrap_or_else(PoisonError::into_inner).answered(status, begun.elapsed());
    }
}

/// The status of the answer, on the connection that is held or on a new one.
async fn called(address: SocketAddr, connection: &mut Option<TcpStream>, request: &[u8]) -> io::Result<u16> {
    let mut stream = match connection.take() {
        Some(stream) => stream,
        None => TcpStream::connect(address).await?,
    };
    let answer = call(&mut stream, request).await?;
    *connection = answer.stays.then_some(stream);
    Ok(answer.status)
}

/// What is known of an answer once its body is read.
struct Answer {
    status: u16,
    /// Whether the server keeps the connection.
    stays: bool,
}

async fn call(stream: &mut TcpStream, request: &[u8]) -> io::Result<Answer> {
    stream.set_nodelay(true)?;
    stream.write_all(request).await?;
    let mut answer = Vec::with_capacity(1024);
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
    Ok(Answer { status, stays: header("connection:") != Some("close") })
}

/// Opens so many connections; those that could be made.
pub(super) async fn connected(address: SocketAddr, count: usize) -> Vec<TcpStream> {
    let mut streams = Vec::with_capacity(count);
    for _ in 0..count {
        match TcpStream::connect(address).await {
            Ok(stream) => streams.push(stream),
            Err(_) => break,
        }
    }
    streams
}

/// Keeps connections that are hardly used; each says in the end whether it is still there.
pub(super) fn idle(streams: Vec<TcpStream>, until: Instant) -> JoinSet<bool> {
    let count = streams.len() as f64;
    let mut held = JoinSet::new();
    for (i, stream) in streams.into_iter().enumerate() {
        // They are used one after the other, and not all at once.
        held.spawn(hardly_used(stream, IDLE.mul_f64(i as f64 / count), until));
    }
    held
}

/// Asks for little now and then, as a client keeps its connection alive, and a last time at the end:
/// whether every answer came, on the one connection.
async fn hardly_used(mut stream: TcpStream, first: Duration, until: Instant) -> bool {
    let mut next = Instant::now() + first;
    loop {
        tokio::time::sleep_until(next.min(until).into()).await;
        let last = Instant::now() >= until;
        let called = tokio::time::timeout(PATIENCE, call(&mut stream, LITTLE)).await;
        let alive = matches!(called, Ok(Ok(answer)) if answer.stays && (100..500).contains(&answer.status));
        if last || !alive {
            return alive;
        }
        next = Instant::now() + IDLE;
    }
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

#[cfg(test)]
mod tests {
    use super::{connected, idle};
    use std::time::{Duration, Instant};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    /// What becomes of four connections to a server that closes every second one unheard.
    async fn counted() -> Vec<bool> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            for i in 0.. {
                let (mut stream, _) = listener.accept().await.unwrap();
                if i % 2 == 1 {
                    continue;
                }
                tokio::spawn(async move {
                    let mut asked = [0; 1024];
                    while stream.read(&mut asked).await.is_ok_and(|read| read > 0) {
                        stream.write_all(b"HTTP/1.1 404 \r\ncontent-length: 0\r\n\r\n").await.unwrap();
                    }
                });
            }
        });
        let until = Instant::now() + Duration::from_millis(50);
        idle(connected(address, 4).await, until).join_all().await
    }

    #[test]
    fn a_connection_that_was_closed_does_not_count() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let alive = runtime.block_on(counted());
        assert_eq!((alive.len(), alive.iter().filter(|alive| **alive).count()), (4, 2));
    }
}
