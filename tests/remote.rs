//! Does the remote provider pass everything on, and does it see what is wrong?
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]

use axum::Router;
use axum::body::Body;
use axum::extract::ws::WebSocketUpgrade;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use http::{HeaderMap, Request};
use http_body_util::BodyExt;
use meshery_runtime::auth::server::{Gate, Provider, Providers};
use meshery_runtime::provider::remote::Remote;
use meshery_server::{Limits, MediaKind, OperationInfo, cloud};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tower::ServiceExt;

/// A gateway that lets in who shows a token, and leaves it to the server behind it.
fn gateway(remote: &Remote) -> Router {
    let gate = Gate::new(Providers::new([Provider::deferred("Evidence")]));
    remote.around(meshery_server::meshery::Api::new(gate).others(remote.clone()).into_router())
}

/// A server that answers everything alike, and tells what it was asked.
#[derive(Clone)]
struct Upstream {
    answer: Arc<dyn Fn() -> Response + Send + Sync>,
    asked: Arc<Mutex<Vec<(String, HeaderMap)>>>,
}

async fn upstream(answer: impl Fn() -> Response + Send + Sync + 'static) -> (Upstream, String) {
    let upstream = Upstream { answer: Arc::new(answer), asked: Arc::default() };
    let handler = {
        let upstream = upstream.clone();
        move |request: Request<Body>| {
            let asked = (request.uri().to_string(), request.headers().clone());
            upstream.asked.lock().unwrap().push(asked);
            std::future::ready((upstream.answer)())
        }
    };
    let router = Router::new().fallback(any(handler));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (upstream, url)
}

fn json(status: u16, body: &'static str) -> Response {
    Response::builder()
        .status(status)
        .header("content-type", "application/json")
        .header("set-cookie", "token=hunter2")
        .body(Body::from(body))
        .unwrap()
}

async fn ask(router: &Router, path: &str) -> (u16, HeaderMap, String) {
    let request = Request::get(path)
        .header("cookie", "token=abc.def; meshery-provider=Evidence; theme=dark")
        .header("x-forwarded-for", "10.0.0.1")
        .header("accept", "application/json");
    let response = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    (parts.status.as_u16(), parts.headers, String::from_utf8_lossy(&body).into_owned())
}

const BROKEN: &str = r#"{"page":"first","pageSize":10,"totalCount":0,"workspaces":[{"id":"no uuid"}]}"#;

#[tokio::test]
async fn what_breaks_the_contract_is_counted_and_delivered() {
    let (_, url) = upstream(|| json(200, BROKEN)).await;
    let remote = Remote::new(&url).unwrap();
    let router = gateway(&remote);
    for _ in 0..3 {
        let (status, headers, body) = ask(&router, "/api/workspaces").await;
        assert_eq!((status, body.as_str()), (200, BROKEN));
        assert!(!headers.contains_key("set-cookie"), "a cookie of another server");
    }
    let findings = remote.drift().findings();
    assert!(findings.iter().all(|f| f.operation == "getWorkspaces" && f.times == 3), "{findings:?}");
    assert!(findings.iter().any(|f| f.violation.starts_with("/page: type")), "{findings:?}");
    assert!(findings.iter().any(|f| f.violation.starts_with("/workspaces/*/id: ")), "{findings:?}");
    let report = remote.drift().to_json();
    assert!(
        !report.contains("no uuid") && !report.contains("first\":\"first"),
        "values are nobody's: {report}"
    );
    let text = remote.drift().to_prometheus();
    assert!(text.contains("meshery_upstream_responses_total{operation=\"getWorkspaces\"} 3"), "{text}");
    assert!(remote.drift().to_html().contains("GET /api/workspaces"));
}

#[tokio::test]
async fn or_refused_where_that_is_asked_for() {
    let (_, url) = upstream(|| json(200, BROKEN)).await;
    let remote = Remote::new(&url).unwrap().strict();
    let (status, _, body) = ask(&gateway(&remote), "/api/workspaces").await;
    assert_eq!(status, 502);
    assert!(body.contains("/page: type") && !body.contains("no uuid"), "{body}");
    assert!(!remote.drift().findings().is_empty());
}

#[tokio::test]
async fn statuses_and_media_types_are_of_the_contract_too() {
    let (_, url) = upstream(|| (http::StatusCode::IM_A_TEAPOT, "short and stout").into_response()).await;
    let remote = Remote::new(&url).unwrap();
    let router = gateway(&remote);
    assert_eq!(ask(&router, "/api/workspaces").await.0, 418);
    let (_, url) = upstream(|| ([("content-type", "application/xml")], "<a/>").into_response()).await;
    let other = Remote::new(&url).unwrap();
    assert_eq!(ask(&gateway(&other), "/api/workspaces").await.0, 200);
    let found = |remote: &Remote| remote.drift().findings().remove(0).violation;
    assert_eq!(found(&remote), "status 418 is not documented");
    assert_eq!(found(&other), "media type application/xml is not documented");
}

#[tokio::test]
async fn a_page_to_log_in_is_no_answer() {
    let (_, url) = upstream(|| axum::response::Redirect::to("/provider").into_response()).await;
    let remote = Remote::new(&url).unwrap();
    let (status, headers, _) = ask(&gateway(&remote), "/api/workspaces").await;
    assert_eq!((status, headers.contains_key("www-authenticate")), (401, true));
}

#[tokio::test]
async fn the_token_goes_upstream_and_nothing_of_this_server_does() {
    let (upstream, url) = upstream(|| json(200, "{}")).await;
    let remote = Remote::new(&url).unwrap();
    ask(&gateway(&remote), "/api/workspaces?search=a%20b&provider=Local").await;
    let (target, headers) = upstream.asked.lock().unwrap().remove(0);
    assert_eq!(target, "/api/workspaces?search=a%20b&provider=Local");
    assert_eq!(headers["cookie"], "meshery-provider=Evidence; token=abc.def; theme=dark");
    assert_eq!(headers["authorization"], "Bearer abc.def");
    assert_eq!(headers["host"], url.strip_prefix("http://").unwrap());
    assert!(!headers.contains_key("x-forwarded-for") && !headers.contains_key("meshery-provider"));
}

#[tokio::test]
async fn who_is_not_let_in_or_asks_wrongly_does_not_reach_it() {
    let (upstream, url) = upstream(|| json(200, "{}")).await;
    let router = gateway(&Remote::new(&url).unwrap());
    let request = Request::get("/api/workspaces").body(Body::empty()).unwrap();
    assert_eq!(router.clone().oneshot(request).await.unwrap().status(), 401);
    assert_eq!(ask(&router, "/api/workspaces?page=first").await.0, 400);
    assert!(upstream.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_large_form_is_passed_on_as_it_came() {
    let digest =
        |bytes: &[u8]| format!("{} {}", bytes.len(), bytes.iter().map(|b| u64::from(*b)).sum::<u64>());
    let upstream = Router::new().fallback(async move |request: Request<Body>| {
        digest(&request.into_body().collect().await.unwrap().to_bytes())
    });
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let remote = Remote::new(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move { axum::serve(listener, upstream).await });
    let head = "--b\r\nContent-Disposition: form-data; name=\"k8sfile\"; filename=\"config\"\r\n\r\n";
    let file: String = (0..3 << 20).map(|n| char::from(b'a' + (n % 26) as u8)).collect();
    let form = format!("{head}{file}\r\n--b--\r\n");
    let request = Request::post("/api/system/kubernetes")
        .header("cookie", "token=abc.def; meshery-provider=Evidence")
        .header("content-type", "multipart/form-data; boundary=b");
    let chunks: Vec<_> =
        form.as_bytes().chunks(10_000).map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec())).collect();
    let request = request.body(Body::from_stream(futures_util::stream::iter(chunks))).unwrap();
    let response = gateway(&remote).oneshot(request).await.unwrap();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(String::from_utf8_lossy(&body), digest(form.as_bytes()));
}

#[tokio::test]
async fn a_path_that_would_be_another_one_is_the_callers_fault() {
    let (upstream, url) = upstream(|| json(200, "{}")).await;
    let router = gateway(&Remote::new(&url).unwrap());
    for name in ["..", "%2e%2e", ".%2E"] {
        let (status, _, body) = ask(&router, &format!("/api/registry/models/{name}")).await;
        assert_eq!(status, 400, "{name}: {body}");
    }
    assert!(upstream.asked.lock().unwrap().is_empty());
}

/// The status of a request for a console, and its connection.
async fn console(gateway: std::net::SocketAddr, token: &str) -> (String, TcpStream) {
    let mut stream = TcpStream::connect(gateway).await.unwrap();
    let head = format!(
        "GET /api/integrations/connections/0b4e5b0e-7f55-4c8e-9d3b-2f6f0d4f9f11/console/terminal\
         ?resource=pods&name=p&command=sh HTTP/1.1\r\nhost: h\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         cookie: token={token}; meshery-provider=Evidence\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        answer.push(stream.read_u8().await.unwrap());
    }
    (String::from_utf8(answer).unwrap()[9..12].to_owned(), stream)
}

#[tokio::test]
async fn a_user_has_so_many_consoles_at_once() {
    let silent = async |upgrade: WebSocketUpgrade| {
        upgrade.on_upgrade(async |mut socket| while let Some(Ok(_)) = socket.recv().await {})
    };
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let remote = Remote::new(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(any(silent))).await });
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, gateway(&remote)).await });
    let mut open = Vec::new();
    for _ in 0..16 {
        let (status, console) = console(address, "one").await;
        assert_eq!(status, "101");
        open.push(console);
    }
    assert_eq!(console(address, "one").await.0, "429");
    assert_eq!(console(address, "another").await.0, "101", "places are a user's");
    open.pop();
    for _ in 0..100 {
        if console(address, "one").await.0 == "101" {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("a place that was left is not free");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_said_to_be() {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let (status, _, body) = ask(&gateway(&Remote::new(&url).unwrap()), "/api/workspaces").await;
    assert_eq!(status, 503);
    assert!(!body.contains("127.0.0.1"), "{body}");
    assert!(Remote::new("http://meshery.test").is_err(), "tokens do not go over plain HTTP");
}

#[tokio::test]
async fn bytes_are_passed_on_while_they_arrive_and_no_more_than_the_limit() {
    let upstream = Router::new().fallback(async |body: bytes::Bytes| body.len().to_string());
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let remote = Remote::new(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move { axum::serve(listener, upstream).await });
    let takes_bytes = |operation: &&&OperationInfo| {
        operation.body.is_some_and(|body| body.accepts.iter().any(|media| media.kind == MediaKind::Bytes))
    };
    let Some(operation) = cloud::OPERATIONS.iter().find(takes_bytes) else { return };
    let gate = Gate::new(Providers::new([Provider::deferred("Evidence")]));
    let api = cloud::Api::new(gate).limits(Limits { bytes: 8, ..Limits::default() });
    let router = remote.around(api.others(remote.clone()).into_router());
    let id = "0b4e5b0e-7f55-4c8e-9d3b-2f6f0d4f9f11";
    let path = operation.path.split('/').map(|s| if s.starts_with('{') { id } else { s });
    let path = path.collect::<Vec<_>>().join("/");
    for (chunks, status) in [(["1234", "5678"], 200), (["1234", "56789"], 413)] {
        let chunks = futures_util::stream::iter(chunks.map(Ok::<_, std::io::Error>));
        let request = Request::builder()
            .method(&operation.method)
            .uri(&path)
            .header("cookie", "token=abc.def; meshery-provider=Evidence")
            .header("content-type", "application/octet-stream");
        let request = request.body(Body::from_stream(chunks)).unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        let found = response.status();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(found, status, "{}", String::from_utf8_lossy(&body));
        assert!(status != 200 || body == "8");
    }
}
