//! YAML 1.2 to JSON values, as JavaScript's readers of it see them.
//!
//! Plain scalars follow the JSON schema of YAML: `yes`, `on` and dates are strings. Keys become
//! strings. What is no JSON is an error: several documents, compound keys, repeated keys, tags of
//! somebody's own, infinities. Aliases are copied, within a budget, and a plain key `<<` merges the
//! members of a mapping, or of several, into the one around it, as in YAML 1.1.

use saphyr_parser::{Event, Parser, ScalarStyle, Span, Tag};
use serde_json::{Number, Value};
use std::borrow::Cow;
use std::collections::HashMap;

mod members;

use members::Members;

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

fn scalar(text: Cow<'_, str>, style: ScalarStyle, tag: Option<&Tag>) -> Result<Value, String> {
    match tag {
        Some(tag) if tag.is_yaml_core_schema() && tag.suffix == "str" => {
            return Ok(Value::String(text.into_owned()));
        }
        // `!` alone: a string, whatever it looks like.
        Some(tag) if tag.handle.is_empty() && tag.suffix == "!" => {
            return Ok(Value::String(text.into_owned()));
        }
        Some(tag)
            if tag.is_yaml_core_schema() && ["null", "bool", "int", "float"].contains(&&*tag.suffix) => {}
        Some(tag) => return Err(format!("the tag `{tag}` is not known")),
        None if style != ScalarStyle::Plain => return Ok(Value::String(text.into_owned())),
        None => {}
    }
    plain(&text).map(|value| value.unwrap_or_else(|| Value::String(text.into_owned())))
}

/// What a plain scalar stands for; `None` for a string.
fn plain(text: &str) -> Result<Option<Value>, String> {
    Ok(match text {
        "" | "~" | "null" | "Null" | "NULL" => Some(Value::Null),
        "true" | "True" | "TRUE" => Some(Value::Bool(true)),
        "false" | "False" | "FALSE" => Some(Value::Bool(false)),
        _ => {
            let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
            match unsigned.as_bytes().first() {
                Some(b'0'..=b'9' | b'.') => {
                    if matches!(unsigned, ".inf" | ".Inf" | ".INF")
                        || matches!(text, ".nan" | ".NaN" | ".NAN")
                    {
                        return Err(format!("`{text}` is no JSON number"));
                    }
                    integer(text, unsigned).or_else(|| float(text, unsigned)).map(Value::Number)
                }
                _ => None,
            }
        }
    })
}

/// A decimal integer, or one with the prefix `0x`, `0o` or `0b`. Underscores may group digits.
fn integer(text: &str, unsigned: &str) -> Option<Number> {
    let (digits, radix) = match unsigned.get(..2) {
        Some("0x") => (&unsigned[2..], 16),
        Some("0o") => (&unsigned[2..], 8),
        Some("0b") => (&unsigned[2..], 2),
        _ => (unsigned, 10),
    };
    if digits.is_empty() || digits.ends_with('_') || digits.starts_with('_') {
        return None;
    }
    let digits = digits.replace('_', "");
    if !digits.chars().all(|c| c.is_digit(radix)) {
        return None;
    }
    let sign = if text.starts_with('-') { "-" } else { "" };
    let number = format!("{sign}{digits}");
    if let Ok(value) = i64::from_str_radix(&number, radix) {
        return Some(value.into());
    }
    match u64::from_str_radix(&number, radix) {
        Ok(value) => Some(value.into()),
        Err(_) if radix == 10 => number.parse().ok().and_then(Number::from_f64),
        Err(_) => None,
    }
}

/// A decimal fraction. One without a fractional part is the integer it equals.
fn float(text: &str, unsigned: &str) -> Option<Number> {
    let (mantissa, exponent) =
        unsigned.split_once(['e', 'E']).map_or((unsigned, None), |(m, e)| (m, Some(e)));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    let exponent_fits = exponent.is_none_or(|e| {
        let e = e.strip_prefix(['-', '+']).unwrap_or(e);
        !e.is_empty() && e.bytes().all(|b| b.is_ascii_digit())
    });
    let some = whole.bytes().chain(fraction.bytes()).any(|b| b.is_ascii_digit());
    if !some
        || !digits(whole)
        || whole.starts_with('_')
        || !digits(fraction)
        || !exponent_fits
        || text.ends_with('_')
    {
        return None;
    }
    let sign = if text.starts_with('-') { "-" } else { "" };
    if let Some(whole) = exactly(sign, &mantissa.replace('_', ""), exponent) {
        return Some(whole);
    }
    Number::from_f64(text.replace('_', "").parse().ok()?)
}

/// The integer of 64 bits that a decimal fraction is, if it is one, to its last digit.
fn exactly(sign: &str, mantissa: &str, exponent: Option<&str>) -> Option<Number> {
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent: i32 = exponent.unwrap_or("0").parse().ok()?;
    let digits = format!("{whole}{fraction}");
    let behind = i32::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
    let short = digits.trim_end_matches('0');
    let zeros = i32::try_from(digits.len() - short.len()).ok()?.checked_sub(behind)?;
    if short.trim_start_matches('0').is_empty() {
        return Some(0.into());
    }
    let zeros = usize::try_from(zeros).ok().filter(|zeros| *zeros < 20)?;
    let number = format!("{sign}{short}{}", "0".repeat(zeros));
    number.parse::<i64>().map(Number::from).or_else(|_| number.parse::<u64>().map(Number::from)).ok()
}

#[cfg(test)]
mod tests {
    use super::parse;
    use serde_json::{Value, json};

    #[test]
    fn scalars_are_those_of_json() {
        let text = "- yes\n- on\n- 2024-01-01\n- 2024-01-01T00:00:00Z\n- 1.0\n- 1.50\n- 0x1F\n- -7\n- '7'\n- ~\n-\n\
                    - True\n- 1e3\n- 1_000\n- v1.2.3\n- 1.2.3\n- .5\n- +\n- '-'\n- 18446744073709551615\n- !!str 5\n- 1e\n- 0\n- ''";
        let value = parse(text).unwrap();
        let expected = json!([
            "yes",
            "on",
            "2024-01-01",
            "2024-01-01T00:00:00Z",
            1,
            1.5,
            31,
            -7,
            "7",
            null,
            null,
            true,
            1000,
            1000,
            "v1.2.3",
            "1.2.3",
            0.5,
            "+",
            "-",
            18446744073709551615_u64,
            "5",
            "1e",
            0,
            ""
        ]);
        assert_eq!(value, expected);
    }

    #[test]
    fn integers_are_exact_however_they_are_written() {
        let text = "[9007199254740993, -9007199254740993.0, 9007199254740993e0, 1e18, 1844674407370955161.5e1, \
                    -9.223372036854775808e18, 0.5e1, 0e9, 18446744073709551616, 1e400, 1e-3]";
        let expected = json!([
            9_007_199_254_740_993_i64,
            -9_007_199_254_740_993_i64,
            9_007_199_254_740_993_i64,
            1_000_000_000_000_000_000_i64,
            u64::MAX,
            i64::MIN,
            5,
            0,
            18_446_744_073_709_551_616.0,
            "1e400",
            0.001
        ]);
        assert_eq!(parse(text).unwrap(), expected);
    }

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
