//! What changed, and whom it breaks: each cell of the table of levels, both ways.
//!
//! A case is a JSON patch (`drift/cases/<row>/<case>.json`) on one contract; the golden beside it
//! says what is found from the contract to the patched one, and back. `BLESS=1` writes them.

use meshery_generator::contract::{self, Contract};
use meshery_generator::drift::{self, Finding, Level, Report};
use serde_json::{Value, json};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

#[path = "drift/patch.rs"]
mod patch;
use patch::patched;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/drift")
}

fn base() -> Contract {
    contract::read(&fs::read_to_string(folder().join("base.yml")).unwrap(), "base.yml").unwrap()
}

/// The contract with the operations of a patch done.
fn with(patch: &Value) -> Contract {
    let mut contract = base();
    contract.document = patched(&contract.document, patch);
    // What is compared is what can be read.
    let text = contract::to_yaml(&contract.document).unwrap();
    contract::read(&text, "patched").unwrap_or_else(|found| panic!("{found}\n{patch:#}"))
}

fn cases() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for row in fs::read_dir(folder().join("cases")).unwrap() {
        let files = fs::read_dir(row.unwrap().path()).unwrap().map(|file| file.unwrap().path());
        found.extend(files.filter(|path| path.extension().is_some_and(|ending| ending == "json")));
    }
    found.sort();
    found
}

fn told(report: &Report) -> String {
    let mut text = String::new();
    for finding in &report.findings {
        let values = finding.values().map(|values| format!(": {values}")).unwrap_or_default();
        writeln!(text, "{} {}{values}", finding.level, finding.headline()).unwrap();
        writeln!(text, "  {} at {}", finding.id, finding.place()).unwrap();
        writeln!(text, "  {}", wire(finding)).unwrap();
        writeln!(text, "  code {}, gen {}", finding.code.level, finding.regenerated).unwrap();
        for item in &finding.code.items {
            writeln!(text, "    {} {} {}", item.level, item.change, item.item).unwrap();
        }
        for why in &finding.why {
            writeln!(text, "  because {why}").unwrap();
        }
        writeln!(text, "  {} operations of {:?}", finding.operations.count, finding.products).unwrap();
    }
    for own in &report.crates {
        writeln!(text, "{}: {}", own.name, own.bump).unwrap();
    }
    assert!(report.problems.is_empty(), "{:?}", report.problems);
    text
}

fn wire(finding: &Finding) -> String {
    let effect = |effect: Option<drift::Effect>| {
        effect.map_or("-".to_owned(), |effect| format!("{effect:?}").to_lowercase())
    };
    let wire = &finding.wire;
    let (request, response) = (effect(wire.request), effect(wire.response));
    format!("wire {}, client first {}; request {request}, response {response}", wire.level, wire.client_first)
}

#[test]
fn every_cell_of_the_table_is_as_its_golden_says() {
    let bless = std::env::var_os("BLESS").is_some();
    let mut wrong = Vec::new();
    for path in cases() {
        let patch: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let (old, new) = (base(), with(&patch));
        let [there, back] =
            [drift::compare(&old, &new), drift::compare(&new, &old)].map(|report| told(&report));
        let found = format!("# there\n{there}\n# back\n{back}");
        let golden = path.with_extension("txt");
        if bless {
            fs::write(&golden, &found).unwrap();
        } else if fs::read_to_string(&golden).unwrap_or_default() != found {
            wrong.push(format!("{}\n{found}", golden.display()));
        }
    }
    assert!(wrong.is_empty(), "{}\nBLESS=1 accepts what was found", wrong.join("\n\n"));
}

/// The levels that the table asks for, by case: of the edit and of the one that takes it back.
const TABLE: &[(&str, Level, Level)] = &[
    ("enum-value-removed/request", Level::Error, Level::Info),
    ("enum-value-removed/response", Level::Info, Level::Warning),
    ("enum-value-added/request", Level::Info, Level::Error),
    ("enum-value-added/response", Level::Warning, Level::Info),
    ("newly-required/request", Level::Error, Level::Info),
    ("newly-required/request-with-default", Level::Error, Level::Info),
    ("newly-required/response", Level::Info, Level::Error),
    ("required-to-optional/request", Level::Info, Level::Error),
    ("required-to-optional/response", Level::Error, Level::Info),
    ("property-removed/request-optional", Level::Warning, Level::Info),
    ("property-removed/request-required", Level::Error, Level::Error),
    ("property-removed/response-optional", Level::Warning, Level::Info),
    ("property-removed/response-required", Level::Error, Level::Info),
    ("nullable/request-lost", Level::Error, Level::Info),
    ("nullable/request-gained", Level::Info, Level::Error),
    ("nullable/response-lost", Level::Info, Level::Error),
    ("nullable/response-gained", Level::Error, Level::Info),
    ("bounds/request-tightened", Level::Error, Level::Info),
    ("bounds/request-loosened", Level::Info, Level::Error),
    ("bounds/request-set", Level::Error, Level::Info),
    ("bounds/request-unset", Level::Info, Level::Error),
    ("bounds/response-tightened", Level::Info, Level::Error),
    ("bounds/response-loosened", Level::Error, Level::Info),
    ("bounds/response-set", Level::Info, Level::Error),
    ("bounds/response-unset", Level::Error, Level::Info),
    ("pattern-changed/request", Level::Warning, Level::Warning),
    ("pattern-changed/response", Level::Warning, Level::Warning),
    ("type-or-format-changed/request-type", Level::Error, Level::Error),
    ("type-or-format-changed/response-type", Level::Error, Level::Error),
    ("type-or-format-changed/request-format", Level::Error, Level::Error),
    ("type-or-format-changed/response-format", Level::Error, Level::Error),
    ("default-changed/request", Level::Warning, Level::Warning),
    ("default-changed/response", Level::Warning, Level::Warning),
    ("operation-removed/operation", Level::Error, Level::Info),
    ("operation-removed/product", Level::Error, Level::Info),
    ("operation-added/operation", Level::Info, Level::Error),
    ("status/success-removed", Level::Error, Level::Warning),
    ("status/success-added", Level::Warning, Level::Error),
    ("security/alternative-removed", Level::Error, Level::Info),
    ("security/scheme-added", Level::Error, Level::Info),
    ("security/scope-added", Level::Error, Level::Info),
    ("permissions/removed", Level::Warning, Level::Info),
    ("permissions/held-by-others", Level::Info, Level::Info),
    ("permissions/table-removed", Level::Warning, Level::Info),
    ("public/operation", Level::Error, Level::Error),
    ("public/no-scheme-asked-for", Level::Error, Level::Error),
    ("public/operation-added", Level::Error, Level::Error),
    ("names/operation-id", Level::Info, Level::Info),
    ("names/tag", Level::Info, Level::Info),
    ("names/schema", Level::Info, Level::Info),
    ("path-parameter/renamed", Level::Info, Level::Info),
];

/// Cases of which the table says that code breaks.
const CODE: &[&str] = &[
    "property-removed/request-optional",
    "property-removed/response-optional",
    "property-removed/response-required",
    "names/operation-id",
    "names/tag",
    "names/schema",
    "path-parameter/renamed",
];

#[test]
fn levels_are_those_of_the_table() {
    for (case, there, back) in TABLE {
        let path = folder().join("cases").join(format!("{case}.json"));
        let patch: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        let (old, new) = (base(), with(&patch));
        for (from, to, expected) in [(&old, &new, there), (&new, &old, back)] {
            let report = drift::compare_wire(from, to);
            assert_eq!(report.verdict.wire, *expected, "{case}: {report}");
        }
    }
}

#[test]
fn code_breaks_where_the_table_says() {
    for case in CODE {
        let path = folder().join("cases").join(format!("{case}.json"));
        let patch: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        let report = drift::compare(&base(), &with(&patch));
        assert_eq!(report.verdict.code, Level::Error, "{case}: {report}");
    }
    let added = folder().join("cases/enum-value-added/response.json");
    let patch: Value = serde_json::from_str(&fs::read_to_string(added).unwrap()).unwrap();
    let report = drift::compare(&base(), &with(&patch));
    assert_eq!(report.verdict.code, Level::Info, "our enums are open: {report}");
}

#[test]
fn a_contract_against_itself_is_empty() {
    let report = drift::compare(&base(), &base());
    assert!(report.is_empty() && !report.verdict.regenerated, "{report}");
}

#[test]
fn what_an_alias_stands_for_counts_where_it_is_used() {
    // The file of the tree says the same on both sides.
    let sides = ["integer", "boolean"].map(|kind| {
        with(&json!([
            {"op": "add", "path": "/components/schemas/v1.wood.Reach", "value": {"type": kind}},
            {"op": "add", "path": "/components/schemas/v1.tree.Tree/properties/reach",
             "value": {"$ref": "#/components/schemas/v1.wood.Reach"}},
        ]))
    });
    let report = drift::compare(&sides[0], &sides[1]);
    let items = report.findings.iter().flat_map(|finding| &finding.code.items);
    let items: Vec<&str> = items.map(|touched| touched.item.as_str()).collect();
    assert!(items.contains(&"meshery_types::v1::tree::Tree.reach"), "{items:?}");
}

#[test]
fn an_edit_in_a_shared_schema_is_one_finding() {
    let patch = json!([
        {"op": "replace", "path": "/components/schemas/v1.tree.Tree/properties/name/maxLength", "value": 50}
    ]);
    let report = drift::compare(&base(), &with(&patch));
    assert_eq!(report.findings.len(), 1, "{report}");
    assert_eq!(report.findings[0].operations.count, 3);
}

#[test]
fn writing_a_schema_in_place_is_silent_on_the_wire() {
    let path = folder().join("cases/matching/written-in-place.json");
    let patch: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let (old, new) = (base(), with(&patch));
    for (from, to) in [(&old, &new), (&new, &old)] {
        assert!(drift::compare_wire(from, to).is_empty());
        assert_eq!(drift::compare(from, to).verdict.wire, Level::None);
    }
}

#[test]
fn a_product_sees_only_what_is_its_own() {
    let patch = json!([{"op": "remove", "path": "/paths/~1api~1trees/get/x-internal/1"}]);
    let (old, new) = (base(), with(&patch));
    let of = |product: &str| {
        let side = |contract: &Contract| drift::only(contract, product).unwrap();
        drift::compare(&side(&old), &side(&new))
    };
    assert!(of("forest").findings.is_empty());
    assert_eq!(of("garden").findings[0].id, drift::Kind::OperationRemoved);
    assert!(drift::only(&old, "desert").is_none());
}

/// What is found from one contract to another, in short: level of wire both ways, id, name.
fn found(from: &Contract, to: &Contract) -> Vec<String> {
    let findings = drift::compare_wire(from, to).findings;
    let each = findings.iter().map(|own| {
        format!("{} {} {} {}", own.wire.level, own.wire.client_first, own.id, own.name.replace('`', "'"))
    });
    each.collect()
}

/// Cases that need an edit on both sides: what is put at a place, before and after, and what is found.
#[test]
fn hard_cases_are_judged() {
    const TREE: &str = "/components/schemas/v1.tree.Tree";
    const SEED: &str = "/components/schemas/v1.tree.Seed";
    const OK: &str = "/paths/~1api~1trees/get/responses/200";
    let put = |at: &str, value: Value| {
        // Nothing is put where there is to be nothing.
        let none = json!([]);
        let one = json!([{"op": "add", "path": at, "value": value}]);
        with(if value.is_null() { &none } else { &one })
    };
    let of = |at: &str| TREE.to_owned() + at;
    let into = |at: &str| SEED.to_owned() + at;
    let reference = |name: &str| json!({"$ref": format!("#/components/schemas/v1.tree.{name}")});
    let union = |mapping: Value, of: &[&str]| {
        let list: Vec<Value> = of.iter().map(|name| reference(name)).collect();
        json!({"oneOf": list, "discriminator": {"propertyName": "kind", "mapping": mapping}})
    };
    let to = |name: &str| format!("#/components/schemas/v1.tree.{name}");
    for (what, at, before, after, expected) in [
        (
            "inside of an allOf",
            of("/allOf"),
            json!([{"properties": {"age": {"type": "integer", "maximum": 9}}}]),
            json!([{"properties": {"age": {"type": "integer", "maximum": 5}}}]),
            &["info error bound-tightened maximum"][..],
        ),
        (
            "from an allOf to its side",
            of("/allOf"),
            json!([{"maxProperties": 9}]),
            json!([{"allOf": [{"maxProperties": 9}]}]),
            &[],
        ),
        (
            "an alternative more",
            of("/properties/home"),
            union(json!({"seed": to("Seed")}), &["Seed"]),
            union(json!({"seed": to("Seed"), "tree": to("Tree")}), &["Seed", "Tree"]),
            &["error info variant-added v1.tree.Tree", "error info discriminator-value-added tree"],
        ),
        (
            "a type becomes one of several in a request",
            into("/properties/label"),
            json!({"type": "string", "maxLength": 9}),
            json!({"oneOf": [{"type": "integer"}, {"type": "string", "maxLength": 9}]}),
            &["info error alternatives-added integer"],
        ),
        (
            "a type becomes one of several in a response",
            of("/properties/label"),
            json!({"type": "string", "maxLength": 9}),
            json!({"oneOf": [{"type": "integer"}, {"type": "string", "maxLength": 9}]}),
            &["error info alternatives-added integer"],
        ),
        (
            "alternatives in another order",
            of("/properties/home"),
            union(json!({}), &["Seed", "Problem"]),
            union(json!({}), &["Problem", "Seed"]),
            &[],
        ),
        (
            "other members closed in a request",
            into("/additionalProperties"),
            Value::Null,
            json!(false),
            &["error info members-closed additionalProperties"],
        ),
        (
            "other members typed in a response",
            of("/additionalProperties"),
            Value::Null,
            json!({"type": "string"}),
            &["info error members-typed additionalProperties"],
        ),
        (
            "other members of another type",
            of("/additionalProperties"),
            json!({"type": "string"}),
            json!({"type": "integer"}),
            &["error error type-changed type"],
        ),
        (
            "nullable beside an enum",
            into("/properties/kind/nullable"),
            Value::Null,
            json!(true),
            &["info error nullable-gained nullable"],
        ),
        (
            "what is read only by reference is not asked for",
            into("/required"),
            json!(["name", "kind"]),
            json!(["name", "kind", "grown"]),
            &[],
        ),
        ("write only is not in a response", of("/properties/secret/maxLength"), Value::Null, json!(5), &[]),
        (
            "a header is added",
            OK.to_owned() + "/headers",
            Value::Null,
            json!({"x-count": {"required": true, "schema": {"type": "integer"}}}),
            &["info error header-added x-count"],
        ),
        (
            "a header is spelled otherwise",
            OK.to_owned() + "/headers",
            json!({"x-count": {"schema": {"type": "integer"}}}),
            json!({"X-Count": {"schema": {"type": "integer"}}}),
            &["info info spelling-changed x-count"],
        ),
        (
            "a header of another type",
            OK.to_owned() + "/headers",
            json!({"x-count": {"schema": {"type": "integer"}}}),
            json!({"x-count": {"schema": {"type": "string"}}}),
            &["error error type-changed type"],
        ),
        (
            "a header parameter is spelled otherwise",
            "/paths/~1api~1trees/get/parameters/-".to_owned(),
            json!({"name": "X-Key", "in": "header", "schema": {"type": "string"}}),
            json!({"name": "x-key", "in": "header", "schema": {"type": "string"}}),
            &["info info spelling-changed header 'X-Key'"],
        ),
        (
            "a media type is added to a response",
            OK.to_owned() + "/content/text~1plain",
            Value::Null,
            json!({"schema": {"type": "string"}}),
            &["warning error media-type-added text/plain"],
        ),
        (
            "a media type is added to a request",
            "/paths/~1api~1trees/post/requestBody/content/text~1plain".to_owned(),
            Value::Null,
            json!({"schema": {"type": "string"}}),
            &["info error media-type-added text/plain"],
        ),
        (
            "a body that is not asked for is gone",
            "/paths/~1api~1trees/get/requestBody".to_owned(),
            json!({"content": {"text/plain": {"schema": {"type": "string"}}}}),
            Value::Null,
            &["warning info body-removed request body"],
        ),
        (
            "a parameter goes from the query to a header",
            "/paths/~1api~1trees/get/parameters/-".to_owned(),
            json!({"name": "x", "in": "query", "schema": {"type": "string"}}),
            json!({"name": "x", "in": "header", "schema": {"type": "string"}}),
            &["warning info parameter-removed query 'x'", "info warning parameter-added header 'x'"],
        ),
    ] {
        let (old, new) = (put(&at, before), put(&at, after));
        let told = found(&old, &new);
        assert_eq!(told, expected, "{what}");
    }
}
