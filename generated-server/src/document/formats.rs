//! How wide numbers are, said wherever the contract leaves it open: what is read here is an `i64`, or
//! an `f64`, and what does not fit breaks the contract.

use serde_json::Value;

/// Members of a schema or of what holds one that are values, not schemas.
const VALUES: [&str; 4] = ["default", "enum", "example", "examples"];

/// Adds the format of every number that has none.
pub(super) fn add(document: &mut Value) {
    walk(document, false);
}

/// `named`: whether the members of `value` are named by the contract, and are no keywords.
fn walk(value: &mut Value, named: bool) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, false)),
        Value::Object(members) => {
            let format = match members.get("type").and_then(Value::as_str) {
                Some("integer") => Some("int64"),
                Some("number") => Some("double"),
                _ => None,
            };
            if let Some(format) = format.filter(|_| !named && !members.contains_key("format")) {
                members.insert("format".to_owned(), format.into());
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

#[cfg(test)]
mod tests {
    use super::add;
    use serde_json::json;

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
