//! What a server of this crate takes, said wherever the contract leaves it open.
//!
//! - How wide numbers are: what is read here is an `i64`, or an `f64`, and what does not fit breaks the
//!   contract.
//! - That a list of values has `null`, too: OpenAPI 3.0.3 lets `nullable` add to the type only, so that
//!   a strict reader takes a list without `null` for one that refuses it. Whoever writes `nullable`
//!   means it, and it is taken here.

use serde_json::{Map, Value};

/// Members of a schema or of what holds one that are values, not schemas.
const VALUES: [&str; 4] = ["default", "enum", "example", "examples"];

/// Adds the format of every number that has none, and `null` to the values of what may be `null`.
pub(super) fn add(document: &mut Value) {
    walk(document, false);
}

/// `named`: whether the members of `value` are named by the contract, and are no keywords.
fn walk(value: &mut Value, named: bool) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, false)),
        Value::Object(members) => {
            if !named {
                width(members);
                null(members);
            }
            for (name, member) in members {
                let is_value = !named && (VALUES.contains(&name.as_str()) || name.starts_with("x-"));
                if !is_value {
                    walk(member, !named && name == "properties");
                }
            }
        }
        _ => {}
    }
}

fn width(schema: &mut Map<String, Value>) {
    let format = match schema.get("type").and_then(Value::as_str) {
        Some("integer") => "int64",
        Some("number") => "double",
        _ => return,
    };
    schema.entry("format").or_insert_with(|| format.into());
}

fn null(schema: &mut Map<String, Value>) {
    if schema.get("nullable") == Some(&Value::Bool(true))
        && let Some(Value::Array(values)) = schema.get_mut("enum")
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
}

#[cfg(test)]
mod tests {
    use super::add;
    use serde_json::json;

    #[test]
    fn a_list_of_values_has_null_where_it_is_taken() {
        let mut document = json!({
            "nullable": {"type": "string", "nullable": true, "enum": ["a"]},
            "said": {"type": "string", "nullable": true, "enum": [null, "a"]},
            "refused": {"type": "string", "nullable": false, "enum": ["a"]},
            "properties": {"nullable": true, "enum": ["no keywords", "but names"]},
        });
        add(&mut document);
        let expected = json!({
            "nullable": {"type": "string", "nullable": true, "enum": ["a", null]},
            "said": {"type": "string", "nullable": true, "enum": [null, "a"]},
            "refused": {"type": "string", "nullable": false, "enum": ["a"]},
            "properties": {"nullable": true, "enum": ["no keywords", "but names"]},
        });
        assert_eq!(document, expected);
    }

    #[test]
    fn numbers_say_how_wide_they_are() {
        let mut document = json!({
            "parameters": [{"name": "page", "schema": {"type": "integer", "minimum": 0}}],
            "schema": {
                "type": "object",
                "default": {"type": "integer"},
                "properties": {
                    "default": {"type": "integer"},
                    "type": {"type": "array", "items": {"type": "number"}},
                    "small": {"type": "integer", "format": "int32"},
                },
                "additionalProperties": {"type": "integer", "enum": [{"type": "integer"}]},
            },
        });
        add(&mut document);
        let expected = json!({
            "parameters": [{"name": "page", "schema": {"type": "integer", "minimum": 0, "format": "int64"}}],
            "schema": {
                "type": "object",
                "default": {"type": "integer"},
                "properties": {
                    "default": {"type": "integer", "format": "int64"},
                    "type": {"type": "array", "items": {"type": "number", "format": "double"}},
                    "small": {"type": "integer", "format": "int32"},
                },
                "additionalProperties":
                    {"type": "integer", "enum": [{"type": "integer"}], "format": "int64"},
            },
        });
        assert_eq!(document, expected);
    }
}
