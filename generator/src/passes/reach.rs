//! Reach: which products and which directions a type is used in. What no operation reaches is
//! left out.

use super::{named, types_of, uses};
use crate::diagnostic::Diagnostics;
use crate::ir::{Api, Kind, Operation, Payload, TypeDef, TypeId, Usage};
use std::collections::BTreeSet;

pub(crate) fn run(api: &mut Api, _: &mut Diagnostics) {
    let edges: Vec<Vec<usize>> = api.types.values().map(|def| edges(api, def)).collect();
    let mut reached: Vec<(BTreeSet<String>, Usage)> = vec![Default::default(); edges.len()];
    for operation in &api.operations {
        let (requests, responses) = ends(operation);
        for index in closure(api, &edges, &requests) {
            if let Some((products, usage)) = reached.get_mut(index) {
                products.extend(operation.products.iter().cloned());
                usage.request = true;
            }
        }
        for index in closure(api, &edges, &responses) {
            if let Some((products, usage)) = reached.get_mut(index) {
                products.extend(operation.products.iter().cloned());
                usage.response = true;
            }
        }
    }
    for index in bodies(api) {
        if let Some((_, usage)) = reached.get_mut(index) {
            usage.body = true;
        }
    }
    for (def, (products, usage)) in api.types.values_mut().zip(reached) {
        def.products = products;
        def.usage = usage;
    }
    api.types.retain(|_, def| !def.products.is_empty());
}

/// The types that JSON request bodies are, by index: through lists, other names and alternatives.
fn bodies(api: &Api) -> BTreeSet<usize> {
    let content =
        api.operations.iter().filter_map(|operation| operation.body.as_ref()).flat_map(|body| &body.content);
    let json = content.filter_map(|media| match &media.payload {
        Payload::Json(body) => named(body),
        _ => None,
    });
    let mut open: Vec<usize> = json.filter_map(|id| api.types.get_index_of(id)).collect();
    let mut seen = BTreeSet::new();
    while let Some(index) = open.pop() {
        let Some((_, def)) = api.types.get_index(index).filter(|_| seen.insert(index)) else { continue };
        if matches!(def.kind, Kind::Alias(_) | Kind::Union(_)) {
            open.extend(
                uses(&def.kind).into_iter().filter_map(named).filter_map(|id| api.types.get_index_of(id)),
            );
        }
    }
    seen
}

/// The types that a type leads to, by index.
fn edges(api: &Api, def: &TypeDef) -> Vec<usize> {
    let ids = uses(&def.kind).into_iter().filter_map(named).chain(&def.merged);
    ids.filter_map(|id| api.types.get_index_of(id)).collect()
}

/// The types that `roots` lead to, and they themselves, by index.
fn closure(api: &Api, edges: &[Vec<usize>], roots: &[&TypeId]) -> BTreeSet<usize> {
    let mut seen: BTreeSet<usize> = roots.iter().filter_map(|id| api.types.get_index_of(*id)).collect();
    let mut open: Vec<usize> = seen.iter().copied().collect();
    while let Some(index) = open.pop() {
        for next in edges.get(index).into_iter().flatten() {
            if seen.insert(*next) {
                open.push(*next);
            }
        }
    }
    seen
}

/// The types that a request names, and those that a response names.
fn ends(operation: &Operation) -> (Vec<&TypeId>, Vec<&TypeId>) {
    let mut requests: Vec<_> = operation.params().filter_map(|param| named(&param.value)).collect();
    requests.extend(operation.body.iter().flat_map(|body| &body.content).flat_map(types_of));
    let mut responses = Vec::new();
    for response in &operation.responses {
        responses.extend(response.content.iter().flat_map(types_of));
        responses.extend(response.headers.iter().filter_map(|header| named(&header.value)));
    }
    (requests, responses)
}
