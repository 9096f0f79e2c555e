//! Findings that somebody looked at and accepts: `schemas/drift-accept.toml`.

use super::kind::Kind;
use super::report::{Finding, Report};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;
use std::fmt;

const HEADER: &str = "# Findings of `cargo xtask drift` that are accepted, each with its reason. An entry that matches\n\
# nothing fails the run: remove it. `cargo xtask drift --accept REASON` adds entries.\n";

/// What tells a finding from others: nothing of how it is worded, and no line numbers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Fingerprint {
    /// The id of its kind: `property-removed`.
    pub id: String,
    /// Where it is declared: a JSON pointer into the contract that has it, the old one before the new.
    pub pointer: String,
    /// Which of its kind it is, and what the sides say, as JSON.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<String>,
}

/// A finding that is accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Entry", into = "Entry")]
pub struct Accepted {
    /// Which.
    pub fingerprint: Fingerprint,
    /// Why.
    pub reason: String,
    /// Since when: `2026-11-24`.
    pub date: String,
    /// The last day that it is.
    pub expires: Option<String>,
}

/// An entry as the file has it, where a word that is misspelled is an error.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    pointer: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    arguments: Vec<String>,
    reason: String,
    date: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires: Option<String>,
}

impl From<Entry> for Accepted {
    fn from(entry: Entry) -> Self {
        let Entry { id, pointer, arguments, reason, date, expires } = entry;
        Self { fingerprint: Fingerprint { id, pointer, arguments }, reason, date, expires }
    }
}

impl From<Accepted> for Entry {
    fn from(accepted: Accepted) -> Self {
        let Accepted { fingerprint: Fingerprint { id, pointer, arguments }, reason, date, expires } =
            accepted;
        Self { id, pointer, arguments, reason, date, expires }
    }
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

    /// Marks the findings of a report that are accepted on `today` (`2026-11-24`), and puts down the
    /// entries that accept nothing.
    pub fn apply(&self, report: &mut Report, today: &str) {
        let mut known: HashMap<Fingerprint, Vec<usize>> = HashMap::new();
        for (number, finding) in report.findings.iter_mut().enumerate() {
            finding.accepted = None;
            known.entry(finding.fingerprint()).or_default().push(number);
        }
        report.stale.clear();
        for entry in &self.entries {
            let expired = entry.expires.as_deref().is_some_and(|last| last < today);
            match known.get(&entry.fingerprint) {
                Some(numbers) if !expired => {
                    for number in numbers {
                        report.findings[*number].accepted = Some(entry.reason.clone());
                    }
                }
                _ => report.stale.push(Stale { fingerprint: entry.fingerprint.clone(), expired }),
            }
        }
        report.judge();
    }

    /// Adds an entry for each finding that is not accepted yet; how many there are.
    pub fn accept<'f>(
        &mut self,
        findings: impl IntoIterator<Item = &'f Finding>,
        reason: &str,
        today: &str,
        expires: Option<&str>,
    ) -> usize {
        let mut count = 0;
        for finding in findings {
            let fingerprint = finding.fingerprint();
            // One that has expired makes room.
            self.entries.retain(|entry| entry.fingerprint != fingerprint || entry.expires.is_none());
            if self.entries.iter().all(|entry| entry.fingerprint != fingerprint) {
                count += 1;
                self.entries.push(Accepted {
                    fingerprint,
                    reason: reason.to_owned(),
                    date: today.to_owned(),
                    expires: expires.map(str::to_owned),
                });
            }
        }
        self.entries.sort_by(|a, b| a.fingerprint.cmp(&b.fingerprint));
        count
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

/// Whether it is a day, like `2026-11-24`.
#[must_use]
pub fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts[..] else { return false };
    let number = |part: &str, length: usize| {
        let digits = part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| part.parse::<u16>().ok()).flatten()
    };
    let (Some(year), Some(month), Some(day)) = (number(year, 4), number(month, 2), number(day, 2)) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u16::from(leap),
        1..=12 => 31,
        _ => 0,
    };
    (1..=last).contains(&day)
}

impl fmt::Display for Stale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Fingerprint { id, pointer, arguments } = &self.fingerprint;
        let why = if self.expired { "has expired" } else { "matches nothing" };
        write!(f, "the entry of {id} at {pointer} ({}) {why}; remove it", arguments.join(", "))
    }
}
