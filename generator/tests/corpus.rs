//! What does each keyword of a contract come to? See `corpus/README.md`.

use meshery_generator::contract::Contract;
use meshery_generator::diagnostic::Diagnostics;
use meshery_generator::ir::{Api, Kind, Segment};
use meshery_generator::lower;
use proptest::prelude::*;
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn corpus() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files.filter(|file| file.extension().is_some_and(|e| e == "yml")).collect();
    files.sort();
    files
}

/// How often each property is tried.
const CASES: u32 = 32;

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
        assert_invariants(&api);
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

/// What `ir` says always holds.
fn assert_invariants(api: &Api) {
    let mut names = BTreeSet::new();
    for (id, def) in &api.types {
        assert!(names.insert((&def.module, &def.name)), "{} is there twice as {}", id.0, def.name);
        let text = serde_json::to_value(def).unwrap();
        for target in named(&text) {
            assert!(api.types.keys().any(|id| id.0 == target), "{target}, of {}, is no type", id.0);
        }
        if let Kind::Struct(object) = &def.kind {
            let fields: BTreeSet<_> = object.fields.iter().map(|field| &field.name).collect();
            assert_eq!(fields.len(), object.fields.len(), "{}", id.0);
        }
    }
    for operation in &api.operations {
        let wires = operation.path_params.iter().map(|param| param.wire.clone());
        let template = operation.segments.iter().filter_map(|segment| match segment {
            Segment::Param(name) => Some(name.clone()),
            Segment::Literal(_) | Segment::Mixed(_) => None,
        });
        assert!(wires.eq(template), "{}", operation.id);
        for product in &operation.products {
            let product = api.products.iter().find(|p| p.name == *product).unwrap();
            assert!(product.groups.iter().any(|group| group.tag == operation.tag), "{}", operation.id);
        }
        for target in named(&serde_json::to_value(operation).unwrap()) {
            assert!(api.types.keys().any(|id| id.0 == target), "{target}, of {}, is no type", operation.id);
        }
    }
}

/// Every type that a dump names.
fn named(dump: &Value) -> Vec<String> {
    match dump {
        Value::Object(map) => map
            .iter()
            .flat_map(|(key, value)| match value {
                Value::String(id) if key == "Named" => vec![id.clone()],
                other => named(other),
            })
            .collect(),
        Value::Array(list) => list.iter().flat_map(named).collect(),
        _ => Vec::new(),
    }
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

/// The same value with a few of its parts in the place of others.
fn mangled(value: &Value, parts: &[Value], rng: &mut StdRng) -> Value {
    if rng.random_ratio(1, 150) {
        return parts.choose(rng).cloned().unwrap_or_default();
    }
    match value {
        Value::Object(map) => {
            Value::Object(map.iter().map(|(k, v)| (k.clone(), mangled(v, parts, rng))).collect())
        }
        Value::Array(list) => Value::Array(list.iter().map(|v| mangled(v, parts, rng)).collect()),
        other => other.clone(),
    }
}

/// Every value in a value.
fn parts(value: &Value, into: &mut Vec<Value>) {
    into.push(value.clone());
    match value {
        Value::Object(map) => map.values().for_each(|part| parts(part, into)),
        Value::Array(list) => list.iter().for_each(|part| parts(part, into)),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_maps_means_nothing(seed: u64) {
        for file in corpus() {
            assert_order_means_nothing(&contract(&file), seed);
        }
    }

    #[test]
    fn whatever_a_contract_says_lowering_ends_and_what_it_gives_holds(seed: u64) {
        let mut rng = StdRng::seed_from_u64(seed);
        for file in corpus() {
            let contract = contract(&file);
            let mut pool = vec![json!(null), json!({}), json!([]), json!(""), json!(-1)];
            parts(&contract.document, &mut pool);
            let document = mangled(&contract.document, &pool, &mut rng);
            let mut report = Diagnostics::new();
            match lower::lower(&Contract { document, ..contract }, "contract.yml", &mut report) {
                Ok(api) => assert_invariants(&api),
                Err(found) => assert!(found.has_errors()),
            }
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
