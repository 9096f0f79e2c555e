//! Is a release that changed since it was locked refused, and is it said what changed?

use super::support::{Server, Workspace, archive, sent};
use tar::EntryType;

const BUSHES: &str = "openapi: 3.0.3\ninfo: {title: Bushes, version: 1.0.0}\nsecurity: [{jwt: []}]\n\
    paths: {/bushes: {get: {operationId: getBushes, tags: [Bushes], x-internal: [garden], responses: {204: {description: None}}}}}\n\
    components: {securitySchemes: {jwt: {type: http, scheme: bearer}}}\n";

/// The archive of the invented release with an operation that it did not have.
fn moved() -> Vec<u8> {
    archive(
        "forest-1.2.3",
        &[("forest-1.2.3/schemas/constructs/v1/bush/api.yml", EntryType::Regular, BUSHES)],
    )
}

/// And with a file that changes nothing.
fn padded() -> Vec<u8> {
    archive("forest-1.2.3", &[("forest-1.2.3/schemas/notes.yml", EntryType::Regular, "a: 1")])
}

#[test]
fn a_release_that_moved_is_refused_until_told_otherwise() {
    let workspace = Workspace::new();
    let first = Server::start(|_| sent(archive("forest-1.2.3", &[])));
    assert!(workspace.fetch(&first).status.success());
    let held = workspace.outputs();
    for (bytes, name) in [(moved(), "another-operation"), (padded(), "another-file")] {
        let file = workspace.home("moved.tar.gz");
        std::fs::write(&file, bytes).unwrap();
        let output = workspace.run(&["--quiet", "fetch", "--archive", file.to_str().unwrap()]);
        workspace.said(&format!("trust/{name}"), &output, &[]);
        assert_eq!(workspace.outputs(), held);
        let server = Server::start({
            let bytes = std::fs::read(&file).unwrap();
            move |_| sent(bytes.clone())
        });
        assert_eq!(workspace.fetch(&server).status.code(), Some(1));
    }
    let file = workspace.home("moved.tar.gz");
    std::fs::write(&file, moved()).unwrap();
    assert!(workspace.run(&["fetch", "--archive", file.to_str().unwrap(), "--relock"]).status.success());
    assert!(workspace.outputs()[0].as_ref().unwrap().contains("/bushes"));
}

#[test]
fn another_release_is_not_compared() {
    let workspace = Workspace::new();
    let first = Server::start(|_| sent(archive("forest-1.2.3", &[])));
    assert!(workspace.fetch(&first).status.success());
    let file = workspace.home("other.tar.gz");
    std::fs::write(&file, archive("forest-1.2.4", &[])).unwrap();
    assert!(workspace.run(&["fetch", "--archive", file.to_str().unwrap()]).status.success());
}
