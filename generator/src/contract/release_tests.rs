//! Do real releases become contracts? Needs the archives in the folder that `MESHERY_UPSTREAM`
//! names, or in `../shared/upstream`; says so when there are none.

use super::{Built, build, read, to_yaml};
use crate::diagnostic::{Code, Diagnostics};
use crate::load::reference::{self, Target};
use crate::load::sources::Sources;
use crate::load::{self, Documents, Limits};
use crate::overlay::Overlay;
use crate::support::upstream;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::sync::{Arc, Mutex};

/// Release, and how many operations there are in all, for meshery and for cloud.
const RELEASES: &[(&str, [usize; 3])] =
    &[("1.3.45", [260, 124, 210]), ("1.3.7", [198, 81, 194]), ("1.2.9", [190, 70, 189])];

pub(crate) fn sources() -> Sources {
    Sources::parse(include_str!("../../../schemas/sources.toml"), "sources.toml").unwrap()
}

pub(crate) fn overlay() -> Overlay {
    Overlay::parse(include_str!("../../../schemas/overlay.yml"), "overlay.yml").unwrap()
}

pub(crate) fn documents(version: &str) -> Option<Documents> {
    let archive = upstream()?.join(format!("meshery-schemas-{version}.tar.gz"));
    let tree = load::archive(File::open(&archive).unwrap(), &sources(), &Limits::default());
    Some(Documents::new(tree.unwrap_or_else(|findings| panic!("{}:\n{findings}", archive.display()))))
}

/// The contract of a release, made once for all tests.
pub(crate) fn built(version: &str) -> Option<Arc<Built>> {
    static MADE: Mutex<BTreeMap<String, Arc<Built>>> = Mutex::new(BTreeMap::new());
    upstream()?;
    let mut made = MADE.lock().unwrap();
    let built = made.entry(version.to_owned()).or_insert_with(|| {
        let built = build(&documents(version).unwrap(), &sources(), &overlay());
        Arc::new(built.unwrap_or_else(|findings| panic!("{version}:\n{findings}")))
    });
    Some(built.clone())
}

fn operations(document: &Value) -> impl Iterator<Item = &Value> {
    let items = document["paths"].as_object().unwrap().values();
    items.flat_map(|item| item.as_object().unwrap().values())
}

#[test]
fn every_release_has_all_its_operations() {
    for (version, counts) in RELEASES {
        let Some(built) = built(version) else { return };
        let of = |product: &str| {
            let names =
                |operation: &&Value| operation["x-internal"].as_array().unwrap().contains(&product.into());
            operations(&built.contract.document).filter(names).count()
        };
        let found = [operations(&built.contract.document).count(), of("meshery"), of("cloud")];
        assert_eq!(found, *counts, "{version}");
    }
}

#[test]
fn what_is_written_is_read_as_it_was_and_written_again_the_same() {
    for (version, _) in RELEASES {
        let Some(built) = built(version) else { return };
        // Reading checks that it is OpenAPI 3.0.3 and that every reference leads somewhere.
        let again =
            read(&built.text, "contract.yml").unwrap_or_else(|findings| panic!("{version}:\n{findings}"));
        assert_eq!(again, built.contract, "{version}");
        assert_eq!(to_yaml(&again.document).unwrap(), built.text, "{version}");
        assert_eq!(super::canonical::document(again.document.clone()), again.document, "{version}");
        let mut settled = again.document.clone();
        super::normalise::document(&mut settled, &mut Diagnostics::new());
        assert_eq!(super::canonical::document(settled), again.document, "{version}");
    }
}

#[test]
fn every_repair_is_verified_for_every_release_that_is_at_hand() {
    for (version, _) in RELEASES {
        let Some(built) = built(version) else { return };
        let codes: Vec<_> = built.warnings.iter().map(|d| d.code).collect();
        assert!(!codes.contains(&Code::UnverifiedOverlay), "{version}:\n{}", built.warnings);
    }
}

#[test]
fn the_committed_contract_is_what_the_release_makes() {
    let Some(built) = built("1.3.45") else { return };
    assert!(built.text == include_str!("../../../schemas/contract.yml"), "run `cargo xtask fetch`");
    assert_eq!(built.lock.to_toml(), include_str!("../../../schemas/schemas.lock"));
    let folder = tempfile::tempdir().unwrap();
    // A checkout of the same release, which does not say its commit.
    let root = folder.path().join("schemas-1.3.45");
    for (path, file) in &documents("1.3.45").unwrap().tree().files {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, &file.text).unwrap();
    }
    let tree = load::directory(&root, &sources(), &Limits::default()).unwrap();
    let again = build(&Documents::new(tree), &sources(), &overlay()).unwrap();
    assert_eq!(again.lock.completed_by(&built.lock), built.lock);
    assert!(again.text == built.text);
}

/// Every member of every object in another order.
pub(crate) fn shuffled(value: &Value, random: &mut StdRng) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> =
                members.iter().map(|(name, value)| (name.clone(), shuffled(value, random))).collect();
            members.shuffle(random);
            Value::Object(members.into_iter().collect())
        }
        Value::Array(list) => list.iter().map(|value| shuffled(value, random)).collect(),
        other => other.clone(),
    }
}

#[test]
fn the_order_of_members_and_files_says_nothing() {
    for (version, _) in RELEASES {
        let (Some(built), Some(documents)) = (built(version), documents(version)) else { return };
        let mut random = StdRng::seed_from_u64(7);
        let mut files: Vec<_> = documents.tree().files.clone().into_iter().collect();
        files.shuffle(&mut random);
        let files = files.into_iter().map(|(path, file)| match documents.get(&path) {
            Some(Ok(document)) => {
                let file = load::File::new(shuffled(document, &mut random).to_string());
                (path, file)
            }
            _ => (path, file),
        });
        let tree = load::Tree { files: files.collect(), ..documents.tree().clone() };
        let again = build(&Documents::new(tree), &sources(), &overlay()).unwrap();
        assert!(again.text == built.text, "{version}: the contract depends on the order of the sources");
        assert_eq!(again.warnings, built.warnings, "{version}");
    }
}

/// Walks raw documents from operation to schema, and notes each definition that a reference
/// leads to, without any of the code that makes the contract.
struct Walk<'a> {
    documents: &'a Documents,
    definitions: BTreeSet<Target>,
}

impl Walk<'_> {
    fn any(&mut self, file: &str, value: &Value, in_schema: bool) {
        let Some(members) = value.as_object() else {
            let list = value.as_array().into_iter().flatten();
            return list.for_each(|value| self.any(file, value, in_schema));
        };
        if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
            let target = reference::resolve(file, reference).unwrap();
            let node = reference::lookup(self.documents.get(&target.file).unwrap().unwrap(), &target.pointer)
                .unwrap();
            let is_alias = node.get("$ref").is_some() && node.as_object().unwrap().len() == 1;
            if !in_schema || is_alias || self.definitions.insert(target.clone()) {
                self.any(&target.file, node, in_schema);
            }
        }
        if members.contains_key("openapi") {
            return;
        }
        for (name, value) in members {
            match name.as_str() {
                "schema" if !in_schema => self.any(file, value, true),
                "properties" if in_schema => {
                    value.as_object().unwrap().values().for_each(|value| self.any(file, value, true));
                }
                "items" | "not" | "additionalProperties" | "allOf" | "oneOf" | "anyOf" if in_schema => {
                    self.any(file, value, true);
                }
                _ if !in_schema => self.any(file, value, false),
                _ => {}
            }
        }
    }
}

#[test]
fn every_schema_that_upstream_reaches_is_there() {
    for (version, _) in RELEASES {
        let Some(documents) = documents(version) else { return };
        let mut walk = Walk { documents: &documents, definitions: BTreeSet::new() };
        for construct in load::constructs(&documents, &sources()).unwrap() {
            walk.any(&construct.file, &construct.document["paths"], false);
        }
        let facts = super::gather::gathered(&documents, &sources(), "v0.0.0", &mut Diagnostics::new());
        let place = |schema: &Value| {
            let (file, pointer) = schema["x-place"].as_str().unwrap().split_once('#').unwrap();
            Target { file: file.to_owned(), pointer: pointer.to_owned() }
        };
        let components = facts["components"]["schemas"].as_object().unwrap();
        let own: BTreeSet<Target> = components.values().map(place).collect();
        assert_eq!(own.difference(&walk.definitions).next(), None, "{version}");
        for missing in walk.definitions.difference(&own) {
            let node =
                reference::lookup(documents.get(&missing.file).unwrap().unwrap(), &missing.pointer).unwrap();
            // Another name of a schema, or a scalar that is only referred to with facts beside it.
            let alias = node["allOf"].as_array().is_some_and(|list| list.len() == 1);
            let scalar = ["string", "integer", "number", "boolean"].iter().any(|ty| node["type"] == *ty);
            assert!(alias || scalar, "{version}: {missing:?} is not a component");
        }
        let built = built(version).unwrap();
        let kept = built.contract.document["components"]["schemas"].as_object().unwrap();
        for (name, schema) in components.iter().filter(|(name, _)| !kept.contains_key(*name)) {
            let alias =
                ["oneOf", "anyOf"].iter().any(|k| schema[*k].as_array().is_some_and(|list| list.len() == 1));
            assert!(alias, "{version}: {name} is left out");
        }
    }
}
