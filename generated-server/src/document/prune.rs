//! A part of the contract: the operations of some products, and what they refer to.

use super::methods;
use serde_json::Value;
use std::collections::BTreeSet;

/// Keeps the operations that are of one of `products`, and the paths that have any.
pub(super) fn operations(document: &mut Value, products: &[&str]) {
    let ours = |operation: &Value| {
        let all = operation["x-internal"].as_array().into_iter().flatten();
        all.filter_map(Value::as_str).any(|name| products.contains(&name))
    };
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else { return };
    for item in paths.values_mut() {
        let others: Vec<String> =
            methods(item).filter(|(_, operation)| !ours(operation)).map(|(name, _)| name.clone()).collect();
        if let Some(item) = item.as_object_mut() {
            others.iter().for_each(|name| drop(item.remove(name)));
        }
    }
    let empty: Vec<String> = paths
        .iter_mut()
        .filter_map(|(path, item)| methods(item).next().is_none().then(|| path.clone()))
        .collect();
    empty.iter().for_each(|path| drop(paths.remove(path)));
}

/// Keeps the components that something leads to. Security schemes are told by name and stay.
pub(super) fn components(document: &mut Value) {
    let mut needed = BTreeSet::new();
    let mut open = Vec::new();
    references(&document["paths"], &mut open);
    while let Some(reference) = open.pop() {
        if let Some(target) = reference.strip_prefix('#').and_then(|pointer| document.pointer(pointer))
            && needed.insert(reference)
        {
            references(target, &mut open);
        }
    }
    let Some(components) = document.get_mut("components").and_then(Value::as_object_mut) else { return };
    for (kind, members) in components.iter_mut().filter(|(kind, _)| *kind != "securitySchemes") {
        let Some(members) = members.as_object_mut() else { continue };
        let token = |name: &str| name.replace('~', "~0").replace('/', "~1");
        let is_needed = |name: &str| needed.contains(&format!("#/components/{kind}/{}", token(name)));
        let names: Vec<String> = members.keys().filter(|name| !is_needed(name)).cloned().collect();
        names.iter().for_each(|name| drop(members.remove(name)));
    }
}

fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Object(members) => {
            if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                found.push(reference.to_owned());
            }
            members.values().for_each(|member| references(member, found));
        }
        _ => {}
    }
}
