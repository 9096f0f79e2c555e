//! `cargo xtask regen` as it is called: what it does to a tree, what it says, how it exits.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::Path;
use std::process::Command;

/// Exit code, stdout and stderr of the verb in a workspace.
fn regen(workspace: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut xtask = Command::new(env!("CARGO_BIN_EXE_xtask"));
    let output = xtask.args(["regen", "--workspace"]).arg(workspace).args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// A workspace with the committed contract and nothing generated.
fn workspace() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let schemas = folder.path().join("schemas");
    fs::create_dir(&schemas).unwrap();
    for file in ["contract.yml", "schemas.lock"] {
        let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas").join(file);
        fs::copy(own, schemas.join(file)).unwrap();
    }
    for part in ["types", "client", "server"] {
        let krate = folder.path().join(format!("generated-{part}"));
        fs::create_dir(&krate).unwrap();
        let manifest = "[features]\n# begin: cargo xtask regen\n# end: cargo xtask regen\n";
        fs::write(krate.join("Cargo.toml"), manifest).unwrap();
    }
    folder
}

#[test]
fn a_second_run_changes_nothing_and_a_check_finds_what_was_changed() {
    let folder = workspace();
    let (code, _, said) = regen(folder.path(), &[]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains(" operations (") && said.contains(" types"), "{said}");
    let (code, _, said) = regen(folder.path(), &["--check"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("0 files written"), "{said}");

    let generated = folder.path().join("generated-types/src/generated");
    let changed = generated.join("contract.rs");
    let text = fs::read_to_string(&changed).unwrap() + "// by hand\n";
    fs::write(&changed, &text).unwrap();
    let header = text.lines().next().unwrap();
    fs::write(generated.join("gone.rs"), header).unwrap();
    let (code, _, said) = regen(folder.path(), &["--check"]);
    assert_eq!(code, 1);
    assert!(said.contains("generated-types/src/generated/contract.rs"), "{said}");
    assert!(said.contains("generated-types/src/generated/gone.rs"), "{said}");
    assert!(said.contains("run `cargo xtask regen`"), "{said}");
    assert!(said.contains("2 errors"), "{said}");
    assert_eq!(fs::read_to_string(&changed).unwrap(), text);

    let (code, _, said) = regen(folder.path(), &[]);
    assert_eq!(code, 0);
    assert!(said.contains("1 files written") && said.contains("1 removed"), "{said}");
    assert!(!generated.join("gone.rs").exists());
}

#[test]
fn features_are_kept_in_the_manifests() {
    let folder = workspace();
    assert_eq!(regen(folder.path(), &[]).0, 0);
    let manifest = folder.path().join("generated-client/Cargo.toml");
    let text = fs::read_to_string(&manifest).unwrap();
    let table: toml::Table = text.parse().unwrap();
    let features = table["features"].as_table().unwrap();
    let group = features["meshery-workspaces"].as_array().unwrap();
    assert_eq!(group[0].as_str(), Some("meshery-types/meshery-workspaces"));
    assert!(features["meshery"].as_array().unwrap().iter().any(|g| g.as_str() == Some("meshery-workspaces")));

    // By hand inside of the region: found, and undone; outside of it: nobody's business.
    let changed = text.replace("\nmeshery-workspaces = ", "\nmeshery-workplaces = ") + "extra = []\n";
    fs::write(&manifest, &changed).unwrap();
    let (code, _, said) = regen(folder.path(), &["--check"]);
    assert_eq!(code, 1);
    assert!(said.contains("generated-client/Cargo.toml") && said.contains("M0603"), "{said}");
    assert_eq!(regen(folder.path(), &[]).0, 0);
    assert_eq!(fs::read_to_string(&manifest).unwrap(), text + "extra = []\n");

    fs::write(&manifest, "[features]\n").unwrap();
    let (code, _, said) = regen(folder.path(), &[]);
    assert_eq!(code, 1);
    assert!(said.contains("M0604") && said.contains("# begin: cargo xtask regen"), "{said}");
}

#[test]
fn the_intermediate_representation_goes_to_stdout_and_talk_does_not() {
    let folder = workspace();
    let (code, out, _) = regen(folder.path(), &["--dump-ir", "-", "--quiet"]);
    assert_eq!(code, 0);
    let api: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert!(!api["operations"].as_array().unwrap().is_empty());
}

#[test]
fn a_contract_that_does_not_match_its_lock_is_refused() {
    let folder = workspace();
    let contract = folder.path().join("schemas/contract.yml");
    let text = fs::read_to_string(&contract).unwrap();
    fs::write(&contract, text.replacen("minimum: 1\n", "minimum: 2\n", 1)).unwrap();
    let (code, _, said) = regen(folder.path(), &[]);
    assert_eq!(code, 1);
    assert!(said.contains("M0409") && said.contains("cargo xtask fetch"), "{said}");
    assert!(!folder.path().join("generated-types/src").exists());
}

#[test]
fn a_missing_contract_and_wrong_usage_have_their_own_exit_codes() {
    let folder = tempfile::tempdir().unwrap();
    let (code, _, said) = regen(folder.path(), &[]);
    assert_eq!(code, 3);
    assert!(said.contains("`cargo xtask fetch` makes it"), "{said}");
    assert_eq!(regen(folder.path(), &["--contract", "x.yml"]).0, 2);
    assert_eq!(regen(folder.path(), &["--docs", "somebody's", "--from", "x"]).0, 2);
}

#[test]
fn a_copy_is_never_made_over_something_else() {
    let folder = workspace();
    let contract = folder.path().join("schemas/contract.yml");
    let contract = contract.to_str().unwrap();
    let taken = tempfile::tempdir().unwrap();
    fs::write(taken.path().join("precious"), "").unwrap();
    let taken = taken.path().to_str().unwrap();
    let (code, _, said) = regen(folder.path(), &["--contract", contract, "--out", taken]);
    assert_eq!(code, 3);
    assert!(said.contains("neither empty nor an earlier copy"), "{said}");
    let own = folder.path().to_str().unwrap();
    let (code, _, said) = regen(folder.path(), &["--contract", contract, "--out", own]);
    assert_eq!(code, 3);
    assert!(said.contains("holds this workspace"), "{said}");
}
