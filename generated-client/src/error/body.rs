//! The body of a failure: Meshery's JSON error object where there is one, else text.

use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fmt;

/// The body of a response that is a failure.
///
/// The contract declares such bodies `text/plain`; Meshery Server sends JSON. So it is kept as
/// text, and read as JSON where it is.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ErrorBody {
    /// The body as text; what is not UTF-8 is replaced.
    pub text: String,
    /// The media type, without its parameters and in lower case.
    pub media_type: Option<String>,
    /// Whether the body was longer than what is kept of an error.
    pub truncated: bool,
    /// Meshery's error object, if the body is one.
    pub meshery: Option<MesheryError>,
}

/// The JSON error object of Meshery Server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MesheryError {
    /// What went wrong.
    pub error: String,
    /// Its code: `meshery-server-1033`.
    pub code: Option<String>,
    /// `EMERGENCY`, `ALERT`, `CRITICAL`, `FATAL` or `ERROR`.
    pub severity: Option<String>,
    /// What may have caused it.
    pub probable_cause: Vec<String>,
    /// What may help.
    pub suggested_remediation: Vec<String>,
    /// More about it.
    pub long_description: Vec<String>,
}

impl ErrorBody {
    pub(crate) fn new(text: String, media_type: Option<String>, truncated: bool) -> Self {
        let meshery = MesheryError::parse(&text);
        Self { text, media_type, truncated, meshery }
    }

    /// What went wrong, in the words of the server: the `error` member, or the whole text.
    #[must_use]
    pub fn message(&self) -> &str {
        self.meshery.as_ref().map_or(self.text.trim(), |e| &e.error)
    }

    /// The body as a type of one's own, or of the contract.
    ///
    /// # Errors
    /// The body is not JSON, or not of that type.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(&self.text)
    }
}

impl MesheryError {
    fn parse(text: &str) -> Option<Self> {
        let Ok(Value::Object(members)) = serde_json::from_str(text) else { return None };
        let text = |name: &str| members.get(name).and_then(Value::as_str).map(str::to_owned);
        let list = |name: &str| match members.get(name) {
            Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            Some(Value::String(one)) => vec![one.clone()],
            _ => Vec::new(),
        };
        Some(Self {
            error: text("error")?,
            code: text("code"),
            severity: text("severity"),
            probable_cause: list("probableCause"),
            suggested_remediation: list("suggestedRemediation"),
            long_description: list("longDescription"),
        })
    }
}

/// One line: what went wrong, and the code.
impl fmt::Display for MesheryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        told(&self.error, f)?;
        match &self.code {
            Some(code) => write!(f, " ({})", one_line(code, 60)),
            None => Ok(()),
        }
    }
}

impl std::error::Error for MesheryError {}

/// One line: the message, cut where it gets long, and the code.
impl fmt::Display for ErrorBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.media_type.as_deref() == Some("text/html") {
            return f.write_str("an HTML page");
        }
        match &self.meshery {
            Some(error) => error.fmt(f),
            None => told(&self.text, f),
        }
    }
}

fn told(message: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let message = one_line(message, 200);
    f.write_str(if message.is_empty() { "no further word" } else { &message })
}

/// A text on one line of at most `limit` characters.
pub(crate) fn one_line(text: &str, limit: usize) -> String {
    let mut line = String::new();
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if let Some((cut, _)) = line.char_indices().nth(limit) {
            line.truncate(cut);
            line.push('…');
            break;
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::{ErrorBody, one_line};

    fn body(text: &str) -> ErrorBody {
        ErrorBody::new(text.to_owned(), None, false)
    }

    #[test]
    fn the_error_object_is_read_and_missing_members_are_fine() {
        let full = body(
            r#"{"error":"no such\nworkspace","code":"meshery-server-1001","severity":"ERROR",
                "probableCause":["it is gone"],"suggestedRemediation":null,"longDescription":"one"}"#,
        );
        let meshery = full.meshery.as_ref().unwrap();
        assert_eq!(meshery.severity.as_deref(), Some("ERROR"));
        assert_eq!(meshery.probable_cause, ["it is gone"]);
        assert_eq!(meshery.long_description, ["one"]);
        assert!(meshery.suggested_remediation.is_empty());
        assert_eq!(full.to_string(), "no such workspace (meshery-server-1001)");
        assert_eq!(meshery.to_string(), full.to_string());

        assert_eq!(body(r#"{"error":"only this"}"#).to_string(), "only this");
    }

    #[test]
    fn anything_else_is_text() {
        assert_eq!(body(" not found\n").message(), "not found");
        assert_eq!(body("").to_string(), "no further word");
        assert!(body(r#"{"message":"other"}"#).meshery.is_none());
        assert_eq!(body("[1,2]").json::<Vec<u8>>().unwrap(), [1, 2]);
        let page = ErrorBody::new("<html>".into(), Some("text/html".into()), false);
        assert_eq!(page.to_string(), "an HTML page");
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(one_line("a  b\r\n\tc\u{7}d", 20), "a b c d");
        assert_eq!(one_line(&"é".repeat(30), 10), format!("{}…", "é".repeat(10)));
    }
}
