//! YAML 1.2 to JSON values, as JavaScript's readers of it see them.
//!
//! Plain scalars follow the JSON schema of YAML: `yes`, `on` and dates are strings. Keys become
//! strings. What is no JSON is an error: several documents, compound keys, repeated keys, tags of
//! somebody's own, infinities. Aliases are copied, within a budget, and a plain key `<<` merges the
//! members of a mapping, or of several, into the one around it, as in YAML 1.1.

use saphyr_parser::{Event, Parser, ScalarStyle, Span, Tag};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::HashMap;

mod members;
mod scalar;

use members::Members;
use scalar::scalar;

/// Deepest nesting that is read; keeps every later walk within its stack.
pub(crate) const MAX_DEPTH: usize = 200;
/// Most nodes that aliases may add to a document.
pub(crate) const MAX_COPIES: usize = 1 << 20;

/// Why a text is not YAML that can be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Error {
    /// The line, from 1.
    pub(crate) line: usize,
    /// What is wrong there.
    pub(crate) message: String,
}

/// Reads one document.
pub(crate) fn parse(text: &str) -> Result<Value, Error> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut builder = Builder::default();
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        let (event, span) =
            event.map_err(|e| Error { line: e.marker().line(), message: e.info().to_owned() })?;
        builder.event(event, span)?;
    }
    Ok(builder.root.unwrap_or(Value::Null))
}

/// A value with the number of its nodes, for the budget, and the levels below it.
struct Node {
    value: Value,
    size: usize,
    height: usize,
    /// Whether it is a plain `<<`, which as a key merges.
    merges: bool,
}

enum Open {
    Items(Vec<Value>),
    Members(Members),
}

struct Frame {
    open: Open,
    anchor: usize,
    size: usize,
    height: usize,
}

#[derive(Default)]
struct Builder {
    stack: Vec<Frame>,
    anchors: HashMap<usize, Node>,
    copies: usize,
    root: Option<Value>,
}

impl Builder {
    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), Error> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let merges = text == "<<" && style == ScalarStyle::Plain && tag.is_none();
                let value = scalar(text, style, tag.as_deref()).map_err(|message| fail(span, message))?;
                self.finish(Node { value, size: 1, height: 0, merges }, anchor, span)
            }
            Event::SequenceStart(anchor, tag) => self.open(Open::Items(Vec::new()), anchor, tag, span),
            Event::MappingStart(anchor, tag) => {
                self.open(Open::Members(Members::default()), anchor, tag, span)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(Frame { open, anchor, size, height }) = self.stack.pop() else { return Ok(()) };
                let value = match open {
                    Open::Items(items) => Value::Array(items),
                    Open::Members(members) => members.whole(),
                };
                self.finish(Node { value, size, height, merges: false }, anchor, span)
            }
            Event::Alias(anchor) => {
                let Some(Node { value, size, height, .. }) = self.anchors.get(&anchor) else {
                    return Err(fail(span, "an alias stands inside of what it names"));
                };
                let (value, size, height) = (value.clone(), *size, *height);
                self.copies += size;
                if self.copies > MAX_COPIES {
                    return Err(fail(span, format!("aliases add more than {MAX_COPIES} values")));
                }
                if self.stack.len() + height > MAX_DEPTH {
                    return Err(fail(span, format!("nested deeper than {MAX_DEPTH} levels")));
                }
                self.finish(Node { value, size, height, merges: false }, 0, span)
            }
            Event::DocumentStart(_) if self.root.is_some() => {
                Err(fail(span, "a second document begins; one is expected"))
            }
            _ => Ok(()),
        }
    }

    fn open(
        &mut self,
        open: Open,
        anchor: usize,
        tag: Option<Cow<'_, Tag>>,
        span: Span,
    ) -> Result<(), Error> {
        if self.stack.len() >= MAX_DEPTH {
            return Err(fail(span, format!("nested deeper than {MAX_DEPTH} levels")));
        }
        let expected = if matches!(open, Open::Items(_)) { "seq" } else { "map" };
        match tag {
            Some(tag) if !(tag.is_yaml_core_schema() && tag.suffix == expected) => {
                return Err(fail(span, format!("the tag `{tag}` is not known")));
            }
            _ => {}
        }
        self.stack.push(Frame { open, anchor, size: 1, height: 1 });
        Ok(())
    }

    /// Puts a complete value where it belongs: into its parent, as a key, or as the root.
    fn finish(&mut self, node: Node, anchor: usize, span: Span) -> Result<(), Error> {
        if anchor != 0 {
            self.copies += node.size;
            let copy = Node { value: node.value.clone(), merges: false, ..node };
            self.anchors.insert(anchor, copy);
        }
        let Some(frame) = self.stack.last_mut() else {
            self.root = Some(node.value);
            return Ok(());
        };
        frame.size += node.size;
        frame.height = frame.height.max(node.height + 1);
        match &mut frame.open {
            Open::Items(items) => {
                items.push(node.value);
                Ok(())
            }
            Open::Members(members) => match members.key.take() {
                Some(key) => members.value(key, node.value),
                None => members.key(node),
            },
        }
        .map_err(|message| fail(span, message))
    }
}

fn fail(span: Span, message: impl Into<String>) -> Error {
    Error { line: span.start.line(), message: message.into() }
}

fn key_of(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Null => Some("null".to_owned()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Number(value) => Some(value.to_string()),
        Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::parse;
    use serde_json::{Value, json};

    #[test]
    fn keys_become_strings_in_order() {
        let value = parse("b: 1\n200: 2\ntrue: 3\n~: 4\n1.0: 5\n").unwrap();
        let keys: Vec<_> = value.as_object().unwrap().keys().cloned().collect();
        assert_eq!(keys, ["b", "200", "true", "null", "1"]);
    }

    #[test]
    fn aliases_are_copies() {
        let value = parse("a: &x {k: [1]}\nb: *x\n").unwrap();
        assert_eq!(value, json!({"a": {"k": [1]}, "b": {"k": [1]}}));
        assert_eq!(parse("").unwrap(), Value::Null);
        assert_eq!(parse("\u{feff}a: 1").unwrap(), json!({"a": 1}));
    }

    #[test]
    fn a_plain_key_of_two_angles_merges() {
        for (text, expected) in [
            ("a: &x {k: 1, l: 1}\nb: {<<: *x, k: 2}", json!({"k": 2, "l": 1})),
            ("a: &x {k: 1, l: 1}\nb: {k: 2, <<: *x}", json!({"k": 2, "l": 1})),
            ("a: [&x {k: 1}, &y {k: 3, l: 3}]\nb: {<<: [*x, *y], m: 2}", json!({"m": 2, "k": 1, "l": 3})),
            ("a: &x {k: 1}\nc: &y {<<: *x, l: 2}\nb: {<<: *y}", json!({"k": 1, "l": 2})),
            ("b: {<<: {k: 1}}", json!({"k": 1})),
            ("b: {'<<': {k: 1}}", json!({"<<": {"k": 1}})),
            ("b: {k: <<}", json!({"k": "<<"})),
        ] {
            assert_eq!(parse(text).unwrap()["b"], expected, "{text}");
        }
        for text in ["<<: 1", "<<: [1]", "<<: {a: 1}\n<<: {b: 1}"] {
            assert!(parse(text).unwrap_err().message.contains("<<"), "{text}");
        }
    }

    #[test]
    fn what_is_no_json_is_refused_with_its_line() {
        for (text, line, part) in [
            ("a: 1\nb: 2\na: 3\n", 3, "twice"),
            ("a: 1\n---\nb: 2\n", 2, "second document"),
            ("x: 1\n? [a]\n: b\n", 2, "no scalar"),
            ("a: &x [*x]\n", 1, "inside"),
            ("a: !mine 1\n", 1, "tag"),
            ("a: .inf\n", 1, "number"),
            ("a: [1\nb: }\n", 2, ""),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.message.contains(part), "{text}: {}", error.message);
            assert_eq!(error.line, line, "{text}");
        }
    }

    #[test]
    fn a_bomb_is_refused() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for i in 1..30 {
            let row = vec![format!("*a{}", i - 1); 9].join(", ");
            text += &format!("a{i}: &a{i} [{row}]\n");
        }
        assert!(parse(&text).unwrap_err().message.contains("aliases"));
        let mut merged = "a0: &a0 {x: [x, x, x, x, x, x, x, x, x]}\n".to_owned();
        for i in 1..300_000 {
            merged += &format!("a{i}: {{<<: *a0}}\n");
        }
        assert!(parse(&merged).unwrap_err().message.contains("aliases"));
        let nested = (0..300).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect::<String>();
        assert!(parse(&nested).unwrap_err().message.contains("deeper"));
        assert!(parse(&"[".repeat(5000)).is_err());
        let (open, close) = ("[".repeat(100), "]".repeat(100));
        let step = |i: usize| format!("a{i}: &a{i} {open}*a{}{close}\n", i - 1);
        let chained = format!("a0: &a0 1\n{}", (1..3).map(step).collect::<String>());
        assert!(parse(&chained).unwrap_err().message.contains("deeper"));
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(400))]
        #[test]
        fn nothing_panics(text in "([ab:?!&*|>'\"%@`,\\[\\]{}~#0-9.eE_+ \n\t-]|\n {1,4}|---|: |- |\u{85}|\u{feff}|<<|!!str |&a |\\*a ){0,40}") {
            let _ = parse(&text);
        }

        #[test]
        fn json_is_read_as_it_is(keys in proptest::collection::vec(".{0,8}", 0..5), text in ".{0,40}") {
            let map: serde_json::Map<_, _> = keys.into_iter().map(|k| (k, Value::String(text.clone()))).collect();
            let value = Value::Object(map);
            // What a JSON text may hold raw and YAML may not is told, and never read as anything else.
            if let Ok(read) = parse(&value.to_string()) {
                proptest::prop_assert_eq!(read, value);
            }
        }
    }
}
