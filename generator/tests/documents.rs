//! What is said of documents that others might have written? See `documents/README.md`.

use meshery_generator::contract;
use meshery_generator::diagnostic::Diagnostics;
use meshery_generator::ir::Crates;
use meshery_generator::load::{self, Limits, positions, sources::Sources};
use meshery_generator::{generate_single, without_unsupported};
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// The documents, and those in folders of their own with files beside them.
fn documents() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents");
    let mut found = Vec::new();
    for topic in entries(&root).into_iter().filter(|path| path.is_dir()) {
        for document in entries(&topic) {
            if document.is_dir() {
                found.push(document.join("api.yml"));
            } else if document.extension().is_some_and(|e| e == "yml" || e == "json") {
                found.push(document);
            }
        }
    }
    found
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

/// Whether a document is accepted, and all that is said of it.
fn outcome(document: &Path) -> String {
    let documents = match load::single(document, &Limits::default()) {
        Ok(documents) => documents,
        Err(found) => return format!("refused\n\n{found}\n"),
    };
    let shown = |mut found: Diagnostics| {
        positions::complete(&mut found, |file| documents.text(file));
        found
    };
    let file = document.file_name().unwrap().to_str().unwrap();
    let made = contract::single(&documents, &Sources::single(file, "corpus"))
        .and_then(|single| generate_single(&single, crates(file)));
    match made {
        Ok(made) => {
            let (operations, types) = (made.api.operations.len(), made.api.types.len());
            let found = shown(made.warnings).to_string();
            let found = if found.is_empty() { found } else { format!("\n{found}\n") };
            format!("accepted: {operations} operations, {types} types\n{found}")
        }
        Err(found) => format!("refused\n\n{}\n", shown(found)),
    }
}

fn crates(file: &str) -> Crates {
    Crates { name: "corpus".into(), verb: "generate".into(), from: file.into() }
}

#[test]
fn an_operation_with_a_name_that_http_cannot_carry_leaves_the_others() {
    let file = "names-wrong.yml";
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents/parameters");
    let documents = load::single(&folder.join(file), &Limits::default()).unwrap();
    let single = contract::single(&documents, &Sources::single(file, "corpus")).unwrap();
    let made = generate_single(&without_unsupported(&single), crates(file)).unwrap();
    let ids: Vec<_> = made.api.operations.iter().map(|operation| operation.id.as_str()).collect();
    assert_eq!(ids, ["getNamesFine"]);
    let said = made.warnings.to_string();
    assert!(said.contains("GET /names-wrong is left out, since it is not supported: `"), "{said}");
}

#[test]
fn every_document_is_answered_as_expected() {
    let bless = std::env::var_os("BLESS").is_some();
    let mut wrong = Vec::new();
    let documents = documents();
    for document in &documents {
        let found = outcome(document);
        let golden = document.with_extension("txt");
        if bless {
            fs::write(&golden, &found).unwrap();
        } else if fs::read_to_string(&golden).unwrap_or_default() != found {
            wrong.push(format!("== {}\n{found}", document.display()));
        }
    }
    assert!(documents.len() > 50, "{} documents", documents.len());
    assert!(wrong.is_empty(), "{}\nBLESS=1 accepts what was found", wrong.join("\n"));
}

/// Every value in a value.
fn parts(value: &Value, into: &mut Vec<Value>) {
    into.push(value.clone());
    match value {
        Value::Object(members) => members.values().for_each(|part| parts(part, into)),
        Value::Array(list) => list.iter().for_each(|part| parts(part, into)),
        _ => {}
    }
}

/// The same value with a few of its parts in the place of others, under a few names of others.
fn mangled(value: &Value, pool: &[Value], rng: &mut StdRng, rate: u32) -> Value {
    if rng.random_ratio(1, rate) {
        return pool.choose(rng).cloned().unwrap_or_default();
    }
    match value {
        Value::Object(members) => {
            let name = |name: &String, rng: &mut StdRng| match pool.choose(rng) {
                Some(Value::String(other)) if rng.random_ratio(1, rate) => other.clone(),
                _ => name.clone(),
            };
            let members = members.iter().map(|(k, v)| (name(k, rng), mangled(v, pool, rng, rate)));
            Value::Object(members.collect::<Vec<_>>().into_iter().collect())
        }
        Value::Array(list) => list.iter().map(|part| mangled(part, pool, rng, rate)).collect(),
        other => other.clone(),
    }
}

/// Documents that are put together of parts of the others. `MANGLE=100000` tries that many;
/// `KEEP=FOLDER` keeps those that are accepted, to be compiled.
#[test]
fn whatever_a_document_says_it_is_answered_and_what_is_emitted_is_rust() {
    let count: u64 = std::env::var("MANGLE").ok().map_or(150, |count| count.parse().unwrap());
    let first: u64 = std::env::var("SEED").ok().map_or(0, |seed| seed.parse().unwrap());
    let texts = documents().into_iter().filter_map(|file| fs::read_to_string(file).ok());
    let read: Vec<Value> = texts.filter_map(|text| serde_yaml::from_str(&text).ok()).collect();
    let mut pool = vec![Value::Null, serde_json::json!({}), serde_json::json!([]), serde_json::json!(-1)];
    read.iter().for_each(|document| parts(document, &mut pool));
    let folder = tempfile::tempdir().unwrap();
    for seed in first..first + count {
        let mut rng = StdRng::seed_from_u64(seed);
        let document = read.choose(&mut rng).unwrap();
        let rate = *[20, 100, 400].choose(&mut rng).unwrap();
        let document = mangled(document, &pool, &mut rng, rate);
        let file = folder.path().join("api.yml");
        fs::write(&file, document.to_string()).unwrap();
        let found = outcome(&file);
        assert!(!found.contains("M0601"), "seed {seed}: {found}\n{document}");
        if let (Some(keep), true) = (std::env::var_os("KEEP"), found.starts_with("accepted")) {
            fs::copy(&file, Path::new(&keep).join(format!("{seed}.json"))).unwrap();
        }
    }
}
