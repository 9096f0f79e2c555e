//! Where in the file of a contract things are, for annotations.

use meshery_generator::contract;
use meshery_generator::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use meshery_generator::load::positions;
use serde_json::Value;
use std::collections::BTreeMap;

/// The lines of places in a contract in canonical form.
pub(super) struct Lines(BTreeMap<String, usize>);

impl Lines {
    /// Of these pointers; the text is read once for all of them.
    pub(super) fn of<'p>(document: &Value, pointers: impl Iterator<Item = &'p str>) -> Self {
        // A contract was read from YAML, so that it can be written as YAML.
        let text = contract::to_yaml(document).unwrap_or_default();
        let mut found = Diagnostics::new();
        for pointer in pointers.filter(|pointer| pointer.starts_with('/')) {
            found.push(Diagnostic::new(Code::BadContract, Place::new("contract", pointer), ""));
        }
        positions::complete(&mut found, |_| Some(text.as_str()));
        let lines =
            found.iter().filter_map(|finding| Some((finding.place.pointer.clone(), finding.place.line?)));
        Self(lines.collect())
    }

    /// The line of what a pointer leads to.
    pub(super) fn line(&self, pointer: &str) -> Option<usize> {
        self.0.get(pointer).copied()
    }
}
