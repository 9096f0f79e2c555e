//! What differs between a plan and the disk.

use super::{Changes, FOLDER, HEADER, Plan, unwritable};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

/// How the names of staged files begin; one that is left over from a killed run is swept away.
pub(super) const STAGED: &str = ".regen-";

/// A file that has to be written or removed.
pub(super) struct Step<'a> {
    /// Relative to the workspace.
    pub(super) path: String,
    /// What should be there; nothing if the file is to go.
    pub(super) text: Option<Cow<'a, str>>,
    /// What is there.
    pub(super) before: Option<Vec<u8>>,
}

/// All steps that lead from the disk to the plan, and what is left alone.
#[derive(Default)]
pub(super) struct Difference<'a> {
    pub(super) steps: Vec<Step<'a>>,
    pub(super) leftovers: Vec<String>,
    foreign: Vec<String>,
    unchanged: usize,
}

impl Difference<'_> {
    pub(super) fn into_changes(self) -> Changes {
        let mut changes = Changes { foreign: self.foreign, unchanged: self.unchanged, ..Changes::default() };
        for step in self.steps {
            match (step.text, step.before) {
                (Some(_), None) => changes.added.push(step.path),
                (Some(_), Some(_)) => changes.changed.push(step.path),
                (None, _) => changes.removed.push(step.path),
            }
        }
        changes
    }
}

/// Compares every generated folder of the plan with the disk.
pub(super) fn compare<'a>(root: &Path, plan: &'a Plan) -> Result<Difference<'a>, Diagnostics> {
    let mut findings = Diagnostics::new();
    let mut difference = Difference::default();
    for (krate, files) in &plan.crates {
        let folder = format!("{krate}/{FOLDER}");
        if let Err(found) = refuse_links(root, &folder) {
            findings.push(found);
            continue;
        }
        let mut held = BTreeMap::new();
        list(root, &folder, &mut held, &mut difference.leftovers, &mut findings);
        for (path, text) in files {
            let path = format!("{folder}/{path}");
            let before = held.remove(&path);
            match before {
                Some(bytes) if bytes == text.as_bytes() => difference.unchanged += 1,
                Some(bytes) if !is_generated(&bytes) => findings.push(not_ours(&path)),
                before => difference.steps.push(Step { path, text: Some(Cow::Borrowed(text)), before }),
            }
        }
        for (path, bytes) in held {
            if is_generated(&bytes) {
                difference.steps.push(Step { path, text: None, before: Some(bytes) });
            } else {
                difference.foreign.push(path);
            }
        }
    }
    for (file, region) in &plan.regions {
        match in_region(root, file, region) {
            Ok(None) => difference.unchanged += 1,
            Ok(Some(step)) => difference.steps.push(step),
            Err(found) => findings.push(found),
        }
    }
    findings.ok(difference)
}

/// What has to be done so that a file has `region` in it, if anything.
fn in_region(root: &Path, file: &str, region: &str) -> Result<Option<Step<'static>>, Diagnostic> {
    let folder = Path::new(file).parent().and_then(Path::to_str).unwrap_or_default();
    refuse_links(root, folder)?;
    let path = root.join(file);
    if fs::symlink_metadata(&path).is_ok_and(|meta| !meta.is_file()) {
        return Err(Diagnostic::new(Code::Unwritable, Place::new(file, ""), "this is no plain file"));
    }
    let bytes = fs::read(&path).map_err(|e| unwritable(file, "read the file", &e))?;
    let text = String::from_utf8(bytes).map_err(|e| {
        Diagnostic::new(Code::Unwritable, Place::new(file, ""), format!("cannot read the file: {e}"))
    })?;
    let filled = super::region::filled(file, &text, region)?;
    let step = || Step {
        path: file.to_owned(),
        text: Some(Cow::Owned(filled.clone())),
        before: Some(text.clone().into_bytes()),
    };
    Ok((filled != text).then(step))
}

fn is_generated(bytes: &[u8]) -> bool {
    bytes.starts_with(HEADER.as_bytes())
}

fn not_ours(path: &str) -> Diagnostic {
    Diagnostic::new(Code::Unwritable, Place::new(path, ""), "a file that is not generated is in the way")
        .help("move it out of the generated folder, or remove it")
}

/// The folders on the way must be folders: behind a link the generator would write elsewhere.
fn refuse_links(root: &Path, folder: &str) -> Result<(), Diagnostic> {
    let mut at = root.to_path_buf();
    for name in Path::new(folder) {
        at.push(name);
        match fs::symlink_metadata(&at) {
            Ok(meta) if meta.is_dir() => {}
            Ok(_) => {
                return Err(Diagnostic::new(
                    Code::Unwritable,
                    Place::new(folder, ""),
                    "a link or a file stands where a folder of generated code should be",
                )
                .help("remove it; regen writes into real folders only"));
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(e) => return Err(unwritable(folder, "look into the folder", &e)),
        }
    }
    Ok(())
}

/// Reads every file below `folder`, by path relative to `root`.
fn list(
    root: &Path,
    folder: &str,
    held: &mut BTreeMap<String, Vec<u8>>,
    leftovers: &mut Vec<String>,
    findings: &mut Diagnostics,
) {
    let entries = match fs::read_dir(root.join(folder)) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return,
        Err(e) => return findings.push(unwritable(folder, "list the folder", &e)),
    };
    for entry in entries {
        let found = entry.and_then(|e| Ok((e.file_type()?, e.file_name())));
        let (kind, name) = match found {
            Ok((kind, name)) => (kind, name.to_string_lossy().into_owned()),
            Err(e) => {
                findings.push(unwritable(folder, "list the folder", &e));
                continue;
            }
        };
        let path = format!("{folder}/{name}");
        if kind.is_dir() {
            list(root, &path, held, leftovers, findings);
        } else if name.starts_with(STAGED) {
            leftovers.push(path);
        } else if kind.is_file() {
            match fs::read(root.join(&path)) {
                Ok(bytes) => drop(held.insert(path, bytes)),
                Err(e) => findings.push(unwritable(&path, "read the file", &e)),
            }
        } else {
            held.insert(path, Vec::new());
        }
    }
}
