//! Responses that go on: events and WebSockets.

use super::server::{Answer, Server};
use super::{SECRET, builder, client, thing};
use crate::client::Core;
use crate::{ClientBuilder, Console, ConsoleEvent, ConsoleInput, Error, EventStream, Frame, Reconnect};
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
    let events = EventStream::text(thing(&core).open().await.unwrap()).body;
    let mut events = events.reconnect(Reconnect::never());
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

/// A console that says what it is told to, and then sends back what it gets.
async fn console(script: &'static [&'static str], close: u16) -> Console {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
        for text in script {
            socket.send(Message::text(*text)).await.unwrap();
        }
        while let Some(Ok(message)) = socket.next().await {
            match message {
                Message::Text(text) if text.contains("eof") => {
                    let close = CloseFrame { code: close.into(), reason: "".into() };
                    socket.send(Message::Close(Some(close))).await.unwrap();
                }
                Message::Text(_) | Message::Binary(_) => socket.send(message).await.unwrap(),
                _ => {}
            }
        }
    });
    let core = ClientBuilder::<Core>::new(&url).unwrap().build().unwrap();
    let opened = thing(&core).upgrade().await.unwrap();
    Console::new(opened.into_body())
}

#[tokio::test]
async fn a_console_carries_bytes_and_messages_and_says_how_it_ended() {
    let script = [
        r#"{"type":"ready","capabilities":{"terminal":true}}"#,
        r#"{"type":"weather","cols":"many"}"#,
        r#"{"type":"resize","cols":80,"rows":24}"#,
        r#"{"type":"error","code":17,"message":"no such pod"}"#,
        r#"{"type":"exit","exitCode":-1}"#,
        r#"{"type":"eof"}"#,
        "{}",
        "no message",
    ];
    let mut console = console(Vec::from(script).leak(), Console::FAILED).await;
    let capabilities = Some(serde_json::json!({"terminal": true}));
    for expected in [
        ConsoleEvent::Ready { capabilities },
        ConsoleEvent::Resize { cols: 80, rows: 24 },
        ConsoleEvent::Error { code: Some("17".into()), message: "no such pod".into() },
        ConsoleEvent::Exit { code: Some(-1) },
        ConsoleEvent::Eof,
    ] {
        assert_eq!(console.next().await.unwrap().unwrap(), expected);
    }
    let error = console.next().await.unwrap().unwrap_err();
    assert!(error.to_string().contains("not a control message of a console"), "{error}");

    console.resize(100, 30).await.unwrap();
    assert_eq!(console.next().await.unwrap().unwrap(), ConsoleEvent::Resize { cols: 100, rows: 30 });
    // More than a frame may hold goes in several.
    let input = vec![b'x'; (64 << 10) + 1];
    console.write(input).await.unwrap();
    for length in [64 << 10, 1] {
        let ConsoleEvent::Output(output) = console.next().await.unwrap().unwrap() else { panic!() };
        assert_eq!(output.len(), length);
    }
    console.eof().await.unwrap();
    let closed = ConsoleEvent::Closed { code: 4001, reason: String::new() };
    assert_eq!(console.next().await.unwrap().unwrap(), closed);
    assert!(console.next().await.is_none());
}

#[tokio::test]
async fn a_console_can_be_split_between_two_tasks() {
    let (mut writer, mut reader) = console(&[], Console::ENDED).await.split();
    let writing = tokio::spawn(async move {
        writer.send(ConsoleInput::Resize { cols: 80, rows: 24 }).await.unwrap();
        writer.send(ConsoleInput::Bytes(vec![b'x'; (64 << 10) + 1].into())).await.unwrap();
        writer.send(ConsoleInput::Eof).await.unwrap();
    });
    let mut lengths = Vec::new();
    loop {
        match reader.next().await.unwrap().unwrap() {
            ConsoleEvent::Output(output) => lengths.push(output.len()),
            ConsoleEvent::Closed { code, .. } => break assert_eq!(code, Console::ENDED),
            other => assert_eq!(other, ConsoleEvent::Resize { cols: 80, rows: 24 }),
        }
    }
    assert_eq!(lengths, [64 << 10, 1]);
    writing.await.unwrap();
}

#[tokio::test]
async fn what_cannot_close_a_websocket_is_not_sent() {
    let mut socket = console(&[], Console::ENDED).await.into_socket();
    for (code, reason) in
        [(999, ""), (1005, ""), (1006, ""), (1015, ""), (5000, ""), (1000, &*"x".repeat(124))]
    {
        let error = socket.send(Frame::Close { code, reason: reason.to_owned() }).await.unwrap_err();
        assert!(matches!(error, Error::InvalidRequest { .. }), "{code}: {error}");
    }
    socket.send(Frame::Text("still there".into())).await.unwrap();
    assert_eq!(socket.next().await.unwrap().unwrap(), Frame::Text("still there".into()));
    socket.close(4999, &"x".repeat(123)).await.unwrap();
}

#[tokio::test]
async fn a_websocket_can_be_split_and_its_silence_limited() {
    let console = console(&[], Console::ENDED).await;
    let socket = console.into_socket().patience(Duration::from_millis(50));
    let (mut writer, mut reader) = socket.split();
    writer.send(Frame::Text("hi".into())).await.unwrap();
    assert_eq!(reader.next().await.unwrap().unwrap(), Frame::Text("hi".into()));
    let error = reader.next().await.unwrap().unwrap_err();
    assert!(error.is_timeout(), "{error}");
}

#[tokio::test]
async fn a_server_that_reads_nothing_does_not_keep_a_websocket_from_being_closed() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let socket = tokio_tungstenite::accept_async(stream).await.unwrap();
        std::future::pending::<()>().await;
        drop(socket);
    });
    let core = ClientBuilder::<Core>::new(&url).unwrap().build().unwrap();
    let mut socket = thing(&core).upgrade().await.unwrap().body;
    let much = socket.send(Frame::Binary(vec![0; 32 << 20].into()));
    assert!(tokio::time::timeout(Duration::from_millis(200), much).await.is_err());
    tokio::time::pause();
    socket.close(1000, "").await.unwrap();
}
