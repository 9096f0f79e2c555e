//! The endpoints of a remote provider: its keys, and what it says of tokens.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{Method, StatusCode};
use serde::Deserialize;
use serde_json::json;
use std::fmt;
use std::time::Duration;
use url::{Host, Url};

/// More than any answer of a provider about tokens holds.
const LIMIT: usize = 256 << 10;

/// A remote provider, as far as tokens are concerned.
///
/// It is asked over HTTPS, or within this machine; it is not followed to where it redirects, waited
/// for longer than [its limit](Self::with_timeout), or believed more than 256 KiB.
#[derive(Clone)]
pub struct Issuer {
    base: Url,
    http: reqwest::Client,
    timeout: Duration,
}

/// Why a provider gave no answer that could be used. Its text holds no token.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IssuerFault {
    /// Its URL is not one that a token may be sent to.
    Url(String),
    /// It did not answer, or not in time.
    Unreachable(String),
    /// It answered with a status that says nothing about the token.
    Status(u16),
    /// Its answer is not what it should be.
    Content(String),
}

#[derive(Deserialize)]
struct Refreshed {
    token: String,
}

impl Issuer {
    /// The provider at a base URL.
    ///
    /// # Errors
    /// The URL is neither HTTPS nor of this machine, or holds more than scheme, host, port and path.
    pub fn new(base: &str) -> Result<Self, IssuerFault> {
        let base = trusted(base).map_err(|what| IssuerFault::Url(what.to_owned()))?;
        let http = direct(&base)
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(5))
            .build()
            .map_err(|e| IssuerFault::Unreachable(e.without_url().to_string()))?;
        Ok(Self { base, http, timeout: Duration::from_secs(10) })
    }

    /// The same with another limit to how long an answer may take: 10 s unless set.
    #[must_use]
    pub fn with_timeout(mut self, limit: Duration) -> Self {
        self.timeout = limit;
        self
    }

    /// The document with its keys: `GET /keys`.
    ///
    /// # Errors
    /// It cannot be had.
    pub async fn keys(&self) -> Result<Vec<u8>, IssuerFault> {
        let (status, body) = self.ask(Method::GET, "keys", None).await?;
        if status == StatusCode::OK { Ok(body) } else { Err(IssuerFault::Status(status.as_u16())) }
    }

    /// Whether it still stands by an access token: `POST /introspect`.
    ///
    /// # Errors
    /// It cannot be asked, or says neither yes nor no.
    pub async fn introspect(&self, access_token: &str) -> Result<bool, IssuerFault> {
        let body = json!({ "token": access_token });
        match self.ask(Method::POST, "introspect", Some(body)).await? {
            (StatusCode::OK, _) => Ok(true),
            (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, _) => Ok(false),
            (status, _) => Err(IssuerFault::Status(status.as_u16())),
        }
    }

    /// A new token for an old one, both as the cookie holds them: `POST /refresh`. `None` if the
    /// provider does not give one.
    ///
    /// # Errors
    /// It cannot be asked, or its answer is not a token.
    pub async fn refresh(&self, token: &str) -> Result<Option<String>, IssuerFault> {
        let body = json!({ "token": token });
        let (status, body) = self.ask(Method::POST, "refresh", Some(body)).await?;
        if status.is_client_error() {
            return Ok(None);
        }
        if !status.is_success() {
            return Err(IssuerFault::Status(status.as_u16()));
        }
        // The parser's error might show the token.
        let Refreshed { token } = serde_json::from_slice(&body)
            .map_err(|_| IssuerFault::Content("the answer to a refresh is no token".to_owned()))?;
        let fits = !token.is_empty() && token.bytes().all(|b| b.is_ascii_graphic());
        if fits {
            Ok(Some(token))
        } else {
            Err(IssuerFault::Content("the answer to a refresh is no token".to_owned()))
        }
    }

    /// Asks it to forget a refresh token: `POST /revoke`.
    ///
    /// # Errors
    /// It cannot be asked, or does not do it.
    #[cfg(feature = "server")]
    pub async fn revoke(&self, refresh_token: &str) -> Result<(), IssuerFault> {
        let body = json!({ "token": refresh_token });
        let (status, _) = self.ask(Method::POST, "revoke", Some(body)).await?;
        if status.is_success() { Ok(()) } else { Err(IssuerFault::Status(status.as_u16())) }
    }

    /// Where a browser logs in, and comes back to `callback` with a token.
    #[must_use]
    pub fn login_url(&self, callback: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}/login", self.base.path().trim_end_matches('/')));
        url.query_pairs_mut()
            .append_pair("source", &URL_SAFE_NO_PAD.encode(callback))
            .append_pair("provider_version", concat!("v", env!("CARGO_PKG_VERSION")));
        url
    }

    /// Its base URL.
    #[must_use]
    pub fn base(&self) -> &Url {
        &self.base
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<serde_json::Value>,
    ) -> Result<(StatusCode, Vec<u8>), IssuerFault> {
        let unreachable = |e: reqwest::Error| IssuerFault::Unreachable(e.without_url().to_string());
        let mut url = self.base.clone();
        url.set_path(&format!("{}/{path}", self.base.path().trim_end_matches('/')));
        let mut request = self.http.request(method, url).header("accept", "application/json");
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let asked = async {
            let mut response = request.send().await.map_err(unreachable)?;
            let status = response.status();
            let mut all = Vec::new();
            while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
                if all.len() + chunk.len() > LIMIT {
                    return Err(IssuerFault::Content(format!("more than {LIMIT} bytes")));
                }
                all.extend_from_slice(&chunk);
            }
            Ok((status, all))
        };
        match tokio::time::timeout(self.timeout, asked).await {
            Ok(answer) => answer,
            Err(_) => Err(IssuerFault::Unreachable(format!("no answer within {:?}", self.timeout))),
        }
    }
}

impl fmt::Debug for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issuer").field("base", &self.base.as_str()).finish_non_exhaustive()
    }
}

impl fmt::Display for IssuerFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(what) => write!(f, "the URL of the provider {what}"),
            Self::Unreachable(why) => write!(f, "the provider cannot be reached: {why}"),
            Self::Status(status) => write!(f, "the provider answered with status {status}"),
            Self::Content(what) => write!(f, "the answer of the provider cannot be used: {what}"),
        }
    }
}

impl std::error::Error for IssuerFault {}

/// A base URL that a token may be sent to: HTTPS, or HTTP within this machine, and nothing in it
/// that might be a secret.
pub(crate) fn trusted(text: &str) -> Result<Url, &'static str> {
    let url = Url::parse(text.trim()).map_err(|_| "is none")?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not hold a user name or password");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("must not have a query or a fragment");
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        _ => Err("must be HTTPS, since a token goes there; HTTP is for this machine only"),
    }
}

/// What asks the server at this URL. A proxy of the environment is for other machines: what goes to this
/// one in clear would leave it.
pub(crate) fn direct(url: &Url) -> reqwest::ClientBuilder {
    let builder = reqwest::Client::builder();
    if is_loopback(url) { builder.no_proxy() } else { builder }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::trusted;

    #[test]
    fn tokens_go_over_https_or_stay_in_the_machine() {
        for url in ["https://cloud.test", "http://localhost:9876", "http://127.0.0.1:1/x", "http://[::1]:2"] {
            assert!(trusted(url).is_ok(), "{url}");
        }
        for url in [
            "http://cloud.test",
            "http://127.0.0.1.evil.test",
            "ftp://localhost",
            "https://u:p@cloud.test",
            "https://cloud.test?x=1",
            "cloud.test",
        ] {
            assert!(trusted(url).is_err(), "{url}");
        }
    }
}
