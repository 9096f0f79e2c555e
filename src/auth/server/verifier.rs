//! Whether a token counts here.

use super::memo::Memo;
use super::{Algorithm, KeyFault, KeySet};
use crate::auth::{Issuer, IssuerFault, TokenValue};
use jsonwebtoken as jwt;
use jsonwebtoken::errors::ErrorKind;
use meshery_server::{Denied, Token};
use serde_json::{Map, Value};
use std::fmt;
use std::time::Duration;

/// Longer access tokens are not looked into.
const ACCESS_LIMIT: usize = 16 << 10;
/// Longer cookies neither: an envelope is a third longer than what it holds.
const VALUE_LIMIT: usize = 48 << 10;
/// How many tokens answers of a provider are remembered for.
const REMEMBERED: usize = 10_000;

/// Verifies access tokens of one provider: their signature by its published keys, and their claims.
///
/// Unless told otherwise: `RS256` only, a claim `exp` is needed, 30 s of leeway for clocks, any issuer
/// and audience, and the provider is not asked about single tokens. Name the
/// [audience](Self::audience) where the provider issues tokens for others too.
#[derive(Debug)]
pub struct Verifier {
    issuer: Issuer,
    keys: KeySet,
    algorithms: Vec<jwt::Algorithm>,
    leeway: Duration,
    issuers: Vec<String>,
    audiences: Vec<String>,
    without_expiry: bool,
    introspected: Option<Memo<Result<bool, IssuerFault>>>,
    refreshed: Option<Memo<Result<Option<String>, IssuerFault>>>,
}

/// What a verified token says.
#[derive(Clone, PartialEq)]
pub(super) struct Verified {
    pub(super) subject: String,
    pub(super) claims: Map<String, Value>,
    /// What took the place of an expired token.
    pub(super) refreshed: Option<Token>,
}

/// Why a token does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Untrusted {
    /// It is too long, or no token at all.
    Malformed,
    /// It is signed in a way that is not allowed.
    Algorithm,
    /// It names no key, or one that the provider does not have.
    Key,
    /// The key did not sign it.
    Signature,
    /// Its time is over.
    Expired,
    /// Its time has not come.
    NotYetValid,
    /// It does not say when its time is over.
    WithoutExpiry,
    /// Somebody else issued it.
    Issuer,
    /// It is for somebody else.
    Audience,
    /// A claim is not what it should be.
    Claims,
    /// The provider does not stand by it any more.
    Revoked,
    /// Whoever could tell cannot be asked.
    Unavailable(IssuerFault),
}

impl Verifier {
    /// Tokens of this provider.
    #[must_use]
    pub fn new(issuer: Issuer) -> Self {
        Self {
            keys: KeySet::new(issuer.clone()),
            issuer,
            algorithms: Algorithm::Rs256.inner().into_iter().collect(),
            leeway: Duration::from_secs(30),
            issuers: Vec::new(),
            audiences: Vec::new(),
            without_expiry: false,
            introspected: None,
            refreshed: None,
        }
    }

    /// Takes these keys instead of such with the usual pauses.
    #[must_use]
    pub fn with_keys(mut self, keys: KeySet) -> Self {
        self.keys = keys;
        self
    }

    /// Allows these algorithms, and no others.
    #[must_use]
    pub fn algorithms(mut self, allowed: impl IntoIterator<Item = Algorithm>) -> Self {
        self.algorithms = allowed.into_iter().filter_map(Algorithm::inner).collect();
        self
    }

    /// How far clocks may differ.
    #[must_use]
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self
    }

    /// Demands a claim `iss` that is this, or another that was named so.
    #[must_use]
    pub fn issuer_claim(mut self, issuer: impl Into<String>) -> Self {
        self.issuers.push(issuer.into());
        self
    }

    /// Demands a claim `aud` that holds this, or another that was named so.
    #[must_use]
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audiences.push(audience.into());
        self
    }

    /// Takes tokens without a claim `exp`. They count until the provider gives up the key, or says
    /// that they do not when it is [asked](Self::introspect).
    #[must_use]
    pub fn allow_without_expiry(mut self) -> Self {
        self.without_expiry = true;
        self
    }

    /// Asks the provider whether it still stands by a token, and remembers what it says for a time:
    /// so long a revoked token may still count. While the provider is down nobody is let in.
    #[must_use]
    pub fn introspect(mut self, remember: Duration) -> Self {
        self.introspected = Some(Memo::new(remember, REMEMBERED));
        self
    }

    /// Has the provider refresh a token that has expired, if it came with a refresh token. See
    /// [`set_refreshed_cookie`](super::set_refreshed_cookie) for how the caller gets the new one.
    #[must_use]
    pub fn refresh(mut self) -> Self {
        // A refresh token may be good for one use: requests that were sent together share what
        // comes of it.
        self.refreshed = Some(Memo::new(Duration::from_secs(60), REMEMBERED));
        self
    }

    /// The provider.
    #[must_use]
    pub fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// The keys it verifies by.
    #[must_use]
    pub fn key_set(&self) -> &KeySet {
        &self.keys
    }

    /// Verifies a token as the cookie holds it, in either encoding.
    pub(super) async fn verify(&self, token: &str) -> Result<Verified, Untrusted> {
        if token.len() > VALUE_LIMIT {
            return Err(Untrusted::Malformed);
        }
        let value = TokenValue::parse(token);
        match self.verify_access(value.access_token()).await {
            Err(Untrusted::Expired) if value.can_refresh() => self.verify_refreshed(token).await,
            verified => verified,
        }
    }

    async fn verify_refreshed(&self, token: &str) -> Result<Verified, Untrusted> {
        let Some(memo) = &self.refreshed else { return Err(Untrusted::Expired) };
        let (issuer, asked) = (self.issuer.clone(), token.to_owned());
        let new = match memo.get(token, || async move { issuer.refresh(&asked).await }).await {
            Some(Ok(Some(new))) => new,
            Some(Ok(None)) => return Err(Untrusted::Expired),
            Some(Err(fault)) => {
                memo.forget(token);
                return Err(Untrusted::Unavailable(fault));
            }
            None => return Err(Untrusted::Expired),
        };
        let value = TokenValue::parse(&new);
        let verified = self.verify_access(value.access_token()).await?;
        Ok(Verified { refreshed: Some(Token::new(new)), ..verified })
    }

    async fn verify_access(&self, access: &str) -> Result<Verified, Untrusted> {
        if access.len() > ACCESS_LIMIT || access.bytes().filter(|b| *b == b'.').count() != 2 {
            return Err(Untrusted::Malformed);
        }
        let header = jwt::decode_header(access).map_err(|_| Untrusted::Malformed)?;
        // What must be understood is not understood here.
        if header.crit.as_ref().is_some_and(|names| !names.is_empty()) {
            return Err(Untrusted::Malformed);
        }
        if !self.algorithms.contains(&header.alg) {
            return Err(Untrusted::Algorithm);
        }
        let id = header.kid.filter(|id| !id.is_empty() && id.len() <= 256).ok_or(Untrusted::Key)?;
        let key = self.keys.key(&id).await.map_err(|fault| match fault {
            KeyFault::Unknown => Untrusted::Key,
            KeyFault::Unavailable(fault) => Untrusted::Unavailable(fault),
        })?;
        if !key.signs(header.alg) {
            return Err(Untrusted::Algorithm);
        }
        let rules = self.rules(header.alg);
        let claims = jwt::decode::<Map<String, Value>>(access, &key.decoding, &rules)
            .map_err(|error| cause(error.kind()))?
            .claims;
        self.stands_by(access).await?;
        let subject = claims.get("sub").and_then(Value::as_str).ok_or(Untrusted::Claims)?.to_owned();
        Ok(Verified { subject, claims, refreshed: None })
    }

    fn rules(&self, algorithm: jwt::Algorithm) -> jwt::Validation {
        let mut rules = jwt::Validation::new(algorithm);
        rules.leeway = self.leeway.as_secs();
        rules.validate_nbf = true;
        let mut required = vec!["sub"];
        if !self.without_expiry {
            required.push("exp");
        }
        if !self.issuers.is_empty() {
            rules.set_issuer(&self.issuers);
            required.push("iss");
        }
        rules.validate_aud = !self.audiences.is_empty();
        if rules.validate_aud {
            rules.set_audience(&self.audiences);
            required.push("aud");
        }
        rules.set_required_spec_claims(&required);
        rules
    }

    async fn stands_by(&self, access: &str) -> Result<(), Untrusted> {
        let Some(memo) = &self.introspected else { return Ok(()) };
        let (issuer, asked) = (self.issuer.clone(), access.to_owned());
        match memo.get(access, || async move { issuer.introspect(&asked).await }).await {
            Some(Ok(true)) => Ok(()),
            Some(Ok(false)) => Err(Untrusted::Revoked),
            Some(Err(fault)) => {
                memo.forget(access);
                Err(Untrusted::Unavailable(fault))
            }
            None => Err(Untrusted::Revoked),
        }
    }
}

fn cause(kind: &ErrorKind) -> Untrusted {
    match kind {
        ErrorKind::ExpiredSignature => Untrusted::Expired,
        ErrorKind::ImmatureSignature => Untrusted::NotYetValid,
        ErrorKind::InvalidIssuer => Untrusted::Issuer,
        ErrorKind::InvalidAudience => Untrusted::Audience,
        ErrorKind::InvalidAlgorithm | ErrorKind::MissingAlgorithm => Untrusted::Algorithm,
        ErrorKind::InvalidSignature => Untrusted::Signature,
        ErrorKind::MissingRequiredClaim(name) => match name.as_str() {
            "exp" => Untrusted::WithoutExpiry,
            "iss" => Untrusted::Issuer,
            "aud" => Untrusted::Audience,
            _ => Untrusted::Claims,
        },
        ErrorKind::InvalidClaimFormat(_) => Untrusted::Claims,
        _ => Untrusted::Malformed,
    }
}

impl From<Untrusted> for Denied {
    fn from(why: Untrusted) -> Self {
        match why {
            // What the provider said is for the log.
            Untrusted::Unavailable(fault) => {
                tracing::warn!(%fault, "a token cannot be verified");
                Self::unavailable("tokens cannot be verified now")
            }
            Untrusted::Expired => Self::unauthenticated("the token has expired"),
            why => {
                tracing::debug!(%why, "a token is refused");
                Self::unauthenticated("the token is not valid")
            }
        }
    }
}

impl fmt::Display for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "it is no token",
            Self::Algorithm => "it is signed in a way that is not allowed",
            Self::Key => "its key is not known",
            Self::Signature => "its signature is wrong",
            Self::Expired => "it has expired",
            Self::NotYetValid => "it is not valid yet",
            Self::WithoutExpiry => "it does not expire",
            Self::Issuer => "it is of another issuer",
            Self::Audience => "it is for another audience",
            Self::Claims => "a claim is missing or not what it should be",
            Self::Revoked => "the provider does not stand by it",
            Self::Unavailable(_) => "whoever could tell cannot be asked",
        })
    }
}

impl std::error::Error for Untrusted {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unavailable(fault) => Some(fault),
            _ => None,
        }
    }
}
