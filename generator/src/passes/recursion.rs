//! Recursion: a `Box` on each edge that closes a cycle, and types that no finite value has.
//!
//! Arrays and maps hold their values elsewhere and close no cycle. Which edge of a cycle is boxed
//! is decided by a walk in depth over the types in the order of their ids.

use super::{described, named, report};
use crate::diagnostic::{Code, Diagnostics};
use crate::ir::{Api, Kind, Ty, TypeId, Use};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn run(api: &mut Api, found: &mut Diagnostics) {
    let infinite = infinite(api);
    for id in &infinite {
        let at = api.get(id).map(|def| def.pointer.clone()).unwrap_or_default();
        let message =
            format!("{} contains itself with nothing between that could end it", described(api, id));
        let help = "make one of the members optional in schemas/overlay.yml";
        report(found, Code::InfiniteType, &at, message, Some(help));
    }
    for id in endless_aliases(api) {
        let at = api.get(&id).map(|def| def.pointer.clone()).unwrap_or_default();
        let message = format!("{} is a list or map of itself with no object between", described(api, &id));
        report(found, Code::UnsupportedSchema, &at, message, None);
    }
    if infinite.is_empty() {
        for (owner, edge) in closing_edges(api) {
            if let Some(def) = api.types.get_mut(&owner) {
                put_in_box(&mut def.kind, edge);
            }
        }
    }
}

fn put_in_box(kind: &mut Kind, edge: usize) {
    match kind {
        Kind::Struct(object) => {
            if let Some(field) = object.fields.get_mut(edge) {
                field.boxed = true;
            }
        }
        Kind::Union(union) => {
            if let Some(variant) = union.variants.get_mut(edge) {
                variant.boxed = true;
            }
        }
        Kind::Enum(_) | Kind::Alias(_) => {}
    }
}

/// The types that a type holds in place: index of the field or variant, and type.
fn in_place<'a>(api: &'a Api, kind: &'a Kind) -> Vec<(usize, &'a TypeId)> {
    let uses: Vec<&Use> = match kind {
        Kind::Struct(object) => object.fields.iter().map(|field| &field.value).collect(),
        Kind::Union(union) => union.variants.iter().map(|variant| &variant.value).collect(),
        Kind::Enum(_) => Vec::new(),
        Kind::Alias(used) => vec![used],
    };
    uses.into_iter().enumerate().filter_map(|(i, used)| Some((i, solid(api, used)?))).collect()
}

/// The struct or union that a use comes to, through names that only stand for it.
fn solid<'a>(api: &'a Api, used: &'a Use) -> Option<&'a TypeId> {
    let mut used = used;
    // As many steps as there are types: a cycle of aliases is an error of `lower`.
    for _ in 0..=api.types.len() {
        let Ty::Named(id) = &used.ty else { return None };
        match &api.get(id)?.kind {
            Kind::Alias(target) => used = target,
            Kind::Struct(_) | Kind::Union(_) => return Some(id),
            Kind::Enum(_) => return None,
        }
    }
    None
}

/// The edges that lead back to a type the walk is still in.
fn closing_edges(api: &Api) -> Vec<(TypeId, usize)> {
    let mut state: BTreeMap<&TypeId, bool> = BTreeMap::new();
    let mut closing = Vec::new();
    for (root, def) in &api.types {
        if state.contains_key(root) || matches!(def.kind, Kind::Alias(_)) {
            continue;
        }
        state.insert(root, true);
        let mut walk = vec![(root, in_place(api, &def.kind).into_iter())];
        while let Some((id, edges)) = walk.last_mut() {
            let id = *id;
            let Some((edge, target)) = edges.next() else {
                state.insert(id, false);
                walk.pop();
                continue;
            };
            match (state.get(target), api.get(target)) {
                (Some(true), _) => closing.push((id.clone(), edge)),
                (None, Some(def)) => {
                    state.insert(target, true);
                    walk.push((target, in_place(api, &def.kind).into_iter()));
                }
                _ => {}
            }
        }
    }
    closing
}

/// The aliases that stand for themselves, through arrays and maps: Rust has no name for such a type.
fn endless_aliases(api: &Api) -> Vec<TypeId> {
    let target = |id: &TypeId| match api.get(id).map(|def| &def.kind) {
        Some(Kind::Alias(used)) => named(used).cloned(),
        _ => None,
    };
    let endless = |id: &&TypeId| {
        let mut seen = BTreeSet::new();
        let mut at = target(id);
        while let Some(next) = at {
            if next == **id {
                return true;
            }
            at = target(&next).filter(|_| seen.insert(next));
        }
        false
    };
    api.types.keys().filter(endless).cloned().collect()
}

/// The types on a cycle of which no value ends, in order.
fn infinite(api: &Api) -> Vec<TypeId> {
    let mut finite: BTreeSet<&TypeId> = BTreeSet::new();
    loop {
        let before = finite.len();
        for (id, def) in &api.types {
            if !finite.contains(id) && needs(&def.kind).iter().all(|any| ends(any, &finite)) {
                finite.insert(id);
            }
        }
        if finite.len() == before {
            break;
        }
    }
    let endless = api.types.keys().filter(|id| !finite.contains(id));
    endless.filter(|id| reaches_itself(api, id, &finite)).cloned().collect()
}

/// What a value needs: of each set, one.
fn needs(kind: &Kind) -> Vec<Vec<&Use>> {
    match kind {
        Kind::Struct(object) => {
            object.fields.iter().filter(|field| field.required).map(|field| vec![&field.value]).collect()
        }
        Kind::Enum(_) => Vec::new(),
        Kind::Union(union) => vec![union.variants.iter().map(|variant| &variant.value).collect()],
        Kind::Alias(used) => vec![vec![used]],
    }
}

fn ends(any: &[&Use], finite: &BTreeSet<&TypeId>) -> bool {
    any.iter().any(|used| needed(used).is_none_or(|id| finite.contains(id)))
}

/// The type without a value of which a use has none.
fn needed(used: &Use) -> Option<&TypeId> {
    match &used.ty {
        _ if used.nullable => None,
        Ty::Named(id) => Some(id),
        Ty::Array(item) if used.rules.min_items.is_some() => needed(item),
        Ty::Map(value) if used.rules.min_properties.is_some() => needed(value),
        _ => None,
    }
}

fn reaches_itself(api: &Api, id: &TypeId, finite: &BTreeSet<&TypeId>) -> bool {
    let mut seen: BTreeSet<&TypeId> = BTreeSet::new();
    let mut open = vec![id];
    while let Some(at) = open.pop() {
        let Some(def) = api.get(at) else { continue };
        for next in needs(&def.kind).into_iter().flatten().filter_map(needed) {
            if next == id {
                return true;
            }
            if !finite.contains(next) && seen.insert(next) {
                open.push(next);
            }
        }
    }
    false
}
