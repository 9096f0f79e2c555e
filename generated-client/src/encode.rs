//! How values become part of a URL: encoded so that no value can change what is asked for.

use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What no URL has in its path as it is. What would end the path is not among it.
const UNFIT: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`').add(b'{').add(b'}').add(b'^');

/// Appends what stands in the template of a path.
pub(crate) fn literal(path: &mut String, text: &str) {
    path.extend(utf8_percent_encode(text, UNFIT));
}

/// Appends a value as one segment of a path, or says why it cannot be one.
///
/// A slash is encoded, so it stays inside of the segment. The empty value and the dot segments are
/// refused: no encoding keeps parsers from taking them away.
pub(crate) fn segment(path: &mut String, value: &str) -> Result<(), &'static str> {
    match value {
        "" => Err("must not be empty: it is a segment of the path"),
        "." | ".." => Err("must not be `.` or `..`: it is a segment of the path"),
        _ => {
            path.extend(utf8_percent_encode(value, RESERVED));
            Ok(())
        }
    }
}

/// What a template has behind a parameter in the same segment, if another parameter comes behind that.
pub(crate) fn separator(after: &str) -> Option<&str> {
    let (between, _) = after.split_once('{')?;
    (!between.contains('/')).then_some(between)
}

/// Whether a value ends where the text behind it stands for the first time, which is where it ends for
/// who reads the path. A value has at least one character.
///
/// Encoded, the text would be no other to a reader: most of what separates parameters is unreserved
/// (RFC 3986, 2.3), and proxies may decode it.
pub(crate) fn ends_at(value: &str, separator: &str) -> bool {
    let Some(first) = value.chars().next().map(char::len_utf8) else { return false };
    let whole = format!("{value}{separator}");
    whole.get(first..).and_then(|rest| rest.find(separator)) == Some(value.len() - first)
}

/// Appends `name=value` to a query or form.
pub(crate) fn pair(query: &mut String, name: &str, value: &str) {
    if !query.is_empty() {
        query.push('&');
    }
    query.extend(utf8_percent_encode(name, RESERVED));
    query.push('=');
    query.extend(utf8_percent_encode(value, RESERVED));
}

/// An array in one value: joined by commas, which therefore no element may hold.
pub(crate) fn joined(values: &[String]) -> Result<String, &'static str> {
    if values.iter().any(|v| v.contains(',')) {
        return Err("must not have a comma in an element: the elements are joined by commas");
    }
    Ok(values.join(","))
}

#[cfg(test)]
mod tests {
    use super::{ends_at, joined, literal, pair, segment, separator};

    #[test]
    fn a_segment_stays_one_segment() {
        let encoded = |value: &str| {
            let mut path = String::from("/");
            segment(&mut path, value).map(|()| path)
        };
        assert_eq!(encoded("plain-1.0_~").unwrap(), "/plain-1.0_~");
        assert_eq!(encoded("a/b\\c").unwrap(), "/a%2Fb%5Cc");
        assert_eq!(encoded("../x").unwrap(), "/..%2Fx");
        assert_eq!(encoded("...").unwrap(), "/...");
        assert_eq!(encoded("%2e%2e").unwrap(), "/%252e%252e");
        assert_eq!(encoded("a?b#c d\n").unwrap(), "/a%3Fb%23c%20d%0A");
        assert_eq!(encoded("é").unwrap(), "/%C3%A9");
        for refused in ["", ".", ".."] {
            assert!(encoded(refused).is_err());
        }
    }

    #[test]
    fn a_template_may_have_what_a_url_has_not() {
        let mut path = String::new();
        literal(&mut path, "/caf\u{e9}/a b:(c);d=%20/");
        assert_eq!(path, "/caf%C3%A9/a%20b:(c);d=%20/");
    }

    #[test]
    fn separators_stand_between_parameters_of_a_segment() {
        assert_eq!(separator(".{b}"), Some("."));
        assert_eq!(separator("...{b}/x"), Some("..."));
        assert_eq!([separator("/x/{b}"), separator(".json"), separator("")], [None; 3]);
    }

    /// Every text of up to `length` of these characters.
    fn texts(length: usize) -> Vec<String> {
        let mut all = vec![String::new()];
        for _ in 0..length {
            let longer = |text: &String| ["a", ".", "-", "é"].map(|c| format!("{text}{c}"));
            all.extend(all.iter().flat_map(longer).collect::<Vec<_>>());
            all.sort();
            all.dedup();
        }
        all
    }

    /// The two values of a segment, as a server finds them: the first ends where the text between them
    /// stands for the first time behind its first character.
    fn read<'t>(segment: &'t str, between: &str) -> Option<(&'t str, &'t str)> {
        let first = segment.chars().next()?.len_utf8();
        let end = first + segment.get(first..)?.find(between)?;
        Some((segment.get(..end)?, segment.get(end + between.len()..)?))
    }

    #[test]
    fn what_is_accepted_is_read_as_it_was_written_and_all_that_would_be_is_accepted() {
        for between in [".", "-", "...", ".-", "aa", "é"] {
            for value in texts(4).iter().filter(|value| !value.is_empty()) {
                for other in texts(2).iter().filter(|other| !other.is_empty()) {
                    let written = format!("{value}{between}{other}");
                    let arrives = read(&written, between) == Some((value, other));
                    assert_eq!(ends_at(value, between), arrives, "{written}");
                }
            }
        }
    }

    #[test]
    fn a_pair_stays_one_pair() {
        let mut query = String::new();
        pair(&mut query, "search", "a&b=c+d e%");
        pair(&mut query, "kind[]", "");
        assert_eq!(query, "search=a%26b%3Dc%2Bd%20e%25&kind%5B%5D=");
    }

    #[test]
    fn a_comma_cannot_be_told_from_the_separator() {
        assert_eq!(joined(&["a".into(), "b".into()]).unwrap(), "a,b");
        assert!(joined(&["a,b".into()]).is_err());
    }
}
