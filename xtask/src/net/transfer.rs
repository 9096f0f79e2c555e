//! One attempt to get a file: the request, what the answer means, and the body.

use super::part::Part;
use super::site::Site;
use super::{Form, Wanted, shown};
use crate::talk::Talk;
use anyhow::{anyhow, ensure};
use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderName, IF_NONE_MATCH, IF_RANGE, LOCATION,
    RANGE, RETRY_AFTER,
};
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url};
use std::time::Duration;

/// Most redirects of one request.
const MAX_REDIRECTS: usize = 5;

/// What is needed for an attempt, and what has arrived in those before.
pub(super) struct Transfer<'a> {
    pub(super) client: &'a Client,
    pub(super) site: &'a Site<'a>,
    pub(super) wanted: &'a Wanted<'a>,
    pub(super) talk: &'a Talk,
    /// The entity tag of the copy that is at hand.
    pub(super) known: Option<String>,
    pub(super) part: Part,
}

/// How an attempt succeeded.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Got {
    /// The part is the whole file.
    Whole,
    /// The copy that is at hand is what would be sent.
    Unchanged,
}

/// Why an attempt failed, and whether another one could succeed.
pub(super) enum Failed {
    /// Perhaps after as long as the server asks to wait; `offline` where there was no server.
    ForNow {
        error: anyhow::Error,
        wait: Option<Duration>,
        offline: bool,
    },
    ForGood(anyhow::Error),
}

impl From<anyhow::Error> for Failed {
    fn from(error: anyhow::Error) -> Self {
        Self::ForGood(error)
    }
}

impl Transfer<'_> {
    pub(super) async fn attempt(&mut self) -> Result<Got, Failed> {
        let mut url = self.wanted.url.clone();
        for _ in 0..=MAX_REDIRECTS {
            let response = self.request(&url).send().await.map_err(|error| unreachable(&url, error))?;
            let status = response.status();
            if !status.is_redirection() || status == StatusCode::NOT_MODIFIED {
                return self.answered(&url, response).await;
            }
            url = self.site.redirected(&url, text(&response, &LOCATION))?;
        }
        Err(Failed::ForGood(anyhow!("more than {MAX_REDIRECTS} redirects, the last to {}", shown(&url))))
    }

    fn request(&self, url: &Url) -> RequestBuilder {
        let accept = match self.wanted.form {
            Form::Json => "application/json",
            Form::Archive | Form::Document => "*/*",
        };
        let mut request = self.client.get(url.clone()).header(ACCEPT, accept);
        if let Some(value) = self.site.authorization(url) {
            request = request.header(AUTHORIZATION, value);
        }
        match (&self.part.validator, &self.known) {
            (Some(validator), _) if self.part.received > 0 => {
                request.header(RANGE, format!("bytes={}-", self.part.received)).header(IF_RANGE, validator)
            }
            (_, Some(known)) => request.header(IF_NONE_MATCH, known),
            _ => request,
        }
    }

    async fn answered(&mut self, url: &Url, response: Response) -> Result<Got, Failed> {
        let (status, shown) = (response.status(), shown(url));
        let wait = text(&response, &RETRY_AFTER).and_then(|wait| wait.parse().ok()).map(Duration::from_secs);
        match status {
            StatusCode::OK => {
                self.part.restart(text(&response, &ETAG))?;
                self.body(response, &shown).await
            }
            StatusCode::PARTIAL_CONTENT if self.continues(&response) => {
                self.talk.say(&format!("{shown} goes on after {} bytes", self.part.received));
                self.part.resume()?;
                self.body(response, &shown).await
            }
            StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE => {
                self.part.restart(None)?;
                let error = anyhow!("{shown} does not go on where it stopped");
                Err(Failed::ForNow { error, wait: None, offline: false })
            }
            StatusCode::NOT_MODIFIED if self.known.is_some() => Ok(Got::Unchanged),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN if wait.is_none() => {
                Err(Failed::ForGood(anyhow!("{shown} answered {status}: {}", self.site.advice(url))))
            }
            StatusCode::NOT_FOUND | StatusCode::GONE => {
                Err(Failed::ForGood(anyhow!("{shown} answered {status}: {}", self.wanted.missing)))
            }
            _ if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS || wait.is_some() => {
                Err(Failed::ForNow { error: anyhow!("{shown} answered {status}"), wait, offline: false })
            }
            _ => Err(Failed::ForGood(anyhow!("{shown} answered {status}"))),
        }
    }

    /// Whether a partial answer begins where the last one stopped.
    fn continues(&self, response: &Response) -> bool {
        let range = text(response, &CONTENT_RANGE).and_then(|range| range.strip_prefix("bytes "));
        let start = range.and_then(|range| range.split_once('-')).and_then(|(start, _)| start.parse().ok());
        self.part.received > 0 && start == Some(self.part.received)
    }

    async fn body(&mut self, mut response: Response, shown: &str) -> Result<Got, Failed> {
        if let Some(media) = text(&response, &CONTENT_TYPE) {
            self.suits(media, shown)?;
        }
        let length = response.content_length().map(|length| self.part.received + length);
        let too_large = || Failed::ForGood(anyhow!("{shown} has more than {} bytes", self.wanted.max));
        if length.is_some_and(|length| length > self.wanted.max) {
            return Err(too_large());
        }
        let bar = self.talk.progress(length);
        loop {
            let chunk = response.chunk().await.map_err(|error| {
                let error = anyhow::Error::new(error.without_url()).context(format!("{shown} broke off"));
                Failed::ForNow { error, wait: None, offline: false }
            })?;
            let Some(chunk) = chunk else { break };
            if self.part.received + chunk.len() as u64 > self.wanted.max {
                return Err(too_large());
            }
            self.part.write(&chunk)?;
            bar.set_position(self.part.received);
        }
        bar.finish_and_clear();
        if self.wanted.form != Form::Archive {
            let beginning = self.part.beginning()?;
            if beginning.trim_ascii_start().first() == Some(&b'<') {
                let due = due(self.wanted.form);
                return Err(Failed::ForGood(anyhow!(
                    "{shown} answered with a page (HTML) where {due} was due"
                )));
            }
        }
        Ok(Got::Whole)
    }

    fn suits(&self, media: &str, shown: &str) -> anyhow::Result<()> {
        let plain = media.to_ascii_lowercase();
        let wrong = match self.wanted.form {
            Form::Archive => plain.starts_with("text/"),
            Form::Json | Form::Document => plain.starts_with("text/html") || plain.starts_with("image/"),
        };
        ensure!(!wrong, "{shown} answered with {media} where {} was due", due(self.wanted.form));
        Ok(())
    }
}

fn due(form: Form) -> &'static str {
    match form {
        Form::Archive => "an archive",
        Form::Json => "JSON",
        Form::Document => "YAML or JSON",
    }
}

fn text<'a>(response: &'a Response, name: &HeaderName) -> Option<&'a str> {
    response.headers().get(name).and_then(|value| value.to_str().ok())
}

/// What to say when there is no answer at all, with all causes: the error's own text has only the
/// outermost, and the URL with its query.
fn unreachable(url: &Url, error: reqwest::Error) -> Failed {
    let offline = error.is_connect();
    let what = match offline {
        true => format!("{} cannot be reached", url.host_str().unwrap_or_default()),
        false => format!("{} does not answer", shown(url)),
    };
    Failed::ForNow { error: anyhow::Error::new(error.without_url()).context(what), wait: None, offline }
}
