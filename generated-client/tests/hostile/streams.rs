//! Events that do not come, and WebSockets that break.

use crate::server::{Connection, Server};
use crate::{EVENTS, LIMIT, NAMES, builder, client};
use meshery_client::{Error, EventStream, Reconnect, WebSocket};
use std::time::Duration;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";

fn quickly() -> Reconnect {
    let quick = Reconnect::default().attempts(2).backoff(Duration::ZERO, Duration::ZERO);
    quick.silence(Duration::from_millis(50))
}

async fn events(server: &Server) -> EventStream<Vec<String>> {
    client(server).request(&EVENTS).events().await.unwrap().into_body().reconnect(quickly())
}

#[tokio::test]
async fn events_that_never_come() {
    let server = Server::start(|mut connection, _| async move {
        drop(connection.send(HEAD.as_bytes()).await);
        connection.wait().await;
    })
    .await;
    let mut events = events(&server).await;
    assert!(events.next().await.unwrap().unwrap_err().is_timeout());
    assert!(events.next().await.is_none());
    assert_eq!(server.requests(), 3);
}

#[tokio::test]
async fn an_answer_that_never_begins() {
    let server = Server::start(|mut connection, _| async move { connection.wait().await }).await;
    let core = builder(&server).timeout(Duration::from_millis(50)).build().unwrap();
    let error = core.request(&EVENTS).events::<Vec<String>>().await.unwrap_err();
    assert!(error.is_timeout());
}

#[tokio::test]
async fn connections_that_end_at_once() {
    let server = Server::bytes(HEAD).await;
    let mut events = events(&server).await;
    assert!(events.next().await.is_none());
    assert_eq!(server.requests(), 3);
}

#[tokio::test]
async fn an_event_without_end() {
    let server = Server::start(|mut connection, _| async move {
        drop(connection.send(format!("{HEAD}data: ").as_bytes()).await);
        connection.flood(&[b'x'; 64 << 10]).await;
    })
    .await;
    let mut events = events(&server).await;
    assert!(matches!(events.next().await, Some(Err(Error::TooLarge { limit: LIMIT, .. }))));
    assert!(events.next().await.is_none());
    assert_eq!(server.requests(), 1);
    assert!(server.written() < 32 * LIMIT, "{}", server.written());
}

/// A WebSocket over which the server sends these bytes, whatever frames they are.
async fn socket(bytes: &'static [u8]) -> WebSocket {
    let server = Server::start(move |mut connection, request| async move {
        accept(&mut connection, &request).await;
        drop(connection.send(bytes).await);
    })
    .await;
    client(&server).request(&NAMES).websocket().await.unwrap().into_body()
}

async fn accept(connection: &mut Connection, request: &str) {
    let key = request.lines().find_map(|line| line.strip_prefix("sec-websocket-key: ")).unwrap();
    let accept = derive_accept_key(key.as_bytes());
    let head = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
    );
    connection.send(head.as_bytes()).await.unwrap();
}

#[tokio::test]
async fn a_websocket_that_closes_in_the_middle_of_a_frame() {
    for bytes in [&b"\x81\x05ab"[..], b"\x82\x7e\x01", b"\x81", b""] {
        let mut socket = socket(bytes).await;
        assert!(matches!(socket.next().await, Some(Err(Error::Transport { .. }))), "{bytes:?}");
        assert!(socket.next().await.is_none());
    }
}

#[tokio::test]
async fn frames_that_are_none() {
    // Reserved bits, a reserved opcode, text that is not UTF-8, a ping that is too long, and a
    // continuation of nothing.
    for bytes in [&b"\xf1\x00"[..], b"\x83\x00", b"\x81\x01\xff", b"\x89\x7e\x01\x00", b"\x80\x00"] {
        let mut socket = socket(bytes).await;
        assert!(matches!(socket.next().await, Some(Err(Error::Transport { .. }))), "{bytes:?}");
    }
}

#[tokio::test]
async fn a_frame_of_exabytes() {
    let mut socket = socket(b"\x82\x7f\x40\x00\x00\x00\x00\x00\x00\x00abc").await;
    assert!(matches!(socket.next().await, Some(Err(Error::Transport { .. }))));
}

#[tokio::test]
async fn a_message_in_fragments_without_end() {
    let server = Server::start(|mut connection, request| async move {
        accept(&mut connection, &request).await;
        drop(connection.send(b"\x02\x01x").await);
        let fragment = [&b"\x00\x7e\xff\xff"[..], &[b'x'; 0xffff]].concat();
        connection.flood(&fragment).await;
    })
    .await;
    let mut socket = client(&server).request(&NAMES).websocket().await.unwrap().into_body();
    assert!(matches!(socket.next().await, Some(Err(Error::Transport { .. }))));
    assert!(server.written() < 32 * LIMIT, "{}", server.written());
}
