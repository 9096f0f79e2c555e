//! What a WebSocket of the mock does: it is a console that sends back what is typed.

use crate::{ConsoleMessage, ConsoleSocket, Upgrade};
use serde_json::json;

/// Ends on `exit` alone on a line, on end of file (also as the byte that a terminal sends for it),
/// or with the other side.
pub(super) fn echo() -> Upgrade {
    Upgrade::new(|socket| async move {
        let capabilities = json!({ "resize": true });
        let Ok(mut console) = ConsoleSocket::open(socket, capabilities).await else { return };
        while let Some(Ok(message)) = console.receive().await {
            let typed = match message {
                ConsoleMessage::Bytes(typed) => typed,
                ConsoleMessage::Resize { .. } => continue,
                ConsoleMessage::Eof => return console.exit(0).await,
            };
            if typed.contains(&0x04) || typed.trim_ascii() == b"exit" {
                return console.exit(0).await;
            }
            if console.send(typed).await.is_err() {
                return;
            }
        }
    })
}
