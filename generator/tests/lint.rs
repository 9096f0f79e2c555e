//! Does lint find what is wrong, say where, and say what is done about it?

use crate::support::upstream;
use meshery_generator::diagnostic::{Code, Severity};
use meshery_generator::lint::{self, By, Report};
use meshery_generator::load::{self, Documents, Limits, sources::Sources};
use meshery_generator::overlay::Overlay;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lint")
}

/// What is read of upstream.
fn upstream_sources() -> Sources {
    Sources::parse(include_str!("../../schemas/sources.toml"), "sources.toml").unwrap()
}

/// What is read of the invented forest.
fn sources() -> Sources {
    let mut sources = upstream_sources();
    let set = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
    sources.constructs.excluded = set(&["v1/moss"]);
    sources.constructs.schema_only = set(&["v1/soil", "v2/soil"]);
    sources.contract.annotations = vec!["helperText".to_owned()];
    sources.products.truncate(1);
    for product in &mut sources.products {
        product.name = "garden".to_owned();
        product.base = "schemas/base.yml".to_owned();
    }
    sources
}

/// What is found in the source tree of a case, which is of v1.2.3.
fn linted(case: &str) -> Report {
    let folder = root().join(case);
    let sources = sources();
    let mut tree = load::directory(&folder, &sources, &Limits::default()).unwrap();
    tree.release = Some("v1.2.3".to_owned());
    let text = fs::read_to_string(folder.join("overlay.yml")).ok();
    let overlay =
        text.as_ref().map_or_else(Overlay::none, |text| Overlay::parse(text, "overlay.yml").unwrap());
    let mut report = lint::source(&Documents::new(tree), &sources, &overlay);
    report.complete_lines("overlay.yml", &text.unwrap_or_default());
    report
}

fn golden(name: &str, found: &str) {
    let file = root().join(name);
    if std::env::var_os("BLESS").is_some() {
        fs::write(&file, found).unwrap();
    }
    let expected = fs::read_to_string(&file).unwrap_or_default();
    assert!(found == expected, "{name} is not as expected; found:\n{found}");
}

const CASES: &[&str] = &["broken", "documents", "operations", "repairs", "schemas", "versions"];

#[test]
fn every_rule_finds_what_it_is_for() {
    let mut seen = Vec::new();
    for case in CASES {
        let report = linted(case);
        golden(&format!("{case}.txt"), &report.to_string());
        seen.extend(report.findings.iter().map(|finding| finding.code));
    }
    let own = Code::ALL.iter().filter(|code| code.as_str().starts_with("M09"));
    let unseen: Vec<_> = own.filter(|code| !seen.contains(code)).collect();
    assert!(unseen.is_empty(), "no case for {unseen:?}");
}

#[test]
fn a_document_that_needs_no_other_is_looked_at_alone() {
    let text = fs::read_to_string(root().join("bundle.yml")).unwrap();
    let report = lint::document("bundle.yml", &text, &sources()).unwrap();
    golden("bundle.txt", &report.to_string());
    let broken = lint::document("bundle.yml", "a: [", &sources()).unwrap_err();
    assert_eq!(broken.iter().next().unwrap().code, Code::NotYaml);
}

#[test]
fn a_report_is_a_page_and_a_value() {
    let report = linted("schemas");
    golden("schemas.md", &report.to_markdown());
    golden("schemas.json", &(serde_json::to_string_pretty(&report.to_json()).unwrap() + "\n"));
}

/// Every place of a document in turn holds something odd: nothing to be said is fine, panicking is not.
#[test]
fn odd_values_anywhere_are_looked_at() {
    let odd =
        [json!(null), json!([[]]), json!({ "$ref": "#/components" }), json!(-1.5), json!({ "allOf": [{}] })];
    for case in ["documents", "operations", "schemas"] {
        let file = root().join(case).join("schemas/constructs/v1/tree/api.yml");
        let document: Value = serde_yaml::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        let mut places = Vec::new();
        nodes(&document, "", &mut places);
        for (place, value) in places.iter().zip(odd.iter().cycle()) {
            let mut changed = document.clone();
            *changed.pointer_mut(place).unwrap() = value.clone();
            let report = lint::document("api.yml", &changed.to_string(), &sources()).unwrap();
            assert!(report.findings.iter().all(|finding| !finding.places.is_empty()), "{place}");
        }
    }
}

fn nodes(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    let escaped = |name: &str| name.replace('~', "~0").replace('/', "~1");
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| nodes(value, &format!("{at}/{}", escaped(name)), found));
        }
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(i, value)| nodes(value, &format!("{at}/{i}"), found));
        }
        _ => {}
    }
}

/// Of a release: how often a code is found in what operations reach, and elsewhere.
fn counts(report: &Report) -> BTreeMap<&'static str, [usize; 2]> {
    let mut counts: BTreeMap<&'static str, [usize; 2]> = BTreeMap::new();
    for finding in &report.findings {
        counts.entry(finding.code.as_str()).or_default()[usize::from(!finding.reached)] +=
            finding.places.len();
    }
    counts
}

#[test]
fn releases_have_what_was_counted_in_them() {
    let Some(upstream) = upstream() else { return };
    let sources = upstream_sources();
    let overlay = Overlay::parse(include_str!("../../schemas/overlay.yml"), "overlay.yml").unwrap();
    let mut text = String::new();
    for release in ["1.2.9", "1.3.7", "1.3.45"] {
        let archive = fs::File::open(upstream.join(format!("meshery-schemas-{release}.tar.gz"))).unwrap();
        let tree = load::archive(archive, &sources, &Limits::default()).unwrap();
        let report = lint::source(&Documents::new(tree), &sources, &overlay);
        text += &format!("{release}\n");
        for (code, [reached, others]) in counts(&report) {
            text += &format!("  {code} {reached} reached, {others} elsewhere\n");
        }
        let codes: Vec<_> = report.findings.iter().map(|finding| finding.code).collect();
        assert!(!codes.contains(&Code::NeedlessRepair), "{release}:\n{report}");
        // Every action of the overlay is what repairs something that is found.
        let repaired: Vec<_> = report.findings.iter().filter(|f| f.repair.by == By::Overlay).collect();
        for action in 0..overlay.len() {
            let named = |how: &str| how.split(' ').any(|word| word == format!("/actions/{action}"));
            assert!(repaired.iter().any(|f| named(&f.repair.how)), "{release}: action {action}");
        }
    }
    golden("releases.txt", &text);
}

/// The bundle looks public where it is not: the figure that upstream's own form comes to.
#[test]
fn security_is_lost_in_the_published_bundle() {
    let Some(upstream) = upstream() else { return };
    let sources = upstream_sources();
    let file = fs::File::open(upstream.join("bundles/v1.3.45/meshery_openapi.yml.gz")).unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(file), &mut text).unwrap();
    let report = lint::document("meshery_openapi.yml", &text, &sources).unwrap();
    let lost = report.findings.iter().find(|finding| finding.code == Code::UnstatedSecurity).unwrap();
    assert_eq!(lost.places.len(), 87);
    assert!(report.count(Severity::Error).0 > 0);
}
