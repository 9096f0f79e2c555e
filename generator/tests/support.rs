//! What tests and benches need that is not in the repository. Where it is missing they say so, past
//! the harness, which keeps what a passing test prints to itself.

use std::io::Write;
use std::path::{Path, PathBuf};

/// Says that something is not tested here, and what would bring it.
pub(crate) fn skipped(why: &str) {
    // What cannot be told is no reason to fail.
    let _ = writeln!(std::io::stderr(), "SKIPPED: {why}");
}

/// The folder of upstream's archives and bundles: what `MESHERY_UPSTREAM` names, or `../shared/upstream`
/// beside the workspace.
pub(crate) fn upstream() -> Option<PathBuf> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = std::env::var_os("MESHERY_UPSTREAM")
        .map_or_else(|| workspace.join("../shared/upstream"), PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    skipped("no archives of upstream; MESHERY_UPSTREAM names their folder");
    None
}
