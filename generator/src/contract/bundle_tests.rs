//! Does the contract say what upstream publishes? The contract with every reference replaced by
//! what it leads to, against the published bundle without what is no fact: operations,
//! parameters, bodies, statuses, media types, constraints, one by one.

use super::build;
use super::canonical::{self, SCHEMAS};
use super::gather::METHODS;
use super::normalise;
use super::release_tests::{built, documents, sources};
use crate::diagnostic::Diagnostics;
use crate::load::yaml;
use crate::overlay::Overlay;
use crate::support::upstream;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;

/// Keywords of schemas that are facts; those whose values are schemas have an entry of their own.
const PLAIN: &[&str] = &[
    "type",
    "format",
    "nullable",
    "readOnly",
    "writeOnly",
    "deprecated",
    "enum",
    "default",
    "minLength",
    "maxLength",
    "pattern",
    "minimum",
    "exclusiveMinimum",
    "maximum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "required",
];

/// The facts of a schema of a bundle.
fn facts(schema: &Value) -> Value {
    let Some(members) = schema.as_object() else { return schema.clone() };
    let mut facts = Map::new();
    if members.contains_key("openapi") {
        return Value::Object(facts);
    }
    for (name, value) in members {
        let value = match name.as_str() {
            name if PLAIN.contains(&name) => value.clone(),
            "const" => {
                facts.insert("enum".to_owned(), json!([value]));
                continue;
            }
            "items" | "not" | "additionalProperties" => self::facts(value),
            "allOf" | "oneOf" | "anyOf" => value.as_array().unwrap().iter().map(self::facts).collect(),
            "properties" => Value::Object(mapped(value, self::facts)),
            _ => continue,
        };
        facts.insert(name.clone(), value);
    }
    let omits = |name: &&Value| {
        let tag = members
            .get("properties")
            .and_then(|p| p.get(name.as_str()?))
            .and_then(|p| p.get("x-oapi-codegen-extra-tags"));
        tag.and_then(|tags| tags["json"].as_str()).is_some_and(|tag| tag.contains(",omitempty"))
    };
    let required = members.get("required").and_then(Value::as_array).into_iter().flatten();
    let omitted: Vec<&Value> = required.filter(omits).collect();
    if !omitted.is_empty() {
        facts.insert("x-may-omit".to_owned(), json!(omitted));
    }
    Value::Object(facts)
}

fn mapped(value: &Value, each: impl Fn(&Value) -> Value) -> Map<String, Value> {
    value.as_object().into_iter().flatten().map(|(name, value)| (name.clone(), each(value))).collect()
}

fn picked(value: &Value, names: &[&str]) -> Map<String, Value> {
    let stated = names.iter().filter_map(|name| Some(((*name).to_owned(), value.get(name)?.clone())));
    stated.filter(|(_, value)| *value != json!(false)).collect()
}

fn content(value: &Value) -> Value {
    Value::Object(mapped(value, |media| {
        let mut facts = picked(media, &["encoding"]);
        facts.extend(media.get("schema").map(|schema| ("schema".to_owned(), self::facts(schema))));
        Value::Object(facts)
    }))
}

fn parameter(value: &Value) -> Value {
    let mut facts =
        picked(value, &["name", "in", "required", "deprecated", "allowEmptyValue", "allowReserved"]);
    assert!(matches!(value.get("style").and_then(Value::as_str), None | Some("form")), "{value}");
    assert!(matches!(value.get("explode").and_then(Value::as_bool), None | Some(true)), "{value}");
    facts.insert("schema".to_owned(), self::facts(&value["schema"]));
    Value::Object(facts)
}

fn response(value: &Value) -> Value {
    let mut facts = Map::from_iter([("description".to_owned(), json!(""))]);
    facts.extend(value.get("headers").map(|h| ("headers".to_owned(), Value::Object(mapped(h, parameter)))));
    facts.extend(value.get("content").map(|c| ("content".to_owned(), content(c))));
    Value::Object(facts)
}

/// The facts of an operation; those that bundling loses are taken over from `ours`.
fn operation(value: &Value, ours: &Value) -> Value {
    let mut facts = picked(value, &["operationId", "deprecated"]);
    for name in ["x-construct", "tags", "security"] {
        facts.extend(ours.get(name).map(|value| (name.to_owned(), value.clone())));
    }
    facts.entry("operationId").or_insert_with(|| ours["operationId"].clone());
    let products: BTreeSet<&str> =
        value["x-internal"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    facts.insert("x-internal".to_owned(), json!(products));
    let parameters = value.get("parameters").and_then(Value::as_array);
    facts.extend(parameters.map(|list| ("parameters".to_owned(), list.iter().map(parameter).collect())));
    if let Some(body) = value.get("requestBody") {
        let mut facts_of_body = picked(body, &["required"]);
        facts_of_body.insert("content".to_owned(), content(&body["content"]));
        facts.insert("requestBody".to_owned(), Value::Object(facts_of_body));
    }
    facts.insert("responses".to_owned(), Value::Object(mapped(&value["responses"], response)));
    Value::Object(facts)
}

/// Replaces every reference by what it leads to; siblings win.
pub(crate) fn inlined(value: &Value, schemas: &Value, depth: usize) -> Value {
    assert!(depth < 60, "a schema that contains itself cannot be compared with a bundle");
    match value {
        Value::Object(members) => {
            if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                let name = reference.strip_prefix(SCHEMAS).unwrap();
                return inlined(&schemas[name], schemas, depth + 1);
            }
            let mut members = members.clone();
            // One reference with siblings that keep its type: the contract's way to say both.
            let only = members.get("allOf").and_then(Value::as_array).is_some_and(|list| list.len() == 1);
            if only && !members.contains_key("type") && !members.contains_key("properties") {
                let target = members["allOf"][0].clone();
                members.remove("allOf");
                let mut whole = inlined(&target, schemas, depth + 1);
                whole.as_object_mut().unwrap().extend(members);
                return whole;
            }
            members.iter_mut().for_each(|(_, value)| *value = inlined(value, schemas, depth));
            Value::Object(members)
        }
        Value::Array(list) => list.iter().map(|value| inlined(value, schemas, depth)).collect(),
        other => other.clone(),
    }
}

pub(crate) fn settled(mut document: Value) -> Value {
    normalise::document(&mut document, &mut Diagnostics::new());
    canonical::document(document)
}

fn bundle(name: &str) -> Option<Value> {
    let file = upstream()?.join(format!("bundles/v1.3.45/{name}_openapi.yml.gz"));
    let mut text = String::new();
    flate2::read::GzDecoder::new(File::open(file).unwrap()).read_to_string(&mut text).unwrap();
    Some(yaml::parse(&text).unwrap_or_else(|error| panic!("{error:?}")))
}

pub(crate) fn routes(document: &Value, belongs: impl Fn(&Value) -> bool) -> BTreeSet<(String, String)> {
    let mut routes = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if METHODS.contains(&method.as_str()) && belongs(operation) {
                routes.insert((path.clone(), method.clone()));
            }
        }
    }
    routes
}

pub(crate) fn differences(at: &str, ours: &Value, theirs: &Value, found: &mut Vec<String>) {
    match (ours, theirs) {
        (Value::Object(a), Value::Object(b)) => {
            for name in a.keys().chain(b.keys()).collect::<BTreeSet<_>>() {
                let (a, b) = (a.get(name).unwrap_or(&Value::Null), b.get(name).unwrap_or(&Value::Null));
                differences(&format!("{at}/{name}"), a, b, found);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (i, (a, b)) in a.iter().zip(b).enumerate() {
                differences(&format!("{at}/{i}"), a, b, found);
            }
        }
        _ if ours == theirs => {}
        _ => found.push(format!("{at}: ours {ours}, theirs {theirs}")),
    }
}

#[test]
fn every_operation_says_what_the_published_bundle_says() {
    let Some(theirs) = bundle("merged") else { return };
    // Without the overlay: it says what upstream should have said.
    let ours = build(&documents("1.3.45").unwrap(), &sources(), &Overlay::none()).unwrap().contract.document;
    assert_eq!(routes(&ours, |_| true), routes(&theirs, |_| true));
    let schemas = &ours["components"]["schemas"];
    let (mut inlined_paths, mut published) = (Map::new(), Map::new());
    for (path, method) in routes(&ours, |_| true) {
        let own = &ours["paths"][&path][&method];
        let their = &theirs["paths"][&path][&method];
        let tags = own["tags"].as_array().unwrap().iter().zip(their["tags"].as_array().unwrap());
        for (own, their) in tags {
            let (own, their) = (own.as_str().unwrap(), their.as_str().unwrap());
            assert!(their.ends_with(&format!("_{own}")), "{own} against {their}");
        }
        let public = |operation: &Value| operation.get("security") == Some(&json!([]));
        assert_eq!(public(own), public(their), "{method} {path}");
        let mut own_facts = inlined(own, schemas, 0);
        for (_, response) in own_facts["responses"].as_object_mut().unwrap() {
            response["description"] = json!("");
        }
        let key = format!("{method} {path}");
        published.insert(key.clone(), json!({ "get": operation(their, own) }));
        inlined_paths.insert(key, json!({ "get": own_facts }));
    }
    let ours = settled(json!({ "paths": inlined_paths }));
    let theirs = settled(json!({ "paths": published }));
    let mut found = Vec::new();
    differences("", &ours["paths"], &theirs["paths"], &mut found);
    assert!(found.is_empty(), "{} differences\n{}", found.len(), found.join("\n"));
}

#[test]
fn every_product_has_the_operations_of_its_published_bundle() {
    let Some(built) = built("1.3.45") else { return };
    for product in ["meshery", "cloud"] {
        let belongs =
            |operation: &Value| operation["x-internal"].as_array().unwrap().contains(&json!(product));
        let Some(theirs) = bundle(product) else { return };
        assert_eq!(routes(&built.contract.document, belongs), routes(&theirs, |_| true), "{product}");
    }
}
