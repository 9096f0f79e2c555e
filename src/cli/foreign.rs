//! Pages of elsewhere, kept out of a server that asks nobody for a token: it would take whatever a
//! browser brings for the word of its user.
//!
//! Two things are refused. A request for a name that is not known to be this server's: a page may have
//! its own name point here after it was loaded (DNS rebinding), and then reads and writes as a page of
//! this server's. And what changes something, or begins a WebSocket, where the browser says that a page
//! of another origin sends it. What is no browser says neither `Origin` nor `Sec-Fetch-Site`.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, HOST, ORIGIN, UPGRADE};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, StatusCode, Uri};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Who is not foreign, beside this machine.
#[derive(Debug, Default)]
pub(super) struct Foreign {
    hosts: Vec<String>,
    origins: Vec<String>,
}

impl Foreign {
    /// Takes requests for these hosts too.
    pub(super) fn hosts(mut self, names: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.hosts.extend(names.into_iter().map(|name| name.as_ref().to_ascii_lowercase()));
        self
    }

    /// Takes what pages of these origins send.
    pub(super) fn origins(mut self, origins: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let plain = |origin: &str| origin.trim_end_matches('/').to_ascii_lowercase();
        self.origins.extend(origins.into_iter().map(|origin| plain(origin.as_ref())));
        self
    }

    /// A router that refuses what is foreign.
    pub(super) fn around(self, router: Router) -> Router {
        router.layer(middleware::from_fn_with_state(Arc::new(self), check))
    }

    /// Why a request is refused.
    fn refusal(&self, request: &Request) -> Option<&'static str> {
        let headers = request.headers();
        let Ok(host) = host(request.uri(), headers) else { return Some(MALFORMED) };
        if host.as_ref().is_some_and(|host| !self.is_own(host.host())) {
            return Some(NAME);
        }
        let changes = !request.method().is_safe() || headers.contains_key(UPGRADE);
        (changes && !self.is_near(host.as_ref(), headers)).then_some(ORIGINS)
    }

    /// Whether a host is this server. An address is: what a page can have point elsewhere is a name.
    fn is_own(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let address = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        host == "localhost"
            || host.parse::<Ipv4Addr>().is_ok()
            || address.is_some_and(|address| address.parse::<Ipv6Addr>().is_ok())
            || self.hosts.contains(&host)
    }

    /// Whether no page of another origin sends this, as far as a browser says.
    fn is_near(&self, host: Option<&Authority>, headers: &HeaderMap) -> bool {
        let mut origins = headers.get_all(ORIGIN).iter().peekable();
        if origins.peek().is_some() {
            return origins.all(|origin| origin.to_str().is_ok_and(|origin| self.is_of(origin, host)));
        }
        let near = |site: &[u8]| matches!(site, b"same-origin" | b"none");
        headers.get_all(SITE).iter().all(|site| near(site.as_bytes()))
    }

    fn is_of(&self, origin: &str, host: Option<&Authority>) -> bool {
        let origin = origin.to_ascii_lowercase();
        let Some((scheme, authority)) = origin.split_once("://") else { return false };
        let port = match scheme {
            "http" => ":80",
            "https" => ":443",
            _ => return false,
        };
        let plain = |authority: &str| authority.strip_suffix(port).unwrap_or(authority).to_ascii_lowercase();
        host.is_some_and(|host| plain(host.as_str()) == plain(authority)) || self.origins.contains(&origin)
    }
}

const MALFORMED: &str = "the header Host is malformed";
const NAME: &str = "this server asks nobody for a token, and takes requests for names that are its own \
                    only: ask it by its address or as localhost, or start it with --allow-host NAME";
const ORIGINS: &str = "this server asks nobody for a token, and takes this from no page of another origin";

/// What a request takes the server for; `None` if it does not say, as a browser always does.
fn host(uri: &Uri, headers: &HeaderMap) -> Result<Option<Authority>, ()> {
    if let Some(authority) = uri.authority() {
        return is_plain(authority).then(|| Some(authority.clone())).ok_or(());
    }
    let mut values = headers.get_all(HOST).iter();
    let Some(value) = values.next() else { return Ok(None) };
    match (Authority::try_from(value.as_bytes()), values.next()) {
        (Ok(authority), None) if is_plain(&authority) => Ok(Some(authority)),
        _ => Err(()),
    }
}

/// Whether it is a host and a port and nothing else: `[::1].test` has `[::1]` for its host.
fn is_plain(authority: &Authority) -> bool {
    let rest = authority.as_str().strip_prefix(authority.host());
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
}

async fn check(State(foreign): State<Arc<Foreign>>, request: Request, next: Next) -> Response {
    match foreign.refusal(&request) {
        Some(why) => {
            (StatusCode::FORBIDDEN, [(CONTENT_TYPE, "text/plain; charset=utf-8")], why).into_response()
        }
        None => next.run(request).await,
    }
}

#[cfg(test)]
mod tests {
    use super::Foreign;
    use axum::body::Body;
    use axum::extract::Request;

    fn lets_in(method: &str, uri: &str, headers: &[(&str, &str)]) -> bool {
        let foreign = Foreign::default().hosts(["Meshery.Test"]).origins(["http://ui.test:3000/"]);
        let request = Request::builder().method(method).uri(uri);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        foreign.refusal(&request.body(Body::empty()).unwrap()).is_none()
    }

    #[test]
    fn it_is_asked_by_its_own_names_only() {
        for own in [
            "localhost",
            "LOCALHOST:9081",
            "localhost.:1",
            "127.0.0.1:9081",
            "10.0.0.7",
            "[::1]:9081",
            "meshery.test:443",
        ] {
            assert!(lets_in("GET", "/", &[("host", own)]), "{own}");
        }
        for other in [
            "evil.test:9081",
            "127.0.0.1.evil.test",
            "localhost.evil.test",
            "a.localhost",
            "meshery.test.evil.test",
            "127.1",
            "localhost@evil.test",
            "localhost, evil.test",
            "",
            "[::1].evil.test",
        ] {
            assert!(!lets_in("GET", "/", &[("host", other)]), "{other}");
        }
        assert!(!lets_in("GET", "/", &[("host", "localhost"), ("host", "evil.test")]), "which of them?");
        assert!(!lets_in("GET", "http://evil.test/", &[("host", "localhost")]), "the target goes before");
        assert!(lets_in("GET", "/", &[]), "no browser leaves it out");
    }

    #[test]
    fn what_changes_something_comes_of_no_other_origin() {
        let host = ("host", "localhost:9081");
        let all = |headers: &[(&str, &str)]| {
            let headers = [&[host], headers].concat();
            let upgrade = [&headers[..], &[("upgrade", "websocket")]].concat();
            let (post, socket) = (lets_in("POST", "/", &headers), lets_in("GET", "/", &upgrade));
            assert_eq!(post, socket, "{headers:?}");
            assert!(lets_in("GET", "/", &headers), "what is read by another page is for CORS: {headers:?}");
            post
        };
        for near in [
            &[][..],
            &[("origin", "http://localhost:9081")],
            &[("origin", "http://ui.test:3000"), ("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-origin")],
            &[("sec-fetch-site", "none")],
        ] {
            assert!(all(near), "{near:?}");
        }
        for foreign in [
            ("origin", "http://evil.test"),
            ("origin", "null"),
            ("origin", "http://localhost:3000"),
            ("origin", "http://localhost"),
            ("origin", "file://localhost:9081"),
            ("origin", "http://ui.test"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            assert!(!all(&[foreign]), "{foreign:?}");
        }
        let two = [host, ("origin", "http://localhost:9081"), ("origin", "http://evil.test")];
        assert!(!lets_in("DELETE", "/", &two));
        let proxied = [("host", "meshery.test"), ("origin", "https://meshery.test")];
        assert!(
            lets_in("PUT", "/", &proxied) && lets_in("PUT", "/", &[("host", "meshery.test:443"), proxied[1]])
        );
    }
}
