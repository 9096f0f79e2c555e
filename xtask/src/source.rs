//! What verbs that read upstream do first: read `sources.toml`, load a source.

use crate::outcome::Failure;
use crate::workspace::Workspace;
use anyhow::Context;
use meshery_generator::diagnostic::Diagnostics;
use meshery_generator::load::{self, Documents, Limits, Tree, sources::Sources};
use std::fs::{self, File};
use std::io::BufReader;
use std::path::Path;

/// Reads `sources.toml`: the given one, else that of the workspace.
pub(crate) fn sources(given: Option<&Path>, workspace: &Workspace) -> Result<Sources, Failure> {
    let path = given.map_or_else(|| workspace.root().join("schemas/sources.toml"), Path::to_owned);
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    Sources::parse(&text, &path.display().to_string()).map_err(Failure::Unloadable)
}

/// Loads a source: a folder, or else an archive.
pub(crate) fn load(from: &Path, sources: &Sources) -> Result<Tree, Failure> {
    if from.is_dir() {
        return load::directory(from, sources, &Limits::default()).map_err(Failure::Unloadable);
    }
    let file = File::open(from).with_context(|| format!("cannot read {}", from.display()))?;
    archive(file, &from.display().to_string(), sources)
}

/// Loads an archive; findings call it `name`.
pub(crate) fn archive(file: File, name: &str, sources: &Sources) -> Result<Tree, Failure> {
    load::archive(BufReader::new(file), sources, &Limits::default()).map_err(|found| named(found, name))
}

/// What is wrong with a file as a whole, with its name.
pub(crate) fn named(mut found: Diagnostics, name: &str) -> Failure {
    for finding in found.iter_mut().filter(|finding| finding.place.file.is_empty()) {
        finding.place.file = name.to_owned();
    }
    Failure::Unloadable(found)
}

/// Completes findings with their lines.
pub(crate) fn with_lines(mut findings: Diagnostics, documents: &Documents) -> Diagnostics {
    load::positions::complete(&mut findings, |file| documents.text(file));
    findings
}
