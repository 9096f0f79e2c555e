//! The schemas of the contract in the dialect that an independent validator reads.
//!
//! OpenAPI 3.0 says a few things differently from JSON Schema 2020-12: whether `null` is allowed,
//! whether a bound is exclusive, and that `int32` and `int64` limit a number. All else is taken
//! over as it stands; nothing here looks at the IR, which is what it is compared with.

use serde_json::{Map, Value, json};

/// Where the schemas are in the translated document.
const DEFINITIONS: &str = "$defs";

/// The formats of the dialect that are not checked.
const REMARKS: [&str; 10] = [
    "time",
    "duration",
    "idn-email",
    "idn-hostname",
    "iri",
    "iri-reference",
    "uri-template",
    "json-pointer",
    "relative-json-pointer",
    "regex",
];

/// A document with a definition for each of the `pointers` into the contract, beside all its
/// components. [`key`] gives the name under which the validator knows it.
///
/// Whether an inline schema is nullable is said by the type that holds it: here it is left out.
#[must_use]
pub fn document(contract: &Value, pointers: &[String]) -> Value {
    let mut definitions = Map::new();
    if let Some(components) = contract.pointer("/components/schemas").and_then(Value::as_object) {
        for (name, schema) in components {
            definitions.insert(safe(name), translated(schema));
        }
    }
    for pointer in pointers {
        let mut schema = contract.pointer(pointer).cloned().unwrap_or_default();
        if let (false, Some(members)) = (definitions.contains_key(&safe(pointer)), schema.as_object_mut()) {
            members.remove("nullable");
            definitions.insert(safe(pointer), translated(&schema));
        }
    }
    json!({ "$schema": "https://json-schema.org/draft/2020-12/schema", DEFINITIONS: definitions })
}

/// The place of the definition of a pointer in the translated document.
#[must_use]
pub fn key(pointer: &str) -> String {
    format!("#/{DEFINITIONS}/{}", safe(pointer))
}

/// A name without characters that pointers and fragments escape.
fn safe(name: &str) -> String {
    let name = name.strip_prefix("/components/schemas/").unwrap_or(name);
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c } else { '_' };
    name.replace("~1", "/").chars().map(plain).collect::<String>() + &name.len().to_string()
}

fn translated(schema: &Value) -> Value {
    let Some(members) = schema.as_object() else { return json!({}) };
    let mut out = Map::new();
    for (keyword, value) in members {
        let value = match keyword.as_str() {
            "$ref" => {
                let name = value.as_str().and_then(|r| r.strip_prefix("#/components/schemas/"));
                Value::String(key(name.unwrap_or_default()))
            }
            "items" | "not" => translated(value),
            "additionalProperties" if value.is_object() => translated(value),
            "allOf" | "oneOf" | "anyOf" => {
                value.as_array().into_iter().flatten().map(translated).collect::<Vec<_>>().into()
            }
            "properties" => {
                let properties = value.as_object().into_iter().flatten();
                Value::Object(properties.map(|(name, schema)| (name.clone(), translated(schema))).collect())
            }
            "exclusiveMinimum" | "exclusiveMaximum" => continue,
            "minimum" | "maximum" => {
                let exclusive = format!("exclusive{}{}", keyword[..1].to_uppercase(), &keyword[1..]);
                if members.get(&exclusive) == Some(&Value::Bool(true)) {
                    out.insert(exclusive, value.clone());
                    continue;
                }
                value.clone()
            }
            // A format that is a remark of the contract is more to the oracle.
            "format" if value.as_str().is_some_and(|format| REMARKS.contains(&format)) => continue,
            "type"
            | "format"
            | "enum"
            | "pattern"
            | "minLength"
            | "maxLength"
            | "multipleOf"
            | "required"
            | "minItems"
            | "maxItems"
            | "uniqueItems"
            | "minProperties"
            | "maxProperties"
            | "additionalProperties" => value.clone(),
            _ => continue,
        };
        out.insert(keyword.clone(), value);
    }
    if members.get("type").and_then(Value::as_str) == Some("integer")
        && let Some(all) = out.entry("allOf").or_insert_with(|| json!([])).as_array_mut()
    {
        all.push(width(members.get("format").and_then(Value::as_str)));
    }
    if members.get("nullable") == Some(&Value::Bool(true)) {
        return json!({ "anyOf": [{ "type": "null" }, Value::Object(out)] });
    }
    Value::Object(out)
}

/// The integers that a type of the format can hold.
fn width(format: Option<&str>) -> Value {
    let (low, high) = match format {
        Some("int32") => (i64::from(i32::MIN), i64::from(i32::MAX)),
        _ => (i64::MIN, i64::MAX),
    };
    json!({ "minimum": low, "maximum": high })
}

/// Whether a text is base64 as RFC 4648 has it, padded: what `format: byte` asks for.
#[must_use]
pub fn is_base64(text: &str) -> bool {
    let digits = text.trim_end_matches('=');
    text.len().is_multiple_of(4)
        && text.len() - digits.len() <= 2
        && digits.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'/')
}
