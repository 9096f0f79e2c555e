//! The release of upstream that the contract was made of, where it is at hand.

use crate::contract::workspace;
use meshery_generator::load::sources::Sources;
use meshery_generator::load::{Documents, Limits, archive};
use std::io::Write;
use std::path::PathBuf;

/// Says that something is not tested here, past the harness, which keeps what a passing test prints to
/// itself.
pub fn skipped(why: &str) {
    // What cannot be told is no reason to fail.
    let _ = writeln!(std::io::stderr(), "SKIPPED: {why}");
}

/// A release of upstream.
#[derive(Debug)]
pub struct Upstream {
    /// Its documents.
    pub documents: Documents,
    /// What of it matters.
    pub sources: Sources,
}

impl Upstream {
    /// The archive of a release in the folder that `MESHERY_UPSTREAM` names, or in
    /// `../shared/upstream`; nothing if there is neither, which is said.
    ///
    /// # Panics
    /// If there is one and it cannot be read.
    #[must_use]
    pub fn of(release: &str) -> Option<Self> {
        let folder = std::env::var_os("MESHERY_UPSTREAM")
            .map_or_else(|| workspace().join("../shared/upstream"), PathBuf::from);
        let name = format!("meshery-schemas-{}.tar.gz", release.trim_start_matches('v'));
        let path = folder.join(name);
        let Ok(file) = std::fs::File::open(&path) else {
            skipped(&format!("there is no {}; MESHERY_UPSTREAM names the folder of it", path.display()));
            return None;
        };
        let text = std::fs::read_to_string(workspace().join("schemas/sources.toml")).unwrap();
        let sources = Sources::parse(&text, "schemas/sources.toml").unwrap_or_else(|e| panic!("{e}"));
        let tree = archive(file, &sources, &Limits::default()).unwrap_or_else(|e| panic!("{e}"));
        Some(Self { documents: Documents::new(tree), sources })
    }
}
