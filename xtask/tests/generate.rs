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

mod nested;
#[path = "generate/probe.rs"]
mod probe;

/// Checks a workspace; a warning is an error.
fn check(workspace: &Path) -> Result<(), String> {
    let output = nested::check(&workspace.join("Cargo.toml"), &[]);
    let said = String::from_utf8(output.stderr).unwrap();
    if output.status.success() && said.is_empty() { Ok(()) } else { Err(said) }
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
    // One that is in no other: without types, without operations.
    let out = folder.path().join("nothing");
    let (code, said) = generate(&documents.join("operations/nothing.yml"), &out, "nothing");
    assert_eq!(code, 0, "{said}");
    check(&out).unwrap_or_else(|error| panic!("{error}"));
}

/// The first block of a language in the page about this verb.
fn block(language: &str) -> String {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/GENERATE.md");
    let page = fs::read_to_string(page).unwrap();
    let (_, rest) = page.split_once(&format!("```{language}\n")).unwrap();
    rest.split_once("```").unwrap().0.to_owned()
}

#[test]
fn the_example_of_the_page_does_what_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("bookshelf.yml");
    fs::write(&input, block("yaml")).unwrap();
    let out = folder.path().join("out");
    let (code, said) = generate(&input, &out, "bookshelf");
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("bookshelf.yml: 2 operations, 3 types, 0 warnings"), "{said}");
    // A crate beside the three, which uses them as the page does.
    let user = out.join("user");
    fs::create_dir_all(user.join("src")).unwrap();
    let code = format!("#![allow(dead_code)]\n{}", block("rust"));
    fs::write(user.join("src/lib.rs"), code).unwrap();
    let manifest = "[package]\nname = \"user\"\nedition = \"2024\"\n[dependencies]\n\
        bookshelf-types.path = \"../bookshelf-types\"\nbookshelf-client.path = \"../bookshelf-client\"\n\
        bookshelf-server.path = \"../bookshelf-server\"\n";
    fs::write(user.join("Cargo.toml"), manifest).unwrap();
    let root = fs::read_to_string(out.join("Cargo.toml")).unwrap();
    fs::write(out.join("Cargo.toml"), root.replace("members = [", "members = [\"user\",")).unwrap();
    check(&out).unwrap_or_else(|error| panic!("{error}"));

    // Again, into the same folder: the same files, and what is not generated stays.
    let (code, said) = generate(&input, &out, "bookshelf");
    assert_eq!(code, 0, "{said}");
    assert!(user.join("src/lib.rs").is_file());
}

#[test]
fn what_is_wrong_has_its_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let document = |text: &str| {
        let file = folder.path().join("api.yml");
        fs::write(&file, text).unwrap();
        file
    };
    let fine = "openapi: 3.0.3\ninfo: {title: T, version: 1}\npaths: {}\n";
    let (code, said) = generate(&document(fine), &out, "No_Name");
    assert!(code == 2 && said.contains("`No_Name` cannot be the name of a crate"), "{said}");
    let (code, said) = generate(&folder.path().join("missing.yml"), &out, "name");
    assert!(code == 3 && said.contains("missing.yml"), "{said}");
    let (code, said) = generate(&document("swagger: '2.0'\n"), &out, "name");
    assert!(code == 1 && said.contains("M0104") && said.contains("api.yml:1 at /swagger"), "{said}");
    assert!(!said.contains("--skip-unsupported"), "it would be of no use here: {said}");
    let parts = "openapi: 3.0.3\ninfo: {title: T, version: 1}\npaths:\n  /a:\n    get: {responses: {'204': {}}}\n  \
                 /b/{x}/{x}:\n    get: {responses: {'204': {}}}\n";
    let (code, said) = generate(&document(parts), &out, "name");
    assert!(code == 1 && said.contains("`--skip-unsupported`") && said.contains("the other 1"), "{said}");
    assert!(!out.exists(), "nothing is written for a document that is refused");
    let (code, said) = generate(&document(fine), folder.path(), "name");
    assert!(code == 2 && said.contains("neither empty nor written by an earlier run"), "{said}");
}
