//! Does `cargo xtask drift` end as docs/DRIFT.md says? A tool error is never "no drift".

use super::support::{Reply, Server, TAG, Workspace, archive, release, sent};
use std::process::{Command, Output};
use tar::EntryType;

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

/// A release of the same files, of which one has one more operation.
fn other_release(root: &str) -> Vec<u8> {
    const MORE: &str = "openapi: 3.0.3\ninfo: {title: Bush, version: 1.0.0}\nsecurity: [{jwt: []}]\n\
        paths: {/bushes: {get: {operationId: getBushes, tags: [Bushes], x-internal: [garden], \
        responses: {204: {description: None}}}}}\n\
        components: {securitySchemes: {jwt: {type: http, scheme: bearer}}}\n";
    let path = format!("{root}/schemas/constructs/v1/bush/api.yml");
    archive(root, &[(path.as_str(), EntryType::Regular, MORE)])
}

#[test]
fn the_other_side_may_be_a_release_an_archive_a_folder_a_file_or_a_revision() {
    let (workspace, file) = workspace(|text| text);
    let server = Server::start(|_| sent(release()));
    let tagged = [TAG, "--base", &server.base(), "--timeout", "20", "--no-cache"];
    let (code, text) = drift(&workspace, tagged[0], &[&tagged[1..], &["--fail-on", "any"]].concat());
    assert_eq!(code, Some(0), "{text}");
    assert_eq!(server.seen()[0].path, format!("/trees/forest/{TAG}.tar.gz"));

    let bytes = release();
    for name in ["forest-1.2.3", "forest"] {
        let folder = workspace.home(&format!("unpacked/{name}"));
        let bytes = archive(name, &[]);
        tar::Archive::new(flate2::read::GzDecoder::new(&bytes[..]))
            .unpack(workspace.home("unpacked"))
            .unwrap();
        let (code, text) = drift(&workspace, folder.to_str().unwrap(), &["--fail-on", "any"]);
        assert_eq!(code, Some(0), "{name}: {text}");
    }
    let path = workspace.home("forest-1.2.3.tgz");
    std::fs::write(&path, bytes).unwrap();
    assert_eq!(drift(&workspace, path.to_str().unwrap(), &["--fail-on", "any"]).0, Some(0));
    assert_eq!(drift(&workspace, &file, &["--fail-on", "any"]).0, Some(0));

    let git = |arguments: &[&str]| {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=test", "-c", "user.email=test@example.org"]).args(arguments);
        assert!(git.current_dir(workspace.home("")).output().unwrap().status.success(), "{arguments:?}");
    };
    git(&["init", "--quiet"]);
    git(&["add", "schemas/contract.yml"]);
    git(&["commit", "--quiet", "--message", "one"]);
    let (code, text) = drift(&workspace, "git:HEAD", &["--fail-on", "any"]);
    assert_eq!(code, Some(0), "{text}");
    // The revision counts, and not what stands in the folder.
    let changed = std::fs::read_to_string(&file).unwrap().replace("minimum: 1", "minimum: 2");
    std::fs::write(workspace.path("contract.yml"), changed).unwrap();
    let (code, text) = drift(&workspace, "git:HEAD", &[]);
    assert!(code == Some(0) && text.contains("`minimum` tightened: 1 -> 2"), "{text}");
}

#[test]
fn what_differs_is_found_whatever_the_form() {
    let (workspace, _) = workspace(|text| text);
    let server = Server::start(|_| sent(other_release("forest-1.3.0")));
    let path = workspace.home("forest-1.3.0.tar.gz");
    std::fs::write(&path, other_release("forest-1.3.0")).unwrap();
    let base = server.base();
    let tagged = ["--base", &base, "--timeout", "20"];
    for (against, more) in [("v1.3.0", &tagged[..]), (path.to_str().unwrap(), &[])] {
        let (code, text) = drift(&workspace, against, &[more, &["--fail-on", "info"]].concat());
        assert!(code == Some(1) && text.contains("operation added"), "{text}");
        assert!(text.contains("v1.2.3 -> v1.3.0"), "the older release comes first: {text}");
        let (code, text) = drift(&workspace, against, &[more, &["--direction", "from"]].concat());
        assert!(code == Some(1) && text.contains("operation removed"), "{text}");
    }
}

#[test]
fn a_side_that_cannot_be_loaded_is_3_whatever_is_wrong() {
    let (workspace, other) = workspace(|text| text);
    for reply in
        [|| Reply::Whole(404, vec![], b"no".to_vec()), || sent(b"no archive".to_vec()), || sent(release())]
    {
        let server = Server::start(move |_| reply());
        let base = server.base();
        let (code, text) = drift(&workspace, "v9.9.9", &["--base", &base, "--timeout", "20", "--no-cache"]);
        assert_eq!(code, Some(3), "{text}");
    }
    let empty = workspace.home("nothing");
    std::fs::create_dir(&empty).unwrap();
    assert_eq!(drift(&workspace, empty.to_str().unwrap(), &[]).0, Some(3), "no constructs");
    let broken = workspace.home("broken.tar.gz");
    std::fs::write(&broken, &release()[..100]).unwrap();
    assert_eq!(drift(&workspace, broken.to_str().unwrap(), &[]).0, Some(3), "half of an archive");
    // A contract that can be read, and not be generated from, is no verdict on code.
    let text = std::fs::read_to_string(&other).unwrap();
    std::fs::write(&other, text.replace("operationId: getTrees", "operationId: ''")).unwrap();
    let (code, text) = drift(&workspace, &other, &[]);
    assert_eq!(code, Some(3), "{text}");
    // What is wrong with the repairs is no finding.
    let path = workspace.home("forest-1.2.3.tar.gz");
    std::fs::write(&path, release()).unwrap();
    std::fs::write(workspace.path("overlay.yml"), "actions: nonsense\n").unwrap();
    let (code, text) = drift(&workspace, path.to_str().unwrap(), &[]);
    assert!(code == Some(3) && text.contains("overlay.yml"), "{text}");
    // A report that cannot be written is none.
    let own = workspace.path("contract.yml");
    let (code, text) = drift(&workspace, own.to_str().unwrap(), &["--output", "no-such-folder/report"]);
    assert_eq!(code, Some(3), "{text}");
}

#[test]
fn several_formats_come_from_one_run() {
    let (workspace, other) = workspace(|text| text.replace("minimum: 1", "minimum: 2"));
    let file = |name: &str| workspace.home(name).to_str().unwrap().to_owned();
    let also = [format!("json={}", file("drift.json")), format!("html={}", file("drift.html"))];
    let (code, text) =
        drift(&workspace, &other, &["--also", &also[0], "--also", &also[1], "--output", &file("drift.txt")]);
    assert_eq!(code, Some(1), "{text}");
    let read = |name: &str| std::fs::read_to_string(workspace.home(name)).unwrap();
    let report: serde_json::Value = serde_json::from_str(&read("drift.json")).unwrap();
    assert_eq!(report["findings"][0]["id"], "bound-loosened");
    assert!(read("drift.html").contains("bound-loosened") && read("drift.txt").contains("bound-loosened"));
    for wrong in ["json", "json=", "pdf=x"] {
        assert_eq!(drift(&workspace, &other, &["--also", wrong]).0, Some(2), "{wrong}");
    }
}

#[test]
fn annotations_are_on_the_contract_of_the_workspace() {
    let (workspace, other) = workspace(|text| text.replace("minimum: 1", "minimum: 2\n          maximum: 9"));
    for (direction, line) in [("from", "minimum: 1"), ("to", "minimum: 1")] {
        let (_, text) = drift(&workspace, &other, &["--format", "github", "--direction", direction]);
        let own = std::fs::read_to_string(workspace.path("contract.yml")).unwrap();
        let at = text.split(",line=").nth(1).and_then(|rest| rest.split(',').next()).unwrap();
        let at: usize = at.parse().unwrap();
        // The schema that says it, or the line itself.
        let shown = own.lines().skip(at - 1).take(4).any(|own| own.contains(line));
        assert!(shown, "{direction}: line {at} of\n{own}\n{text}");
    }
}

#[test]
fn entries_that_accept_nothing_are_in_the_report() {
    let (workspace, other) = workspace(|text| text.replace("minimum: 1", "minimum: 2"));
    assert_eq!(drift(&workspace, &other, &["--accept", "soon", "--expires", "2026-02-30"]).0, Some(2));
    assert_eq!(drift(&workspace, &other, &["--accept", " "]).0, Some(2));
    assert_eq!(drift(&workspace, &other, &["--accept", "for now", "--expires", "2001-01-01"]).0, Some(1));
    let (code, text) = drift(&workspace, &other, &["--format", "json"]);
    assert!(code == Some(1) && text.contains("\"expired\": true"), "{text}");
    // Whoever accepts it again replaces what has expired.
    let (code, text) = drift(&workspace, &other, &["--accept", "for good"]);
    assert_eq!(code, Some(0), "{text}");
    let own = workspace.path("contract.yml");
    let (code, text) = drift(&workspace, own.to_str().unwrap(), &["--format", "markdown"]);
    assert!(code == Some(1) && text.contains("**Stale**") && text.contains("matches nothing"), "{text}");
}

#[test]
fn a_history_is_a_changelog_and_a_plot() {
    let (workspace, other) = workspace(|text| text.replace("minimum: 1", "minimum: 2"));
    let own = workspace.path("contract.yml").to_str().unwrap().to_owned();
    let plot = workspace.home("breaks.svg");
    let mut arguments = vec!["drift", "--history", &own, &other, &own, "--plot", plot.to_str().unwrap()];
    let done = workspace.run(&arguments);
    assert_eq!(done.status.code(), Some(0), "{}", told(&done));
    assert!(told(&done).contains("![breaks by release](breaks.svg)"), "{}", told(&done));
    let plot = std::fs::read_to_string(&plot).unwrap();
    assert!(plot.starts_with("<svg") && plot.matches("v1.2.3").count() == 2, "{plot}");
    arguments.extend(["--format", "json"]);
    let done = workspace.run(&arguments);
    let reports: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(reports.as_array().unwrap().len(), 2);
    assert_eq!(workspace.run(&["drift", "--history", &own]).status.code(), Some(2), "one is no history");
    let html = ["drift", "--history", &own, &other, "--format", "html"];
    assert_eq!(workspace.run(&html).status.code(), Some(2));
    let missing = workspace.run(&["drift", "--history", &own, "no-such.yml"]);
    assert_eq!(missing.status.code(), Some(3), "{}", told(&missing));
}

#[test]
fn entries_of_another_product_are_left_alone() {
    let (workspace, other) = workspace(|text| {
        text.replace("minimum: 1", "minimum: 2").replace(
            "  garden:\n",
            "  desert:\n    title: Desert\n    servers: [https://desert.example]\n  garden:\n",
        )
    });
    let own = std::fs::read_to_string(workspace.path("contract.yml")).unwrap();
    let both = own.replace(
        "  garden:\n",
        "  desert:\n    title: Desert\n    servers: [https://desert.example]\n  garden:\n",
    );
    assert_ne!(own, both);
    std::fs::write(workspace.path("contract.yml"), both).unwrap();
    let (code, text) = drift(&workspace, &other, &["--accept", "old trees"]);
    assert_eq!(code, Some(0), "{text}");
    // What is accepted is in the garden only: the desert does not see it.
    let (code, text) = drift(&workspace, &other, &["--product", "desert"]);
    assert_eq!(code, Some(0), "{text}");
    let own = workspace.path("contract.yml");
    let (code, text) = drift(&workspace, own.to_str().unwrap(), &["--product", "desert"]);
    assert!(code == Some(1) && text.contains("matches nothing"), "{text}");
}
