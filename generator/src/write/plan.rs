//! What should be on the disk.

use super::{FOLDER, HEADER};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::emit::File;
use std::collections::BTreeMap;
use std::path::{Component, Path};

/// Every file that is generated, by crate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// For each folder of a crate its files, by path below [`FOLDER`].
    pub(super) crates: BTreeMap<String, BTreeMap<String, String>>,
    /// The regions of files by path below the root.
    pub(super) regions: BTreeMap<String, String>,
}

impl Plan {
    /// A plan without crates.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the files of the crate in the folder `krate`; their paths are relative to [`FOLDER`].
    ///
    /// A crate that is added without files is one whose generated folder is to be empty.
    pub fn add(&mut self, krate: impl Into<String>, files: impl IntoIterator<Item = File>) {
        let held = self.crates.entry(krate.into()).or_default();
        held.extend(files.into_iter().map(|file| (file.path, file.text)));
    }

    /// Adds the generated part of a file that is otherwise written by hand, by its path below the
    /// root.
    pub fn add_region(&mut self, file: impl Into<String>, text: impl Into<String>) {
        self.regions.insert(file.into(), text.into());
    }

    /// The text of a file with its generated part as it should be; as it is, where it has none.
    ///
    /// # Errors
    /// A finding when there is no place for it: see [`region::filled`](super::region::filled).
    pub fn filled(&self, file: &str, text: &str) -> Result<String, Diagnostic> {
        match self.regions.get(file) {
            Some(region) => super::region::filled(file, text, region),
            None => Ok(text.to_owned()),
        }
    }

    /// Refuses paths that leave their folder and files that do not say that they are generated.
    pub(super) fn check(&self) -> Result<(), Diagnostics> {
        let mut findings = Diagnostics::new();
        for file in self.regions.keys().filter(|file| !is_inside(file)) {
            findings.push(fault(file, "the path leaves the workspace"));
        }
        for (krate, files) in &self.crates {
            if !is_inside(krate) {
                findings.push(fault(krate, "the folder of a crate leaves the workspace"));
            }
            for (path, text) in files {
                let whole = format!("{krate}/{FOLDER}/{path}");
                if !is_inside(path) {
                    findings.push(fault(&whole, "the path leaves the generated folder"));
                }
                if !text.starts_with(HEADER) {
                    findings
                        .push(fault(&whole, "the text does not begin with the header of generated files"));
                }
            }
        }
        findings.ok(())
    }
}

/// Whether a path consists of plain names only.
fn is_inside(path: &str) -> bool {
    !path.is_empty() && Path::new(path).components().all(|c| matches!(c, Component::Normal(_)))
}

fn fault(path: &str, message: &str) -> Diagnostic {
    Diagnostic::new(Code::BadEmission, Place::new(path, ""), message)
}
