//! A request that was answered: is the answer what was asked for, or which error is it?

use crate::Error;
use crate::call::Call;
use crate::credentials::Token;
use crate::error::{ErrorBody, Failure, LoginReason, NotAuthenticated};
use crate::operation::OperationInfo;
use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_TYPE, SET_COOKIE};
use http::{HeaderMap, StatusCode};
use std::time::Duration;
use url::Url;

/// How much of the body of a failure is kept.
const FAILURE_LIMIT: usize = 1 << 20;

/// What came before the body.
pub(crate) struct Head {
    pub(crate) operation: &'static OperationInfo,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// Kept to take it out of what is shown.
    pub(crate) token: Option<Token>,
    pub(crate) limit: usize,
    pub(crate) timeout: Option<Duration>,
}

/// How much of a response is read, and for how long, once it is given out.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) size: usize,
    pub(crate) time: Option<Duration>,
}

/// A documented success whose body is still to be read.
pub(crate) struct Exchange {
    pub(crate) head: Head,
    pub(crate) response: reqwest::Response,
    /// What was sent, for who may send it again.
    pub(crate) call: Option<Box<Call<'static>>>,
}

impl Exchange {
    /// Sorts an answer to a request, which was sent to `url` if redirects may have been followed.
    pub(crate) async fn new(
        operation: &'static OperationInfo,
        url: Option<&Url>,
        mut response: reqwest::Response,
        token: Option<&Token>,
        limits: Limits,
    ) -> Result<Self, Error> {
        let headers = guarded(std::mem::take(response.headers_mut()), token);
        let token = token.cloned();
        let head = Head {
            operation,
            status: response.status(),
            headers,
            token,
            limit: limits.size,
            timeout: limits.time,
        };
        if let Some(reason) = head.login(url.is_some_and(|url| response.url() != url)) {
            let Head { operation, status, headers, .. } = head;
            return Err(Error::NotAuthenticated(Box::new(NotAuthenticated {
                operation,
                status,
                headers,
                reason,
            })));
        }
        match operation.response(head.status) {
            Some(documented) if documented.is_success() => Ok(Self { head, response, call: None }),
            documented => {
                let failure = Box::new(failure(head, response).await);
                Err(if documented.is_some() {
                    Error::Documented(failure)
                } else {
                    Error::Undocumented(failure)
                })
            }
        }
    }

    /// Reads the whole body.
    pub(crate) async fn read(&mut self) -> Result<Bytes, Error> {
        let Self { head, response, .. } = self;
        let too_large = Error::TooLarge { operation: head.operation, limit: head.limit };
        let announced = response.content_length().unwrap_or(0);
        if announced > head.limit as u64 {
            return Err(too_large);
        }
        // What is announced is not yet there: only up to a point it decides how much memory is taken.
        let mut body = BytesMut::with_capacity((announced as usize).min(1 << 20));
        while let Some(chunk) =
            response.chunk().await.map_err(|e| Error::transport(Some(head.operation), e))?
        {
            if body.len() + chunk.len() > head.limit {
                return Err(too_large);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    }
}

impl Head {
    /// The media type, without parameters and in lower case.
    pub(crate) fn media_type(&self) -> Option<String> {
        let value = self.headers.get(CONTENT_TYPE)?.to_str().ok()?;
        let essence = value.split(';').next().unwrap_or_default().trim();
        (!essence.is_empty()).then(|| essence.to_ascii_lowercase())
    }

    /// Whether a login is asked for in place of an answer.
    fn login(&self, moved: bool) -> Option<LoginReason> {
        if moved {
            return Some(LoginReason::FollowedRedirect);
        }
        let documented = self.operation.response(self.status);
        if documented.is_none() && matches!(self.status.as_u16(), 302 | 303 | 307) {
            return Some(LoginReason::Redirect);
        }
        let page = self.media_type().is_some_and(|m| m == "text/html");
        let due = documented.is_some_and(|d| d.media_types.contains(&"text/html"));
        (self.status.is_success() && page && !due).then_some(LoginReason::Page)
    }

    /// Text of the server as it may be shown.
    pub(crate) fn scrub(&self, text: String) -> String {
        match &self.token {
            Some(token) => token.scrub(text),
            None => text,
        }
    }
}

/// The failure, with as much of its body as can be had.
async fn failure(head: Head, mut response: reqwest::Response) -> Failure {
    let limit = head.limit.min(FAILURE_LIMIT);
    let mut bytes = BytesMut::new();
    let mut truncated = false;
    // The status is what matters: a body that breaks off does not hide it.
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() <= limit => bytes.extend_from_slice(&chunk),
            Ok(Some(chunk)) => {
                bytes.extend_from_slice(&chunk[..limit - bytes.len()]);
                truncated = true;
                break;
            }
            Ok(None) => break,
            Err(_) => {
                truncated = true;
                break;
            }
        }
    }
    let text = head.scrub(text_of(&bytes.freeze()));
    let body = ErrorBody::new(text, head.media_type(), truncated);
    Failure { operation: head.operation, status: head.status, headers: head.headers, body }
}

fn text_of(bytes: &Bytes) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Headers with every value that holds a secret marked, so that `Debug` does not show it.
fn guarded(mut headers: HeaderMap, token: Option<&Token>) -> HeaderMap {
    let secret = token.map(Token::expose_secret).filter(|s| !s.is_empty());
    for (name, value) in &mut headers {
        let echoed = secret.is_some_and(|s| value.to_str().is_ok_and(|v| v.contains(s)));
        if name == SET_COOKIE || echoed {
            value.set_sensitive(true);
        }
    }
    headers
}
