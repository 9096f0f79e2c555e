//! Which headers are passed on.

use http::header::{
    ACCEPT_ENCODING, AUTHORIZATION, CONNECTION, CONTENT_LENGTH, COOKIE, EXPECT, FORWARDED, HOST, ORIGIN,
    PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, REFERER, SET_COOKIE, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use http::{HeaderMap, HeaderName, HeaderValue};

/// Headers that are about one connection, not about what is sent over it (RFC 9110, 7.6.1).
const HOP: [HeaderName; 7] =
    [CONNECTION, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE];
const KEEP_ALIVE: &str = "keep-alive";

/// Which server it is that asks a provider.
pub(super) const SYSTEM_ID: HeaderName = HeaderName::from_static("systemid");

/// Headers of a request that are about this server, or are written anew: who calls above all.
const OWN: [HeaderName; 8] =
    [ACCEPT_ENCODING, AUTHORIZATION, CONTENT_LENGTH, EXPECT, FORWARDED, HOST, ORIGIN, REFERER];
/// The same, of Meshery's and of proxies.
const OWN_NAMES: [&str; 4] = ["meshery-token", "meshery-provider", "proxy-connection", "systemid"];
const OWN_PREFIXES: [&str; 2] = ["x-forwarded-", "sec-websocket-"];
/// Cookies that are about this server.
const OWN_COOKIES: [&str; 4] = ["token", "meshery-provider", "session_cookie", "meshery_auth_retries"];

/// The headers of a request that go to the upstream server.
pub(super) fn outgoing(headers: &HeaderMap) -> HeaderMap {
    let named = named_by_connection(headers);
    let mut passed = HeaderMap::new();
    for (name, value) in headers {
        let own = OWN.contains(name)
            || *name == COOKIE
            || OWN_NAMES.contains(&name.as_str())
            || OWN_PREFIXES.iter().any(|prefix| name.as_str().starts_with(prefix));
        if !own && !is_hop(name, &named) {
            passed.append(name, value.clone());
        }
    }
    if let Some(cookies) = cookies(headers) {
        passed.insert(COOKIE, cookies);
    }
    passed
}

/// The headers of a response that go back to the caller. Cookies of the upstream server are about
/// that server.
pub(super) fn incoming(headers: &HeaderMap) -> HeaderMap {
    let named = named_by_connection(headers);
    let left = |name: &HeaderName| {
        is_hop(name, &named)
            || *name == CONTENT_LENGTH
            || *name == SET_COOKIE
            || name.as_str().starts_with("sec-websocket-")
    };
    let kept = headers.iter().filter(|(name, _)| !left(name));
    kept.map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn is_hop(name: &HeaderName, named: &[String]) -> bool {
    HOP.contains(name) || *name == KEEP_ALIVE || named.iter().any(|other| other == name.as_str())
}

/// The headers that `Connection` makes ones of the connection.
fn named_by_connection(headers: &HeaderMap) -> Vec<String> {
    let values = headers.get_all(CONNECTION).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(|name| name.trim().to_ascii_lowercase()).collect()
}

/// The cookies that are parameters of operations.
fn cookies(headers: &HeaderMap) -> Option<HeaderValue> {
    let pairs = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = pairs.flat_map(|value| value.split(';')).map(str::trim).filter(|pair| {
        let name = pair.split('=').next().unwrap_or_default();
        !pair.is_empty() && !OWN_COOKIES.contains(&name)
    });
    let joined = pairs.collect::<Vec<_>>().join("; ");
    if joined.is_empty() { None } else { HeaderValue::try_from(joined).ok() }
}

#[cfg(test)]
mod tests {
    use super::{incoming, outgoing};
    use http::{HeaderMap, HeaderName, HeaderValue};

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pairs = pairs.iter().map(|(n, v)| (HeaderName::from_static(n), HeaderValue::from_static(v)));
        pairs.collect()
    }

    #[test]
    fn who_calls_and_over_what_is_not_passed_on() {
        let passed = outgoing(&headers(&[
            ("accept", "application/json"),
            ("authorization", "Bearer hunter2"),
            ("connection", "keep-alive, X-Secret"),
            ("content-length", "7"),
            ("content-type", "application/json"),
            ("cookie", "token=hunter2; a=1; meshery-provider=Local"),
            ("cookie", "session_cookie=hunter2; b=2"),
            ("host", "here.test"),
            ("meshery-token", "hunter2"),
            ("meshery-provider", "Local"),
            ("systemid", "somebody else"),
            ("transfer-encoding", "chunked"),
            ("x-forwarded-for", "10.0.0.1"),
            ("x-request-id", "7"),
            ("x-secret", "hunter2"),
        ]));
        let expected = headers(&[
            ("accept", "application/json"),
            ("content-type", "application/json"),
            ("cookie", "a=1; b=2"),
            ("x-request-id", "7"),
        ]);
        assert_eq!(passed, expected);
    }

    #[test]
    fn cookies_of_the_upstream_server_stay_there() {
        let passed = incoming(&headers(&[
            ("content-type", "text/plain"),
            ("content-length", "7"),
            ("set-cookie", "token=hunter2"),
            ("connection", "close"),
            ("etag", "1"),
        ]));
        assert_eq!(passed, headers(&[("content-type", "text/plain"), ("etag", "1")]));
    }
}
