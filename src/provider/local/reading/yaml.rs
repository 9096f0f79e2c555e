//! YAML as JSON values. Each alias is a copy of what it names, and takes room as such.

use super::{CONTAINER, DEEPEST, Room, Unreadable, VALUE};
use saphyr_parser::{Event, Parser, ScalarStyle, Tag};
use serde_json::{Map, Number, Value};
use std::collections::HashMap;

/// Reads one document.
pub(super) fn parse(text: &str, room: Room) -> Result<Value, Unreadable> {
    let mut builder = Builder { room, stack: Vec::new(), anchors: HashMap::new(), root: None };
    let mut parser = Parser::new_from_str(text.strip_prefix('\u{feff}').unwrap_or(text));
    while let Some(event) = parser.next_event() {
        let (event, _) = event.map_err(|_| Unreadable::Malformed)?;
        builder.event(event)?;
    }
    Ok(builder.root.unwrap_or(Value::Null))
}

/// A value, and the room that it takes.
struct Node {
    value: Value,
    size: usize,
}

enum Open {
    Items(Vec<Value>),
    Members(Map<String, Value>, Option<String>),
}

struct Frame {
    open: Open,
    anchor: usize,
    size: usize,
}

struct Builder {
    room: Room,
    stack: Vec<Frame>,
    anchors: HashMap<usize, Node>,
    root: Option<Value>,
}

impl Builder {
    fn event(&mut self, event: Event<'_>) -> Result<(), Unreadable> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let size = VALUE + text.len();
                self.room.take(size)?;
                self.finish(Node { value: scalar(&text, style, tag.as_deref()), size }, anchor)
            }
            Event::SequenceStart(anchor, _) => self.open(Open::Items(Vec::new()), anchor),
            Event::MappingStart(anchor, _) => self.open(Open::Members(Map::new(), None), anchor),
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(Frame { open, anchor, size }) = self.stack.pop() else { return Ok(()) };
                let value = match open {
                    Open::Items(items) => Value::Array(items),
                    Open::Members(members, _) => Value::Object(members),
                };
                self.finish(Node { value, size }, anchor)
            }
            Event::Alias(anchor) => {
                let node = self.copy_of(anchor)?;
                self.finish(node, 0)
            }
            // One document is one file.
            Event::DocumentStart(_) if self.root.is_some() => Err(Unreadable::Malformed),
            _ => Ok(()),
        }
    }

    /// What an alias stands for. None stands inside of what it names.
    fn copy_of(&mut self, anchor: usize) -> Result<Node, Unreadable> {
        let Some(named) = self.anchors.get(&anchor) else { return Err(Unreadable::Malformed) };
        self.room.take(named.size)?;
        // The copy may stand deeper than what it is of.
        if self.stack.len() + depth(&named.value) > DEEPEST {
            return Err(Unreadable::TooLarge);
        }
        Ok(Node { value: named.value.clone(), size: named.size })
    }

    fn open(&mut self, open: Open, anchor: usize) -> Result<(), Unreadable> {
        let size = VALUE + CONTAINER;
        self.room.take(size)?;
        if self.stack.len() >= DEEPEST {
            return Err(Unreadable::TooLarge);
        }
        self.stack.push(Frame { open, anchor, size });
        Ok(())
    }

    /// Puts a complete value where it belongs: into its parent, as a key, or as the root.
    fn finish(&mut self, node: Node, anchor: usize) -> Result<(), Unreadable> {
        if anchor != 0 {
            self.room.take(node.size)?;
            self.anchors.insert(anchor, Node { value: node.value.clone(), size: node.size });
        }
        let Some(frame) = self.stack.last_mut() else {
            self.root = Some(node.value);
            return Ok(());
        };
        frame.size += node.size;
        match &mut frame.open {
            Open::Items(items) => items.push(node.value),
            Open::Members(members, key) => match key.take() {
                Some(name) => drop(members.insert(name, node.value)),
                None => *key = Some(key_of(node.value).ok_or(Unreadable::Malformed)?),
            },
        }
        Ok(())
    }
}

/// How deep a value is. It was built no deeper than a document may be.
fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

fn key_of(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Array(_) | Value::Object(_) => None,
        scalar => Some(scalar.to_string()),
    }
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Value {
    let is_text = tag.is_some_and(|tag| tag.suffix == "str" || tag.suffix == "!");
    if is_text || style != ScalarStyle::Plain {
        return text.into();
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => true.into(),
        "false" | "False" | "FALSE" => false.into(),
        _ => number(text).map_or_else(|| text.into(), Value::Number),
    }
}

/// What a plain scalar counts, if it does. Versions, dates and infinities are texts.
fn number(text: &str) -> Option<Number> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    if let Some((radix, digits)) =
        [("0x", 16), ("0o", 8)].iter().find_map(|(prefix, radix)| Some((*radix, text.strip_prefix(prefix)?)))
    {
        return u64::from_str_radix(digits, radix).ok().map(Number::from);
    }
    // What begins with zeros is a text, as readers of YAML differ in what else it is.
    if digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if let Ok(number) = text.parse::<i64>() {
        return Some(number.into());
    }
    if let Ok(number) = text.parse::<u64>() {
        return Some(number.into());
    }
    text.parse().ok().and_then(Number::from_f64)
}

#[cfg(test)]
mod tests {
    use super::super::{Unreadable, yaml};
    use serde_json::json;

    #[test]
    fn scalars_are_those_of_yaml() {
        let text = b"[yes, 2024-01-01, 1.50, 0x1F, -7, '7', ~, True, v1.2.3, 1.2.3, .5, +, 007, !!str 5, \
                     18446744073709551615, .inf, 1e3, '', +5]";
        let expected = json!([
            "yes",
            "2024-01-01",
            1.5,
            31,
            -7,
            "7",
            null,
            true,
            "v1.2.3",
            "1.2.3",
            0.5,
            "+",
            "007",
            "5",
            18446744073709551615_u64,
            ".inf",
            1000.0,
            "",
            5
        ]);
        assert_eq!(yaml(text), Ok(expected));
    }

    #[test]
    fn structure_is_kept_and_aliases_are_copies() {
        let text = b"a: &x {k: [1]}\nb: *x\n8080: |\n  one\n  two\nc:\n- - d\n";
        let expected = json!({"a": {"k": [1]}, "b": {"k": [1]}, "8080": "one\ntwo\n", "c": [["d"]]});
        assert_eq!(yaml(text), Ok(expected));
        assert_eq!(yaml(b""), Ok(json!(null)));
        for text in [&b"a: &x [*x]"[..], b"*y", b"a: 1\n---\nb: 2", b"? [1]\n: 2", b"a: [1"] {
            assert_eq!(yaml(text), Err(Unreadable::Malformed), "{}", String::from_utf8_lossy(text));
        }
    }
}
