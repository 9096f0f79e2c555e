//! WebSockets, over TCP: an upgrade needs a connection.

use super::*;
use crate::{Message, Upgrade};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Sends back what it receives; closes on the text `bye`.
pub(super) fn echo() -> Upgrade {
    Upgrade::new(|mut socket| async move {
        while let Some(Ok(message)) = socket.receive().await {
            if message == Message::Text("bye".to_owned()) {
                return socket.close(4000, "ended").await;
            }
            if socket.send(message).await.is_err() {
                return;
            }
        }
    })
}

async fn connect() -> TcpStream {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, server()).await });
    TcpStream::connect(address).await.expect("a connection")
}

async fn handshake(stream: &mut TcpStream, token: &str) -> String {
    let head = format!(
        "GET /socket HTTP/1.1\r\nhost: h\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         meshery-token: {token}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.expect("sent");
    head_of_answer(stream).await
}

async fn head_of_answer(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        answer.push(stream.read_u8().await.expect("an answer"));
    }
    String::from_utf8(answer).expect("text")
}

/// A masked text frame; the mask is zero.
fn text(words: &str) -> Vec<u8> {
    let mut frame = vec![0x81, 0x80 | words.len() as u8, 0, 0, 0, 0];
    frame.extend_from_slice(words.as_bytes());
    frame
}

#[tokio::test]
async fn frames_go_both_ways_and_the_server_closes_with_its_code() {
    let mut stream = connect().await;
    let answer = handshake(&mut stream, "ann").await;
    assert!(answer.starts_with("HTTP/1.1 101 "), "{answer}");
    stream.write_all(&text("hello")).await.expect("sent");
    let mut frame = [0; 7];
    stream.read_exact(&mut frame).await.expect("a frame");
    assert_eq!(&frame, b"\x81\x05hello");
    stream.write_all(&text("bye")).await.expect("sent");
    let mut frame = [0; 9];
    stream.read_exact(&mut frame).await.expect("a frame");
    assert_eq!(&frame, b"\x88\x07\x0f\xa0ended");
}

#[tokio::test]
async fn a_frame_beyond_the_limit_ends_the_connection() {
    let limit = Limits::default().message;
    for (size, whole) in [(limit, true), (limit + 1, false), (1 << 40, false)] {
        let mut stream = connect().await;
        handshake(&mut stream, "ann").await;
        let mut frame = vec![0x82, 0xff];
        frame.extend_from_slice(&(size as u64).to_be_bytes());
        frame.extend_from_slice(&[0; 4]);
        frame.resize(frame.len() + size.min(limit + 1), b'x');
        // Where it is refused, that may be before all of it was sent.
        let _ = stream.write_all(&frame).await;
        let mut echoed = vec![0; 10];
        let heard = stream.read_exact(&mut echoed).await.is_ok() && echoed[1] == 127;
        assert_eq!(heard, whole, "{size} bytes: {echoed:?}");
    }
}

#[tokio::test]
async fn what_fails_does_so_before_the_upgrade() {
    let answer = handshake(&mut connect().await, "bob").await;
    assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");
    let answer = handshake(&mut connect().await, "eve").await;
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
}

#[tokio::test]
async fn a_call_without_an_upgrade_is_426() {
    let (status, headers, _) = send(&server(), get("/socket")).await;
    assert_eq!((status.as_u16(), header(&headers, "upgrade")), (426, "websocket"));
    let mut stream = connect().await;
    let head = "GET /socket HTTP/1.1\r\nhost: h\r\nmeshery-token: ann\r\n\r\n";
    stream.write_all(head.as_bytes()).await.expect("sent");
    let answer = head_of_answer(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 426 "), "{answer}");
    for line in ["upgrade: websocket", "connection: Upgrade", "sec-websocket-version: 13"] {
        assert!(answer.contains(&format!("\r\n{line}\r\n")), "{answer}");
    }
}

#[cfg(feature = "serve")]
#[tokio::test]
async fn a_socket_holds_its_place_among_the_connections() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let serve = crate::Serve::new(server()).connections(1);
    tokio::spawn(serve.run(listener, std::future::pending()));
    let mut first = TcpStream::connect(address).await.expect("a connection");
    handshake(&mut first, "ann").await;
    let mut second = TcpStream::connect(address).await.expect("a connection");
    let early = tokio::time::timeout(Duration::from_millis(100), handshake(&mut second, "ann")).await;
    assert!(early.is_err(), "it does not wait");
    drop(first);
    let answer = tokio::time::timeout(Duration::from_secs(5), head_of_answer(&mut second)).await;
    assert!(answer.expect("its turn").starts_with("HTTP/1.1 101 "));
}

#[cfg(feature = "serve")]
#[tokio::test]
async fn a_server_that_stops_says_so_to_sockets_and_ends_event_streams() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let run = tokio::spawn(crate::Serve::new(server()).run(listener, async move { drop(stopped.await) }));
    let mut socket = TcpStream::connect(address).await.expect("a connection");
    handshake(&mut socket, "ann").await;
    let mut events = TcpStream::connect(address).await.expect("a connection");
    let head = "GET /events?endless HTTP/1.1\r\nhost: h\r\nmeshery-token: ann\r\n\r\n";
    events.write_all(head.as_bytes()).await.expect("sent");
    let mut heard = Vec::new();
    while !heard.ends_with(b"data: lines\n\n\r\n") {
        heard.push(events.read_u8().await.expect("an event"));
    }
    stop.send(()).expect("it runs");
    let mut rest = String::new();
    events.read_to_string(&mut rest).await.expect("an end");
    assert_eq!(rest, "0\r\n\r\n", "the stream ends as it should, and is not cut off");
    let mut frame = [0; 20];
    socket.read_exact(&mut frame).await.expect("a frame");
    assert_eq!(&frame, b"\x88\x12\x03\xe9the server stops");
    // The other side answers the close with its own.
    socket.write_all(b"\x88\x82\0\0\0\0\x03\xe9").await.expect("sent");
    assert_eq!(run.await.expect("no panic"), 0);
}
