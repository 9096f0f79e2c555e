//! A request that was answered: is the answer what was asked for, or which error is it?

use crate::Error;
use crate::call::Call;
use crate::clock::Time;
use crate::credentials::Token;
use crate::error::{ErrorBody, Failure, LoginReason, NotAuthenticated};
use crate::operation::{OperationInfo, ResponseInfo};
use crate::transport::{Incoming, IncomingBody};
use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_TYPE, SET_COOKIE};
use http::{HeaderMap, StatusCode};
use meshery_types::wire::media;
use std::time::Duration;

/// How much of the body of a failure is kept.
const FAILURE_LIMIT: usize = 1 << 20;

/// What came before the body.
pub(crate) struct Head {
    pub(crate) operation: &'static OperationInfo,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// Kept to take it out of what is shown.
    pub(crate) token: Option<Token>,
    pub(crate) limits: Limits,
}

/// How much of a response is read, and for how long, once it is given out.
#[derive(Clone)]
pub(crate) struct Limits {
    pub(crate) size: usize,
    /// For the whole of it.
    pub(crate) whole: Option<Duration>,
    /// For the next of it.
    pub(crate) idle: Option<Duration>,
    pub(crate) time: Time,
}

/// A documented success whose body is still to be read.
pub(crate) struct Exchange {
    pub(crate) head: Head,
    pub(crate) body: IncomingBody,
    /// How many bytes are announced.
    pub(crate) length: Option<u64>,
    /// What was sent, for who may send it again.
    pub(crate) call: Option<Call<'static>>,
}

impl Exchange {
    /// Sorts an answer to a request.
    #[allow(clippy::boxed_local, reason = "it is handed on boxed, and unpacked here")]
    pub(crate) fn sort(
        operation: &'static OperationInfo,
        response: Box<Incoming>,
        token: Option<&Token>,
        limits: Limits,
    ) -> Result<Box<Self>, Box<Refused>> {
        let Incoming { status, headers, moved, length, body } = *response;
        let head = Head { operation, status, headers, token: token.cloned(), limits };
        let login = head.login(moved);
        if login.is_none() && operation.response(status).is_some_and(ResponseInfo::is_success) {
            return Ok(Box::new(Self { head, body, length, call: None }));
        }
        Err(Box::new(Refused { head, body, login }))
    }

    /// Reads the whole body.
    pub(crate) async fn read(&mut self) -> Result<Bytes, Error> {
        let Self { head, body: rest, length, .. } = self;
        let limit = head.limits.size;
        let too_large = Error::TooLarge { operation: head.operation, limit };
        let announced = length.unwrap_or(0);
        if announced > limit as u64 {
            return Err(too_large);
        }
        // What comes in one piece is left as it is.
        let (mut first, mut body) = (Bytes::new(), BytesMut::new());
        while let Some(chunk) = rest.chunk().await.map_err(|broken| broken.of(head.operation))? {
            if first.len() + body.len() + chunk.len() > limit {
                return Err(too_large);
            }
            if first.is_empty() && body.is_empty() {
                first = chunk;
                continue;
            }
            if body.is_empty() {
                // What is announced is not yet there: only up to a point it decides how much memory is taken.
                body.reserve((announced as usize).min(1 << 20).max(first.len() + chunk.len()));
                body.extend_from_slice(&std::mem::take(&mut first));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(if body.is_empty() { first } else { body.freeze() })
    }
}

/// An answer that is no documented success; its body is still to be read.
pub(crate) struct Refused {
    head: Head,
    body: IncomingBody,
    login: Option<LoginReason>,
}

impl Refused {
    /// The error that it is: always one.
    pub(crate) async fn read<T>(self) -> Result<T, Error> {
        let Self { head, body, login } = self;
        if let Some(reason) = login {
            let Head { operation, status, headers, .. } = head;
            let found = NotAuthenticated { operation, status, headers, reason };
            return Err(Error::NotAuthenticated(Box::new(found)));
        }
        let documented = head.operation.response(head.status).is_some();
        let failure = Box::new(failure(head, body).await);
        Err(if documented { Error::Documented(failure) } else { Error::Undocumented(failure) })
    }
}

impl Head {
    /// The media type, without parameters and in lower case.
    pub(crate) fn media_type(&self) -> Option<String> {
        self.essence().map(str::to_ascii_lowercase)
    }

    /// Whether the body says to be of a media type, with the parameters that it has.
    pub(crate) fn is(&self, media_type: &str) -> bool {
        let Some(given) = self.content_type() else { return false };
        media::essence(given).eq_ignore_ascii_case(media::essence(media_type))
            && media::agreement(given, media_type).is_some_and(|(_, open)| open.0 == 0)
    }

    fn content_type(&self) -> Option<&str> {
        self.headers.get(CONTENT_TYPE)?.to_str().ok()
    }

    fn essence(&self) -> Option<&str> {
        self.content_type().map(media::essence).filter(|essence| !essence.is_empty())
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
        let page = self.status.is_success() && self.is("text/html");
        let due = documented.is_some_and(|d| d.media_types.iter().any(|media_type| may_be_page(media_type)));
        (page && !due).then_some(LoginReason::Page)
    }

    /// Text of the server as it may be shown.
    pub(crate) fn scrub(&self, text: String) -> String {
        match &self.token {
            Some(token) => token.scrub(text),
            None => text,
        }
    }
}

/// Whether an HTML page is of a media type, which may be a range.
fn may_be_page(media_type: &str) -> bool {
    matches!(media::essence(media_type), "text/html" | "text/*" | "*/*")
}

/// The failure, with as much of its body as can be had.
async fn failure(head: Head, mut rest: IncomingBody) -> Failure {
    let limit = head.limits.size.min(FAILURE_LIMIT);
    let mut bytes = BytesMut::new();
    let mut truncated = false;
    // The status is what matters: a body that breaks off does not hide it.
    loop {
        match rest.chunk().await {
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
    let mut text = head.scrub(text_of(&bytes.freeze()));
    if truncated && let Some(token) = &head.token {
        token.cut(&mut text);
    }
    let body = ErrorBody::new(text, head.media_type(), truncated);
    Failure { operation: head.operation, status: head.status, headers: head.headers, body }
}

fn text_of(bytes: &Bytes) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Marks every value that holds a secret, so that `Debug` does not show it.
pub(crate) fn guard(headers: &mut HeaderMap, token: Option<&Token>) {
    let secret = token.map(|token| token.expose_secret().as_bytes()).filter(|secret| !secret.is_empty());
    for (name, value) in headers {
        // Most values are too short to hold it.
        let echoed = secret.is_some_and(|secret| {
            value.len() >= secret.len() && value.as_bytes().windows(secret.len()).any(|part| part == secret)
        });
        if name == SET_COOKIE || echoed {
            value.set_sensitive(true);
        }
    }
}
