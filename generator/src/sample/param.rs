//! Parameters: values as the text they travel as.

use super::text::Letters;
use super::{Sampler, Style, Unsatisfiable, Violation, violations};
use crate::ir::{Api, Param, Ty, Use};
use serde_json::Value;

/// Where a parameter travels, which limits what it can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// A segment of the path: neither empty nor made of dots.
    Path,
    /// The query.
    Query,
    /// A header or cookie: plain characters, not empty.
    Header,
}

/// A parameter that breaks one rule.
#[derive(Clone, Debug, PartialEq)]
pub struct BrokenParam {
    /// Its texts, one for each pair that is sent; none when it is left out.
    pub texts: Vec<String>,
    /// What is wrong with it; the pointer is empty, or that of an element.
    pub violation: Violation,
}

impl Sampler<'_> {
    /// A value that a parameter may have; nothing if it is left out.
    ///
    /// # Errors
    /// If a parameter that must be there has no value.
    pub fn argument(
        &mut self,
        param: &Param,
        carrier: Carrier,
        style: Style,
    ) -> Result<Option<Value>, Unsatisfiable> {
        let absent = match style {
            Style::Minimal => true,
            Style::Maximal => false,
            Style::Random => self.chance(3),
        };
        if !param.required && absent {
            return Ok(None);
        }
        let used = carried(self.api, &param.value, carrier);
        self.letters = if carrier == Carrier::Header { Letters::Header } else { Letters::Any };
        let drawn = (0..8).find_map(|_| {
            let mut value = self.valid(&used, style).ok()?;
            if !param.explode && carrier == Carrier::Query {
                value = joined(value).filter(|value| violations(self.api, &used, value).is_empty())?;
            }
            travels(&value, carrier).then_some(value)
        });
        self.letters = Letters::Any;
        match drawn {
            Some(value) => Ok(Some(value)),
            None if param.required => Err(Unsatisfiable),
            None => Ok(None),
        }
    }

    /// Texts of a parameter that break each of its rules once.
    pub fn broken_argument(&mut self, param: &Param, carrier: Carrier) -> Vec<BrokenParam> {
        let used = carried(self.api, &param.value, carrier);
        let mut out: Vec<BrokenParam> = Vec::new();
        for broken in self.broken(&used) {
            if matches!(broken.value, Value::Object(_)) || !travels(&broken.value, carrier) {
                continue;
            }
            let texts = texts(&broken.value);
            if texts.is_empty() {
                continue;
            }
            let read = read(self.api, &used, &texts);
            let found = violations(self.api, &used, &read);
            let violation = found.iter().find(|v| **v == broken.violation).or(found.first());
            if let Some(violation) = violation
                && !out.iter().any(|other| other.violation == *violation)
            {
                out.push(BrokenParam { texts, violation: violation.clone() });
            }
        }
        if param.required && carrier != Carrier::Path {
            let violation = Violation { pointer: String::new(), rule: "required" };
            out.push(BrokenParam { texts: Vec::new(), violation });
        }
        out
    }
}

/// The schema of a parameter as far as its carrier can say it.
fn carried(api: &Api, used: &Use, carrier: Carrier) -> Use {
    let mut used = api.resolve(used);
    used.nullable = false;
    if carrier != Carrier::Query && matches!(used.ty, Ty::String) {
        used.rules.min_length = Some(used.rules.min_length.unwrap_or(0).max(1));
    }
    if let Ty::Array(items) = &mut used.ty {
        **items = carried(api, items, carrier);
        if carrier != Carrier::Query {
            used.rules.min_items = Some(used.rules.min_items.unwrap_or(0).max(1));
        }
    }
    used
}

/// Whether a value arrives as it was sent.
fn travels(value: &Value, carrier: Carrier) -> bool {
    let texts = texts(value);
    match carrier {
        Carrier::Query => !value.is_null(),
        Carrier::Path => !texts.iter().any(|t| t.is_empty() || t == "." || t == ".."),
        Carrier::Header => texts.iter().all(|t| !t.is_empty() && t.bytes().all(|b| b.is_ascii_graphic())),
    }
}

/// A list without what its elements are joined by, since nothing tells that from an element's own, and
/// without what may stand around that. An empty one cannot be told from a list of one empty text.
fn joined(value: Value) -> Option<Value> {
    match value {
        Value::Array(elements) if elements.is_empty() => None,
        Value::Array(elements) => Some(
            elements
                .into_iter()
                .map(|element| match element {
                    Value::String(text) => {
                        Value::String(text.replace([',', ' ', '|'], "-").trim().to_owned())
                    }
                    other => other,
                })
                .collect(),
        ),
        other => Some(other),
    }
}

/// The texts of a value: one, or one for each element.
#[must_use]
pub fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(elements) => elements.iter().flat_map(texts).collect(),
        Value::String(text) => vec![text.clone()],
        Value::Null => Vec::new(),
        other => vec![other.to_string()],
    }
}

/// The value that texts are read as.
fn read(api: &Api, used: &Use, texts: &[String]) -> Value {
    let used = api.resolve(used);
    let first = texts.first().map_or("", String::as_str);
    match &used.ty {
        Ty::Array(items) => texts.iter().map(|t| read(api, items, std::slice::from_ref(t))).collect(),
        Ty::Int32 | Ty::Int64 | Ty::Number | Ty::Boolean => {
            serde_json::from_str(first).unwrap_or_else(|_| first.into())
        }
        _ => first.into(),
    }
}
