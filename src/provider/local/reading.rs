//! JSON and YAML that callers send, read within bounds.
//!
//! What a text becomes in memory is many times its size, and an alias of YAML repeats what it names. So
//! what is bounded is what comes out, and it is counted before it is there.

mod yaml;

use meshery_server::Failure;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;
use tokio::sync::Semaphore;

/// The most bytes of YAML that are read as one document.
pub(super) const LARGEST_YAML: usize = 4 << 20;
/// About the most memory, in bytes, that one document may take once it is read.
const LARGEST_VALUE: usize = 64 << 20;
/// What a value costs beside its text, and what a list or an object costs more than that.
const VALUE: usize = 128;
const CONTAINER: usize = 384;
/// The most levels of a document: as many as serde_json reads.
const DEEPEST: usize = 128;

/// How many files are read at once; others wait.
static READERS: Semaphore = Semaphore::const_new(2);

/// Why a text is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// It is not of the form.
    Malformed,
    /// It is larger than what is read, or would become so.
    TooLarge,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "the file is neither JSON nor YAML",
            Self::TooLarge => {
                "the file holds more than is read of one: its aliases count as what they repeat"
            }
        })
    }
}

/// Reads YAML.
pub(super) fn yaml(text: &[u8]) -> Result<Value, Unreadable> {
    let text = std::str::from_utf8(text).map_err(|_| Unreadable::Malformed)?;
    if text.len() > LARGEST_YAML {
        return Err(Unreadable::TooLarge);
    }
    yaml::parse(text, Room(LARGEST_VALUE))
}

/// Reads JSON, or else YAML: JSON is YAML, and read much faster as what it is.
pub(super) fn json_or_yaml(text: &[u8]) -> Result<Value, Unreadable> {
    match json(text) {
        Err(Unreadable::Malformed) => yaml(text),
        outcome => outcome,
    }
}

/// Reads JSON.
pub(super) fn json(text: &[u8]) -> Result<Value, Unreadable> {
    let mut room = Room(LARGEST_VALUE);
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let outcome = Counted(&mut room).deserialize(&mut deserializer);
    match outcome.and_then(|value| deserializer.end().map(|()| value)) {
        Ok(value) => Ok(value),
        Err(_) if room.is_full() => Err(Unreadable::TooLarge),
        Err(_) => Err(Unreadable::Malformed),
    }
}

/// Reads where it keeps no other request waiting, and together with few others.
pub(super) async fn aside<T: Send + 'static>(
    read: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failure> {
    let permit = READERS.acquire().await;
    let outcome = tokio::task::spawn_blocking(read).await;
    drop(permit);
    Ok(outcome?)
}

/// The memory that is left for a document.
struct Room(usize);

impl Room {
    /// Takes some; from the first refusal on there is none.
    fn take(&mut self, bytes: usize) -> Result<(), Unreadable> {
        match self.0.checked_sub(bytes) {
            Some(left) if left > 0 => {
                self.0 = left;
                Ok(())
            }
            _ => {
                self.0 = 0;
                Err(Unreadable::TooLarge)
            }
        }
    }

    fn is_full(&self) -> bool {
        self.0 == 0
    }
}

/// Makes a value as long as there is room for it.
struct Counted<'a>(&'a mut Room);

impl Counted<'_> {
    fn made<E: Error>(self, value: Value, more: usize) -> Result<Value, E> {
        self.0.take(VALUE + more).map_err(E::custom)?;
        Ok(value)
    }
}

impl<'de> DeserializeSeed<'de> for Counted<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Counted<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        self.made(Value::Null, 0)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        self.made(value.into(), 0)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        self.made(value.into(), 0)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        self.made(value.into(), 0)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        self.made(value.into(), 0)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        self.made(value.into(), value.len())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        self.0.take(VALUE + CONTAINER).map_err(A::Error::custom)?;
        let mut items = Vec::new();
        while let Some(item) = access.next_element_seed(Counted(self.0))? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        self.0.take(VALUE + CONTAINER).map_err(A::Error::custom)?;
        let mut members = Map::new();
        while let Some(name) = access.next_key::<String>()? {
            self.0.take(name.len()).map_err(A::Error::custom)?;
            members.insert(name, access.next_value_seed(Counted(self.0))?);
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::{LARGEST_YAML, Unreadable, json_or_yaml, yaml};
    use serde_json::json;

    #[test]
    fn json_and_yaml_are_read_as_what_they_say() {
        let value = json!({"a": [1, -2, 1.5, true, null, "x"], "b": {"c": ""}});
        assert_eq!(json_or_yaml(value.to_string().as_bytes()), Ok(value.clone()));
        assert_eq!(yaml(b"a: [1, -2, 1.5, true, ~, x]\nb: {c: ''}\n"), Ok(value));
        assert_eq!(json_or_yaml(b"{\"a\": 1} x"), Err(Unreadable::Malformed));
        assert_eq!(json_or_yaml(b"\xff"), Err(Unreadable::Malformed));
    }

    #[test]
    fn what_would_take_too_much_memory_is_not_read() {
        let aliases = format!("x: &a [{}0]\ncontexts: [{}*a]", "0,".repeat(200_000), "*a,".repeat(100_000));
        assert_eq!(yaml(aliases.as_bytes()), Err(Unreadable::TooLarge));
        let long = format!("x: &a \"{}\"\ny: [{}*a]", "x".repeat(1 << 20), "*a,".repeat(1000));
        assert_eq!(yaml(long.as_bytes()), Err(Unreadable::TooLarge));
        let doubled: String = (0..60).map(|n| format!("a{}: &a{} [*a{n}, *a{n}]\n", n + 1, n + 1)).collect();
        assert_eq!(yaml(format!("a0: &a0 x\n{doubled}").as_bytes()), Err(Unreadable::TooLarge));
        let objects = format!("[{}0]", "{\"\":0},".repeat(1 << 20));
        assert_eq!(json_or_yaml(objects.as_bytes()), Err(Unreadable::TooLarge));
        assert_eq!(yaml(&vec![b' '; LARGEST_YAML + 1]), Err(Unreadable::TooLarge));
    }

    #[test]
    fn what_is_deep_is_not_read() {
        for (open, close) in [("[", "]"), ("{a: ", "}"), ("&a [", "]")] {
            let text = format!("{}{}", open.repeat(200), close.repeat(200));
            assert!(yaml(text.as_bytes()).is_err(), "{open}");
        }
        assert!(json_or_yaml("[".repeat(100_000).as_bytes()).is_err());
    }
}
