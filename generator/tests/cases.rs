//! Does each phase say what is wrong with bad input, and where? See `cases/README.md`.

use flate2::{Compression, write::GzEncoder};
use meshery_generator::diagnostic::Diagnostics;
use meshery_generator::fold::{self, Dereferenced, Placed};
use meshery_generator::load::{self, Documents, Limits, positions, sources::Sources};
use meshery_generator::lower;
use meshery_generator::overlay::Overlay;
use meshery_generator::{bundle, contract};
use std::fs;
use std::path::{Path, PathBuf};

/// What a phase finds in the input of a case.
fn run(phase: &str, case: &Path) -> Diagnostics {
    match phase {
        "load" => source(case, |documents, sources| load::constructs(documents, sources).err()),
        "bundle" => source(case, bundles),
        "contract" | "overlay" => source(case, |documents, sources| contracted(case, documents, sources)),
        "fold" => folded(case),
        "lock" => locked(case),
        "npm" => packaged(case),
        "lower" => lowered(case),
        other => panic!("no phase `{other}`: add an arm to `run` in tests/cases.rs"),
    }
}

/// What is wrong with a contract once it is lowered, and what is odd.
fn lowered(case: &Path) -> Diagnostics {
    let text = fs::read_to_string(case.join("contract.yml")).unwrap();
    let mut findings = Diagnostics::new();
    let contract = contract::read(&text, "contract.yml");
    if let Err(errors) = contract.and_then(|c| lower::lower(&c, "contract.yml", &mut findings)) {
        findings.extend(errors);
    }
    positions::complete(&mut findings, |_| Some(text.as_str()));
    findings
}

/// What is wrong with the bundles of a source: the merge, and then each product.
fn bundles(documents: &Documents, sources: &Sources) -> Option<Diagnostics> {
    let merged = match bundle::merged(documents, sources) {
        Ok(merged) => merged,
        Err(findings) => return Some(findings),
    };
    let mut all = Diagnostics::new();
    for product in &sources.products {
        let made = bundle::product(merged.clone(), documents, sources, &product.name);
        made.err().into_iter().for_each(|findings| all.extend(findings));
    }
    Some(all)
}

/// What is said of the contract of a source, with the `overlay.yml` of the case if it has one.
///
/// The release is v0.0.0; base documents that the case does not have are the least that will do.
fn contracted(case: &Path, documents: &Documents, sources: &Sources) -> Option<Diagnostics> {
    let text = fs::read_to_string(case.join("overlay.yml")).ok();
    let overlay = text.as_ref().map_or(Ok(Overlay::none()), |text| Overlay::parse(text, "overlay.yml"));
    let mut tree = documents.tree().clone();
    tree.release = Some("v0.0.0".to_owned());
    for product in &sources.products {
        let base = "{openapi: 3.0.0, info: {title: Base, version: v0}, servers: []}".to_owned();
        tree.files.entry(product.base.clone()).or_insert_with(|| load::File::new(base));
    }
    let built = overlay.and_then(|overlay| contract::build(&Documents::new(tree), sources, &overlay));
    let mut findings = built.map_or_else(|findings| findings, |built| built.warnings);
    positions::complete(&mut findings, |file| text.as_deref().filter(|_| file == "overlay.yml"));
    Some(findings)
}

/// What is wrong with the npm package whose files are in the folder of a case.
fn packaged(case: &Path) -> Diagnostics {
    let sources = Sources::parse(include_str!("../../schemas/sources.toml"), "sources.toml").unwrap();
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    builder.append_dir_all("package", case).unwrap();
    let tarball = builder.into_inner().unwrap().finish().unwrap();
    load::npm(&tarball[..], &sources, &Limits::default()).err().unwrap_or_default()
}

/// What is said of bundles, one a file, and of the contract that they make. A file is named after
/// what it is the bundle of, unless that is to be told by itself.
fn folded(case: &Path) -> Diagnostics {
    let sources = Sources::parse(include_str!("../../schemas/sources.toml"), "sources.toml").unwrap();
    let mut files: Vec<_> = fs::read_dir(case).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| !file.ends_with("expected.txt"));
    files.sort();
    let (mut bundles, mut findings) = (Vec::new(), Diagnostics::new());
    for file in &files {
        let place = match file.file_stem().and_then(|stem| stem.to_str()).unwrap() {
            "merged" => Some(Placed::Merged),
            stem => sources.product(stem).map(|product| Placed::Product(product.name.clone())),
        };
        let name = file.file_name().unwrap().to_str().unwrap();
        let reader = fs::File::open(file).unwrap();
        match load::bundle(name, reader, place, &sources, &Limits::default()) {
            Ok(bundle) => bundles.push(bundle),
            Err(found) => findings.extend(found),
        }
    }
    if findings.has_errors() {
        return findings;
    }
    let input = Dereferenced { release: Some("v0.0.0".to_owned()), ..load::bundled(bundles) };
    let sources = input.narrowed(&sources);
    let documents = fold::fold(&input, &sources, None);
    let made = documents.and_then(|documents| contract::build(&documents, &sources, &Overlay::none()));
    made.map_or_else(|found| found, |built| built.warnings)
}

/// What is said of a `contract.yml` and its `schemas.lock`.
fn locked(case: &Path) -> Diagnostics {
    let text = |file: &str| fs::read_to_string(case.join(file)).unwrap();
    let (contract, lock) = (text("contract.yml"), text("schemas.lock"));
    let read = contract::read_locked((&contract, "contract.yml"), (&lock, "schemas.lock"));
    let mut findings = read.err().unwrap_or_default();
    positions::complete(&mut findings, |file| (file == "contract.yml").then_some(&*contract));
    findings
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
