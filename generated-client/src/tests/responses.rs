//! What comes back.

use super::server::{Answer, Server, response};
use super::{builder, client, thing};
use crate::response::Download;
use crate::{Error, Response};
use std::time::Duration;

const JSON: &str = "Content-Type: application/json\r\n";

async fn names(server: &Server) -> Result<Response<Vec<String>>, Error> {
    let core = client(server);
    thing(&core).execute().await?.json()
}

#[tokio::test]
async fn a_documented_success_is_decoded() {
    let server = Server::answer("200 OK", &format!("{JSON}X-Request-Id: 7\r\n"), r#"["a","b"]"#).await;
    let answer = names(&server).await.unwrap();
    assert_eq!((answer.status.as_u16(), &answer.headers["x-request-id"]), (200, &"7".parse().unwrap()));
    assert_eq!(answer.map(|names| names.len()).into_body(), 2);
    // Go handlers that forget to say so answer JSON as text/plain.
    let server = Server::answer("200 OK", "Content-Type: text/plain; charset=utf-8\r\n", "[]").await;
    assert!(names(&server).await.unwrap().body.is_empty());
}

#[tokio::test]
async fn what_does_not_decode_names_its_place() {
    let server = Server::answer("200 OK", JSON, r#"["a", 7]"#).await;
    let error = names(&server).await.unwrap_err();
    let Error::Decode(e) = &error else { panic!("{error}") };
    assert_eq!((e.path.as_str(), e.excerpt.as_deref()), ("/1", Some("`7`")));
    let message = error.to_string();
    assert!(message.starts_with("getThing: 200 OK: the body does not decode at /1: "), "{message}");
    assert!(message.ends_with("; found `7`"), "{message}");

    let server = Server::answer("200 OK", "Content-Type: image/png\r\n", b"\x89PNG").await;
    let message = names(&server).await.unwrap_err().to_string();
    assert!(message.contains("not JSON at line 1") && message.contains("image/png"), "{message}");

    let server = Server::answer("200 OK", JSON, "").await;
    assert!(names(&server).await.unwrap_err().to_string().ends_with("it is empty"));
}

#[tokio::test]
async fn failures_are_told_apart() {
    let server =
        Server::answer("404 Not Found", "X-Request-Id: 9\r\n", r#"{"error":"gone","code":"m-1"}"#).await;
    let error = names(&server).await.unwrap_err();
    assert!(matches!(&error, Error::Documented(f) if f.body.meshery.is_some()));
    assert_eq!(error.to_string(), "getThing: 404 Not Found: gone (m-1)");
    assert_eq!((error.request_id(), error.status().unwrap().as_u16()), (Some("9"), 404));
    assert_eq!(error.operation().unwrap().id, "getThing");

    for (status, line) in [
        ("401 Unauthorized", "getThing: 401 Unauthorized (not a documented status): who?"),
        ("202 Accepted", "getThing: 202 Accepted (not a documented status): who?"),
        (
            "301 Moved Permanently",
            "getThing: 301 Moved Permanently: redirects are not followed; is the base URL right?",
        ),
    ] {
        let server = Server::answer(status, "", "who?\n").await;
        let error = names(&server).await.unwrap_err();
        assert!(matches!(error, Error::Undocumented(_)));
        assert_eq!(error.to_string(), line);
        assert_eq!(error.is_unauthenticated(), status.starts_with("401"));
    }
    let server = Server::answer("502 Bad Gateway", "Content-Type: text/html\r\n", "<html>").await;
    assert!(names(&server).await.unwrap_err().to_string().ends_with("an HTML page"));
}

#[tokio::test]
async fn a_body_that_breaks_off_is_a_transport_failure_or_a_short_explanation() {
    let cut = |status: &str| {
        let mut bytes = response(status, JSON, br#"["a","b"]"#);
        bytes.truncate(bytes.len() - 4);
        Answer::Bytes(bytes)
    };
    let server = Server::start(cut("200 OK")).await;
    assert!(matches!(names(&server).await, Err(Error::Transport { .. })));
    let server = Server::start(cut("404 Not Found")).await;
    let error = names(&server).await.unwrap_err();
    assert!(error.body().unwrap().truncated && error.status().unwrap() == 404, "{error:?}");
}

#[tokio::test]
async fn a_body_over_the_limit_is_not_read() {
    let declared = Server::answer("200 OK", JSON, vec![b' '; 2000]).await;
    let mut chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    (0..100).for_each(|_| {
        chunked.extend_from_slice(
            b"64\r\n".iter().chain(&[b' '; 100]).chain(b"\r\n").copied().collect::<Vec<_>>().as_slice(),
        )
    });
    let endless = Server::start(Answer::Hang(chunked)).await;
    for server in [declared, endless] {
        let core = builder(&server).max_response_size(1000).build().unwrap();
        let error = thing(&core).execute().await.err().unwrap();
        assert!(matches!(error, Error::TooLarge { limit: 1000, .. }), "{error}");
    }
    let server = Server::answer("404 Not Found", "", vec![b'x'; 2000]).await;
    let core = builder(&server).max_response_size(1000).build().unwrap();
    let error = thing(&core).execute().await.err().unwrap();
    assert_eq!((error.body().unwrap().text.len(), error.body().unwrap().truncated), (1000, true));
}

#[tokio::test]
async fn time_is_limited_before_and_within_the_body() {
    for bytes in [Vec::new(), b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n[".to_vec()] {
        let server = Server::start(Answer::Hang(bytes)).await;
        let core = builder(&server).timeout(Duration::from_millis(100)).build().unwrap();
        let error = thing(&core).execute().await.err().unwrap();
        assert!(error.is_timeout());
        assert_eq!(error.to_string(), "getThing: no answer within 100ms");
    }
}

#[tokio::test]
async fn a_download_is_read_whole_or_in_chunks() {
    let server = Server::answer("200 OK", "Content-Type: application/wasm\r\n", "bytes").await;
    let core = client(&server);
    let open = || async { Download::response(thing(&core).open().await.unwrap()) };
    let answer = open().await;
    assert_eq!(
        (answer.body.media_type().as_deref(), answer.body.length()),
        (Some("application/wasm"), Some(5))
    );
    assert_eq!(answer.body.bytes().await.unwrap(), "bytes");
    let mut body = open().await.body;
    let mut all = Vec::new();
    while let Some(chunk) = body.chunk().await.unwrap() {
        all.extend_from_slice(&chunk);
    }
    assert_eq!(all, b"bytes");
}
