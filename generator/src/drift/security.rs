//! Who may call an operation: alternatives, each with schemes and their scopes.

use super::edit::Edit;
use super::kind::Kind;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What one alternative asks for: schemes, with scopes.
type Alternative = BTreeMap<String, BTreeSet<String>>;

/// The edits between the security of two operations, that of their documents where they say nothing.
pub(super) fn compare(documents: [&Value; 2], operations: [&Value; 2], at: &[String; 2]) -> Vec<Edit> {
    let stated =
        [0, 1].map(|side| operations[side].get("security").or_else(|| documents[side].get("security")));
    if stated[0] == stated[1] {
        return Vec::new();
    }
    // One edit at the root of the document is one finding for all operations.
    let at = [0, 1].map(|side| {
        let own = operations[side].get("security").is_some();
        if own { format!("{}/security", at[side]) } else { "/security".to_owned() }
    });
    let told = || stated.map(|security| Some(security.cloned().unwrap_or_else(|| json!("not stated"))));
    let edit = |kind, name: &str| Edit::new(kind, name, at.clone()).values(told());
    match stated.map(is_public) {
        // `[]` and `[{}]` ask for nothing, and are not read in the same way by everybody.
        [true, true] => vec![edit(Kind::FactChanged, "security")],
        [false, true] => vec![edit(Kind::BecamePublic, "operation")],
        [true, false] => vec![edit(Kind::BecameProtected, "operation")],
        [false, false] => alternatives(stated.map(listed), &edit),
    }
}

/// Whether anybody may call an operation of a document.
pub(super) fn is_open(document: &Value, operation: &Value) -> bool {
    is_public(operation.get("security").or_else(|| document.get("security")))
}

/// Whether anybody may call: nothing is asked for, or one of the alternatives asks for nothing.
fn is_public(security: Option<&Value>) -> bool {
    let Some(list) = security.and_then(Value::as_array) else { return false };
    list.is_empty()
        || list.iter().any(|alternative| alternative.as_object().is_some_and(|all| all.is_empty()))
}

fn listed(security: Option<&Value>) -> Vec<Alternative> {
    let one = |alternative: &Value| -> Alternative {
        let schemes = alternative.as_object().into_iter().flatten();
        let scopes = |value: &Value| -> BTreeSet<String> {
            value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        schemes.map(|(name, value)| (name.clone(), scopes(value))).collect()
    };
    security.and_then(Value::as_array).into_iter().flatten().map(one).collect()
}

fn alternatives(both: [Vec<Alternative>; 2], edit: &dyn Fn(Kind, &str) -> Edit) -> Vec<Edit> {
    let [mut old, mut new] = both;
    old.retain(|own| match new.iter().position(|other| other == own) {
        Some(at) => {
            new.remove(at);
            false
        }
        None => true,
    });
    let mut edits = Vec::new();
    // An alternative that asks for the same and more, or for less, is still that alternative.
    old.retain(|own| {
        let related = |other: &&Alternative| covers(own, other) || covers(other, own);
        let Some(at) = new.iter().position(|other| related(&other)) else { return true };
        let other = new.remove(at);
        changed(own, &other, edit, &mut edits);
        false
    });
    edits.extend(old.iter().map(|gone| edit(Kind::AlternativeWithdrawn, &words(gone))));
    edits.extend(new.iter().map(|come| edit(Kind::AlternativeOffered, &words(come))));
    edits
}

/// Whether `more` asks for all that `less` does.
fn covers(more: &Alternative, less: &Alternative) -> bool {
    less.iter().all(|(name, scopes)| more.get(name).is_some_and(|own| own.is_superset(scopes)))
}

fn changed(old: &Alternative, new: &Alternative, edit: &dyn Fn(Kind, &str) -> Edit, edits: &mut Vec<Edit>) {
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for name in names {
        match [old.get(name), new.get(name)] {
            [None, Some(_)] => edits.push(edit(Kind::SchemeRequired, name)),
            [Some(_), None] => edits.push(edit(Kind::SchemeDropped, name)),
            [Some(before), Some(after)] => {
                let scope = |scope: &String| format!("{name}:{scope}");
                edits.extend(after.difference(before).map(|own| edit(Kind::ScopeRequired, &scope(own))));
                edits.extend(before.difference(after).map(|own| edit(Kind::ScopeDropped, &scope(own))));
            }
            [None, None] => {}
        }
    }
}

fn words(alternative: &Alternative) -> String {
    let each = alternative.iter().map(|(name, scopes)| {
        let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
        if scopes.is_empty() { name.clone() } else { format!("{name} ({})", scopes.join(", ")) }
    });
    each.collect::<Vec<_>>().join(" and ")
}
