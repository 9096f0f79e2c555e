//! The token a caller shows, and where it may be found.

use crate::Rejection;
use crate::rejection::Unauthenticated;
use http::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderValue, PROXY_AUTHORIZATION};
use std::fmt;

/// The cookie that carries the token.
const COOKIE_NAME: &str = "token";
/// The header that carries it where neither a cookie nor `Authorization` does.
const HEADER_NAME: &str = "meshery-token";

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
        let found = match cookie(headers)? {
            Some(secret) => Some(secret),
            None => match bearer(headers)? {
                Some(secret) => Some(secret),
                None => header(headers)?,
            },
        };
        found.map(checked).transpose()
    }
}

/// Marks the headers that credentials come in as sensitive: they are not printed.
pub(crate) fn hide(headers: &mut HeaderMap) {
    for (name, value) in headers {
        if [AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION].contains(name) || name == HEADER_NAME {
            value.set_sensitive(true);
        }
    }
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

fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Rejection> {
    let Some(value) = single(headers.get_all(AUTHORIZATION).iter(), "Authorization header")? else {
        return Ok(None);
    };
    let (scheme, secret) = value.split_once(' ').unwrap_or((value, ""));
    if scheme.eq_ignore_ascii_case("bearer") {
        Ok(Some(secret.trim_matches(' ')))
    } else {
        // Another scheme is not malformed: an authenticator finds it in the request's headers.
        Ok(None)
    }
}

fn header(headers: &HeaderMap) -> Result<Option<&str>, Rejection> {
    single(headers.get_all(HEADER_NAME).iter(), "meshery-token header")
}

fn single<'h>(
    mut values: impl Iterator<Item = &'h HeaderValue>,
    place: &str,
) -> Result<Option<&'h str>, Rejection> {
    let Some(first) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(duplicate(place));
    }
    first.to_str().map(Some).map_err(|_| malformed(place))
}

/// A secret is visible ASCII without spaces; anything else was not issued by anybody.
fn checked(secret: &str) -> Result<Token, Rejection> {
    if !secret.is_empty() && secret.bytes().all(|b| b.is_ascii_graphic()) {
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
