//! A report as SARIF 2.1.0, for whoever collects the findings of tools.

use super::super::kind::Kind;
use super::super::level::Level;
use super::super::report::{Finding, Report};
use serde_json::{Value, json};
use std::collections::BTreeSet;

impl Report {
    /// The report as a SARIF log. `file` is the contract that it is about, and `line` says where in it
    /// a pointer leads.
    #[must_use]
    pub fn to_sarif(&self, file: &str, line: &dyn Fn(&str) -> Option<usize>) -> Value {
        let kinds: BTreeSet<Kind> = self.findings.iter().map(|finding| finding.id).collect();
        let rules: Vec<Value> = kinds.iter().map(|kind| rule(*kind)).collect();
        let number = |kind: Kind| kinds.iter().position(|own| *own == kind);
        let results: Vec<Value> =
            self.findings.iter().map(|finding| result(finding, number(finding.id), (file, line))).collect();
        json!({
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [{
                "tool": {"driver": {"name": "drift", "version": env!("CARGO_PKG_VERSION"), "rules": rules}},
                "columnKind": "unicodeCodePoints",
                "results": results,
                "properties": {"old": self.old.release, "new": self.new.release},
            }],
        })
    }
}

fn rule(kind: Kind) -> Value {
    let words = kind.words().replace("{}", "something");
    json!({"id": kind.id(), "shortDescription": {"text": words}})
}

type Places<'p> = (&'p str, &'p dyn Fn(&str) -> Option<usize>);

fn result(finding: &Finding, rule: Option<usize>, (file, line): Places<'_>) -> Value {
    let values = finding.values().map(|values| format!(": {values}")).unwrap_or_default();
    let level = match finding.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Info => "note",
        Level::None => "none",
    };
    let region = line(&finding.declared[1]).map(|line| json!({"startLine": line}));
    let mut physical = json!({"artifactLocation": {"uri": file}});
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
