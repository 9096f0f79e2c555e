//! Reach: which products and which directions a type is used in. What no operation reaches is
//! left out.

use super::{named, types_of, uses};
use crate::diagnostic::Diagnostics;
use crate::ir::{Api, Operation, TypeId, Usage};
use std::collections::BTreeSet;

pub(super) fn run(api: &mut Api, _: &mut Diagnostics) {
    let operations = std::mem::take(&mut api.operations);
    for operation in &operations {
        let (requests, responses) = ends(operation);
        let request = Usage { request: true, response: false };
        let response = Usage { request: false, response: true };
        for (roots, usage) in [(requests, request), (responses, response)] {
            mark(api, roots, &operation.products, usage);
        }
    }
    api.operations = operations;
    api.types.retain(|_, def| !def.products.is_empty());
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

fn mark(api: &mut Api, roots: Vec<&TypeId>, products: &BTreeSet<String>, usage: Usage) {
    let mut open: Vec<TypeId> = roots.into_iter().cloned().collect();
    let mut seen: BTreeSet<TypeId> = open.iter().cloned().collect();
    while let Some(id) = open.pop() {
        let Some(def) = api.types.get_mut(&id) else { continue };
        def.products.extend(products.iter().cloned());
        def.usage.request |= usage.request;
        def.usage.response |= usage.response;
        for next in uses(&def.kind).into_iter().filter_map(named).chain(&def.merged) {
            if seen.insert(next.clone()) {
                open.push(next.clone());
            }
        }
    }
}
