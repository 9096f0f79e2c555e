//! Whether a response is what the contract says: for who passes responses on as they came.
//!
//! It is as strict as JSON Schema is, where the calls of this client are tolerant.

use crate::operation::OperationInfo;
use crate::sse::{Parser, TooLong};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use meshery_types::wire::{self, Decode, DecodeError, Mode, Options, Rules};
use std::fmt;

/// How many violations of one body are told.
const MOST: usize = 16;

/// What the contract says of the responses of a status.
#[derive(Clone, Copy, Debug)]
pub struct ResponseCheck {
    range: (u16, u16),
    required_headers: &'static [&'static str],
    bodies: &'static [(&'static str, BodyCheck)],
}

/// What it says of a body.
#[derive(Clone, Copy, Debug)]
pub(crate) enum BodyCheck {
    /// A JSON document.
    Json(fn(&[u8]) -> Result<(), DecodeError>),
    /// Text.
    Text,
    /// Bytes.
    Bytes,
    /// Events, whose data is a JSON document or text.
    Events(fn(&[u8]) -> Result<(), DecodeError>),
}

/// What in a response is not what the contract says. It names places and rules, never values.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Violation {
    /// A status that is not documented.
    Status(u16),
    /// A media type that is not documented for the status.
    MediaType(String),
    /// A header that must be there is not.
    Header(&'static str),
    /// A body where there is to be none.
    Body,
    /// A body, or an event, that is no document at all.
    Syntax(String),
    /// A place in a body, and the rule that it breaks.
    Rule {
        /// A JSON pointer.
        pointer: String,
        /// The rule: `maxLength 255`.
        rule: String,
    },
}

/// What is to be looked at in the body of a response whose head was looked at.
#[derive(Debug)]
pub enum Expected {
    /// Nothing.
    Nothing,
    /// The body as a whole: it is in memory anyway, or can be taken there.
    Whole(WholeCheck),
    /// Its events, as they pass.
    Events(EventsCheck),
}

/// Looks at a whole body.
#[derive(Clone, Copy, Debug)]
pub struct WholeCheck(BodyCheck);

/// Looks at the events of a stream, from its bytes.
pub struct EventsCheck {
    parser: Parser,
    check: fn(&[u8]) -> Result<(), DecodeError>,
}

impl ResponseCheck {
    pub(crate) const fn new(
        range: (u16, u16),
        required_headers: &'static [&'static str],
        bodies: &'static [(&'static str, BodyCheck)],
    ) -> Self {
        Self { range, required_headers, bodies }
    }
}

impl OperationInfo {
    /// Looks at the head of a response, and says what its body is to be looked at for.
    ///
    /// ```
    /// use http::{HeaderMap, StatusCode};
    /// use meshery_client::{Expected, OperationInfo, Violation};
    ///
    /// fn judged(operation: &OperationInfo, headers: &HeaderMap, body: &bytes::Bytes) -> Vec<Violation> {
    ///     let (mut found, expected) = operation.check(StatusCode::OK, headers);
    ///     match expected {
    ///         Expected::Nothing => {}
    ///         Expected::Whole(check) => found.extend(check.check(body)),
    ///         Expected::Events(mut check) => found.extend(check.push(body)),
    ///     }
    ///     found
    /// }
    /// ```
    #[must_use]
    pub fn check(&self, status: StatusCode, headers: &HeaderMap) -> (Vec<Violation>, Expected) {
        let checks = crate::generated::checks::CHECKS;
        let all = checks.iter().find(|(operation, _)| std::ptr::eq(*operation, self));
        let mut responses = all.into_iter().flat_map(|(_, responses)| responses.iter());
        let code = status.as_u16();
        match responses.find(|response| (response.range.0..=response.range.1).contains(&code)) {
            Some(response) => response.head(status, headers),
            None => (vec![Violation::Status(code)], Expected::Nothing),
        }
    }
}

impl ResponseCheck {
    fn head(&self, status: StatusCode, headers: &HeaderMap) -> (Vec<Violation>, Expected) {
        let missing = self.required_headers.iter().filter(|name| !headers.contains_key(**name));
        let mut found: Vec<_> = missing.map(|name| Violation::Header(name)).collect();
        if self.bodies.is_empty() || status == StatusCode::SWITCHING_PROTOCOLS {
            let announced = headers.get(http::header::CONTENT_LENGTH);
            let none = announced.is_none_or(|length| length.as_bytes() == b"0");
            if !none && status != StatusCode::SWITCHING_PROTOCOLS {
                found.push(Violation::Body);
            }
            return (found, Expected::Nothing);
        }
        let given = media_type(headers);
        match self.body(content_type(headers), &given) {
            Some((_, BodyCheck::Events(check))) => {
                (found, Expected::Events(EventsCheck { parser: Parser::new(16 << 20), check: *check }))
            }
            Some((_, BodyCheck::Bytes)) => (found, Expected::Nothing),
            Some((_, check)) => (found, Expected::Whole(WholeCheck(*check))),
            // Where the contract says text, Meshery explains its errors in JSON too.
            None if self.is_text_error(status) && given == "application/json" => (found, Expected::Nothing),
            None => {
                found.push(Violation::MediaType(shown(&given)));
                (found, Expected::Nothing)
            }
        }
    }

    /// The body whose media type is the closest.
    fn body(&self, stated: &str, given: &str) -> Option<&(&'static str, BodyCheck)> {
        let fitting = self.bodies.iter().filter(|(media_type, _)| fits(given, media_type));
        let closest = fitting.filter_map(|body| Some((wire::media::agreement(stated, body.0)?, body)));
        let best = closest.reduce(|best, other| if other.0 > best.0 { other } else { best });
        best.map(|(_, body)| body)
    }

    fn is_text_error(&self, status: StatusCode) -> bool {
        let text = self.bodies.iter().any(|(_, check)| matches!(check, BodyCheck::Text));
        text && (status.is_client_error() || status.is_server_error())
    }
}

impl WholeCheck {
    /// What is wrong in a body: its first 16 violations, an index of a list being told as `*`.
    #[must_use]
    pub fn check(&self, body: &[u8]) -> Vec<Violation> {
        match self.0 {
            BodyCheck::Json(check) | BodyCheck::Events(check) => violations(check(body)),
            BodyCheck::Text if std::str::from_utf8(body).is_err() => {
                vec![Violation::Syntax("not UTF-8".to_owned())]
            }
            BodyCheck::Text | BodyCheck::Bytes => Vec::new(),
        }
    }
}

impl EventsCheck {
    /// Takes the next bytes of the stream, and says what is wrong in the events that they complete: of each
    /// event its first 16 violations. One of more than 16 MiB is a violation, and not looked at.
    pub fn push(&mut self, bytes: &Bytes) -> Vec<Violation> {
        self.parser.push(bytes.clone());
        let mut found = Vec::new();
        loop {
            let event = match self.parser.next() {
                Ok(Some(event)) => event,
                Ok(None) => return found,
                Err(TooLong) => {
                    self.parser = Parser::new(16 << 20);
                    found.push(Violation::Syntax("an event is too long".to_owned()));
                    return found;
                }
            };
            // Data that is text need not be a document: it is read as one that is a string.
            let text = || serde_json::to_vec(&event.data).unwrap_or_default();
            if let Err(error) = (self.check)(event.data.as_bytes())
                && (self.check)(&text()).is_err()
            {
                found.extend(violations(Err(error)));
            }
        }
    }
}

/// Decodes a body as strictly as a schema is read.
pub(crate) fn checked<T: Decode>(body: &[u8], rules: &'static Rules) -> Result<(), DecodeError> {
    let options = Options { mode: Mode::Strict, reject_unknown_members: true, max_violations: MOST };
    wire::from_slice::<T>(body, rules, &options).map(drop)
}

fn violations(result: Result<(), DecodeError>) -> Vec<Violation> {
    match result {
        Ok(()) => Vec::new(),
        Err(DecodeError::Syntax { line, column, .. }) => {
            vec![Violation::Syntax(format!("no JSON at line {line}, column {column}"))]
        }
        Err(DecodeError::Invalid(found)) => {
            let told = found.into_vec().into_iter().map(|violation| {
                let limit = violation.limit.map_or(String::new(), |limit| format!(" {limit}"));
                let rule = format!("{}{limit}", violation.rule);
                Violation::Rule { pointer: generic(&violation.pointer), rule }
            });
            told.collect()
        }
    }
}

/// A pointer whose indices are `*`: a mistake in every element of a list is one mistake.
fn generic(pointer: &str) -> String {
    let is_index = |segment: &str| !segment.is_empty() && segment.bytes().all(|b| b.is_ascii_digit());
    let segments = pointer.split('/').map(|segment| if is_index(segment) { "*" } else { segment });
    segments.collect::<Vec<_>>().join("/")
}

fn content_type(headers: &HeaderMap) -> &str {
    headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn media_type(headers: &HeaderMap) -> String {
    wire::media::essence(content_type(headers)).to_ascii_lowercase()
}

fn fits(given: &str, documented: &str) -> bool {
    let documented = wire::media::essence(documented);
    match documented.split_once("/*") {
        Some(("*", "")) => true,
        Some((kind, "")) => given.split('/').next() == Some(kind),
        _ => documented.eq_ignore_ascii_case(given),
    }
}

/// What a server says of itself is not put anywhere at length.
fn shown(text: &str) -> String {
    if text.is_empty() { "none".to_owned() } else { text.chars().take(80).collect() }
}

impl fmt::Debug for EventsCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EventsCheck(..)")
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "status {status} is not documented"),
            Self::MediaType(media_type) => write!(f, "media type {media_type} is not documented"),
            Self::Header(name) => write!(f, "header {name} is missing"),
            Self::Body => f.write_str("a body where there is to be none"),
            Self::Syntax(what) => f.write_str(what),
            Self::Rule { pointer, rule } => write!(f, "{pointer}: {rule}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{BodyCheck, EventsCheck, Expected, Parser, ResponseCheck, Violation, WholeCheck, checked};
    use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
    use meshery_types::wire::ANY;

    static PAGE: ResponseCheck = ResponseCheck::new(
        (200, 200),
        &["etag"],
        &[("application/json", BodyCheck::Json(|body| checked::<Vec<i64>>(body, &ANY)))],
    );
    static FAILED: ResponseCheck = ResponseCheck::new((400, 499), &[], &[("text/plain", BodyCheck::Text)]);

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pairs = pairs.iter().map(|(n, v)| (HeaderName::from_static(n), HeaderValue::from_static(v)));
        pairs.collect()
    }

    #[test]
    fn the_head_says_what_the_body_is_to_be() {
        let json = ("content-type", "application/json; charset=utf-8");
        let (found, expected) = PAGE.head(StatusCode::OK, &headers(&[json, ("etag", "1")]));
        assert!(found.is_empty() && matches!(expected, Expected::Whole(_)), "{found:?}");
        let (found, _) = PAGE.head(StatusCode::OK, &headers(&[("content-type", "text/html")]));
        assert_eq!(found, [Violation::Header("etag"), Violation::MediaType("text/html".into())]);
        let (found, _) = FAILED.head(StatusCode::NOT_FOUND, &headers(&[json]));
        assert_eq!(found, [], "Meshery's error object");
    }

    #[test]
    fn violations_name_places_and_not_values() {
        let check = WholeCheck(BodyCheck::Json(|body| checked::<Vec<i64>>(body, &ANY)));
        assert_eq!(check.check(b"[1,2]"), []);
        let found = check.check(b"[1,\"hunter2\",\"hunter3\"]");
        let expected = Violation::Rule { pointer: "/*".into(), rule: "type integer".into() };
        assert_eq!(found, [expected.clone(), expected]);
        assert!(matches!(check.check(b"[1,").as_slice(), [Violation::Syntax(_)]));
    }

    #[test]
    fn events_are_looked_at_as_they_pass() {
        let check = |body: &[u8]| checked::<Vec<i64>>(body, &ANY);
        let mut events = EventsCheck { parser: Parser::new(1000), check };
        assert_eq!(events.push(&": hello\n\ndata: [1,".into()), []);
        assert_eq!(events.push(&"2]\n\ndata: {}\n\n".into()).len(), 1);
        let long = format!("data: {}\n\n", "[".repeat(1000));
        assert_eq!(events.push(&long.into()), [Violation::Syntax("an event is too long".to_owned())]);
        assert_eq!(events.push(&"data: {}\n\n".into()).len(), 1, "it goes on behind it");
    }
}
