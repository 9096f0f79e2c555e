//! The listener that a browser brings the token to. It speaks as much HTTP as that takes.

use super::Fault;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use url::Url;

/// A head with a token in its path is long, but not longer.
const LIMIT: usize = 64 << 10;
/// More than a browser opens.
const AT_ONCE: usize = 64;
const DONE: &str = "You are logged in. This page can be closed.";
const OTHER: &str = "There is nothing here; the login is elsewhere.";

/// Listens on a port of the loopback interface, over IPv4, and IPv6 where there is one: which of
/// them a browser takes for `localhost` is not known.
pub(super) struct Callback {
    v4: TcpListener,
    v6: Option<TcpListener>,
    port: u16,
}

impl Callback {
    pub(super) async fn listen() -> Result<Self, Fault> {
        let fault = |e: io::Error| Fault::answer("listen on this machine for the login", e.to_string());
        let v4 = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(fault)?;
        let port = v4.local_addr().map_err(fault)?.port();
        let v6 = TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await.ok();
        Ok(Self { v4, v6, port })
    }

    /// The URL that the provider sends the browser to.
    pub(super) fn url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// The token that comes in the query of whatever path is called. Calls without one (for an icon,
    /// say) are answered and forgotten; one that says nothing, as browsers make them ahead of time, holds
    /// up nobody.
    pub(super) async fn token(&self) -> String {
        let mut answers = JoinSet::new();
        loop {
            tokio::select! {
                accepted = self.accept(), if answers.len() < AT_ONCE => match accepted {
                    Ok(stream) => drop(answers.spawn(answer(stream))),
                    // Too many open files, say: the next attempt is not to spin.
                    Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
                },
                Some(answered) = answers.join_next(), if !answers.is_empty() => {
                    if let Ok(Ok(Some(token))) = answered {
                        return token;
                    }
                }
            }
        }
    }

    async fn accept(&self) -> io::Result<TcpStream> {
        let v6 = async {
            match &self.v6 {
                Some(listener) => listener.accept().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            accepted = self.v4.accept() => Ok(accepted?.0),
            accepted = v6 => Ok(accepted?.0),
        }
    }
}

async fn answer(mut stream: TcpStream) -> io::Result<Option<String>> {
    let limit = Duration::from_secs(5);
    let head = tokio::time::timeout(limit, head(&mut stream)).await??;
    let token = token_of(&head);
    let (status, text) = if token.is_some() { ("200 OK", DONE) } else { ("404 Not Found", OTHER) };
    let response = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\n\
         Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n{text}",
        text.len()
    );
    // The token is here: a browser that does not want to hear more changes nothing.
    let _ = stream.write_all(response.as_bytes()).await;
    let _ = stream.shutdown().await;
    Ok(token)
}

async fn head(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    let mut chunk = [0; 4096];
    while !head.windows(4).any(|w| w == b"\r\n\r\n") && head.len() < LIMIT {
        match stream.read(&mut chunk).await? {
            0 => break,
            n => head.extend_from_slice(chunk.get(..n).unwrap_or_default()),
        }
    }
    Ok(head)
}

/// The parameter `token` of a request's target. A page that asks for it without going there, as one of
/// elsewhere would to log its visitor in as somebody else, brings none.
fn token_of(head: &[u8]) -> Option<String> {
    let mut lines = std::str::from_utf8(head).ok()?.lines();
    let mut words = lines.next()?.split(' ');
    let modes = lines.filter_map(|line| line.split_once(':'));
    let mut modes = modes.filter(|(name, _)| name.trim().eq_ignore_ascii_case("sec-fetch-mode"));
    if modes.any(|(_, mode)| mode.trim() != "navigate") {
        return None;
    }
    let (method, target) = (words.next()?, words.next()?);
    if method != "GET" || !target.starts_with('/') {
        return None;
    }
    let url = Url::parse("http://localhost").ok()?.join(target).ok()?;
    let mut tokens = url.query_pairs().filter(|(name, _)| name == "token");
    let (_, token) = tokens.next()?;
    let fits = !token.is_empty() && token.bytes().all(|b| b.is_ascii_graphic());
    (fits && tokens.next().is_none()).then(|| token.into_owned())
}

#[cfg(test)]
mod tests {
    use super::token_of;

    #[test]
    fn the_token_comes_by_any_path() {
        let of = |line: &str| token_of(format!("{line}\r\nHost: localhost\r\n\r\n").as_bytes());
        assert_eq!(of("GET /?token=abc HTTP/1.1").as_deref(), Some("abc"));
        assert_eq!(of("GET /api/user/token?session_cookie=x&token=a%2Bb HTTP/1.1").as_deref(), Some("a+b"));
        for other in [
            "GET /favicon.ico HTTP/1.1",
            "GET /?token= HTTP/1.1",
            "GET /?token=a&token=b HTTP/1.1",
            "GET /?token=a%0d%0ab HTTP/1.1",
            "POST /?token=abc HTTP/1.1",
            "GET http://evil.test/?token=abc HTTP/1.1",
            "",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
        let navigated = |mode: &str| of(&format!("GET /?token=abc HTTP/1.1\r\nAccept: */*\r\n{mode}"));
        assert_eq!(navigated("Sec-Fetch-Mode: navigate").as_deref(), Some("abc"));
        for mode in ["no-cors", "cors", "same-origin", "", "navigate\r\nsec-fetch-mode: cors"] {
            assert_eq!(navigated(&format!("sec-fetch-MODE: {mode}")), None, "{mode}");
        }
    }
}
