//! What mesheryctl sends, byte for byte, and what it needs to come back.
//!
//! Every request carries two cookies and nothing else, and nothing but 200, 201 and 204 is a success.

use crate::provider::FakeProvider;
use crate::token::{FIRST, SECOND, envelope};
use crate::{Server, mesheryd};
use serde_json::{Value, json};

/// A request as mesheryctl makes it. `Connection: close` is what stands for its end.
fn asked(
    server: &Server,
    method: &str,
    path: &str,
    provider: &str,
    token: &str,
    body: &str,
) -> (u16, String) {
    let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
    let answer = server.exchange(&format!(
        "{method} {path} HTTP/1.1\r\nHost: {}\r\nCookie: meshery-provider={provider}; token={token}\r\n\
         {length}Connection: close\r\n\r\n{body}",
        server.address
    ));
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let chunked = head.to_ascii_lowercase().contains("transfer-encoding: chunked");
    (status, if chunked { unchunked(body) } else { body.to_owned() })
}

fn unchunked(mut rest: &str) -> String {
    let mut body = String::new();
    while let Some((size, after)) = rest.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).unwrap();
        body += &after[..size];
        rest = after[size..].trim_start_matches("\r\n");
    }
    body
}

fn parsed((status, body): (u16, String)) -> Value {
    assert!([200, 201, 204].contains(&status), "{status} {body}");
    if body.is_empty() { Value::Null } else { serde_json::from_str(&body).unwrap() }
}

#[test]
fn a_login_at_the_local_provider_and_what_comes_after_it() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::start(mesheryd(home.path()).arg("serve"));
    // Who logs in has no token yet.
    let providers = server.exchange(&format!(
        "GET /api/providers HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
        server.address
    ));
    let (_, providers) = providers.split_once("\r\n\r\n").unwrap();
    let providers: Value = serde_json::from_str(providers).unwrap();
    assert_eq!(providers["Local"]["providerName"], "Local");
    assert_eq!(providers["Local"]["providerUrl"], "", "no browser is needed");
    for name in ["Local", "None"] {
        let (status, body) = asked(&server, "GET", "/api/token", name, "", "");
        assert_eq!((status, body.as_str()), (200, r#"{"meshery-provider":"Local","token":""}"#));
    }
    assert_eq!(asked(&server, "GET", "/api/token", "Nobody", "", "").0, 401);
    // A body has no media type, as Go's client leaves it out.
    let ask = |method: &str, path: &str, body: &str| parsed(asked(&server, method, path, "Local", "", body));
    let orgs = ask("GET", "/api/identity/orgs?page=0&pagesize=25", "");
    let org = orgs["organizations"][0]["id"].as_str().unwrap().to_owned();
    let wanted =
        json!({ "name": "staging", "description": "", "organization_id": org, "organizationId": org });
    let made = ask("POST", "/api/environments", &wanted.to_string());
    let id = made["id"].as_str().unwrap();
    let page = ask("GET", &format!("/api/environments?orgId={org}&search=staging&page=0&pagesize=10"), "");
    assert_eq!(page["environments"][0]["id"], *id);
    let one = ask("GET", &format!("/api/environments/{id}?orgId={org}"), "");
    assert_eq!(one["environments"][0]["name"], "staging");
    ask("DELETE", &format!("/api/environments/{id}"), "");
    assert_eq!(asked(&server, "GET", &format!("/api/environments/{id}?orgId={org}"), "Local", "", "").0, 404);
    for path in ["/api/workspaces", "/api/integrations/connections", "/api/system/version"] {
        ask("GET", path, "");
    }
}

/// A page in a browser says where it comes from. It must not write with what mesheryctl may leave out.
#[test]
fn a_page_of_another_origin_writes_nothing() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::start(mesheryd(home.path()).arg("serve"));
    for origin in ["Origin: http://evil.test", "Origin: null", "Sec-Fetch-Site: cross-site"] {
        for media_type in ["", "Content-Type: text/plain\r\n"] {
            let answer = server.exchange(&format!(
                "POST /api/events HTTP/1.1\r\nHost: {}\r\n{origin}\r\n{media_type}Content-Length: 2\r\n\
                 Connection: close\r\n\r\n{{}}",
                server.address
            ));
            assert!(answer.starts_with("HTTP/1.1 403"), "{origin}: {answer}");
        }
        // What a browser sends without asking first: no body, and the parts of a form.
        for (path, more) in [
            ("/api/system/events", "Content-Length: 0\r\n"),
            (
                "/api/content/designs/import",
                "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 0\r\n",
            ),
        ] {
            let answer = server.exchange(&format!(
                "POST {path} HTTP/1.1\r\nHost: {}\r\n{origin}\r\n{more}Connection: close\r\n\r\n",
                server.address
            ));
            assert!(answer.starts_with("HTTP/1.1 403"), "{origin}: {answer}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_at_a_remote_provider_and_what_comes_after_it() {
    let home = tempfile::tempdir().unwrap();
    let provider = FakeProvider::with("k", &FIRST).await;
    let upstream =
        crate::gateway::upstream("{\"page\":0,\"pageSize\":25,\"totalCount\":0,\"workspaces\":[]}").await;
    let mut command = mesheryd(home.path());
    let server =
        Server::start(command.args(["serve", "--provider", "remote", "--upstream", &upstream.url]).args([
            "--provider-url",
            &provider.url,
            "--audience",
            "meshery",
        ]));
    let (_, providers) = asked(&server, "GET", "/api/providers", "", "", "");
    let providers: Value = serde_json::from_str(&providers).unwrap();
    assert_eq!(providers["Meshery"]["providerUrl"], provider.url, "where the browser goes");
    // The provider has sent the browser to mesheryctl, with this.
    let value = envelope(&FIRST.token("k"), "refresh");
    let (status, body) = asked(&server, "GET", "/api/token", "Meshery", &value, "");
    let kept: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, &kept), (200, &json!({ "meshery-provider": "Meshery", "token": value })));
    let (name, secret) = (kept["meshery-provider"].as_str().unwrap(), kept["token"].as_str().unwrap());
    let page = parsed(asked(&server, "GET", "/api/workspaces?page=0&pagesize=25", name, secret, ""));
    assert_eq!(page["totalCount"], 0);
    let asked_for = upstream.asked();
    assert_eq!(asked_for.len(), 1);
    assert_eq!(asked_for[0].1["authorization"], format!("Bearer {value}"), "the whole of it goes on");
    for (provider, token) in
        [("Meshery", SECOND.token("k")), ("Local", String::new()), ("None", value.clone())]
    {
        assert_eq!(asked(&server, "GET", "/api/workspaces", provider, &token, "").0, 401, "{provider}");
    }
    assert_eq!(upstream.asked().len(), 1, "what is refused does not reach it");
}
