//! Responses that go on: events and WebSockets.

use super::server::{Answer, Server};
use super::{SECRET, builder, client, thing};
use crate::client::Core;
use crate::{ClientBuilder, Error, EventStream, Frame};
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

const EVENTS: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";

#[tokio::test]
async fn events_come_typed_as_they_are_sent_and_time_does_not_end_them() {
    let text = format!(
        "{EVENTS}: keepalive\n\ndata: [\"a\"]\n\nevent: x\nid: 3\ndata: [\ndata: \"b\"]\n\ndata: 7\n\ndata: []\n\n"
    );
    let server = Server::start(Answer::Hang(text.into_bytes())).await;
    let core = builder(&server).timeout(Duration::from_millis(300)).build().unwrap();
    let mut events = EventStream::<Vec<String>>::json(thing(&core).open().await.unwrap()).body;
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!(events.next().await.unwrap().unwrap(), ["a"]);
    assert_eq!(events.next().await.unwrap().unwrap(), ["b"]);
    assert_eq!((events.last_event().name.as_str(), events.last_event().id.as_str()), ("x", "3"));
    assert!(matches!(events.next().await.unwrap(), Err(Error::Decode(_))));
    assert!(events.next().await.unwrap().unwrap().is_empty());
}

#[tokio::test]
async fn a_stream_ends_or_fails_once() {
    let server = Server::start(Answer::Bytes(format!("{EVENTS}data: hi\n\n").into_bytes())).await;
    let core = client(&server);
    let mut events = EventStream::text(thing(&core).open().await.unwrap()).body;
    assert_eq!(events.next().await.unwrap().unwrap(), "hi");
    assert!(events.next().await.is_none());

    let long = format!("{EVENTS}data: hi\n\ndata: {}", "x".repeat(2000));
    let server = Server::start(Answer::Hang(long.into_bytes())).await;
    let core = builder(&server).max_response_size(1000).build().unwrap();
    let mut events = EventStream::text(thing(&core).open().await.unwrap()).body;
    assert_eq!(events.next().await.unwrap().unwrap(), "hi");
    assert!(matches!(events.next().await.unwrap(), Err(Error::TooLarge { .. })));
    assert!(events.next().await.is_none());
}

#[tokio::test]
async fn a_refused_upgrade_is_a_failure_by_status() {
    let server = Server::answer("404 Not Found", "", "no such connection").await;
    let error = thing(&client(&server)).upgrade().await.err().unwrap();
    assert_eq!(error.to_string(), "getThing: 404 Not Found: no such connection");
    let request = server.request();
    for header in [
        "upgrade: websocket\r\n",
        "sec-websocket-version: 13\r\n",
        &format!("origin: {}\r\n", server.url()),
        SECRET,
    ] {
        assert!(request.contains(header), "{header} in {request}");
    }
    let forged = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n";
    let server =
        Server::start(Answer::Hang(format!("HTTP/1.1 101 Switching Protocols\r\n{forged}\r\n").into_bytes()))
            .await;
    let error = thing(&client(&server)).upgrade().await.err().unwrap();
    assert!(matches!(error, Error::Transport { .. }), "{error}");
}

/// Echoes binary messages in text, until the client closes; then says why.
async fn echo(listener: TcpListener) {
    let (stream, _) = listener.accept().await.unwrap();
    let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
    socket.send(Message::Ping(Bytes::new())).await.unwrap();
    while let Some(Ok(message)) = socket.next().await {
        match message {
            Message::Binary(bytes) => {
                socket.send(Message::text(format!("{} bytes", bytes.len()))).await.unwrap()
            }
            Message::Text(_) => {
                let close = CloseFrame { code: 4000.into(), reason: "ended".into() };
                socket.send(Message::Close(Some(close))).await.unwrap();
            }
            _ => {}
        }
    }
}

#[tokio::test]
async fn a_websocket_carries_messages_both_ways_and_says_how_it_ended() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(echo(listener));
    let core = ClientBuilder::<Core>::new(&url).unwrap().build().unwrap();
    let answer = thing(&core).upgrade().await.unwrap();
    assert_eq!(answer.status, 101);
    let mut socket = answer.body;
    socket.send(Frame::Binary(Bytes::from_static(b"12345"))).await.unwrap();
    assert_eq!(socket.next().await.unwrap().unwrap(), Frame::Text("5 bytes".into()));
    socket.send(Frame::Text("exit".into())).await.unwrap();
    let close = Frame::Close { code: 4000, reason: "ended".into() };
    assert_eq!(socket.next().await.unwrap().unwrap(), close);
    assert!(socket.next().await.is_none());
}
