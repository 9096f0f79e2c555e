//! A build beside generated code of another contract fails, and says what mends it.
//!
//! The build script is run for a package of its own, whose files are tampered with.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const CRATES: [&str; 3] = ["generated-types", "generated-client", "generated-server"];

/// A package with the build script, the contract and the generated stamps of this workspace.
fn probe(folder: &Path) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sha2 = fs::read_to_string(root.join("Cargo.toml")).unwrap();
    let sha2 = sha2.lines().find(|line| line.starts_with("sha2 = \"")).unwrap();
    let manifest = format!(
        "[package]\nname = \"probe\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [build-dependencies]\n{sha2}\n\n[workspace]\n"
    );
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    let mut files = vec!["build.rs".to_owned(), "Cargo.lock".to_owned()];
    files.push("schemas/contract.yml".to_owned());
    files.extend(CRATES.map(|krate| format!("{krate}/src/generated/contract.rs")));
    for file in files {
        let target = folder.join(&file);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(root.join(&file), target).unwrap();
    }
    let lock = format!("contract = \"{}\"\n", meshery_runtime::contract::DIGEST);
    fs::write(folder.join("schemas/schemas.lock"), lock).unwrap();
    fs::create_dir(folder.join("src")).unwrap();
    fs::write(folder.join("src/lib.rs"), "pub const DIGEST: &str = env!(\"CONTRACT_DIGEST\");\n").unwrap();
}

fn check(folder: &Path) -> (bool, String) {
    let Output { status, stderr, .. } = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--offline"])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .output()
        .unwrap();
    (status.success(), String::from_utf8(stderr).unwrap())
}

fn edit(file: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(file).unwrap();
    assert!(text.contains(from), "{} has no {from:?}", file.display());
    fs::write(file, text.replacen(from, to, 1)).unwrap();
}

#[test]
fn a_build_beside_stale_generated_code_fails_and_names_the_command() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    probe(folder);
    let (built, said) = check(folder);
    assert!(built, "{said}");

    let stamp = folder.join("generated-client/src/generated/contract.rs");
    edit(&stamp, meshery_runtime::contract::DIGEST, "0000");
    let (built, said) = check(folder);
    assert!(!built);
    assert!(said.contains("generated-client is not generated from schemas/contract.yml"), "{said}");
    assert!(said.contains("run `cargo xtask regen`"), "{said}");
    assert!(!said.contains("generated-server is not"), "{said}");
    edit(&stamp, "0000", meshery_runtime::contract::DIGEST);

    edit(&folder.join("schemas/contract.yml"), "info:", "# edited by hand\ninfo:");
    let (built, said) = check(folder);
    assert!(!built);
    assert!(said.contains("does not match schemas/schemas.lock; `cargo xtask fetch` makes both"), "{said}");
    assert!(said.contains("generated-types is not generated from"), "{said}");
}

#[test]
fn the_embedded_contract_is_the_one_of_the_generated_crates() {
    use meshery_runtime::contract::{DIGEST, RELEASE, YAML};
    assert!(YAML.contains(&format!("version: {RELEASE}")));
    assert_eq!((meshery_types::CONTRACT_RELEASE, meshery_types::CONTRACT_DIGEST), (RELEASE, DIGEST));
    assert_eq!((meshery_client::CONTRACT_RELEASE, meshery_client::CONTRACT_DIGEST), (RELEASE, DIGEST));
    assert_eq!((meshery_server::CONTRACT_RELEASE, meshery_server::CONTRACT_DIGEST), (RELEASE, DIGEST));
}
