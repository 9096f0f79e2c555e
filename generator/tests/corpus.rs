//! What does each keyword of a contract come to? See `corpus/README.md`.

#![allow(clippy::unwrap_used, clippy::panic)]

use meshery_generator::contract::Contract;
use meshery_generator::diagnostic::Diagnostics;
use meshery_generator::ir::Api;
use meshery_generator::lower;
use proptest::prelude::*;
use rand::{SeedableRng, rngs::StdRng, seq::SliceRandom};
use serde_json::{Map, Value, json};
use std::fs;
use std::path::{Path, PathBuf};

fn corpus() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files.filter(|file| file.extension().is_some_and(|e| e == "yml")).collect();
    files.sort();
    files
}

/// The contract of a document: as it is, or its schemas, each behind an operation.
fn contract(file: &Path) -> Contract {
    let document: Value = serde_yaml::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let document = match document.get("schemas") {
        Some(schemas) => wrapped(schemas),
        None => document,
    };
    Contract { release: "v0.0.1".to_owned(), sha256: "0".to_owned(), document }
}

fn wrapped(schemas: &Value) -> Value {
    let operation = |(index, key): (usize, &String)| {
        let schema = json!({ "$ref": format!("#/components/schemas/{key}") });
        let operation = json!({
            "operationId": format!("get{index}"), "tags": ["all"], "x-internal": ["wood"],
            "x-construct": "v1.wrapper",
            "responses": {"200": {"description": "OK", "content": {"application/json": {"schema": schema}}}},
        });
        (format!("/{index}"), json!({ "get": operation }))
    };
    let paths: Map<String, Value> = schemas.as_object().unwrap().keys().enumerate().map(operation).collect();
    json!({
        "openapi": "3.0.3", "info": {"title": "Trees", "version": "v0.0.1"},
        "x-products": {"wood": {"title": "Wood"}}, "security": [],
        "paths": paths, "components": {"schemas": schemas},
    })
}

fn lowered(contract: &Contract) -> (Api, Diagnostics) {
    let mut report = Diagnostics::new();
    let api = lower::lower(contract, "contract.yml", &mut report).unwrap_or_else(|all| panic!("{all}"));
    (api, report)
}

#[test]
fn every_document_comes_to_what_it_should() {
    let mut wrong = Vec::new();
    for file in corpus() {
        let contract = contract(&file);
        let (api, report) = lowered(&contract);
        let whole = contract.document.pointer("/x-products/town").is_some();
        let shown = if whole { serde_yaml::to_string(&api) } else { serde_yaml::to_string(&api.types) };
        let warnings: String = report.iter().map(|warning| format!("# {}\n", warning.message)).collect();
        let found = format!("{warnings}{}", shown.unwrap());
        let golden = file.with_extension("ir");
        if std::env::var_os("BLESS").is_some() {
            fs::write(&golden, &found).unwrap();
        } else if fs::read_to_string(&golden).unwrap_or_default() != found {
            wrong.push(format!("== {}\n{found}", file.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The same value with the members of every object in another order.
fn shuffled(value: &Value, rng: &mut StdRng) -> Value {
    match value {
        Value::Object(map) => {
            let mut members: Vec<_> = map.iter().map(|(k, v)| (k.clone(), shuffled(v, rng))).collect();
            members.shuffle(rng);
            Value::Object(members.into_iter().collect())
        }
        Value::Array(list) => Value::Array(list.iter().map(|v| shuffled(v, rng)).collect()),
        other => other.clone(),
    }
}

fn assert_order_means_nothing(contract: &Contract, seed: u64) {
    let mut rng = StdRng::seed_from_u64(seed);
    let other = Contract { document: shuffled(&contract.document, &mut rng), ..contract.clone() };
    assert_eq!(lowered(contract), lowered(&other));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_maps_means_nothing(seed: u64) {
        for file in corpus() {
            assert_order_means_nothing(&contract(&file), seed);
        }
    }
}

#[test]
fn the_order_of_maps_in_the_committed_contract_means_nothing() {
    let text = include_str!("../../schemas/contract.yml");
    let contract = meshery_generator::contract::read(text, "schemas/contract.yml").unwrap();
    for seed in 0..3 {
        assert_order_means_nothing(&contract, seed);
    }
}
