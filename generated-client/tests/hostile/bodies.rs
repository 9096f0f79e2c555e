//! Heads and bodies that are slow, cut, too long, or not what they say.

use crate::server::{JSON, Server, response};
use crate::{LIMIT, NAMES, SEND, builder, client, failed, names};
use futures_util::{StreamExt, stream};
use meshery_client::{Core, Error, Upload};
use std::time::Duration;

async fn soon(server: &Server) -> Core {
    builder(server).timeout(Duration::from_millis(200)).build().unwrap()
}

#[tokio::test]
async fn slow_headers() {
    let server = Server::start(|mut connection, _| async move {
        drop(connection.send(b"HTTP/1.1 200 OK\r\nX-Slow: ").await);
        connection.drip(b"x").await;
    })
    .await;
    assert!(failed(&soon(&server).await).await.is_timeout());
}

#[tokio::test]
async fn slow_body() {
    let server = Server::start(|mut connection, _| async move {
        drop(connection.send(format!("HTTP/1.1 200 OK\r\n{JSON}\r\n[").as_bytes()).await);
        connection.drip(b" ").await;
    })
    .await;
    assert!(failed(&soon(&server).await).await.is_timeout());
    // A failure is no reason to wait for longer.
    let server = Server::start(|mut connection, _| async move {
        drop(connection.send(b"HTTP/1.1 404 Not Found\r\n\r\n").await);
        connection.drip(b"x").await;
    })
    .await;
    assert!(failed(&soon(&server).await).await.is_timeout());
}

#[tokio::test]
async fn truncated_body() {
    let cut = |whole: Vec<u8>| whole[..whole.len() - 3].to_vec();
    let server = Server::bytes(cut(response("200 OK", JSON, br#"["a","b"]"#))).await;
    assert!(matches!(failed(&client(&server)).await, Error::Transport { .. }));
    let chunked = format!("HTTP/1.1 200 OK\r\n{JSON}Transfer-Encoding: chunked\r\n\r\n5\r\n[\"a\"]\r\n");
    let server = Server::bytes(chunked).await;
    assert!(matches!(failed(&client(&server)).await, Error::Transport { .. }));
    // What is there of an explanation is kept.
    let server = Server::bytes(cut(response("404 Not Found", "", b"no such name"))).await;
    let error = failed(&client(&server)).await;
    assert!(error.is_not_found() && error.body().unwrap().truncated, "{error}");
}

#[tokio::test]
async fn wrong_length() {
    // Too short: the rest is not the beginning of the next response.
    let server = Server::start(|mut connection, _| async move {
        let short = format!("HTTP/1.1 200 OK\r\n{JSON}Content-Length: 4\r\n\r\n[\"a\",\"b\"]");
        drop(connection.send(short.as_bytes()).await);
        connection.wait().await;
    })
    .await;
    let core = client(&server);
    for _ in 0..3 {
        assert!(matches!(failed(&core).await, Error::Decode(_)));
    }
    for lengths in
        ["Content-Length: 2\r\nContent-Length: 3\r\n", "Content-Length: -2\r\n", "Content-Length: two\r\n"]
    {
        let server = Server::bytes(format!("HTTP/1.1 200 OK\r\n{lengths}\r\n[]")).await;
        assert!(matches!(failed(&client(&server)).await, Error::Transport { .. }), "{lengths}");
    }
    let endless =
        format!("HTTP/1.1 200 OK\r\n{JSON}Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n[]");
    let server = Server::bytes(endless).await;
    assert!(matches!(failed(&client(&server)).await, Error::Transport { .. }));
}

#[tokio::test]
async fn wrong_content_type() {
    let server = Server::bytes(response("200 OK", "Content-Type: image/png\r\n", b"\x89PNG")).await;
    let message = failed(&client(&server)).await.to_string();
    assert!(message.contains("not JSON") && message.contains("image/png"), "{message}");
    let server = Server::bytes(response("200 OK", "Content-Type: text/html\r\n", b"<form>")).await;
    assert!(failed(&client(&server)).await.is_unauthenticated());
    // Go handlers that forget to say what it is say that it is text.
    let server = Server::bytes(response("200 OK", "Content-Type: text/plain\r\n", b"[]")).await;
    assert!(names(&client(&server)).await.unwrap().body.is_empty());
}

#[tokio::test]
async fn invalid_utf8() {
    let server = Server::bytes(response("200 OK", JSON, b"[\"a\xff\"]")).await;
    assert!(matches!(failed(&client(&server)).await, Error::Decode(_)));
    let server = Server::bytes(response("404 Not Found", "X-Request-Id: \u{ff}\r\n", b"no \xff such")).await;
    let error = failed(&client(&server)).await;
    assert!(error.to_string().ends_with("no \u{fffd} such"), "{error}");
    assert_eq!(error.request_id(), None);
}

#[tokio::test]
async fn ten_gigabytes() {
    const TEN: u64 = 10 << 30;
    let announced = Server::start(|mut connection, _| async move {
        drop(connection.send(format!("HTTP/1.1 200 OK\r\nContent-Length: {TEN}\r\n\r\n").as_bytes()).await);
        connection.flood(&[b' '; 64 << 10]).await;
    })
    .await;
    let unannounced = Server::start(|mut connection, _| async move {
        drop(connection.send(b"HTTP/1.1 200 OK\r\n\r\n[").await);
        connection.flood(&[b' '; 64 << 10]).await;
    })
    .await;
    let explained = Server::start(|mut connection, _| async move {
        drop(connection.send(b"HTTP/1.1 404 Not Found\r\n\r\n").await);
        connection.flood(&[b'x'; 64 << 10]).await;
    })
    .await;
    for server in [&announced, &unannounced] {
        assert!(matches!(failed(&client(server)).await, Error::TooLarge { limit: LIMIT, .. }));
    }
    let error = failed(&client(&explained)).await;
    assert_eq!((error.body().unwrap().text.len(), error.body().unwrap().truncated), (LIMIT, true));
    // What was sent beyond the limit is in buffers of the system, and has an end.
    for server in [announced, unannounced, explained] {
        assert!(server.written() < 32 * LIMIT, "{}", server.written());
    }
}

#[tokio::test]
async fn a_download_is_read_no_faster_than_it_is_taken() {
    let server = Server::start(|mut connection, _| async move {
        drop(connection.send(b"HTTP/1.1 200 OK\r\n\r\n").await);
        connection.flood(&[b'x'; 64 << 10]).await;
    })
    .await;
    let mut download = client(&server).request(&NAMES).download().await.unwrap().into_body();
    assert!(!download.chunk().await.unwrap().unwrap().is_empty());
    // Once all buffers are full, nothing more is sent.
    let mut written = 0;
    while server.written() > written {
        written = server.written();
        assert!(written < 32 * LIMIT, "{written}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert!(matches!(download.bytes().await, Err(Error::TooLarge { .. })));
}

#[tokio::test]
async fn a_download_that_stalls() {
    let stalling = || async {
        let server = Server::start(|mut connection, _| async move {
            drop(connection.send(b"HTTP/1.1 200 OK\r\n\r\nsome").await);
            connection.wait().await;
        })
        .await;
        let core = builder(&server).idle_timeout(Duration::from_millis(500)).build().unwrap();
        (core.request(&NAMES).download().await.unwrap().into_body(), server)
    };
    let (mut download, _server) = stalling().await;
    assert_eq!(download.chunk().await.unwrap().unwrap(), "some");
    assert!(download.chunk().await.unwrap_err().is_timeout());
    let (download, _server) = stalling().await;
    let mut chunks = download.into_stream();
    assert_eq!(chunks.next().await.unwrap().unwrap(), "some");
    assert!(chunks.next().await.unwrap().unwrap_err().is_timeout());
    assert!(chunks.next().await.is_none());
    let (download, _server) = stalling().await;
    assert!(download.bytes().await.unwrap_err().is_timeout());
}

#[tokio::test]
async fn an_upload_that_is_not_taken() {
    let server = Server::start(|connection, _| async move {
        std::future::pending::<()>().await;
        drop(connection);
    })
    .await;
    let core = builder(&server).idle_timeout(Duration::from_millis(100)).build().unwrap();
    let endless = Upload::stream(stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b'x'; 64 << 10])));
    let sent = core.request(&SEND).path("endless").body("text/plain", endless).send().await;
    assert!(sent.unwrap_err().is_timeout());
}

#[tokio::test]
async fn an_answer_to_an_upload_that_drips() {
    let server = Server::start(|mut connection, _| async move {
        drop(connection.send(format!("HTTP/1.1 200 OK\r\n{JSON}\r\n[").as_bytes()).await);
        connection.drip(b" ").await;
    })
    .await;
    let core = soon(&server).await;
    let chunks = stream::iter([Ok::<_, std::io::Error>("one")]);
    let sent = core.request(&SEND).path("third").body("text/plain", Upload::stream(chunks)).send().await;
    assert!(sent.unwrap_err().is_timeout());
}

#[tokio::test]
async fn deep_json() {
    let deep = ["[".repeat(200_000), r#"{"a":"#.repeat(100_000)];
    for body in deep {
        let server = Server::bytes(response("200 OK", JSON, body.as_bytes())).await;
        let core = client(&server);
        assert!(matches!(failed(&core).await, Error::Decode(_)));
        let any = core.request(&NAMES).fetch::<serde_json::Value>().await;
        assert!(matches!(any, Err(Error::Decode(_))));
        let server = Server::bytes(response("404 Not Found", JSON, body.as_bytes())).await;
        assert!(failed(&client(&server)).await.is_not_found());
    }
}

#[tokio::test]
async fn endless_headers() {
    let server = Server::start(|mut connection, _| async move {
        drop(connection.send(b"HTTP/1.1 200 OK\r\n").await);
        connection.flood(&b"X-Filler: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n".repeat(100)).await;
    })
    .await;
    assert!(matches!(failed(&client(&server)).await, Error::Transport { .. }));
    assert!(server.written() < 32 * LIMIT, "{}", server.written());
}
