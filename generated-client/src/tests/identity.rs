//! Who is calling, and that nobody else learns it.

use super::server::{Answer, Server, response};
use super::{SECRET, builder, client, thing};
use crate::client::Core;
use crate::error::LoginReason;
use crate::{ClientBuilder, Credentials, CredentialsRequest, Error, Token, TokenFuture};
use std::error::Error as _;

#[tokio::test]
async fn the_token_goes_out_as_cookies_and_bearer() {
    let server = Server::answer("204 No Content", "", "").await;
    let core = client(&server);
    thing(&core).execute().await.unwrap();
    let request = server.request();
    assert!(request.contains(&format!("cookie: meshery-provider=Meshery; token={SECRET}\r\n")), "{request}");
    assert!(request.contains(&format!("authorization: Bearer {SECRET}\r\n")));

    let anonymous = ClientBuilder::<Core>::new(&server.url()).unwrap().build().unwrap();
    thing(&anonymous).execute().await.unwrap();
    let request = server.requests().pop().unwrap();
    assert!(!request.contains("cookie") && !request.contains("authorization"), "{request}");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Server::answer("204 No Content", "", "").await;
    let location = format!("Location: {}/login?token={SECRET}\r\n", elsewhere.url());
    let server = Server::answer("302 Found", &location, "").await;
    let error = thing(&client(&server)).execute().await.err().unwrap();
    assert!(error.is_unauthenticated());
    assert_eq!(error.to_string(), "getThing: not authenticated: the server redirects to a login (302 Found)");
    assert!(!format!("{error:?}").contains(SECRET), "{error:?}");
    assert!(elsewhere.requests().is_empty());
}

#[tokio::test]
async fn a_client_that_follows_redirects_does_not_give_the_token_away() {
    let page = "Content-Type: application/json\r\n";
    let elsewhere = Server::answer("200 OK", page, "[]").await;
    let location = format!("Location: {}/login\r\n", elsewhere.url());
    let server = Server::answer("302 Found", &location, "").await;
    let core = builder(&server).http_client(reqwest::Client::new()).build().unwrap();
    let error = thing(&core).execute().await.err().unwrap();
    let Error::NotAuthenticated(e) = &error else { panic!("{error}") };
    assert_eq!(e.reason, LoginReason::FollowedRedirect);
    assert!(!elsewhere.request().contains(SECRET), "{}", elsewhere.request());
}

#[tokio::test]
async fn a_page_is_no_answer() {
    let server = Server::answer("200 OK", "Content-Type: text/HTML; charset=utf-8\r\n", "<html>").await;
    let error = thing(&client(&server)).execute().await.err().unwrap();
    let Error::NotAuthenticated(e) = &error else { panic!("{error}") };
    assert_eq!(e.reason, LoginReason::Page);
}

struct Hook(fn(CredentialsRequest<'_>) -> Result<Option<Token>, String>);

impl Credentials for Hook {
    fn token<'a>(&'a self, request: CredentialsRequest<'a>) -> TokenFuture<'a> {
        Box::pin(async move { (self.0)(request).map_err(Into::into) })
    }
}

#[tokio::test]
async fn the_hook_is_told_the_operation_and_can_refuse() {
    let server = Server::answer("204 No Content", "", "").await;
    let hook = Hook(|r| {
        assert_eq!(r.operation.id, "getThing");
        assert!(r.origin.starts_with("http://127.0.0.1:"));
        Err("logged out".to_owned())
    });
    let core = builder(&server).credentials(hook).build().unwrap();
    let error = thing(&core).execute().await.err().unwrap();
    assert_eq!(error.to_string(), "getThing: there is no token to send");
    assert_eq!(error.source().unwrap().to_string(), "logged out");
    assert!(server.requests().is_empty());

    let core = builder(&server).credentials(Hook(|_| Ok(None))).build().unwrap();
    thing(&core).execute().await.unwrap();
    assert!(!server.request().contains("cookie"));
}

/// Every text of an error, down its chain.
fn told(error: &Error) -> String {
    let mut text = format!("{error} {error:?} {error:#?}");
    let mut source = error.source();
    while let Some(e) = source {
        text.push_str(&format!(" {e} {e:?}"));
        source = e.source();
    }
    text
}

#[tokio::test]
async fn the_token_is_nowhere_to_be_read() {
    let echo = format!("Content-Type: text/plain\r\nSet-Cookie: token={SECRET}\r\nX-Echo: {SECRET}\r\n");
    for (status, body) in [
        ("404 Not Found", format!("no thing for {SECRET}")),
        ("404 Not Found", format!("{{\"error\":\"{SECRET} is bad\",\"code\":\"{SECRET}\"}}")),
        ("418 I'm a teapot", SECRET.to_owned()),
        ("200 OK", format!("{SECRET} is not JSON")),
        ("200 OK", format!("[\"a\",{{\"{SECRET}\":\"{SECRET}\"}}]")),
    ] {
        let server = Server::answer(status, &echo, body).await;
        let core = client(&server);
        let error = match thing(&core).execute().await {
            Ok(raw) => raw.json::<Vec<String>>().err().unwrap(),
            Err(error) => error,
        };
        assert!(!told(&error).contains(SECRET), "{}", told(&error));
        let printed = format!("{core:?} {:?} {:?}", builder(&server), Token::new(SECRET));
        assert!(!printed.contains(SECRET), "{printed}");
    }
}

#[tokio::test]
async fn no_half_of_a_token_is_to_be_read_either() {
    let secret = "a-token-that-is-longer-than-what-an-error-shows-of-a-body-that-it-cannot-read-0123456789";
    for (media_type, body) in [
        ("application/json", format!("bad token: {secret}")),
        ("application/json", format!("[{{\"x\":7}}, \"{secret}\"]")),
        ("application/json", format!("{{\"{secret}\": 7}}")),
        (secret, "no JSON".to_owned()),
    ] {
        // What is not ASCII is a header all the same.
        let headers = format!("Content-Type: {media_type}\r\nX-Echo: {secret}\u{e9}\r\n");
        let server = Server::answer("200 OK", &headers, body).await;
        let core = builder(&server).credentials(Token::new(secret)).build().unwrap();
        let raw = thing(&core).execute().await.unwrap();
        let errors = [
            raw.decode::<Vec<String>>().err(),
            raw.decode::<Vec<i64>>().err(),
            raw.decode::<std::collections::BTreeMap<String, String>>().err(),
        ];
        for error in errors.into_iter().flatten() {
            assert!(!told(&error).contains(&secret[..12]), "{}", told(&error));
        }
    }
}

#[tokio::test]
async fn a_failure_that_breaks_off_within_the_token_does_not_show_it() {
    let mut bytes = response("404 Not Found", "", format!("bad token: {SECRET}").as_bytes());
    bytes.truncate(bytes.len() - 3);
    let server = Server::start(Answer::Bytes(bytes)).await;
    let error = thing(&client(&server)).execute().await.err().unwrap();
    assert!(error.to_string().ends_with("bad token: [redacted]"), "{error}");
    assert!(!told(&error).contains(&SECRET[..6]), "{}", told(&error));
}

#[tokio::test]
async fn a_token_that_cannot_be_sent_or_a_server_that_is_away_does_not_show_it_either() {
    let server = Server::start(Answer::Close).await;
    let unfit = Token::new(format!("{SECRET}\r\nX: y"));
    let core = builder(&server).credentials(unfit).build().unwrap();
    let error = thing(&core).execute().await.err().unwrap();
    assert!(matches!(error, Error::Credentials { .. }));
    assert!(!told(&error).contains(SECRET), "{}", told(&error));

    let core = client(&server);
    let mut call = thing(&core);
    call.query("code", SECRET.into());
    let error = call.execute().await.err().unwrap();
    assert!(matches!(error, Error::Transport { .. }));
    assert!(!told(&error).contains(SECRET), "{}", told(&error));
}

#[tokio::test]
async fn spans_hold_the_operation_and_no_value() {
    let server = Server::answer("404 Not Found", "", SECRET).await;
    let core = client(&server);
    let mut call = thing(&core);
    call.query("code", SECRET.into());
    call.execute().await.err().unwrap();
    let seen = super::trace::seen();
    for part in [
        "operation=\"getThing\"",
        "method=\"GET\"",
        "route=\"/api/things/{thingId}/parts/{part}\"",
        "status=404",
        "attempts=1",
        "error=getThing: 404 Not Found",
    ] {
        assert!(seen.contains(part), "{part} in {seen}");
    }
    assert!(!seen.contains(SECRET), "{seen}");
}
