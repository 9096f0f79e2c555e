//! The facts of schemas that a value must all satisfy, joined keyword by keyword.

use super::What;
use crate::number::Number;
use serde_json::{Map, Value, json};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// What a schema says itself, without the schemas in it; the bounds with whether they are excluded.
pub(crate) type Facts = BTreeMap<&'static str, Value>;

/// Keywords whose values are no schemas, and what kind of fact they are.
const PLAIN: &[(&str, What)] = &[
    ("type", What::Type),
    ("format", What::Type),
    ("nullable", What::Type),
    ("readOnly", What::Member),
    ("writeOnly", What::Member),
    ("deprecated", What::Deprecated),
    ("enum", What::Constraint),
    ("default", What::Default),
    ("x-default-sha256", What::Default),
    ("minLength", What::Constraint),
    ("maxLength", What::Constraint),
    ("pattern", What::Constraint),
    ("minimum", What::Constraint),
    ("exclusiveMinimum", What::Constraint),
    ("maximum", What::Constraint),
    ("exclusiveMaximum", What::Constraint),
    ("multipleOf", What::Constraint),
    ("minItems", What::Constraint),
    ("maxItems", What::Constraint),
    ("uniqueItems", What::Constraint),
    ("minProperties", What::Constraint),
    ("maxProperties", What::Constraint),
    ("required", What::Member),
    ("x-may-omit", What::Member),
];

/// Members of a schema that are no keywords of a contract, as an object.
pub(super) const OTHER: &str = "x-other";

/// What kind of fact a keyword states.
pub(super) fn what(keyword: &str) -> What {
    match keyword {
        "additionalProperties" => What::Member,
        "discriminator" | "oneOf" | "anyOf" => What::Alternative,
        _ => PLAIN.iter().find(|(name, _)| *name == keyword).map_or(What::Schema, |(_, what)| *what),
    }
}

/// Joins what `schema` says to `facts`: both must hold. Of defaults the first stays.
pub(super) fn join(facts: &mut Facts, schema: &Map<String, Value>) {
    for (keyword, _) in PLAIN {
        let Some(value) = schema.get(*keyword) else { continue };
        match *keyword {
            // Joined with the bounds they belong to, and with the types of all parts.
            "exclusiveMinimum" | "exclusiveMaximum" | "nullable" => {}
            "minimum" => bound(facts, schema, ["minimum", "exclusiveMinimum"], Ordering::is_gt),
            "maximum" => bound(facts, schema, ["maximum", "exclusiveMaximum"], Ordering::is_lt),
            _ => {
                let joined = match facts.remove(keyword) {
                    Some(before) => both(keyword, before, value),
                    None => value.clone(),
                };
                facts.insert(keyword, joined);
            }
        }
    }
    if schema.get("additionalProperties") == Some(&Value::Bool(false)) {
        facts.insert("additionalProperties", Value::Bool(false));
    }
}

fn both(keyword: &str, before: Value, value: &Value) -> Value {
    if before == *value || before == Value::Bool(true) {
        return before;
    }
    match keyword {
        "default" | "x-default-sha256" => before,
        "readOnly" | "writeOnly" | "deprecated" | "uniqueItems" => value.clone(),
        "minLength" | "minItems" | "minProperties" if before.as_u64() >= value.as_u64() => before,
        "maxLength" | "maxItems" | "maxProperties" if before.as_u64() <= value.as_u64() => before,
        "minLength" | "minItems" | "minProperties" | "maxLength" | "maxItems" | "maxProperties" => {
            value.clone()
        }
        "enum" => {
            let more = listed(value);
            listed(&before).into_iter().filter(|value| more.contains(value)).collect()
        }
        "type" if [before.as_str(), value.as_str()].contains(&Some("integer")) => json!("integer"),
        // Names that are all meant, and words that must all hold.
        _ => {
            let mut all = listed(&before);
            all.extend(listed(value));
            all.sort_by_key(Value::to_string);
            all.dedup();
            Value::Array(all)
        }
    }
}

/// Takes over the tighter of two bounds, with whether it is excluded.
fn bound(
    facts: &mut Facts,
    schema: &Map<String, Value>,
    [name, exclusive]: [&'static str; 2],
    tighter: fn(Ordering) -> bool,
) {
    let Some(own) = schema.get(name).and_then(Number::of) else { return };
    let excluded = schema.get(exclusive) == Some(&Value::Bool(true));
    let before = facts.get(name).and_then(Number::of);
    let tighter = |a: Number, b: Number| a.partial_cmp(&b).is_some_and(tighter);
    if before.is_none_or(|before| tighter(own, before)) {
        facts.remove(exclusive);
        facts.insert(name, schema.get(name).cloned().unwrap_or_default());
    }
    if excluded && before.is_none_or(|before| !tighter(before, own)) {
        facts.insert(exclusive, Value::Bool(true));
    }
}

fn listed(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(list) => list.clone(),
        one => vec![one.clone()],
    }
}

#[cfg(test)]
mod tests {
    use super::{Facts, join};
    use crate::contract::keywords::{EXTENSIONS, KEYWORDS, Kind};
    use serde_json::{Value, json};

    fn joined(schemas: Value) -> Value {
        let mut facts = Facts::new();
        for schema in schemas.as_array().unwrap() {
            join(&mut facts, schema.as_object().unwrap());
        }
        json!(facts)
    }

    #[test]
    fn the_tighter_of_two_holds() {
        let joined = joined(json!([
            { "type": "number", "minimum": 1, "maximum": 9, "minLength": 2, "maxItems": 5, "enum": [3, 2, 1] },
            { "type": "integer", "minimum": 1, "exclusiveMinimum": true, "maximum": 7, "minLength": 1,
              "maxItems": 4, "enum": [1, 2, 5], "additionalProperties": false },
        ]));
        let expected = json!({ "type": "integer", "minimum": 1, "exclusiveMinimum": true, "maximum": 7,
            "minLength": 2, "maxItems": 4, "enum": [2, 1], "additionalProperties": false });
        assert_eq!(joined, expected);
        let excluded = json!([{ "minimum": 5, "exclusiveMinimum": true }, { "minimum": 6 }, { "minimum": 2, "exclusiveMinimum": true }]);
        assert_eq!(self::joined(excluded), json!({ "minimum": 6 }));
    }

    #[test]
    fn names_add_up_and_the_first_default_stays() {
        let joined = joined(json!([
            { "required": ["b"], "default": 1, "pattern": "^a" },
            { "required": ["a"], "default": 2, "pattern": "^b" },
        ]));
        assert_eq!(joined, json!({ "required": ["a", "b"], "default": 1, "pattern": ["^a", "^b"] }));
    }

    #[test]
    fn every_keyword_of_the_contract_is_a_fact_or_holds_schemas() {
        let plain = |name: &str| super::PLAIN.iter().any(|(plain, _)| *plain == name);
        for (name, kind) in KEYWORDS {
            let schemas = matches!(
                kind,
                Kind::Schema | Kind::Schemas | Kind::Properties | Kind::SchemaOrFlag | Kind::Discriminator
            );
            assert!(schemas != plain(name), "{name}");
        }
        assert!(EXTENSIONS.iter().all(|name| plain(name)));
    }
}
