//! Unions: the order in which variants are tried, and whether they can be told apart.

use super::{described, report};
use crate::diagnostic::{Code, Diagnostics};
use crate::ir::{Additional, Api, Field, Kind, Struct, Ty, TypeId, Union, Use};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// How deep members are compared to tell two objects apart.
const DEEPEST: usize = 4;

pub(super) fn run(api: &mut Api, found: &mut Diagnostics) {
    let mut orders: BTreeMap<TypeId, Vec<usize>> = BTreeMap::new();
    for (id, def) in &api.types {
        let Kind::Union(union) = &def.kind else { continue };
        orders.insert(id.clone(), order(api, union));
        let alike = if union.discriminator.is_none() { alike(api, union) } else { BTreeSet::new() };
        if !alike.is_empty() {
            let list = alike.into_iter().collect::<Vec<_>>().join("`, `");
            let whose = described(api, id);
            let message = format!("of {whose}, the alternatives `{list}` can match the same value");
            report(found, Code::AmbiguousUnion, &def.pointer, message, None);
        }
    }
    for (id, order) in orders {
        if let Some(Kind::Union(union)) = api.types.get_mut(&id).map(|def| &mut def.kind) {
            union.order = order;
        }
    }
}

/// The variants, most specific first: fixed values, then other scalars, then objects by how much
/// they require, then what takes nearly anything.
fn order(api: &Api, union: &Union) -> Vec<usize> {
    let mut order: Vec<_> = (0..union.variants.len()).collect();
    order.sort_by_key(|index| union.variants.get(*index).map(|variant| looseness(api, &variant.value)));
    order
}

/// The greater, the later: class; then, of objects, few required members, few members, open.
fn looseness(api: &Api, used: &Use) -> (u8, Reverse<usize>, Reverse<usize>, bool) {
    let used = api.resolve(used);
    let class = |class| (class, Reverse(0), Reverse(0), false);
    match &used.ty {
        Ty::Boolean | Ty::Uuid | Ty::DateTime | Ty::Date => class(0),
        Ty::Int32 => class(1),
        Ty::Int64 => class(2),
        Ty::Number => class(3),
        Ty::Array(_) => class(4),
        Ty::Base64 => class(7),
        Ty::String => class(8),
        Ty::Map(_) => class(9),
        Ty::Object => class(10),
        Ty::Json => class(11),
        Ty::Named(id) => match api.get(id).map(|def| &def.kind) {
            Some(Kind::Enum(_)) => class(0),
            Some(Kind::Struct(object)) => {
                let required = object.fields.iter().filter(|field| field.required).count();
                let open = object.additional != Additional::Closed;
                (5, Reverse(required), Reverse(object.fields.len()), open)
            }
            _ => class(6),
        },
    }
}

/// The variants that match a value another matches too.
fn alike<'a>(api: &Api, union: &'a Union) -> BTreeSet<&'a str> {
    let mut alike = BTreeSet::new();
    for (i, a) in union.variants.iter().enumerate() {
        for b in union.variants.iter().skip(i + 1) {
            if !apart(api, &a.value, &b.value, 0) {
                alike.extend([a.name.as_str(), b.name.as_str()]);
            }
        }
    }
    alike
}

/// Whether no value is of both.
fn apart(api: &Api, a: &Use, b: &Use, depth: usize) -> bool {
    if depth > DEEPEST || (a.nullable && b.nullable) {
        return false;
    }
    let (a, b) = (api.resolve(a), api.resolve(b));
    for (one, other) in [(&a, &b), (&b, &a)] {
        if let Some(Kind::Union(union)) = kind(api, one) {
            return union.variants.iter().all(|variant| apart(api, &variant.value, other, depth + 1));
        }
    }
    match (kind(api, &a), kind(api, &b)) {
        (Some(Kind::Struct(a)), Some(Kind::Struct(b))) => {
            excludes(a, b) || excludes(b, a) || shared_apart(api, a, b, depth)
        }
        (Some(Kind::Enum(a)), Some(Kind::Enum(b))) => {
            a.variants.iter().all(|one| b.variants.iter().all(|other| other.wire != one.wire))
        }
        _ => match (json_class(api, &a), json_class(api, &b)) {
            (Some(one), Some(other)) if one == other => distinct_text(&a.ty, &b.ty),
            (Some(one), Some(other)) => one != other,
            _ => false,
        },
    }
}

fn kind<'a>(api: &'a Api, used: &Use) -> Option<&'a Kind> {
    match &used.ty {
        Ty::Named(id) => api.get(id).map(|def| &def.kind),
        _ => None,
    }
}

/// Whether `a` requires a member that `b` does not allow.
fn excludes(a: &Struct, b: &Struct) -> bool {
    let knows = |wire: &str| b.fields.iter().any(|field| field.wire == wire);
    b.additional == Additional::Closed && a.fields.iter().any(|field| field.required && !knows(&field.wire))
}

/// Whether both require a member that cannot have one value in both.
fn shared_apart(api: &Api, a: &Struct, b: &Struct, depth: usize) -> bool {
    let required = |list: &'_ Field| list.required;
    a.fields.iter().filter(|field| required(field)).any(|one| {
        b.fields
            .iter()
            .filter(|other| required(other) && other.wire == one.wire)
            .any(|other| apart(api, &one.value, &other.value, depth + 1))
    })
}

/// The type of JSON that a use is written as; none if it can be several.
fn json_class(api: &Api, used: &Use) -> Option<&'static str> {
    Some(match &used.ty {
        Ty::Json => return None,
        Ty::Boolean => "boolean",
        Ty::Int32 | Ty::Int64 | Ty::Number => "number",
        Ty::String | Ty::Uuid | Ty::DateTime | Ty::Date | Ty::Base64 => "string",
        Ty::Array(_) => "array",
        Ty::Object | Ty::Map(_) => "object",
        Ty::Named(_) => match kind(api, used)? {
            Kind::Struct(_) => "object",
            Kind::Enum(_) => "string",
            Kind::Union(_) | Kind::Alias(_) => return None,
        },
    })
}

/// Whether two strings have formats that no text has both of.
fn distinct_text(a: &Ty, b: &Ty) -> bool {
    let fixed = |ty: &Ty| matches!(ty, Ty::Uuid | Ty::DateTime | Ty::Date);
    a != b && fixed(a) && fixed(b)
}
