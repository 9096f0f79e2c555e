//! The overlay of a workspace, and where its findings are.

use crate::outcome::Failure;
use crate::workspace::Workspace;
use anyhow::Context;
use meshery_generator::diagnostic::Diagnostics;
use meshery_generator::lint::Report;
use meshery_generator::load::{Documents, positions};
use meshery_generator::overlay::Overlay;
use std::fs;
use std::path::Path;

/// The overlay, with its text for the lines of findings.
pub(crate) struct Repairs {
    file: String,
    text: String,
    /// Its actions.
    pub(crate) actions: Overlay,
}

impl Repairs {
    /// Reads the given overlay; else that of the workspace, if it has one.
    pub(crate) fn read(given: Option<&Path>, workspace: &Workspace) -> Result<Self, Failure> {
        let own = workspace.root().join("schemas/overlay.yml");
        let (path, file) = match given {
            Some(path) => (path, path.display().to_string()),
            None if own.exists() => (own.as_path(), "schemas/overlay.yml".to_owned()),
            None => return Ok(Self { file: String::new(), text: String::new(), actions: Overlay::none() }),
        };
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let actions = Overlay::parse(&text, &file).map_err(|mut findings| {
            positions::complete(&mut findings, |_| Some(&text));
            Failure::Findings(findings)
        })?;
        Ok(Self { file, text, actions })
    }

    /// Completes what a report says of the overlay with its lines.
    pub(crate) fn complete(&self, report: &mut Report) {
        report.complete_lines(&self.file, &self.text);
    }

    /// Completes findings in the sources and in the overlay with their lines.
    pub(crate) fn with_lines(&self, mut findings: Diagnostics, documents: &Documents) -> Diagnostics {
        positions::complete(&mut findings, |file| {
            if file == self.file { Some(self.text.as_str()) } else { documents.text(file) }
        });
        findings
    }
}
