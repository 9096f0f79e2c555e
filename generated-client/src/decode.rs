//! Bodies of successes to types. Reading is tolerant; what fails names its place.

use crate::Error;
use crate::error::{DecodeFailure, one_line};
use crate::exchange::Head;
use meshery_types::wire::{self, Decode, DecodeError, Options};
use serde_json::Value;

/// A JSON document as a type. No constraint is checked: a newer server may allow more.
pub(crate) fn decode<T: Decode>(head: &Head, body: &[u8]) -> Result<T, Error> {
    wire::from_slice(body, &wire::ANY, &Options::TOLERANT).map_err(|e| unfit(head, body, &e))
}

/// A body as text.
pub(crate) fn text(head: &Head, body: &[u8]) -> Result<String, Error> {
    match std::str::from_utf8(body) {
        Ok(text) => Ok(text.to_owned()),
        Err(e) => Err(failure(head, String::new(), format!("not UTF-8: {e}"), None)),
    }
}

/// The error for a body that is of another media type.
pub(crate) fn media_type(head: &Head, expected: &str) -> Error {
    let found = head.media_type().map(|found| format!("`{}`", one_line(&head.scrub(found), 60)));
    failure(head, String::new(), format!("expected {expected}"), found)
}

/// The error for a page of a list that has no list.
pub(crate) fn unlisted(head: &Head, found: &Value) -> Error {
    let expected = "expected a list, or an object with one list among its members";
    failure(head, String::new(), expected.to_owned(), Some(kind(found).to_owned()))
}

/// The error for a body that does not decode.
fn unfit(head: &Head, body: &[u8], error: &DecodeError) -> Error {
    // An excerpt is cut, and half of a token is one that nobody finds any more: it goes first.
    let shown = || head.scrub(String::from_utf8_lossy(body).into_owned());
    let (path, message, excerpt) = match error {
        _ if body.is_empty() => (String::new(), "it is empty".to_owned(), None),
        DecodeError::Syntax { line, column, message } => {
            let media_type = head.media_type().unwrap_or_else(|| "no media type".to_owned());
            let message = format!("not JSON at line {line} column {column}: {message} ({media_type})");
            (String::new(), message, beginning(&shown()))
        }
        DecodeError::Invalid(violations) => match violations.iter().next() {
            Some(first) => (first.pointer.clone(), expected(first), found(&shown(), &first.pointer)),
            None => (String::new(), error.to_string(), None),
        },
    };
    failure(head, path, message, excerpt)
}

fn expected(violation: &wire::Violation) -> String {
    match &violation.limit {
        Some(limit) => format!("{} {limit}", violation.rule),
        None => violation.rule.to_string(),
    }
}

fn failure(head: &Head, path: String, message: String, excerpt: Option<String>) -> Error {
    Error::Decode(Box::new(DecodeFailure {
        operation: head.operation,
        status: head.status,
        headers: head.headers.clone(),
        path: head.scrub(path),
        message: head.scrub(message),
        excerpt,
    }))
}

/// How a body begins that is not JSON.
fn beginning(body: &str) -> Option<String> {
    let text = one_line(&body[..body.floor_char_boundary(256)], 60);
    // A document that breaks off is JSON up to there, and may hold anything.
    (!text.is_empty() && !text.starts_with(['{', '['])).then(|| format!("`{text}`"))
}

/// What stands at a JSON pointer: the kind of it, and a scalar's value unless its name is one
/// that secrets have.
fn found(body: &str, pointer: &str) -> Option<String> {
    let document: Value = serde_json::from_str(body).ok()?;
    let value = document.pointer(pointer)?;
    let secret = ["token", "secret", "password", "credential", "key", "auth"];
    let pointer = pointer.to_ascii_lowercase();
    if secret.iter().any(|word| pointer.contains(word)) {
        return Some(format!("{} (not shown)", kind(value)));
    }
    Some(match value {
        Value::Object(_) | Value::Array(_) => kind(value).to_owned(),
        Value::String(text) => format!("the string {:?}", one_line(text, 40)),
        scalar => format!("`{scalar}`"),
    })
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::{beginning, found};

    #[test]
    fn an_excerpt_shows_scalars_and_no_secrets() {
        let body = r#"{"a":{"b":[1,"two"]},"accessToken":"hunter2","n":null}"#;
        assert_eq!(found(body, "/a/b/1").unwrap(), "the string \"two\"");
        assert_eq!(found(body, "/a/b/0").unwrap(), "`1`");
        assert_eq!(found(body, "/a").unwrap(), "an object");
        assert_eq!(found(body, "").unwrap(), "an object");
        assert_eq!(found(body, "/accessToken").unwrap(), "a string (not shown)");
        assert_eq!(found(body, "/missing"), None);
        assert_eq!(beginning("  not json\n").unwrap(), "`not json`");
        assert_eq!(beginning("{\"token\":\"hunter2"), None);
    }
}
