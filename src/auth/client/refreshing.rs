//! Tokens that are refreshed by their provider before they expire.

use super::Fault;
use crate::auth::{Issuer, TokenValue, is_local};
use jiff::Timestamp;
use meshery_client::{Credentials, CredentialsRequest, Token, TokenFuture};
use std::sync::{Arc, Mutex as Held, PoisonError};
use std::time::Duration;
use tokio::sync::Mutex;

/// Where a token is kept.
pub trait Keeper: Send + Sync + 'static {
    /// The token as it is now.
    ///
    /// # Errors
    /// It cannot be had.
    fn load(&self) -> Result<Option<Token>, Fault>;

    /// Keeps a new one.
    ///
    /// # Errors
    /// It cannot be kept.
    fn store(&self, token: &Token) -> Result<(), Fault>;
}

/// A token in memory.
impl Keeper for Held<Option<Token>> {
    fn load(&self) -> Result<Option<Token>, Fault> {
        Ok(self.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    fn store(&self, token: &Token) -> Result<(), Fault> {
        *self.lock().unwrap_or_else(PoisonError::into_inner) = Some(token.clone());
        Ok(())
    }
}

/// A kept token that the provider refreshes shortly before it expires.
///
/// Of many callers one asks the provider, the others wait for what comes of it. While the provider
/// cannot be reached, a token that has not expired yet goes on being used.
///
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use meshery_runtime::auth::Issuer;
/// use meshery_runtime::auth::client::{AuthFile, Refreshing};
///
/// let provider = Issuer::new("https://cloud.example.org")?;
/// let credentials = Refreshing::new(AuthFile::discover()?, provider);
/// # drop(credentials);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Refreshing<K>(Arc<Inner<K>>);

/// Clones share the token.
impl<K> Clone for Refreshing<K> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

#[derive(Debug)]
struct Inner<K> {
    keeper: K,
    issuer: Issuer,
    margin: Duration,
    turn: Mutex<()>,
}

impl<K: Keeper> Refreshing<K> {
    /// Tokens of `keeper`, refreshed by `issuer` when less than a minute is left of them.
    pub fn new(keeper: K, issuer: Issuer) -> Self {
        Self(Arc::new(Inner { keeper, issuer, margin: Duration::from_secs(60), turn: Mutex::new(()) }))
    }

    /// A token with some time left, if the provider gives one.
    ///
    /// # Errors
    /// The token cannot be loaded or kept, or it has expired and the provider cannot be asked.
    pub async fn current(&self) -> Result<Option<Token>, Fault> {
        let Some(token) = self.0.keeper.load()? else { return Ok(None) };
        if !self.is_due(&token) {
            return Ok(Some(token));
        }
        // In a task of its own: who waits for it may give up without stranding the others, and a new
        // token is kept even if the one who asked for it is gone.
        let this = Arc::clone(&self.0);
        let refreshed = tokio::spawn(async move { Self(this).refreshed().await }).await;
        refreshed.map_err(|_| Fault::answer("refresh", "it did not finish"))?
    }

    /// Has the provider refresh the token now, whenever it expires. Returns whether it did.
    ///
    /// # Errors
    /// The token cannot be loaded or kept, or the provider cannot be asked.
    pub async fn refresh(&self) -> Result<bool, Fault> {
        let _turn = self.0.turn.lock().await;
        let Some(token) = self.0.keeper.load()? else { return Ok(false) };
        let asked = self.0.issuer.refresh(token.expose_secret()).await;
        match asked.map_err(|fault| Fault::answer("refresh", fault.to_string()))? {
            Some(secret) => self.kept(&token, secret).map(|_| true),
            None => Ok(false),
        }
    }

    /// Keeps what took the place of a token.
    fn kept(&self, token: &Token, secret: String) -> Result<Token, Fault> {
        let new = Token::new(secret);
        let new = match token.provider_name() {
            Some(name) => new.provider(name),
            None => new,
        };
        self.0.keeper.store(&new)?;
        Ok(new)
    }

    async fn refreshed(&self) -> Result<Option<Token>, Fault> {
        let inner = &*self.0;
        let _turn = inner.turn.lock().await;
        let Some(token) = inner.keeper.load()? else { return Ok(None) };
        if !self.is_due(&token) {
            return Ok(Some(token));
        }
        match inner.issuer.refresh(token.expose_secret()).await {
            Ok(Some(secret)) => self.kept(&token, secret).map(Some),
            // The provider does not want to: whether the token still counts is the server's to say.
            Ok(None) => Ok(Some(token)),
            Err(fault) if self.left(&token).is_some_and(|left| left > Duration::ZERO) => {
                tracing::warn!(%fault, "a token cannot be refreshed");
                Ok(Some(token))
            }
            Err(fault) => Err(Fault::answer("refresh", fault.to_string())),
        }
    }

    fn is_due(&self, token: &Token) -> bool {
        if token.provider_name().is_some_and(is_local) {
            return false;
        }
        self.left(token).is_some_and(|left| left <= self.0.margin)
    }

    /// How long it will last: nothing if it has expired, `None` if it does not expire.
    fn left(&self, token: &Token) -> Option<Duration> {
        let expires = TokenValue::parse(token.expose_secret()).expires()?;
        Some(expires.duration_since(Timestamp::now()).try_into().unwrap_or(Duration::ZERO))
    }
}

impl<K: Keeper> Credentials for Refreshing<K> {
    fn token<'a>(&'a self, _: CredentialsRequest<'a>) -> TokenFuture<'a> {
        Box::pin(async move { self.current().await.map_err(Into::into) })
    }
}
