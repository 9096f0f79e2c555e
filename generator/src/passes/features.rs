//! Features: what can be left out of a build. A product and each of its groups, and each module of
//! types with the modules that its types name.

use super::{named, types_of, uses};
use crate::diagnostic::Diagnostics;
use crate::ir::{Api, Module, Operation, TypeId};
use std::collections::{BTreeMap, BTreeSet};

/// The features that every crate has.
const TAKEN: [&str; 2] = ["all", "default"];

pub(super) fn run(api: &mut Api, _: &mut Diagnostics) {
    let mut taken: BTreeSet<String> = TAKEN.map(str::to_owned).into();
    for product in &mut api.products {
        product.feature = free(&mut taken, product.name.replace('_', "-"), "-api");
        for group in &mut product.groups {
            let module = group.module.trim_start_matches("r#").replace('_', "-");
            group.feature = free(&mut taken, format!("{}-{module}", product.feature), "-group");
        }
    }
    let features = modules(api, &mut taken);
    let needs: Vec<Vec<String>> = api
        .products
        .iter()
        .flat_map(|product| &product.groups)
        .map(|group| {
            let operations = group.operations.iter().filter_map(|index| api.operations.get(*index));
            listed(api, &features, operations.flat_map(types))
        })
        .collect();
    let groups = api.products.iter_mut().flat_map(|product| &mut product.groups);
    for (group, needs) in groups.zip(needs) {
        group.needs = needs;
    }
}

/// A name that nothing else has. Only a product or a module that is called like another feature
/// gets one that is longer.
fn free(taken: &mut BTreeSet<String>, mut name: String, more: &str) -> String {
    while !taken.insert(name.clone()) {
        name.push_str(more);
    }
    name
}

/// Fills in the modules, and gives the feature of each by its path.
fn modules(api: &mut Api, taken: &mut BTreeSet<String>) -> BTreeMap<Vec<String>, String> {
    let paths: BTreeSet<&Vec<String>> = api.types.values().map(|def| &def.module).collect();
    let called = paths.into_iter().filter(|path| !path.is_empty()).map(|path| {
        let words: Vec<_> = path.iter().map(|module| module.trim_start_matches("r#")).collect();
        (path.clone(), free(taken, words.join("_"), "_types"))
    });
    let features: BTreeMap<_, _> = called.collect();
    let made = features.iter().map(|(path, feature)| {
        let own = api.types.values().filter(|def| def.module == *path);
        let mut needs =
            listed(api, &features, own.flat_map(|def| uses(&def.kind).into_iter().filter_map(named)));
        needs.extend((1..path.len()).filter_map(|end| features.get(path.get(..end)?).cloned()));
        needs.sort();
        needs.dedup();
        needs.retain(|need| need != feature);
        Module { path: path.clone(), feature: feature.clone(), needs }
    });
    let made = made.collect();
    api.modules = made;
    features
}

/// The features of the modules of types, sorted.
fn listed<'a>(
    api: &Api,
    features: &BTreeMap<Vec<String>, String>,
    ids: impl Iterator<Item = &'a TypeId>,
) -> Vec<String> {
    let modules = ids.filter_map(|id| features.get(&api.get(id)?.module));
    modules.collect::<BTreeSet<_>>().into_iter().cloned().collect()
}

/// The types that an operation names.
fn types(operation: &Operation) -> Vec<&TypeId> {
    let params = operation.params().chain(operation.responses.iter().flat_map(|response| &response.headers));
    let mut ids: Vec<_> = params.filter_map(|param| named(&param.value)).collect();
    let bodies = operation.body.iter().flat_map(|body| &body.content);
    let content = bodies.chain(operation.responses.iter().flat_map(|response| &response.content));
    ids.extend(content.flat_map(types_of));
    ids
}
