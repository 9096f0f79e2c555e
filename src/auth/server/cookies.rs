//! Cookies of a request, and those that are set.

use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};

/// A cookie that is there twice, with two values: which one was meant cannot be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ambiguous;

/// The value of a cookie, without the quotes around it. An empty one is none.
pub(super) fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Result<Option<&'h str>, Ambiguous> {
    let mut found = None;
    let pairs = headers.get_all(COOKIE).iter().flat_map(|header| header.as_bytes().split(|b| *b == b';'));
    for pair in pairs {
        let value = pair.trim_ascii().strip_prefix(name.as_bytes()).and_then(|rest| rest.strip_prefix(b"="));
        let Some(value) = value else { continue };
        let value = std::str::from_utf8(value).map_err(|_| Ambiguous)?;
        let value = value.strip_prefix('"').and_then(|v| v.strip_suffix('"')).unwrap_or(value);
        if found.is_some_and(|earlier| earlier != value) {
            return Err(Ambiguous);
        }
        found = Some(value);
    }
    Ok(found.filter(|value| !value.is_empty()))
}

/// How long the browser keeps a login, in seconds: as Meshery Server has it.
const DAY: u32 = 24 * 60 * 60;

/// The header that sets a cookie for a day; `None` for a value that no cookie can hold.
pub(super) fn set(name: &str, value: &str, secure: bool) -> Option<HeaderValue> {
    // A space needs quotes, which Go's servers take away again.
    let quote = if value.contains([' ', ',']) { "\"" } else { "" };
    let fits = |b: u8| matches!(b, b' '..=b'~') && !matches!(b, b'"' | b';' | b'\\');
    if value.is_empty() || !value.bytes().all(fits) {
        return None;
    }
    header(&format!("{name}={quote}{value}{quote}; Path=/; Max-Age={DAY}"), secure)
}

/// The header that takes a cookie away.
pub(super) fn clear(name: &str, secure: bool) -> Option<HeaderValue> {
    header(&format!("{name}=; Path=/; Max-Age=0"), secure)
}

fn header(text: &str, secure: bool) -> Option<HeaderValue> {
    let secure = if secure { "; Secure" } else { "" };
    let mut value = HeaderValue::try_from(format!("{text}; HttpOnly; SameSite=Lax{secure}")).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::{Ambiguous, clear, cookie, set};
    use http::header::COOKIE;
    use http::{HeaderMap, HeaderValue};

    fn headers(values: &[&'static str]) -> HeaderMap {
        values.iter().map(|value| (COOKIE, HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn one_value_or_none() {
        let all = headers(&["a=1; meshery-provider=\"My Cloud\"", "b=2"]);
        assert_eq!(cookie(&all, "meshery-provider"), Ok(Some("My Cloud")));
        assert_eq!(cookie(&all, "provider"), Ok(None));
        assert_eq!(cookie(&headers(&["a=1; a=1"]), "a"), Ok(Some("1")));
        assert_eq!(cookie(&headers(&["a=1; a=2"]), "a"), Err(Ambiguous));
        assert_eq!(cookie(&headers(&["a=1", "a="]), "a"), Err(Ambiguous));
        assert_eq!(cookie(&headers(&["a="]), "a"), Ok(None));
    }

    #[test]
    fn what_is_set_is_out_of_reach_of_scripts_and_other_sites() {
        let set = |value| set("token", value, true).map(|v| v.to_str().unwrap().to_owned());
        assert_eq!(
            set("abc").as_deref(),
            Some("token=abc; Path=/; Max-Age=86400; HttpOnly; SameSite=Lax; Secure")
        );
        for value in ["", "a;b", "a\r\nSet-Cookie: x=y", "a\"b", "ä"] {
            assert_eq!(set(value), None, "{value}");
        }
        assert!(clear("token", false).unwrap().to_str().unwrap().contains("Max-Age=0"));
    }
}
