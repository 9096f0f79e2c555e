//! Are reports what their schemas say, and pages safe to open?

use crate::support::{skipped, upstream};
use meshery_generator::contract::{self, Contract};
use meshery_generator::drift::{self, Acceptances, Annotated, History, Level, Report};
use meshery_generator::load::{self, Documents, Limits, sources::Sources};
use meshery_generator::overlay::Overlay;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

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

/// The file that annotations are put on.
fn file<'f>(line: &'f dyn Fn(&str) -> Option<usize>) -> Annotated<'f> {
    Annotated { file: "schemas/contract.yml", side: 1, line }
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
    let ids: Vec<&str> = drift::Kind::ALL.iter().map(|kind| kind.id()).collect();
    assert_eq!(schema["definitions"]["id"]["enum"], json!(ids), "the kinds that it lists");
    assert_valid(&schema, &report().to_json());
    assert_valid(&schema, &drift::compare(&base(|_| {}), &base(|_| {})).to_json());
}

/// The official schema of SARIF 2.1.0, as the crate `serde-sarif` carries it in the cache of cargo.
fn sarif_path() -> Option<PathBuf> {
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

/// That schema.
fn sarif_schema() -> Option<Value> {
    let Some(path) = sarif_path() else {
        skipped("no schema of SARIF; `cargo fetch` of the crate serde-sarif or SARIF_SCHEMA brings it");
        return None;
    };
    let mut schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    // Its pattern of languages is no regular expression, and reports have none.
    for own in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][own]["properties"]["language"];
        language.as_object_mut().unwrap().shift_remove("pattern");
    }
    Some(schema)
}

#[test]
fn sarif_is_what_its_schema_says() {
    let Some(schema) = sarif_schema() else { return };
    let log = report().to_sarif(file(&|_| Some(3)));
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
    let annotations = report.to_github(file(&|_| None));
    assert!(
        annotations.lines().all(|line| line.starts_with("::") || line.starts_with("Drift ")),
        "{annotations}"
    );
    assert!(!annotations.lines().any(|line| line.starts_with("::error::@all")), "{annotations}");
    let markdown = report.to_markdown();
    assert!(!markdown.contains("@all") && !markdown.contains("<script>"), "{markdown}");
}

/// A page once a browser has run its scripts, and then `script`.
fn shown(page: &str, script: &str) -> Option<String> {
    let named = std::env::var("MESHERY_CHROMIUM").ok();
    let known = ["chromium", "chromium-browser", "google-chrome"].map(str::to_owned);
    let runs = |name: &String| Command::new(name).arg("--version").output().is_ok_and(|o| o.status.success());
    let Some(browser) = named.into_iter().chain(known).find(runs) else {
        skipped("no Chromium to open the page with; apt-get install chromium");
        return None;
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("drift.html");
    fs::write(&file, page.replace("</body>", &format!("<script>{script}</script></body>"))).unwrap();
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
        .args(["--no-first-run", "--disable-background-networking", "--virtual-time-budget=10000"])
        .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
        .arg("--dump-dom")
        .arg(format!("file://{}", file.display()))
        .output()
        .unwrap();
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn the_page_filters_and_groups_in_a_browser() {
    let report = report();
    let (all, page) = (report.findings.len(), report.to_html());
    assert!(all > 2, "{report}");
    let count = |script: &str| {
        let dom = shown(&page, script)?;
        let (_, rest) = dom.split_once("<output id=\"count\">").unwrap();
        Some((rest.split_once('<').unwrap().0.to_owned(), dom))
    };
    let Some((counted, dom)) = count("") else { return };
    assert_eq!(counted, format!("{all} of {all}"));
    assert!(!dom.contains("<script>alert(1)</script>"));
    let of_pattern = "text.value = 'pattern seed'; text.dispatchEvent(new Event('input', {bubbles: true}));";
    assert_eq!(count(of_pattern).unwrap().0, format!("1 of {all}"));
    let warnings = "document.querySelectorAll('fieldset[data-of=level] input').forEach((box) => {\
        if (box.value !== 'warning') box.click(); });";
    let expected = report.findings.iter().filter(|own| own.level == Level::Warning).count();
    assert_eq!(count(warnings).unwrap().0, format!("{expected} of {all}"));
    // By operation, an edit of a shared schema is in each that it reaches.
    let by = "by.value = 'operation'; by.dispatchEvent(new Event('input', {bubbles: true}));";
    let dom = count(by).unwrap().1;
    for operation in ["GET /api/trees", "POST /api/trees", "GET /api/trees/{treeId}"] {
        assert!(dom.contains(&format!("data-name=\"{operation}\"")), "{operation} is in no group");
    }
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
    let text = drift::compare_wire(&old, &new).to_github(file(&|_| None));
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
    accepted.apply(&mut report, "2026-02-01");
    assert_eq!(report.stale, []);
    assert_eq!((report.verdict.wire, report.count(Level::Error)), (Level::None, 0));
    let mut later = self::report();
    accepted.apply(&mut later, "2026-02-02");
    let stale = &later.stale;
    assert!(stale.len() == accepted.entries.len() && stale.iter().all(|entry| entry.expired));
    assert!(later.verdict.wire > Level::None);
    let mut none = drift::compare(&base(|_| {}), &base(|_| {}));
    accepted.apply(&mut none, "2026-01-03");
    let stale = &none.stale;
    assert!(stale.len() == accepted.entries.len() && stale.iter().all(|entry| !entry.expired));
    // And whoever reads a report sees why it fails although nothing changed.
    let told = [
        none.to_string(),
        none.to_markdown(),
        none.to_html(),
        none.to_github(file(&|_| None)),
        none.to_json().to_string(),
        none.to_sarif(file(&|_| None)).to_string(),
    ];
    assert!(told.iter().all(|text| text.contains("property-removed")), "{told:#?}");
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
        (
            "[[accept]]\nid = \"became-public\"\npointer = \"\"\nreason = \"r\"\ndate = \"2026-01-01\"\nexpire = \"2026-02-01\"\n",
            "unknown field `expire`",
        ),
        (
            "[[accept]]\nid = \"became-public\"\npointer = \"\"\nreason = \"r\"\ndate = \"2026-02-30\"\n",
            "no date",
        ),
    ] {
        let error = Acceptances::parse(text).unwrap_err();
        assert!(error.contains(part), "{error}");
    }
}

/// The contract of a release, of upstream's archives.
fn release(version: &str) -> Option<Contract> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let archive = fs::File::open(upstream()?.join(format!("meshery-schemas-{version}.tar.gz"))).unwrap();
    let text = |name: &str| fs::read_to_string(workspace.join("schemas").join(name)).unwrap();
    let sources = Sources::parse(&text("sources.toml"), "sources.toml").unwrap();
    let overlay = Overlay::parse(&text("overlay.yml"), "overlay.yml").unwrap();
    let tree = load::archive(archive, &sources, &Limits::default()).unwrap();
    Some(contract::build(&Documents::new(tree), &sources, &overlay).unwrap().contract)
}

/// What is told of the findings of a report that are at least an info both ways, mirrored or not.
fn both_ways(report: &Report, mirrored: bool) -> Vec<(drift::Kind, Level, Level)> {
    let mut told: Vec<_> = report
        .findings
        .iter()
        .map(|finding| (finding.id, finding.wire.level, finding.wire.client_first))
        .filter(|(_, level, first)| *level > Level::None && *first > Level::None)
        .map(|(id, level, first)| if mirrored { (id.mirror(), first, level) } else { (id, level, first) })
        .collect();
    told.sort();
    told
}

#[test]
fn real_releases_are_compared_each_way_in_every_format() {
    let Some(all) = ["1.2.9", "1.3.7", "1.3.45"].map(release).into_iter().collect::<Option<Vec<_>>>() else {
        return;
    };
    let schema: Value =
        serde_json::from_str(&fs::read_to_string("../docs/drift.schema.json").unwrap()).unwrap();
    let sarif = sarif_schema();
    for contract in &all {
        let report = drift::compare(contract, contract);
        assert!(report.is_empty() && report.problems.is_empty(), "{report}");
    }
    for pair in all.windows(2) {
        let [old, new] = pair else { continue };
        let [there, back] = [drift::compare(old, new), drift::compare(new, old)];
        assert_eq!(both_ways(&there, false), both_ways(&back, true), "{}", there.new.release);
        for report in [there, back] {
            assert!(report.problems.is_empty() && report.findings.len() > 100, "{:?}", report.problems);
            assert_valid(&schema, &report.to_json());
            if let Some(sarif) = &sarif {
                assert_valid(sarif, &report.to_sarif(file(&|_| Some(1))));
            }
            assert!(report.to_html().matches("<details class=\"finding").count() == report.findings.len());
            // What GitHub takes in a comment, and shows of annotations.
            assert!(report.to_markdown().len() < 65_000);
            assert!(report.to_github(file(&|_| Some(1))).lines().count() <= 31);
            assert!(report.to_string().contains(&report.findings[0].headline()));
        }
    }
}
