//! Does `cargo xtask bundle` write what it is asked for, and nothing when it cannot?

use super::support::{Workspace, release};

#[test]
fn a_product_goes_to_a_file_or_to_stdout() {
    let workspace = Workspace::new();
    let (archive, output) = (workspace.path("forest-1.2.3.tar.gz"), workspace.path("garden.json"));
    std::fs::write(&archive, release()).unwrap();
    let from = archive.to_str().unwrap();
    let done =
        workspace.run(&["bundle", "--from", from, "--product", "garden", "-o", output.to_str().unwrap()]);
    assert!(done.status.success() && done.stdout.is_empty(), "{}", String::from_utf8_lossy(&done.stderr));
    let document: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(&output).unwrap()).unwrap();
    assert_eq!(document["paths"]["/trees/{height}"]["get"]["tags"][0], "Trees_Trees");
    assert_eq!(document["info"]["title"], "Forest");
    let shown = workspace.run(&["--quiet", "bundle", "--from", from, "--product", "merged"]);
    assert!(shown.status.success() && shown.stderr.is_empty());
    assert!(String::from_utf8(shown.stdout).unwrap().starts_with("openapi: \"3.0.3\"\n"));
}

#[test]
fn what_cannot_be_done_has_its_exit_code() {
    let workspace = Workspace::new();
    let output = workspace.path("out.yml");
    let bundle = |from: &str, product: &str| {
        let output = output.to_str().unwrap();
        let done = workspace.run(&["bundle", "--from", from, "--product", product, "-o", output]);
        (done.status.code(), String::from_utf8(done.stderr).unwrap())
    };
    let folder = workspace.path("");
    let (code, text) = bundle(folder.to_str().unwrap(), "desert");
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("no product `desert`; there are merged, garden"), "{text}");
    assert_eq!(bundle("no-such-file", "merged").0, Some(3));
    let (code, text) = bundle(folder.to_str().unwrap(), "merged");
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("M0106"), "{text}");
    assert!(!output.exists());
}
