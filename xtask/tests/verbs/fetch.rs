//! Does `cargo xtask fetch` write contract and lock, both or neither, whatever the network does?

use super::support::{Reply, Server, TAG, Workspace, anchors, archive, gzip, release, sent};
use std::io::Read;
use std::process::Output;
use tar::EntryType;

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Asserts that a fetch failed with that exit code and words, and touched nothing.
fn refused(workspace: &Workspace, output: &Output, code: i32, words: &[&str]) {
    let text = stderr(output);
    assert_eq!(output.status.code(), Some(code), "{text}");
    for word in words {
        assert!(text.contains(word), "`{word}` is not in:\n{text}");
    }
    assert!(!text.contains("secret-of-the-test"), "the token is printed:\n{text}");
    assert_eq!(workspace.outputs(), ["old", "old"].map(|old| Some(old.to_owned())));
    assert_eq!(std::fs::read_dir(workspace.path("")).unwrap().count(), 3, "something is left behind");
}

/// What comes out when the invented release is read from a file.
fn expected() -> [Option<String>; 2] {
    let workspace = Workspace::new();
    let file = workspace.path("forest.tar.gz");
    std::fs::write(&file, release()).unwrap();
    let output = workspace.run(&["fetch", "--archive", file.to_str().unwrap()]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(output.stdout.is_empty());
    let made = workspace.outputs();
    assert!(made.iter().all(Option::is_some));
    made
}

#[test]
fn a_tag_an_archive_and_a_folder_give_the_same() {
    let server = Server::start(|_| sent(release()));
    let workspace = Workspace::new();
    let output = workspace.fetch(&server);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(workspace.outputs(), expected());
    let seen = server.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].path, format!("/trees/forest/{TAG}.tar.gz"));
    assert_eq!(seen[0].token.as_deref(), Some("Bearer secret-of-the-test"));

    let folder = workspace.path("forest-1.2.3");
    let bytes = release();
    tar::Archive::new(flate2::read::GzDecoder::new(&bytes[..])).unpack(workspace.path("")).unwrap();
    let output = workspace.run(&["--quiet", "fetch", "--dir", folder.to_str().unwrap()]);
    assert!(output.status.success() && output.stderr.is_empty(), "{}", stderr(&output));
    assert_eq!(workspace.outputs(), expected());
}

#[test]
fn what_passes_is_tried_again() {
    let server = Server::start(|number| match number {
        0 => Reply::Whole(500, vec![], b"busy".to_vec()),
        1 => Reply::Cut(release()),
        _ => sent(release()),
    });
    let workspace = Workspace::with_old();
    let output = workspace.fetch(&server);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stderr(&output).contains("500"), "{}", stderr(&output));
    assert_eq!(server.seen().len(), 3);
    assert_eq!(workspace.outputs(), expected());
}

#[test]
fn what_does_not_pass_is_given_up() {
    for reply in [|| Reply::Whole(503, vec![], vec![]), || Reply::Cut(release())] {
        let server = Server::start(move |_| reply());
        let workspace = Workspace::with_old();
        refused(&workspace, &workspace.fetch(&server), 3, &["gave up after 4 attempts"]);
        assert_eq!(server.seen().len(), 4);
    }
}

#[test]
fn a_missing_release_is_told_at_once() {
    let server = Server::start(|_| Reply::Whole(404, vec![], b"no".to_vec()));
    let workspace = Workspace::with_old();
    refused(&workspace, &workspace.fetch(&server), 3, &["404", "no such release"]);
    assert_eq!(server.seen().len(), 1);
}

#[test]
fn a_named_host_may_answer_without_the_token() {
    let other = Server::start(|_| sent(release()));
    let to = format!("http://localhost:{}/elsewhere", other.port);
    let server = Server::start(move |_| Reply::Whole(302, vec![("Location", to.clone())], vec![]));
    let workspace = Workspace::new();
    let output = workspace.fetch(&server);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(workspace.outputs(), expected());
    assert!(server.seen()[0].token.is_some());
    assert_eq!(other.seen().len(), 1);
    assert_eq!(other.seen()[0].path, "/elsewhere");
    assert_eq!(other.seen()[0].token, None);
}

#[test]
fn other_redirects_are_refused() {
    for (to, words) in [
        ("https://evil.example/x", "redirects to https://evil.example, which sources.toml does not name"),
        ("http://127.0.0.2:1/x", "redirects to http://127.0.0.2"),
        ("ftp://localhost/x", "redirects to ftp://localhost"),
        ("/again", "more than 5 redirects"),
    ] {
        let server = Server::start(move |_| Reply::Whole(301, vec![("Location", to.to_owned())], vec![]));
        let workspace = Workspace::with_old();
        refused(&workspace, &workspace.fetch(&server), 3, &[words]);
    }
    let server = Server::start(|_| Reply::Whole(302, vec![], vec![]));
    let workspace = Workspace::with_old();
    refused(&workspace, &workspace.fetch(&server), 3, &["redirects without saying where"]);
}

#[test]
fn time_and_size_are_bounded() {
    let server = Server::start(|_| Reply::Slow(release()));
    let workspace = Workspace::with_old();
    let output = workspace.run(&["fetch", "--tag", TAG, "--base", &server.base(), "--timeout", "1"]);
    refused(&workspace, &output, 3, &["took longer than 1 s"]);
    let server = Server::start(|_| Reply::Huge(1 << 40));
    let workspace = Workspace::with_old();
    refused(&workspace, &workspace.fetch(&server), 3, &["more than 67108864 bytes"]);
    let server = Server::start(|_| sent(vec![0; (64 << 20) + 1]));
    let workspace = Workspace::with_old();
    refused(&workspace, &workspace.fetch(&server), 3, &["more than 67108864 bytes"]);
}

#[test]
fn a_page_is_not_taken_for_an_archive() {
    let page = b"<!doctype html><title>Sign in</title>".to_vec();
    for (media, words) in
        [("text/html; charset=utf-8", "answered with text"), ("application/gzip", "not a gzip archive")]
    {
        let page = page.clone();
        let server =
            Server::start(move |_| Reply::Whole(200, vec![("Content-Type", media.to_owned())], page.clone()));
        let workspace = Workspace::with_old();
        refused(&workspace, &workspace.fetch(&server), 3, &[words]);
        assert_eq!(server.seen().len(), 1);
    }
}

#[test]
fn hostile_archives_are_refused() {
    let file = EntryType::Regular;
    let cases: [(Vec<u8>, &[&str]); 4] = [
        (
            archive("r-1.2.3", &[("r-1.2.3/../../x.yml", file, "x"), ("/x.yml", file, "x")]),
            &["M0102", "contains `..`", "not a relative path"],
        ),
        (
            archive(
                "r-1.2.3",
                &[
                    ("r-1.2.3/a", EntryType::Symlink, "/etc/passwd"),
                    ("r-1.2.3/b", EntryType::Link, "../../b"),
                ],
            ),
            &["links to `/etc/passwd`", "links to `../../b`"],
        ),
        (archive("r-1.2.3", &[("r-1.2.3/schemas/base.yml", file, "x")]), &["there twice"]),
        (bomb(), &["unpacks to more than 536870912 bytes"]),
    ];
    for (bytes, words) in cases {
        let server = Server::start(move |_| sent(bytes.clone()));
        let workspace = Workspace::with_old();
        refused(&workspace, &workspace.fetch(&server), 3, words);
    }
}

/// Everything that a release is not, and what is said of each, in `told/archive`.
#[test]
fn what_is_no_release_is_told() {
    let page = "<!doctype html><title>Sign in</title>";
    let document = |name: &str, text: &str| {
        let path = format!("forest-1.2.3/schemas/constructs/v1/{name}/api.yml");
        archive("forest-1.2.3", &[(&path, EntryType::Regular, text)])
    };
    let typed = |media: &str| Reply::Whole(200, vec![("Content-Type", media.to_owned())], page.into());
    let bomb = String::from_utf8(anchors()).unwrap();
    let short = release();
    let cases: [(&str, Reply); 11] = [
        ("page", typed("text/html")),
        ("page-as-archive", typed("application/gzip")),
        ("page-as-yaml", sent(document("bush", page))),
        ("not-yaml", sent(document("bush", "openapi: 3.0.3\npaths: [\n"))),
        ("not-openapi", sent(document("bush", "swagger: '2.0'\n"))),
        ("anchors", sent(document("bush", &bomb))),
        ("truncated", Reply::Cut(release())),
        ("truncated-archive", sent(short[..short.len() / 2].to_vec())),
        ("too-large", Reply::Huge(1 << 30)),
        ("endless", Reply::Endless),
        ("not-found", Reply::Whole(404, vec![], vec![])),
    ];
    for (name, reply) in cases {
        let server = Server::start(move |_| reply.clone());
        let workspace = Workspace::with_old();
        let fetch = ["--quiet", "fetch", "--tag", TAG, "--base", &server.base(), "--timeout", "20"];
        workspace.told(&format!("archive/{name}"), &workspace.run(&fetch), &[(&server.base(), "<origin>")]);
    }
}

#[test]
fn an_action_may_say_what_products_an_operation_is_of() {
    let bushes = "openapi: 3.0.3\ninfo: {title: Bushes, version: 1.0.0}\npaths: {/bushes: {get: {operationId: \
        getBushes, tags: [bushes], security: [], responses: {204: {description: None}}}}}\n";
    let path = "forest-1.2.3/schemas/constructs/v1/bush/api.yml";
    let bytes = archive("forest-1.2.3", &[(path, EntryType::Regular, bushes)]);
    let server = Server::start(move |_| sent(bytes.clone()));
    let workspace = Workspace::with_old();
    let words = ["M0204", "bush/api.yml:3 at /paths/~1bushes/get", "by an action in schemas/overlay.yml"];
    refused(&workspace, &workspace.fetch(&server), 1, &words);
    let overlay = "overlay: 1.0.0\ninfo: {title: Repairs, version: 1.0.0}\nactions:\n  \
        - {target: \"$.paths.*[?!@['x-internal']]\", update: {x-internal: [garden]}, x-reason: Bushes grow in \
        gardens., x-verified: [v1.2.3]}\n";
    std::fs::write(workspace.path("overlay.yml"), overlay).unwrap();
    let output = workspace.fetch(&server);
    assert!(output.status.success(), "{}", stderr(&output));
    let [contract, _] = workspace.outputs().map(Option::unwrap);
    assert!(contract.contains("getBushes") && contract.contains("getTrees"), "{contract}");
}

/// A small archive that unpacks to more than half a gigabyte.
fn bomb() -> Vec<u8> {
    let mut bytes = Vec::new();
    let zeros = std::io::repeat(0).take((512 << 20) + 1);
    flate2::read::GzEncoder::new(zeros, flate2::Compression::fast()).read_to_end(&mut bytes).unwrap();
    bytes
}

#[test]
fn another_release_than_was_asked_for_is_refused() {
    let server = Server::start(|_| sent(archive("forest-9.9.9", &[])));
    let workspace = Workspace::with_old();
    refused(&workspace, &workspace.fetch(&server), 3, &["v1.2.3 was asked for", "of v9.9.9"]);
    let server = Server::start(|_| sent(archive("forest-main", &[])));
    let workspace = Workspace::new();
    assert!(workspace.fetch(&server).status.success());
    assert_eq!(workspace.outputs(), expected());
}

#[test]
fn findings_write_nothing() {
    let broken = "openapi: 3.0.3\ninfo: {title: X, version: 1.0.0}\npaths: {/x: {get: {x-internal: [garden], responses: {200: {$ref: '#/none'}}}}}\n";
    let bytes =
        archive("r-1.2.3", &[("r-1.2.3/schemas/constructs/v1/x/api.yml", EntryType::Regular, broken)]);
    let workspace = Workspace::with_old();
    let server = Server::start(move |_| sent(bytes.clone()));
    refused(&workspace, &workspace.fetch(&server), 1, &["schemas/constructs/v1/x/api.yml:3"]);
    let server = Server::start(|_| sent(gzip(b"not a tar archive")));
    refused(&workspace, &workspace.fetch(&server), 3, &["M0102"]);
    // A fact that is refused can be said differently.
    let schema = "{type: string, maxLength: '1'}";
    let odd = format!(
        "openapi: 3.0.3\ninfo: {{title: X, version: 1.0.0}}\npaths: {{/x: {{get: {{x-internal: [garden], operationId: x, \
         responses: {{200: {{description: X, content: {{application/json: {{schema: {schema}}}}}}}}}}}}}}}\n"
    );
    let bytes = archive("r-1.2.3", &[("r-1.2.3/schemas/constructs/v1/x/api.yml", EntryType::Regular, &odd)]);
    let server = Server::start(move |_| sent(bytes.clone()));
    refused(&workspace, &workspace.fetch(&server), 1, &["M0402", "schemas/overlay.yml repairs"]);
}

#[test]
fn both_are_written_or_neither() {
    let workspace = Workspace::with_old();
    std::fs::remove_file(workspace.path("schemas.lock")).unwrap();
    std::fs::create_dir(workspace.path("schemas.lock")).unwrap();
    let server = Server::start(|_| sent(release()));
    let output = workspace.fetch(&server);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert_eq!(workspace.outputs(), [Some("old".to_owned()), None]);
}

#[test]
fn wrong_usage_is_told() {
    let workspace = Workspace::with_old();
    for (arguments, words) in [
        (&["fetch"][..], "required"),
        (&["fetch", "--tag", "v1", "--base", "https://example.org"], "not the tag of a release"),
        (&["fetch", "--tag", "../v1.0.0"], "not the tag of a release"),
        (&["fetch", "--tag", TAG, "--base", "http://example.org"], "neither https nor on this machine"),
        (&["fetch", "--tag", TAG, "--base", "https://me:pass@example.org"], "holds credentials"),
        (&["fetch", "--tag", TAG, "--archive", "x"], "cannot be used with"),
    ] {
        refused(&workspace, &workspace.run(arguments), 2, &[words]);
    }
    refused(
        &workspace,
        &workspace.run(&["fetch", "--archive", "no-such-file"]),
        3,
        &["cannot read no-such-file"],
    );
}
