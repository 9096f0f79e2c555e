//! N1 to N4: one spelling where there are several, within one schema.

use super::{is_empty, says, take_list};
use serde_json::{Map, Value, json};

/// N1: a keyword that says what holds anyway is left out.
pub(super) fn implied(schema: &mut Map<String, Value>) {
    schema.retain(|name, value| {
        let implied = match name.as_str() {
            "nullable" | "readOnly" | "writeOnly" | "deprecated" | "uniqueItems" | "exclusiveMinimum"
            | "exclusiveMaximum" => *value == Value::Bool(false),
            "minLength" | "minItems" | "minProperties" => value.as_u64() == Some(0),
            "additionalProperties" => *value == Value::Bool(true) || is_empty(value),
            _ => false,
        };
        !implied
    });
    for (bound, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
        if !schema.contains_key(bound) {
            schema.remove(exclusive);
        }
    }
}

/// N2: alternatives that are all enumerations of strings are one enumeration.
pub(super) fn alternatives(schema: &mut Map<String, Value>) {
    let string = schema.get("type").is_none_or(|t| t == "string");
    if !string || schema.contains_key("enum") {
        return;
    }
    for keyword in ["oneOf", "anyOf"] {
        let Some(Value::Array(list)) = schema.get(keyword) else { continue };
        let Some(sets) = list.iter().map(strings).collect::<Option<Vec<_>>>() else { continue };
        let all: Vec<&Value> = sets.iter().copied().flatten().collect();
        let mut values: Vec<Value> = Vec::new();
        for value in &all {
            // A value that two alternatives have is not valid under `oneOf`.
            let excluded = keyword == "oneOf" && sets.iter().filter(|set| set.contains(value)).count() > 1;
            if !excluded && !values.contains(value) {
                values.push((*value).clone());
            }
        }
        if values.is_empty() {
            continue;
        }
        schema.remove(keyword);
        schema.insert("type".to_owned(), json!("string"));
        schema.insert("enum".to_owned(), Value::Array(values));
        return;
    }
}

/// The values of a schema that is an enumeration of strings and nothing else.
fn strings(schema: &Value) -> Option<&Vec<Value>> {
    let schema = schema.as_object()?;
    let only = says(schema).all(|(name, value)| match name.as_str() {
        "enum" => value.as_array().is_some_and(|values| values.iter().all(Value::is_string)),
        "type" => value == "string",
        _ => false,
    });
    if only { schema.get("enum")?.as_array() } else { None }
}

/// N3: `oneOf` or `anyOf` of one is `allOf` of one.
pub(super) fn single(schema: &mut Map<String, Value>) {
    for keyword in ["oneOf", "anyOf"] {
        if schema.get(keyword).and_then(Value::as_array).is_some_and(|list| list.len() == 1) {
            let mut all = take_list(schema, "allOf");
            all.append(&mut take_list(schema, keyword));
            schema.remove(keyword);
            schema.insert("allOf".to_owned(), Value::Array(all));
        }
    }
    if !["oneOf", "anyOf"].iter().any(|keyword| schema.contains_key(*keyword)) {
        schema.remove("discriminator");
    }
}

/// N4: an array without `items` is an array of anything, which OpenAPI wants to be said.
pub(super) fn items(schema: &mut Map<String, Value>) {
    if schema.get("type").is_some_and(|t| t == "array") && !schema.contains_key("items") {
        schema.insert("items".to_owned(), json!({}));
    }
}
