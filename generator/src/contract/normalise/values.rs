//! N5, N9, N11: enumerations and defaults against the types they stand beside.

use super::{Components, finding};
use crate::contract::sha256;
use crate::diagnostic::{Code, Diagnostics};
use crate::number::Number;
use regex::Regex;
use serde_json::{Map, Value};

/// The longest default, in bytes, that the contract states in full.
const LONG: usize = 120;
/// How deep and by how many schemas a default is judged; beyond that it is taken as valid.
const DEEP: usize = 32;
const STEPS: u32 = 10_000;

/// N5: `null` in an enumeration is said by `nullable`, and a value that its type excludes is left
/// out; when that is every value, the enumeration is.
pub(super) fn enumeration(schema: &mut Map<String, Value>, found: &mut Diagnostics) {
    let Some(Value::Array(mut values)) = schema.remove("enum") else { return };
    if values.iter().any(Value::is_null) {
        values.retain(|value| !value.is_null());
        schema.insert("nullable".to_owned(), Value::Bool(true));
        if values.is_empty() {
            let message = "only `null` is allowed, which no type here says: others are valid as well";
            found.push(finding(Code::BadEnum, schema, message.to_owned()));
        }
    }
    let mut distinct: Vec<Value> = Vec::with_capacity(values.len());
    for value in values {
        if !fits_type(&value, schema) {
            let ty = schema.get("type").and_then(Value::as_str).unwrap_or_default();
            let message =
                format!("the enumeration has {value}, which is not of the type `{ty}` beside it: left out");
            found.push(finding(Code::BadEnum, schema, message));
        } else if !distinct.contains(&value) {
            distinct.push(value);
        }
    }
    if !distinct.is_empty() {
        schema.insert("enum".to_owned(), Value::Array(distinct));
    }
}

/// N5: an alternative that only `null` fits, by itself or as a component, makes the others nullable.
pub(super) fn null_alternative(schema: &mut Map<String, Value>, components: &Components) {
    let only_null = |value: &Value| {
        let own = value.as_object();
        let named = own.and_then(|own| components.target(own)).or(own);
        let is_null = |schema: &Map<String, Value>| {
            let values = schema.get("enum").and_then(Value::as_array);
            schema.get("type").is_some_and(|ty| ty == "null")
                || values.is_some_and(|values| values.iter().all(Value::is_null))
        };
        named.is_some_and(is_null)
    };
    for word in ["oneOf", "anyOf"] {
        let Some(Value::Array(list)) = schema.get_mut(word) else { continue };
        if list.iter().any(only_null) && !list.iter().all(only_null) {
            list.retain(|value| !only_null(value));
            schema.insert("nullable".to_owned(), Value::Bool(true));
        }
    }
}

/// N9: a default that its own schema does not allow is left out.
pub(super) fn default(schema: &mut Map<String, Value>, components: &Components, found: &mut Diagnostics) {
    let Some(value) = schema.get("default") else { return };
    components.steps.set(STEPS);
    if let Err(why) = allows(schema, value, components, 0) {
        let message = format!("the default {} is not valid here, it {why}: left out", excerpt(value));
        found.push(finding(Code::BadDefault, schema, message));
        schema.remove("default");
    }
}

/// N11: a long default is known by its digest, over the string or the JSON text; nobody reads it in
/// a contract.
pub(super) fn long_default(schema: &mut Map<String, Value>) {
    let Some(value) = schema.get("default") else { return };
    let text = value.as_str().map_or_else(|| deep_sorted(value).to_string(), str::to_owned);
    if text.len() > LONG {
        schema.remove("default");
        schema.insert("x-default-sha256".to_owned(), sha256(text.as_bytes()).into());
    }
}

fn deep_sorted(value: &Value) -> Value {
    let mut value = value.clone();
    value.sort_all_objects();
    value
}

fn excerpt(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

/// Whether `schema` allows `value`; if not, why. Formats are not judged.
fn allows(
    schema: &Map<String, Value>,
    value: &Value,
    components: &Components,
    depth: usize,
) -> Result<(), String> {
    let steps = components.steps.get();
    if depth > DEEP || steps == 0 {
        return Ok(());
    }
    components.steps.set(steps - 1);
    if let Some(target) = components.target(schema) {
        return allows(target, value, components, depth + 1);
    }
    let branch = |schema: &Value| match schema.as_object() {
        Some(schema) => allows(schema, value, components, depth + 1),
        None => Ok(()),
    };
    if value.is_null() && schema.get("nullable") == Some(&Value::Bool(true)) {
        return Ok(());
    }
    if !fits_type(value, schema) {
        let ty = schema.get("type").and_then(Value::as_str).unwrap_or_default();
        return Err(format!("is not of type `{ty}`"));
    }
    if schema.get("enum").and_then(Value::as_array).is_some_and(|values| !values.contains(value)) {
        return Err("is not in the enumeration".to_owned());
    }
    bounds(schema, value)?;
    for inner in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
        branch(inner)?;
    }
    for keyword in ["oneOf", "anyOf"] {
        if let Some(list) = schema.get(keyword).and_then(Value::as_array)
            && list.iter().all(|inner| branch(inner).is_err())
        {
            return Err(format!("fits nothing of `{keyword}`"));
        }
    }
    members(schema, value, components, depth)
}

/// Judges the elements of an array and the members of an object.
fn members(
    schema: &Map<String, Value>,
    value: &Value,
    components: &Components,
    depth: usize,
) -> Result<(), String> {
    if let (Some(Value::Object(items)), Some(elements)) = (schema.get("items"), value.as_array()) {
        for element in elements {
            allows(items, element, components, depth + 1)?;
        }
    }
    let Some(object) = value.as_object() else { return Ok(()) };
    let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
    if let Some(missing) = required.filter_map(Value::as_str).find(|name| !object.contains_key(*name)) {
        return Err(format!("lacks `{missing}`"));
    }
    let properties = schema.get("properties").and_then(Value::as_object);
    for (name, value) in object {
        match properties.and_then(|p| p.get(name)) {
            Some(Value::Object(property)) => allows(property, value, components, depth + 1)?,
            _ if schema.get("additionalProperties") == Some(&Value::Bool(false)) => {
                return Err(format!("has `{name}`, which is not among its members"));
            }
            _ => {}
        }
    }
    Ok(())
}

fn bounds(schema: &Map<String, Value>, value: &Value) -> Result<(), String> {
    let limit = |name: &str| schema.get(name).and_then(Number::of);
    let flag = |name: &str| schema.get(name) == Some(&Value::Bool(true));
    let between = |least: &str, size: Number, most: &str| {
        let low = limit(least).is_some_and(|l| size < l);
        let high = limit(most).is_some_and(|m| size > m);
        if low {
            Err(format!("is below `{least}`"))
        } else if high {
            Err(format!("is above `{most}`"))
        } else {
            Ok(())
        }
    };
    let size = |n: usize| Number::from(n as u64);
    match value {
        Value::String(text) => {
            between("minLength", size(text.chars().count()), "maxLength")?;
            let pattern = schema.get("pattern").and_then(Value::as_str).and_then(|p| Regex::new(p).ok());
            if pattern.is_some_and(|p| !p.is_match(text)) {
                return Err("does not match `pattern`".to_owned());
            }
            Ok(())
        }
        Value::Number(_) => {
            let Some(number) = Number::of(value) else { return Ok(()) };
            between("minimum", number, "maximum")?;
            let at = |bound: &str, exclusive: &str| flag(exclusive) && limit(bound) == Some(number);
            if at("minimum", "exclusiveMinimum") || at("maximum", "exclusiveMaximum") {
                return Err("is an excluded bound".to_owned());
            }
            Ok(())
        }
        Value::Array(elements) => between("minItems", size(elements.len()), "maxItems"),
        Value::Object(members) => between("minProperties", size(members.len()), "maxProperties"),
        _ => Ok(()),
    }
}

fn fits_type(value: &Value, schema: &Map<String, Value>) -> bool {
    match schema.get("type").and_then(Value::as_str) {
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        _ => true,
    }
}
