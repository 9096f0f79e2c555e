//! Findings that somebody looked at and accepts: `schemas/drift-accept.toml`.

use super::kind::Kind;
use super::report::{Finding, Report};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

const HEADER: &str = "# Findings of `cargo xtask drift` that are accepted, each with its reason. An entry that matches\n\
# nothing fails the run: remove it. `cargo xtask drift --accept REASON` adds entries.\n";

/// What tells a finding from others: nothing of how it is worded, and no line numbers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fingerprint {
    /// The id of its kind: `property-removed`.
    pub id: String,
    /// Where it is declared: a JSON pointer into the contract that has it, the old one before the new.
    pub pointer: String,
    /// Which of its kind it is, and what the sides say, as JSON.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<String>,
}

/// A finding that is accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// Which.
    #[serde(flatten)]
    pub fingerprint: Fingerprint,
    /// Why.
    pub reason: String,
    /// Since when: `2026-11-24`.
    pub date: String,
    /// The last day that it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
}

/// All that is accepted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acceptances {
    /// The entries.
    #[serde(default, rename = "accept", skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<Accepted>,
}

/// An entry that accepts nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stale {
    /// The entry.
    pub fingerprint: Fingerprint,
    /// Whether its time is over; else nothing matches it.
    pub expired: bool,
}

impl Acceptances {
    /// Reads the text of a file.
    ///
    /// # Errors
    /// What is wrong in it, with its line.
    pub fn parse(text: &str) -> Result<Self, String> {
        let read: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        for entry in &read.entries {
            let Fingerprint { id, pointer, .. } = &entry.fingerprint;
            if Kind::from_id(id).is_none() {
                return Err(format!("`{id}` is no kind of finding"));
            }
            if entry.reason.trim().is_empty() {
                return Err(format!("the entry of `{id}` at `{pointer}` gives no reason"));
            }
            for date in entry.expires.iter().chain([&entry.date]) {
                if !is_date(date) {
                    return Err(format!("`{date}` is no date, like 2026-11-24, of `{id}` at `{pointer}`"));
                }
            }
        }
        Ok(read)
    }

    /// The text of the file.
    #[must_use]
    pub fn to_toml(&self) -> String {
        // A structure of strings always has a form in TOML.
        format!("{HEADER}\n{}", toml::to_string(self).unwrap_or_default())
    }

    /// Marks the findings of a report that are accepted on `today` (`2026-11-24`); the entries that
    /// accept nothing.
    pub fn apply(&self, report: &mut Report, today: &str) -> Vec<Stale> {
        let mut stale = Vec::new();
        for entry in &self.entries {
            let expired = entry.expires.as_deref().is_some_and(|last| last < today);
            let own = |finding: &&mut Finding| finding.fingerprint() == entry.fingerprint;
            let mut matched = false;
            for finding in report.findings.iter_mut().filter(own) {
                matched = true;
                if !expired {
                    finding.accepted = Some(entry.reason.clone());
                }
            }
            if expired || !matched {
                stale.push(Stale { fingerprint: entry.fingerprint.clone(), expired });
            }
        }
        report.judge();
        stale
    }

    /// Adds an entry for each finding that is not accepted yet; how many there are.
    pub fn accept<'f>(
        &mut self,
        findings: impl IntoIterator<Item = &'f Finding>,
        reason: &str,
        today: &str,
        expires: Option<&str>,
    ) -> usize {
        let before = self.entries.len();
        for finding in findings {
            let fingerprint = finding.fingerprint();
            self.entries.retain(|entry| entry.fingerprint != fingerprint || entry.expires.is_none());
            if self.entries.iter().all(|entry| entry.fingerprint != fingerprint) {
                self.entries.push(Accepted {
                    fingerprint,
                    reason: reason.to_owned(),
                    date: today.to_owned(),
                    expires: expires.map(str::to_owned),
                });
            }
        }
        self.entries.sort_by(|a, b| a.fingerprint.cmp(&b.fingerprint));
        self.entries.len().saturating_sub(before)
    }
}

impl Finding {
    /// What tells it from others.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        let json = |value: &Value| value.to_string();
        let arguments =
            [Some(self.name.clone()), self.before.as_ref().map(json), self.after.as_ref().map(json)];
        Fingerprint {
            id: self.id.id().to_owned(),
            pointer: self.pointer().to_owned(),
            arguments: arguments.into_iter().flatten().collect(),
        }
    }
}

/// Whether it looks like a day: `2026-11-24`.
#[must_use]
pub fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let digits = |part: &str, length: usize| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
    let within = |part: &str, most: u8| part.parse::<u8>().is_ok_and(|number| (1..=most).contains(&number));
    matches!(parts[..], [year, month, day]
        if digits(year, 4) && digits(month, 2) && digits(day, 2) && within(month, 12) && within(day, 31))
}

impl fmt::Display for Stale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Fingerprint { id, pointer, arguments } = &self.fingerprint;
        let why = if self.expired { "has expired" } else { "matches nothing" };
        write!(f, "the entry of {id} at {pointer} ({}) {why}; remove it", arguments.join(", "))
    }
}
