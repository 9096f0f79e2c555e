//! A report as SARIF 2.1.0, for whoever collects the findings of tools.

use super::super::kind::Kind;
use super::super::level::Level;
use super::super::report::{Finding, Report};
use super::Annotated;
use serde_json::{Value, json};
use std::collections::BTreeSet;

impl Report {
    /// The report as a SARIF log on a file.
    #[must_use]
    pub fn to_sarif(&self, on: Annotated<'_>) -> Value {
        let kinds: BTreeSet<Kind> = self.findings.iter().map(|finding| finding.id).collect();
        let rules: Vec<Value> = kinds.iter().map(|kind| rule(*kind)).collect();
        let number = |kind: Kind| kinds.iter().position(|own| *own == kind);
        let results: Vec<Value> =
            self.findings.iter().map(|finding| result(finding, number(finding.id), on)).collect();
        json!({
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [{
                "tool": {"driver": {"name": "drift", "version": env!("CARGO_PKG_VERSION"), "rules": rules}},
                "columnKind": "unicodeCodePoints",
                "invocations": [self.invocation()],
                "results": results,
                "properties": {"old": self.old.release, "new": self.new.release},
            }],
        })
    }
}

impl Report {
    /// Whether it could be said at all, and which entries of what is accepted accept nothing.
    fn invocation(&self) -> Value {
        let told = |text: String| json!({"level": "error", "message": {"text": text}});
        let problems: Vec<Value> = self.problems.iter().cloned().map(told).collect();
        let stale: Vec<Value> = self.stale.iter().map(ToString::to_string).map(told).collect();
        json!({
            "executionSuccessful": problems.is_empty(),
            "toolExecutionNotifications": problems,
            "toolConfigurationNotifications": stale,
        })
    }
}

fn rule(kind: Kind) -> Value {
    let words = kind.words().replace("{}", "something");
    json!({"id": kind.id(), "shortDescription": {"text": words}})
}

fn result(finding: &Finding, rule: Option<usize>, on: Annotated<'_>) -> Value {
    let values = finding.values().map(|values| format!(": {values}")).unwrap_or_default();
    let level = match finding.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Info => "note",
        Level::None => "none",
    };
    let region = on.line(finding).map(|line| json!({"startLine": line}));
    let mut physical = json!({"artifactLocation": {"uri": on.file}});
    if let Some(region) = region {
        physical["region"] = region;
    }
    let fingerprint = finding.fingerprint();
    let print = [&[fingerprint.id, fingerprint.pointer], &fingerprint.arguments[..]].concat().join("|");
    let mut result = json!({
        "ruleId": finding.id.id(),
        "level": level,
        "message": {"text": format!("{}{values} at {}", finding.headline(), finding.place())},
        "locations": [{
            "physicalLocation": physical,
            "logicalLocations": [{"fullyQualifiedName": finding.pointer(), "kind": "member"}],
        }],
        "partialFingerprints": {"drift/v1": crate::contract::sha256(print.as_bytes())},
        "properties": {
            "wire": finding.wire,
            "code": finding.code.level,
            "gen": finding.regenerated,
            "operations": finding.operations.count,
        },
    });
    if let Some(rule) = rule {
        result["ruleIndex"] = json!(rule);
    }
    if let Some(reason) = &finding.accepted {
        result["suppressions"] = json!([{"kind": "external", "status": "accepted", "justification": reason}]);
    }
    result
}
