//! The canonical form: one order for everything whose order says nothing, and only components that
//! an operation reaches.
//!
//! Lists keep their order where it can be seen from outside: parameters, tags, enumerations,
//! alternatives. Members of objects, required names and components are sorted by name; operations
//! by path, then method; responses by status.

use super::gather::METHODS;
use super::keywords::{EXTENSIONS, KEYWORDS, Kind};
use super::permissions::MEMBER as PERMISSIONS;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

const DOCUMENT: &[&str] = &["openapi", "info", "security", "x-products", PERMISSIONS, "paths", "components"];
const OPERATION: &[&str] = &[
    "operationId",
    "tags",
    "x-internal",
    "x-construct",
    "deprecated",
    "security",
    "parameters",
    "requestBody",
    "responses",
];
const PARAMETER: &[&str] = &[
    "name",
    "in",
    "required",
    "deprecated",
    "allowEmptyValue",
    "style",
    "explode",
    "allowReserved",
    "schema",
    "content",
];

/// Where references to components start.
pub(crate) const SCHEMAS: &str = "#/components/schemas/";

/// The document in canonical form.
pub(crate) fn document(mut document: Value) -> Value {
    prune(&mut document);
    let Value::Object(members) = &mut document else { return document };
    on(members, "paths", |paths| each(paths, path_item));
    on(members, "components", |components| {
        let Value::Object(sections) = components else { return };
        on(sections, "schemas", |schemas| each(schemas, schema));
        order(sections, &["schemas", "securitySchemes"]);
        for section in sections.values_mut() {
            sort(section);
        }
    });
    on(members, "paths", sort);
    on(members, "x-products", sort);
    on(members, PERMISSIONS, |keys| {
        each(keys, |key| {
            let Value::Object(members) = key else { return };
            order(members, &["theme", "function", "roles", "limited", "local"]);
        });
        sort(keys);
    });
    order(members, DOCUMENT);
    document
}

fn path_item(item: &mut Value) {
    let Value::Object(operations) = item else { return };
    order(operations, METHODS);
    for operation in operations.values_mut() {
        let Value::Object(members) = operation else { continue };
        on(members, "parameters", |list| elements(list, parameter));
        on(members, "requestBody", |body| {
            let Value::Object(members) = body else { return };
            on(members, "content", content);
            order(members, &["required", "content"]);
        });
        on(members, "responses", |responses| {
            each(responses, response);
            sort(responses);
        });
        on(members, "security", deep_sort);
        order(members, OPERATION);
    }
}

fn parameter(value: &mut Value) {
    let Value::Object(members) = value else { return };
    on(members, "schema", schema);
    on(members, "content", content);
    order(members, PARAMETER);
}

fn response(value: &mut Value) {
    let Value::Object(members) = value else { return };
    on(members, "headers", |headers| {
        each(headers, parameter);
        sort(headers);
    });
    on(members, "content", content);
    order(members, &["description", "headers", "content"]);
}

fn content(value: &mut Value) {
    each(value, |media| {
        let Value::Object(members) = media else { return };
        on(members, "schema", schema);
        on(members, "encoding", |encoding| {
            each(encoding, |facts| {
                let Value::Object(facts) = facts else { return };
                order(facts, &["contentType", "style", "explode", "allowReserved"]);
            });
            sort(encoding);
        });
        order(members, &["schema", "encoding"]);
    });
    sort(value);
}

fn schema(value: &mut Value) {
    let Value::Object(members) = value else { return };
    for (name, kind) in KEYWORDS {
        let Some(value) = members.get_mut(*name) else { continue };
        match kind {
            Kind::Names => sort_names(value),
            Kind::Schema | Kind::SchemaOrFlag => schema(value),
            Kind::Schemas => elements(value, schema),
            Kind::Properties => {
                each(value, schema);
                sort(value);
            }
            Kind::Discriminator => {
                let Value::Object(members) = value else { continue };
                on(members, "mapping", sort);
                order(members, &["propertyName", "mapping"]);
            }
            Kind::Any | Kind::Values => deep_sort(value),
            _ => {}
        }
    }
    on(members, "x-may-omit", sort_names);
    let names: Vec<&str> = ["$ref"]
        .into_iter()
        .chain(KEYWORDS.iter().map(|(name, _)| *name))
        .chain(EXTENSIONS.iter().copied())
        .collect();
    order(members, &names);
}

/// Leaves out the components that no operation reaches.
pub(crate) fn prune(document: &mut Value) {
    let mut reached = BTreeSet::new();
    let mut queue = Vec::new();
    if let Some(paths) = document.get("paths") {
        references(paths, &mut queue);
    }
    while let Some(name) = queue.pop() {
        if let Some(schema) = document["components"]["schemas"].get(&name)
            && reached.insert(name)
        {
            references(schema, &mut queue);
        }
    }
    if let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") {
        schemas.retain(|name, _| reached.contains(name));
    }
}

/// The names of the components that `value` refers to, its discriminators included.
pub(crate) fn references(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Object(members) => members.values().for_each(|v| references(v, names)),
        Value::Array(list) => list.iter().for_each(|v| references(v, names)),
        Value::String(text) => names.extend(text.strip_prefix(SCHEMAS).map(str::to_owned)),
        _ => {}
    }
}

fn on(members: &mut Map<String, Value>, name: &str, change: impl FnOnce(&mut Value)) {
    if let Some(value) = members.get_mut(name) {
        change(value);
    }
}

fn each(value: &mut Value, change: impl FnMut(&mut Value)) {
    if let Value::Object(members) = value {
        members.values_mut().for_each(change);
    }
}

fn elements(value: &mut Value, change: impl FnMut(&mut Value)) {
    if let Value::Array(list) = value {
        list.iter_mut().for_each(change);
    }
}

fn sort(value: &mut Value) {
    if let Value::Object(members) = value {
        members.sort_keys();
    }
}

/// Sorts members at every depth of a value that is data.
fn deep_sort(value: &mut Value) {
    sort(value);
    each(value, deep_sort);
    elements(value, deep_sort);
}

fn sort_names(value: &mut Value) {
    if let Value::Array(names) = value {
        names.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
        names.dedup();
    }
}

/// Orders members as `names` does; others are dropped, since the contract has no place for them.
fn order(members: &mut Map<String, Value>, names: &[&str]) {
    let ordered = names.iter().filter_map(|name| Some(((*name).to_owned(), members.get_mut(*name)?.take())));
    *members = ordered.collect();
}
