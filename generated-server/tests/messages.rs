//! What the compiler says to who gets it wrong. The messages are part of the product.
//!
//! `TRYBUILD=overwrite cargo test -p meshery-server --test messages` writes them. They are of one
//! version of the compiler: with another one the test says that it is skipped.

#![allow(clippy::expect_used, reason = "a test may panic")]

use std::path::Path;
use std::process::Command;

/// The version that the messages are of: the `rust-version` of the workspace.
const COMPILER: &str = concat!("rustc ", env!("CARGO_PKG_RUST_VERSION"));

#[test]
fn mistakes_are_explained() {
    // A workspace made for another contract may not have the groups that the mistakes are about.
    if Path::new(env!("CARGO_MANIFEST_DIR")).join("../.scratch-workspace").exists() {
        println!("skipped: these are messages about the committed contract");
        return;
    }
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc).arg("--version").output().expect("a compiler").stdout;
    let version = String::from_utf8_lossy(&version).into_owned();
    if !version.starts_with(COMPILER) {
        println!("skipped: the messages are those of {COMPILER}, this is {version}");
        return;
    }
    trybuild::TestCases::new().compile_fail("tests/messages/*.rs");
}
