//! The text of an `.npmrc`, read as npm reads it.

/// A key with its value; `None` for a key without `=`, which stands for true.
pub(super) type Line = (String, Option<String>);

/// The keys and values in the order of the file. Sections are no part of npm's configuration and
/// what is in them is left out.
pub(super) fn parse(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut inside = false;
    for line in text.strip_prefix('\u{feff}').unwrap_or(text).split(['\r', '\n']) {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with([';', '#']) {
            continue;
        }
        if line.starts_with('[') && trimmed.ends_with(']') {
            inside = true;
        } else if !inside {
            match line.split_once('=') {
                Some((key, value)) => lines.push((plain(key), Some(plain(value)))),
                None => lines.push((plain(line), None)),
            }
        }
    }
    lines
}

/// A value without its quotes, its escapes and the comment behind it.
fn plain(text: &str) -> String {
    let text = text.trim();
    let quoted = |quote: char| text.len() > 1 && text.starts_with(quote) && text.ends_with(quote);
    if quoted('"') || quoted('\'') {
        let inner = if quoted('\'') { &text[1..text.len() - 1] } else { text };
        return match serde_json::from_str(inner) {
            Ok(serde_json::Value::String(value)) => value,
            _ => inner.to_owned(),
        };
    }
    let mut value = String::new();
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        match char {
            ';' | '#' => break,
            '\\' => match chars.next() {
                Some(escaped @ ('\\' | ';' | '#')) => value.push(escaped),
                Some(other) => value.extend(['\\', other]),
                None => value.push('\\'),
            },
            other => value.push(other),
        }
    }
    value.trim().to_owned()
}

/// A text with `${NAME}` replaced by what `lookup` gives, and `${NAME?}` by nothing where it gives
/// nothing. A `${NAME}` without a value stays, and one after a backslash does, too.
pub(super) fn expand(text: &str, lookup: &dyn Fn(&str) -> Option<String>) -> String {
    let mut made = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let (before, found) = rest.split_at(at);
        let Some(end) = found.find('}') else { break };
        let name = &found[2..end];
        let (name, optional) = name.strip_suffix('?').map_or((name, false), |name| (name, true));
        if name.is_empty() || name.contains(['$', '{', '?']) {
            made.push_str(&rest[..at + 2]);
            rest = &rest[at + 2..];
            continue;
        }
        let unescaped = before.trim_end_matches('\\');
        let escapes = before.len() - unescaped.len();
        made.push_str(unescaped);
        made.extend(std::iter::repeat_n('\\', escapes / 2));
        let whole = &found[..=end];
        if escapes % 2 == 1 {
            made.push_str(whole);
        } else {
            match lookup(name) {
                Some(value) => made.push_str(&value),
                None if optional => {}
                None => made.push_str(whole),
            }
        }
        rest = &found[end + 1..];
    }
    made.push_str(rest);
    made
}

#[cfg(test)]
mod tests {
    use super::{expand, parse};

    #[test]
    fn lines_are_read_as_npm_reads_them() {
        let text = "\u{feff}registry = https://registry.example/npm/ ; mine\r\n# a comment\n; another\n\n\
            //registry.example/:_authToken=\"a;b\"\n@trees:registry='https://x.example'\nca[]=\"one\\ntwo\"\n\
            always-auth\nodd=a\\;b\\#c\\d\\\n[section]\nregistry=no\n";
        let lines: Vec<_> = parse(text);
        let lines: Vec<_> = lines.iter().map(|(key, value)| (key.as_str(), value.as_deref())).collect();
        assert_eq!(
            lines,
            [
                ("registry", Some("https://registry.example/npm/")),
                ("//registry.example/:_authToken", Some("a;b")),
                ("@trees:registry", Some("https://x.example")),
                ("ca[]", Some("one\ntwo")),
                ("always-auth", None),
                ("odd", Some("a;b#c\\d\\")),
            ]
        );
    }

    #[test]
    fn variables_are_replaced() {
        let lookup = |name: &str| (name == "A").then(|| "1".to_owned());
        for (text, expected) in [
            ("x${A}y${A}", "x1y1"),
            ("${B}", "${B}"),
            ("${B?}.${A?}", ".1"),
            (r"\${A}", "${A}"),
            (r"\\${A}", r"\1"),
            ("${", "${"),
            ("${}", "${}"),
            ("${${A}}", "${1}"),
            ("$A", "$A"),
        ] {
            assert_eq!(expand(text, &lookup), expected, "{text}");
        }
    }
}
