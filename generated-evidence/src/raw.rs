//! HTTP/1.1 by hand: what the typed client cannot send.

use std::io;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A request as it goes over the wire.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// `GET`.
    pub method: &'static str,
    /// Path and query, encoded.
    pub target: String,
    /// Headers beside those that the transport needs.
    pub headers: Vec<(String, String)>,
    /// The body with its media type.
    pub body: Option<(String, Vec<u8>)>,
}

/// What comes back.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, without its transfer encoding.
    pub body: Vec<u8>,
}

impl Reply {
    /// The value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The body as text, for messages.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Request {
    /// Sends it on a connection of its own.
    ///
    /// # Errors
    /// If the connection fails or what comes back is not HTTP.
    pub async fn send(&self, to: SocketAddr) -> io::Result<Reply> {
        let mut stream = TcpStream::connect(to).await?;
        let mut head = format!("{} {} HTTP/1.1\r\nhost: {to}\r\n", self.method, self.target);
        let upgrades = self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("connection"));
        if !upgrades {
            head.push_str("connection: close\r\n");
        }
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let empty = Vec::new();
        let body = self.body.as_ref().map_or(&empty, |(_, body)| body);
        if let Some((media_type, body)) = &self.body {
            head.push_str(&format!("content-type: {media_type}\r\ncontent-length: {}\r\n", body.len()));
        }
        head.push_str("\r\n");
        stream.write_all(head.as_bytes()).await?;
        // A server may answer and hang up before it has read a body that it does not want.
        let sent = stream.write_all(body).await;
        let limit = std::time::Duration::from_secs(20);
        let read = tokio::time::timeout(limit, reply(&mut stream)).await;
        match read {
            Ok(Ok(reply)) => Ok(reply),
            Ok(Err(error)) => Err(sent.err().unwrap_or(error)),
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        }
    }
}

/// Reads until the reply is whole: also on a connection that stays open.
async fn reply(stream: &mut TcpStream) -> io::Result<Reply> {
    let mut answer = Vec::new();
    loop {
        let ended = stream.read_buf(&mut answer).await? == 0;
        if let Some(reply) = parsed(&answer, ended) {
            return Ok(reply);
        }
        if ended {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}

fn parsed(answer: &[u8], ended: bool) -> Option<Reply> {
    let end = answer.windows(4).position(|w| w == b"\r\n\r\n")?;
    let head = std::str::from_utf8(answer.get(..end)?).ok()?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let header = |name: &str| headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str());
    let body = answer.get(end + 4..)?;
    let body = match header("content-length").and_then(|n| n.parse::<usize>().ok()) {
        _ if header("transfer-encoding") == Some("chunked") => unchunked(body)?,
        Some(length) => body.get(..length)?.to_vec(),
        None if ended || status == 101 || status == 204 => body.to_vec(),
        None => return None,
    };
    Some(Reply { status, headers, body })
}

fn unchunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|w| w == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(rest.get(..end)?).ok()?, 16).ok()?;
        let chunk = rest.get(end + 2..end + 2 + size)?;
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(chunk);
        rest = rest.get(end + 4 + size..)?;
    }
}
