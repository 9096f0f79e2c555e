//! The archive of a release, from the network to a temporary file.
//!
//! What always holds: a token goes to the origin that was asked for and nowhere else, over TLS or
//! to this machine; a redirect is followed only to hosts that `sources.toml` names; time and size
//! are bounded; what can pass (a server that is busy, a connection that breaks) is tried again.

use crate::talk::Talk;
use anyhow::{Context, anyhow, bail, ensure};
use meshery_generator::load::sources::Repository;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, LOCATION};
use reqwest::{Client, Response, StatusCode, Url, redirect};
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::time::Duration;

/// Most bytes of an archive as it is sent: many times what a release has.
const MAX_BYTES: u64 = 64 << 20;
/// Most redirects of one request.
const MAX_REDIRECTS: usize = 5;
/// Pauses before each further attempt.
const PAUSES: [Duration; 3] = [Duration::from_millis(300), Duration::from_secs(1), Duration::from_secs(3)];
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest silence of a server.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// Where archives are, and what is needed to get them.
pub(crate) struct Origin<'a> {
    base: Url,
    repository: &'a Repository,
    token: Option<HeaderValue>,
}

impl<'a> Origin<'a> {
    /// The origin at `base`; `token` is sent to it if there is one.
    ///
    /// `Err` says what is wrong with the URL or the token.
    pub(crate) fn new(base: &str, repository: &'a Repository, token: Option<&str>) -> anyhow::Result<Self> {
        let base = Url::parse(base).with_context(|| format!("`{base}` is not a URL"))?;
        ensure!(
            base.username().is_empty() && base.password().is_none(),
            "the base URL holds credentials; set GITHUB_TOKEN for a token"
        );
        ensure!(
            base.scheme() == "https" || base.scheme() == "http" && loopback(&base),
            "`{base}` is neither https nor on this machine"
        );
        let token = token.filter(|token| !token.is_empty()).map(|token| {
            // The error would not show the token, but it is not needed either.
            let mut value = HeaderValue::from_str(&format!("Bearer {token}"))
                .map_err(|_| anyhow!("the token holds characters that no header can"))?;
            value.set_sensitive(true);
            Ok::<_, anyhow::Error>(value)
        });
        Ok(Self { base, repository, token: token.transpose()? })
    }

    /// The archive of a tag, at its beginning.
    pub(crate) fn archive(&self, tag: &str, patience: Duration, talk: &Talk) -> anyhow::Result<File> {
        let path = self.repository.archive.replace("{name}", &self.repository.name).replace("{tag}", tag);
        let url = format!("{}{path}", self.base.as_str().trim_end_matches('/'));
        let url = Url::parse(&url).with_context(|| format!("`{url}` is not a URL"))?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            tokio::time::timeout(patience, self.attempts(&url, talk))
                .await
                .map_err(|_| anyhow!("{url} took longer than {} s", patience.as_secs()))?
        })
    }

    async fn attempts(&self, url: &Url, talk: &Talk) -> anyhow::Result<File> {
        let mut client = Client::builder()
            .redirect(redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            .user_agent(concat!("meshery-rust-xtask/", env!("CARGO_PKG_VERSION")));
        if loopback(&self.base) {
            client = client.no_proxy();
        }
        let client = client.build().context("no HTTP client")?;
        let mut pauses = PAUSES.iter();
        loop {
            let error = match self.attempt(&client, url, talk).await {
                Ok(file) => return Ok(file),
                Err(Failed::ForGood(error)) => return Err(error),
                Err(Failed::ForNow(error)) => error,
            };
            let Some(pause) = pauses.next() else {
                return Err(error.context(format!("gave up after {} attempts", PAUSES.len() + 1)));
            };
            talk.say(&format!("{error:#}; trying again"));
            tokio::time::sleep(*pause).await;
        }
    }

    async fn attempt(&self, client: &Client, url: &Url, talk: &Talk) -> Result<File, Failed> {
        let mut url = url.clone();
        for _ in 0..=MAX_REDIRECTS {
            let mut request = client.get(url.clone());
            if let Some(token) = self.token.as_ref().filter(|_| url.origin() == self.base.origin()) {
                request = request.header(AUTHORIZATION, token.clone());
            }
            let response = request.send().await.map_err(|error| Failed::ForNow(plain(error)))?;
            let status = response.status();
            if status == StatusCode::OK {
                return self.body(response, &url, talk).await;
            } else if status.is_redirection() {
                url = self.redirected(&url, &response).map_err(Failed::ForGood)?;
            } else if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
                return Err(Failed::ForNow(anyhow!("{url} answered {status}")));
            } else if status == StatusCode::NOT_FOUND {
                return Err(Failed::ForGood(anyhow!("{url} answered {status}: there is no such release")));
            } else {
                return Err(Failed::ForGood(anyhow!("{url} answered {status}")));
            }
        }
        Err(Failed::ForGood(anyhow!("more than {MAX_REDIRECTS} redirects, the last to {url}")))
    }

    /// Where a redirect leads, if that is allowed.
    fn redirected(&self, from: &Url, response: &Response) -> anyhow::Result<Url> {
        let to = response.headers().get(LOCATION).and_then(|to| to.to_str().ok());
        let to = to.with_context(|| format!("{from} answered {} without a place", response.status()))?;
        let to = from.join(to).with_context(|| format!("{from} redirects to `{to}`, which is not a URL"))?;
        let host = to.host_str().unwrap_or_default();
        let known = Some(host) == self.base.host_str() || self.repository.redirects.iter().any(|h| h == host);
        let safe = to.scheme() == "https" || to.scheme() == "http" && loopback(&to) && loopback(&self.base);
        if !known || !safe {
            bail!("{from} redirects to {}://{host}, which sources.toml does not name", to.scheme());
        }
        Ok(to)
    }

    async fn body(&self, mut response: Response, url: &Url, talk: &Talk) -> Result<File, Failed> {
        let media = response.headers().get(CONTENT_TYPE).and_then(|media| media.to_str().ok());
        if media.is_some_and(|media| media.to_ascii_lowercase().starts_with("text/")) {
            return Err(Failed::ForGood(anyhow!("{url} answered with text where an archive was due")));
        }
        let length = response.content_length();
        let too_large = || Failed::ForGood(anyhow!("{url} has more than {MAX_BYTES} bytes"));
        if length.is_some_and(|length| length > MAX_BYTES) {
            return Err(too_large());
        }
        let bar = talk.progress(length);
        let mut file = tempfile::tempfile().map_err(|error| Failed::ForGood(error.into()))?;
        let mut received = 0;
        while let Some(chunk) = response.chunk().await.map_err(|error| Failed::ForNow(plain(error)))? {
            received += chunk.len() as u64;
            if received > MAX_BYTES {
                return Err(too_large());
            }
            file.write_all(&chunk).map_err(|error| Failed::ForGood(error.into()))?;
            bar.set_position(received);
        }
        bar.finish_and_clear();
        file.seek(SeekFrom::Start(0)).map_err(|error| Failed::ForGood(error.into()))?;
        Ok(file)
    }
}

/// Why an attempt failed, and whether another one could succeed.
enum Failed {
    ForNow(anyhow::Error),
    ForGood(anyhow::Error),
}

/// An error of the client with all its causes: its own text has only the outermost.
fn plain(error: reqwest::Error) -> anyhow::Error {
    anyhow::Error::new(error)
}

fn loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
