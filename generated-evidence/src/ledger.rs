//! Exceptions with reasons. One that is no longer needed is a failure like any other.

use crate::contract::workspace;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// A list of exceptions of one kind, with those that were met.
#[derive(Debug, Default)]
pub struct Ledger {
    entries: BTreeMap<String, Entry>,
    met: BTreeSet<String>,
    failures: BTreeMap<String, Vec<String>>,
    /// What does not hold is only told: nobody has looked at the mistakes of that release.
    told: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// The release it speaks of.
    release: String,
    #[serde(default)]
    instances: BTreeMap<String, Entry>,
    #[serde(default)]
    oracle: BTreeMap<String, Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// The rules that it breaks: all of them, and no other.
    #[serde(default)]
    breaks: BTreeSet<String>,
    reason: String,
}

impl Ledger {
    /// The exceptions to the instances of upstream. For a release that the ledger does not speak
    /// of, what does not hold is told and fails nothing: it may well be upstream's mistake.
    #[must_use]
    pub fn instances(release: &str) -> Self {
        Self::read(release, true, |file| file.instances)
    }

    /// The exceptions to the verdict of the oracle, as far as they are of this release.
    #[must_use]
    pub fn oracle(release: &str) -> Self {
        Self::read(release, false, |file| file.oracle)
    }

    fn read(release: &str, lenient: bool, list: impl Fn(File) -> BTreeMap<String, Entry>) -> Self {
        let path = workspace().join("generated-evidence/ledger.toml");
        let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let file: File = toml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let applies = file.release == release;
        let entries = if applies { list(file) } else { BTreeMap::new() };
        for (name, entry) in &entries {
            assert!(!entry.reason.trim().is_empty(), "the ledger gives no reason for {name}");
        }
        Self { entries, told: lenient && !applies, ..Self::default() }
    }

    /// Takes down that `name` does not hold, unless the ledger knows it, and knows the rules that it
    /// breaks.
    pub fn broken(&mut self, name: &str, breaks: &BTreeSet<String>, how: impl Into<String>) {
        let mut failed = |how: String| self.failures.entry(name.to_owned()).or_default().push(how);
        match self.entries.get(name) {
            None => failed(how.into()),
            Some(entry) => {
                self.met.insert(name.to_owned());
                if entry.breaks != *breaks {
                    failed(format!(
                        "the ledger has {:?}, and it breaks {breaks:?}: {}",
                        entry.breaks,
                        how.into()
                    ));
                }
            }
        }
    }

    /// What has to be mended: what does not hold, and exceptions that nothing needs.
    ///
    /// # Panics
    /// If there is any.
    pub fn settle(self) {
        let mut report = String::new();
        for (name, all) in &self.failures {
            report.push_str(&format!("\n{name}: {} times\n", all.len()));
            for how in all.iter().take(3) {
                report.push_str(&format!("    {how}\n"));
            }
        }
        for name in self.entries.keys().filter(|name| !self.met.contains(*name)) {
            report.push_str(&format!("\n{name}: the ledger excepts it, and nothing needs that any more\n"));
        }
        if self.told {
            eprintln!("no ledger of this release: {} do not hold\n{report}", self.failures.len());
            return;
        }
        assert!(report.is_empty(), "{report}");
    }
}
