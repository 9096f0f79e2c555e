//! Does each rule say what it says it does? One schema in, one schema out.

use super::document;
use crate::contract::canonical;
use crate::diagnostic::{Code, Diagnostics};
use serde_json::{Value, json};

/// The schema after all rules, and what was said about it; `components` are there to refer to.
fn normal(schema: Value, components: Value) -> (Value, Vec<Code>) {
    let mut whole = json!({
        "paths": { "/": { "get": { "parameters": [{ "schema": schema }], "responses": { "200": {
            "content": { "application/json": { "schema": all_of(&components) } } } } } } },
        "components": { "schemas": components },
    });
    let mut found = Diagnostics::new();
    document(&mut whole, &mut found);
    let whole = canonical::document(whole);
    let codes = found.iter().map(|d| d.code).collect();
    (whole["paths"]["/"]["get"]["parameters"][0]["schema"].clone(), codes)
}

/// Something that keeps all components reached.
fn all_of(components: &Value) -> Value {
    let names = components.as_object().unwrap().keys();
    json!({ "oneOf": names.map(|n| json!({ "$ref": format!("#/components/schemas/{n}") })).collect::<Vec<_>>() })
}

fn alone(schema: Value) -> Value {
    let (schema, codes) = normal(schema, json!({}));
    assert_eq!(codes, []);
    schema
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

#[test]
fn what_holds_anyway_is_left_out() {
    let schema = json!({ "type": "string", "nullable": false, "minLength": 0, "readOnly": false });
    assert_eq!(alone(schema), json!({ "type": "string" }));
    let schema = json!({ "type": "object", "additionalProperties": {}, "uniqueItems": false });
    assert_eq!(alone(schema), json!({ "type": "object" }));
    assert_eq!(alone(json!({ "type": "object", "additionalProperties": true })), json!({ "type": "object" }));
    let bounded = json!({ "type": "integer", "minimum": 1, "exclusiveMinimum": true });
    assert_eq!(alone(bounded.clone()), bounded);
    assert_eq!(alone(json!({ "type": "integer", "exclusiveMaximum": true })), json!({ "type": "integer" }));
}

#[test]
fn an_alternative_that_is_null_makes_the_others_nullable() {
    let nil = json!({ "nullable": true, "enum": [null] });
    let expected =
        json!({ "type": "string", "nullable": true, "oneOf": [{ "minLength": 2 }, { "maxLength": 9 }] });
    let mut schema = expected.clone();
    schema["oneOf"].as_array_mut().unwrap().push(nil.clone());
    assert_eq!(alone(schema), expected);

    let components = json!({ "Cat": { "type": "object" }, "Nil": nil });
    let (schema, codes) = normal(json!({ "anyOf": [reference("Nil"), reference("Cat")] }), components);
    assert_eq!(schema, json!({ "nullable": true, "allOf": [reference("Cat")] }));
    // The component by itself.
    assert_eq!(codes, [Code::BadEnum]);
}

#[test]
fn alternatives_of_string_enumerations_are_one() {
    let schema = json!({ "oneOf": [{ "enum": ["a", "b"] }, { "type": "string", "enum": ["b", "c"] }], "maxLength": 9 });
    // What two alternatives of a `oneOf` have is valid under neither.
    assert_eq!(alone(schema), json!({ "type": "string", "enum": ["a", "c"], "maxLength": 9 }));
    let schema = json!({ "type": "string", "anyOf": [{ "enum": ["a", "b"] }, { "enum": ["b"] }] });
    assert_eq!(alone(schema), json!({ "type": "string", "enum": ["a", "b"] }));
    let mixed = json!({ "oneOf": [{ "enum": ["a"] }, { "type": "integer" }] });
    assert_eq!(alone(mixed.clone()), mixed);
}

#[test]
fn one_alternative_is_no_choice() {
    let components = json!({ "Tree": { "type": "object", "properties": { "a": {} } } });
    for keyword in ["oneOf", "anyOf", "allOf"] {
        let schema = json!({ "type": "object", "additionalProperties": true, keyword: [reference("Tree")] });
        assert_eq!(normal(schema, components.clone()).0, reference("Tree"), "{keyword}");
    }
    let nullable = json!({ "nullable": true, "allOf": [reference("Tree")] });
    assert_eq!(normal(nullable.clone(), components).0, nullable);
}

#[test]
fn arrays_have_items() {
    assert_eq!(alone(json!({ "type": "array" })), json!({ "type": "array", "items": {} }));
}

#[test]
fn null_in_an_enumeration_is_nullable() {
    let schema = json!({ "type": "string", "enum": ["a", null, "a"] });
    assert_eq!(alone(schema), json!({ "type": "string", "nullable": true, "enum": ["a"] }));
}

#[test]
fn values_of_another_type_are_left_out_of_an_enumeration() {
    let (schema, codes) = normal(json!({ "type": "object", "enum": ["a", "b"] }), json!({}));
    assert_eq!((schema, codes), (json!({ "type": "object" }), vec![Code::BadEnum; 2]));
}

#[test]
fn a_closed_object_with_more_members_is_one_closed_object() {
    let components = json!({
        "Tree": { "type": "object", "required": ["a"], "properties": { "a": { "type": "string" } }, "additionalProperties": false },
        "Oak": { "allOf": [reference("Tree"), { "type": "object", "properties": { "b": {} } }] },
    });
    let schema = json!({ "allOf": [reference("Oak"), { "required": ["c"], "properties": { "c": {}, "a": { "maxLength": 3 } } }] });
    let (schema, codes) = normal(schema, components);
    let expected = json!({
        "type": "object",
        "required": ["a", "c"],
        "properties": { "a": { "allOf": [{ "type": "string" }, { "maxLength": 3 }] }, "b": {}, "c": {} },
        "additionalProperties": false,
    });
    assert_eq!(schema, expected);
    assert_eq!(codes, [Code::ClosedComposition; 2]);
}

#[test]
fn closed_objects_that_agree_stay_composed() {
    let components =
        json!({ "Tree": { "type": "object", "properties": { "a": {} }, "additionalProperties": false } });
    let schema = json!({ "allOf": [reference("Tree"), { "required": ["a"] }] });
    assert_eq!(normal(schema.clone(), components), (schema, vec![]));
}

#[test]
fn defaults_are_valid_or_left_out() {
    let components = json!({
        "Kind": { "type": "string", "enum": ["oak", "elm"] },
        "Tree": { "type": "object", "required": ["kind"], "properties": { "kind": reference("Kind") }, "additionalProperties": false },
    });
    let kept = [
        json!({ "allOf": [reference("Kind")], "default": "oak" }),
        json!({ "allOf": [reference("Tree")], "default": { "kind": "elm" } }),
        json!({ "type": "array", "items": reference("Kind"), "default": ["elm"] }),
        json!({ "type": "string", "nullable": true, "default": null }),
        json!({ "type": "number", "default": 3 }),
    ];
    for schema in kept {
        assert_eq!(normal(schema.clone(), components.clone()).1, [], "{schema}");
    }
    let dropped = [
        json!({ "allOf": [reference("Kind")], "default": "ash" }),
        json!({ "allOf": [reference("Tree")], "default": {} }),
        json!({ "allOf": [reference("Tree")], "default": { "kind": "elm", "age": 1 } }),
        json!({ "type": "array", "items": reference("Kind"), "default": ["ash"] }),
        json!({ "type": "array", "items": {}, "minItems": 1, "default": [] }),
        json!({ "type": "string", "default": null }),
        json!({ "type": "string", "pattern": "^a$", "default": "b" }),
        json!({ "type": "integer", "maximum": 3, "exclusiveMaximum": true, "default": 3 }),
        json!({ "oneOf": [{ "type": "integer" }, reference("Kind")], "default": true }),
    ];
    for schema in dropped {
        let (normal, codes) = normal(schema.clone(), components.clone());
        assert_eq!((normal.get("default"), codes), (None, vec![Code::BadDefault]), "{schema}");
    }
}

#[test]
fn long_defaults_are_digests() {
    let schema = alone(json!({ "type": "string", "default": "a".repeat(121) }));
    assert_eq!(schema["x-default-sha256"].as_str().map(str::len), Some(64));
    assert_eq!(schema.get("default"), None);
    let short = json!({ "type": "string", "default": "a".repeat(120) });
    assert_eq!(alone(short.clone()), short);
}

#[test]
fn a_component_that_names_another_is_that_other() {
    let components =
        json!({ "A": reference("B"), "B": { "allOf": [reference("C")] }, "C": { "type": "string" } });
    assert_eq!(
        normal(json!({ "type": "array", "items": reference("A") }), components).0["items"],
        reference("C")
    );
    let circle = json!({ "A": reference("B"), "B": reference("A") });
    assert_eq!(normal(json!({}), circle).1, [Code::ReferenceCycle]);
}
