//! How many named types deep the smallest value of a type is: what ends a recursion.

use crate::ir::{Api, Kind, Ty, TypeId, Use};
use std::collections::BTreeMap;

/// The height of every type that has a finite value.
pub(super) fn heights(api: &Api) -> BTreeMap<&TypeId, u32> {
    let mut heights = BTreeMap::new();
    loop {
        let known = heights.len();
        for (id, definition) in &api.types {
            if heights.contains_key(id) {
                continue;
            }
            if let Some(height) = of_kind(&definition.kind, &heights) {
                heights.insert(id, height + 1);
            }
        }
        if heights.len() == known {
            return heights;
        }
    }
}

/// The height of a use; nothing if it has no finite value among the types known so far.
pub(super) fn of(used: &Use, heights: &BTreeMap<&TypeId, u32>) -> Option<u32> {
    match &used.ty {
        _ if used.nullable => Some(0),
        Ty::Named(id) => heights.get(id).copied(),
        Ty::Array(items) if used.rules.min_items.unwrap_or(0) > 0 => of(items, heights),
        Ty::Map(values) if used.rules.min_properties.unwrap_or(0) > 0 => of(values, heights),
        _ => Some(0),
    }
}

fn of_kind(kind: &Kind, heights: &BTreeMap<&TypeId, u32>) -> Option<u32> {
    match kind {
        Kind::Enum(_) => Some(0),
        Kind::Alias(target) => of(target, heights),
        Kind::Union(union) => union.variants.iter().filter_map(|v| of(&v.value, heights)).min(),
        Kind::Struct(object) => object
            .fields
            .iter()
            .filter(|f| f.required)
            .map(|f| of(&f.value, heights))
            .try_fold(0, |most, height| Some(most.max(height?))),
    }
}
