//! The names of a union's variants: from what tells the alternatives apart.

use super::flat::{Alternatives, Flat};
use super::schema::{JsonType, Node};
use super::types::pascal_or_spelled;
use super::{Lowering, Whose};
use crate::words::pascal;
use serde_json::Value;
use std::collections::BTreeSet;

impl<'a> Lowering<'a> {
    /// One name for each alternative; none and a finding if two need the same.
    ///
    /// A component lends its name. An object is named from a member that is constant in it, else
    /// from the required members that no other alternative requires, else from all it requires,
    /// else from the members no other has. A scalar is named from its type or format.
    pub(super) fn variant_names(
        &mut self,
        group: &Alternatives<'a>,
        flats: &[Flat<'a>],
    ) -> Option<Vec<String>> {
        let short: Vec<_> = (0..flats.len()).map(|i| short_name(&group.nodes, flats, i)).collect();
        let names: Vec<_> = short
            .iter()
            .enumerate()
            .map(|(i, name)| {
                let alone = short.iter().filter(|other| *other == name).count() == 1;
                if alone { name.clone() } else { long_name(&group.nodes, flats, i).unwrap_or(name.clone()) }
            })
            .collect();
        let distinct = |names: &[String]| names.iter().collect::<BTreeSet<_>>().len() == names.len();
        if distinct(&names) {
            return Some(names);
        }
        // Nobody can repair the document of somebody else: their places tell them apart.
        let same = |name: &String| names.iter().filter(|other| *other == name).count() > 1;
        let place = |(i, name): (usize, &String)| {
            if same(name) { format!("{name}{}", i + 1) } else { name.clone() }
        };
        let placed: Vec<_> = names.iter().enumerate().map(place).collect();
        if self.whose == Whose::Anybodys && distinct(&placed) {
            return Some(placed);
        }
        self.unsupported(&group.at, "nothing tells these alternatives apart, so they cannot be named");
        None
    }
}

/// The component that `node` refers to, plainly or through an `allOf` of it.
fn component<'a>(node: &Node<'a>) -> Option<&'a str> {
    let mut node = node.clone();
    while let Some(list) = node.get("allOf") {
        let mut elements = list.elements();
        let (Some(only), None) = (elements.next(), elements.next()) else { return None };
        node = only;
    }
    node.text("$ref").map(|target| target.rsplit('/').next().unwrap_or(target))
}

fn short_name(nodes: &[Node<'_>], flats: &[Flat<'_>], index: usize) -> String {
    if let Some(key) = nodes.get(index).and_then(component) {
        return pascal(key.rsplit('.').next().unwrap_or(key));
    }
    let Some(flat) = flats.get(index) else { return String::new() };
    let name = match Lowering::json_type(flat) {
        None => "Any".to_owned(),
        Some(JsonType::Object) => object_name(flats, index).unwrap_or_else(|| "Object".to_owned()),
        Some(JsonType::Array) => "Array".to_owned(),
        Some(JsonType::String) => match (&flat.values.as_deref(), &flat.format) {
            (Some([one]), _) => one.as_str().map(pascal_or_spelled).unwrap_or_default(),
            (None, Some((format @ ("uuid" | "date-time" | "date"), _))) => pascal(format),
            _ => "String".to_owned(),
        },
        Some(JsonType::Integer) => "Integer".to_owned(),
        Some(JsonType::Number) => "Number".to_owned(),
        Some(JsonType::Boolean) => "Boolean".to_owned(),
    };
    if name.is_empty() { "Empty".to_owned() } else { name }
}

/// The name for an alternative whose short one is that of another too.
fn long_name(nodes: &[Node<'_>], flats: &[Flat<'_>], index: usize) -> Option<String> {
    if let Some(key) = nodes.get(index).and_then(component) {
        return Some(pascal(key));
    }
    let flat = flats.get(index)?;
    match Lowering::json_type(flat)? {
        JsonType::Array => {
            let [item] = flat.items.as_slice() else { return None };
            let name = match component(item) {
                Some(key) => pascal(key.rsplit('.').next().unwrap_or(key)),
                None => pascal(item.text("type")?),
            };
            Some(format!("{name}Array"))
        }
        JsonType::String => match (&flat.values, &flat.format) {
            (Some(_), _) => Some("Listed".to_owned()),
            (None, Some((format, _))) => Some(pascal(format)),
            _ => None,
        },
        _ => None,
    }
}

/// The name of an object from what only it says.
fn object_name(flats: &[Flat<'_>], index: usize) -> Option<String> {
    let flat = flats.get(index)?;
    let others = || flats.iter().enumerate().filter(move |(i, _)| *i != index).map(|(_, other)| other);
    for (wire, value) in constants(flat) {
        let apart = others()
            .all(|other| constants(other).iter().all(|(name, theirs)| *name != wire || *theirs != value));
        let shared = others().any(|other| constants(other).iter().any(|(name, _)| *name == wire));
        if apart && shared {
            return Some(pascal_or_spelled(value));
        }
    }
    let required = flat.required.iter().filter(|wire| others().all(|other| !other.required.contains(*wire)));
    let required: String = required.map(|wire| pascal_or_spelled(wire)).collect();
    if !required.is_empty() {
        return Some(required);
    }
    if !flat.required.is_empty() && others().all(|other| other.required != flat.required) {
        return Some(flat.required.iter().map(|wire| pascal_or_spelled(wire)).collect());
    }
    let own = flat.members.keys().filter(|wire| others().all(|other| !other.members.contains_key(*wire)));
    let own: String = own.map(|wire| pascal_or_spelled(wire)).collect();
    (!own.is_empty()).then_some(own)
}

/// The members that have one value only, with it.
fn constants<'a>(flat: &Flat<'a>) -> Vec<(&'a str, &'a str)> {
    let constant = |node: &Node<'a>| match node.value.get("enum")?.as_array()?.as_slice() {
        [one] => Value::as_str(one),
        _ => None,
    };
    flat.members.iter().filter_map(|(wire, nodes)| Some((*wire, nodes.iter().find_map(constant)?))).collect()
}
