//! Who is asked: where a site is, which other hosts may answer for it, and what it is told.

use super::Wiring;
use crate::npmrc::{Auth, Npmrc};
use anyhow::{Context, anyhow, bail, ensure};
use reqwest::Url;
use reqwest::header::HeaderValue;

/// A site that files are got from.
pub(crate) struct Site<'a> {
    /// Where it is.
    pub(crate) base: Url,
    /// Hosts beside its own that may answer, by redirect.
    pub(crate) redirects: &'a [String],
    pub(crate) credentials: Credentials<'a>,
    pub(crate) wiring: Wiring,
}

/// What a site is told about who asks.
pub(crate) enum Credentials<'a> {
    /// Nothing.
    Nothing,
    /// A token for the origin of the site.
    Token(HeaderValue),
    /// What the npm configuration has for a URL.
    Npm(&'a Npmrc),
}

impl Credentials<'_> {
    /// Those of a token, if there is one.
    pub(crate) fn token(token: Option<&str>) -> anyhow::Result<Self> {
        let Some(token) = token.filter(|token| !token.is_empty()) else { return Ok(Self::Nothing) };
        // The error of the header would not show the token, but it is not needed either.
        let mut value = HeaderValue::from_str(&format!("Bearer {token}"))
            .map_err(|_| anyhow!("the token holds characters that no header can"))?;
        value.set_sensitive(true);
        Ok(Self::Token(value))
    }
}

impl Site<'_> {
    /// The `Authorization` header of a request to `url`.
    pub(crate) fn authorization(&self, url: &Url) -> Option<HeaderValue> {
        match &self.credentials {
            Credentials::Nothing => None,
            Credentials::Token(value) => (url.origin() == self.base.origin()).then(|| value.clone()),
            Credentials::Npm(npmrc) => match npmrc.auth(url, &self.base) {
                Auth::Header(value) => Some(value),
                Auth::Nothing | Auth::Unusable(_) => None,
            },
        }
    }

    /// What to do when the site does not let us in.
    pub(crate) fn advice(&self, url: &Url) -> String {
        match &self.credentials {
            Credentials::Nothing => "set GITHUB_TOKEN if it needs one".to_owned(),
            Credentials::Token(_) => "the token in GITHUB_TOKEN was not enough".to_owned(),
            Credentials::Npm(npmrc) => match npmrc.auth(url, &self.base) {
                Auth::Nothing => {
                    "the npm configuration has no credentials for it (`npm login` writes them)".to_owned()
                }
                Auth::Header(_) => "the credentials of the npm configuration were not enough".to_owned(),
                Auth::Unusable(problem) => problem,
            },
        }
    }

    /// Where a redirect leads, if that is allowed.
    pub(crate) fn redirected(&self, from: &Url, to: Option<&str>) -> anyhow::Result<Url> {
        let shown_from = shown(from);
        let to = to.with_context(|| format!("{shown_from} redirects without saying where"))?;
        let to = from.join(to).with_context(|| format!("{shown_from} redirects to what is not a URL"))?;
        let host = to.host_str().unwrap_or_default();
        let own = to.host_str() == self.base.host_str() && to.port() == self.base.port();
        let known = own || self.redirects.iter().any(|h| h == host);
        let safe = to.scheme() == "https" || to.scheme() == "http" && loopback(&to) && loopback(&self.base);
        let scheme = to.scheme();
        if !known {
            let expected = match &self.credentials {
                Credentials::Npm(_) => "which is not the registry",
                _ => "which sources.toml does not name",
            };
            bail!("{shown_from} redirects to {scheme}://{host}, {expected}");
        }
        ensure!(safe, "{shown_from} redirects to {scheme}://{host}, which is not https");
        Ok(to)
    }
}

/// A URL that may be asked: HTTPS, or HTTP within this machine, without credentials in it.
pub(crate) fn url(text: &str, secret: &str) -> anyhow::Result<Url> {
    let url = Url::parse(text).map_err(|error| {
        // What is no URL may hold anything, so it is not told beyond where credentials could begin.
        let start = text.split(['@', '?']).next().filter(|start| start.len() == text.len());
        anyhow!("`{}` is not a URL: {error}", start.unwrap_or("..."))
    })?;
    ensure!(
        url.username().is_empty() && url.password().is_none(),
        "the URL of {} holds credentials; {secret}",
        url.host_str().unwrap_or_default()
    );
    ensure!(
        url.scheme() == "https" || url.scheme() == "http" && loopback(&url),
        "`{}` is neither https nor on this machine",
        shown(&url)
    );
    Ok(url)
}

/// A URL as people are told it: without what could be a secret.
pub(crate) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    // Neither can fail for URLs that have a host, and others hold no credentials.
    let _ = url.set_username("").and_then(|()| url.set_password(None));
    if url.query().is_some() {
        url.set_query(Some("..."));
    }
    url.set_fragment(None);
    url.into()
}

/// Whether a URL leads to this machine.
pub(crate) fn loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
