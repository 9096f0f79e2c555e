//! The body of a documented error.

use serde_json::{Map, Value};

/// The body of an error status that the contract declares as `text/plain`.
///
/// It is sent as its text. To a caller whose `Accept` names `application/json` it is sent as the
/// error object that Meshery Server really uses: `error`, and the other members once there is
/// something to say in them.
///
/// ```
/// # use meshery_server::{ErrorBody, Severity};
/// let body = ErrorBody::new("no such workspace")
///     .code("meshery-server-1404")
///     .severity(Severity::Error)
///     .remedy("list the workspaces of your organization");
/// assert_eq!(body.text(), "no such workspace");
/// assert_eq!(ErrorBody::from("short").to_json(), br#"{"error":"short"}"#);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErrorBody {
    text: String,
    code: Option<String>,
    severity: Option<Severity>,
    probable_cause: Vec<String>,
    suggested_remediation: Vec<String>,
    long_description: Vec<String>,
}

/// How bad an error is, in Meshery's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Severity {
    /// Nothing works any more.
    Emergency,
    /// Something has to be done at once.
    Alert,
    /// A part of the whole fails.
    Critical,
    /// What was asked for cannot go on.
    Fatal,
    /// What was asked for failed.
    Error,
}

impl ErrorBody {
    /// An error that says `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// With a code: `meshery-server-1404`.
    #[must_use]
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// With a severity.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// With one more probable cause.
    #[must_use]
    pub fn cause(mut self, cause: impl Into<String>) -> Self {
        self.probable_cause.push(cause.into());
        self
    }

    /// With one more thing to do about it.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.suggested_remediation.push(remedy.into());
        self
    }

    /// With one more sentence of what happened.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.long_description.push(detail.into());
        self
    }

    /// What it says.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The error object of Meshery Server.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        let mut members = Map::new();
        members.insert("error".to_owned(), self.text.as_str().into());
        if let Some(code) = &self.code {
            members.insert("code".to_owned(), code.as_str().into());
        }
        if let Some(severity) = self.severity {
            members.insert("severity".to_owned(), severity.as_str().into());
        }
        let lists = [
            ("probableCause", &self.probable_cause),
            ("suggestedRemediation", &self.suggested_remediation),
            ("longDescription", &self.long_description),
        ];
        for (name, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
            members.insert(name.to_owned(), list.clone().into());
        }
        Value::Object(members).to_string().into_bytes()
    }
}

impl Severity {
    /// As Meshery writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Emergency => "EMERGENCY",
            Self::Alert => "ALERT",
            Self::Critical => "CRITICAL",
            Self::Fatal => "FATAL",
            Self::Error => "ERROR",
        }
    }
}

impl From<String> for ErrorBody {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl From<&str> for ErrorBody {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

#[cfg(test)]
mod tests {
    use super::{ErrorBody, Severity};

    #[test]
    fn the_object_has_the_members_that_say_something() {
        let body = ErrorBody::new("gone").code("x-1").severity(Severity::Fatal).cause("a").cause("b");
        let json: serde_json::Value = serde_json::from_slice(&body.to_json()).unwrap();
        let expected = serde_json::json!({
            "error": "gone", "code": "x-1", "severity": "FATAL", "probableCause": ["a", "b"],
        });
        assert_eq!(json, expected);
    }
}
