//! Does `cargo xtask fetch --npm` take the package from the registry that npm is configured for,
//! and only when it is what was published?

use super::support::{Reply, Request, SECRET, Server, Workspace, gzip};
use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha512};
use std::process::Output;
use tar::{Builder, Header};

/// Where the registry is below its origin.
const BASE: &str = "/npm";
const TREES: &str = r#"'use strict';var e={openapi:"3.0.0",info:{title:"Trees",version:"v1"},security:[{jwt:[]}],paths:{"/trees/{height}":{get:{operationId:"getTrees",tags:["Trees"],"x-internal":["garden"],parameters:[{name:"height",in:"path",required:!0,schema:{type:"integer"}}],responses:{200:{description:"Those trees",content:{"application/json":{schema:{type:"object",properties:{height:{type:"integer",minimum:1}}}}}}}}}},components:{securitySchemes:{jwt:{type:"http",scheme:"bearer"}},schemas:{Tree:{type:"object",properties:{height:{type:"integer",minimum:1}}}}}},t=e;module.exports=t;"#;

fn tarball(document: &str) -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    for (name, text) in [
        ("package/package.json", r#"{"name": "@trees/forest", "version": "1.2.3"}"#),
        ("package/dist/v1/tree/TreeSchema.js", document),
    ] {
        let mut header = Header::new_ustar();
        header.set_size(text.len() as u64);
        builder.append_data(&mut header, name, text.as_bytes()).unwrap();
    }
    gzip(&builder.into_inner().unwrap())
}

fn integrity(bytes: &[u8]) -> String {
    format!("sha512-{}", STANDARD.encode(Sha512::digest(bytes)))
}

fn json(text: String) -> Reply {
    Reply::Whole(200, vec![("Content-Type", "application/json".to_owned())], text.into_bytes())
}

/// What a registry knows of the package, with that `dist`.
fn known(dist: &str) -> Reply {
    json(format!(
        r#"{{"name": "@trees/forest", "dist-tags": {{"latest": "1.2.3"}},
            "versions": {{"1.2.3": {{"dist": {dist}, "gitHead": "{}"}}, "1.0.0": {{}}}}}}"#,
        "a".repeat(40)
    ))
}

/// A `dist` as registries write it.
fn dist(origin: &str, bytes: &[u8]) -> String {
    format!(r#"{{"tarball": "{origin}{BASE}/forest-1.2.3.tgz", "integrity": "{}"}}"#, integrity(bytes))
}

/// A registry that has the package with that document.
fn registry(document: &str) -> Server {
    let bytes = tarball(document);
    serving(move |request, origin| match request.path.ends_with(".tgz") {
        true => Reply::Whole(200, vec![], bytes.clone()),
        false => known(&dist(origin, &bytes)),
    })
}

fn serving(reply: impl Fn(&Request, &str) -> Reply + Send + 'static) -> Server {
    Server::answering(move |_, request, origin| reply(request, origin))
}

/// A workspace whose user has that in the npm configuration, with `REGISTRY` for the host.
fn configured(server: &Server, npmrc: &str) -> Workspace {
    let workspace = Workspace::with_old();
    let host = format!("127.0.0.1:{}{BASE}/", server.port);
    std::fs::write(workspace.home(".npmrc"), npmrc.replace("REGISTRY", &host)).unwrap();
    workspace
}

const PLAIN: &str = "registry=http://REGISTRY\n";
const TOKEN: &str = "registry=http://REGISTRY\n//REGISTRY:_authToken=${FOREST_TOKEN}\n";

fn fetch(workspace: &Workspace, arguments: &[&str]) -> Output {
    let all: Vec<_> =
        ["--quiet", "fetch", "--timeout", "20", "--npm"].iter().chain(arguments).copied().collect();
    workspace.run_with(&[("FOREST_TOKEN", SECRET)], &all)
}

/// Fetches from a registry of which not even the second answer is right.
fn told(name: &str, npmrc: &str, arguments: &[&str], server: &Server) {
    masked(name, npmrc, arguments, server, &[]);
}

fn masked(name: &str, npmrc: &str, arguments: &[&str], server: &Server, masks: &[(&str, &str)]) {
    let workspace = configured(server, npmrc);
    let origin = server.base();
    let masks = [&[(&*origin, "<origin>"), (&origin["http:".len()..], "//<host>")], masks].concat();
    workspace.told(&format!("npm/{name}"), &fetch(&workspace, arguments), &masks);
}

#[test]
fn what_was_not_published_is_refused() {
    let bytes = tarball(TREES);
    let other = tarball("module.exports={}");
    let (published, found) = (integrity(&bytes), integrity(&other));
    let server = serving(move |request, origin| match request.path.ends_with(".tgz") {
        true => Reply::Whole(200, vec![], other.clone()),
        false => known(&dist(origin, &bytes)),
    });
    masked("wrong-integrity", PLAIN, &[], &server, &[(&published, "<published>"), (&found, "<found>")]);
    assert_eq!(server.seen().len(), 2);
    for (name, dist) in [
        ("no-integrity", r#"{"tarball": "ORIGIN/npm/x.tgz"}"#),
        ("unknown-integrity", r#"{"tarball": "ORIGIN/npm/x.tgz", "integrity": "md5-x", "shasum": "00"}"#),
        ("no-tarball", r#"{"shasum": "a94a8fe5ccb19ba61c4c0873d391e987982fbbd3"}"#),
        (
            "tarball-elsewhere",
            r#"{"tarball": "https://elsewhere.example/x.tgz", "integrity": "sha512-INTEGRITY"}"#,
        ),
    ] {
        let digest = STANDARD.encode([0; 64]);
        let server =
            serving(move |_, origin| known(&dist.replace("ORIGIN", origin).replace("INTEGRITY", &digest)));
        told(name, PLAIN, &["1.2.3"], &server);
        assert_eq!(server.seen().len(), 1, "{name}: nothing else is asked");
    }
}

#[test]
fn what_is_no_package_is_refused() {
    let page = || b"<!doctype html><title>Sign in</title>".to_vec();
    let html = move || Reply::Whole(200, vec![("Content-Type", "text/html".to_owned())], page());
    told("page-for-metadata", PLAIN, &[], &serving(move |_, _| html()));
    told("page-without-type", PLAIN, &[], &serving(move |_, _| Reply::Whole(200, vec![], page())));
    told("not-json", PLAIN, &[], &serving(|_, _| json("{".to_owned())));
    told("another-package", PLAIN, &[], &serving(|_, _| json(r#"{"name": "x"}"#.to_owned())));
    let bytes = tarball(TREES);
    let server = serving(move |request, origin| match request.path.ends_with(".tgz") {
        true => html(),
        false => known(&dist(origin, &bytes)),
    });
    told("page-for-tarball", PLAIN, &[], &server);
    told("not-a-literal", PLAIN, &[], &registry("module.exports={openapi:require('./version')}"));
    told("no-such-version", PLAIN, &["9.9.9"], &registry(TREES));
}

#[test]
fn what_breaks_or_never_ends_is_given_up() {
    let bytes = tarball(TREES);
    let truncated = serving(move |request, origin| match request.path.ends_with(".tgz") {
        true => Reply::Cut(bytes.clone()),
        false => known(&dist(origin, &bytes)),
    });
    told("truncated", PLAIN, &[], &truncated);
    assert_eq!(truncated.seen().len(), 5);
    for (name, reply) in
        [("too-large", (|| Reply::Huge(1 << 30)) as fn() -> Reply), ("endless", || Reply::Endless)]
    {
        let bytes = tarball(TREES);
        let server = serving(move |request, origin| match request.path.ends_with(".tgz") {
            true => reply(),
            false => known(&dist(origin, &bytes)),
        });
        told(name, PLAIN, &[], &server);
        assert_eq!(server.seen().len(), 2);
    }
}

#[test]
fn credentials_are_sent_to_the_registry_only() {
    let elsewhere = Server::start(|_| Reply::Whole(200, vec![], vec![]));
    let to = format!("http://localhost:{}/x", elsewhere.port);
    let server = serving(move |_, _| Reply::Whole(302, vec![("Location", to.clone())], vec![]));
    told("redirect", TOKEN, &[], &server);
    assert_eq!(server.seen()[0].token.as_deref(), Some(&*format!("Bearer {SECRET}")));
    assert!(elsewhere.seen().is_empty());
    let to = format!("http://127.0.0.1:{}{BASE}/x", elsewhere.port);
    let server = serving(move |_, _| Reply::Whole(302, vec![("Location", to.clone())], vec![]));
    let workspace = configured(&server, TOKEN);
    let output = fetch(&workspace, &[]);
    assert_eq!(output.status.code(), Some(3), "another port is another server");
    assert!(elsewhere.seen().is_empty());
}

#[test]
fn what_a_registry_asks_for_is_told() {
    for (status, name) in [(401, "unauthorized"), (403, "forbidden"), (404, "not-found")] {
        for (npmrc, with) in [(PLAIN, "without"), (TOKEN, "with")] {
            let server = serving(move |_, _| Reply::Whole(status, vec![], vec![]));
            told(&format!("{name}-{with}-credentials"), npmrc, &[], &server);
            assert_eq!(server.seen().len(), 1);
        }
    }
    let unset = TOKEN.replace("FOREST_TOKEN", "NOT_SET");
    let server = serving(|_, _| Reply::Whole(401, vec![], vec![]));
    told("unset-variable", &unset, &[], &server);
    assert_eq!(server.seen()[0].token, None, "a placeholder is no token");
    let later = || Reply::Whole(429, vec![("Retry-After", "3600".to_owned())], vec![]);
    told("retry-much-later", PLAIN, &[], &serving(move |_, _| later()));
    told("insecure-registry", "registry=http://registry.example/\n", &[], &registry(TREES));
    told(
        "registry-with-password",
        "registry=https://me:secret-of-the-test@registry.example/\n",
        &[],
        &registry(TREES),
    );
}

#[test]
fn a_busy_registry_is_waited_for() {
    let server = Server::answering(|number, _, _| match number {
        0 => Reply::Whole(429, vec![("Retry-After", "1".to_owned())], vec![]),
        _ => Reply::Whole(404, vec![], vec![]),
    });
    let workspace = configured(&server, PLAIN);
    let begun = std::time::Instant::now();
    let output = workspace.run(&["fetch", "--npm"]);
    assert!(begun.elapsed().as_secs() >= 1);
    assert!(String::from_utf8_lossy(&output.stderr).contains("429"));
    assert_eq!(server.seen().len(), 2);
}

#[test]
fn a_version_a_tag_and_a_tarball_give_the_same() {
    let server = registry(TREES);
    let mut made = Vec::new();
    for asked in [&["1.2.3"][..], &["v1.2.3"], &["latest"], &[]] {
        let workspace = configured(&server, TOKEN);
        let output = fetch(&workspace, asked);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        made.push(workspace.outputs().map(Option::unwrap));
    }
    let workspace = configured(&server, "registry=https://registry.example/\n");
    std::fs::write(workspace.home("forest.tgz"), tarball(TREES)).unwrap();
    let commit = "a".repeat(40);
    let output = fetch(&workspace, &["forest.tgz", "--commit", &commit]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    made.push(workspace.outputs().map(Option::unwrap));
    made.dedup();
    let [[contract, lock]] = &made[..] else { panic!("they differ: {made:#?}") };
    assert!(contract.contains("v1.tree.Tree"), "{contract}");
    for words in [
        "kind = \"npm\"",
        "package = \"@trees/forest\"",
        "tag = \"v1.2.3\"",
        &integrity(&tarball(TREES)),
        &commit,
    ] {
        assert!(lock.contains(words), "{lock}");
    }
    for request in server.seen() {
        assert_eq!(request.token.as_deref(), Some(&*format!("Bearer {SECRET}")));
        assert!(["/npm/@trees%2fforest", "/npm/forest-1.2.3.tgz"].contains(&&*request.path));
    }
}

#[test]
fn the_registry_of_the_scope_counts_and_tarballs_are_asked_of_it() {
    let bytes = tarball(TREES);
    let server = serving(move |request, _| match request.path.ends_with(".tgz") {
        true => Reply::Whole(200, vec![], bytes.clone()),
        // As the usual registry would say.
        false => known(&dist("https://registry.example", &bytes).replace(BASE, "")),
    });
    let npmrc = "registry=https://another.example\n@trees:registry=http://REGISTRY\n";
    let workspace = configured(&server, npmrc);
    let output = fetch(&workspace, &[]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(server.seen()[1].path, "/npm/forest-1.2.3.tgz");
    told("registry-not-replaced", &format!("{npmrc}replace-registry-host=never\n"), &[], &server);
}

#[test]
fn sha1_is_enough_only_where_there_is_nothing_else() {
    let bytes = tarball(TREES);
    let shasum: String = sha1::Sha1::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    for (dist, success) in [
        (format!(r#"{{"tarball": "ORIGIN/npm/x.tgz", "shasum": "{shasum}"}}"#), true),
        (
            format!(
                r#"{{"tarball": "ORIGIN/npm/x.tgz", "shasum": "{shasum}", "integrity": "sha512-{}"}}"#,
                STANDARD.encode([0; 64])
            ),
            false,
        ),
    ] {
        let bytes = bytes.clone();
        let server = serving(move |request, origin| match request.path.ends_with(".tgz") {
            true => Reply::Whole(200, vec![], bytes.clone()),
            false => known(&dist.replace("ORIGIN", origin)),
        });
        let workspace = configured(&server, PLAIN);
        let output = workspace.run(&["fetch", "--npm"]);
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.success(), success, "{text}");
        assert_eq!(text.contains("publishes only SHA-1"), success, "{text}");
    }
}

#[test]
fn a_version_that_was_published_anew_is_refused() {
    let workspace = configured(&registry(TREES), PLAIN);
    let first = registry(TREES);
    std::fs::write(workspace.home(".npmrc"), format!("registry={}{BASE}\n", first.base())).unwrap();
    assert!(fetch(&workspace, &[]).status.success());
    let second = registry(&TREES.replace("getTrees", "getTree"));
    std::fs::write(workspace.home(".npmrc"), format!("registry={}{BASE}\n", second.base())).unwrap();
    let output = fetch(&workspace, &[]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8_lossy(&output.stderr);
    for words in [
        "the digest of v1.2.3 is",
        "the integrity of the tarball of v1.2.3 is",
        "GET /trees/{height} at /operationId: operation id was",
    ] {
        assert!(text.contains(words), "{text}");
    }
    assert!(fetch(&workspace, &["--relock"]).status.success());
    // What was kept of it is enough from now on.
    drop(second);
    assert!(fetch(&workspace, &["--offline"]).status.success());
}
