//! The manifests of the workspace that is written.

use super::crates::{Name, PARTS};
use crate::workspace::Workspace;
use anyhow::{Context, Result, anyhow};
use meshery_generator::write::region;
use std::fs;
use toml::{Table, Value};

/// The manifests, and the versions that this workspace is tested with.
pub(super) fn files(workspace: &Workspace, name: &Name) -> Result<Vec<(String, String)>> {
    let root = read(workspace, "Cargo.toml")?;
    let known = table(&root, &["workspace", "dependencies"]);
    let package = table(&root, &["workspace", "package"]);
    let mut used = Table::new();
    let mut files = Vec::new();
    for part in PARTS {
        let own = read(workspace, &format!("generated-{part}/Cargo.toml"))?;
        let mut dependencies = Table::new();
        for (dependency, how) in table(&own, &["dependencies"]) {
            match dependency.strip_prefix("meshery-") {
                Some(part) => {
                    let path = Value::String(format!("../{}", name.package(part)));
                    dependencies.insert(
                        name.package(part),
                        Value::Table(Table::from_iter([("path".to_owned(), path)])),
                    );
                }
                None => {
                    if let Some(version) = known.get(&dependency) {
                        used.insert(dependency.clone(), version.clone());
                    }
                    dependencies.insert(dependency, how);
                }
            }
        }
        let features = features(own_text(workspace, part)?, name)?;
        let manifest = crate_manifest(part, name, dependencies)? + &features;
        files.push((format!("{}/Cargo.toml", name.package(part)), manifest));
    }
    files.push(("Cargo.toml".to_owned(), root_manifest(name, &package, used)?));
    Ok(files)
}

fn root_manifest(name: &Name, package: &Table, dependencies: Table) -> Result<String> {
    let members = PARTS.iter().map(|part| Value::String(name.package(part))).collect();
    let fact = |fact: &str| package.get(fact).cloned().unwrap_or(Value::Boolean(false));
    let package = ["edition", "rust-version"].map(|key| (key.to_owned(), fact(key)));
    let workspace = Table::from_iter([
        ("members".to_owned(), Value::Array(members)),
        ("resolver".to_owned(), Value::String("3".to_owned())),
        ("package".to_owned(), Value::Table(Table::from_iter(package))),
        ("dependencies".to_owned(), Value::Table(dependencies)),
    ]);
    printed(&Table::from_iter([("workspace".to_owned(), Value::Table(workspace))]))
}

fn crate_manifest(part: &str, name: &Name, dependencies: Table) -> Result<String> {
    let inherited = || Value::Table(Table::from_iter([("workspace".to_owned(), Value::Boolean(true))]));
    let package = Table::from_iter([
        ("name".to_owned(), Value::String(name.package(part))),
        ("version".to_owned(), Value::String("0.1.0".to_owned())),
        ("edition".to_owned(), inherited()),
        ("rust-version".to_owned(), inherited()),
        ("publish".to_owned(), Value::Boolean(false)),
    ]);
    printed(&Table::from_iter([
        ("package".to_owned(), Value::Table(package)),
        ("dependencies".to_owned(), Value::Table(dependencies)),
    ]))
}

/// The table of features: what of it is written by hand, and the place for the rest.
fn features(own: String, name: &Name) -> Result<String> {
    let by_hand: Table = region::filled("Cargo.toml", &own, "")
        .map_err(|found| anyhow!("{found}"))?
        .parse()
        .context("cannot read the features of a crate")?;
    let text =
        toml::to_string_pretty(&table(&by_hand, &["features"])).context("features cannot be written")?;
    let text = text.replace("\"meshery-", &format!("\"{name}-"));
    Ok(format!("\n[features]\n{text}{}\n{}\n", region::BEGIN, region::END))
}

fn own_text(workspace: &Workspace, part: &str) -> Result<String> {
    let path = workspace.root().join(format!("generated-{part}/Cargo.toml"));
    fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
}

fn printed(manifest: &Table) -> Result<String> {
    let text = toml::to_string_pretty(manifest).context("a manifest cannot be written")?;
    Ok(format!("# Written by `cargo xtask generate`.\n\n{text}"))
}

fn read(workspace: &Workspace, file: &str) -> Result<Table> {
    let path = workspace.root().join(file);
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    text.parse().with_context(|| format!("cannot read {}", path.display()))
}

/// The table at a path; an empty one where there is none.
fn table(of: &Table, path: &[&str]) -> Table {
    let mut at = of.clone();
    for key in path {
        at = at.get(*key).and_then(Value::as_table).cloned().unwrap_or_default();
    }
    at
}
