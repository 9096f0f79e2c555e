//! The answer to a request that breaks the contract: every violation at once (RFC 9457).

use meshery_types::wire::Rule;
use serde_json::{Map, Value, json};
use std::fmt;

/// What is wrong with a request. It never holds a value of the request.
///
/// Sent as `application/problem+json`:
/// ```json
/// {
///   "type": "about:blank",
///   "title": "Bad Request",
///   "status": 400,
///   "detail": "2 violations of the contract",
///   "violations": [
///     {"in": "query", "name": "page", "rule": "minimum", "limit": "0"},
///     {"in": "body", "pointer": "/name", "rule": "maxLength", "limit": "100"}
///   ]
/// }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// What is wrong, place by place.
    pub violations: Vec<Breach>,
    /// Whether there was more than is told ([`Limits::violations`](crate::Limits)).
    pub more: bool,
    /// Why the body cannot be read at all, where that is so: it is sent as `detail`.
    pub unreadable: Option<String>,
}

/// One rule that a request breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Breach {
    /// The part of the request.
    pub part: RequestPart,
    /// The parameter; absent for the body.
    pub name: Option<&'static str>,
    /// The JSON pointer in the body, or in the value of a parameter that is an array.
    pub pointer: Option<String>,
    /// The rule, as JSON Schema names it: `maxLength`.
    pub rule: Rule,
    /// What the rule asks for.
    pub limit: Option<String>,
}

/// A part of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestPart {
    /// A parameter in the path.
    Path,
    /// A parameter in the query.
    Query,
    /// A header.
    Header,
    /// A cookie.
    Cookie,
    /// The body.
    Body,
}

impl Problem {
    /// The document as it is sent.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        let violations: Vec<_> = self.violations.iter().map(Breach::to_json).collect();
        let document = json!({
            "type": "about:blank",
            "title": "Bad Request",
            "status": 400,
            "detail": self.detail(),
            "violations": violations,
        });
        document.to_string().into_bytes()
    }

    fn detail(&self) -> String {
        if let Some(reason) = &self.unreadable {
            return reason.clone();
        }
        let count = self.violations.len();
        let more = if self.more { "more than " } else { "" };
        let plural = if count == 1 { "" } else { "s" };
        format!("{more}{count} violation{plural} of the contract")
    }
}

/// One line for each violation, for who does not accept JSON.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail())?;
        for breach in &self.violations {
            write!(f, "\n{breach}")?;
        }
        Ok(())
    }
}

impl Breach {
    fn to_json(&self) -> Value {
        let mut members = Map::new();
        members.insert("in".to_owned(), self.part.as_str().into());
        if let Some(name) = self.name {
            members.insert("name".to_owned(), name.into());
        }
        if let Some(pointer) = &self.pointer {
            members.insert("pointer".to_owned(), pointer.as_str().into());
        }
        members.insert("rule".to_owned(), self.rule.as_str().into());
        if let Some(limit) = &self.limit {
            members.insert("limit".to_owned(), limit.as_str().into());
        }
        Value::Object(members)
    }
}

impl RequestPart {
    /// As it is written in a [`Problem`].
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
            Self::Body => "body",
        }
    }
}

impl fmt::Display for RequestPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.part.as_str())?;
        if let Some(name) = self.name {
            write!(f, " {name}")?;
        }
        if let Some(pointer) = self.pointer.as_deref().filter(|p| !p.is_empty()) {
            write!(f, " {pointer}")?;
        }
        write!(f, ": {}", self.rule)?;
        match &self.limit {
            Some(limit) => write!(f, " {limit}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Breach, Problem, RequestPart};
    use meshery_types::wire::Rule;

    #[test]
    fn it_reads_as_text_too() {
        let query = Breach {
            part: RequestPart::Query,
            name: Some("page"),
            pointer: None,
            rule: Rule::Minimum,
            limit: Some("0".into()),
        };
        let body = Breach {
            part: RequestPart::Body,
            name: None,
            pointer: Some("/name".into()),
            rule: Rule::Required,
            limit: None,
        };
        let problem = Problem { violations: vec![query, body], ..Problem::default() };
        assert_eq!(
            problem.to_string(),
            "2 violations of the contract\nquery page: minimum 0\nbody /name: required"
        );
    }
}
