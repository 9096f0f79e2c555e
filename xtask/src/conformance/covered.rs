//! How many operations the tester has called, by its own report.

use super::settings;
use anyhow::{Context, Result};
use serde_json::Value;
use std::fmt;

/// What was tested of a document, and what was not.
#[derive(Debug)]
pub(super) struct Covered {
    /// How many operations there are.
    operations: u64,
    /// How many of them the tester has called and judged.
    tested: u64,
    /// Those that the settings leave out altogether.
    left_out: Vec<String>,
}

impl Covered {
    /// Reads the report of the tester.
    pub(super) fn of(document: &Value, report: &str) -> Result<Self> {
        let report: Value = serde_json::from_str(report).context("the tester's report is no JSON")?;
        let tested = report["operations"]["tested"].as_u64();
        Ok(Self {
            operations: settings::operations(document).count() as u64,
            tested: tested.context("the tester's report does not say how many operations it tested")?,
            left_out: settings::left_out(document),
        })
    }

    /// Whether all were tested but those that are left out.
    pub(super) fn complete(&self) -> bool {
        self.tested > 0 && self.tested + self.left_out.len() as u64 == self.operations
    }
}

impl fmt::Display for Covered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} operations tested", self.tested, self.operations)?;
        if !self.left_out.is_empty() {
            write!(f, "; left out, as the tester cannot make their bodies: {}", self.left_out.join(", "))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Covered;
    use serde_json::json;

    #[test]
    fn what_was_not_called_is_no_success() {
        let bytes = json!({"content": {"application/json": {"schema": {"format": "binary"}}}});
        let document = json!({"paths": {
            "/a": {"get": {"responses": {}}, "parameters": []},
            "/b": {"get": {"responses": {}}, "post": {"responses": {}, "requestBody": bytes}},
        }});
        let covered = |tested: u64| {
            let report = json!({"operations": {"tested": tested, "total": 3}}).to_string();
            Covered::of(&document, &report).unwrap()
        };
        assert!(covered(2).complete() && !covered(1).complete() && !covered(0).complete());
        assert!(covered(2).to_string().ends_with(
            "2 of 3 operations tested; left out, as the tester cannot make their bodies: POST /b"
        ));
        assert!(Covered::of(&document, "{}").is_err());
    }
}
