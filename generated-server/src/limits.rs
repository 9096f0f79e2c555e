//! How much of anything a server takes, unless it is told otherwise.

use crate::MediaKind;
use std::time::Duration;

mod room;
mod time;

pub(crate) use room::Room;
pub(crate) use time::within;

const MIB: usize = 1024 * 1024;

/// Limits of a server. All are on by default.
///
/// ```
/// # use meshery_server::Limits;
/// let limits = Limits { json: 16 * 1024, ..Limits::default() };
/// assert_eq!(limits.multipart, 32 * 1024 * 1024);
/// ```
// Constructed with `..Default::default()`: that is why it is not `non_exhaustive`.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// Bytes of a JSON, text or form body: 1 MiB. Answered with 413, as the next two. Also bytes of each
    /// value of a multipart body, where it is a violation of `maxLength`, which is answered with 400.
    pub json: usize,
    /// Bytes of a binary body: 32 MiB.
    pub bytes: usize,
    /// Bytes of a multipart body, all parts together: 32 MiB.
    pub multipart: usize,
    /// Parts of a multipart body: 64. Answered with 400.
    pub parts: usize,
    /// Bytes of each part of a multipart body that are held in memory: 64 KiB. A longer part is kept
    /// in a temporary file.
    pub part_memory: usize,
    /// Bytes of all request headers, names and values: 64 KiB. Answered with 431.
    pub headers: usize,
    /// Requests in progress at once: 4096. Answered with 503 and `Retry-After`.
    pub concurrent: usize,
    /// Time until the head of the response: 30 s. A body that did not arrive by then is answered
    /// with 408, a handler that did not with 504. Streams may last longer.
    pub time: Duration,
    /// Bytes of a WebSocket message: 64 KiB.
    pub message: usize,
    /// Violations that one answer names: 100.
    pub violations: usize,
}

impl Limits {
    pub(crate) fn of(&self, kind: MediaKind) -> usize {
        match kind {
            MediaKind::Json | MediaKind::Text | MediaKind::Form => self.json,
            MediaKind::Bytes => self.bytes,
            MediaKind::Multipart => self.multipart,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            json: MIB,
            bytes: 32 * MIB,
            multipart: 32 * MIB,
            parts: 64,
            part_memory: 64 * 1024,
            headers: 64 * 1024,
            concurrent: 4096,
            time: Duration::from_secs(30),
            message: 64 * 1024,
            violations: 100,
        }
    }
}
