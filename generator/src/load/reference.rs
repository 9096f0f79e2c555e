//! JSON references between documents, and JSON pointers in them.

use serde_json::Value;

/// Where a `$ref` leads: a file of the source and a JSON pointer in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Target {
    /// The file, relative to the root of the source.
    pub file: String,
    /// The JSON pointer, percent-decoded; empty for the whole document.
    pub pointer: String,
}

/// Where `reference`, found in the file `from`, leads.
///
/// `None` for what is no file of a source: an absolute URL, an absolute path, or a path that
/// leaves the root.
#[must_use]
pub fn resolve(from: &str, reference: &str) -> Option<Target> {
    let (path, pointer) = reference.split_once('#').unwrap_or((reference, ""));
    let pointer = percent_decode(pointer)?;
    if path.is_empty() {
        return Some(Target { file: from.to_owned(), pointer });
    }
    let path = percent_decode(path)?;
    if path.starts_with('/') || path.contains("://") || path.contains('\\') {
        return None;
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(Target { file: parts.join("/"), pointer })
}

/// The tokens of a JSON pointer, unescaped; `None` when it is none.
#[must_use]
pub fn tokens(pointer: &str) -> Option<Vec<String>> {
    let rest = match pointer.strip_prefix('/') {
        Some(rest) => rest,
        None => return pointer.is_empty().then(Vec::new),
    };
    Some(rest.split('/').map(|t| t.replace("~1", "/").replace("~0", "~")).collect())
}

/// The value at a JSON pointer, without following references on the way.
#[must_use]
pub fn lookup<'a>(value: &'a Value, pointer: &str) -> Option<&'a Value> {
    tokens(pointer)?.iter().try_fold(value, |value, token| match value {
        Value::Object(map) => map.get(token),
        Value::Array(items) => token.parse::<usize>().ok().and_then(|at| items.get(at)),
        _ => None,
    })
}

/// A token as it stands in a JSON pointer.
#[must_use]
pub fn escape(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}

fn percent_decode(text: &str) -> Option<String> {
    if !text.contains('%') {
        return Some(text.to_owned());
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte == b'%' {
            let (code, tail) = rest.split_at_checked(2)?;
            bytes.push(u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok()?);
            rest = tail;
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::{lookup, resolve, tokens};
    use serde_json::json;

    fn at(from: &str, reference: &str) -> Option<(String, String)> {
        resolve(from, reference).map(|t| (t.file, t.pointer))
    }

    #[test]
    fn references_are_relative_to_their_file() {
        let found = |file: &str, pointer: &str| Some((file.to_owned(), pointer.to_owned()));
        assert_eq!(at("a/b/api.yml", "#/x/y"), found("a/b/api.yml", "/x/y"));
        assert_eq!(at("a/b/api.yml", "./z.yaml"), found("a/b/z.yaml", ""));
        assert_eq!(at("a/b/api.yml", "../c/z.yaml#/q"), found("a/c/z.yaml", "/q"));
        assert_eq!(at("a/b/api.yml", "z%20z.yaml#/a%7Eb"), found("a/b/z z.yaml", "/a~b"));
        assert_eq!(at("a.yml", "../z.yaml"), None);
        assert_eq!(at("a.yml", "https://example.org/z.yaml"), None);
        assert_eq!(at("a.yml", "#/bad%zz"), None);
        assert_eq!(at("a.yml", "#/bad%é"), None);
    }

    #[test]
    fn pointers_are_unescaped() {
        let value = json!({"a/b": [{"~": 1}]});
        assert_eq!(lookup(&value, "/a~1b/0/~0"), Some(&json!(1)));
        assert_eq!(lookup(&value, ""), Some(&value));
        assert_eq!(lookup(&value, "/a~1b/1"), None);
        assert_eq!(tokens("x"), None);
    }
}
