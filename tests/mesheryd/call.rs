//! What `mesheryd call` sends, and to whom.

use crate::{mesheryd, run};
use axum::Router;
use axum::extract::Request;
use http_body_util::BodyExt;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

/// A request as it came: method, target, headers and body.
type Asked = (String, String, http::HeaderMap, String);

/// A server that answers everything with this, and remembers what it was asked.
#[derive(Clone)]
struct Echo {
    url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Echo {
    async fn start(answer: impl Fn(&str) -> String + Clone + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let echo = Self { url, asked: Arc::default() };
        let asked = Arc::clone(&echo.asked);
        let handler = async move |request: Request| {
            let (head, body) = request.into_parts();
            let body = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
            let target = head.uri.to_string();
            let answer = answer(&target);
            // What is made is answered with 201.
            let made = head.method == "POST" && target == "/api/workspaces";
            asked.lock().unwrap().push((head.method.to_string(), target, head.headers, body));
            let status = http::StatusCode::from_u16(if made { 201 } else { 200 }).unwrap();
            (status, [("content-type", "application/json")], answer)
        };
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(handler)).await });
        echo
    }

    fn last(&self) -> Asked {
        self.asked.lock().unwrap().pop().expect("it was asked")
    }

    fn call(&self, home: &Path, arguments: &[&str]) -> (i32, String, String) {
        let mut command = mesheryd(home);
        command.env("MESHERY_TOKEN", "hunter2").env("MESHERY_PROVIDER", "Meshery");
        run(command.env("MESHERY_ENDPOINT", &self.url).arg("call").args(arguments))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_headers_and_parts_are_sent_as_they_are_given() {
    let home = tempfile::tempdir().unwrap();
    let echo = Echo::start(|_| "{}".to_owned()).await;
    let file = home.path().join("body.json");
    fs::write(&file, r#"{"name":"a"}"#).unwrap();
    let file = file.to_str().unwrap();

    let (code, _, said) =
        echo.call(home.path(), &["createWorkspace", "--body", file, "--header", "Prefer=return=minimal"]);
    assert_eq!(code, 0, "{said}");
    let (method, target, headers, body) = echo.last();
    assert_eq!(
        (method.as_str(), target.as_str(), body.as_str()),
        ("POST", "/api/workspaces", r#"{"name":"a"}"#)
    );
    assert_eq!(headers["content-type"], "application/json");
    assert_eq!(headers["prefer"], "return=minimal", "what is behind the first `=` is the value");
    assert_eq!(headers["authorization"], "Bearer hunter2");

    let id = "designId=0193c7a0-0000-7000-8000-000000000001";
    let upload = ["upsertPatternSourceContent", "--param", id, "--body", file, "--content-type"];
    let (code, _, said) = echo.call(home.path(), &[&upload[..], &["application/octet-stream"]].concat());
    assert_eq!(code, 0, "{said}");
    assert_eq!(echo.last().2["content-type"], "application/octet-stream");
    let (code, _, said) = echo.call(home.path(), &[&upload[..], &["text/plain"]].concat());
    assert!(code == 1 && said.contains("takes: application/octet-stream"), "{said}");
    let (code, _, said) = echo.call(home.path(), &["getWorkspaces", "--body", file]);
    assert!(code == 1 && said.contains("takes: no body"), "{said}");

    let part = format!("k8sfile=@{file}");
    let (code, _, said) =
        echo.call(home.path(), &["discoverKubernetesContexts", "--part", &part, "--part", "note=a b"]);
    assert_eq!(code, 0, "{said}");
    let (_, target, headers, body) = echo.last();
    assert_eq!(target, "/api/system/kubernetes/contexts");
    assert!(headers["content-type"].to_str().unwrap().starts_with("multipart/form-data; boundary="));
    assert!(body.contains(r#"name="k8sfile"; filename="body.json""#), "{body}");
    assert!(body.contains(r#"{"name":"a"}"#) && body.contains("a b"), "{body}");
    let (code, _, said) =
        echo.call(home.path(), &["discoverKubernetesContexts", "--part", "a=b", "--body", file]);
    assert!(code == 2 && said.contains("cannot be used with"), "{said}");

    let (code, _, said) = echo.call(home.path(), &["getWorkspaces", "--product", "meshery"]);
    assert_eq!(code, 0, "{said}");
    let (code, _, said) = echo.call(home.path(), &["getWorkspaces", "--product", "other"]);
    assert!(code == 1 && said.contains("no such operation"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_what_is_given_more_than_once_nothing_is_lost() {
    let home = tempfile::tempdir().unwrap();
    let echo = Echo::start(|_| "{}".to_owned()).await;
    let status = ["getConnections", "--product", "meshery", "-p", "status=a b", "-p", "page=1"];
    let (code, _, said) = echo.call(home.path(), &[&status[..], &["-p", "status=c"]].concat());
    assert_eq!(code, 0, "{said}");
    assert_eq!(echo.last().1.split_once('?').unwrap().1, "status=a%20b&status=c&page=1");
    let headers = ["getWorkspaces", "--header", "Prefer=a", "--header", "X-Other=c"];
    assert_eq!(echo.call(home.path(), &headers).0, 0);
    assert_eq!(echo.last().2["x-other"], "c");

    let id = "designId=0193c7a0-0000-7000-8000-000000000001";
    for (arguments, named) in [
        (&["getDesignPatternFile", "-p", id, "-p", id][..], "--param designId=... is given more than once"),
        (&[&headers[..], &["--header", "prefer=b"]].concat(), "--header Prefer=... is given more than once"),
        (
            &["discoverKubernetesContexts", "--part", "a=b", "--part", "a=c"],
            "--part a=... is given more than once",
        ),
    ] {
        let (code, _, said) = echo.call(home.path(), arguments);
        assert!(code == 1 && said.contains(named), "{code} {said}");
    }
    assert!(echo.asked.lock().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_asked_for_and_none_twice() {
    let home = tempfile::tempdir().unwrap();
    // It counts from one, and takes what is below for the first page.
    let echo = Echo::start(|target| {
        let number = target.split_once("page=").map_or(1, |(_, rest)| rest.parse().unwrap()).max(1);
        let items: Vec<_> = (1..=5).skip((number - 1) * 2).take(2).collect();
        serde_json::json!({ "workspaces": items }).to_string()
    });
    let echo = echo.await;
    let (code, items, said) = echo.call(home.path(), &["getWorkspaces", "--all", "--output", "raw"]);
    assert_eq!((code, items.as_str()), (0, "[1,2,3,4,5]\n"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_ends_where_the_server_says_and_one_that_goes_round_is_told_of() {
    let home = tempfile::tempdir().unwrap();
    let all = ["getWorkspaces", "--all", "--output", "raw"];
    let echo = Echo::start(|target| {
        let number = target.split_once("page=").map_or(0, |(_, rest)| rest.parse().unwrap());
        let items: Vec<_> = (1..=3).skip(number * 2).take(2).collect();
        serde_json::json!({ "page": number, "page_size": 2, "total_count": 3, "workspaces": items })
            .to_string()
    });
    let echo = echo.await;
    let (code, items, said) = echo.call(home.path(), &all);
    assert_eq!((code, items.as_str()), (0, "[1,2,3]\n"), "{said}");
    let targets: Vec<_> = echo.asked.lock().unwrap().iter().map(|(_, target, ..)| target.clone()).collect();
    assert_eq!(targets, ["/api/workspaces", "/api/workspaces?page=1"]);

    for (answer, expected) in [
        (r#"{"workspaces":[1],"total_count":9}"#, "gives a page again, and says that there are more"),
        (r#"{"workspaces":[1],"others":[2]}"#, "one list among its members"),
    ] {
        let (code, items, said) = Echo::start(|_| answer.to_owned()).await.call(home.path(), &all);
        assert!(code == 1 && items.is_empty() && said.contains(expected), "{code} {items} {said}");
    }
    let (code, _, said) = echo.call(home.path(), &[&all[..], &["--param", "page=1"]].concat());
    assert!(code == 1 && said.contains("exclude each other"), "{said}");
    let (code, _, said) = echo.call(home.path(), &["getSystemVersion", "--all"]);
    assert!(code == 1 && said.contains("getSystemVersion has no pages"), "{said}");
}

/// The configuration of mesheryctl with one context.
fn context(home: &Path, endpoint: &str) {
    let folder = home.join(".meshery");
    fs::create_dir_all(&folder).unwrap();
    let config = format!("contexts:\n  prod:\n    endpoint: {endpoint}\ncurrent-context: prod\n");
    fs::write(folder.join("config.yaml"), config).unwrap();
    let token = folder.join("auth.json");
    fs::write(&token, r#"{"meshery-provider":"Meshery","token":"of-prod"}"#).unwrap();
    fs::set_permissions(&token, fs::Permissions::from_mode(0o600)).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_of_a_context_goes_to_its_server_and_what_is_typed_counts() {
    let home = tempfile::tempdir().unwrap();
    let (prod, other) = (Echo::start(|_| "{}".to_owned()).await, Echo::start(|_| "{}".to_owned()).await);
    context(home.path(), &prod.url);
    let call = |arguments: &[&str], token: Option<&str>| {
        let mut command = mesheryd(home.path());
        command.env("MESHERY_ENDPOINT", &other.url).args(["call", "getWorkspaces"]).args(arguments);
        run(command.envs(token.map(|token| ("MESHERY_TOKEN", token))))
    };
    let shown = |echo: &Echo| echo.last().2["authorization"].to_str().unwrap().to_owned();
    for token in [None, Some("of-environment")] {
        let (code, _, said) = call(&["--context", "prod"], token);
        assert_eq!((code, shown(&prod).as_str()), (0, "Bearer of-prod"), "{said}");
    }
    let (code, _, said) = call(&[], None);
    assert!(code == 1 && said.contains("the token at hand is of"), "{said}");
    assert!(other.asked.lock().unwrap().is_empty(), "the variable alone sends no token there");
    assert_eq!(call(&[], Some("of-environment")).0, 0);
    assert_eq!(shown(&other), "Bearer of-environment");
    assert_eq!(call(&["--endpoint", &other.url], None).0, 0);
    assert_eq!(shown(&other), "Bearer of-prod", "it was said where it goes");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_elsewhere_does_not_take_the_place_of_that_of_a_context() {
    let home = tempfile::tempdir().unwrap();
    let echo = Echo::start(local_only).await;
    context(home.path(), "https://prod.test");
    let login = |arguments: &[&str]| {
        run(mesheryd(home.path()).args(["login", "--endpoint", &echo.url]).args(arguments))
    };
    let (code, _, said) = login(&[]);
    assert!(
        code == 1 && said.contains("the context prod is not for") && said.contains("--auth-file"),
        "{said}"
    );
    assert!(echo.asked.lock().unwrap().is_empty());
    let kept = fs::read_to_string(home.path().join(".meshery/auth.json")).unwrap();
    assert!(kept.contains("of-prod"), "{kept}");
    let file = home.path().join("other.json");
    let (code, _, said) = login(&["--auth-file", file.to_str().unwrap()]);
    assert!(code == 0 && fs::read_to_string(file).unwrap().contains("Local"), "{said}");
}

/// A server with the local provider, as a login sees it.
fn local_only(target: &str) -> String {
    match target {
        "/api/providers" => r#"{"Local":{"providerName":"Local","providerUrl":""}}"#.to_owned(),
        _ => r#"{"meshery-provider":"Local","token":""}"#.to_owned(),
    }
}

/// A proxy of the environment is for other machines: what goes to this one in clear stays here.
#[tokio::test(flavor = "multi_thread")]
async fn a_login_at_this_machine_goes_past_the_proxy() {
    let home = tempfile::tempdir().unwrap();
    let (echo, proxy) = (Echo::start(local_only).await, Echo::start(|_| "{}".to_owned()).await);
    let proxied = |command: &mut std::process::Command| {
        for name in ["http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"] {
            command.env(name, &proxy.url);
        }
    };
    for endpoint in [echo.url.clone(), echo.url.replace("127.0.0.1", "localhost")] {
        let mut command = mesheryd(home.path());
        proxied(&mut command);
        let (code, _, said) = run(command.args(["login", "--endpoint", &endpoint]));
        assert_eq!(code, 0, "{said}");
        assert_eq!(echo.asked.lock().unwrap().drain(..).count(), 2);
    }
    // The same for the keys of a provider.
    let mut command = mesheryd(home.path());
    proxied(&mut command);
    let server = crate::Server::start(command.args(["serve", "--provider-url", &echo.url]));
    while !server.said.lock().unwrap().contains("nobody is let in") {
        tokio::task::yield_now().await;
    }
    assert_eq!(echo.last().1, "/keys");
    assert!(proxy.asked.lock().unwrap().is_empty(), "{:?}", proxy.asked);
}
