//! The pages say what is so.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn read(file: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap()
}

/// The names of direct dependencies in the manifest's table of all of them.
fn dependencies() -> BTreeSet<String> {
    let manifest = read("Cargo.toml");
    let (_, table) = manifest.split_once("[workspace.dependencies]\n").unwrap();
    let (table, _) = table.split_once("\n[").unwrap();
    let names = table.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let (name, rest) = line.split_once(" = ")?;
        let renamed = rest.split("package = \"").nth(1).and_then(|rest| rest.split('"').next());
        Some(renamed.unwrap_or(name).to_owned())
    });
    names.filter(|name| !name.starts_with("meshery-")).collect()
}

#[test]
fn every_direct_dependency_has_its_reason() {
    let page = read("docs/ARCHITECTURE.md");
    let (_, page) = page.split_once("## Direct dependencies").unwrap();
    let (page, _) = page.split_once("\n## ").unwrap();
    let words: BTreeSet<_> = page.split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_')).collect();
    let silent: Vec<_> = dependencies().into_iter().filter(|name| !words.contains(name.as_str())).collect();
    assert!(silent.is_empty(), "docs/ARCHITECTURE.md does not say why: {silent:?}");
}

#[test]
fn every_link_of_the_pages_leads_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = fs::read_dir(root.join("docs")).unwrap();
    let docs = docs.map(|entry| format!("docs/{}", entry.unwrap().file_name().to_string_lossy()));
    for page in docs.chain(["README.md".to_owned(), "CHANGELOG.md".to_owned()]) {
        let folder = Path::new(&page).parent().unwrap();
        for target in read(&page).split("](").skip(1).map(|rest| rest.split([')', '#']).next().unwrap()) {
            if !target.starts_with("http") {
                let file = root.join(folder).join(target);
                assert!(file.exists(), "{page} links to {target}, which is not there");
            }
        }
    }
}
