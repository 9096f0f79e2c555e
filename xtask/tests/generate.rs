//! `cargo xtask generate` as it is called: what it says, how it exits, and whether what it writes
//! builds.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The documents that the generator is tested with.
fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../generator/tests/documents")
}

/// Exit code and what was said.
fn generate(input: &Path, out: &Path, name: &str) -> (i32, String) {
    let mut xtask = Command::new(env!("CARGO_BIN_EXE_xtask"));
    let arguments = ["generate", "--input", input.to_str().unwrap(), "--out", out.to_str().unwrap()];
    let output = xtask.args(arguments).args(["--name", name]).output().unwrap();
    assert!(output.stdout.is_empty());
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

/// Checks a workspace; a warning is an error.
fn check(workspace: &Path) -> Result<(), String> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("generated");
    let mut cargo = Command::new(env!("CARGO"));
    let output = cargo
        .args(["check", "--quiet", "--offline", "--manifest-path"])
        .arg(workspace.join("Cargo.toml"))
        .env("CARGO_TARGET_DIR", target)
        .env("RUSTFLAGS", "-D warnings")
        .output()
        .unwrap();
    if output.status.success() { Ok(()) } else { Err(String::from_utf8(output.stderr).unwrap()) }
}

/// Copies a folder.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// The accepted documents of the corpus, by path below it.
fn accepted(folder: &Path, below: &str, found: &mut Vec<String>) {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap()).collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_dir() {
            accepted(&entry.path(), &format!("{below}{name}/"), found);
        } else if name.ends_with(".txt") && fs::read_to_string(entry.path()).unwrap().starts_with("accepted")
        {
            found.push(format!("{below}{}", name.replace(".txt", ".yml")));
        }
    }
}

/// One document that has the paths and security schemes of many, by reference.
fn joined(folder: &Path, documents: &[String]) -> PathBuf {
    let (mut paths, mut schemes): (BTreeMap<String, String>, BTreeMap<String, String>) = Default::default();
    for file in documents {
        let text = fs::read_to_string(folder.join(file)).unwrap();
        let document: serde_json::Value = serde_yaml::from_str(&text).unwrap();
        let members = |pointer: &str| {
            document.pointer(pointer).and_then(|v| v.as_object()).cloned().unwrap_or_default()
        };
        for (path, _) in members("/paths").into_iter().filter(|(path, _)| path.starts_with('/')) {
            let pointer = path.replace('~', "~0").replace('/', "~1").replace('%', "%25");
            let before = paths.insert(path.clone(), format!("./{file}#/paths/{pointer}"));
            assert_eq!(before, None, "{path} is in two documents of the corpus");
        }
        for (name, _) in members("/components/securitySchemes") {
            schemes.insert(name.clone(), format!("./{file}#/components/securitySchemes/{name}"));
        }
    }
    let references = |all: &BTreeMap<String, String>| -> serde_json::Value {
        all.iter().map(|(name, to)| (name.clone(), serde_json::json!({ "$ref": to }))).collect()
    };
    let whole = serde_json::json!({
        "openapi": "3.0.3",
        "info": {"title": "All that is accepted", "version": "1.0.0"},
        "paths": references(&paths),
        "components": {"securitySchemes": references(&schemes)},
    });
    let file = folder.join("all.json");
    fs::write(&file, whole.to_string()).unwrap();
    file
}

#[test]
fn what_is_accepted_builds_without_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let documents = folder.path().join("documents");
    copy(&corpus(), &documents);
    let mut all = Vec::new();
    accepted(&documents, "", &mut all);
    assert!(all.len() > 30, "{all:?}");
    let whole = joined(&documents, &all);
    let out = folder.path().join("out");
    let (code, said) = generate(&whole, &out, "corpus");
    assert_eq!(code, 0, "{said}");
    if let Some(keep) = std::env::var_os("KEEP") {
        copy(&out, Path::new(&keep));
    }
    check(&out).unwrap_or_else(|error| panic!("{error}"));
}
