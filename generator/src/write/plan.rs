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

    /// Refuses paths that leave their folder and files that do not say that they are generated.
    pub(super) fn check(&self) -> Result<(), Diagnostics> {
        let mut findings = Diagnostics::new();
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
