//! Cargo, asked by a test to check a workspace of its own.

use std::path::Path;
use std::process::{Command, Output};

/// The profile that dependencies have in this workspace, so that they are what is built already.
const PROFILE: [&str; 3] = [
    "profile.dev.package.\"*\".opt-level=1",
    "profile.dev.package.\"*\".debug=false",
    "profile.dev.build-override.opt-level=1",
];

/// Checks the workspace of a manifest, in the folder where this workspace is built.
///
/// Without flags that deny warnings, with which all dependencies would be built anew: a caller looks at
/// what is printed.
pub(crate) fn check(manifest: &Path, arguments: &[&str]) -> Output {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["check", "--quiet", "--offline", "--manifest-path"]).arg(manifest).args(arguments);
    for line in PROFILE {
        cargo.args(["--config", line]);
    }
    cargo.env("CARGO_TARGET_DIR", target).output().unwrap()
}
