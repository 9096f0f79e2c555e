//! The part of the merged document that one product has.

use super::merge::Merged;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::load::sources::Sources;
use crate::load::{Documents, document};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// The members of a path item that are operations.
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// The document of a product: its operations, what they reach, and its own base document's facts.
///
/// # Errors
/// Operations that do not say which products they belong to, or name one that is not known.
pub fn product(
    merged: Merged,
    documents: &Documents,
    sources: &Sources,
    name: &str,
) -> Result<Value, Diagnostics> {
    let mut findings = Diagnostics::new();
    let Some(product) = sources.product(name) else {
        let message = format!("no product `{name}`");
        return Err(Diagnostics::one(Diagnostic::new(Code::UnknownProduct, Place::default(), message)));
    };
    let base = document(documents, &product.base, &mut findings).and_then(Value::as_object);
    let Merged { document, places } = merged;
    let Value::Object(mut document) = document else { return findings.ok(Value::Null) };
    if let Some(Value::Object(paths)) = document.get_mut("paths") {
        paths.retain(|path, item| {
            let Value::Object(item) = item else { return false };
            item.retain(|method, operation| {
                let place = || places.get(&(path.clone(), method.clone())).cloned().unwrap_or_default();
                METHODS.contains(&method.as_str()) && belongs(operation, sources, name, place, &mut findings)
            });
            !item.is_empty()
        });
    }
    for fact in ["openapi", "info", "servers"] {
        if let Some(value) = base.and_then(|base| base.get(fact)) {
            document.insert(fact.to_owned(), value.clone());
        }
    }
    prune(&mut document);
    findings.ok(document.into())
}

/// Whether an operation belongs to the product.
fn belongs(
    operation: &Value,
    sources: &Sources,
    name: &str,
    place: impl Fn() -> Place,
    findings: &mut Diagnostics,
) -> bool {
    let key = sources.operations.products_key.as_str();
    let named = operation.get(key).and_then(Value::as_array).filter(|named| !named.is_empty());
    let Some(named) = named else {
        let message = format!("no `{key}`: the operation does not say which products it belongs to");
        findings.push(Diagnostic::new(Code::MissingInternal, place(), message));
        return false;
    };
    for other in named {
        if other.as_str().is_none_or(|other| sources.product(other).is_none()) {
            let message = format!("`{key}` names {other}, which is no product");
            findings.push(Diagnostic::new(Code::UnknownProduct, place().child(key), message));
        }
    }
    named.iter().any(|other| other.as_str() == Some(name))
}

/// Removes the components that the paths do not reach, by reference or as security scheme.
fn prune(document: &mut Map<String, Value>) {
    let Some(Value::Object(mut components)) = document.remove("components") else { return };
    let mut reached = BTreeSet::new();
    let mut open = Vec::new();
    for value in ["paths", "security"].iter().filter_map(|member| document.get(*member)) {
        reach(value, &mut open);
    }
    for need in document.get("security").into_iter().flat_map(requirements) {
        open.push(need);
    }
    while let Some((section, name)) = open.pop() {
        let component = components.get(&section).and_then(|definitions| definitions.get(&name));
        if let Some(component) = component
            && reached.insert((section, name))
        {
            reach(component, &mut open);
        }
    }
    components.retain(|section, definitions| {
        let Value::Object(definitions) = definitions else { return false };
        definitions.retain(|name, _| reached.contains(&(section.clone(), name.clone())));
        !definitions.is_empty()
    });
    if !components.is_empty() {
        document.insert("components".to_owned(), components.into());
    }
}

/// The components that a value names, by section and name.
fn reach(value: &Value, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                match (key.as_str(), member) {
                    ("$ref", Value::String(reference)) => {
                        let named = reference.strip_prefix("#/components/").and_then(|r| r.split_once('/'));
                        found.extend(named.map(|(section, name)| (section.to_owned(), name.to_owned())));
                    }
                    ("security", needs) => found.extend(requirements(needs)),
                    _ => reach(member, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| reach(item, found)),
        _ => {}
    }
}

fn requirements(needs: &Value) -> Vec<(String, String)> {
    let needs = needs.as_array().into_iter().flatten().filter_map(Value::as_object);
    needs.flat_map(Map::keys).map(|name| ("securitySchemes".to_owned(), name.clone())).collect()
}
