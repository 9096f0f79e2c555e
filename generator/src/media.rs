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
    let (mut quoted, mut escaped) = (false, false);
    let pieces = text.split(move |c| {
        let bare = !std::mem::take(&mut escaped);
        quoted ^= bare && c == '"';
        escaped = bare && quoted && c == '\\';
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

/// What a token may have beside letters and digits.
pub const MARKS: &str = "!#$%&'*+-.^_`|~";

/// Whether a text is a token (RFC 9110, 5.6.2), as the names of headers and of cookies are.
#[must_use]
pub fn is_token(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || MARKS.contains(c))
}

/// Whether a text can be the name of a cookie. By RFC 6265, 4.1.1, that is a token; in use are others, too
/// (`list[]`), which nothing takes for the end of the name.
#[must_use]
pub fn is_cookie_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| matches!(c, '!'..='~') && !"=;,\"\\".contains(c))
}

/// Whether HTTP can carry a text as a media type (RFC 9110, 8.3.1). A range is one too: a token may have a `*`.
/// Of parameters more are in use than are legal: without a value, and with one that should be in quotes.
#[must_use]
pub fn is_media_type(text: &str) -> bool {
    let typed = essence(text).split_once('/').is_some_and(|(top, sub)| is_token(top) && is_token(sub));
    typed && params(text).all(|(name, value)| is_token(&name) && (is_plain(value) || is_quoted(value)))
}

/// Whether a text has nothing that ends it, or begins a text in quotes.
fn is_plain(text: &str) -> bool {
    text.chars().all(|c| matches!(c, '!'..='~') && !matches!(c, '"' | ',' | ';'))
}

/// Whether a text is in quotes, with a backslash before each quote within (RFC 9110, 5.6.4).
fn is_quoted(text: &str) -> bool {
    let Some(within) = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) else { return false };
    let mut escaped = false;
    let legal = within.chars().all(|c| {
        let bare = !std::mem::take(&mut escaped);
        escaped = bare && c == '\\';
        matches!(c, ' '..='~') && !(bare && c == '"')
    });
    legal && !escaped
}

#[cfg(test)]
mod tests {
    use super::{canonical, distinction, foreign_charset, is_cookie_name, is_media_type, is_token, params};

    #[test]
    fn media_types_are_written_in_one_way() {
        assert_eq!(canonical(" Application/JSON;Charset=UTF-8 "), "application/json; charset=utf-8");
        assert_eq!(canonical("a/b;v=1 ; A=\"x;Y\";"), "a/b; a=\"x;Y\"; v=1");
        assert_eq!(canonical("text/plain"), "text/plain");
        assert_eq!(canonical("a/b; flag"), "a/b; flag");
        assert_eq!(params("a/b;p=\"x;y\";q=1").count(), 2);
        assert_eq!(params(r#"a/b;p="x\";y";q=1"#).count(), 2);
        assert_eq!(params(r#"a/b;p="x\\";q=1"#).count(), 2);
    }

    #[test]
    fn tokens_are_what_http_takes_as_names() {
        for fine in ["X-Rate-Limit", "a", "x_1", "!#$%&'*+-.^_`|~"] {
            assert!(is_token(fine), "{fine}");
        }
        for bad in ["", "bad name", "a;b", "a=b", "a:b", "a,b", "a[b]", "\"a\"", "a\nb", "a\u{7f}", "\u{e9}"]
        {
            assert!(!is_token(bad), "{bad:?}");
        }
    }

    #[test]
    fn names_of_cookies_end_at_what_ends_them() {
        assert!(is_cookie_name("list[]") && is_cookie_name("a:b/c@d"));
        for bad in ["", "a b", "a;b", "a=b", "a,b", "\"a\"", "a\\b", "a\nb", "\u{e9}"] {
            assert!(!is_cookie_name(bad), "{bad:?}");
        }
    }

    #[test]
    fn media_types_are_what_http_takes_as_such() {
        let fine = [
            "application/json",
            "application/vnd.x+json; version=1; charset=utf-8",
            "a/b;",
            "a/b; flag",
            "a/b; v=",
            "a/b; profile=https://e.x/a",
            r#"a/b; p="https://e.x/a;b"; q="""#,
            r#"a/b; p="x\";y\\""#,
            "*/*",
            "image/*",
            "application/*+json; q=0.5",
        ];
        for fine in fine {
            assert!(is_media_type(fine), "{fine}");
        }
        for bad in ["", "json", "/json", "a/", "a/b/c", "a/b\u{e9}\nX", "a b/c", "a/b, c/d"] {
            assert!(!is_media_type(bad), "{bad:?}");
        }
        for bad in ["=1", "v=1 2", "v=1,2", "v w=1", "v=\u{e9}", "v=\"\u{e9}\"", "v=\"x\ny\"", "v=\""] {
            assert!(!is_media_type(&format!("a/b; {bad}")), "{bad:?}");
        }
        for bad in [r#"a/b; v="x"#, r#"a/b; v="x"y""#, r#"a/b; v="x\""#, r#"a/b; v=x""#] {
            assert!(!is_media_type(bad), "{bad}");
        }
    }

    #[test]
    fn that_text_is_utf8_tells_nothing_apart() {
        assert_eq!(distinction("application/json; charset=utf-8"), "");
        assert_eq!(distinction("application/json; charset=utf-8; v=1"), "v 1 ");
        assert_eq!(foreign_charset("text/plain; charset=\"ISO-8859-1\""), Some("\"ISO-8859-1\""));
        assert_eq!(foreign_charset("text/plain; charset=us-ascii"), None);
    }
}
