//! Media types as text: what they are, and their parameters.

/// A media type as the contract writes it: in lower case, its parameters sorted by name. Only values
/// keep their case, but for that of a charset, which has none.
#[must_use]
pub fn canonical(text: &str) -> String {
    let mut params: Vec<_> = params(text).collect();
    params.sort();
    let mut media_type = essence(text);
    for (name, value) in params {
        let value = if name == "charset" { value.to_ascii_lowercase() } else { value.to_owned() };
        media_type.push_str(&if value.is_empty() {
            format!("; {name}")
        } else {
            format!("; {name}={value}")
        });
    }
    media_type
}

/// A media type without its parameters, in lower case.
#[must_use]
pub fn essence(text: &str) -> String {
    text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// The parameters of a media type, with names in lower case and values as they are written.
pub fn params(text: &str) -> impl Iterator<Item = (String, &str)> {
    let mut quoted = false;
    let pieces = text.split(move |c| {
        quoted ^= c == '"';
        c == ';' && !quoted
    });
    pieces.skip(1).map(str::trim).filter(|piece| !piece.is_empty()).map(|piece| {
        let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
        (name.trim().to_ascii_lowercase(), value.trim())
    })
}

/// The charset that a media type names, if it is another than UTF-8 or a part of it.
#[must_use]
pub fn foreign_charset(text: &str) -> Option<&str> {
    let charset = params(text).find(|(name, _)| name == "charset")?.1;
    let known = ["utf-8", "utf8", "us-ascii"];
    (!known.iter().any(|known| charset.trim_matches('"').eq_ignore_ascii_case(known))).then_some(charset)
}

/// The parameters by which one media type is another than one of the same essence. That text is
/// UTF-8 is said of all of them.
#[must_use]
pub fn distinction(text: &str) -> String {
    let stated = params(text).filter(|(name, _)| name != "charset" || foreign_charset(text).is_some());
    stated.map(|(name, value)| format!("{name} {value} ")).collect()
}

#[cfg(test)]
mod tests {
    use super::{canonical, distinction, foreign_charset, params};

    #[test]
    fn media_types_are_written_in_one_way() {
        assert_eq!(canonical(" Application/JSON;Charset=UTF-8 "), "application/json; charset=utf-8");
        assert_eq!(canonical("a/b;v=1 ; A=\"x;Y\";"), "a/b; a=\"x;Y\"; v=1");
        assert_eq!(canonical("text/plain"), "text/plain");
        assert_eq!(canonical("a/b; flag"), "a/b; flag");
        assert_eq!(params("a/b;p=\"x;y\";q=1").count(), 2);
    }

    #[test]
    fn that_text_is_utf8_tells_nothing_apart() {
        assert_eq!(distinction("application/json; charset=utf-8"), "");
        assert_eq!(distinction("application/json; charset=utf-8; v=1"), "v 1 ");
        assert_eq!(foreign_charset("text/plain; charset=\"ISO-8859-1\""), Some("\"ISO-8859-1\""));
        assert_eq!(foreign_charset("text/plain; charset=us-ascii"), None);
    }
}
