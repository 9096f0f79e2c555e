//! One contract, whatever the source: every published form of a real release against its source
//! tree, by what operations mean, by what components and generated types are called.
//!
//! Needs the archives and bundles in the folder that `MESHERY_UPSTREAM` names, or in
//! `../shared/upstream`; for the npm form the package in the folder that `MESHERY_NPM` names. Says
//! so where one is missing.

use crate::support::{skipped, upstream};
use heck::{ToSnakeCase, ToUpperCamelCase};
use meshery_generator::contract::diff::{self, Names, Types};
use meshery_generator::contract::{self, Contract};
use meshery_generator::fold::{Dereferenced, fold};
use meshery_generator::load::{self, Documents, Limits, sources::Sources};
use meshery_generator::overlay::Overlay;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex};

/// The release that there are bundles of, and the one that there is a package of.
const BUNDLED: &str = "1.3.45";
const PACKAGED: &str = "1.3.7";

fn sources() -> Sources {
    Sources::parse(include_str!("../../schemas/sources.toml"), "sources.toml").unwrap()
}

fn contracted(documents: &Documents) -> Contract {
    let overlay = Overlay::parse(include_str!("../../schemas/overlay.yml"), "overlay.yml").unwrap();
    contract::build(documents, &sources(), &overlay).unwrap_or_else(|found| panic!("{found}")).contract
}

/// The contract of a release, from its source tree; made once for all tests.
fn archive(release: &str) -> Option<Arc<Contract>> {
    static MADE: Mutex<BTreeMap<String, Arc<Contract>>> = Mutex::new(BTreeMap::new());
    let folder = upstream()?;
    let mut made = MADE.lock().unwrap();
    let contract = made.entry(release.to_owned()).or_insert_with(|| {
        let file = File::open(folder.join(format!("meshery-schemas-{release}.tar.gz"))).unwrap();
        let tree = load::archive(file, &sources(), &Limits::default()).unwrap();
        Arc::new(contracted(&Documents::new(tree)))
    });
    Some(contract.clone())
}

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
    let Some(folder) = std::env::var_os("MESHERY_NPM") else {
        skipped(&format!("no npm package; MESHERY_NPM names the folder of meshery-schemas-{PACKAGED}.tgz"));
        return None;
    };
    let file = Path::new(&folder).join(format!("meshery-schemas-{PACKAGED}.tgz"));
    let read = load::npm(File::open(file).unwrap(), &sources(), &Limits::default()).unwrap();
    Some(Dereferenced { release: Some(format!("v{PACKAGED}")), ..read })
}

/// The contract of a form, and the types of both: every fact must be that of `archive`.
fn same(what: &str, form: &Dereferenced, memory: Option<&Contract>, archive: &Contract) -> (Contract, Names) {
    let documents = fold(form, &sources(), memory).unwrap_or_else(|found| panic!("{what}:\n{found}"));
    let made = contracted(&documents);
    let differences = diff::compare(archive, &made);
    assert!(differences.is_empty(), "{what}: A the archive, B the form\n{differences}");
    let names = diff::names(archive, &made);
    eprintln!("{what}\n{names}");
    (made, names)
}

/// The words of a name, in lower case and without what makes a plural of them.
fn words(name: &str) -> BTreeSet<String> {
    let words = name.to_snake_case();
    words.split('_').map(stem).collect()
}

fn stem(word: &str) -> String {
    word.trim_end_matches(['s', 'e', 'i', 'y']).to_owned()
}

/// What operations are called, as types would be.
fn operations(made: &Contract) -> BTreeSet<String> {
    let items = made.document["paths"].as_object().unwrap().values();
    let operations = items.flat_map(|item| item.as_object().unwrap().values());
    operations
        .filter_map(|operation| Some(operation.get("operationId")?.as_str()?.to_upper_camel_case()))
        .collect()
}

/// The names that the documents of a form state for their schemas; those of components have a prefix.
fn stated(form: &Dereferenced) -> BTreeSet<String> {
    let components =
        form.documents.iter().filter_map(|piece| piece.document["components"]["schemas"].as_object());
    let mut found: BTreeSet<String> =
        components.flat_map(|schemas| schemas.keys()).map(|key| key.to_upper_camel_case()).collect();
    let mut queue: Vec<&Value> = form.documents.iter().map(|piece| &piece.document).collect();
    while let Some(value) = queue.pop() {
        queue.extend(value.as_array().into_iter().flatten());
        for (key, value) in value.as_object().into_iter().flatten() {
            if let (Some(text), true) = (value.as_str(), key == "title" || key.starts_with("x-go-type")) {
                found.insert(text.rsplit(['.', '*']).next().unwrap().to_upper_camel_case());
            }
            queue.push(value);
        }
    }
    found
}

/// The schemas of which nothing tells the construct any more, each with the words of what uses it:
/// operations, members, and other schemas, with their members.
fn owners(made: &Contract) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut queue =
        vec![(&made.document, BTreeSet::from(["bad", "item", "request", "response", "value"].map(stem)))];
    while let Some((value, mut above)) = queue.pop() {
        let Some(object) = value.as_object() else {
            queue.extend(value.as_array().into_iter().flatten().map(|item| (item, above.clone())));
            continue;
        };
        let own = ["operationId", "name"].iter().filter_map(|key| object.get(*key)?.as_str());
        above.extend(own.flat_map(words));
        if let Some(used) = object.get("$ref").and_then(Value::as_str) {
            let name = used.rsplit('/').next().unwrap();
            if name.starts_with("unversioned.") {
                let own = made.document["components"]["schemas"][name]["properties"].as_object();
                let own = own.into_iter().flat_map(|members| members.keys()).flat_map(|member| words(member));
                found
                    .entry(name.rsplit('.').next().unwrap().to_owned())
                    .or_default()
                    .extend(above.iter().cloned().chain(own));
            }
        }
        queue.extend(object.iter().map(|(key, value)| {
            let own = words(key.rsplit('.').next().unwrap());
            (value, above.iter().cloned().chain(own).collect())
        }));
    }
    found
}

/// Types must be as many, within some percent, and so many percent of them called the same.
fn assert_types(what: &str, names: &Names, apart: usize, least: f64) {
    let Types { counts: [ours, theirs], share, .. } = names.types.as_ref().unwrap();
    assert!(ours.abs_diff(*theirs) * 100 <= ours * apart, "{what}: {ours} types, and {theirs}");
    assert!(*share >= least, "{what}: {share:.2} % of the types are called the same, expected {least} %");
}

#[test]
fn bundles_make_the_contract_of_the_archive_with_what_is_held() {
    for names in [&["meshery", "cloud"][..], &["merged"]] {
        let (Some(form), Some(archive)) = (bundles(names), archive(BUNDLED)) else { return };
        let what = format!("{names:?}");
        let (_, names) = same(&what, &form, Some(&archive), &archive);
        assert_types(&what, &names, 5, 98.0);
    }
}

#[test]
fn bundles_make_the_contract_of_the_archive_with_nothing_held() {
    for names in [&["meshery", "cloud"][..], &["merged"]] {
        let (Some(form), Some(archive)) = (bundles(names), archive(BUNDLED)) else { return };
        let what = format!("{names:?} alone");
        let (made, names) = same(&what, &form, None, &archive);
        let Types { counts, aliases, others, only_in_b, .. } = names.types.unwrap();
        // Equal schemas of which nothing tells any more that they were several are one, and of what was
        // but another name nothing is left.
        let [ours, theirs] = [0, 1].map(|side| counts[side] - aliases[side]);
        assert!(ours.abs_diff(theirs) * 100 <= ours * 5, "{what}: {ours} types, and {theirs}");
        let names: Vec<&String> = others.values().flatten().chain(&only_in_b).collect();
        for name in names {
            let name = name.rsplit("::").next().unwrap();
            let counted = name.ends_with(|c: char| c.is_ascii_digit());
            assert!(!counted && (2..=100).contains(&name.len()), "{what}: `{name}`");
        }
        // A name is what upstream says beside the schema, or is made of words of what uses it.
        let stated = stated(&form);
        let operations = operations(&made);
        for (name, mut owners) in owners(&made) {
            // One of several operations that answer the same gives its name.
            owners.extend(
                operations.iter().filter(|id| name.starts_with(id.as_str())).flat_map(|id| words(id)),
            );
            let foreign: Vec<_> = words(&name).into_iter().filter(|word| !owners.contains(word)).collect();
            assert!(
                foreign.is_empty()
                    || stated.iter().any(|stated| stated.ends_with(&name.to_upper_camel_case())),
                "{what}: `{name}`: {foreign:?} not in {owners:?}"
            );
        }
        // As stable as it is readable: folded again with its own names, nothing changes.
        let again = fold(&form, &sources(), Some(&made)).unwrap();
        assert_eq!(contracted(&again).document, made.document, "{what}");
    }
}

#[test]
fn the_package_makes_the_contract_of_the_archive() {
    let (Some(form), Some(archive)) = (package(), archive(PACKAGED)) else { return };
    let (_, names) = same("the package alone", &form, None, &archive);
    assert_types("the package alone", &names, 10, 80.0);
    // What is held is the contract of the release before or after, or the one committed.
    for held in [BUNDLED, PACKAGED] {
        let held_contract = self::archive(held).unwrap();
        let what = format!("the package with the contract of {held}");
        let (_, names) = same(&what, &form, Some(&held_contract), &archive);
        assert_types(&what, &names, 5, 97.0);
    }
}

#[test]
fn what_is_held_of_another_release_changes_names_only() {
    let (Some(form), Some(archive)) = (bundles(&["meshery", "cloud"]), archive(BUNDLED)) else { return };
    for held in ["1.2.9", "1.3.7"] {
        let held_contract = self::archive(held).unwrap();
        let what = format!("bundles with the contract of {held}");
        let (_, names) = same(&what, &form, Some(&held_contract), &archive);
        assert_types(&what, &names, 5, 0.0);
    }
}

#[test]
fn the_bundle_of_a_product_makes_the_contract_of_that_product() {
    for (product, count) in [("meshery", 124), ("cloud", 210)] {
        let (Some(form), Some(archive)) = (bundles(&[product]), archive(BUNDLED)) else { return };
        let documents = fold(&form, &sources(), Some(&archive)).unwrap();
        let overlay = Overlay::parse(include_str!("../../schemas/overlay.yml"), "overlay.yml").unwrap();
        let made = contract::build(&documents, &form.narrowed(&sources()), &overlay);
        let made = made.unwrap_or_else(|found| panic!("{product}:\n{found}")).contract.document;
        let products: Vec<_> = made["x-products"].as_object().unwrap().keys().collect();
        assert_eq!(products, [product]);
        let items = made["paths"].as_object().unwrap().values();
        let operations: Vec<_> = items.flat_map(|item| item.as_object().unwrap().values()).collect();
        assert_eq!(operations.len(), count);
        assert!(operations.iter().all(|operation| operation["x-internal"] == serde_json::json!([product])));
        // Every schema of it is one of the whole, under its name.
        let whole = archive.document["components"]["schemas"].as_object().unwrap();
        let own = made["components"]["schemas"].as_object().unwrap();
        let other: Vec<_> = own.iter().filter(|(name, schema)| whole.get(*name) != Some(schema)).collect();
        assert!(other.is_empty(), "{product}: {other:?}");
    }
}
