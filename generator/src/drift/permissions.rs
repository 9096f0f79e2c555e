//! Permission keys: which are gone, new, or held by others.

use super::edit::Edit;
use super::kind::Kind;
use crate::contract::PERMISSIONS;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// What both sides say differently of keys. Where only one side has any it is one edit: a form of a
/// release that is published without them does not take them away one by one.
pub(super) fn compare(documents: [&Value; 2]) -> Vec<Edit> {
    let pointer = format!("/{PERMISSIONS}");
    let tables = documents.map(|document| document.get(PERMISSIONS).and_then(Value::as_object));
    let whole = |kind| vec![Edit::new(kind, "table", [pointer.clone(), pointer.clone()])];
    let (old, new) = match tables {
        [None, None] => return Vec::new(),
        [Some(_), None] => return whole(Kind::PermissionRemoved),
        [None, Some(_)] => return whole(Kind::PermissionAdded),
        [Some(old), Some(new)] => (old, new),
    };
    let ids: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    ids.into_iter()
        .filter_map(|id| edit(id, [old, new].map(|table: &Map<_, _>| table.get(id)), &pointer))
        .collect()
}

fn edit(id: &str, values: [Option<&Value>; 2], pointer: &str) -> Option<Edit> {
    let kind = match values {
        [None, _] => Kind::PermissionAdded,
        [_, None] => Kind::PermissionRemoved,
        [old, new] if old != new => Kind::PermissionChanged,
        _ => return None,
    };
    let at = format!("{pointer}/{id}");
    let name = named(id, values[1].or(values[0])?);
    Some(Edit::new(kind, name, [at.clone(), at]).values(values.map(|value| value.cloned())))
}

/// What people call a key: `Workspace Management: View Workspace`; its id where it has no name.
fn named(id: &str, key: &Value) -> String {
    let text = |member: &str| key.get(member).and_then(Value::as_str);
    match (text("theme"), text("function")) {
        (Some(theme), Some(function)) => format!("{theme}: {function}"),
        _ => id.to_owned(),
    }
}
