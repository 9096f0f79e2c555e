//! docs/DIAGNOSTICS.md lists every code as the table of codes has it.

use meshery_generator::diagnostic::{Code, Severity};
use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

const HEAD: &str = "\
# Diagnostics

What the generator has to say about its input. A code keeps its meaning: one that is retired is not
given out again. An error stops the next phase; every phase reports all it finds, sorted by place.
Warnings say what is done about the oddity.

This page is checked against the table of codes by `cargo test -p meshery-generator --test suite
diagnostics_page`; run that with `BLESS=1` to write it anew.
";

const PHASES: [(&str, &str); 10] = [
    ("M01", "load: sources to documents"),
    ("M02", "bundle: resolve, select, merge"),
    ("M03", "overlay: declared repairs"),
    ("M04", "contract: canonical facts, and the lock"),
    ("M05", "lower and passes: contract to intermediate representation"),
    ("M06", "emit and write: files"),
    ("M07", "fold: documents without references"),
    ("M08", "npm and trust: the package, and what pins a source"),
    ("M09", "lint: what is wrong upstream"),
    ("M10", "generate: documents of others"),
];

fn page() -> String {
    let mut page = HEAD.to_owned();
    for (prefix, title) in PHASES {
        writeln!(page, "\n## {title}\n\n| code | severity | meaning |\n|---|---|---|").unwrap();
        for code in Code::ALL.iter().filter(|code| code.as_str().starts_with(prefix)) {
            writeln!(page, "| {code} {code:?} | {} | {} |", code.severity(), code.meaning()).unwrap();
        }
    }
    page
}

#[test]
fn the_page_lists_every_code() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/DIAGNOSTICS.md");
    let expected = page();
    assert_eq!(expected.matches("\n| M").count(), Code::ALL.len(), "a phase is missing from the page");
    if env::var_os("BLESS").is_some() {
        fs::write(&file, &expected).unwrap();
    }
    let held = fs::read_to_string(&file).unwrap_or_default();
    assert!(held == expected, "docs/DIAGNOSTICS.md is stale; run this test with BLESS=1");
}

#[test]
fn a_severity_is_read_as_it_is_written() {
    for severity in [Severity::Error, Severity::Warning] {
        assert_eq!(severity.to_string().parse(), Ok(severity));
    }
    let unknown = "Error".parse::<Severity>().unwrap_err();
    assert_eq!(unknown.to_string(), "`Error` is no severity; expected `error` or `warning`");
}
