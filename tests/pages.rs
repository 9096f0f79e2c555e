//! The pages say what is so.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn read(file: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap()
}

/// The names of direct dependencies in a table of a manifest.
fn dependencies(manifest: &str, table: &str) -> BTreeSet<String> {
    let manifest = read(manifest);
    let (_, rest) = manifest.split_once(&format!("\n[{table}]\n")).unwrap();
    let table = rest.split("\n[").next().unwrap();
    let names = table.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let (name, rest) = line.split_once(" = ")?;
        let renamed = rest.split("package = \"").nth(1).and_then(|rest| rest.split('"').next());
        Some(renamed.unwrap_or(name).to_owned())
    });
    names.filter(|name| !name.starts_with("meshery-")).collect()
}

/// What is named in the first column of a table of the page about the architecture.
fn reasons(table: usize) -> BTreeSet<String> {
    let page = read("docs/ARCHITECTURE.md");
    let (_, page) = page.split_once("## Direct dependencies").unwrap();
    let (page, _) = page.split_once("\n## ").unwrap();
    let rows =
        page.split("|---|---|---|\n").nth(table).unwrap().lines().take_while(|line| line.starts_with('|'));
    let column = rows.map(|row| row.split('|').nth(1).unwrap().to_owned());
    let names =
        column.flat_map(|cell| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>());
    names.collect()
}

#[test]
fn every_direct_dependency_has_its_reason_and_every_reason_its_dependency() {
    assert_eq!(reasons(1), dependencies("Cargo.toml", "workspace.dependencies"));
}

#[test]
fn so_have_those_of_the_workspaces_apart() {
    let apart = ["fuzz/Cargo.toml", "bench/clients/Cargo.toml", "bench/servers/Cargo.toml"];
    let all: BTreeSet<_> = apart.iter().flat_map(|file| dependencies(file, "dependencies")).collect();
    let here = dependencies("Cargo.toml", "workspace.dependencies");
    assert_eq!(reasons(2), all.difference(&here).cloned().collect());
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
