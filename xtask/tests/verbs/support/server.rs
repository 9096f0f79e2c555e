//! A server on this machine that misbehaves on demand.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A request as it came: its path, the token with it, and all of its headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) path: String,
    pub(crate) token: Option<String>,
    headers: Vec<(String, String)>,
}

impl Request {
    /// The value of a header, by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// What the server does about a request.
#[derive(Clone)]
pub(crate) enum Reply {
    /// A status, headers, a body; the length is told as it is.
    Whole(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// Half of the body that was announced.
    Cut(Vec<u8>),
    /// A status, headers, a body of which no more than so many bytes come.
    Broken(u16, Vec<(&'static str, String)>, Vec<u8>, usize),
    /// The body, a byte at a time.
    Slow(Vec<u8>),
    /// A body of that length is announced, and nothing comes.
    Huge(u64),
    /// A body without a length and without an end.
    Endless,
    /// What follows is for the host that was asked for.
    Tunnel,
}

/// A server on this machine.
pub(crate) struct Server {
    pub(crate) port: u16,
    seen: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    /// Starts a server that answers the request of each number, from 0, with what `reply` gives.
    pub(crate) fn start(reply: impl Fn(usize) -> Reply + Send + 'static) -> Self {
        Self::answering(move |number, _, _| reply(number))
    }

    /// The same for answers that depend on the request and on the origin of the server.
    pub(crate) fn answering(reply: impl Fn(usize, &Request, &str) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let request = read(&mut stream);
                let number = {
                    let mut log = log.lock().unwrap();
                    log.push(request.clone());
                    log.len() - 1
                };
                let reply = reply(number, &request, &format!("http://127.0.0.1:{port}"));
                // The client may hang up at any time; that is what some tests are about.
                let _ = answer(&mut stream, &reply);
            }
        });
        Self { port, seen }
    }

    /// The origin of the server, by address.
    pub(crate) fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The requests so far.
    pub(crate) fn seen(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }
}

/// Reads the head of a request.
pub(crate) fn read(stream: &mut impl Read) -> Request {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let path = lines.next().and_then(|line| line.split(' ').nth(1).map(str::to_owned)).unwrap_or_default();
    let headers: Vec<_> = lines
        .take_while(|line| !line.is_empty())
        .filter_map(|line| {
            let (name, value) = line.split_once(':')?;
            Some((name.to_ascii_lowercase(), value.trim().to_owned()))
        })
        .collect();
    let token = headers.iter().find(|(name, _)| name == "authorization").map(|(_, value)| value.clone());
    Request { path, token, headers }
}

/// Writes a reply.
pub(crate) fn answer(stream: &mut impl Write, reply: &Reply) -> std::io::Result<()> {
    let ok = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/gzip\r\n";
    match reply {
        Reply::Whole(status, headers, body) => broken(stream, *status, headers, body, body.len()),
        Reply::Broken(status, headers, body, sent) => broken(stream, *status, headers, body, *sent),
        Reply::Cut(body) => {
            write!(stream, "{ok}Content-Length: {}\r\n\r\n", body.len())?;
            stream.write_all(&body[..body.len() / 2])
        }
        Reply::Slow(body) => {
            write!(stream, "{ok}Content-Length: {}\r\n\r\n", body.len())?;
            body.iter().try_for_each(|byte| {
                std::thread::sleep(Duration::from_millis(100));
                stream.write_all(&[*byte])
            })
        }
        Reply::Huge(length) => write!(stream, "{ok}Content-Length: {length}\r\n\r\n"),
        Reply::Tunnel => stream.write_all(b"HTTP/1.1 200 x\r\n\r\n"),
        Reply::Endless => {
            write!(stream, "{ok}\r\n")?;
            loop {
                stream.write_all(&[b' '; 1 << 16])?;
            }
        }
    }
}

fn broken(
    stream: &mut impl Write,
    status: u16,
    headers: &[(&'static str, String)],
    body: &[u8],
    sent: usize,
) -> std::io::Result<()> {
    write!(stream, "HTTP/1.1 {status} x\r\nConnection: close\r\nContent-Length: {}\r\n", body.len())?;
    for (name, value) in headers {
        write!(stream, "{name}: {value}\r\n")?;
    }
    stream.write_all(b"\r\n")?;
    stream.write_all(&body[..sent.min(body.len())])
}

/// A reply with an archive.
pub(crate) fn sent(archive: Vec<u8>) -> Reply {
    Reply::Whole(200, vec![("Content-Type", "application/gzip".to_owned())], archive)
}
