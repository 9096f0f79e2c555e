//! `schemas/drift-accept.toml` on the disk.

use crate::files;
use crate::outcome::Failure;
use crate::workspace::Workspace;
use anyhow::{Context, anyhow};
use meshery_generator::contract::Contract;
use meshery_generator::drift::{self, Acceptances, Finding, Report, is_date};
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// What is accepted, and where that is written down.
pub(super) struct Held {
    pub(super) path: PathBuf,
    pub(super) entries: Acceptances,
}

impl Held {
    /// Reads the given file; else that of the workspace, if there is one.
    pub(super) fn read(given: Option<&Path>, workspace: &Workspace) -> Result<Self, Failure> {
        let own = workspace.root().join("schemas/drift-accept.toml");
        let path = given.map_or(own, Path::to_path_buf);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => {
                return Err(anyhow::Error::new(error)
                    .context(format!("cannot read {}", path.display()))
                    .into());
            }
        };
        let entries = Acceptances::parse(&text)
            .map_err(|error| Failure::Load(anyhow!("{}: {error}", path.display())))?;
        Ok(Self { path, entries })
    }

    /// Marks what is accepted. Of a report on one product, an entry for something that another sees
    /// is not stale.
    pub(super) fn apply(&self, report: &mut Report, [old, new]: [&Contract; 2], today: &str) {
        self.entries.apply(report, today);
        if report.product.is_none() || report.stale.iter().all(|entry| entry.expired) {
            return;
        }
        let whole = drift::compare(old, new);
        let known: HashSet<_> = whole.findings.iter().map(Finding::fingerprint).collect();
        report.stale.retain(|entry| entry.expired || !known.contains(&entry.fingerprint));
    }

    /// Writes what is accepted now.
    pub(super) fn write(&self) -> Result<(), Failure> {
        files::replace(&self.path, &self.entries.to_toml()).context("cannot accept").map_err(Into::into)
    }
}

/// Refuses what cannot be written down.
pub(super) fn check_options(reason: Option<&str>, expires: Option<&str>) -> Result<(), Failure> {
    if reason.is_some_and(|reason| reason.trim().is_empty()) {
        return Err(Failure::Usage("--accept needs a reason".to_owned()));
    }
    match expires.filter(|date| !is_date(date)) {
        Some(date) => Err(Failure::Usage(format!("`{date}` is no date, like 2026-12-31"))),
        None => Ok(()),
    }
}

/// Today in UTC: `2026-11-24`.
pub(super) fn today() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    day(seconds / 86_400)
}

/// The day that is so many days after the first of 1970, in the Gregorian calendar.
fn day(days: u64) -> String {
    // Years are counted from March, so that the day that leap years add is their last.
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = era * 400 + year + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::day;

    #[test]
    fn days_have_dates() {
        for (days, date) in [
            (0, "1970-01-01"),
            (59, "1970-03-01"),
            (11_016, "2000-02-29"),
            (20_781, "2026-11-24"),
            (47_540, "2100-02-28"),
        ] {
            assert_eq!(day(days), date);
        }
    }
}
