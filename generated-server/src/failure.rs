//! What a handler answers when it cannot answer at all.

use http::StatusCode;
use std::fmt;

/// A failure that the contract does not document for the operation.
///
/// Its status is one of 500, 501, 502, 503, 504: nothing a caller could have done better. Its
/// message is logged, with the operation id, and never sent, but for [`Failure::unsupported`]. What the contract documents, also a
/// 500, is returned as a variant of the operation's response instead.
///
/// Any error becomes a 500 by `?`:
/// ```
/// # use meshery_server::Failure;
/// fn read() -> Result<String, Failure> {
///     Ok(std::fs::read_to_string("/nowhere/at-all")?)
/// }
/// assert_eq!(read().unwrap_err().status(), 500);
/// ```
// It is not an `Error` itself: that is what makes the conversion from every error possible.
#[derive(Debug)]
pub struct Failure {
    status: StatusCode,
    message: String,
    /// Whether the caller reads the message.
    told: bool,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Failure {
    /// 500: something is wrong here.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, message)
    }

    /// 501: this server does not do that.
    pub fn not_implemented(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_IMPLEMENTED, message)
    }

    /// 501, and why: the caller reads this reason. It is the one message that is sent, and it is about
    /// what the server is, not about what it found.
    pub fn unsupported(reason: impl Into<String>) -> Self {
        Self { told: true, ..Self::not_implemented(reason) }
    }

    /// 502: a server behind this one gave no usable answer.
    pub fn bad_gateway(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_GATEWAY, message)
    }

    /// 503: not now.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, message)
    }

    /// 504: a server behind this one gave no answer in time.
    pub fn gateway_timeout(message: impl Into<String>) -> Self {
        Self::new(StatusCode::GATEWAY_TIMEOUT, message)
    }

    /// The same with the error that led to it, for the log.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The status it is answered with.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// What the caller reads beside the status, if anything.
    pub(crate) fn told(&self) -> Option<&str> {
        self.told.then_some(&*self.message)
    }

    fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), told: false, source: None }
    }
}

/// The message and its causes, as they are logged.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        let mut next = self.source.as_deref().map(|e| e as &dyn std::error::Error);
        while let Some(error) = next {
            write!(f, ": {error}")?;
            next = error.source();
        }
        Ok(())
    }
}

impl<E: std::error::Error + Send + Sync + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::internal("unexpected error").caused_by(error)
    }
}

#[cfg(test)]
mod tests {
    use super::Failure;

    #[test]
    fn causes_are_logged_after_the_message() {
        let cause = std::io::Error::other("disk on fire");
        let failure = Failure::unavailable("no store").caused_by(cause);
        assert_eq!(failure.to_string(), "no store: disk on fire");
        assert_eq!(failure.status(), 503);
    }
}
