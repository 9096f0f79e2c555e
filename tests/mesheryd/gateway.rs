//! A remote provider, run as an operator runs it.

use crate::provider::FakeProvider;
use crate::token::FIRST;
use crate::{Server, mesheryd};
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use http::{HeaderMap, Response};
use std::io::{Read, Write};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::sync::Notify;

/// A server that answers everything alike, and remembers what it was asked.
#[derive(Clone)]
pub(crate) struct Upstream {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<(String, HeaderMap)>>>,
    /// What it waits for before it answers what is slow.
    go: Arc<Notify>,
}

impl Upstream {
    pub(crate) fn asked(&self) -> Vec<(String, HeaderMap)> {
        self.asked.lock().unwrap().clone()
    }
}

pub(crate) async fn upstream(answer: &'static str) -> Upstream {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let upstream = Upstream { url, asked: Arc::default(), go: Arc::default() };
    let handler = {
        let upstream = upstream.clone();
        move |request: Request| async move {
            let target = request.uri().to_string();
            upstream.asked.lock().unwrap().push((target.clone(), request.headers().clone()));
            if target.contains("search=slow") {
                upstream.go.notified().await;
            }
            let response = Response::builder().header("content-type", "application/json");
            response.body(Body::from(answer)).unwrap()
        }
    };
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(handler)).await });
    upstream
}

/// A page that is not one: what it says of itself is a word.
const BROKEN: &str = r#"{"page":"first","pageSize":25,"totalCount":0,"workspaces":[]}"#;
const FINE: &str = r#"{"page":0,"pageSize":25,"totalCount":0,"workspaces":[]}"#;

fn gateway(home: &Path, provider: &FakeProvider, upstream: &Upstream) -> Command {
    let mut command = mesheryd(home);
    command.args(["serve", "--provider", "remote", "--upstream", &upstream.url]);
    command.args(["--provider-url", &provider.url]);
    command
}

fn shown() -> String {
    format!("meshery-provider=Meshery; token={}", FIRST.token("k"))
}

#[tokio::test(flavor = "multi_thread")]
async fn live_drift_is_on_a_page_in_json_in_metrics_and_in_the_log() {
    let home = tempfile::tempdir().unwrap();
    let (provider, upstream) = (FakeProvider::with("k", &FIRST).await, upstream(BROKEN).await);
    let mut server = Server::start(&mut gateway(home.path(), &provider, &upstream));
    let shown = shown();
    for _ in 0..2 {
        let page = server.get("/api/workspaces", &shown);
        assert!(page.starts_with("HTTP/1.1 200") && page.contains(BROKEN), "delivered as it came: {page}");
    }
    let report = server.get("/drift.json", &shown);
    assert!(report.contains("application/json") && report.contains(r#""violations":2"#), "{report}");
    assert!(
        report.contains(r#""operation":"getWorkspaces""#) && report.contains("/page: type integer"),
        "{report}"
    );
    let page = server.get("/drift", &shown);
    assert!(page.contains("text/html") && page.contains("<td>getWorkspaces</td>"), "{page}");
    for path in ["/drift", "/drift.json"] {
        assert!(server.get(path, "").starts_with("HTTP/1.1 401"), "{path} is for who is let in");
    }
    let metrics = server.get("/metrics", "");
    assert!(
        metrics.contains("meshery_upstream_violations_total{operation=\"getWorkspaces\"} 2"),
        "{metrics}"
    );
    assert!(metrics.contains("meshery_contract_info{release=\"v"), "{metrics}");
    let system = upstream.asked()[0].1["systemid"].to_str().unwrap().to_owned();
    assert!(uuid::Uuid::parse_str(&system).is_ok(), "{system}");
    server.signal();
    let (code, said) = server.wait();
    assert_eq!(code, 0, "{said}");
    assert_eq!(
        said.matches("upstream breaks the contract").count(),
        1,
        "the first of its kind is logged: {said}"
    );
    assert!(!said.contains(&FIRST.token("k")[..20]), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_breaks_the_contract_is_refused_where_that_is_asked_for() {
    let home = tempfile::tempdir().unwrap();
    let (provider, upstream) = (FakeProvider::with("k", &FIRST).await, upstream(BROKEN).await);
    let server = Server::start(gateway(home.path(), &provider, &upstream).arg("--strict"));
    let page = server.get("/api/workspaces", &shown());
    assert!(page.starts_with("HTTP/1.1 502") && page.contains("/page: type integer"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_hold_the_key_is_refused_where_keys_count() {
    let home = tempfile::tempdir().unwrap();
    // Whoever asks for keys is told a page of workspaces: no keys.
    let (provider, upstream) = (FakeProvider::with("k", &FIRST).await, upstream(FINE).await);
    let mut command = gateway(home.path(), &provider, &upstream);
    let organization = "0193c7a0-0000-7000-8000-000000000001";
    command.args([
        "--permissions",
        "keys",
        "--organization",
        organization,
        "--allow",
        "createEvent,getWorkspaces",
    ]);
    let server = Server::start(&mut command);
    assert!(server.get("/api/workspaces", &shown()).starts_with("HTTP/1.1 200"), "it was allowed by name");
    let refused = server.get("/api/environments", &shown());
    assert!(refused.starts_with("HTTP/1.1 403") && refused.contains("View Environment"), "{refused}");
    assert!(server.get("/api/identity/users/profile", &shown()).starts_with("HTTP/1.1 200"), "everybody may");
    let events = "/api/system/events/subscribe";
    assert!(server.get(events, &shown()).starts_with("HTTP/1.1 403"), "a route beside the contract");
    assert!(!upstream.asked().iter().any(|(target, _)| target == events));
    drop(server);
    let server = Server::start(gateway(home.path(), &provider, &upstream).args([
        "--permissions",
        "keys",
        "--allow",
        "subscribeEvents",
    ]));
    server.get(events, &shown());
    assert!(upstream.asked().iter().any(|(target, _)| target == events), "it was allowed by name");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_shows_anything_sees_no_drift_where_upstream_says_whose_token_counts() {
    let home = tempfile::tempdir().unwrap();
    let upstream = upstream(FINE).await;
    let mut command = mesheryd(home.path());
    command.args(["serve", "--provider", "remote", "--upstream", &upstream.url, "--trust", "upstream"]);
    let server = Server::start(&mut command);
    let shown = "meshery-provider=Meshery; token=anything";
    assert!(server.get("/api/workspaces", shown).starts_with("HTTP/1.1 200"), "upstream says so");
    for path in ["/drift", "/drift.json"] {
        assert!(server.get(path, shown).starts_with("HTTP/1.1 403"), "{path}");
        assert!(server.get(path, "").starts_with("HTTP/1.1 401"), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_progress_is_finished_before_it_stops() {
    let home = tempfile::tempdir().unwrap();
    let (provider, upstream) = (FakeProvider::with("k", &FIRST).await, upstream(FINE).await);
    let mut server = Server::start(&mut gateway(home.path(), &provider, &upstream));
    let mut under_way = server.connect();
    let request =
        format!("GET /api/workspaces?search=slow HTTP/1.1\r\nHost: a\r\nCookie: {}\r\n\r\n", shown());
    under_way.write_all(request.as_bytes()).unwrap();
    while upstream.asked().is_empty() {
        tokio::task::yield_now().await;
    }
    server.signal();
    while !server.said.lock().unwrap().contains("stopping") {
        tokio::task::yield_now().await;
    }
    upstream.go.notify_one();
    let mut answer = String::new();
    under_way.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains(FINE), "{answer}");
    let (code, said) = server.wait();
    assert!(code == 0 && said.ends_with("stopped\n"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_takes_too_long_to_finish_is_cut_off_and_said() {
    let home = tempfile::tempdir().unwrap();
    let (provider, upstream) = (FakeProvider::with("k", &FIRST).await, upstream(FINE).await);
    let mut server = Server::start(gateway(home.path(), &provider, &upstream).args(["--drain", "0"]));
    let mut under_way = server.connect();
    let request =
        format!("GET /api/workspaces?search=slow HTTP/1.1\r\nHost: a\r\nCookie: {}\r\n\r\n", shown());
    under_way.write_all(request.as_bytes()).unwrap();
    while upstream.asked().is_empty() {
        tokio::task::yield_now().await;
    }
    server.signal();
    let (code, said) = server.wait();
    assert!(code == 1 && said.contains("cut off"), "{said}");
}
