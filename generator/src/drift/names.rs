//! What is called differently at the same place: constructs that moved, schemas with another name.

use super::edit::Edit;
use super::kind::Kind;
use super::walk::Walk;
use crate::contract::SCHEMAS;
use crate::load::reference::escape;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Schemas that moved from one construct to another, and the pairs of shapes they are seen at.
type Moved<'w> = BTreeMap<(&'w str, &'w str), (BTreeSet<&'w str>, Vec<usize>)>;

/// The edits of names, each with the pairs of shapes that it is seen at.
pub(super) fn compare(walk: &Walk<'_>) -> Vec<(Edit, Vec<usize>)> {
    let mut pairs: BTreeMap<[Option<&str>; 2], Vec<usize>> = BTreeMap::new();
    for (number, node) in walk.nodes.iter().enumerate() {
        let names = [0, 1].map(|side| walk.shapes[side].all[node.pair[side]].component.as_deref());
        if names[0] != names[1] {
            pairs.entry(names).or_default().push(number);
        }
    }
    let held = walk.documents.map(components);
    let mut moved = Moved::new();
    let mut edits = Vec::new();
    for (names, nodes) in pairs {
        let [before, after] = match names {
            [Some(before), Some(after)] => [before, after],
            [before, after] => {
                let name = before.or(after).unwrap_or_default();
                let kind = if before.is_some() { Kind::SchemaInlined } else { Kind::SchemaNamed };
                let at = walk.nodes[nodes[0]].sites.first().cloned().unwrap_or_default();
                let at = [0, 1].map(|side| names[side].map_or_else(|| at[side].clone(), pointer));
                edits.push((Edit::new(kind, name, at).values(names.map(|n| n.map(|n| json!(n)))), nodes));
                continue;
            }
        };
        let [own, other] = [before, after].map(|name| name.rsplit_once('.').unwrap_or(("", name)));
        if own.1 == other.1 {
            let (schemas, places) = moved.entry((own.0, other.0)).or_default();
            schemas.insert(own.1);
            places.extend(nodes);
            continue;
        }
        let gone = !held[1].contains(before) && !held[0].contains(after);
        let kind = if gone { Kind::SchemaRenamed } else { Kind::SchemaReplaced };
        let told = [before, after].map(|name| Some(json!(name)));
        edits.push((Edit::new(kind, before, [pointer(before), pointer(after)]).values(told), nodes));
    }
    for ((before, after), (schemas, nodes)) in moved {
        let first = schemas.iter().next().copied().unwrap_or_default();
        let at = [before, after].map(|construct| pointer(&format!("{construct}.{first}")));
        let told = [before, after].map(|construct| Some(json!(construct)));
        edits.push((Edit::new(Kind::ConstructMoved, before, at).values(told), nodes));
    }
    edits
}

/// Where a component is.
fn pointer(name: &str) -> String {
    format!("{}{}", &SCHEMAS[1..], escape(name))
}

fn components(document: &Value) -> BTreeSet<&str> {
    let schemas = document.pointer("/components/schemas").and_then(Value::as_object);
    schemas.into_iter().flat_map(serde_json::Map::keys).map(String::as_str).collect()
}
