//! Schemas of the contract made plain: references followed, `allOf` merged.

use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::cmp::Ordering;

/// References in a row, before it is a loop.
const ROW: usize = 32;

/// A schema without `$ref` and `allOf` at its top.
pub(super) fn flat<'s>(schemas: &'s Map<String, Value>, schema: &'s Value) -> Cow<'s, Value> {
    flat_within(schemas, schema, ROW)
}

fn flat_within<'s>(schemas: &'s Map<String, Value>, schema: &'s Value, row: usize) -> Cow<'s, Value> {
    let Some(members) = schema.as_object().filter(|_| row > 0) else { return Cow::Owned(json!({})) };
    match target(schemas, members) {
        _ if members.contains_key("allOf") => {}
        Some(target) if members.len() == 1 => return flat_within(schemas, target, row - 1),
        None if !members.contains_key("$ref") => return Cow::Borrowed(schema),
        _ => {}
    }
    let mut whole = members.clone();
    let mut parts = Vec::new();
    if whole.remove("$ref").is_some() {
        parts.extend(target(schemas, members).cloned());
    }
    if let Some(Value::Array(all)) = whole.remove("allOf") {
        parts.extend(all);
    }
    let mut whole = Value::Object(whole);
    for part in parts {
        merge(&mut whole, flat_within(schemas, &part, row - 1).into_owned());
    }
    Cow::Owned(whole)
}

fn target<'s>(schemas: &'s Map<String, Value>, members: &Map<String, Value>) -> Option<&'s Value> {
    schemas.get(members.get("$ref")?.as_str()?.strip_prefix("#/components/schemas/")?)
}

/// What satisfies both.
pub(super) fn merge(whole: &mut Value, part: Value) {
    let (Some(whole), Value::Object(part)) = (whole.as_object_mut(), part) else { return };
    for (word, value) in part {
        let Some(held) = whole.get_mut(&word) else {
            // That a part may be null does not make the whole so.
            if word != "nullable" || whole.is_empty() {
                whole.insert(word, value);
            }
            continue;
        };
        match word.as_str() {
            "properties" => merge_properties(held, value),
            "required" => union(held, value),
            "enum" => intersect(held, &value),
            "minimum" | "minLength" | "minItems" | "minProperties" => keep(held, value, Ordering::is_gt),
            "maximum" | "maxLength" | "maxItems" | "maxProperties" => keep(held, value, Ordering::is_lt),
            "additionalProperties" if value == false => *held = value,
            _ => {}
        }
    }
}

fn merge_properties(held: &mut Value, more: Value) {
    let (Some(held), Value::Object(more)) = (held.as_object_mut(), more) else { return };
    for (name, schema) in more {
        let both = match held.get(&name) {
            Some(first) => json!({ "allOf": [first, schema] }),
            None => schema,
        };
        held.insert(name, both);
    }
}

fn union(held: &mut Value, more: Value) {
    let (Some(held), Value::Array(more)) = (held.as_array_mut(), more) else { return };
    for name in more {
        if !held.contains(&name) {
            held.push(name);
        }
    }
}

fn intersect(held: &mut Value, other: &Value) {
    let (Some(held), Some(other)) = (held.as_array_mut(), other.as_array()) else { return };
    held.retain(|value| other.contains(value));
}

fn keep(held: &mut Value, value: Value, closer: impl Fn(Ordering) -> bool) {
    // A float may be another integer.
    let order = match (value.as_i64(), held.as_i64()) {
        (Some(new), Some(old)) => Some(new.cmp(&old)),
        _ => value.as_f64().zip(held.as_f64()).and_then(|(new, old)| new.partial_cmp(&old)),
    };
    if order.is_some_and(closer) {
        *held = value;
    }
}

/// What kind of value a flat schema describes: its type, or what its other words are about.
pub(super) fn kind(schema: &Value) -> &str {
    match schema["type"].as_str() {
        Some(kind) => kind,
        None if schema.get("properties").is_some() || schema.get("additionalProperties").is_some() => {
            "object"
        }
        None if schema.get("items").is_some() => "array",
        None => "any",
    }
}

/// A number of a schema that counts something.
pub(super) fn count(schema: &Value, word: &str) -> Option<usize> {
    schema[word].as_u64().and_then(|n| usize::try_from(n).ok())
}

#[cfg(test)]
mod tests {
    use super::{flat, kind};
    use serde_json::{Map, Value, json};

    fn schemas(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn parts_are_merged_and_loops_end() {
        let held = schemas(json!({
            "A": {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}},
            "Loop": {"$ref": "#/components/schemas/Loop"},
        }));
        let both = json!({"allOf": [{"$ref": "#/components/schemas/A"}, {"required": ["b"], "properties":
            {"a": {"maxLength": 3}, "b": {}}}]});
        let flat_both = flat(&held, &both);
        assert_eq!(flat_both["required"], json!(["a", "b"]));
        let a = flat(&held, &flat_both["properties"]["a"]);
        assert_eq!(*a, json!({"type": "string", "maxLength": 3}));
        assert_eq!(kind(&flat(&held, &held["Loop"])), "any");
    }
}
