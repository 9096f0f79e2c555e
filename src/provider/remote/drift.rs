//! What an upstream server does that is not what the contract says, counted by operation.

use jiff::Timestamp;
use meshery_client::{OperationInfo, Violation};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Arc, Mutex, PoisonError};

/// How many findings are told apart. Further ones are counted together.
const MOST: usize = 10_000;

/// Live drift: what was found since the server started. Clones share it.
///
/// It holds operations, places and rules, and no values.
#[derive(Clone, Debug)]
pub struct Drift(Arc<Mutex<Memory>>);

#[derive(Debug)]
struct Memory {
    since: Timestamp,
    operations: BTreeMap<&'static str, Seen>,
    told_apart: usize,
}

#[derive(Debug)]
struct Seen {
    operation: &'static OperationInfo,
    responses: u64,
    unread: u64,
    untold: u64,
    findings: BTreeMap<Violation, Count>,
}

#[derive(Debug)]
struct Count {
    times: u64,
    first: Timestamp,
    last: Timestamp,
}

/// One way in which responses of an operation break the contract.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// The operation id.
    pub operation: &'static str,
    /// Method and path of the operation.
    pub route: String,
    /// What is wrong: `/workspaces/*/name: maxLength 255`.
    pub violation: String,
    /// How many times it was found.
    pub times: u64,
    /// When it was found first.
    pub first: Timestamp,
    /// When it was found last.
    pub last: Timestamp,
}

#[derive(Serialize)]
struct Report {
    contract: &'static str,
    since: Timestamp,
    responses: u64,
    violations: u64,
    operations: BTreeMap<&'static str, Totals>,
    findings: Vec<Finding>,
}

/// One of the totals.
type Figure = fn(&Totals) -> u64;

#[derive(Serialize)]
struct Totals {
    responses: u64,
    violations: u64,
    /// Bodies that were too large to be looked at.
    unread: u64,
}

impl Default for Drift {
    fn default() -> Self {
        let memory = Memory { since: Timestamp::now(), operations: BTreeMap::new(), told_apart: 0 };
        Self(Arc::new(Mutex::new(memory)))
    }
}

impl Drift {
    /// Counts a response.
    pub(super) fn passed(&self, operation: &'static OperationInfo) {
        self.with(operation, |seen, _| seen.responses += 1);
    }

    /// Counts a body that was too large to be looked at.
    pub(super) fn unread(&self, operation: &'static OperationInfo) {
        self.with(operation, |seen, _| seen.unread += 1);
    }

    /// Counts what was found in a response. The first of its kind is logged.
    pub(super) fn found(&self, operation: &'static OperationInfo, found: &[Violation]) {
        for violation in found {
            self.with(operation, |seen, told_apart| {
                let now = Timestamp::now();
                if let Some(count) = seen.findings.get_mut(violation) {
                    (count.times, count.last) = (count.times + 1, now);
                } else if *told_apart < MOST {
                    *told_apart += 1;
                    seen.findings.insert(violation.clone(), Count { times: 1, first: now, last: now });
                    tracing::warn!(operation = operation.id, %violation, "upstream breaks the contract");
                } else {
                    seen.untold += 1;
                }
            });
        }
    }

    fn with(&self, operation: &'static OperationInfo, change: impl FnOnce(&mut Seen, &mut usize)) {
        let mut memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Memory { operations, told_apart, .. } = &mut *memory;
        let seen = operations.entry(operation.id).or_insert_with(|| Seen {
            operation,
            responses: 0,
            unread: 0,
            untold: 0,
            findings: BTreeMap::new(),
        });
        change(seen, told_apart);
    }

    /// What was found, the most frequent first.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        let memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<_> = memory.operations.values().flat_map(Seen::findings).collect();
        all.sort_by(|a, b| b.times.cmp(&a.times).then_with(|| a.operation.cmp(b.operation)));
        all
    }

    /// The report as JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(&self.report()).unwrap_or_default()
    }

    fn report(&self) -> Report {
        let findings = self.findings();
        let memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let operations: BTreeMap<_, _> =
            memory.operations.iter().map(|(id, seen)| (*id, seen.totals())).collect();
        Report {
            contract: crate::contract::RELEASE,
            since: memory.since,
            responses: operations.values().map(|totals| totals.responses).sum(),
            violations: operations.values().map(|totals| totals.violations).sum(),
            operations,
            findings,
        }
    }

    /// The report as a page.
    #[must_use]
    pub fn to_html(&self) -> String {
        let Report { contract, since, responses, violations, findings, .. } = self.report();
        let mut rows = String::new();
        for finding in &findings {
            let cells = [
                finding.operation.to_owned(),
                finding.route.clone(),
                finding.violation.clone(),
                finding.times.to_string(),
                finding.first.to_string(),
                finding.last.to_string(),
            ];
            let cells: String = cells.iter().map(|cell| format!("<td>{}</td>", escaped(cell))).collect();
            rows.push_str(&format!("<tr>{cells}</tr>\n"));
        }
        format!(
            "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Live drift</title>\n\
             <style>body{{font:15px/1.5 system-ui,sans-serif;margin:2rem}}table{{border-collapse:collapse}}\
             td,th{{text-align:left;padding:.25rem .75rem;border-bottom:1px solid #ccc}}</style>\n\
             <h1>Live drift</h1>\n<p>{violations} violations of the contract {contract} in {responses} \
             responses since {since}. <a href=\"/drift.json\">As JSON</a></p>\n\
             <table>\n<tr><th>operation</th><th>route</th><th>what</th><th>times</th><th>first</th>\
             <th>last</th></tr>\n{rows}</table>\n</html>\n"
        )
    }

    /// The counters in the text format of Prometheus.
    #[must_use]
    pub fn to_prometheus(&self) -> String {
        let Report { operations, .. } = self.report();
        let mut text = String::new();
        let kinds: [(&str, &str, Figure); 3] = [
            ("meshery_upstream_responses_total", "Responses of the upstream server.", |t| t.responses),
            ("meshery_upstream_violations_total", "Ways in which they break the contract.", |t| t.violations),
            ("meshery_upstream_unread_total", "Bodies that were too large to be looked at.", |t| t.unread),
        ];
        for (name, help, value) in kinds {
            let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} counter");
            for (operation, totals) in &operations {
                let _ = writeln!(text, "{name}{{operation=\"{operation}\"}} {}", value(totals));
            }
        }
        text
    }
}

impl Seen {
    fn totals(&self) -> Totals {
        let told: u64 = self.findings.values().map(|count| count.times).sum();
        Totals { responses: self.responses, violations: told + self.untold, unread: self.unread }
    }

    fn findings(&self) -> impl Iterator<Item = Finding> {
        self.findings.iter().map(|(violation, count)| Finding {
            operation: self.operation.id,
            route: format!("{} {}", self.operation.method, self.operation.path),
            violation: violation.to_string(),
            times: count.times,
            first: count.first,
            last: count.last,
        })
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
