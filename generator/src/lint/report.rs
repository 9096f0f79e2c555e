//! A report for people, for pages and for programs.

use super::{Finding, Repair, Report};
use crate::diagnostic::{Code, Place, Severity};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter, Write};

/// How many places of a finding are shown.
const SHOWN: usize = 3;

impl Report {
    /// As a program reads it; `docs/LINT.md` has its schema.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let findings: Vec<Value> = self.findings.iter().map(finding).collect();
        let counts: Vec<Value> = self
            .codes()
            .into_iter()
            .map(|(code, (findings, places))| {
                json!({
                    "code": code.as_str(), "severity": code.severity().as_str(),
                    "meaning": code.meaning(), "findings": findings, "places": places,
                })
            })
            .collect();
        json!({ "subject": self.subject, "files": self.files, "counts": counts, "findings": findings })
    }

    /// As a page.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut page = format!("# What lint finds in {}\n\n", plain(&self.subject));
        page += "| code | severity | what | findings | places |\n|---|---|---|---|---|\n";
        for (code, (findings, places)) in self.codes() {
            let (severity, meaning) = (code.severity(), code.meaning());
            // Writing to a string cannot fail.
            let _ = writeln!(page, "| {code} | {severity} | {meaning} | {findings} | {places} |");
        }
        let mut last = None;
        for found in &self.findings {
            if last != Some(found.code) {
                let _ = writeln!(page, "\n## {}: {}\n", found.code, found.code.meaning());
                last = Some(found.code);
            }
            let Repair { by, how } = &found.repair;
            let places: Vec<_> = found.places.iter().take(SHOWN).map(|p| format!("`{p}`")).collect();
            let more = more(found).map(|n| format!(" and {n} more")).unwrap_or_default();
            let unreached = if found.reached { "" } else { " No operation reaches it." };
            let _ = writeln!(
                page,
                "- {}{unreached} Repair: {}, {}.\n  {}{more}",
                sentence(&found.message),
                by.as_str(),
                plain(how),
                places.join(", ")
            );
        }
        page
    }

    /// How many findings there are of each code, and at how many places.
    fn codes(&self) -> BTreeMap<Code, (usize, usize)> {
        let mut codes: BTreeMap<Code, (usize, usize)> = BTreeMap::new();
        for finding in &self.findings {
            let (findings, places) = codes.entry(finding.code).or_default();
            *findings += 1;
            *places += finding.places.len();
        }
        codes
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for found in &self.findings {
            writeln!(f, "{}[{}]: {}", found.severity(), found.code, found.message)?;
            for place in found.places.iter().take(SHOWN) {
                writeln!(f, "  --> {place}")?;
            }
            if let Some(more) = more(found) {
                writeln!(f, "  ... and at {more} more places")?;
            }
            if !found.reached {
                writeln!(f, "  = no operation reaches it")?;
            }
            writeln!(f, "  = repair: {}, {}\n", found.repair.by.as_str(), found.repair.how)?;
        }
        for (code, (findings, places)) in self.codes() {
            let severity = code.severity();
            writeln!(f, "{code} {severity:7} {findings:4} findings {places:5} places  {}", code.meaning())?;
        }
        let [errors, warnings] = [Severity::Error, Severity::Warning].map(|severity| self.count(severity).0);
        writeln!(f, "{}: {} files, {errors} errors, {warnings} warnings", self.subject, self.files)
    }
}

fn finding(found: &Finding) -> Value {
    let place = |place: &Place| json!({ "file": place.file, "line": place.line, "pointer": place.pointer });
    json!({
        "code": found.code.as_str(),
        "severity": found.severity().as_str(),
        "message": found.message,
        "repair": found.repair,
        "reached": found.reached,
        "count": found.places.len(),
        "places": found.places.iter().map(place).collect::<Vec<_>>(),
    })
}

fn more(found: &Finding) -> Option<usize> {
    found.places.len().checked_sub(SHOWN).filter(|more| *more > 0)
}

/// Text that a page shows as it is.
fn plain(text: &str) -> String {
    text.replace('<', "&lt;").replace(['\n', '\r'], " ")
}

fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    plain(&format!("{first}{}.", letters.as_str()))
}
