//! What can go wrong with a call, told apart by what the caller can do about it.
//!
//! Nothing of a request is ever part of an error: no token, no query, no header, no body. What the
//! server said is, up to a bounded length, with the token taken out should the server echo it.

use crate::operation::OperationInfo;
use http::{HeaderMap, StatusCode};
use std::fmt;
use std::time::Duration;

mod body;
pub(crate) use body::one_line;
pub use body::{ErrorBody, MesheryError};

pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why a call has no result.
///
/// ```
/// # use meshery_client::Error;
/// fn explain(error: &Error) -> String {
///     match error {
///         Error::Documented(failure) => format!("the server refused: {}", failure.body.message()),
///         e if e.is_unauthenticated() => "log in first".to_owned(),
///         e if e.is_timeout() => "try again later".to_owned(),
///         other => other.to_string(),
///     }
/// }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The request cannot be made from these arguments or settings. Nothing of it was sent.
    #[non_exhaustive]
    InvalidRequest {
        /// The operation; none while a client is built.
        operation: Option<&'static OperationInfo>,
        /// What is wrong, and what was expected.
        message: String,
    },
    /// The [`Credentials`](crate::Credentials) hook failed, or gave a token that cannot be sent.
    /// This attempt was not sent, or its token was refused, and there is no other. An attempt before it
    /// may have been sent.
    #[non_exhaustive]
    Credentials {
        /// The operation.
        operation: &'static OperationInfo,
        /// What the hook said.
        source: BoxError,
        /// The status by which the server has refused the token that was to be refreshed.
        status: Option<StatusCode>,
    },
    /// A [`Middleware`](crate::Middleware) has refused to send it: this attempt was not sent. One before it
    /// may have been.
    #[non_exhaustive]
    Middleware {
        /// The operation.
        operation: &'static OperationInfo,
        /// What the middleware said.
        source: BoxError,
    },
    /// The server was not reached, or the exchange broke off.
    #[non_exhaustive]
    Transport {
        /// The operation; none while a client is built.
        operation: Option<&'static OperationInfo>,
        /// What happened.
        source: BoxError,
    },
    /// The time was up.
    #[non_exhaustive]
    Timeout {
        /// The operation.
        operation: &'static OperationInfo,
        /// The limit: of the whole call, of an attempt, or of silence; none if it was one of the HTTP
        /// client's, as for connecting.
        after: Option<Duration>,
    },
    /// The response is larger than
    /// [`max_response_size`](crate::ClientBuilder::max_response_size).
    #[non_exhaustive]
    TooLarge {
        /// The operation.
        operation: &'static OperationInfo,
        /// The limit in bytes.
        limit: usize,
    },
    /// The server answered with a failure that the contract documents.
    Documented(Box<Failure>),
    /// The server answered with a status that the contract does not know for this operation.
    Undocumented(Box<Failure>),
    /// The server sent the caller to a login page instead of answering.
    NotAuthenticated(Box<NotAuthenticated>),
    /// The body of a successful response is not what the contract says.
    Decode(Box<DecodeFailure>),
    /// A page of a list that was there already has come again, and there are more by the server's
    /// account.
    #[non_exhaustive]
    RepeatedPage {
        /// The operation.
        operation: &'static OperationInfo,
    },
}

/// A response that is a failure.
#[derive(Debug)]
#[non_exhaustive]
pub struct Failure {
    /// The operation.
    pub operation: &'static OperationInfo,
    /// The status.
    pub status: StatusCode,
    /// The headers. Those that set cookies are marked sensitive.
    pub headers: HeaderMap,
    /// The body.
    pub body: ErrorBody,
}

/// A redirect, or a page, where an answer was due.
#[derive(Debug)]
#[non_exhaustive]
pub struct NotAuthenticated {
    /// The operation.
    pub operation: &'static OperationInfo,
    /// The status.
    pub status: StatusCode,
    /// The headers. Those that set cookies are marked sensitive.
    pub headers: HeaderMap,
    /// How the server showed it.
    pub reason: LoginReason,
}

/// How a server asks for a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoginReason {
    /// A redirect, which is not followed.
    Redirect,
    /// A redirect that the `reqwest::Client` of the caller has followed.
    FollowedRedirect,
    /// An HTML page.
    Page,
}

/// A body that does not decode.
#[derive(Debug)]
#[non_exhaustive]
pub struct DecodeFailure {
    /// The operation.
    pub operation: &'static OperationInfo,
    /// The status.
    pub status: StatusCode,
    /// The headers. Those that set cookies are marked sensitive.
    pub headers: HeaderMap,
    /// The JSON pointer of what does not fit; empty for the whole body.
    pub path: String,
    /// What is wrong with it.
    pub message: String,
    /// The start of what does not fit, where it may be shown.
    pub excerpt: Option<String>,
}

impl Error {
    /// Something wrong with the settings of a client.
    pub(crate) fn settings(message: impl Into<String>) -> Self {
        Self::InvalidRequest { operation: None, message: message.into() }
    }

    /// A failure of `reqwest`, without the URL that `reqwest` puts in its messages.
    #[cfg(feature = "net")]
    pub(crate) fn transport(operation: Option<&'static OperationInfo>, error: reqwest::Error) -> Self {
        match operation {
            // Without a connection the server has not seen the request: that counts for more than the time.
            Some(operation) if error.is_timeout() && !error.is_connect() => {
                Self::Timeout { operation, after: None }
            }
            _ => Self::Transport { operation, source: error.without_url().into() },
        }
    }

    /// The status, if there was a response.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Documented(failure) | Self::Undocumented(failure) => Some(failure.status),
            Self::NotAuthenticated(e) => Some(e.status),
            Self::Decode(e) => Some(e.status),
            Self::Credentials { status, .. } => *status,
            _ => None,
        }
    }

    /// The headers, if there was a response.
    #[must_use]
    pub fn headers(&self) -> Option<&HeaderMap> {
        match self {
            Self::Documented(failure) | Self::Undocumented(failure) => Some(&failure.headers),
            Self::NotAuthenticated(e) => Some(&e.headers),
            Self::Decode(e) => Some(&e.headers),
            _ => None,
        }
    }

    /// What the server said about the failure.
    #[must_use]
    pub fn body(&self) -> Option<&ErrorBody> {
        match self {
            Self::Documented(failure) | Self::Undocumented(failure) => Some(&failure.body),
            _ => None,
        }
    }

    /// The failure, if it is a documented one of this operation.
    pub(crate) fn documented(&self, operation: &OperationInfo) -> Option<&Failure> {
        match self {
            Self::Documented(failure) if std::ptr::eq(failure.operation, operation) => Some(failure),
            _ => None,
        }
    }

    /// The operation that was called; none while a client is built.
    #[must_use]
    pub fn operation(&self) -> Option<&'static OperationInfo> {
        match self {
            Self::InvalidRequest { operation, .. } | Self::Transport { operation, .. } => *operation,
            Self::Credentials { operation, .. }
            | Self::Middleware { operation, .. }
            | Self::Timeout { operation, .. }
            | Self::TooLarge { operation, .. }
            | Self::RepeatedPage { operation } => Some(operation),
            Self::Documented(failure) | Self::Undocumented(failure) => Some(failure.operation),
            Self::NotAuthenticated(e) => Some(e.operation),
            Self::Decode(e) => Some(e.operation),
        }
    }

    /// The id that the server or a proxy gave the request (`X-Request-Id`), for its logs.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.headers()?.get("x-request-id")?.to_str().ok()
    }

    /// Whether the time was up, that for making a connection included.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        #[cfg(feature = "net")]
        if let Self::Transport { source, .. } = self {
            return source.downcast_ref::<reqwest::Error>().is_some_and(reqwest::Error::is_timeout);
        }
        matches!(self, Self::Timeout { .. })
    }

    /// Whether no connection could be made. The server has not seen the request.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        #[cfg(feature = "net")]
        if let Self::Transport { source, .. } = self {
            return source.downcast_ref::<reqwest::Error>().is_some_and(reqwest::Error::is_connect);
        }
        false
    }

    /// Whether a login would help: a 401, or what Meshery Server does in its place.
    #[must_use]
    pub fn is_unauthenticated(&self) -> bool {
        matches!(self, Self::NotAuthenticated(_) | Self::Credentials { status: Some(_), .. })
            || self.status() == Some(StatusCode::UNAUTHORIZED)
    }

    /// Whether the caller may not do this: a 403.
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        self.status() == Some(StatusCode::FORBIDDEN)
    }

    /// Whether it is not there: a 404.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.status() == Some(StatusCode::NOT_FOUND)
    }

    /// Whether it is there already, or was changed meanwhile: a 409.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.status() == Some(StatusCode::CONFLICT)
    }

    /// Whether the server asks for fewer calls: a 429. See [`retry_after`](Self::retry_after).
    #[must_use]
    pub fn is_rate_limited(&self) -> bool {
        self.status() == Some(StatusCode::TOO_MANY_REQUESTS)
    }

    /// Whether the server takes the blame: a status of 500 and above.
    #[must_use]
    pub fn is_server_error(&self) -> bool {
        self.status().is_some_and(|status| status.is_server_error())
    }

    /// Meshery's error object, if the server has sent one.
    #[must_use]
    pub fn meshery(&self) -> Option<&MesheryError> {
        self.body()?.meshery.as_ref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(operation) = self.operation() {
            write!(f, "{}: ", operation.id)?;
        }
        match self {
            Self::InvalidRequest { message, .. } => f.write_str(message),
            Self::Credentials { status: None, .. } => f.write_str("there is no token to send"),
            Self::Credentials { status: Some(status), .. } => {
                write!(f, "{status}: the token was refused and cannot be refreshed")
            }
            Self::Middleware { .. } => f.write_str("a middleware has refused to send it"),
            Self::Transport { operation: None, .. } => f.write_str("the HTTP client cannot be made"),
            Self::Transport { .. } => f.write_str("the exchange with the server failed"),
            Self::Timeout { after: Some(after), .. } => write!(f, "no answer within {after:?}"),
            Self::Timeout { after: None, .. } => f.write_str("the time limit of the HTTP client is over"),
            Self::TooLarge { limit, .. } => write!(f, "the response is larger than {limit} bytes"),
            Self::RepeatedPage { .. } => {
                f.write_str("the server gives a page again, and says that there are more")
            }
            Self::Documented(failure) => write!(f, "{}: {}", failure.status, failure.body),
            Self::Undocumented(failure) if failure.status.is_redirection() => {
                write!(f, "{}: redirects are not followed; is the base URL right?", failure.status)
            }
            Self::Undocumented(failure) => {
                write!(f, "{} (not a documented status): {}", failure.status, failure.body)
            }
            Self::NotAuthenticated(e) => write!(f, "not authenticated: {} ({})", e.reason, e.status),
            Self::Decode(e) => e.fmt(f),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Credentials { source, .. }
            | Self::Middleware { source, .. }
            | Self::Transport { source, .. } => Some(source.as_ref()),
            _ => None,
        }
    }
}

impl fmt::Display for LoginReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Redirect => "the server redirects to a login",
            Self::FollowedRedirect => "the HTTP client has followed a redirect, probably to a login",
            Self::Page => "the server answers with an HTML page",
        })
    }
}

impl fmt::Display for DecodeFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: the body does not decode", self.status)?;
        if !self.path.is_empty() {
            write!(f, " at {}", self.path)?;
        }
        write!(f, ": {}", self.message)?;
        match &self.excerpt {
            Some(excerpt) => write!(f, "; found {excerpt}"),
            None => Ok(()),
        }
    }
}
