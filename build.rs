//! Embeds the contract, and refuses to build beside code that is generated from another one.
//!
//! The check compares texts: the digest of `schemas/contract.yml`, the one its lock holds, and the
//! ones that the generated crates state. Crates that are not beside this one (a published package)
//! are held together by their versions instead.

use sha2::{Digest, Sha256};
use std::env;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

const CONTRACT: &str = "schemas/contract.yml";
const LOCK: &str = "schemas/schemas.lock";
/// Marks a copy of the workspace for another contract, made by `cargo xtask regen --out`.
const SCRATCH: &str = ".scratch-workspace";
const CRATES: [&str; 3] = ["generated-types", "generated-client", "generated-server"];

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    println!("cargo::rerun-if-changed=build.rs");
    match embed(&root) {
        Ok(()) => {}
        Err(faults) => faults.iter().for_each(|fault| println!("cargo::error={fault}")),
    }
}

fn embed(root: &Path) -> Result<(), Vec<String>> {
    let text = read(root, CONTRACT).map_err(|e| vec![format!("{e}; `cargo xtask fetch` makes it")])?;
    let digest = hex(&Sha256::digest(&text));
    let release = release(&text).ok_or_else(|| {
        vec![format!("{CONTRACT} has no `info.version`; `cargo xtask fetch` makes it anew")]
    })?;
    let mut faults = Vec::new();
    if let Ok(lock) = read(root, LOCK)
        && !lock.contains(&digest)
    {
        faults.push(format!("{CONTRACT} does not match {LOCK}; `cargo xtask fetch` makes both"));
    }
    for krate in CRATES.iter().filter(|krate| root.join(krate).is_dir()) {
        let file = format!("{krate}/src/generated/contract.rs");
        let stated = read(root, &file).ok().and_then(|text| constant(&text, "CONTRACT_DIGEST"));
        if stated.as_deref() != Some(digest.as_str()) {
            faults.push(format!(
                "{krate} is not generated from {CONTRACT} ({release}); run `cargo xtask regen`"
            ));
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    println!("cargo::rustc-check-cfg=cfg(committed_contract)");
    if !root.join(SCRATCH).exists() {
        println!("cargo::rustc-cfg=committed_contract");
    }
    println!("cargo::rustc-env=CONTRACT_RELEASE={release}");
    println!("cargo::rustc-env=CONTRACT_DIGEST={digest}");
    Ok(())
}

fn read(root: &Path, file: &str) -> Result<String, String> {
    println!("cargo::rerun-if-changed={file}");
    fs::read_to_string(root.join(file)).map_err(|e| format!("cannot read {file}: {e}"))
}

/// The value of `info.version`, which canonical YAML has on a line of its own.
fn release(contract: &str) -> Option<&str> {
    let info = contract.lines().skip_while(|line| *line != "info:").skip(1);
    info.take_while(|line| line.starts_with(' '))
        .find_map(|line| line.strip_prefix("  version: "))
        .map(|value| value.trim_matches(['\'', '"']))
}

/// The string that a constant of generated code holds.
fn constant(text: &str, name: &str) -> Option<String> {
    let (_, rest) = text.split_once(name)?;
    rest.split('"').nth(1).map(str::to_owned)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
