//! What the tester must not look at, with the reason: each is a limit of the tester's.
//!
//! It is found in the document, by what an operation is, never by its name.

use super::overlap::overlapped;
use anyhow::{Context, Result};
use serde_json::Value;
use toml::{Table, Value as Toml};

/// Checks that need a server that remembers: the mock does not. All others are on.
const STATEFUL: [&str; 3] = ["use_after_free", "ensure_resource_availability", "object_level_authorization"];

/// A setting of the tester's, the operations it is for, and why.
struct Exception {
    applies: fn(&Place<'_>) -> bool,
    setting: &'static [&'static str],
}

/// An operation where it stands.
pub(super) struct Place<'d> {
    document: &'d Value,
    path: &'d str,
    operation: &'d Value,
}

const EXCEPTIONS: [Exception; 7] = [
    // It calls without an upgrade and wonders that a WebSocket takes nothing, right or wrong.
    Exception {
        applies: |place| place.operation["responses"].get("101").is_some(),
        setting: &["checks", "positive_data_acceptance", "enabled"],
    },
    Exception {
        applies: |place| place.operation["responses"].get("101").is_some(),
        setting: &["checks", "negative_data_rejection", "enabled"],
    },
    // What it has made a number, or null, it writes into a part as text, and any text is a string.
    Exception {
        applies: |place| place.operation["requestBody"]["content"].get("multipart/form-data").is_some(),
        setting: &["checks", "negative_data_rejection", "enabled"],
    },
    // It takes the schema of an event stream for that of its parsed events; OpenAPI 3.0 knows none.
    Exception {
        applies: |place| mentions(&place.operation["responses"], "text/event-stream"),
        setting: &["checks", "response_schema_conformance", "enabled"],
    },
    // It cannot put bytes into a JSON document, and fails itself.
    Exception {
        applies: |place| {
            let schema = &place.operation["requestBody"]["content"]["application/json"]["schema"];
            has_bytes(place.document, schema, &mut Vec::new())
        },
        setting: &["enabled"],
    },
    // It takes the methods of one template for all that its paths have. Where a text of the template
    // can be a parameter of another one, the methods of that one work there, too, and are told.
    Exception {
        applies: |place| overlapped(place.document, place.path),
        setting: &["checks", "unsupported_method", "enabled"],
    },
    Exception {
        applies: |place| overlapped(place.document, place.path),
        setting: &["checks", "allow_header_conformance", "enabled"],
    },
];

/// The settings for a document.
pub(super) fn of(document: &Value) -> Result<String> {
    let mut operations = Vec::new();
    for (name, place) in self::operations(document) {
        for exception in EXCEPTIONS.iter().filter(|e| (e.applies)(&place)) {
            let mut entry = nested(exception.setting);
            entry.insert("include-name".to_owned(), Toml::String(name.clone()));
            operations.push(Toml::Table(entry));
        }
    }
    let mut settings = Table::from_iter([("operations".to_owned(), Toml::Array(operations))]);
    let stateful = STATEFUL.iter().map(|check| ((*check).to_owned(), Toml::Table(nested(&["enabled"]))));
    settings.insert("checks".to_owned(), Toml::Table(stateful.collect()));
    toml::to_string(&settings).context("the settings of the tester cannot be written")
}

/// The operations of a document, as the tester calls them: `GET /things`.
pub(super) fn operations(document: &Value) -> impl Iterator<Item = (String, Place<'_>)> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths.flat_map(move |(path, item)| {
        let members = item.as_object().into_iter().flatten();
        let operations = members.filter(|(_, operation)| operation["responses"].is_object());
        operations.map(move |(method, operation)| {
            (format!("{} {path}", method.to_uppercase()), Place { document, path, operation })
        })
    })
}

/// The operations that the tester is not to call at all.
pub(super) fn left_out(document: &Value) -> Vec<String> {
    let whole = |place: &Place<'_>| EXCEPTIONS.iter().any(|e| e.setting == ["enabled"] && (e.applies)(place));
    operations(document).filter(|(_, place)| whole(place)).map(|(name, _)| name).collect()
}

/// Turns something off: `a.b.enabled = false`.
fn nested(path: &[&str]) -> Table {
    let off = path.iter().rev().fold(Toml::Boolean(false), |value, name| {
        Toml::Table(Table::from_iter([((*name).to_owned(), value)]))
    });
    off.as_table().cloned().unwrap_or_default()
}

fn mentions(responses: &Value, media_type: &str) -> bool {
    let mut all = responses.as_object().into_iter().flat_map(|responses| responses.values());
    all.any(|response| response["content"].get(media_type).is_some())
}

/// What a reference leads to; anything else is itself.
pub(super) fn resolved<'d>(document: &'d Value, value: &'d Value) -> &'d Value {
    let mut at = value;
    // As many steps as a sane document has: it may lead in a circle.
    for _ in 0..16 {
        let pointer = at["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
        match pointer.and_then(|pointer| document.pointer(pointer)) {
            Some(target) => at = target,
            None => break,
        }
    }
    at
}

/// Whether a schema leads to one of bytes.
fn has_bytes(document: &Value, schema: &Value, seen: &mut Vec<String>) -> bool {
    match schema {
        Value::Array(items) => items.iter().any(|item| has_bytes(document, item, seen)),
        Value::Object(members) => {
            if members.get("format").is_some_and(|format| format == "binary") {
                return true;
            }
            if let Some(Value::String(reference)) = members.get("$ref")
                && !seen.contains(reference)
            {
                seen.push(reference.clone());
                let target = reference.strip_prefix('#').and_then(|pointer| document.pointer(pointer));
                if target.is_some_and(|target| has_bytes(document, target, seen)) {
                    return true;
                }
            }
            members.values().any(|member| has_bytes(document, member, seen))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::of;
    use serde_json::json;

    #[test]
    fn exceptions_are_found_by_what_an_operation_is() {
        let document = json!({
            "paths": {
                "/socket": {"get": {"responses": {"101": {}}}},
                "/events": {"get": {"responses": {"200": {"content": {"text/event-stream": {}}}}}},
                "/bytes": {"post": {"responses": {}, "requestBody": {"content": {"application/json":
                    {"schema": {"$ref": "#/components/schemas/A"}}}}}},
                "/plain": {"get": {"responses": {"200": {}}}},
            },
            "components": {"schemas": {
                "A": {"properties": {"a": {"$ref": "#/components/schemas/B"}, "loop": {"$ref": "#/components/schemas/A"}}},
                "B": {"type": "string", "format": "binary"},
            }},
        });
        let settings: toml::Table = of(&document).unwrap().parse().unwrap();
        let entries = settings["operations"].as_array().unwrap();
        let names: Vec<_> = entries.iter().filter_map(|entry| entry["include-name"].as_str()).collect();
        assert_eq!(names.len(), 4, "{names:?}");
        let find = |name: &str| entries.iter().find(|e| e["include-name"].as_str() == Some(name)).unwrap();
        assert_eq!(find("POST /bytes")["enabled"].as_bool(), Some(false));
        let checks = &find("GET /socket")["checks"];
        assert_eq!(checks["positive_data_acceptance"]["enabled"].as_bool(), Some(false));
    }
}
