//! N6 to N8 and N10: what `allOf` says, where it can be said without.

use super::{Components, each_schema, finding, says};
use crate::contract::canonical::SCHEMAS;
use crate::contract::keywords::PLACE;
use crate::diagnostic::{Code, Diagnostics};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// N6: where `allOf` has a closed object and others that add members to it, no value with such a
/// member would be valid. What is meant is one closed object with the members of all.
pub(super) fn closed(schema: &mut Map<String, Value>, components: &Components, found: &mut Diagnostics) {
    if !schema.contains_key("allOf") {
        return;
    }
    let mut parts = Vec::new();
    if !flatten(schema, components, &mut BTreeSet::new(), &mut parts) || !excludes_itself(&parts) {
        return;
    }
    let message =
        "an `allOf` of a closed object and of others that add members to it: taken as one closed object";
    found.push(finding(Code::ClosedComposition, schema, message.to_owned()));
    let place = schema.get(PLACE).cloned();
    *schema = joined(parts);
    schema.insert("additionalProperties".to_owned(), Value::Bool(false));
    if let Some(place) = place {
        schema.insert(PLACE.to_owned(), place);
    }
}

/// Most parts that are looked at in one composition, and deepest chain of references.
const MAX_PARTS: usize = 500;
const MAX_CHAIN: usize = 50;

/// The parts of a schema and of all in its `allOf`; false if one of them contains itself, or if
/// there are too many.
fn flatten(
    schema: &Map<String, Value>,
    components: &Components,
    inside: &mut BTreeSet<String>,
    parts: &mut Vec<Map<String, Value>>,
) -> bool {
    if let Some(target) = components.target(schema) {
        let name = schema.get("$ref").and_then(Value::as_str).unwrap_or_default().to_owned();
        if inside.len() >= MAX_CHAIN || !inside.insert(name.clone()) {
            return false;
        }
        let ends = flatten(target, components, inside, parts);
        inside.remove(&name);
        return ends;
    }
    if parts.len() >= MAX_PARTS {
        return false;
    }
    let mut own = schema.clone();
    own.remove(PLACE);
    let all = own.remove("allOf");
    parts.push(own);
    let all = all.as_ref().and_then(Value::as_array).into_iter().flatten();
    all.filter_map(Value::as_object).all(|inner| flatten(inner, components, inside, parts))
}

fn excludes_itself(parts: &[Map<String, Value>]) -> bool {
    let names = |part: &Map<String, Value>| -> BTreeSet<String> {
        part.get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .map(|(n, _)| n.clone())
            .collect()
    };
    let all: BTreeSet<String> = parts.iter().flat_map(names).collect();
    let is_closed =
        |part: &&Map<String, Value>| part.get("additionalProperties") == Some(&Value::Bool(false));
    parts.iter().filter(is_closed).any(|part| names(part) != all)
}

/// One schema that says what all parts say.
fn joined(parts: Vec<Map<String, Value>>) -> Map<String, Value> {
    let mut whole = Map::new();
    let mut rest = Vec::new();
    for mut part in parts {
        let mut conflict = Map::new();
        part.remove("additionalProperties");
        for (name, value) in part {
            match (name.as_str(), whole.get_mut(&name), value) {
                (_, None, value) => {
                    whole.insert(name, value);
                }
                ("required" | "x-may-omit", Some(Value::Array(own)), Value::Array(more)) => own.extend(more),
                ("properties", Some(Value::Object(own)), Value::Object(more)) => {
                    for (name, property) in more {
                        let both = match own.remove(&name) {
                            Some(first) if first != property => json!({ "allOf": [first, property] }),
                            _ => property,
                        };
                        own.insert(name, both);
                    }
                }
                (_, Some(own), value) if *own == value => {}
                (_, Some(_), value) => {
                    conflict.insert(name, value);
                }
            }
        }
        if !conflict.is_empty() {
            rest.push(Value::Object(conflict));
        }
    }
    if !rest.is_empty() {
        whole.insert("allOf".to_owned(), Value::Array(rest));
    }
    whole
}

/// N7: a `type` that a member of the `allOf` beside it has as well is left out.
pub(super) fn repeated_type(schema: &mut Map<String, Value>, components: &Components) {
    let (Some(ty), Some(all)) = (schema.get("type"), schema.get("allOf").and_then(Value::as_array)) else {
        return;
    };
    let has_it = |inner: &Value| {
        let inner = inner.as_object();
        let inner = inner.and_then(|i| components.target(i)).or(inner);
        inner.is_some_and(|i| i.get("type") == Some(ty))
    };
    if all.iter().any(has_it) {
        schema.remove("type");
    }
}

/// N8: an `allOf` of one with nothing beside it is that one.
pub(super) fn only(schema: &mut Map<String, Value>) {
    if says(schema).any(|(name, _)| name != "allOf") {
        return;
    }
    if let Some([Value::Object(one)]) = schema.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
        *schema = one.clone();
    }
}

/// N10: a component that only names another is that other.
pub(super) fn aliases(document: &mut Value, found: &mut Diagnostics) {
    let schemas = document.pointer("/components/schemas").and_then(Value::as_object);
    let aliases: BTreeMap<String, String> = schemas
        .into_iter()
        .flatten()
        .filter_map(|(name, schema)| Some((name.clone(), schema.get("$ref")?.as_str()?.to_owned())))
        .collect();
    let mut ends = BTreeMap::new();
    for (alias, target) in &aliases {
        let mut end = target.as_str();
        let mut steps = 0;
        while let Some(next) = end.strip_prefix(SCHEMAS).and_then(|name| aliases.get(name)) {
            end = next;
            steps += 1;
            if steps > aliases.len() {
                let message = format!("the component `{alias}` only names itself");
                found.push(finding(Code::ReferenceCycle, &Map::new(), message));
                return;
            }
        }
        ends.insert(format!("{SCHEMAS}{alias}"), end.to_owned());
    }
    each_schema(document, &mut |schema| {
        if let Some(Value::String(reference)) = schema.get_mut("$ref")
            && let Some(end) = ends.get(reference)
        {
            reference.clone_from(end);
        }
        let mapping = schema.get_mut("discriminator").and_then(|d| d.get_mut("mapping"));
        for target in mapping.and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut) {
            if let Some(end) = target.as_str().and_then(|target| ends.get(target)) {
                *target = Value::String(end.clone());
            }
        }
    });
}
