//! What needs nothing but the contract: `mesheryd mock` and `mesheryd openapi`.

use crate::{Server, mesheryd, run};
use serde_json::Value;

/// A request for workspaces with these header lines, each with its end.
fn ask(server: &Server, method: &str, headers: &str) -> String {
    server.exchange(&format!(
        "{method} /api/workspaces HTTP/1.1\r\nHost: {}\r\n{headers}Connection: close\r\n\r\n",
        server.address
    ))
}

fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").unwrap().1
}

#[test]
fn a_mock_draws_the_same_from_the_same_seed_and_stops_when_it_is_told_to() {
    let home = tempfile::tempdir().unwrap();
    let drawn = |seed: &str| {
        let mut server = Server::start(mesheryd(home.path()).args(["mock", "--seed", seed]));
        let answer = ask(&server, "GET", "");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        server.signal();
        assert_eq!(server.wait().0, 0, "it ends by itself");
        body(&answer).to_owned()
    };
    let first = drawn("7");
    assert_eq!(first, drawn("7"));
    assert_ne!(first, drawn("8"));
}

#[test]
fn a_mock_lets_in_who_shows_the_token_and_pages_that_are_named() {
    let home = tempfile::tempdir().unwrap();
    let ui = "http://ui.test:3000";
    let arguments = ["mock", "--token", "hunter2", "--allow-origin", ui];
    let server = Server::start(mesheryd(home.path()).args(arguments));
    assert!(ask(&server, "GET", "").starts_with("HTTP/1.1 401"));
    assert!(ask(&server, "GET", "Authorization: Bearer wrong\r\n").starts_with("HTTP/1.1 401"));
    let answer = ask(&server, "GET", &format!("Authorization: Bearer hunter2\r\nOrigin: {ui}\r\n"));
    let head = answer.split_once("\r\n\r\n").unwrap().0.to_ascii_lowercase();
    assert!(head.starts_with("http/1.1 200") && head.contains(&format!("allow-origin: {ui}")), "{head}");
    let answer = ask(&server, "GET", "Authorization: Bearer hunter2\r\nOrigin: http://evil.test\r\n");
    assert!(!answer.to_ascii_lowercase().contains("access-control-allow-origin"), "{answer}");
}

#[test]
fn a_mock_without_a_token_is_for_this_machine_and_its_pages() {
    let home = tempfile::tempdir().unwrap();
    let ui = "http://ui.test:3000";
    let server = Server::start(mesheryd(home.path()).args(["mock", "--allow-origin", ui]));
    let post = |origin: &str| ask(&server, "POST", &format!("Origin: {origin}\r\nContent-Length: 0\r\n"));
    assert!(post("http://evil.test").starts_with("HTTP/1.1 403"));
    for near in [ui, &format!("http://{}", server.address)] {
        assert!(!post(near).starts_with("HTTP/1.1 403"), "{near}");
    }
    let rebound = "GET /api/workspaces HTTP/1.1\r\nHost: evil.test\r\nConnection: close\r\n\r\n";
    assert!(server.exchange(rebound).starts_with("HTTP/1.1 403"));
}

#[test]
fn the_contract_is_printed_as_it_is_asked_for() {
    let home = tempfile::tempdir().unwrap();
    let printed = |arguments: &[&str]| {
        let (code, text, said) = run(mesheryd(home.path()).arg("openapi").args(arguments));
        assert_eq!(code, 0, "{said}");
        text
    };
    let json = |arguments: &[&str]| -> Value {
        serde_json::from_str(&printed(&[arguments, &["--format", "json"]].concat())).unwrap()
    };
    assert!(printed(&[]).lines().any(|line| line.starts_with("openapi: ")), "YAML unless JSON is asked for");
    let (both, one) = (json(&[]), json(&["--product", "meshery"]));
    let paths = |document: &Value| document["paths"].as_object().unwrap().len();
    assert!(paths(&one) > 0 && paths(&one) < paths(&both));
    let statuses = |document: &Value| {
        let responses = &document["paths"]["/api/workspaces"]["get"]["responses"];
        responses.as_object().unwrap().keys().cloned().collect::<Vec<_>>()
    };
    let (plain, served) = (statuses(&one), statuses(&json(&["--product", "meshery", "--served"])));
    assert!(served.len() > plain.len() && served.contains(&"406".to_owned()), "{served:?}");
    let (code, _, said) = run(mesheryd(home.path()).args(["openapi", "--product", "other"]));
    assert!(code == 2 && said.contains("there is no such product"), "{said}");
}
