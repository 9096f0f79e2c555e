//! The client: a few connections that are kept, each sending when it has its answer.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// How many connections there are at once.
const CONNECTIONS: usize = 4;

/// What is asked of whom, and the statuses that it may be answered with.
#[derive(Clone, Copy)]
pub struct Target<'a> {
    pub address: SocketAddr,
    pub request: &'a [u8],
    pub statuses: &'a [u16],
}

/// Requests per second.
pub fn rate(target: Target<'_>, time: Duration) -> f64 {
    let started = Instant::now();
    let answered: usize = std::thread::scope(|scope| {
        let running: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(move || ask(target, time))).collect();
        running.into_iter().map(|thread| thread.join().expect("it does not fail")).sum()
    });
    answered as f64 / started.elapsed().as_secs_f64()
}

/// Asks until the time is up; how often.
fn ask(target: Target<'_>, time: Duration) -> usize {
    let started = Instant::now();
    let mut answered = 0;
    let mut buffer = Vec::with_capacity(16 * 1024);
    let mut stream = connect(target.address);
    while started.elapsed() < time {
        stream.write_all(target.request).expect("it is sent");
        let (status, closes) = answer(&mut stream, &mut buffer);
        assert!(target.statuses.contains(&status), "{}", String::from_utf8_lossy(&buffer));
        answered += 1;
        if closes {
            stream = connect(target.address);
        }
    }
    answered
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("it listens");
    stream.set_nodelay(true).expect("a socket");
    stream
}

/// Reads one answer: its status, and whether the connection ends with it.
fn answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> (u16, bool) {
    buffer.clear();
    let mut chunk = [0; 16 * 1024];
    let head = loop {
        let read = stream.read(&mut chunk).expect("an answer");
        assert!(read > 0, "the connection ended without an answer");
        buffer.extend_from_slice(&chunk[..read]);
        if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
    };
    let text = String::from_utf8_lossy(&buffer[..head]).to_ascii_lowercase();
    let status = text.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let length: usize = field("content-length:").map_or(0, |length| length.parse().expect("a length"));
    while buffer.len() < head + length {
        let read = stream.read(&mut chunk).expect("a body");
        assert!(read > 0, "the connection ended within a body");
        buffer.extend_from_slice(&chunk[..read]);
    }
    (status, field("connection:") == Some("close"))
}
