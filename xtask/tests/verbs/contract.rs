//! Does `cargo xtask contract` say what differs, and end as it should?

use super::support::{Workspace, release};

/// The contract of the invented release, written to a file of that name.
fn contract(workspace: &Workspace, name: &str, change: impl Fn(String) -> String) -> String {
    let archive = workspace.path("forest-1.2.3.tar.gz");
    std::fs::write(&archive, release()).unwrap();
    let made = workspace.run(&["fetch", "--archive", archive.to_str().unwrap()]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let text = change(std::fs::read_to_string(workspace.path("contract.yml")).unwrap());
    let path = workspace.path(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn contracts_are_equal_or_not() {
    let workspace = Workspace::new();
    let a = contract(&workspace, "a.yml", |text| text);
    let renamed = contract(&workspace, "renamed.yml", |text| text.replace("v1.tree.Tree", "v2.tree.Tree"));
    let changed = contract(&workspace, "changed.yml", |text| text.replace("minimum: 1", "minimum: 2"));
    let diff = |arguments: &[&str]| {
        let done = workspace.run(&[&["contract", "diff"], arguments].concat());
        (done.status.code(), String::from_utf8(done.stdout).unwrap(), String::from_utf8(done.stderr).unwrap())
    };
    let (code, text, talk) = diff(&[&a, &renamed]);
    assert_eq!((code, talk.as_str()), (Some(0), ""), "{text}");
    assert!(text.ends_with("equal, whatever things are called\n"), "{text}");
    let (code, text, _) = diff(&[&a, &renamed, "--names"]);
    assert!(
        code == Some(0) && text.contains("component: moved, v1.tree.Tree in A, v2.tree.Tree in B"),
        "{text}"
    );
    let (code, text, talk) = diff(&[&a, &changed]);
    assert_eq!((code, talk.as_str()), (Some(1), "error: 1 differences\n"), "{text}");
    assert!(text.starts_with("constraint `minimum`: changed, 1 in A, 2 in B\n"), "{text}");
    let (code, text, _) = diff(&[&a, &changed, "--format", "json", "--names"]);
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(code, Some(1));
    assert_eq!(report["facts"]["differences"][0]["cause"], "changed");
    assert_eq!(report["names"]["types"]["share"], 100.0);
}

#[test]
fn what_is_no_contract_is_told() {
    let workspace = Workspace::new();
    let a = contract(&workspace, "a.yml", |text| text);
    let broken = contract(&workspace, "broken.yml", |text| text.replace("3.0.3", "3.1.0"));
    for (other, part) in
        [(broken.as_str(), "broken.yml:1 at /openapi"), ("no-such-file", "cannot read no-such-file")]
    {
        let done = workspace.run(&["contract", "diff", &a, other]);
        let talk = String::from_utf8(done.stderr).unwrap();
        assert!(done.status.code() == Some(3) && talk.contains(part), "{talk}");
    }
    assert_eq!(workspace.run(&["contract", "diff", &a]).status.code(), Some(2));
}
