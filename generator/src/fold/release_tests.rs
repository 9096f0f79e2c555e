//! Do the published forms of a real release make the contract that its source tree makes?
//!
//! Needs the archives and bundles in the folder that `MESHERY_UPSTREAM` names, or in
//! `../shared/upstream`; and for the npm form the package in the folder that `MESHERY_NPM` names.

use super::{Dereferenced, folded};
use crate::contract::bundle_tests::{differences, inlined, settled};
use crate::contract::release_tests::{built, overlay, shuffled, sources, upstream};
use crate::contract::{self, Built, Contract};
use crate::diagnostic::Diagnostics;
use crate::load::{self, Limits};
use crate::lower;
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;

const BUNDLED: &str = "1.3.45";
const PACKAGED: &str = "1.3.7";

fn bundles(names: &[&str]) -> Option<Dereferenced> {
    let folder = upstream()?.join(format!("bundles/v{BUNDLED}"));
    let read = names.iter().map(|name| {
        let file = format!("{name}_openapi.yml.gz");
        let reader = File::open(folder.join(&file)).unwrap();
        load::bundle(&file, reader, None, &sources(), &Limits::default()).unwrap()
    });
    Some(Dereferenced { release: Some(format!("v{BUNDLED}")), ..load::bundled(read) })
}

fn package() -> Option<Dereferenced> {
    upstream()?;
    let Some(folder) = std::env::var_os("MESHERY_NPM") else {
        eprintln!("SKIPPED: no npm package; set MESHERY_NPM to the folder of meshery-schemas-{PACKAGED}.tgz");
        return None;
    };
    let file = Path::new(&folder).join(format!("meshery-schemas-{PACKAGED}.tgz"));
    let read = load::npm(File::open(file).unwrap(), &sources(), &Limits::default()).unwrap();
    Some(Dereferenced { release: Some(format!("v{PACKAGED}")), ..read })
}

/// The contract of a form.
fn made(input: &Dereferenced, memory: Option<&Contract>) -> Built {
    let (documents, _) = folded(input, &sources(), memory).unwrap_or_else(|found| panic!("{found}"));
    contract::build(&documents, &sources(), &overlay()).unwrap_or_else(|found| panic!("{found}"))
}

/// The names of the types that a contract makes.
fn types(contract: &Contract) -> BTreeSet<String> {
    let api = lower::lower(contract, "contract.yml", &mut Diagnostics::new());
    let api = api.unwrap_or_else(|found| panic!("{found}"));
    api.types.values().map(|def| format!("{}::{}", def.module.join("::"), def.name)).collect()
}

/// Every operation with its schemas in place, but for the construct that it is said to be of.
fn wire(contract: &Contract) -> Value {
    let schemas = &contract.document["components"]["schemas"];
    let mut paths = Map::new();
    for (path, item) in contract.document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let mut operation = inlined(operation, schemas, 0);
            operation.as_object_mut().unwrap().remove("x-construct");
            paths.insert(format!("{method} {path}"), json!({ "get": operation }));
        }
    }
    settled(json!({ "paths": paths }))["paths"].take()
}

fn assert_same_wire(what: &str, ours: &Contract, theirs: &Contract) {
    let mut found = Vec::new();
    differences("", &wire(ours), &wire(theirs), &mut found);
    assert!(found.is_empty(), "{what}: {} differences\n{}", found.len(), found.join("\n"));
}

/// How many types two contracts make, and what part of either has the names of the other.
fn names_in_common(what: &str, ours: &Contract, theirs: &Contract) -> (usize, usize, f64) {
    let (ours, theirs) = (types(ours), types(theirs));
    let same = ours.intersection(&theirs).count();
    let part = 100.0 * same as f64 / ours.len().max(theirs.len()) as f64;
    eprintln!(
        "{what}: {} types, {} from the archive, {same} with the same name: {part:.2} %",
        ours.len(),
        theirs.len()
    );
    (ours.len(), theirs.len(), part)
}

#[test]
fn bundles_and_the_contract_held_make_the_contract_of_the_archive() {
    for names in [&["meshery", "cloud"][..], &["merged"]] {
        let Some(input) = bundles(names) else { return };
        let archive = built(BUNDLED).unwrap();
        let made = made(&input, Some(&archive.contract)).contract;
        let what = format!("{names:?} with memory");
        assert_same_wire(&what, &made, &archive.contract);
        let (ours, theirs, part) = names_in_common(&what, &made, &archive.contract);
        assert!(ours.abs_diff(theirs) * 20 <= theirs && part >= 98.0, "{what}");
    }
}

#[test]
fn bundles_alone_say_the_same_on_the_wire_under_names_without_counters() {
    for names in [&["meshery", "cloud"][..], &["merged"]] {
        let Some(input) = bundles(names) else { return };
        let archive = built(BUNDLED).unwrap();
        let made = made(&input, None).contract;
        let what = format!("{names:?} without memory");
        assert_same_wire(&what, &made, &archive.contract);
        names_in_common(&what, &made, &archive.contract);
        let components = made.document["components"]["schemas"].as_object().unwrap();
        let counted: Vec<_> =
            components.keys().filter(|name| name.ends_with(|c: char| c.is_ascii_digit())).collect();
        assert!(counted.is_empty(), "{what}: {counted:?}");
    }
}

#[test]
fn a_memory_of_another_release_changes_names_only() {
    for memory in ["1.3.7", "1.2.9"] {
        let Some(input) = bundles(&["meshery", "cloud"]) else { return };
        let archive = built(BUNDLED).unwrap();
        let made = made(&input, Some(&built(memory).unwrap().contract)).contract;
        let what = format!("bundles of {BUNDLED} with the memory of {memory}");
        assert_same_wire(&what, &made, &archive.contract);
        names_in_common(&what, &made, &archive.contract);
    }
}

#[test]
fn the_package_makes_the_contract_of_the_archive() {
    let Some(input) = package() else { return };
    let archive = built(PACKAGED).unwrap();
    for (memory, least) in
        [(None, 80.0), (Some("1.2.9"), 95.0), (Some(BUNDLED), 97.0), (Some(PACKAGED), 97.0)]
    {
        let held = memory.map(|memory| built(memory).unwrap());
        let made = made(&input, held.as_ref().map(|held| &held.contract)).contract;
        let what = format!("package of {PACKAGED} with the memory of {memory:?}");
        assert_same_wire(&what, &made, &archive.contract);
        let (_, _, part) = names_in_common(&what, &made, &archive.contract);
        assert!(part >= least, "{what}");
    }
}

#[test]
fn the_order_of_members_and_documents_changes_nothing() {
    let (Some(merged), Some(both)) = (bundles(&["merged"]), bundles(&["meshery", "cloud"])) else { return };
    let mut random = StdRng::seed_from_u64(7);
    for input in [merged, both] {
        let mut turned = input.clone();
        turned.documents.reverse();
        for piece in &mut turned.documents {
            piece.document = shuffled(&piece.document, &mut random);
        }
        assert!(
            made(&input, None).text == made(&turned, None).text,
            "the fold depends on the order of members"
        );
    }
}

#[test]
fn twice_the_bundle_is_twice_the_work() {
    let Some(once) = bundles(&["merged"]) else { return };
    let mut twice = once.clone();
    let paths = twice.documents[0].document["paths"].as_object_mut().unwrap();
    let again: Vec<_> = paths.iter().map(|(path, item)| (format!("/again{path}"), item.clone())).collect();
    paths.extend(again);
    let work = |input: &Dereferenced| folded(input, &sources(), None).unwrap().1;
    let (once, twice) = (work(&once), work(&twice));
    eprintln!("{once} steps for the merged bundle, {twice} for twice its operations");
    assert!(twice <= 2 * once, "{twice} steps after {once}");
}
