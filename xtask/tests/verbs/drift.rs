//! Does `cargo xtask drift` end as docs/DRIFT.md says? A tool error is never "no drift".

use super::support::{Workspace, release};
use std::process::Output;

/// A workspace with the contract of the invented release, and another contract beside it.
fn workspace(change: impl Fn(String) -> String) -> (Workspace, String) {
    let workspace = Workspace::new();
    let archive = workspace.path("forest-1.2.3.tar.gz");
    std::fs::write(&archive, release()).unwrap();
    let made = workspace.run(&["fetch", "--archive", archive.to_str().unwrap()]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let text = change(std::fs::read_to_string(workspace.path("contract.yml")).unwrap());
    let path = workspace.path("other.yml");
    std::fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap().to_owned();
    (workspace, path)
}

fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// The exit code of comparing the contract of the workspace, as a file, with another.
fn drift(workspace: &Workspace, other: &str, more: &[&str]) -> (Option<i32>, String) {
    let own = workspace.path("contract.yml");
    let own = own.to_str().unwrap();
    let done = workspace.run(&[&["drift", "--against", other, "--contract", own][..], more].concat());
    (done.status.code(), told(&done))
}

#[test]
fn findings_fail_from_the_level_that_is_asked_for() {
    let (workspace, other) = workspace(|text| text.replace("minimum: 1", "minimum: 0"));
    // From 0 to 1, in a response: an info.
    for (level, code) in [("error", 0), ("warning", 0), ("info", 1), ("any", 1)] {
        let (found, text) = drift(&workspace, &other, &["--fail-on", level]);
        assert_eq!(found, Some(code), "{level}: {text}");
        assert!(text.contains("`minimum` tightened: 0 -> 1"), "{text}");
    }
    // And back: an error.
    assert_eq!(drift(&workspace, &other, &["--direction", "to"]).0, Some(1));
    let own = workspace.path("contract.yml");
    assert_eq!(drift(&workspace, own.to_str().unwrap(), &["--fail-on", "any"]).0, Some(0));
}

#[test]
fn what_is_wrong_with_the_command_is_2_and_with_its_input_3() {
    let (workspace, other) = workspace(|text| text.replace("3.0.3", "3.1.0"));
    assert_eq!(workspace.run(&["drift"]).status.code(), Some(2));
    assert_eq!(drift(&workspace, "latest", &[]).0, Some(2));
    assert_eq!(drift(&workspace, "git:--output=x", &[]).0, Some(2));
    assert_eq!(drift(&workspace, &other, &[]).0, Some(3), "no contract");
    assert_eq!(drift(&workspace, "no-such.yml", &[]).0, Some(3));
    assert_eq!(drift(&workspace, "git:no-such-revision", &[]).0, Some(3));
    assert_eq!(drift(&workspace, "v9.9.9", &["--offline"]).0, Some(3));
    std::fs::write(workspace.path("drift-accept.toml"), "[[accept]]\n").unwrap();
    let own = workspace.path("contract.yml");
    assert_eq!(drift(&workspace, own.to_str().unwrap(), &[]).0, Some(3), "what is accepted cannot be read");
}

#[test]
fn a_product_that_is_not_there_is_wrong_usage() {
    let (workspace, other) = workspace(|text| text);
    assert_eq!(drift(&workspace, &other, &["--product", "desert"]).0, Some(2));
    assert_eq!(drift(&workspace, &other, &["--product", "garden"]).0, Some(0));
}

#[test]
fn generated_code_that_is_not_of_the_contract_is_4() {
    let (workspace, other) = workspace(|text| text);
    for part in ["types", "client", "server", "evidence"] {
        let folder = workspace.home(&format!("generated-{part}"));
        std::fs::create_dir(&folder).unwrap();
        let manifest = "[features]\n# begin: cargo xtask regen\n# end: cargo xtask regen\n";
        std::fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    }
    let done = workspace.run(&["drift", "--against", &other]);
    assert_eq!(done.status.code(), Some(4), "{}", told(&done));
    assert!(told(&done).contains("0 errors"), "what was found is printed first");
}

#[test]
fn what_is_accepted_does_not_fail_and_what_matches_nothing_does() {
    let (workspace, other) = workspace(|text| text.replace("minimum: 1", "minimum: 2"));
    assert_eq!(drift(&workspace, &other, &[]).0, Some(1));
    let (code, text) = drift(&workspace, &other, &["--accept", "old trees"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(std::fs::read_to_string(workspace.path("drift-accept.toml")).unwrap().contains("old trees"));
    assert_eq!(drift(&workspace, &other, &[]).0, Some(0));
    let own = workspace.path("contract.yml");
    let (code, text) = drift(&workspace, own.to_str().unwrap(), &[]);
    assert!(code == Some(1) && text.contains("matches nothing; remove it"), "{text}");
}

#[test]
fn every_format_ends_as_text_does() {
    let (workspace, other) = workspace(|text| text.replace("minimum: 1", "minimum: 2"));
    for format in ["text", "markdown", "json", "html", "github", "sarif"] {
        let (code, text) = drift(&workspace, &other, &["--format", format]);
        assert_eq!(code, Some(1), "{format}: {text}");
    }
    let history =
        workspace.run(&["drift", "--history", &other, workspace.path("contract.yml").to_str().unwrap()]);
    assert_eq!(history.status.code(), Some(0), "{}", told(&history));
    assert!(told(&history).contains("## v1.2.3"));
}
