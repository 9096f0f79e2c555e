//! Connections that are no HTTP, and those that are used again.

use crate::server::{JSON, Server, response};
use crate::{client, failed, names};
use meshery_client::Error;

#[tokio::test]
async fn what_is_no_http() {
    for bytes in
        [&b"SSH-2.0-OpenSSH\r\n"[..], b"\x16\x03\x01\x00\x05", b"HTTP/9.9 200 OK\r\n\r\n", b"\0\0\0\0", b""]
    {
        let server = Server::bytes(bytes).await;
        assert!(matches!(failed(&client(&server)).await, Error::Transport { .. }), "{bytes:?}");
    }
}

#[tokio::test]
async fn a_status_that_is_none() {
    for status in ["99 Low", "1000 High", "OK", "999 Odd"] {
        let server = Server::bytes(response(status, JSON, b"[]")).await;
        let error = failed(&client(&server)).await;
        assert!(matches!(error, Error::Transport { .. } | Error::Undocumented(_)), "{error}");
    }
}

#[tokio::test]
async fn a_response_before_it_was_asked_for_is_nobodys() {
    let server = Server::start(|mut connection, _| async move {
        let twice =
            [response("200 OK", JSON, b"[\"mine\"]"), response("200 OK", JSON, b"[\"forged\"]")].concat();
        drop(connection.send(&twice).await);
        connection.wait().await;
    })
    .await;
    let core = client(&server);
    for _ in 0..3 {
        assert_eq!(names(&core).await.unwrap().body, ["mine"]);
    }
}

#[tokio::test]
async fn a_connection_is_used_again_after_whatever_answer() {
    let server = Server::start(|mut connection, _| async move {
        for answer in [
            response("200 OK", JSON, b"[]"),
            response("404 Not Found", "", b"no such name"),
            response("418 I'm a teapot", "", b"short and stout"),
            response("200 OK", JSON, b"{\"not\": \"names\"}"),
            response("302 Found", "Location: /login\r\n", b""),
            response("200 OK", JSON, b"[\"a\"]"),
        ] {
            drop(connection.send(&answer).await);
            connection.request().await;
        }
    })
    .await;
    let core = client(&server);
    names(&core).await.unwrap();
    for _ in 0..4 {
        failed(&core).await;
    }
    assert_eq!(names(&core).await.unwrap().body, ["a"]);
    assert_eq!((server.requests(), server.connections()), (6, 1));
}

#[tokio::test]
async fn a_call_that_is_given_up_leaves_nothing_behind() {
    let server = Server::start(|mut connection, request| async move {
        let own = if request.contains("first") { "[\"first\"]" } else { "[\"other\"]" };
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        drop(connection.send(&response("200 OK", JSON, own.as_bytes())).await);
        connection.wait().await;
    })
    .await;
    let core = client(&server);
    let first = core.request(&crate::NAMES).query("search", "first").fetch::<Vec<String>>();
    assert!(tokio::time::timeout(std::time::Duration::from_millis(5), first).await.is_err());
    assert_eq!(names(&core).await.unwrap().body, ["other"]);
}
