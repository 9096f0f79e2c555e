//! Keywords with plain values: checked, and said as OpenAPI 3.0 says them.

use crate::contract::keywords::{Kind, PLACE, kind};
use crate::contract::resolve::At;
use crate::diagnostic::{Code, Diagnostic};
use crate::number::order;
use serde_json::{Map, Value};
use std::cmp::Ordering;

/// The value of the keyword `name`, if it is of the right kind.
///
/// Spellings of later JSON Schema that [`settle`] translates are let through.
pub(super) fn checked(name: &str, at: &At<'_>) -> Result<Value, Diagnostic> {
    let later = match name {
        "const" => true,
        "type" => at.node.is_array(),
        "exclusiveMinimum" | "exclusiveMaximum" => at.node.is_number(),
        _ => false,
    };
    if later {
        return Ok(plain_number(at.node));
    }
    let kind = kind(name).unwrap_or(Kind::Any);
    let ok = match kind {
        Kind::Text => at.node.is_string(),
        Kind::Flag => at.node.is_boolean(),
        Kind::Count => plain_number(at.node).is_u64(),
        Kind::Number => at.node.is_number(),
        Kind::Names => at.node.as_array().is_some_and(|names| names.iter().all(Value::is_string)),
        Kind::Values => at.node.as_array().is_some_and(|values| !values.is_empty()),
        _ => true,
    };
    if !ok {
        let message = format!("`{name}` must be {}, found {}", expected(kind), described(at.node));
        return Err(at.finding(Code::BadSchema, message));
    }
    let mut value = match at.node {
        Value::Array(values) => values.iter().map(plain_number).collect(),
        value => plain_number(value),
    };
    // Data: the order of its members says nothing, and messages may quote it.
    value.sort_all_objects();
    Ok(value)
}

/// Says in the words of OpenAPI 3.0 what later JSON Schema says otherwise: `const`, a list of
/// types with `null` in it, an alternative that is `null`, bounds that are exclusive by themselves.
pub(super) fn settle(schema: &mut Map<String, Value>, at: &At<'_>) -> Result<(), Diagnostic> {
    if let Some(value) = schema.remove("const") {
        schema.insert("enum".to_owned(), Value::Array(vec![value]));
    }
    bound(schema, "minimum", "exclusiveMinimum", Ordering::is_ge);
    bound(schema, "maximum", "exclusiveMaximum", Ordering::is_le);
    if schema.get("required").and_then(Value::as_array).is_some_and(Vec::is_empty) {
        schema.remove("required");
    }
    null_alternative(schema);
    let Some(Value::Array(types)) = schema.get("type") else { return Ok(()) };
    let (null, mut others): (Vec<Value>, Vec<Value>) =
        types.iter().cloned().partition(|t| t.as_str() == Some("null"));
    let Some(only) = others.pop().filter(|t| t.is_string() && others.is_empty()) else {
        schema.remove("type");
        let message =
            "several types at once, which OpenAPI 3.0 does not have: give one, with or without `null`";
        return Err(at.finding(Code::UnsupportedKeyword, message));
    };
    schema.insert("type".to_owned(), only);
    if !null.is_empty() {
        schema.insert("nullable".to_owned(), Value::Bool(true));
    }
    Ok(())
}

/// `null` as one alternative of several is what `nullable` says.
fn null_alternative(schema: &mut Map<String, Value>) {
    let is_null = |value: &Value| {
        let mut said = value.as_object().into_iter().flatten().filter(|(name, _)| *name != PLACE);
        said.next().is_some_and(|(name, value)| name == "type" && value == "null") && said.next().is_none()
    };
    for word in ["oneOf", "anyOf"] {
        let Some(Value::Array(list)) = schema.get_mut(word) else { continue };
        let nulls = list.iter().filter(|value| is_null(value)).count();
        if nulls > 0 && nulls < list.len() {
            list.retain(|value| !is_null(value));
            schema.insert("nullable".to_owned(), Value::Bool(true));
        }
    }
}

/// Joins an inclusive bound and an exclusive one, which is a number, to the tighter of the two.
fn bound(schema: &mut Map<String, Value>, name: &str, exclusive: &str, tighter: fn(Ordering) -> bool) {
    let Some(own) = schema.get(exclusive).filter(|v| v.is_number()).cloned() else { return };
    let inclusive = schema.get(name).filter(|value| value.is_number());
    let wins = inclusive.is_none_or(|other| order(&own, other).is_some_and(tighter));
    if wins {
        schema.insert(name.to_owned(), own);
        schema.insert(exclusive.to_owned(), Value::Bool(true));
    } else {
        schema.remove(exclusive);
    }
}

/// A number without a fraction as an integer, anything else as it is.
fn plain_number(value: &Value) -> Value {
    // 2^53: up to there every integer is exact.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match value.as_f64() {
        Some(n) if value.is_f64() && n.fract() == 0.0 && n.abs() <= EXACT => {
            let n = n as i64;
            Value::from(n)
        }
        _ => value.clone(),
    }
}

fn expected(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "a string",
        Kind::Flag => "true or false",
        Kind::Count => "an integer that is not negative",
        Kind::Number => "a number",
        Kind::Names => "a list of names",
        Kind::Values => "a list of values, at least one",
        _ => "a value",
    }
}

/// What a value is, in words.
pub(super) fn described(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(flag) => format!("`{flag}`"),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) if text.len() <= 40 => format!("the string `{text}`"),
        Value::String(_) => "a string".to_owned(),
        Value::Array(list) if list.is_empty() => "an empty list".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}
