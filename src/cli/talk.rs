//! What is said to the person at the terminal: on stderr, so that stdout holds results only.

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};

static QUIET: AtomicBool = AtomicBool::new(false);

pub(super) fn set_quiet(quiet: bool) {
    QUIET.store(quiet, Ordering::Relaxed);
}

/// Says something, unless it was asked for silence.
pub(super) fn say(text: &str) {
    if !QUIET.load(Ordering::Relaxed) {
        line(text);
    }
}

/// Says why it failed.
pub(super) fn fail(text: &str) {
    line(&format!("error: {text}"));
}

fn line(text: &str) {
    // Nobody listens on stderr: there is nobody to tell that either.
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Writes a result. A reader that stops reading (`| head`) is no error.
pub(super) fn print(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}
