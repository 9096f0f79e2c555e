//! What is called at a terminal: login, token, call, completion.

use crate::provider::FakeProvider;
use crate::token::{FIRST, envelope, now};
use crate::{Server, mesheryd, run};
use serde_json::json;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

#[test]
fn a_login_leaves_what_mesheryctl_reads() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::start(mesheryd(home.path()).arg("serve"));
    let endpoint = format!("http://{}", server.address);
    let (code, _, said) = run(mesheryd(home.path()).args(["login", "--no-browser", "--endpoint", &endpoint]));
    assert_eq!(code, 0, "{said}");
    let file = home.path().join(".meshery/auth.json");
    assert_eq!(fs::read_to_string(&file).unwrap(), r#"{"meshery-provider":"Local","token":""}"#);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let (code, told, _) = run(mesheryd(home.path()).arg("token"));
    assert!(code == 0 && told.contains("provider:  Local"), "{told}");
}

#[test]
fn a_token_is_told_of_and_shown_only_when_asked_for() {
    let home = tempfile::tempdir().unwrap();
    let (code, _, said) = run(mesheryd(home.path()).arg("token"));
    assert!(code == 1 && said.contains("run `mesheryd login`"), "{said}");
    let with = |arguments: &[&str]| {
        run(mesheryd(home.path())
            .env("MESHERY_TOKEN", "hunter2")
            .env("MESHERY_PROVIDER", "X")
            .args(arguments))
    };
    let (_, told, said) = with(&["token"]);
    assert!(told.contains("provider:  X") && !format!("{told}{said}").contains("hunter2"), "{told}");
    assert_eq!(with(&["token", "--show"]).1, "hunter2\n");
}

#[test]
fn operations_are_called_by_their_id() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::start(mesheryd(home.path()).arg("serve"));
    let call = |arguments: &[&str]| {
        let endpoint = format!("http://{}", server.address);
        run(mesheryd(home.path()).env("MESHERY_ENDPOINT", endpoint).arg("call").args(arguments))
    };
    let (code, page, said) = call(&["getWorkspaces", "--output", "raw"]);
    assert!(code == 0 && page.contains("\"workspaces\":"), "{said}");
    let (code, items, said) = call(&["getWorkspaces", "--all"]);
    assert!(code == 0 && items.starts_with('['), "{said}");
    let (code, _, said) = call(&["getWorkspaceById"]);
    assert!(code == 1 && said.contains("--param workspaceId=... is missing"), "{said}");
    let (code, _, said) = call(&["getWorkspaces", "--param", "serach=x"]);
    assert!(code == 1 && said.contains("there is no parameter serach; there are:"), "{said}");
    let (code, _, said) = call(&["openTerminalConsole"]);
    assert!(code == 1 && said.contains("WebSocket"), "{said}");
    let (code, _, said) = call(&["getWorkspacse"]);
    assert!(code == 2 && said.contains("getWorkspaces"), "a name that is close: {said}");
    assert!(!said.contains("bulkDeleteEvents"), "and not all of them: {said}");
    let endpoint = format!("http://{}", server.address);
    let (code, page, said) =
        run(mesheryd(home.path()).args(["call", "getWorkspaces", "--endpoint", &endpoint]));
    assert!(code == 0 && page.contains("\"workspaces\":"), "{said}");
    let (code, table, said) = call(&["getOrgs", "--output", "table"]);
    assert!(code == 0 && table.starts_with("ID ") && table.lines().count() == 2, "{table} {said}");
    let (code, script, _) = run(mesheryd(home.path()).args(["completion", "bash"]));
    assert!(code == 0 && script.contains("getWorkspaces"), "ids of operations are completed");
}

/// What a browser does in the end: it calls the URL that the provider was given, with a token.
fn browse(url: &str, token: &str) -> String {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let source = url.split_once("source=").unwrap().1.split('&').next().unwrap();
    let callback = String::from_utf8(URL_SAFE_NO_PAD.decode(source).unwrap()).unwrap();
    let mut stream = TcpStream::connect(callback.strip_prefix("http://").unwrap()).unwrap();
    write!(stream, "GET /?token={token} HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_by_browser_leaves_what_mesheryctl_reads_and_is_refreshed() {
    let home = tempfile::tempdir().unwrap();
    let provider = FakeProvider::with("k", &FIRST).await;
    let mut command = mesheryd(home.path());
    command.args(["serve", "--provider-url", &provider.url]);
    let server = Server::start(&mut command);
    let endpoint = format!("http://{}", server.address);
    let (expiring, fresh) = (
        envelope(&FIRST.with_claims("k", json!({ "exp": now() + 20 })), "refresh-1"),
        envelope(&FIRST.token("k"), "refresh-2"),
    );
    let mut command = mesheryd(home.path());
    command.args(["login", "--no-browser", "--provider", "Meshery", "--endpoint", &endpoint]);
    let mut login = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(login.stderr.take().unwrap()).lines().map(Result::unwrap);
    let page = lines.find(|line| line.starts_with("http")).unwrap();
    assert!(page.starts_with(&format!("{}/login?source=", provider.url)), "{page}");
    assert!(browse(&page, &expiring).starts_with("HTTP/1.1 200"));
    assert!(login.wait().unwrap().success());
    let file = home.path().join(".meshery/auth.json");
    let kept = |token: &str| format!(r#"{{"meshery-provider":"Meshery","token":"{token}"}}"#);
    assert_eq!(fs::read_to_string(&file).unwrap(), kept(&expiring));
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);

    let with =
        |arguments: &[&str]| run(mesheryd(home.path()).env("MESHERY_ENDPOINT", &endpoint).args(arguments));
    let (code, page, said) = with(&["call", "getWorkspaces"]);
    assert!(code == 0 && page.contains("\"workspaces\":"), "{said}");
    assert!(said.contains("does not refresh it"), "the provider refuses, and the token still counts: {said}");
    provider.set(|memory| memory.fresh = Some(fresh.clone()));
    let (code, _, said) = with(&["call", "getWorkspaces"]);
    assert_eq!((code, said.as_str()), (0, ""));
    assert_eq!(fs::read_to_string(&file).unwrap(), kept(&fresh), "refreshed, and kept for mesheryctl");
    let (code, _, said) = with(&["call", "getWorkspaces"]);
    assert_eq!((code, provider.set(|memory| memory.refreshed)), (0, 2), "{said}");
    let (code, told, said) = with(&["token", "--refresh"]);
    assert!(code == 0 && told.contains("provider:  Meshery"), "{said}");
    assert_eq!(provider.set(|memory| memory.refreshed), 3);
}
