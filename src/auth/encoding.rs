//! The two ways in which a token is written.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde::Deserialize;
use std::fmt;

/// Longer ones are not looked into: no provider issues such.
const LIMIT: usize = 64 << 10;

/// What the cookie `token` holds.
///
/// A provider writes it as base64, without padding, of a JSON object of access token, refresh token
/// and expiry; what does not decode so is the access token itself. Its `Debug` output shows neither.
///
/// ```
/// # use meshery_runtime::auth::TokenValue;
/// let raw = TokenValue::parse("header.claims.signature");
/// assert_eq!(raw.access_token(), "header.claims.signature");
/// assert!(!raw.can_refresh());
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct TokenValue {
    access: String,
    refresh: Option<String>,
    expiry: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Envelope {
    access_token: String,
    #[serde(default)]
    refresh_token: Option<String>,
    #[serde(default)]
    expiry: Option<String>,
}

#[derive(Deserialize)]
struct Expiry {
    exp: Option<f64>,
}

impl TokenValue {
    /// Reads the value of a cookie, of either kind.
    #[must_use]
    pub fn parse(value: &str) -> Self {
        Self::envelope(value).unwrap_or_else(|| Self {
            access: value.to_owned(),
            refresh: None,
            expiry: None,
        })
    }

    fn envelope(value: &str) -> Option<Self> {
        // An access token has dots, which are no base64: most are settled here.
        if value.len() > LIMIT || value.contains('.') {
            return None;
        }
        let json = STANDARD_NO_PAD.decode(value).or_else(|_| STANDARD.decode(value)).ok()?;
        let Envelope { access_token, refresh_token, expiry } = serde_json::from_slice(&json).ok()?;
        let refresh = refresh_token.filter(|token| !token.is_empty());
        // Go writes the year 1 for "none".
        let expiry = expiry.and_then(|text| text.parse::<Timestamp>().ok());
        let expiry = expiry.filter(|at| *at > Timestamp::UNIX_EPOCH);
        (!access_token.is_empty()).then_some(Self { access: access_token, refresh, expiry })
    }

    /// The access token, in clear. Mind where it goes.
    #[must_use]
    pub fn access_token(&self) -> &str {
        &self.access
    }

    /// Whether a refresh token came with it.
    #[must_use]
    pub fn can_refresh(&self) -> bool {
        self.refresh.is_some()
    }

    /// The refresh token, in clear. It goes to the provider that issued it, and nowhere else.
    #[must_use]
    pub fn refresh_token(&self) -> Option<&str> {
        self.refresh.as_deref()
    }

    /// When it expires: as its claim `exp` says, else as what is around it says. The claim is read,
    /// not verified: it serves to refresh in time, never to let somebody in.
    #[must_use]
    pub fn expires(&self) -> Option<Timestamp> {
        self.claimed_expiry().or(self.expiry)
    }

    fn claimed_expiry(&self) -> Option<Timestamp> {
        let mut parts = self.access.split('.');
        let (_, claims, _) = (parts.next()?, parts.next()?, parts.next()?);
        if claims.len() > LIMIT {
            return None;
        }
        let Expiry { exp } = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
        Timestamp::from_second(exp? as i64).ok()
    }
}

impl fmt::Debug for TokenValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenValue")
            .field("access", &format_args!("[redacted]"))
            .field("can_refresh", &self.can_refresh())
            .field("expires", &self.expires())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::{STANDARD_NO_PAD, TokenValue, URL_SAFE_NO_PAD};
    use base64::Engine;
    use jiff::Timestamp;

    fn wrapped(json: &str) -> TokenValue {
        TokenValue::parse(&STANDARD_NO_PAD.encode(json))
    }

    #[test]
    fn both_encodings_hold_the_access_token() {
        let value = wrapped(
            r#"{"access_token":"a.b.c","token_type":"bearer","refresh_token":"r","expiry":"2026-01-02T03:04:05Z"}"#,
        );
        assert_eq!((value.access_token(), value.can_refresh()), ("a.b.c", true));
        assert_eq!(value.expires(), Some("2026-01-02T03:04:05Z".parse().unwrap()));
        let never = wrapped(r#"{"access_token":"a.b.c","expiry":"0001-01-01T00:00:00Z"}"#);
        assert_eq!((never.can_refresh(), never.expires()), (false, None));
    }

    #[test]
    fn what_is_no_envelope_is_the_token_itself() {
        for text in ["", "abcd", "a.b.c", "bm90IGpzb24", &STANDARD_NO_PAD.encode(r#"{"access_token":""}"#)] {
            assert_eq!(TokenValue::parse(text).access_token(), text);
        }
    }

    #[test]
    fn the_claim_says_when_it_expires() {
        let claims = URL_SAFE_NO_PAD.encode(r#"{"exp":1767323045}"#);
        let value = TokenValue::parse(&format!("e30.{claims}.c2ln"));
        assert_eq!(value.expires(), Timestamp::from_second(1_767_323_045).ok());
        assert!(!format!("{value:?}").contains(&claims));
    }
}
