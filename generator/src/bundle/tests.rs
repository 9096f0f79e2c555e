//! What upstream's tool does with references, in the small; the expectations were taken from it.

use super::{merged, product};
use crate::diagnostic::Diagnostics;
use crate::load::sources::Sources;
use crate::load::{Documents, File, Tree};
use serde_json::{Value, json};

fn source(files: &[(&str, Value)]) -> (Documents, Sources) {
    let sources = Sources::parse(include_str!("../../../schemas/sources.toml"), "sources.toml").unwrap();
    let base = json!({"openapi": "3.0.3", "info": {"title": "Forest"}, "servers": [{"url": "/"}]});
    let bases =
        ["schemas/base_cloud.yml", "schemas/base_meshery.yml"].map(|file| (file.to_owned(), base.clone()));
    let files = files.iter().map(|(file, value)| (format!("schemas/constructs/v1/{file}"), value.clone()));
    let files = files.chain(bases).map(|(file, value)| (file, File::new(value.to_string()))).collect();
    (Documents::new(Tree { files, ..Tree::default() }), sources)
}

fn document(schemas: Value) -> Value {
    json!({"openapi": "3.0.3", "info": {"title": "A  Tree"}, "paths": {}, "components": {"schemas": schemas}})
}

/// The schemas of one document once references are replaced.
fn schemas(schemas: Value, other: Value) -> Value {
    let (documents, sources) = source(&[("tree/api.yml", document(schemas)), ("tree/other.yaml", other)]);
    merged(&documents, &sources).unwrap().document["components"]["schemas"].clone()
}

#[test]
fn siblings_win_where_the_target_is_new() {
    let found = schemas(
        json!({
            "A": {"$ref": "#/components/schemas/B", "type": "x", "properties": {"p": {"n": 1}}, "enum": ["u"]},
            "B": {"type": "y", "properties": {"p": {"m": 2, "n": 2}, "q": 3}, "enum": ["v", "w"], "title": "t"}
        }),
        json!({}),
    );
    let a =
        json!({"type": "x", "properties": {"p": {"m": 2, "n": 1}, "q": 3}, "enum": ["u", "w"], "title": "t"});
    assert_eq!(found["A_Tree_A"], a);
    assert_eq!(found["A_Tree_B"]["type"], "y");
}

#[test]
fn siblings_only_fill_in_where_the_target_was_met() {
    let found = schemas(
        json!({
            "A": {"p": {"$ref": "#/components/schemas/B"}},
            "B": {"type": "y"},
            "C": {"$ref": "#/components/schemas/B", "type": "x", "more": {"$ref": "#/components/schemas/D"}},
            "D": {"type": "d"}
        }),
        json!({}),
    );
    // What is filled in is not walked: its reference stays, with the new name of its target.
    let left = json!({"type": "y", "more": {"$ref": "#/components/schemas/A_Tree_D"}});
    assert_eq!(found["A_Tree_C"], left);
}

#[test]
fn walks_start_with_the_smallest_number() {
    let found = schemas(
        json!({
            "A": {
                "b": {"$ref": "#/components/schemas/Z", "type": "x"},
                "2": {"$ref": "#/components/schemas/Z"}
            },
            "Z": {"type": "z"}
        }),
        json!({}),
    );
    assert_eq!(found["A_Tree_A"]["b"]["type"], "z", "the target was met at `2`");
}

#[test]
fn references_go_through_files_and_other_references() {
    let found = schemas(
        json!({
            "A": {"$ref": "./other.yaml#/first/properties/deep"},
            "B": {"$ref": "other.yaml"},
            "C": {"$ref": "other.yaml#/paths/x/y"}
        }),
        json!({
            "first": {"$ref": "#/second"},
            "second": {"properties": {"deep": {"$ref": "api.yml#/info"}}},
            "paths": {"x/y": 1}
        }),
    );
    assert_eq!(found["A_Tree_A"], json!({"title": "A  Tree"}));
    assert_eq!(found["A_Tree_B"]["first"]["properties"]["deep"]["title"], "A  Tree");
    assert_eq!(found["A_Tree_C"], 1);
}

fn operation(products: &[&str], security: Value) -> Value {
    json!({"tags": ["T"], "x-internal": products, "security": security, "responses": {}})
}

#[test]
fn a_product_keeps_its_operations_and_what_they_reach() {
    let tree = json!({
        "openapi": "3.0.3", "info": {"title": "Trees"}, "security": [{"jwt": []}],
        "tags": [{"name": "T"}, {"name": "T"}],
        "paths": {
            "/a": {"parameters": [], "get": operation(&["cloud"], json!([{"jwt": []}])), "put": operation(&["meshery"], json!([]))},
            "/b": {"get": operation(&["meshery"], json!([{"key": []}]))}
        },
        "components": {"schemas": {"S": {}}, "securitySchemes": {"jwt": {"type": "http"}, "key": {"type": "apiKey"}}}
    });
    let (documents, sources) = source(&[("tree/api.yml", tree)]);
    let merged = merged(&documents, &sources).unwrap();
    assert_eq!(merged.document["tags"], json!([{"name": "Trees_T"}]));
    assert!(merged.document["paths"]["/a"]["parameters"].is_array());
    let cloud = product(merged, &documents, &sources, "cloud").unwrap();
    assert_eq!(
        cloud["paths"],
        json!({"/a": {"get": {
            "tags": ["Trees_T"], "x-internal": ["cloud"], "security": [{"Trees_jwt": []}], "responses": {}
        }}})
    );
    assert_eq!(cloud["components"], json!({"securitySchemes": {"Trees_jwt": {"type": "http"}}}));
    assert_eq!(cloud["servers"], json!([{"url": "/"}]));
}

#[test]
fn the_order_of_files_and_the_number_of_threads_change_nothing() {
    let names = ["oak/api.yml", "ash/api.yml", "elm-b/api.yml", "elm/api.yml"];
    let of = |title: &str| json!({"openapi": "3.0.3", "info": {"title": title}, "paths": {"/".to_owned() + title: {}}});
    let paths = |names: &[&str]| -> Result<Vec<String>, Diagnostics> {
        let files: Vec<_> = names.iter().map(|name| (*name, of(name))).collect();
        let (documents, sources) = source(&files);
        let document = merged(&documents, &sources)?.document;
        Ok(document["paths"].as_object().unwrap().keys().cloned().collect())
    };
    let found = paths(&names).unwrap();
    // By the name of the folder, in which a hyphen comes after the end.
    assert_eq!(found, ["/ash/api.yml", "/elm/api.yml", "/elm-b/api.yml", "/oak/api.yml"]);
    let mut turned = names;
    turned.reverse();
    assert_eq!(paths(&turned).unwrap(), found);
}
