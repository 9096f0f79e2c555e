//! Derives: which types can have `Eq` and `Hash`, and which `Default`.
//!
//! Both start from all types and strike out what cannot be, until nothing changes: a cycle by
//! itself forbids neither.

use super::uses;
use crate::diagnostic::Diagnostics;
use crate::ir::{Api, Kind, Ty, TypeId, Use};
use std::collections::BTreeSet;

pub(super) fn run(api: &mut Api, _: &mut Diagnostics) {
    let eq = largest(api, |kind, all| uses(kind).into_iter().all(|used| has_eq(used, all)));
    let default = largest(api, has_default);
    for (id, def) in &mut api.types {
        def.eq = eq.contains(id);
        def.default = default.contains(id);
    }
}

/// The largest set of types that each satisfy `holds`, given that the others in it do.
fn largest(api: &Api, holds: impl Fn(&Kind, &BTreeSet<TypeId>) -> bool) -> BTreeSet<TypeId> {
    let mut all: BTreeSet<TypeId> = api.types.keys().cloned().collect();
    loop {
        let out: Vec<_> = api
            .types
            .iter()
            .filter(|(id, def)| all.contains(*id) && !holds(&def.kind, &all))
            .map(|(id, _)| id.clone())
            .collect();
        if out.is_empty() {
            return all;
        }
        for id in out {
            all.remove(&id);
        }
    }
}

fn has_eq(used: &Use, all: &BTreeSet<TypeId>) -> bool {
    match &used.ty {
        Ty::Number => false,
        Ty::Named(id) => all.contains(id),
        Ty::Array(inner) | Ty::Map(inner) => has_eq(inner, all),
        _ => true,
    }
}

fn has_default(kind: &Kind, all: &BTreeSet<TypeId>) -> bool {
    let zero = |used: &Use| match &used.ty {
        Ty::Named(id) => used.nullable || all.contains(id),
        _ => true,
    };
    match kind {
        Kind::Struct(object) => {
            object.fields.iter().filter(|field| field.required).all(|field| zero(&field.value))
        }
        Kind::Enum(_) | Kind::Union(_) => false,
        Kind::Alias(used) => zero(used),
    }
}
