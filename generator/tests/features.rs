//! Does what a feature leaves out of a build leave out too much?

use meshery_generator::contract;
use meshery_generator::diagnostic::Diagnostics;
use meshery_generator::emit::features;
use meshery_generator::ir::{Api, Group};
use meshery_generator::lower;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

fn api() -> Api {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas/contract.yml");
    let contract = contract::read(&std::fs::read_to_string(file).unwrap(), "contract.yml").unwrap();
    lower::lower(&contract, "contract.yml", &mut Diagnostics::new()).unwrap()
}

/// The table of features of a crate.
fn table(api: &Api, part: &str) -> BTreeMap<String, Vec<String>> {
    let table: toml::Table = features::emit(api, part).parse().unwrap();
    let list = |value: &toml::Value| {
        value.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
    };
    table.iter().map(|(name, brings)| (name.clone(), list(brings))).collect()
}

/// A feature and all that it brings, by and by.
fn closure(table: &BTreeMap<String, Vec<String>>, feature: &str) -> BTreeSet<String> {
    let (mut seen, mut open) = (BTreeSet::new(), vec![feature.to_owned()]);
    while let Some(next) = open.pop() {
        open.extend(table[&next].iter().cloned());
        seen.insert(next);
    }
    seen
}

/// Every type that is named somewhere, by the form that the representation is dumped in.
fn named(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| match (name.as_str(), value) {
            ("Named" | "described_by", Value::String(id)) => drop(found.insert(id.clone())),
            _ => named(value, found),
        }),
        Value::Array(elements) => elements.iter().for_each(|value| named(value, found)),
        _ => {}
    }
}

/// The modules of all types that the operations of a group lead to.
fn reached(api: &Api, group: &Group) -> BTreeSet<Vec<String>> {
    let mut open = BTreeSet::new();
    for index in &group.operations {
        named(&serde_json::to_value(&api.operations[*index]).unwrap(), &mut open);
    }
    let (mut seen, mut modules) = (BTreeSet::new(), BTreeSet::new());
    while let Some(id) = open.pop_first() {
        let (_, def) = api.types.iter().find(|(other, _)| other.0 == id).unwrap();
        modules.insert(def.module.clone());
        let mut next = BTreeSet::new();
        named(&serde_json::to_value(&def.kind).unwrap(), &mut next);
        seen.insert(id);
        open.extend(next.into_iter().filter(|id| !seen.contains(id)));
    }
    modules
}

#[test]
fn a_group_brings_the_types_that_its_operations_lead_to() {
    let api = api();
    let types = table(&api, "types");
    let mut fewest = api.modules.len();
    for group in api.products.iter().flat_map(|product| &product.groups) {
        let brought = closure(&types, &group.feature);
        for path in reached(&api, group) {
            let module = api.modules.iter().find(|module| module.path == path).unwrap();
            assert!(brought.contains(&module.feature), "{} does not bring {path:?}", group.feature);
        }
        fewest = fewest.min(brought.len());
    }
    assert!(fewest < 5, "every group brings {fewest} modules of {}", api.modules.len());
}

#[test]
fn all_brings_everything_and_the_crates_have_the_same_groups() {
    let api = api();
    let types = table(&api, "types");
    assert_eq!(closure(&types, "all"), types.keys().cloned().collect(), "a feature that nothing brings");
    for part in ["client", "server"] {
        let own = table(&api, part);
        for product in &api.products {
            let groups: Vec<_> = product.groups.iter().map(|group| group.feature.clone()).collect();
            assert_eq!(own[&product.feature], groups);
            for group in groups {
                assert_eq!(own[&group], [format!("meshery-types/{group}")]);
                assert!(types.contains_key(&group));
            }
        }
    }
}
