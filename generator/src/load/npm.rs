//! The npm package of a release: the document of each construct as a JavaScript object literal.
//!
//! No JavaScript runs: a file is [parsed](module), and what is not a literal is a finding with its
//! place. The archive is as little trusted as that of a release, and read by the same code.

use super::sources::{Npm, Sources};
use super::tree::Tree;
use super::{Limits, archive};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::fold::{Dereferenced, Piece, Placed};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Read;

mod literal;
mod module;
mod nesting;

/// The file that says what a package is.
const MANIFEST: &str = "package.json";

/// Reads the documents of a package from its tarball.
///
/// # Errors
/// [`Code::BadArchive`] as for [`super::archive`]; [`Code::BadPackage`] for another package than
/// [`Sources`] names or one without documents; [`Code::NotALiteral`] for each file that is more
/// than a literal.
pub fn npm(reader: impl Read, sources: &Sources, limits: &Limits) -> Result<Dereferenced, Diagnostics> {
    let wants = |path: &str| path == MANIFEST || sources.npm.place(path).is_some();
    documents(archive::unpack(reader, &wants, limits)?, &sources.npm)
}

/// Reads the documents of a package from its files.
fn documents(tree: Tree, facts: &Npm) -> Result<Dereferenced, Diagnostics> {
    let mut findings = Diagnostics::new();
    let release = match release(&tree, facts) {
        Ok(release) => Some(release),
        Err(finding) => {
            findings.push(finding);
            None
        }
    };
    let mut made =
        Dereferenced { release: release.clone(), commit: tree.commit.clone(), ..Dereferenced::default() };
    for (construct, name) in chosen(&tree, facts) {
        let Some(file) = tree.files.get(name) else { continue };
        match module::document(&file.text, name) {
            Ok(document) if document.is_object() => {
                made.files.insert(name.to_owned(), file.sha256.clone());
                made.documents.push(Piece { name: name.to_owned(), place: construct, document });
            }
            Ok(_) => {
                let message = "the value is no object, expected an OpenAPI document";
                findings.push(Diagnostic::new(Code::NotALiteral, Place::new(name, ""), message));
            }
            Err(finding) => findings.push(finding),
        }
    }
    if made.documents.is_empty() && !findings.has_errors() {
        let message = format!("no document in the package: no file is `{}`", facts.documents.join("` or `"));
        findings.push(
            Diagnostic::new(Code::BadPackage, Place::default(), message)
                .help("`npm.documents` in sources.toml says where the documents are"),
        );
    }
    findings.ok(made)
}

/// One file for each construct: that of the first pattern which fits any.
fn chosen<'a>(tree: &'a Tree, facts: &Npm) -> BTreeMap<Placed, &'a str> {
    let mut chosen: BTreeMap<Placed, (usize, &str)> = BTreeMap::new();
    for name in tree.files.keys() {
        if let Some((pattern, place)) = facts.place(name) {
            let best = chosen.entry(place).or_insert((pattern, name));
            if pattern < best.0 {
                *best = (pattern, name);
            }
        }
    }
    chosen.into_iter().map(|(place, (_, name))| (place, name)).collect()
}

/// The release that the manifest of a package names.
fn release(tree: &Tree, facts: &Npm) -> Result<String, Diagnostic> {
    let bad = |pointer: &str, message: String| {
        Diagnostic::new(Code::BadPackage, Place::new(MANIFEST, pointer), message)
    };
    let Some(file) = tree.files.get(MANIFEST) else {
        return Err(bad("", "the package has no such file".to_owned()));
    };
    let manifest: Value =
        serde_json::from_str(&file.text).map_err(|error| bad("", format!("not JSON: {error}")))?;
    let text = |key: &str| manifest.get(key).and_then(Value::as_str).unwrap_or_default();
    if text("name") != facts.package {
        let message = format!("the package is `{}`, expected `{}`", text("name"), facts.package);
        return Err(bad("/name", message));
    }
    match semver::Version::parse(text("version")) {
        Ok(version) => Ok(format!("v{version}")),
        Err(_) => {
            Err(bad("/version", format!("`{}` is no version, expected one like 1.3.45", text("version"))))
        }
    }
}

impl Npm {
    /// Whose document the file at `path` is, and by which pattern.
    fn place(&self, path: &str) -> Option<(usize, Placed)> {
        let found = |(index, pattern): (usize, &String)| Some((index, fit(pattern, path)?));
        self.documents.iter().enumerate().find_map(found)
    }
}

/// Whether a pattern names each of the two folders once, and at most one `*` in a part.
pub(super) fn is_pattern(pattern: &str) -> bool {
    let parts: Vec<_> = pattern.split('/').collect();
    let once = |name: &str| parts.iter().filter(|part| **part == name).count() == 1;
    once("{version}") && once("{construct}") && parts.iter().all(|part| part.matches('*').count() <= 1)
}

/// The construct that a path names where the pattern has `{version}` and `{construct}`.
fn fit(pattern: &str, path: &str) -> Option<Placed> {
    let (mut version, mut construct) = (None, None);
    let (mut parts, mut names) = (pattern.split('/'), path.split('/'));
    loop {
        match (parts.next(), names.next()) {
            (None, None) => break,
            (Some("{version}"), Some(name)) => version = Some(name.to_owned()),
            (Some("{construct}"), Some(name)) => construct = Some(name.to_owned()),
            (Some(part), Some(name)) => {
                let fits = match part.split_once('*') {
                    Some((start, end)) => {
                        name.len() > start.len() + end.len() && name.starts_with(start) && name.ends_with(end)
                    }
                    None => part == name,
                };
                if !fits {
                    return None;
                }
            }
            _ => return None,
        }
    }
    Some(Placed::Construct { version: version?, construct: construct? })
}

#[cfg(test)]
#[path = "npm/tests.rs"]
mod tests;
