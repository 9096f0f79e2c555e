//! JSON as YAML: blocks, and strings without quotes where nothing else could be read into them.

use serde_json::Value;

pub(crate) fn print(value: &Value) -> String {
    let mut out = String::new();
    node(value, 0, &mut out);
    out
}

/// A value that begins on a line of its own, at `indent`.
fn node(value: &Value, indent: usize, out: &mut String) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (name, value) in members {
                out.push_str(&" ".repeat(indent));
                out.push_str(&text(name));
                out.push(':');
                member(value, indent + 2, out);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                out.push_str(&" ".repeat(indent));
                out.push('-');
                element(item, indent + 2, out);
            }
        }
        _ => {
            out.push_str(&" ".repeat(indent));
            out.push_str(&scalar(value));
            out.push('\n');
        }
    }
}

/// What stands behind `name:`.
fn member(value: &Value, indent: usize, out: &mut String) {
    if is_block(value) {
        out.push('\n');
        node(value, indent, out);
    } else {
        out.push(' ');
        out.push_str(&scalar(value));
        out.push('\n');
    }
}

/// What stands behind `-`: a block begins on the same line.
fn element(value: &Value, indent: usize, out: &mut String) {
    if is_block(value) {
        let mut block = String::new();
        node(value, indent, &mut block);
        out.push(' ');
        out.push_str(block.trim_start());
    } else {
        member(value, indent, out);
    }
}

fn is_block(value: &Value) -> bool {
    match value {
        Value::Object(members) => !members.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => false,
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(string) => text(string),
        // Empty collections, numbers, `true` and `null` are the same in both.
        other => other.to_string(),
    }
}

/// A string: plain where it begins with a letter or a slash and is no word of YAML's.
fn text(string: &str) -> String {
    const WORDS: [&str; 10] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan"];
    let plain = string.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/')
        && string.bytes().all(|b| b.is_ascii_alphanumeric() || b"_./{}-".contains(&b))
        && !WORDS.contains(&string.to_ascii_lowercase().as_str());
    if plain {
        string.to_owned()
    } else {
        // A JSON string is a double-quoted string of YAML; it has no control characters but DEL.
        Value::from(string).to_string().replace('\u{7f}', "\\u007f")
    }
}

#[cfg(test)]
mod tests {
    use super::print;
    use serde_json::json;

    #[test]
    fn blocks_and_quotes() {
        let value = json!({
            "a": [{"b": 1, "c": [[1, 2], []]}, "x"],
            "200": {"yes": "no", "path": "/a/{b}", "odd": "a: b # c\n"},
            "empty": {},
        });
        let text = print(&value);
        assert!(text.contains("\npath: /a/{b}\n") || text.contains("  path: /a/{b}\n"), "{text}");
        let read: serde_json::Value = serde_yaml::from_str(&text).unwrap();
        assert_eq!(read, value, "{text}");
    }
}
