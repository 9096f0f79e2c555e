//! Patterns: from ECMA-262, as JSON Schema has them, to the linear-time syntax of `regex`.

/// What `pattern` means, in the syntax of the crate `regex`.
///
/// The two differ in a few escapes (`\/`, `\-`, `\d`, `\w`, `\s`, `\cX`, `\uXXXX`), in `.`, and in
/// brackets inside of classes. What `regex` cannot do in linear time (look-around, references
/// back) it refuses.
///
/// # Errors
/// What `regex` says about the translated pattern.
pub fn translate(pattern: &str) -> Result<String, String> {
    let mut out = String::with_capacity(pattern.len() + 8);
    let mut chars = pattern.chars().peekable();
    let mut class = false;
    while let Some(c) = chars.next() {
        match c {
            '\\' => escape(&mut chars, class, &mut out)?,
            '[' if class => out.push_str("\\["),
            '[' => {
                class = true;
                out.push('[');
                if chars.next_if_eq(&'^').is_some() {
                    out.push('^');
                }
                if chars.next_if_eq(&']').is_some() {
                    return Err("an empty class is not supported".to_owned());
                }
            }
            ']' => {
                class = false;
                out.push(']');
            }
            // Set operations of `regex` that ECMA-262 reads as characters.
            '&' | '~' if class && chars.peek() == Some(&c) => {
                out.push('\\');
                out.push(c);
            }
            '-' if class && chars.peek() == Some(&'-') => out.push_str("\\-"),
            '.' if !class => out.push_str("[^\\n\\r\\u{2028}\\u{2029}]"),
            other => out.push(other),
        }
    }
    regex::Regex::new(&out).map_err(|error| reason(&error))?;
    Ok(out)
}

/// The last line of what `regex` says; the others repeat the pattern.
fn reason(error: &regex::Error) -> String {
    let text = error.to_string();
    text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
}

fn escape(
    chars: &mut std::iter::Peekable<std::str::Chars<'_>>,
    class: bool,
    out: &mut String,
) -> Result<(), String> {
    let Some(c) = chars.next() else { return Err("a backslash at the end".to_owned()) };
    match c {
        'd' => out.push_str(if class { "0-9" } else { "[0-9]" }),
        'D' => out.push_str("[^0-9]"),
        'w' => out.push_str(if class { "0-9A-Za-z_" } else { "[0-9A-Za-z_]" }),
        'W' => out.push_str("[^0-9A-Za-z_]"),
        's' if class => out.push_str(SPACE),
        's' => out.extend(["[", SPACE, "]"]),
        'S' => out.extend(["[^", SPACE, "]"]),
        'b' if class => out.push_str("\\x08"),
        'b' => out.push_str("(?-u:\\b)"),
        'B' if !class => return Err("`\\B` is not supported".to_owned()),
        't' | 'n' | 'r' | 'f' | 'v' => {
            out.push('\\');
            out.push(c);
        }
        '0' => out.push_str("\\x00"),
        'c' => match chars.next() {
            Some(letter) if letter.is_ascii_alphabetic() => code_point(u32::from(letter) % 32, out),
            _ => return Err("`\\c` without a letter".to_owned()),
        },
        'x' => code_point(hexadecimal(chars, 2)?, out),
        'u' => code_point(hexadecimal(chars, 4)?, out),
        '1'..='9' | 'k' => return Err("references back are not supported".to_owned()),
        'p' | 'P' => {
            out.push('\\');
            out.push(c);
        }
        other if other.is_ascii_alphanumeric() => return Err(format!("unknown escape `\\{other}`")),
        other => code_point(u32::from(other), out),
    }
    Ok(())
}

/// What ECMA-262 calls white space and line ends, as members of a class.
const SPACE: &str = "\\t\\n\\v\\f\\r \\u{a0}\\u{1680}\\u{2000}-\\u{200a}\\u{2028}\\u{2029}\\u{202f}\\u{205f}\\u{3000}\\u{feff}";

fn hexadecimal(chars: &mut impl Iterator<Item = char>, digits: usize) -> Result<u32, String> {
    let text: String = chars.take(digits).collect();
    u32::from_str_radix(&text, 16)
        .ok()
        .filter(|_| text.len() == digits && !text.starts_with('+'))
        .ok_or_else(|| format!("{digits} hexadecimal digits expected"))
}

/// The character itself if it can stand for itself anywhere, else its escape.
fn code_point(code: u32, out: &mut String) {
    match char::from_u32(code) {
        Some(c) if c.is_ascii_alphanumeric() || "/_ \"'%<>=:;@!,`".contains(c) => out.push(c),
        Some(c) if c.is_ascii_punctuation() => out.extend(['\\', c]),
        _ => out.push_str(&format!("\\u{{{code:x}}}")),
    }
}

#[cfg(test)]
mod tests {
    use super::translate;

    fn matches(pattern: &str, text: &str) -> bool {
        let translated = translate(pattern).unwrap_or_else(|e| panic!("{pattern}: {e}"));
        regex::Regex::new(&translated).unwrap().is_match(text)
    }

    #[test]
    fn escapes_mean_what_ecma_says() {
        assert!(matches(r"^https:\/\/a\.b", "https://a.b/c"));
        assert!(!matches(r"^https:\/\/a\.b", "https://axb/c"));
        assert!(matches(r"^\d+$", "42"));
        assert!(!matches(r"^\d+$", "٤٢"), "only ASCII digits");
        assert!(matches(r"^[\w.-]+$", "a_b-c.d"));
        assert!(!matches(r"^[\w.-]+$", "é"));
        assert!(matches(r"^[A-Za-z0-9_\-]+$", "a-b"));
        assert!(matches(r"^\u0041\x42$", "AB"));
        assert!(matches(r"[[a]", "["), "a bracket inside of a class is a character");
        assert!(matches(r"^[a&&b]+$", "&a"), "no set operations");
        assert!(!matches(r"^a$", "a\n"), "the end is the end");
        assert!(matches(r"^\S+\s\S+$", "a\u{a0}b"));
        assert!(matches(r"^[^\]]$", "a"));
    }

    #[test]
    fn what_is_not_linear_is_refused() {
        for pattern in [r"(?=a)b", r"(a)\1", "(", r"\", "[]", r"\q", "[b-a]", r"\u12"] {
            assert!(translate(pattern).is_err(), "{pattern}");
        }
    }
}
