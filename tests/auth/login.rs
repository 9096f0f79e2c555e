//! The login of mesheryctl, against the routes of our own server.

use crate::provider::FakeProvider;
use crate::token::{FIRST, envelope};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use meshery_client::Token;
use meshery_runtime::auth::client::Fault;
use meshery_runtime::auth::client::login::Login;
use meshery_runtime::auth::server::{Gate, Provider, Providers, Routes};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

/// A server with these routes, by its URL.
async fn serve(providers: Providers) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = Routes::new(Gate::new(providers), &url).into_router();
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

async fn both() -> (FakeProvider, String) {
    let provider = FakeProvider::with("k", &FIRST).await;
    let list = [Provider::local(), Provider::remote("Meshery", provider.verifier())];
    let url = serve(Providers::new(list)).await;
    (provider, url)
}

/// The port that a login is brought to.
fn port_of(login: &str) -> u16 {
    let (_, source) = login.split_once("source=").unwrap();
    let source = source.split('&').next().unwrap();
    let callback = String::from_utf8(URL_SAFE_NO_PAD.decode(source).unwrap()).unwrap();
    callback.strip_prefix("http://localhost:").unwrap().parse().unwrap()
}

/// What a browser does in the end: it calls the URL that the provider was given, with a token.
async fn browse(login: &str, query: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port_of(login))).await.unwrap();
    let request = format!("GET /any/path?{query} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn a_user_logs_in_by_browser() {
    let (provider, url) = both().await;
    let value = envelope(&FIRST.token("k"), "r");
    let (shown, seen) = oneshot::channel();
    let login = Login::new(&url).unwrap().provider("Meshery");
    let login = tokio::spawn(login.run(|url| shown.send(url.to_owned()).unwrap()));
    let page = seen.await.unwrap();
    assert!(page.starts_with(&format!("{}/login?", provider.url)), "{page}");
    assert!(page.contains("&provider_version=v"), "{page}");
    assert!(browse(&page, "x=1").await.starts_with("HTTP/1.1 404"), "an icon, say");
    // A browser connects ahead of time, and says nothing there for longer than a login waits.
    let idle = TcpStream::connect(("127.0.0.1", port_of(&page))).await.unwrap();
    let begun = Instant::now();
    let answer = browse(&page, &format!("session_cookie=s&token={value}")).await;
    assert!(answer.starts_with("HTTP/1.1 200") && !answer.contains(&value), "{answer}");
    assert_eq!(login.await.unwrap().unwrap(), Token::new(value).provider("Meshery"));
    assert!(begun.elapsed() < Duration::from_secs(4), "nobody waited for {idle:?}");
}

#[tokio::test]
async fn a_token_that_the_server_does_not_take_is_no_login() {
    let (_, url) = both().await;
    let (shown, seen) = oneshot::channel();
    let login = Login::new(&url).unwrap().provider("Meshery");
    let login = tokio::spawn(login.run(|url| shown.send(url.to_owned()).unwrap()));
    browse(&seen.await.unwrap(), "token=invented-by-a-page").await;
    let fault = login.await.unwrap().unwrap_err().to_string();
    assert!(fault.contains("status 401") && !fault.contains("invented"), "{fault}");
}

#[tokio::test]
async fn the_local_provider_needs_no_browser() {
    let (_, url) = both().await;
    for name in ["Local", "None"] {
        let login = Login::new(&url).unwrap().provider(name);
        let token = login.run(|url| panic!("a browser for {url}")).await.unwrap();
        assert_eq!(token, Token::new("").provider("Local"));
    }
}

#[tokio::test]
async fn a_provider_must_be_named_and_be_there() {
    let (_, url) = both().await;
    let several = Login::new(&url).unwrap().run(|_| ()).await.unwrap_err();
    assert!(matches!(several, Fault::Provider { name: None, .. }), "{several}");
    let unknown = Login::new(&url).unwrap().provider("Nobody").run(|_| ()).await.unwrap_err().to_string();
    assert!(unknown.contains("it has Local, Meshery"), "{unknown}");
    let url = serve(Providers::new([Provider::local()])).await;
    assert_eq!(Login::new(&url).unwrap().run(|_| ()).await.unwrap(), Token::new("").provider("Local"));
}

#[tokio::test]
async fn nobody_logs_in() {
    let (_, url) = both().await;
    let login = Login::new(&url).unwrap().provider("Meshery").patience(Duration::from_millis(20));
    assert!(matches!(login.run(|_| ()).await.unwrap_err(), Fault::Late));
    assert!(Login::new("http://meshery.test").is_err(), "tokens do not go over plain HTTP");
}
