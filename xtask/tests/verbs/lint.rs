//! Does `cargo xtask lint` say what is wrong, in each format, and fail when it is asked to?

use super::support::{Workspace, archive, gzip, release};
use tar::EntryType;

const BUSHES: &str = "openapi: 3.0.3\ninfo: {title: Bushes, version: 1.0.0}\npaths:\n  /bushes:\n    get:\n      \
                      x-internal: [garden]\n      responses: {200: {}}\n";

fn lint(workspace: &Workspace, arguments: &[&str]) -> (Option<i32>, String, String) {
    let done = workspace.run(&[&["lint"], arguments].concat());
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (done.status.code(), text(done.stdout), text(done.stderr))
}

#[test]
fn a_source_is_looked_at_in_each_format() {
    let workspace = Workspace::new();
    let bushes = ("forest-1.2.3/schemas/constructs/v1/bush/api.yml", EntryType::Regular, BUSHES);
    let path = workspace.path("forest-1.2.3.tar.gz");
    std::fs::write(&path, archive("forest-1.2.3", &[bushes])).unwrap();
    let from = path.to_str().unwrap();
    let (code, text, talk) = lint(&workspace, &["--from", from]);
    assert_eq!(code, Some(0), "{talk}");
    assert!(talk.contains("looking at "), "{talk}");
    for part in [
        "error[M0903]: a response needs `description`\n  --> schemas/constructs/v1/bush/api.yml:7 at \
         /paths/~1bushes/get/responses/200\n  = repair: contract, ",
        "warning[M0404]: the operation has no `operationId`: it is called `getBushes`",
        "warning[M0907]: neither the operation nor its document says who may call it",
        "v1.2.3: 3 files, 1 errors, ",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let (_, page, _) = lint(&workspace, &["--from", from, "--format", "markdown"]);
    assert!(page.starts_with("# What lint finds in v1.2.3\n"), "{page}");
    let (_, json, _) = lint(&workspace, &["--from", from, from, "--format", "json"]);
    let reports: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(reports[0], reports[1]);
    assert_eq!(reports[0]["findings"][0]["places"][0]["line"], 7);
    for (level, expected) in [("never", 0), ("error", 1), ("warning", 1)] {
        assert_eq!(lint(&workspace, &["--from", from, "--fail-on", level]).0, Some(expected), "{level}");
    }
}

#[test]
fn a_document_and_the_contract_are_looked_at() {
    let workspace = Workspace::new();
    let path = workspace.path("bundle.yml.gz");
    std::fs::write(&path, gzip(BUSHES.as_bytes())).unwrap();
    let (code, text, _) = lint(&workspace, &["--from", path.to_str().unwrap(), "--fail-on", "error"]);
    assert!(code == Some(1) && text.contains("bundle.yml.gz:7 at /paths"), "{text}");
    let source = workspace.path("forest-1.2.3.tar.gz");
    std::fs::write(&source, release()).unwrap();
    assert!(workspace.run(&["fetch", "--archive", source.to_str().unwrap()]).status.success());
    let (code, text, _) = lint(&workspace, &["--fail-on", "warning"]);
    assert!(code == Some(0) && text.ends_with("contract.yml: 1 files, 0 errors, 0 warnings\n"), "{text}");
}

#[test]
fn what_cannot_be_read_is_told() {
    let workspace = Workspace::new();
    let (code, _, talk) = lint(&workspace, &["--from", "no-such-file"]);
    assert!(code == Some(3) && talk.contains("cannot read no-such-file"), "{talk}");
    let path = workspace.path("broken.yml");
    std::fs::write(&path, "a: [").unwrap();
    let (code, _, talk) = lint(&workspace, &["--from", path.to_str().unwrap()]);
    assert!(code == Some(3) && talk.contains("M0103"), "{talk}");
}
