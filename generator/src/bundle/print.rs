//! Values as YAML that every reader of it, of version 1.1 or 1.2, takes for the same values.

use serde_json::{Map, Value};
use std::fmt::Write;

/// A value as a YAML document in block style.
///
/// Strings stand plain only where no reader could take them for anything else.
#[must_use]
pub fn to_yaml(value: &Value) -> String {
    let mut text = String::new();
    match value {
        Value::Object(members) if !members.is_empty() => object(&mut text, members, 0, false),
        Value::Array(items) if !items.is_empty() => array(&mut text, items, 0),
        scalar => {
            inline(&mut text, scalar);
            text.push('\n');
        }
    }
    text
}

/// The members of an object; `started` when the first one goes on the line that is open.
fn object(text: &mut String, members: &Map<String, Value>, indent: usize, started: bool) {
    for (at, (key, value)) in members.iter().enumerate() {
        if at > 0 || !started {
            text.extend(std::iter::repeat_n(' ', indent));
        }
        string(text, key);
        text.push(':');
        match value {
            Value::Object(members) if !members.is_empty() => {
                text.push('\n');
                object(text, members, indent + 2, false);
            }
            Value::Array(items) if !items.is_empty() => {
                text.push('\n');
                array(text, items, indent + 2);
            }
            scalar => {
                text.push(' ');
                inline(text, scalar);
                text.push('\n');
            }
        }
    }
}

fn array(text: &mut String, items: &[Value], indent: usize) {
    for item in items {
        text.extend(std::iter::repeat_n(' ', indent));
        text.push('-');
        match item {
            Value::Object(members) if !members.is_empty() => {
                text.push(' ');
                object(text, members, indent + 2, true);
            }
            Value::Array(items) if !items.is_empty() => {
                text.push('\n');
                array(text, items, indent + 2);
            }
            scalar => {
                text.push(' ');
                inline(text, scalar);
                text.push('\n');
            }
        }
    }
}

fn inline(text: &mut String, value: &Value) {
    match value {
        Value::String(value) => string(text, value),
        Value::Object(_) => text.push_str("{}"),
        Value::Array(_) => text.push_str("[]"),
        Value::Number(number) => {
            let number = number.to_string();
            // YAML 1.1 knows an exponent only behind a fraction and with its sign.
            match number.split_once('e') {
                Some((mantissa, exponent)) => {
                    let point = if mantissa.contains('.') { "" } else { ".0" };
                    let sign = if exponent.starts_with(['-', '+']) { "" } else { "+" };
                    // Writing to a string cannot fail.
                    let _ = write!(text, "{mantissa}{point}e{sign}{exponent}");
                }
                None => text.push_str(&number),
            }
        }
        Value::Null | Value::Bool(_) => {
            let _ = write!(text, "{value}");
        }
    }
}

fn string(text: &mut String, value: &str) {
    if plain(value) {
        text.push_str(value);
        return;
    }
    text.push('"');
    for c in value.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            // What YAML calls not printable, and what some readers take for the end of a line.
            c if c.is_control()
                || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}') =>
            {
                let _ = write!(text, "\\u{:04x}", u32::from(c));
            }
            c => text.push(c),
        }
    }
    text.push('"');
}

/// Whether a string can stand without quotes.
fn plain(value: &str) -> bool {
    const WORDS: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let letter = |c: char| c.is_ascii_alphabetic();
    value.starts_with(|c| letter(c) || c == '/' || c == '$' || c == '_')
        && value.chars().all(|c| c.is_ascii_alphanumeric() || " _-./$()+;,{}<>=".contains(c))
        && !value.ends_with(' ')
        && !WORDS.iter().any(|word| word.eq_ignore_ascii_case(value))
}

#[cfg(test)]
mod tests {
    use super::to_yaml;
    use serde_json::{Value, json};

    #[test]
    fn what_is_printed_is_read_back() {
        let value = json!({
            "/a/{b}": {"get": {"tags": ["x", "yes", "2024-01-01", "1_000", "a: b", "a #b", " a", "a "]}},
            "empty": [{}, [], "", null, true, -1, 1.5, 1e300, 1e-9, u64::MAX],
            "nested": [[1, [2]], [{"a": [{"b": 1, "c": {"d": 2}}]}]],
            "200": "line\nline\ttab \"quoted\" \\ \u{1} \u{7f} \u{85} \u{2028} é 🦀",
            "- x": "? y", "null": "NULL", "!t": "&a", "*b": "%c", "@d": "`e", "it's": "'"
        });
        let read: Value = serde_yaml::from_str(&to_yaml(&value)).unwrap();
        assert_eq!(read, value);
        assert_eq!(to_yaml(&json!({})), "{}\n");
        assert_eq!(to_yaml(&json!([{"a": 1, "b": [2]}])), "- a: 1\n  b:\n    - 2\n");
    }
}
