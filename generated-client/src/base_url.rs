//! The base URL: parsed once, with what could go wrong said clearly.

use crate::Error;
use std::fmt;
#[cfg(feature = "net")]
use url::Host;
use url::{Position, Url};

/// Where a product is served: scheme, host, port, and the path it is mounted under.
#[derive(Clone)]
pub(crate) struct BaseUrl {
    url: Url,
    origin: String,
    /// What comes before every path, without a slash at its end.
    prefix: String,
}

impl BaseUrl {
    /// Parses `http://host[:port][/prefix]` or the same with `https`.
    ///
    /// User names, passwords, queries and fragments are refused: a token is the business of
    /// [`Credentials`](crate::Credentials). What is refused is not shown, since it may be secret.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let wrong = |what: &str| Error::settings(format!("the base URL {what}"));
        let url = Url::parse(text.trim()).map_err(|e| {
            wrong(&format!("cannot be read ({e}); expected something like http://localhost:9081"))
        })?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(wrong("must start with http:// or https://, as http://localhost:9081 does"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("must not hold a user name or password; pass a token with `credentials`"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("must not have a query or a fragment"));
        }
        let origin = url.origin().ascii_serialization();
        let prefix = url.path().trim_end_matches('/').to_owned();
        Ok(Self { url, origin, prefix })
    }

    /// Scheme, host and port: `http://localhost:9081`.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether it is this machine: what goes there goes through no proxy.
    #[cfg(feature = "net")]
    pub(crate) fn is_local(&self) -> bool {
        match self.url.host() {
            Some(Host::Domain(name)) => {
                let name = name.trim_end_matches('.');
                name == "localhost" || name.ends_with(".localhost")
            }
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.to_canonical().is_loopback(),
            None => false,
        }
    }

    /// The URL of an encoded path (with its leading slash) and an encoded query.
    ///
    /// `None` if a parser would read another path out of it than was asked for.
    pub(crate) fn join(&self, path: &str, query: &str) -> Option<Url> {
        let whole = [&self.prefix, path].concat();
        let mut url = self.url.clone();
        url.set_path(&whole);
        if !query.is_empty() {
            url.set_query(Some(query));
        }
        let unmoved = url[..Position::BeforePath] == self.url[..Position::BeforePath];
        (unmoved && url.path() == whole).then_some(url)
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url[..Position::AfterPath])
    }
}

#[cfg(test)]
mod tests {
    use super::BaseUrl;

    #[test]
    fn a_prefix_is_kept_and_a_path_goes_below_it() {
        for (base, expected) in [
            ("http://localhost:9081", "http://localhost:9081/api/x?a=1"),
            ("http://localhost:9081/", "http://localhost:9081/api/x?a=1"),
            ("https://host/meshery/", "https://host/meshery/api/x?a=1"),
            (" https://[::1]:8443/a/b ", "https://[::1]:8443/a/b/api/x?a=1"),
        ] {
            let url = BaseUrl::parse(base).unwrap().join("/api/x", "a=1").unwrap();
            assert_eq!(url.as_str(), expected);
        }
    }

    #[cfg(feature = "net")]
    #[test]
    fn this_machine_has_several_names() {
        let is_local = |base: &str| BaseUrl::parse(base).unwrap().is_local();
        for base in ["http://localhost:1", "http://LOCALHOST./", "http://a.localhost", "http://127.9.9.9"] {
            assert!(is_local(base), "{base}");
        }
        for base in ["http://[::1]", "http://[::ffff:127.0.0.1]", "http://2130706433"] {
            assert!(is_local(base), "{base}");
        }
        for base in ["http://localhost.example", "http://10.0.0.1", "http://[::2]", "http://0.0.0.0"] {
            assert!(!is_local(base), "{base}");
        }
    }

    #[test]
    fn a_path_that_parses_as_another_is_refused() {
        let base = BaseUrl::parse("http://host/prefix").unwrap();
        for path in ["/a/../b", "/a/./b", "/a/%2e%2e/b", "/a/.%2E", "/a b", "/a?b", "/a#b", "/a\\b"] {
            assert!(base.join(path, "").is_none(), "{path}");
        }
        assert!(base.join("/a/%2F..%2F/b%20c", "").is_some());
    }

    #[test]
    fn errors_say_what_was_expected_and_show_no_secret() {
        for (text, part) in [
            ("", "cannot be read"),
            ("/api", "cannot be read"),
            ("localhost:9081", "must start with http://"),
            ("ftp://host", "must start with http://"),
            ("http://", "cannot be read"),
            ("http://me:hunter2@host", "user name or password"),
            ("http://hunter2@host", "user name or password"),
            ("http://host?token=hunter2", "query or a fragment"),
            ("http://host/#hunter2", "query or a fragment"),
        ] {
            let message = BaseUrl::parse(text).err().unwrap().to_string();
            assert!(message.contains(part), "{text}: {message}");
            assert!(!message.contains("hunter2"), "{message}");
        }
    }
}
