//! What a request is called in logs, on both sides of the wire.

use http::{HeaderMap, HeaderName, HeaderValue};
use std::cell::Cell;
use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::{BuildHasher, Hasher};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// The header that carries it, in both directions.
pub(crate) static HEADER: HeaderName = HeaderName::from_static("x-request-id");
/// Longer ones are not taken over.
const LONGEST: usize = 128;

/// The id of a request: the one that the caller gave it, or a new one.
///
/// It is in the [`Context`](crate::Context), in the span of the request, and in `X-Request-Id` of the
/// response. One that a caller gives is taken over if it is short and
/// consists of letters, digits and `-_.:+/=`: it ends up in logs.
#[derive(Clone)]
pub struct RequestId(Text);

#[derive(Clone)]
enum Text {
    Given(HeaderValue),
    Made([u8; 32]),
}

impl RequestId {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let mut given = headers.get_all(&HEADER).iter();
        match (given.next(), given.next()) {
            (Some(id), None) if is_sane(id.as_bytes()) => Self(Text::Given(id.clone())),
            _ => Self::new(),
        }
    }

    /// 128 bits in hexadecimal: which server, started when; and a number of its own.
    pub(crate) fn new() -> Self {
        static SERVER: LazyLock<[u8; 32]> = LazyLock::new(|| {
            let mut text = [b'0'; 32];
            write(&mut text[..16], RandomState::new().build_hasher().finish());
            text
        });
        let mut text = *SERVER;
        write(&mut text[16..], number());
        Self(Text::Made(text))
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Text::Given(value) => value.to_str().unwrap_or_default(),
            Text::Made(text) => std::str::from_utf8(text).unwrap_or_default(),
        }
    }

    pub(crate) fn header(&self) -> HeaderValue {
        match &self.0 {
            Text::Given(value) => value.clone(),
            Text::Made(text) => HeaderValue::from_bytes(text).unwrap_or(HeaderValue::from_static("0")),
        }
    }
}

/// A number that this process has not had before. Threads take many of them at once, so as not to wait for
/// each other at every request.
fn number() -> u64 {
    const MANY: u64 = 1024;
    static NEXT: AtomicU64 = AtomicU64::new(0);
    thread_local!(static OWN: Cell<u64> = const { Cell::new(0) });
    let own = match OWN.get() {
        used if used % MANY == 0 => NEXT.fetch_add(MANY, Ordering::Relaxed),
        next => next,
    };
    OWN.set(own + 1);
    own
}

/// Writes a number over zeroes, in hexadecimal.
fn write(zeroes: &mut [u8], mut number: u64) {
    for place in zeroes.iter_mut().rev() {
        if number == 0 {
            break;
        }
        let digit = (number & 15) as u8;
        *place = if digit < 10 { b'0' + digit } else { b'a' - 10 + digit };
        number >>= 4;
    }
}

fn is_sane(id: &[u8]) -> bool {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"-_.:+/=".contains(b);
    !id.is_empty() && id.len() <= LONGEST && id.iter().all(plain)
}

impl PartialEq for RequestId {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for RequestId {}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RequestId").field(&self.as_str()).finish()
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::RequestId;
    use http::{HeaderMap, HeaderValue};

    fn id(given: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for id in given {
            headers.append("x-request-id", HeaderValue::from_str(id).unwrap());
        }
        RequestId::of(&headers).to_string()
    }

    #[test]
    fn sane_ids_are_taken_over_and_others_are_not() {
        assert_eq!(id(&["a-1.B:c"]), "a-1.B:c");
        let long = "x".repeat(129);
        for odd in [&[][..], &[""], &["a b"], &["a\"b"], &[&long], &["a", "a"]] {
            let made = id(odd);
            assert!(made.len() == 32 && made.bytes().all(|b| b.is_ascii_hexdigit()), "{odd:?} {made}");
        }
        assert_ne!(id(&[]), id(&[]));
    }

    #[test]
    fn it_is_its_text_wherever_that_comes_from() {
        let made = RequestId::new();
        let mut headers = HeaderMap::new();
        headers.insert("x-request-id", made.header());
        assert_eq!(RequestId::of(&headers), made);
        assert_eq!(format!("{made:?}"), format!("RequestId(\"{made}\")"));
    }
}
