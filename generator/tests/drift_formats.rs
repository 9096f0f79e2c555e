//! Are reports what their schemas say, and pages safe to open?

#![allow(clippy::unwrap_used, clippy::panic)]

use meshery_generator::contract::{self, Contract};
use meshery_generator::drift::{self, Acceptances, History, Level, Report};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

fn base(change: impl Fn(&mut Value)) -> Contract {
    let mut contract =
        contract::read(&fs::read_to_string("tests/drift/base.yml").unwrap(), "base.yml").unwrap();
    change(&mut contract.document);
    contract
}

/// A report with findings of several levels, with markup in what the contract says.
fn report() -> Report {
    let old = base(|_| {});
    let new = base(|document| {
        let schemas = &mut document["components"]["schemas"];
        schemas["v1.tree.Tree"]["properties"]["name"]["maxLength"] = json!(20);
        schemas["v1.tree.Seed"]["properties"]["name"]["pattern"] =
            json!("<script>alert(1)</script>\n::error::@all |");
        schemas["v1.tree.Seed"]["properties"].as_object_mut().unwrap().shift_remove("label");
    });
    drift::compare(&old, &new)
}

fn assert_valid(schema: &Value, instance: &Value) {
    let validator = jsonschema::validator_for(schema).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(instance)
        .map(|error| format!("{error} at {}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn json_is_what_its_published_schema_says() {
    let schema: Value =
        serde_json::from_str(&fs::read_to_string("../docs/drift.schema.json").unwrap()).unwrap();
    assert_valid(&schema, &report().to_json());
    assert_valid(&schema, &drift::compare(&base(|_| {}), &base(|_| {})).to_json());
}

/// The official schema of SARIF 2.1.0, as the crate `serde-sarif` carries it in the cache of cargo.
fn sarif_schema() -> Option<PathBuf> {
    if let Some(given) = std::env::var_os("SARIF_SCHEMA") {
        return Some(given.into());
    }
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cargo")))?;
    let mut sources = fs::read_dir(home.join("registry/src")).ok()?.flatten();
    sources.find_map(|registry| {
        let mut crates = fs::read_dir(registry.path()).ok()?.flatten();
        let own = crates.find(|own| own.file_name().to_string_lossy().starts_with("serde-sarif-"))?;
        Some(own.path().join("src/schema.json")).filter(|path| path.exists())
    })
}

#[test]
fn sarif_is_what_its_schema_says() {
    let Some(path) = sarif_schema() else {
        eprintln!(
            "SKIPPED: no schema of SARIF; `cargo fetch` of the crate serde-sarif or SARIF_SCHEMA brings it"
        );
        return;
    };
    let mut schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    // Its pattern of languages is no regular expression, and reports have none.
    for own in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][own]["properties"]["language"];
        language.as_object_mut().unwrap().shift_remove("pattern");
    }
    let log = report().to_sarif("schemas/contract.yml", &|_| Some(3));
    assert_valid(&schema, &log);
    assert!(log["runs"][0]["results"].as_array().unwrap().len() >= 3);
}

#[test]
fn what_the_contract_says_is_nowhere_markup() {
    let report = report();
    let page = report.to_html();
    assert!(!page.contains("<script>alert"), "a page runs what the contract says");
    assert!(
        !page.contains("src=") && !page.contains("href=") && !page.contains("url("),
        "a page loads something"
    );
    let annotations = report.to_github("schemas/contract.yml", &|_| None);
    assert!(
        annotations.lines().all(|line| line.starts_with("::") || line.starts_with("Drift ")),
        "{annotations}"
    );
    assert!(!annotations.lines().any(|line| line.starts_with("::error::@all")), "{annotations}");
    let markdown = report.to_markdown();
    assert!(!markdown.contains("@all") && !markdown.contains("<script>"), "{markdown}");
}

#[test]
fn github_keeps_to_ten_of_a_level() {
    let old = base(|_| {});
    let new = base(|document| {
        let properties =
            document["components"]["schemas"]["v1.tree.Seed"]["properties"].as_object_mut().unwrap();
        for number in 0..25 {
            properties.insert(format!("more{number}"), json!({"type": "string"}));
        }
    });
    let text = drift::compare_wire(&old, &new).to_github("c.yml", &|_| None);
    assert_eq!(text.lines().filter(|line| line.starts_with("::notice")).count(), 10, "{text}");
    assert!(text.ends_with("10 of 25 shown\n"), "{text}");
}

#[test]
fn a_history_has_a_line_and_a_bar_for_each_release() {
    let history = History { reports: vec![report(), report()] };
    let text = history.to_markdown(Some("plot.svg"));
    assert!(
        text.contains("![breaks by release](plot.svg)") && text.matches("\n## v1.0.0").count() == 2,
        "{text}"
    );
    assert_eq!(history.to_svg().matches("v1.0.0").count(), 2);
}

#[test]
fn what_is_accepted_is_no_verdict_until_it_expires_or_is_gone() {
    let mut report = report();
    let mut accepted = Acceptances::default();
    accepted.accept(&report.findings.clone(), "nobody reads it", "2026-01-02", Some("2026-02-01"));
    let accepted = Acceptances::parse(&accepted.to_toml()).unwrap();
    assert_eq!(accepted.apply(&mut report, "2026-02-01"), []);
    assert_eq!((report.verdict.wire, report.count(Level::Error)), (Level::None, 0));
    let mut later = self::report();
    let stale = accepted.apply(&mut later, "2026-02-02");
    assert!(stale.len() == accepted.entries.len() && stale.iter().all(|entry| entry.expired));
    assert!(later.verdict.wire > Level::None);
    let mut none = drift::compare(&base(|_| {}), &base(|_| {}));
    let stale = accepted.apply(&mut none, "2026-01-03");
    assert!(stale.len() == accepted.entries.len() && stale.iter().all(|entry| !entry.expired));
}

#[test]
fn what_is_no_entry_is_told() {
    for (text, part) in [
        ("[[accept]]\nid = \"no-such\"\npointer = \"\"\nreason = \"r\"\ndate = \"2026-01-01\"\n", "no kind"),
        (
            "[[accept]]\nid = \"became-public\"\npointer = \"\"\nreason = \" \"\ndate = \"2026-01-01\"\n",
            "no reason",
        ),
        ("[[accept]]\nid = \"became-public\"\npointer = \"\"\nreason = \"r\"\ndate = \"soon\"\n", "no date"),
        ("[[accepted]]\n", "accepted"),
    ] {
        let error = Acceptances::parse(text).unwrap_err();
        assert!(error.contains(part), "{error}");
    }
}
