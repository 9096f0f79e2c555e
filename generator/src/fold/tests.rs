//! What the fold does, in the small: documents are invented, and folded as constructs or bundles.

use super::{Dereferenced, Piece, Placed, fold};
use crate::contract::bundle_tests::{inlined, settled};
use crate::contract::{self, Contract};
use crate::diagnostic::{Code, Diagnostics};
use crate::load::Documents;
use crate::load::sources::Sources;
use crate::overlay::Overlay;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

fn sources() -> Sources {
    static SOURCES: LazyLock<Sources> = LazyLock::new(|| {
        Sources::parse(include_str!("../../../schemas/sources.toml"), "sources.toml").unwrap()
    });
    SOURCES.clone()
}

/// Operations that answer with each of some schemas.
fn paths(prefix: &str, schemas: &[Value]) -> Value {
    let paths = schemas.iter().enumerate().map(|(i, schema)| {
        let content = json!({ "application/json": { "schema": schema } });
        let word = ["First", "Second", "Third", "Fourth", "Fifth"][i];
        let get = json!({
            "operationId": format!("get{word}"), "tags": [format!("{prefix}trees")], "x-internal": ["cloud"],
            "responses": { "200": { "description": "", "content": content } }
        });
        (format!("/{word}"), json!({ "get": get }))
    });
    Value::Object(paths.collect())
}

fn construct(name: &str, responses: &[Value], schemas: Value) -> Piece {
    let document = json!({
        "openapi": "3.0.3", "info": { "title": name }, "paths": paths("", responses),
        "components": { "schemas": schemas }
    });
    let place = Placed::Construct { version: "v1".to_owned(), construct: name.to_owned() };
    Piece { name: format!("{name}.js"), place, document }
}

fn bundle(place: Placed, responses: &[Value]) -> Piece {
    let document =
        json!({ "openapi": "3.0.3", "info": { "title": "Forest" }, "paths": paths("Forest_", responses) });
    Piece { name: "forest.yml".to_owned(), place, document }
}

fn of(documents: Vec<Piece>) -> Dereferenced {
    Dereferenced { documents, release: Some("v1.0.0".to_owned()), ..Dereferenced::default() }
}

fn folded(documents: Vec<Piece>, memory: Option<&Contract>) -> Documents {
    fold(&of(documents), &sources(), memory).unwrap_or_else(|found| panic!("{found}"))
}

fn made(documents: Vec<Piece>, memory: Option<&Contract>) -> Contract {
    let documents = folded(documents, memory);
    let built = contract::build(&documents, &sources(), &Overlay::none());
    built.unwrap_or_else(|found| panic!("{found}")).contract
}

fn components(contract: &Contract) -> Vec<String> {
    contract.document["components"]["schemas"].as_object().unwrap().keys().cloned().collect()
}

fn answer<'c>(contract: &'c Contract, word: &str) -> &'c Value {
    let path = format!("/{word}");
    &contract.document["paths"][path.as_str()]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
}

fn tree(prose: &str) -> Value {
    json!({
        "type": "object", "required": ["height"],
        "properties": { "height": { "type": "integer", "description": prose }, "kind": { "type": "string" } }
    })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

#[test]
fn a_copy_of_a_component_is_that_component() {
    let mut described = tree("In metres.");
    described["description"] = json!("Said beside the reference.");
    described["nullable"] = json!(true);
    let made = made(
        vec![construct("wood", &[tree("In metres."), described], json!({ "Tree": tree("In metres.") }))],
        None,
    );
    assert_eq!(components(&made), ["v1.wood.Tree"]);
    assert_eq!(*answer(&made, "First"), reference("v1.wood.Tree"));
    assert_eq!(*answer(&made, "Second"), json!({ "nullable": true, "allOf": [reference("v1.wood.Tree")] }));
}

#[test]
fn the_same_shape_with_other_prose_is_another_schema() {
    let made = made(
        vec![construct(
            "wood",
            &[tree("In metres."), tree("In feet.")],
            json!({ "Tree": tree("In metres.") }),
        )],
        None,
    );
    assert_eq!(*answer(&made, "First"), reference("v1.wood.Tree"));
    assert_eq!(answer(&made, "Second")["type"], "object", "inline, as nothing names it");
}

#[test]
fn a_shape_without_a_word_in_it_is_told_by_what_is_said_of_it() {
    let count = |prose: &str| json!({ "type": "object", "description": prose, "properties": { "n": { "type": "integer" } } });
    let made = made(vec![bundle(Placed::Merged, &[count("Oaks."), count("Elms."), count("Oaks.")])], None);
    assert_eq!(components(&made), ["unversioned.forest.GetFirstResponse"]);
    assert_eq!(answer(&made, "Second")["type"], "object", "inline, and not one with the others");
    assert_eq!(answer(&made, "Third"), answer(&made, "First"));
}

#[test]
fn components_of_the_same_shape_keep_their_names_where_hints_tell_them_apart() {
    let hinted = |own: &str| {
        let mut schema = tree("In metres.");
        schema["x-go-type"] = json!(own);
        schema
    };
    let both = json!({ "Oak": tree("In metres."), "Elm": tree("In metres.") });
    let made = made(vec![construct("wood", &[hinted("Oak"), hinted("Elm")], both)], None);
    assert_eq!(*answer(&made, "First"), reference("v1.wood.Oak"));
    assert_eq!(*answer(&made, "Second"), reference("v1.wood.Elm"));
}

#[test]
fn a_go_package_names_the_construct() {
    let mut schema = tree("In metres.");
    schema["x-go-type"] = json!("*woodv7.Tree");
    schema["x-go-type-import"] = json!({ "path": "example.org/models/v7/wood" });
    let made = made(vec![bundle(Placed::Merged, &[schema])], None);
    assert_eq!(components(&made), ["v7.wood.Tree"]);
}

#[test]
fn what_nothing_names_is_named_from_its_first_owner() {
    let page = |key: &str| json!({ "type": "object", "properties": { key: { "type": "array", "items": tree("In metres.") } } });
    let made = made(vec![bundle(Placed::Merged, &[page("trees"), page("oaks"), tree("x"), tree("x")])], None);
    let names = components(&made);
    assert_eq!(
        names,
        ["unversioned.forest.GetFirstResponseTreesItem", "unversioned.forest.GetFourthResponse"]
    );
}

#[test]
fn the_memory_names_what_is_at_its_place_and_what_has_its_shape() {
    let schemas = json!({ "Tree": tree("In metres.") });
    let held = made(vec![construct("wood", &[tree("In metres.")], schemas)], None);
    let other = json!({ "type": "object", "properties": { "leaf": { "type": "boolean" } } });
    let bundle = |responses: &[Value]| vec![bundle(Placed::Merged, responses)];
    // The same operation, and one that the memory does not have.
    let folded = made(bundle(&[tree("Other prose."), tree("Other prose.")]), Some(&held));
    assert_eq!(*answer(&folded, "First"), reference("v1.wood.Tree"));
    assert_eq!(*answer(&folded, "Second"), reference("v1.wood.Tree"));
    // The same place, but another schema: it takes the name only where nothing else has it.
    let folded = made(bundle(&[other.clone(), tree("x")]), Some(&held));
    assert_eq!(inlined(answer(&folded, "First"), &folded.document["components"]["schemas"], 0), other);
}

#[test]
fn a_reference_that_stayed_leads_to_its_component() {
    let branch = json!({
        "type": "object", "properties": { "branches": { "type": "array", "items": reference("Branch") } }
    });
    let made =
        made(vec![construct("wood", std::slice::from_ref(&branch), json!({ "Branch": branch }))], None);
    assert_eq!(*answer(&made, "First"), reference("v1.wood.Branch"));
    let items = &made.document["components"]["schemas"]["v1.wood.Branch"]["properties"]["branches"]["items"];
    assert_eq!(*items, reference("v1.wood.Branch"));
}

#[test]
fn a_long_chain_of_references_is_followed_to_its_end() {
    let link = |i: usize| {
        let next =
            if i < 20_000 { reference(&format!("Link{}", i + 1)) } else { json!({ "type": "string" }) };
        (format!("Link{i}"), json!({ "type": "object", "properties": { "next": next } }))
    };
    let schemas = Value::Object((0..=20_000).map(link).collect());
    let input = of(vec![construct("chain", &[reference("Link0")], schemas)]);
    let documents = fold(&input, &sources(), None).unwrap();
    let document = documents.get("schemas/constructs/v1/chain/api.yml").unwrap().unwrap();
    assert_eq!(document["components"]["schemas"].as_object().unwrap().len(), 20_001);
}

#[test]
fn recursion_that_was_cut_off_is_told_and_taken_as_it_stands() {
    let branch = |inner: Value| {
        json!({
            "type": "object", "x-go-type": "Branch",
            "properties": { "left": inner, "age": { "type": "integer", "description": "In years." } }
        })
    };
    let cut = branch(branch(branch(json!({}))));
    let documents = folded(vec![bundle(Placed::Merged, &[cut.clone(), cut])], None);
    let built = contract::build(&documents, &sources(), &Overlay::none()).unwrap();
    let schemas = &built.contract.document["components"]["schemas"];
    let left = inlined(answer(&built.contract, "First"), schemas, 0);
    assert!(left.pointer("/properties/left/properties/left/properties").is_some(), "{left}");
}

#[test]
fn one_product_has_the_operations_of_its_bundle_only() {
    let input = of(vec![bundle(Placed::Product("meshery".to_owned()), &[tree("x")])]);
    let sources = input.narrowed(&sources());
    let documents = fold(&input, &sources, None).unwrap();
    let made = contract::build(&documents, &sources, &Overlay::none()).unwrap().contract;
    let products: Vec<_> = made.document["x-products"].as_object().unwrap().keys().collect();
    assert_eq!(products, ["meshery"]);
    assert_eq!(made.document["paths"]["/First"]["get"]["x-internal"], json!(["meshery"]));
}

#[test]
fn bundles_that_disagree_are_refused() {
    let pieces = vec![
        bundle(Placed::Product("meshery".to_owned()), &[tree("x")]),
        bundle(Placed::Product("cloud".to_owned()), &[tree("y")]),
    ];
    let found: Diagnostics = fold(&of(pieces), &sources(), None).unwrap_err();
    assert_eq!(found.iter().map(|f| f.code).collect::<Vec<_>>(), [Code::BundlesDisagree]);
}

#[test]
fn security_is_what_the_operation_says_and_protected_where_it_is_silent() {
    let mut piece = bundle(Placed::Merged, &[tree("x"), tree("y"), tree("z")]);
    piece.document["paths"]["/First"]["get"]["security"] = json!([]);
    piece.document["paths"]["/Second"]["get"]["security"] = json!([{ "Forest_key": [] }]);
    piece.document["components"] =
        json!({ "securitySchemes": { "Forest_key": { "type": "apiKey", "name": "k", "in": "header" } } });
    let made = made(vec![piece], None);
    let security =
        |word: &str| made.document["paths"][format!("/{word}").as_str()]["get"].get("security").cloned();
    assert_eq!(security("First"), Some(json!([])));
    assert_eq!(security("Second"), Some(json!([{ "key": [] }])));
    assert_eq!(security("Third"), None, "protected by the requirement of the whole contract");
    assert_eq!(made.document["components"]["securitySchemes"]["key"]["type"], "apiKey");
}

/// Schemas of a few shapes, with prose and hints, that repeat one another.
fn schema() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!({ "type": "string" })),
        Just(json!({ "type": "string", "format": "uuid", "x-go-type": "uuid.UUID" })),
        Just(json!({ "type": "string", "enum": ["a", "b"], "description": "Either." })),
        Just(json!({ "type": "integer", "default": 3, "nullable": true })),
        Just(json!({})),
    ];
    leaf.prop_recursive(4, 40, 4, |inner| {
        let properties = proptest::collection::btree_map("[a-c]", inner.clone(), 1..3);
        let tagged = (inner.clone(), any::<bool>()).prop_map(|(mut schema, omit)| {
            if let (Value::Object(members), true) = (&mut schema, omit) {
                let tags = json!({ "json": "a,omitempty" });
                members.insert("x-oapi-codegen-extra-tags".to_owned(), tags);
            }
            schema
        });
        let said = prop_oneof![Just(Value::Null), Just(json!("Prose.")), Just(json!("Other prose."))];
        let hint = prop_oneof![Just(Value::Null), Just(json!("Tree")), Just(json!("wood.Oak"))];
        prop_oneof![
            (properties, said, hint, any::<bool>()).prop_map(|(properties, said, hint, nullable)| {
                let required: Vec<&String> = properties.keys().take(1).collect();
                let mut schema = json!({ "type": "object", "required": required });
                schema["properties"] = json!(properties);
                for (name, value) in [("description", said), ("x-go-type", hint)] {
                    if !value.is_null() {
                        schema[name] = value;
                    }
                }
                if nullable {
                    schema["nullable"] = json!(true);
                }
                schema
            }),
            tagged,
            inner.clone().prop_map(|items| json!({ "type": "array", "items": items })),
            inner.clone().prop_map(|values| json!({ "type": "object", "additionalProperties": values })),
            inner.clone().prop_map(|only| json!({ "allOf": [only], "description": "One." })),
            (inner.clone(), inner).prop_map(|(a, b)| json!({ "anyOf": [a, b] })),
        ]
    })
}

/// What the operations of a contract say, with every schema in place.
fn wire(contract: &Contract) -> Value {
    let schemas = &contract.document["components"]["schemas"];
    let mut paths: Map<String, Value> = contract.document["paths"].as_object().unwrap().clone();
    paths.values_mut().for_each(|item| *item = inlined(item, schemas, 0));
    settled(json!({ "paths": paths }))["paths"].take()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn what_is_folded_says_what_it_said(
        responses in proptest::collection::vec(schema(), 1..5),
        named in proptest::collection::vec(schema(), 0..3),
        remembered in proptest::collection::vec(schema(), 1..5),
    ) {
        // As it stands: all of it inline, in a document of its own.
        let own = |responses: &[Value]| {
            let piece = construct("wood", responses, json!({}));
            let file = "schemas/constructs/v1/wood/api.yml".to_owned();
            let mut documents = std::collections::BTreeMap::from([(file, piece.document)]);
            for product in &sources().products {
                documents.insert(product.base.clone(), json!({ "openapi": "3.0.3", "info": {}, "servers": [] }));
            }
            let documents = Documents::of_values(documents, Some("v1.0.0".to_owned()), None);
            contract::build(&documents, &sources(), &Overlay::none()).unwrap().contract
        };
        let stated = own(&responses);
        let names = named.into_iter().zip(["Tree", "Oak", "Elm"]).map(|(schema, name)| (name.to_owned(), schema));
        let components = Value::Object(names.collect());
        let package = || vec![construct("wood", &responses, components.clone())];
        let held = made(vec![construct("wood", &remembered, components.clone())], None);
        prop_assert_eq!(wire(&stated).as_object().map(Map::len), Some(responses.len()));
        for memory in [None, Some(&held), Some(&stated)] {
            prop_assert_eq!(wire(&made(package(), memory)), wire(&stated));
        }
    }

    #[test]
    fn nothing_panics(paths in anything(), components in anything(), remembered in anything()) {
        let document = |paths: &Value| json!({
            "openapi": "3.0.0", "info": { "title": "Forest" }, "tags": [3], "servers": {},
            "paths": { "/a": paths, "/b": { "get": paths } }, "components": components
        });
        let held = Contract {
            release: "v1.0.0".to_owned(), sha256: String::new(), document: document(&remembered)
        };
        for place in [
            Placed::Merged,
            Placed::Product("cloud".to_owned()),
            Placed::Construct { version: "v1".to_owned(), construct: "wood".to_owned() },
        ] {
            let piece = Piece { name: "forest".to_owned(), place, document: document(&paths) };
            let input = of(vec![piece]);
            let folded = fold(&input, &sources(), Some(&held));
            if let Ok(documents) = folded {
                let _ = contract::build(&documents, &input.narrowed(&sources()), &Overlay::none());
            }
        }
    }
}

/// Values with the words of OpenAPI in the wrong places.
fn anything() -> impl Strategy<Value = Value> {
    const WORDS: &[&str] = &[
        "$ref",
        "get",
        "parameters",
        "responses",
        "200",
        "content",
        "schema",
        "schemas",
        "properties",
        "items",
        "allOf",
        "oneOf",
        "additionalProperties",
        "required",
        "type",
        "enum",
        "nullable",
        "discriminator",
        "mapping",
        "tags",
        "security",
        "securitySchemes",
        "x-internal",
        "x-go-type",
        "x-go-type-import",
        "path",
        "x-oapi-codegen-extra-tags",
        "json",
        "in",
        "name",
        "operationId",
        "openapi",
        "headers",
        "a",
    ];
    let text = prop_oneof![
        Just("#/components/schemas/a"),
        Just("#/paths/~1a"),
        Just("#/components"),
        Just("a"),
        Just("*a.B"),
        Just("x/v1/a"),
        Just("object"),
        Just("Forest_a"),
        Just(""),
        Just("."),
        Just("%zz"),
        Just("a_a"),
    ];
    let leaf = prop_oneof![
        text.prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
        any::<i8>().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 60, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            proptest::collection::vec((proptest::sample::select(WORDS), inner), 0..6).prop_map(|members| {
                Value::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
            }),
        ]
    })
}
