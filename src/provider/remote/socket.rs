//! WebSockets between a caller and the upstream server.

use super::Held;
use meshery_client::{Frame, WebSocket};
use meshery_server::{AnyResponse, Message, Socket, Upgrade};

/// The answer that connects both sides, until one of them closes. So long it is counted.
pub(super) fn pumped(upstream: WebSocket, place: Held) -> AnyResponse {
    AnyResponse::upgrade(Upgrade::new(async |caller| {
        pump(caller, upstream).await;
        drop(place);
    }))
}

async fn pump(mut caller: Socket, mut upstream: WebSocket) {
    loop {
        tokio::select! {
            message = caller.receive() => {
                let Some(Ok(message)) = message else {
                    // The caller is gone: so is its reason to be there.
                    let _ = upstream.send(close(1001, "")).await;
                    return;
                };
                let (frame, last) = outgoing(message);
                if upstream.send(frame).await.is_err() || last {
                    return;
                }
            }
            frame = upstream.next() => {
                let Some(Ok(frame)) = frame else {
                    let _ = caller.send(Message::Close(Some((1011, "the upstream server is gone".to_owned())))).await;
                    return;
                };
                let (message, last) = incoming(frame);
                if caller.send(message).await.is_err() || last {
                    return;
                }
            }
        }
    }
}

fn outgoing(message: Message) -> (Frame, bool) {
    match message {
        Message::Text(text) => (Frame::Text(text), false),
        Message::Binary(bytes) => (Frame::Binary(bytes), false),
        Message::Close(Some((code, reason))) => (close(code, &reason), true),
        Message::Close(None) => (close(1000, ""), true),
    }
}

fn incoming(frame: Frame) -> (Message, bool) {
    match frame {
        Frame::Text(text) => (Message::Text(text), false),
        Frame::Binary(bytes) => (Message::Binary(bytes), false),
        // 1005 says that there was no code: it must not be sent.
        Frame::Close { code: 1005, .. } => (Message::Close(None), true),
        Frame::Close { code, reason } => (Message::Close(Some((code, reason))), true),
    }
}

fn close(code: u16, reason: &str) -> Frame {
    Frame::Close { code: if code == 1005 { 1000 } else { code }, reason: reason.to_owned() }
}
