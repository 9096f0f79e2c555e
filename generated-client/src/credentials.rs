//! Who is calling: the hook that is asked for a token before each request, and the token itself.
//!
//! What always holds: a token is sent to the origin of the base URL and nowhere else, it is in no
//! `Debug` or `Display` output of this crate, and the headers that carry it are marked sensitive.

use crate::operation::OperationInfo;
use http::HeaderValue;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};

mod cached;
pub use cached::Cached;

/// Why a hook has no token to give.
///
/// Its text becomes part of an error message: leave secrets out of it.
pub type CredentialsError = Box<dyn std::error::Error + Send + Sync>;

/// What [`Credentials::token`] returns.
pub type TokenFuture<'a> = Pin<Box<dyn Future<Output = Result<Option<Token>, CredentialsError>> + Send + 'a>>;

/// Where tokens come from. Asked before every attempt, so that a token can be chosen by operation;
/// [`Cached`] keeps the token of a hook for which that is too dear.
///
/// `Ok(None)` sends the request without a token; the server answers 401 where one is needed. An
/// error ends the call: this attempt is not sent.
///
/// ```
/// use meshery_client::{Credentials, CredentialsRequest, Token, TokenFuture};
///
/// struct FromEnvironment;
///
/// impl Credentials for FromEnvironment {
///     fn token<'a>(&'a self, request: CredentialsRequest<'a>) -> TokenFuture<'a> {
///         Box::pin(async move {
///             if request.operation.is_public() {
///                 return Ok(None);
///             }
///             Ok(Some(Token::new(std::env::var("MESHERY_TOKEN")?).provider("Meshery")))
///         })
///     }
/// }
/// ```
pub trait Credentials: Send + Sync + 'static {
    /// The token to send with this request.
    fn token<'a>(&'a self, request: CredentialsRequest<'a>) -> TokenFuture<'a>;

    /// Another token in place of one that the server has refused. With it the call is sent once
    /// more; without one, or with the same again, the call fails as the server has answered.
    ///
    /// There is none unless this is implemented. [`Cached`] asks for it once, however many calls
    /// were refused.
    fn refresh<'a>(&'a self, request: CredentialsRequest<'a>, refused: &'a Token) -> TokenFuture<'a> {
        let _ = (request, refused);
        Box::pin(std::future::ready(Ok(None)))
    }
}

impl<C: Credentials + ?Sized> Credentials for Arc<C> {
    fn token<'a>(&'a self, request: CredentialsRequest<'a>) -> TokenFuture<'a> {
        (**self).token(request)
    }

    fn refresh<'a>(&'a self, request: CredentialsRequest<'a>, refused: &'a Token) -> TokenFuture<'a> {
        (**self).refresh(request, refused)
    }
}

/// What a hook is told about the request.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct CredentialsRequest<'a> {
    /// The operation that is called.
    pub operation: &'static OperationInfo,
    /// Where the token will go: scheme, host and port of the base URL.
    pub origin: &'a str,
}

/// A user's token, with the provider that issued it.
///
/// Sent as the cookies `token` and `meshery-provider`, and as `Authorization: Bearer`. It can be
/// used as [`Credentials`] itself. Its `Debug` output does not show it and it has no `Display`.
///
/// ```
/// # use meshery_client::Token;
/// let token = Token::new("eyJhbGciOi").provider("Meshery");
/// assert_eq!(format!("{token:?}"), r#"Token { secret: [redacted], provider: Some("Meshery") }"#);
/// ```
#[derive(Clone)]
pub struct Token(Arc<Held>);

/// What all clones of a token share.
struct Held {
    secret: Arc<str>,
    provider: Option<Arc<str>>,
    /// What carries it: the same for every request.
    headers: OnceLock<Carried>,
}

/// The headers that carry a token, where there is something to carry.
#[derive(Clone)]
pub(crate) struct Carried {
    pub(crate) cookie: Option<HeaderValue>,
    pub(crate) bearer: Option<HeaderValue>,
}

impl PartialEq for Token {
    fn eq(&self, other: &Self) -> bool {
        (&self.0.secret, &self.0.provider) == (&other.0.secret, &other.0.provider)
    }
}

impl Eq for Token {}

impl Token {
    /// A token; empty for the `Local` provider, which asks for none.
    pub fn new(secret: impl Into<Arc<str>>) -> Self {
        Self(Arc::new(Held { secret: secret.into(), provider: None, headers: OnceLock::new() }))
    }

    /// The same, issued by a provider: `Meshery`, `Local`.
    #[must_use]
    pub fn provider(self, name: impl Into<Arc<str>>) -> Self {
        let secret = Arc::clone(&self.0.secret);
        Self(Arc::new(Held { secret, provider: Some(name.into()), headers: OnceLock::new() }))
    }

    /// The name of the provider.
    #[must_use]
    pub fn provider_name(&self) -> Option<&str> {
        self.0.provider.as_deref()
    }

    /// The token in clear. Mind where it goes.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        &self.0.secret
    }

    /// Both cookies as `name=value; name=value`; empty when there is nothing to send.
    pub(crate) fn cookies(&self) -> Result<String, UnfitToken> {
        let mut cookies = String::new();
        if let Some(provider) = self.0.provider.as_deref().filter(|p| !p.is_empty()) {
            cookies = format!("meshery-provider={}", cookie_value(provider).ok_or(UnfitToken::PROVIDER)?);
        }
        if !self.0.secret.is_empty() {
            let token = cookie_value(&self.0.secret).ok_or(UnfitToken::TOKEN)?;
            cookies = if cookies.is_empty() {
                format!("token={token}")
            } else {
                format!("{cookies}; token={token}")
            };
        }
        Ok(cookies)
    }

    /// The headers that carry it, where nothing is to be beside its cookies.
    pub(crate) fn carried(&self) -> Result<&Carried, UnfitToken> {
        if let Some(headers) = self.0.headers.get() {
            return Ok(headers);
        }
        let cookies = Some(self.cookies()?).filter(|cookies| !cookies.is_empty());
        let cookie = cookies.map(sensitive).transpose()?;
        let headers = Carried { cookie, bearer: self.bearer()? };
        Ok(self.0.headers.get_or_init(|| headers))
    }

    /// The value of `Authorization`, unless the token is empty.
    fn bearer(&self) -> Result<Option<HeaderValue>, UnfitToken> {
        if self.0.secret.is_empty() {
            return Ok(None);
        }
        if !self.0.secret.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(UnfitToken::TOKEN);
        }
        sensitive(format!("Bearer {}", self.0.secret)).map(Some)
    }

    /// A text that may echo the token, without it.
    pub(crate) fn scrub(&self, text: String) -> String {
        // Shorter ones are no secrets, and would turn texts into riddles.
        if self.0.secret.len() < 6 || !text.contains(&*self.0.secret) {
            return text;
        }
        text.replace(&*self.0.secret, "[redacted]")
    }

    /// A text that breaks off, without the beginning of the token at its end.
    pub(crate) fn cut(&self, text: &mut String) {
        let secret = &*self.0.secret;
        let begins = |length: &usize| secret.get(..*length).is_some_and(|part| text.ends_with(part));
        // As few bytes as this say nothing.
        if let Some(length) = (6..secret.len()).rev().find(begins) {
            text.truncate(text.len() - length);
            text.push_str("[redacted]");
        }
    }
}

fn sensitive(text: String) -> Result<HeaderValue, UnfitToken> {
    let mut value = HeaderValue::try_from(text).map_err(|_| UnfitToken::TOKEN)?;
    value.set_sensitive(true);
    Ok(value)
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("secret", &format_args!("[redacted]"))
            .field("provider", &self.0.provider)
            .finish()
    }
}

impl Credentials for Token {
    fn token<'a>(&'a self, _: CredentialsRequest<'a>) -> TokenFuture<'a> {
        Box::pin(std::future::ready(Ok(Some(self.clone()))))
    }
}

/// A token that cannot be sent as it is. Does not show it.
#[derive(Debug)]
pub(crate) struct UnfitToken(&'static str);

impl UnfitToken {
    const TOKEN: Self = Self("the token");
    const PROVIDER: Self = Self("the name of the provider");
}

impl fmt::Display for UnfitToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} holds characters that a cookie or header cannot carry", self.0)
    }
}

impl std::error::Error for UnfitToken {}

/// A cookie value as RFC 6265 wants it; with spaces or commas in quotes, as Go servers read it.
pub(crate) fn cookie_value(value: &str) -> Option<String> {
    let quote = value.contains([' ', ',']);
    let fits = |b: u8| matches!(b, b' '..=b'~') && !matches!(b, b'"' | b';' | b'\\');
    value.bytes().all(fits).then(|| if quote { format!("\"{value}\"") } else { value.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::Token;

    #[test]
    fn both_cookies_and_the_bearer_header_carry_it() {
        let token = Token::new("abc.def").provider("Meshery");
        assert_eq!(token.cookies().unwrap(), "meshery-provider=Meshery; token=abc.def");
        assert_eq!(token.bearer().unwrap().unwrap(), "Bearer abc.def");
        assert_eq!(Token::new("abc").cookies().unwrap(), "token=abc");
        let spaced = Token::new("abc").provider("My Provider");
        assert_eq!(spaced.cookies().unwrap(), "meshery-provider=\"My Provider\"; token=abc");
    }

    #[test]
    fn headers_are_made_once_and_anew_for_another_provider() {
        let token = Token::new("abc.def");
        let [first, again] = [token.carried(), token.carried()].map(|made| made.unwrap().clone());
        assert_eq!(first.cookie.as_ref().unwrap(), "token=abc.def");
        assert!([&first.cookie, &first.bearer].into_iter().flatten().all(|value| value.is_sensitive()));
        assert_eq!(again.cookie, first.cookie);
        let other = token.clone().provider("Meshery");
        assert_eq!(
            other.carried().unwrap().cookie.as_ref().unwrap(),
            "meshery-provider=Meshery; token=abc.def"
        );
        assert!(token == Token::new("abc.def") && token != other);
        assert!(Token::new("hunter2;x").carried().is_err());
    }

    #[test]
    fn the_local_provider_has_no_token() {
        let token = Token::new("").provider("Local");
        assert_eq!(token.cookies().unwrap(), "meshery-provider=Local");
        assert!(token.bearer().unwrap().is_none());
    }

    #[test]
    fn what_cannot_be_sent_is_an_error_without_it() {
        for secret in ["hunter2;x", "hunter2\r\nX: y", "hunter2\"", "hunter2é", "hunter2\\"] {
            let token = Token::new(secret);
            let message = token.cookies().unwrap_err().to_string();
            assert!(!message.contains("hunter2"), "{message}");
        }
        assert!(Token::new("hunter 2").bearer().is_err());
        assert!(Token::new("x").provider("a;b").cookies().is_err());
    }

    #[test]
    fn an_echoed_token_is_scrubbed() {
        assert_eq!(Token::new("hunter2").scrub("no hunter2 here".into()), "no [redacted] here");
        assert_eq!(Token::new("").scrub("as it is".into()), "as it is");
        let cut = |text: &str| {
            let mut text = text.to_owned();
            Token::new("abcabcdefgh").cut(&mut text);
            text
        };
        assert_eq!(cut("bad token: abcabcde"), "bad token: [redacted]");
        assert_eq!([cut("no abcab"), cut(""), cut("é")], ["no abcab", "", "é"]);
    }
}
