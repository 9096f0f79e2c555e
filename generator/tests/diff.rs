//! What do two contracts say differently, and what do they only call differently?

use meshery_generator::contract::diff::{self, Cause, Differences, Names};
use meshery_generator::contract::{self, Contract};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

const A: &str = include_str!("diff/a.yml");
const COMMITTED: &str = include_str!("../../schemas/contract.yml");

fn read(text: &str) -> Contract {
    contract::read(text, "contract.yml").unwrap()
}

/// A contract with another document.
fn with(contract: &Contract, change: impl FnOnce(&mut Value)) -> Contract {
    let mut other = contract.clone();
    change(&mut other.document);
    other
}

/// Replaces every text that is the key of a pair by the other.
fn replaced(value: &mut Value, pairs: &[(String, String)]) {
    match value {
        Value::String(text) => {
            if let Some((_, new)) = pairs.iter().find(|(old, _)| old == text) {
                text.clone_from(new);
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|value| replaced(value, pairs)),
        Value::Object(members) => members.values_mut().for_each(|value| replaced(value, pairs)),
        _ => {}
    }
}

/// The contract with every component called otherwise.
fn renamed(contract: &Contract) -> Contract {
    with(contract, |document| {
        let schemas = document["components"]["schemas"].as_object_mut().unwrap();
        let names: Vec<String> = schemas.keys().cloned().collect();
        let pointer = |name: &str| format!("#/components/schemas/{name}");
        let pairs: Vec<_> =
            names.iter().map(|name| (pointer(name), pointer(&format!("{name}Renamed")))).collect();
        *schemas =
            std::mem::take(schemas).into_iter().map(|(name, s)| (format!("{name}Renamed"), s)).collect();
        replaced(document, &pairs);
    })
}

/// Writes what references lead to in their place, outside of components: some `depth` deep.
fn inlined(value: &Value, schemas: &Value, depth: usize) -> Value {
    match value {
        Value::Object(members) => {
            if let Some(reference) = members.get("$ref").and_then(Value::as_str).filter(|_| depth > 0) {
                let target = &schemas[reference.rsplit('/').next().unwrap()];
                return inlined(target, schemas, depth - 1);
            }
            members.iter().map(|(name, value)| (name.clone(), inlined(value, schemas, depth))).collect()
        }
        Value::Array(list) => list.iter().map(|value| inlined(value, schemas, depth)).collect(),
        other => other.clone(),
    }
}

fn golden(name: &str, found: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diff").join(name);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&file, found).unwrap();
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(found == expected, "{name} is not as expected; found:\n{found}");
}

#[test]
fn a_contract_is_equal_to_itself() {
    for text in [A, COMMITTED] {
        let contract = read(text);
        let differences = diff::compare(&contract, &contract);
        assert!(differences.is_empty(), "{differences}");
        let Names { places: [all, same], components, renamed, constructs, types } =
            diff::names(&contract, &contract);
        assert!(all > 0 && all == same && renamed.is_empty() && constructs.is_empty());
        assert_eq!([components[0]; 3], components);
        // The first one is more than can be generated: every way to write a parameter.
        let types =
            types.map(|types| assert_eq!([types.identical, types.in_place], types.counts, "{types:?}"));
        assert_eq!(types.is_ok(), text == COMMITTED, "{types:?}");
        let told = serde_json::to_value(diff::names(&contract, &contract)).unwrap();
        let told = told["types"].as_object().unwrap();
        assert_eq!((told.contains_key("share"), told.contains_key("error")), (types.is_ok(), types.is_err()));
    }
}

#[test]
fn what_things_are_called_is_no_difference() {
    for text in [A, COMMITTED] {
        let contract = read(text);
        let other = renamed(&contract);
        let differences = diff::compare(&contract, &other);
        assert!(differences.is_empty(), "{differences}");
        let names = diff::names(&contract, &other);
        assert_eq!(names.places[1], 0, "{names}");
        assert!(names.renamed.iter().all(|renamed| renamed.cause == Cause::Renamed), "{names}");
    }
}

#[test]
fn what_is_written_in_place_is_no_difference() {
    for text in [A, COMMITTED] {
        let contract = read(text);
        for depth in [1, 2] {
            let other = with(&contract, |document| {
                let schemas = document["components"]["schemas"].clone();
                document["paths"] = inlined(&document["paths"], &schemas, depth);
            });
            for [a, b] in [[&contract, &other], [&other, &contract]] {
                let differences = diff::compare(a, b);
                assert!(differences.is_empty(), "{differences}");
            }
            let names = diff::names(&contract, &other);
            assert!(names.renamed.iter().any(|renamed| renamed.cause == Cause::Inlined), "{names}");
        }
    }
}

/// What may change without being a difference: titles, the release, phrases, where things are
/// declared, and names of components.
fn is_waived(pointer: &str) -> bool {
    let waived = ["/openapi", "/info/title", "/info/version"].contains(&pointer)
        || pointer.ends_with("/x-construct")
        || (pointer.contains("/responses/") && pointer.ends_with("/description"));
    // A target of the mapping that is nothing: reading refuses such a contract.
    waived || pointer.contains("/discriminator/mapping/")
}

/// The pointers of all values that are neither objects nor arrays.
fn leaves(value: &Value, at: &str, found: &mut Vec<String>) {
    let escaped = |name: &str| name.replace('~', "~0").replace('/', "~1");
    match value {
        Value::Object(members) if !members.is_empty() => {
            members.iter().for_each(|(name, value)| leaves(value, &format!("{at}/{}", escaped(name)), found));
        }
        Value::Array(list) if !list.is_empty() => {
            list.iter().enumerate().for_each(|(i, value)| leaves(value, &format!("{at}/{i}"), found));
        }
        _ => found.push(at.to_owned()),
    }
}

#[test]
fn every_fact_counts() {
    let contract = read(A);
    let mut all = Vec::new();
    leaves(&contract.document, "", &mut all);
    let missed: Vec<_> = all
        .iter()
        .filter(|pointer| !is_waived(pointer))
        .filter(|pointer| {
            let changed = with(&contract, |document| {
                let leaf = document.pointer_mut(pointer).unwrap();
                *leaf = match leaf.take() {
                    Value::Bool(flag) => json!(!flag),
                    Value::Number(number) => json!(number.as_u64().unwrap() + 1),
                    Value::String(text) if text == "#/components/schemas/v1.tree.Oak" => {
                        json!("#/components/schemas/v1.tree.Kind")
                    }
                    Value::String(text) if text.starts_with('#') => json!("#/components/schemas/v1.tree.Oak"),
                    Value::String(text) => json!(format!("{text}x")),
                    _ => json!([{ "key": ["x"] }]),
                };
            });
            diff::compare(&contract, &changed).is_empty() || diff::compare(&changed, &contract).is_empty()
        })
        .collect();
    assert!(all.len() > 100 && missed.is_empty(), "no difference when these change: {missed:#?}");
}

#[test]
fn every_member_counts() {
    let contract = read(A);
    let mut all = Vec::new();
    leaves(&contract.document, "", &mut all);
    let members: BTreeSet<&str> = all
        .iter()
        .flat_map(|p| p.match_indices('/').skip(1).map(|(at, _)| &p[..at]).chain([p.as_str()]))
        .collect();
    let missed: Vec<_> = members
        .into_iter()
        .filter(|p| !is_waived(p) && !p.ends_with("/x-internal") && p.matches('/').count() > 1)
        .filter(|pointer| {
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            let name = name.replace("~1", "/").replace("~0", "~");
            let removed = with(&contract, |document| match document.pointer_mut(parent).unwrap() {
                Value::Object(members) => _ = members.shift_remove(&name),
                Value::Array(list) => _ = list.remove(name.parse().unwrap()),
                _ => unreachable!(),
            });
            diff::compare(&contract, &removed).is_empty() || diff::compare(&removed, &contract).is_empty()
        })
        .collect();
    // The other part of the same `allOf` says it too.
    let said_twice = [0, 1].map(|part| format!("/components/schemas/v1.tree.Page/allOf/{part}/type"));
    assert_eq!(missed, said_twice);
}

/// A form of a release that is published without the table of keys says nothing of them.
#[test]
fn keys_are_compared_where_both_sides_have_them() {
    let id = "0b1f3c1e-0000-4000-8000-00000000000a";
    let keyed = |roles: Value| {
        with(&read(A), |document| {
            document["x-permissions"][id] = json!({ "theme": "Trees", "roles": roles, "local": true });
        })
    };
    let some = keyed(json!(["Forester"]));
    assert!(diff::compare(&read(A), &some).is_empty() && diff::compare(&some, &read(A)).is_empty());
    let found = diff::compare(&some, &keyed(json!([]))).differences;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].what, found[0].name.as_str()), (diff::What::Permission, &*format!("{id} roles")));
}

#[test]
fn differences_are_told_with_place_and_cause() {
    let contract = read(A);
    let other = with(&contract, |document| {
        document["x-products"]["park"]["servers"] = json!(["http://localhost:1", "https://park.example"]);
        let felled = document["paths"].as_object_mut().unwrap().shift_remove("/trees/{id}").unwrap();
        document["paths"]["/trees/{treeId}"] = felled;
        document["paths"]["/trees/{treeId}"]["delete"]["parameters"][0]["name"] = json!("treeId");
        document["paths"]["/shrubs"] = json!({ "get": document["paths"]["/trees"]["post"] });
        let get = &mut document["paths"]["/trees"]["get"];
        get["tags"] = json!(["Plants", "Trees"]);
        get["security"] = json!([{ "key": [] }]);
        get["parameters"].as_array_mut().unwrap().swap(0, 1);
        get["responses"]["200"]["headers"]["x-count"]["schema"]["minimum"] = json!(0);
        get["responses"].as_object_mut().unwrap().shift_remove("404");
        let schemas = &mut document["components"]["schemas"];
        schemas["v1.tree.Kind"]["enum"] = json!(["fir", "oak"]);
        schemas["v1.tree.Oak"]["properties"]["art"]["maxLength"] = json!(90);
        schemas["v1.tree.Oak"].as_object_mut().unwrap().shift_remove("nullable");
        schemas["v1.tree.Fir"]["required"] = json!(["kind"]);
        let page = &mut schemas["v1.tree.Page"]["allOf"][1]["properties"];
        page["trees"]["items"]["anyOf"].as_array_mut().unwrap().swap(0, 1);
        page["next"] = json!({ "$ref": "#/components/schemas/v1.tree.Page" });
    });
    golden("changed.txt", &diff::compare(&contract, &other).to_string());
    golden(
        "changed.json",
        &(serde_json::to_string_pretty(&diff::compare(&other, &contract)).unwrap() + "\n"),
    );
}

#[test]
fn names_are_told_with_place_and_cause() {
    let contract = read(A);
    let other = with(&contract, |document| {
        let page = document["components"]["schemas"].as_object_mut().unwrap().shift_remove("v1.tree.Page");
        document["components"]["schemas"]["v2.tree.Page"] = page.unwrap();
        let media = "/paths/~1trees/get/responses/200/content/application~1json/schema/$ref";
        *document.pointer_mut(media).unwrap() = json!("#/components/schemas/v2.tree.Page");
        let oak = document["components"]["schemas"]["v1.tree.Oak"].clone();
        document["components"]["schemas"]["v1.tree.Acorn"] = oak;
        let near = "/components/schemas/v1.tree.Oak/properties/near/$ref";
        *document.pointer_mut(near).unwrap() = json!("#/components/schemas/v1.tree.Acorn");
        let kind = document["components"]["schemas"]["v1.tree.Kind"].clone();
        document["paths"]["/trees"]["get"]["parameters"][1]["schema"] = kind;
        document["paths"]["/trees"]["get"]["x-construct"] = json!("v2.tree");
    });
    assert!(diff::compare(&contract, &other).is_empty());
    golden("named.txt", &diff::names(&contract, &other).to_string());
}

#[test]
fn schemas_that_never_end_are_compared() {
    let contract = read(A);
    // The same endless tree, unrolled once.
    let unrolled = with(&contract, |document| {
        let oak = document["components"]["schemas"]["v1.tree.Oak"].clone();
        document["components"]["schemas"]["v1.tree.Oak"]["properties"]["near"] = oak;
    });
    assert!(diff::compare(&contract, &unrolled).is_empty());
    let odd = with(&contract, |document| {
        let schemas = &mut document["components"]["schemas"];
        schemas["v1.tree.Kind"] = json!({ "$ref": "#/components/schemas/v1.tree.Fir" });
        schemas["v1.tree.Fir"] = json!({ "$ref": "#/components/schemas/v1.tree.Kind" });
        schemas["v1.tree.Oak"] =
            json!({ "allOf": [{ "$ref": "#/components/schemas/v1.tree.Oak" }, { "type": "object" }] });
    });
    assert!(diff::compare(&odd, &odd).is_empty());
    assert!(!diff::compare(&odd, &contract).is_empty());
    // Merging what merges itself, a member at a time.
    let grown = with(&contract, |document| {
        let twin = |a: &str, b: &str| {
            let one = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
            json!({ "type": "object", "properties": { "p": { "allOf": [one(a), one(b)] }, a: { "type": "string" } } })
        };
        let schemas = &mut document["components"]["schemas"];
        schemas["v1.tree.Oak"] = twin("v1.tree.Fir", "v1.tree.Kind");
        schemas["v1.tree.Fir"] = twin("v1.tree.Kind", "v1.tree.Oak");
        schemas["v1.tree.Kind"] = twin("v1.tree.Oak", "v1.tree.Fir");
    });
    assert!(diff::compare(&grown, &grown).is_empty());
    let Differences { differences, .. } = diff::compare(&grown, &contract);
    assert!(differences.iter().all(|difference| difference.cause != Cause::TooLarge));
}

/// A contract that no one reads, since reading refuses it, is still compared.
#[test]
fn odd_values_anywhere_are_compared() {
    let contract = read(A);
    let mut all = Vec::new();
    leaves(&contract.document, "", &mut all);
    let prefixes = |p: &String| p.match_indices('/').map(|(at, _)| p[..at].to_owned()).collect::<Vec<_>>();
    let places: BTreeSet<String> = all.iter().flat_map(prefixes).chain(all.iter().cloned()).collect();
    let odd = [json!(null), json!([[]]), json!({ "$ref": "#/components/schemas/v1.tree.Oak" }), json!(-1.5)];
    for (place, value) in places.iter().zip(odd.iter().cycle()) {
        let changed = with(&contract, |document| *document.pointer_mut(place).unwrap() = value.clone());
        assert!(diff::compare(&changed, &changed).is_empty(), "{place}");
        let [there, back] = [diff::compare(&contract, &changed), diff::compare(&changed, &contract)];
        assert_eq!(there.is_empty(), back.is_empty(), "{place}");
    }
}

#[test]
fn a_whole_contract_is_compared_quickly() {
    let (contract, other) = (read(COMMITTED), renamed(&read(COMMITTED)));
    let started = Instant::now();
    assert!(diff::compare(&contract, &other).is_empty());
    // Well under a second when optimised; this is what is not.
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
}
