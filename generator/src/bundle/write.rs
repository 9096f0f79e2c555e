//! A dereferenced document as a value, with the names that are global after the merge prefixed.

use super::arena::{Arena, Id, Node};
use serde_json::{Map, Number, Value};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Most values that all documents of a release may come to: many times what one does.
pub(super) const MAX_VALUES: usize = 2 << 20;
/// Deepest nesting that is written.
const MAX_DEPTH: usize = 600;

/// Why there is no value of a document.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unwritable {
    /// It contains itself.
    Endless,
    /// It repeats what it refers to so often that it exceeds the bounds.
    TooLarge,
}

/// Turns nodes into values.
pub(super) struct Writer<'w, 'a> {
    arena: &'w mut Arena<'a>,
    prefix: &'w str,
    above: Vec<Id>,
    /// Inside of a list of tags or requirements nothing is prefixed again.
    inside: usize,
    /// How many values have been written, by all writers.
    written: &'w AtomicUsize,
}

impl<'w, 'a> Writer<'w, 'a> {
    /// A writer that puts `prefix` before tags and the names of security schemes.
    pub(super) fn new(arena: &'w mut Arena<'a>, prefix: &'w str, written: &'w AtomicUsize) -> Self {
        Self { arena, prefix, above: Vec::new(), inside: 0, written }
    }

    /// The value of a node.
    pub(super) fn value(&mut self, id: Id) -> Result<Value, Unwritable> {
        if self.written.fetch_add(1, Ordering::Relaxed) > MAX_VALUES {
            return Err(Unwritable::TooLarge);
        }
        let node = match self.arena.get(id) {
            Node::Scalar(scalar) => return Ok(rounded(scalar)),
            container => container.clone(),
        };
        if self.above.contains(&id) {
            return Err(Unwritable::Endless);
        }
        if self.above.len() > MAX_DEPTH {
            return Err(Unwritable::TooLarge);
        }
        self.above.push(id);
        let value = match node {
            Node::Object(members) => {
                let mut map = Map::with_capacity(members.len());
                for (name, child) in members {
                    let array = matches!(self.arena.get(child), Node::Array(_));
                    let global = name == "tags" || name == "security" && array;
                    self.inside += usize::from(global);
                    let value = self.value(child)?;
                    self.inside -= usize::from(global);
                    let value = if self.inside == 0 { self.prefixed(&name, value) } else { value };
                    map.insert(name.into_owned(), value);
                }
                Value::Object(map)
            }
            Node::Array(items) => {
                Value::Array(items.into_iter().map(|i| self.value(i)).collect::<Result<_, _>>()?)
            }
            Node::Scalar(scalar) => rounded(scalar),
        };
        self.above.pop();
        Ok(value)
    }

    /// A member, prefixed where its name says that it holds tags or security requirements. That
    /// goes by the name alone, wherever it stands.
    fn prefixed(&self, name: &str, value: Value) -> Value {
        match (name, value) {
            ("tags", Value::Array(tags)) => tags.into_iter().map(|tag| self.tag(tag)).collect(),
            ("security", Value::Array(needs)) => needs
                .into_iter()
                .map(|need| match need {
                    Value::Object(schemes) => {
                        schemes.into_iter().map(|(name, scopes)| (self.named(&name), scopes)).collect()
                    }
                    other => other,
                })
                .collect(),
            ("$ref", Value::String(reference)) => self.component(&reference).into(),
            (_, value) => value,
        }
    }

    /// A reference that was left, with the name of the component prefixed.
    fn component(&self, reference: &str) -> String {
        match reference.strip_prefix("#/components/").and_then(|rest| rest.split_once('/')) {
            Some((section, name)) if !section.is_empty() && !name.is_empty() && !name.contains('/') => {
                format!("#/components/{section}/{}", self.named(name))
            }
            _ => reference.to_owned(),
        }
    }

    fn tag(&self, tag: Value) -> Value {
        match tag {
            Value::String(name) => self.named(&name).into(),
            Value::Object(mut tag) => {
                let name = match tag.get("name") {
                    Some(Value::String(name)) => self.named(name),
                    // So does upstream's script, in the words of its language.
                    Some(other) => self.named(&other.to_string()),
                    None => self.named("undefined"),
                };
                tag.insert("name".to_owned(), name.into());
                Value::Object(tag)
            }
            other => other,
        }
    }

    /// A name with the prefix.
    pub(super) fn named(&self, name: &str) -> String {
        format!("{}_{name}", self.prefix)
    }
}

/// A scalar as JavaScript holds it: its numbers are all floating point.
fn rounded(scalar: &Value) -> Value {
    const EXACT: u64 = 1 << 53;
    match scalar {
        Value::Number(number) if number.as_i64().map_or(number.is_u64(), |n| n.unsigned_abs() > EXACT) => {
            number.as_f64().and_then(integral).map_or_else(|| scalar.clone(), Value::Number)
        }
        other => other.clone(),
    }
}

/// The shortest decimal digits of a float without a fraction, as an integer where that fits.
fn integral(value: f64) -> Option<Number> {
    let digits = format!("{value:e}");
    let (mantissa, exponent) = digits.split_once('e')?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let zeros = exponent.parse::<usize>().ok()?.checked_sub(fraction.len())?;
    let digits = format!("{whole}{fraction}{}", "0".repeat(zeros));
    match digits.parse::<i64>() {
        Ok(value) => Some(value.into()),
        Err(_) => digits.parse::<u64>().map_or_else(|_| Number::from_f64(value), |value| Some(value.into())),
    }
}

#[cfg(test)]
mod tests {
    use super::rounded;
    use serde_json::json;

    #[test]
    fn integers_beyond_what_javascript_holds_are_rounded() {
        assert_eq!(rounded(&json!(i64::MAX)), json!(9_223_372_036_854_776_000_u64));
        assert_eq!(rounded(&json!(u64::MAX)), json!(18_446_744_073_709_552_000.0));
        assert_eq!(rounded(&json!(-9_007_199_254_740_993_i64)), json!(-9_007_199_254_740_992_i64));
        assert_eq!(rounded(&json!(9_007_199_254_740_991_i64)), json!(9_007_199_254_740_991_i64));
        assert_eq!(rounded(&json!("x")), json!("x"));
    }
}
