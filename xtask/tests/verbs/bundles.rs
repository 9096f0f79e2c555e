//! Does `cargo xtask fetch --bundle` read bundles from files and from where they are published?

use super::support::{Reply, SECRET, Server, Workspace, anchors, gzip, sent};
use std::process::Output;

const GARDEN: &str = r#"{"openapi": "3.0.3", "info": {"title": "Forest", "version": "1.0.0"},
    "servers": [{"url": "https://example.org"}], "paths": {"/trees/{height}": {"get": {"operationId": "getTrees",
    "tags": ["Trees"], "x-internal": ["garden"],
    "parameters": [{"name": "height", "in": "path", "required": true, "schema": {"type": "integer"}}],
    "responses": {"204": {"description": "None"}}}}},
    "components": {"securitySchemes": {"jwt": {"type": "http", "scheme": "bearer"}}}}"#;

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn fetch(workspace: &Workspace, bundle: &str, more: &[&str]) -> Output {
    let all = ["--quiet", "fetch", "--release", "v1.2.3", "--timeout", "20", "--bundle", bundle];
    workspace.run(&[&all, more].concat())
}

fn whole(media: &'static str, body: &'static [u8]) -> Reply {
    Reply::Whole(200, vec![("Content-Type", media.to_owned())], body.to_vec())
}

#[test]
fn a_file_and_a_url_give_the_same_contract() {
    let workspace = Workspace::new();
    let file = workspace.home("garden.json.gz");
    std::fs::write(&file, gzip(GARDEN.as_bytes())).unwrap();
    let output = fetch(&workspace, file.to_str().unwrap(), &[]);
    assert!(output.status.success(), "{}", stderr(&output));
    let [contract, lock] = workspace.outputs().map(Option::unwrap);
    assert!(contract.contains("getTrees"), "{contract}");
    for words in ["kind = \"bundle\"", "tag = \"v1.2.3\"", "[[source.bundles]]\nof = \"garden\"\nsha256 = "] {
        assert!(lock.contains(words), "{lock}");
    }
    let server = Server::start(|_| whole("application/json", GARDEN.as_bytes()));
    let other = Workspace::new();
    let url = format!("garden=http://localhost:{}/data/garden.json?token=of-a-mirror#x", server.port);
    let output = fetch(&other, &url, &[]);
    assert!(output.status.success(), "{}", stderr(&output));
    let [again, lock] = other.outputs().map(Option::unwrap);
    assert_eq!(again, contract);
    assert!(
        lock.contains(&format!("url = \"http://localhost:{}/data/garden.json?...\"", server.port)),
        "{lock}"
    );
    assert_eq!(server.seen()[0].path, "/data/garden.json?token=of-a-mirror");
    assert_eq!(server.seen()[0].token.as_deref(), Some(&*format!("Bearer {SECRET}")));
}

#[test]
fn the_token_is_for_known_hosts_only() {
    let server = Server::start(|_| whole("application/json", GARDEN.as_bytes()));
    let workspace = Workspace::new();
    assert!(fetch(&workspace, &format!("{}/x", server.base()), &[]).status.success());
    assert_eq!(server.seen()[0].token, None);
    let to = format!("{}/elsewhere", server.base());
    let known = Server::start(move |_| Reply::Whole(302, vec![("Location", to.clone())], vec![]));
    let workspace = Workspace::with_old();
    let output = fetch(&workspace, &format!("http://localhost:{}/x", known.port), &[]);
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains("redirects to http://127.0.0.1, which sources.toml does not name"));
    assert_eq!(server.seen().len(), 1);
}

#[test]
fn a_bundle_that_changed_is_refused() {
    let (workspace, file) = (Workspace::new(), "garden.json");
    std::fs::write(workspace.home(file), GARDEN).unwrap();
    assert!(fetch(&workspace, file, &[]).status.success());
    std::fs::write(workspace.home(file), GARDEN.replace("getTrees", "getTree")).unwrap();
    workspace.said("bundle/changed", &fetch(&workspace, file, &[]), &[]);
    assert!(fetch(&workspace, file, &["--relock"]).status.success());
}

#[test]
fn what_is_no_bundle_is_refused() {
    let bomb: &'static [u8] = anchors().leak();
    type Answer = fn(&'static [u8]) -> Reply;
    let cases: [(&str, Answer); 10] = [
        ("page", |_| whole("text/html", b"<!doctype html><title>Sign in</title>")),
        ("page-as-yaml", |_| whole("text/plain", b"\n<!doctype html>\n<title>Sign in</title>")),
        ("not-yaml", |_| whole("text/yaml", b"openapi: 3.0.0\npaths: [\n")),
        ("anchors", |bomb| whole("application/yaml", bomb)),
        ("not-openapi", |_| whole("text/plain", b"swagger: '2.0'\n")),
        ("too-large", |_| Reply::Huge(1 << 30)),
        ("endless", |_| Reply::Endless),
        ("truncated", |_| Reply::Cut(GARDEN.as_bytes().to_vec())),
        ("truncated-gzip", |_| {
            let packed = gzip(GARDEN.as_bytes());
            sent(packed[..packed.len() / 2].to_vec())
        }),
        ("not-found", |_| Reply::Whole(404, vec![], vec![])),
    ];
    for (name, reply) in cases {
        let server = Server::start(move |_| reply(bomb));
        let workspace = Workspace::with_old();
        let output = fetch(&workspace, &format!("garden={}/x.yml", server.base()), &[]);
        workspace.told(&format!("bundle/{name}"), &output, &[(&server.base(), "<origin>")]);
    }
}

#[test]
fn wrong_usage_is_told() {
    let workspace = Workspace::with_old();
    for (bundle, words) in [
        ("desert=x.yml", "`desert` is no product; there are merged, garden"),
        ("http://example.org/x.yml", "neither https nor on this machine"),
        ("https://me:secret-of-the-test@example.org/x.yml", "holds credentials"),
    ] {
        let output = fetch(&workspace, bundle, &[]);
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        assert!(stderr(&output).contains(words) && !stderr(&output).contains(SECRET), "{}", stderr(&output));
    }
    std::fs::write(workspace.home("x.json"), GARDEN).unwrap();
    let twice = fetch(&workspace, "x.json", &["--bundle", "garden=x.json"]);
    assert!(stderr(&twice).contains("a second bundle of `garden`"), "{}", stderr(&twice));
    let output = workspace.run(&["fetch", "--bundle", "x.json"]);
    assert!(stderr(&output).contains("add --release vX.Y.Z"), "{}", stderr(&output));
}
