//! A report for programs; `docs/drift.schema.json` says what is in it.

use super::super::report::Report;
use serde_json::{Value, json};

/// The version of the form of the report: it grows when a program that reads it may have to change.
const VERSION: u32 = 1;

impl Report {
    /// The report as JSON.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let findings: Vec<Value> = self
            .findings
            .iter()
            .map(|finding| {
                let mut value = serde_json::to_value(finding).unwrap_or_default();
                value["headline"] = json!(finding.headline());
                value["fingerprint"] = json!(finding.fingerprint());
                value
            })
            .collect();
        let mut value = serde_json::to_value(self).unwrap_or_default();
        value["version"] = json!(VERSION);
        value["findings"] = json!(findings);
        value
    }
}
