//! The token a caller shows, and where it may be found.

use crate::Rejection;
use crate::rejection::Unauthenticated;
use http::HeaderName;
use http::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderValue, PROXY_AUTHORIZATION};
use std::fmt;

/// The cookie that carries the token.
const COOKIE_NAME: &str = "token";
/// The header that carries it where neither a cookie nor `Authorization` does.
static HEADER_NAME: HeaderName = HeaderName::from_static("meshery-token");

/// A secret that a caller showed. It prints as `Token(redacted)`.
///
/// ```
/// # use meshery_server::Token;
/// let token = Token::new("abc.def.ghi");
/// assert_eq!(format!("{token:?}"), "Token(redacted)");
/// assert_eq!(token.secret(), "abc.def.ghi");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A token of this text.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// Its text, as the caller sent it.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.0
    }

    /// The token of a request: its cookie `token`, else `Authorization: Bearer`, else the header
    /// `meshery-token`.
    ///
    /// # Errors
    /// A place that holds two different things, or something that is no token, is a rejection with
    /// 401, also where a later place would do: which one was meant cannot be known.
    pub fn extract(headers: &HeaderMap) -> Result<Option<Self>, Rejection> {
        let fields = Fields::of(headers);
        let cookie = if fields.cookies { cookie(headers)? } else { None };
        let found = match cookie {
            Some(secret) => Some(secret),
            None => match bearer(fields.bearer)? {
                Some(secret) => Some(secret),
                None => fields.header.single("meshery-token header")?,
            },
        };
        found.map(checked).transpose()
    }
}

/// Whether credentials come in headers of this name.
pub(crate) fn is_credential(name: &HeaderName) -> bool {
    *name == AUTHORIZATION || *name == COOKIE || *name == PROXY_AUTHORIZATION || *name == HEADER_NAME
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(redacted)")
    }
}

fn cookie(headers: &HeaderMap) -> Result<Option<&str>, Rejection> {
    let mut found = None;
    for header in headers.get_all(COOKIE) {
        // A cookie of somebody else may hold any byte: only pairs that are ours are looked at.
        for pair in header.as_bytes().split(|b| *b == b';') {
            let pair = pair.trim_ascii();
            let Some(value) = pair.strip_prefix(COOKIE_NAME.as_bytes()).and_then(|v| v.strip_prefix(b"="))
            else {
                continue;
            };
            let value = std::str::from_utf8(value).map_err(|_| malformed("cookie"))?;
            let value = value.strip_prefix('"').and_then(|v| v.strip_suffix('"')).unwrap_or(value);
            if found.is_some_and(|earlier| earlier != value) {
                return Err(duplicate("cookie"));
            }
            found = Some(value);
        }
    }
    // Meshery's Local provider sets an empty token: that is none.
    Ok(found.filter(|v| !v.is_empty()))
}

fn bearer(field: Field<'_>) -> Result<Option<&str>, Rejection> {
    let Some(value) = field.single("Authorization header")? else { return Ok(None) };
    let end = value.bytes().position(|b| b == b' ').unwrap_or(value.len());
    let (scheme, secret) = value.split_at(end);
    if scheme.eq_ignore_ascii_case("bearer") {
        Ok(Some(secret.trim_matches(' ')))
    } else {
        // Another scheme is not malformed: an authenticator finds it in the request's headers.
        Ok(None)
    }
}

/// The headers that a token may be in, from one walk through all of them.
#[derive(Default)]
struct Fields<'h> {
    cookies: bool,
    bearer: Field<'h>,
    header: Field<'h>,
}

impl<'h> Fields<'h> {
    fn of(headers: &'h HeaderMap) -> Self {
        let mut fields = Self::default();
        for (name, value) in headers {
            if *name == AUTHORIZATION {
                fields.bearer.add(value);
            } else if *name == COOKIE {
                fields.cookies = true;
            } else if *name == HEADER_NAME {
                fields.header.add(value);
            }
        }
        fields
    }
}

/// A header that may be there once.
#[derive(Default)]
enum Field<'h> {
    #[default]
    Absent,
    Single(&'h HeaderValue),
    Repeated,
}

impl<'h> Field<'h> {
    fn add(&mut self, value: &'h HeaderValue) {
        *self = if matches!(self, Self::Absent) { Self::Single(value) } else { Self::Repeated };
    }

    fn single(self, place: &str) -> Result<Option<&'h str>, Rejection> {
        match self {
            Self::Absent => Ok(None),
            Self::Single(value) => text(value).map(Some).ok_or_else(|| malformed(place)),
            Self::Repeated => Err(duplicate(place)),
        }
    }
}

/// What `HeaderValue::to_str` gives, sooner: a token is long, and this looks at many bytes at a time.
fn text(value: &HeaderValue) -> Option<&str> {
    let visible = |b: &u8| (b' '..=b'~').contains(b) | (*b == b'\t');
    let bytes = value.as_bytes();
    if all(bytes, visible) { std::str::from_utf8(bytes).ok() } else { None }
}

/// `Iterator::all` without an early end: the compiler makes vectors of it.
fn all(bytes: &[u8], holds: impl Fn(&u8) -> bool) -> bool {
    bytes.iter().fold(true, |all, byte| all & holds(byte))
}

/// A secret is visible ASCII without spaces; anything else was not issued by anybody.
fn checked(secret: &str) -> Result<Token, Rejection> {
    if !secret.is_empty() && all(secret.as_bytes(), u8::is_ascii_graphic) {
        Ok(Token::new(secret))
    } else {
        Err(malformed("token"))
    }
}

fn duplicate(place: &str) -> Rejection {
    Unauthenticated::new(format!("more than one token by {place}")).into()
}

fn malformed(place: &str) -> Rejection {
    Unauthenticated::new(format!("malformed {place}")).into()
}

#[cfg(test)]
mod tests {
    use super::Token;
    use http::{HeaderMap, HeaderName, HeaderValue};

    fn extract(headers: &[(&'static str, &str)]) -> Result<Option<String>, ()> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(HeaderName::from_static(name), HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        Token::extract(&map).map(|t| t.map(|t| t.secret().to_owned())).map_err(|_| ())
    }

    #[test]
    fn places_have_an_order() {
        let all = [("cookie", "a=b; token=one"), ("authorization", "bearer two"), ("meshery-token", "three")];
        assert_eq!(extract(&all), Ok(Some("one".into())));
        assert_eq!(extract(&all[1..]), Ok(Some("two".into())));
        assert_eq!(extract(&all[2..]), Ok(Some("three".into())));
        assert_eq!(extract(&[]), Ok(None));
    }

    #[test]
    fn a_name_that_only_ends_alike_is_another_cookie() {
        assert_eq!(extract(&[("cookie", "mytoken=x; token-2=y; tokens=z")]), Ok(None));
    }

    #[test]
    fn an_empty_cookie_is_none_and_the_next_place_counts() {
        assert_eq!(extract(&[("cookie", "token=")]), Ok(None));
        assert_eq!(extract(&[("cookie", "token="), ("meshery-token", "x")]), Ok(Some("x".into())));
    }

    #[test]
    fn what_is_ambiguous_or_malformed_is_rejected() {
        assert!(extract(&[("cookie", "token=a; token=b")]).is_err());
        assert!(extract(&[("cookie", "token=a"), ("cookie", "token=b")]).is_err());
        assert_eq!(extract(&[("cookie", "token=a; token=a")]), Ok(Some("a".into())));
        assert!(extract(&[("authorization", "Bearer a"), ("authorization", "Bearer b")]).is_err());
        assert!(extract(&[("authorization", "Bearer")]).is_err());
        assert!(extract(&[("authorization", "Bearer a b")]).is_err());
        assert!(extract(&[("authorization", "Bearer ä")]).is_err());
        assert!(extract(&[("meshery-token", "")]).is_err());
        assert!(extract(&[("cookie", "token=ä")]).is_err());
    }

    #[test]
    fn another_scheme_is_not_ours_to_judge() {
        assert_eq!(extract(&[("authorization", "Basic abc")]), Ok(None));
    }
}
