//! Does each phase say what is wrong with bad input, and where? See `cases/README.md`.

use meshery_generator::diagnostic::Diagnostics;
use meshery_generator::load::{self, Documents, Limits, positions, sources::Sources};
use std::fs;
use std::path::{Path, PathBuf};

/// What a phase finds in the input of a case.
fn run(phase: &str, case: &Path) -> Diagnostics {
    match phase {
        "load" => source(case, |documents, sources| load::constructs(documents, sources).err()),
        other => panic!("no phase `{other}`: add an arm to `run` in tests/cases.rs"),
    }
}

/// Loads the source in the folder of a case, and completes the lines of what `phase` finds in it.
fn source(case: &Path, phase: impl Fn(&Documents, &Sources) -> Option<Diagnostics>) -> Diagnostics {
    let own = case.join("sources.toml");
    let text =
        fs::read_to_string(&own).unwrap_or_else(|_| include_str!("../../schemas/sources.toml").to_owned());
    let sources = match Sources::parse(&text, "sources.toml") {
        Ok(sources) => sources,
        Err(findings) => return findings,
    };
    let documents = match load::directory(case, &sources, &Limits::default()) {
        Ok(tree) => Documents::new(tree),
        Err(findings) => return findings,
    };
    let mut findings = phase(&documents, &sources).unwrap_or_default();
    positions::complete(&mut findings, |file| documents.text(file));
    findings
}

fn folders(of: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> =
        fs::read_dir(of).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_dir()).collect();
    found.sort();
    found
}

#[test]
fn every_case_is_told_as_expected() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let bless = std::env::var_os("BLESS").is_some();
    let (mut seen, mut wrong) = (0, Vec::new());
    for phase in folders(&root) {
        let name = phase.file_name().unwrap().to_str().unwrap().to_owned();
        for case in folders(&phase) {
            seen += 1;
            let found = format!("{}\n", run(&name, &case));
            let golden = case.join("expected.txt");
            if bless {
                fs::write(&golden, &found).unwrap();
                continue;
            }
            let expected = fs::read_to_string(&golden).unwrap_or_default();
            if found != expected {
                wrong.push(format!("== {}\n-- expected\n{expected}-- found\n{found}", case.display()));
            }
        }
    }
    assert!(seen > 0, "no case below {}", root.display());
    assert!(wrong.is_empty(), "{}\nBLESS=1 accepts what was found", wrong.join("\n"));
}
