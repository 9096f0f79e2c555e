//! Tokens that are refreshed by their provider before they expire.

use super::Fault;
use crate::auth::{Issuer, TokenValue, is_local};
use jiff::Timestamp;
use meshery_client::{Credentials, CredentialsRequest, Token, TokenFuture};
use std::sync::{Arc, Mutex as Held, PoisonError};
use std::time::Duration;
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::Instant;

/// How long what came of asking the provider is the answer for who comes later.
const PAUSE: Duration = Duration::from_secs(1);

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
/// Of many callers one asks the provider, the others wait for what comes of it, be it a token, a refusal or
/// an error. That is the answer for a second more; then the provider is asked again. While it cannot be
/// reached, a token that has not expired yet goes on being used.
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
    /// Who has it may ask the provider, and leaves here what came of it.
    turn: Arc<Mutex<Option<Asked>>>,
}

/// The provider was asked.
#[derive(Clone, Debug)]
struct Asked {
    /// The token that there is since.
    token: Token,
    outcome: Outcome,
    ended: Instant,
}

#[derive(Clone, Debug)]
enum Outcome {
    Given,
    /// The provider does not want to: whether the token still counts is the server's to say.
    Refused,
    /// The provider did not say.
    Failed(Fault),
    /// It gave a token that could not be kept.
    Lost(Fault),
}

impl Asked {
    /// Whether this answers who wants another token in place of one: whoever waited, and whoever came
    /// within the pause.
    fn answers(&self, token: &Token, came: Instant) -> bool {
        self.token == *token && came < self.ended + PAUSE
    }
}

impl<K: Keeper> Refreshing<K> {
    /// Tokens of `keeper`, refreshed by `issuer` when less than a minute is left of them.
    pub fn new(keeper: K, issuer: Issuer) -> Self {
        Self(Arc::new(Inner { keeper, issuer, margin: Duration::from_secs(60), turn: Arc::default() }))
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
        let Some(Asked { token, outcome, .. }) = self.asked(|token| self.is_due(token)).await? else {
            return Ok(None);
        };
        match outcome {
            Outcome::Given | Outcome::Refused => Ok(Some(token)),
            Outcome::Failed(_) if self.left(&token).is_some_and(|left| left > Duration::ZERO) => {
                Ok(Some(token))
            }
            Outcome::Failed(fault) | Outcome::Lost(fault) => Err(fault),
        }
    }

    /// Has the provider refresh the token now, whenever it expires. Returns whether it did; if it was asked
    /// within the last second, whether it did then.
    ///
    /// Who gives up waiting does not stop it: a token that is given is kept.
    ///
    /// # Errors
    /// The token cannot be loaded or kept, or the provider cannot be asked.
    pub async fn refresh(&self) -> Result<bool, Fault> {
        match self.asked(|_| true).await?.map(|asked| asked.outcome) {
            Some(Outcome::Given) => Ok(true),
            Some(Outcome::Refused) | None => Ok(false),
            Some(Outcome::Failed(fault) | Outcome::Lost(fault)) => Err(fault),
        }
    }

    /// The token that there is, and what came of asking for it; nothing if there is none to ask for.
    async fn asked(&self, is_due: impl Fn(&Token) -> bool) -> Result<Option<Asked>, Fault> {
        let came = Instant::now();
        let turn = Arc::clone(&self.0.turn).lock_owned().await;
        let Some(token) = self.0.keeper.load()? else { return Ok(None) };
        if !is_due(&token) {
            return Ok(Some(Asked { token, outcome: Outcome::Given, ended: came }));
        }
        if let Some(asked) = turn.as_ref().filter(|asked| asked.answers(&token, came)) {
            return Ok(Some(asked.clone()));
        }
        // In a task of its own, with the turn: a new token is kept even if the one who asked for it is
        // gone. There is one such task at a time, since who waits for a turn has none yet.
        let this = self.clone();
        let asked = tokio::spawn(async move { this.ask(token, turn).await }).await;
        asked.map(Some).map_err(|_| Fault::answer("refresh", "it did not finish"))
    }

    async fn ask(&self, token: Token, mut turn: OwnedMutexGuard<Option<Asked>>) -> Asked {
        let (token, outcome) = match self.0.issuer.refresh(token.expose_secret()).await {
            Ok(Some(secret)) => self.kept(token, secret),
            Ok(None) => (token, Outcome::Refused),
            Err(fault) => {
                tracing::warn!(%fault, "a token cannot be refreshed");
                (token, Outcome::Failed(Fault::answer("refresh", fault.to_string())))
            }
        };
        turn.insert(Asked { token, outcome, ended: Instant::now() }).clone()
    }

    /// Keeps what takes the place of a token.
    fn kept(&self, token: Token, secret: String) -> (Token, Outcome) {
        let new = Token::new(secret);
        let new = match token.provider_name() {
            Some(name) => new.provider(name),
            None => new,
        };
        match self.0.keeper.store(&new) {
            Ok(()) => (new, Outcome::Given),
            Err(fault) => (token, Outcome::Lost(fault)),
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
