//! One token for many calls, and one refresh for all that find it refused.

use super::{Credentials, CredentialsError, CredentialsRequest, Token, TokenFuture};
use crate::clock::{Clock, Time};
use crate::operation::OperationInfo;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use std::collections::HashMap;
use std::fmt;
use std::future::ready;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Keeps the token of other [`Credentials`], which are asked only when there is none yet, or when
/// the server has refused the one there is.
///
/// However many calls need a token at once, it is asked for once, and all of them get what comes of
/// it, be it a token or an error. Who asked first may go away: the others, and the token, are not
/// lost. A call whose token was refused while another one had already come gets that one. After a
/// refresh that failed, or that gave no other token, the next is tried a second later; until then what
/// came of it is the answer.
///
/// Tokens are kept by origin, so that one of these can serve several clients.
///
/// ```
/// use meshery_client::{Cached, Credentials, CredentialsRequest, Token, TokenFuture};
///
/// /// Asks for a new token each time.
/// struct Login;
///
/// impl Credentials for Login {
///     fn token<'a>(&'a self, _: CredentialsRequest<'a>) -> TokenFuture<'a> {
///         Box::pin(async { Ok(Some(Token::new("fresh").provider("Meshery"))) })
///     }
///     fn refresh<'a>(&'a self, request: CredentialsRequest<'a>, _: &'a Token) -> TokenFuture<'a> {
///         self.token(request)
///     }
/// }
///
/// let credentials = Cached::new(Login);
/// ```
pub struct Cached<C> {
    source: Arc<C>,
    pause: Duration,
    time: Option<Time>,
    places: Places,
}

/// By origin; operations that need no token are apart, since the source may have none for them.
type Places = Arc<Mutex<HashMap<String, [Place; 2]>>>;

/// What is known for one origin.
#[derive(Default)]
struct Place {
    token: Option<Token>,
    /// What is being asked for.
    asked: Option<(Ticket, Asking)>,
    /// What was asked for last in vain: when, in place of which token, and what came of it.
    in_vain: Option<(Duration, Option<Token>, Answer)>,
}

/// A question that is under way, which all that have it wait for.
type Asking = Shared<BoxFuture<'static, Answer>>;

/// What a source has said.
type Answer = Result<Option<Token>, Failed>;

/// Tells a question from one that was asked before [`Cached::forget`].
type Ticket = Arc<()>;

impl<C: Credentials> Cached<C> {
    /// Keeps the tokens of `source`.
    pub fn new(source: C) -> Self {
        Self {
            source: Arc::new(source),
            pause: Duration::from_secs(1),
            time: Time::usual(),
            places: Arc::default(),
        }
    }

    /// How long a failure, or a refresh that gave no other token, is the answer before the source is asked again: 1 s unless set.
    #[must_use]
    pub fn pause(mut self, pause: Duration) -> Self {
        self.pause = pause;
        self
    }

    /// Another time than that of tokio, by which the pause is told. Without the feature `net` and
    /// without this there is no pause.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.time = Some(Time::Given(Arc::new(clock)));
        self
    }

    /// Forgets all tokens, as a logout does. What is under way is still answered.
    pub fn forget(&self) {
        self.places.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The token that there is, or who is to be waited for.
    fn look(
        &self,
        operation: &'static OperationInfo,
        origin: &str,
        refused: Option<&Token>,
    ) -> Result<Result<Token, Asking>, CredentialsError> {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        let place = &mut places.entry(origin.to_owned()).or_default()[usize::from(operation.is_public())];
        if let Some(token) = place.token.as_ref().filter(|token| Some(*token) != refused) {
            return Ok(Ok(token.clone()));
        }
        if let Some((_, asking)) = &place.asked {
            return Ok(Err(asking.clone()));
        }
        if let Some((when, of, answer)) = &place.in_vain
            && of.as_ref() == refused
            && self.time.as_ref().is_some_and(|time| time.now().saturating_sub(*when) < self.pause)
        {
            return Ok(Err(ready(answer.clone()).boxed().shared()));
        }
        let ticket = Ticket::default();
        let asking = self.ask(operation, origin.to_owned(), refused.cloned(), Arc::clone(&ticket));
        place.asked = Some((ticket, asking.clone()));
        Ok(Err(asking))
    }

    /// Asks the source, and keeps what it says.
    fn ask(
        &self,
        operation: &'static OperationInfo,
        origin: String,
        refused: Option<Token>,
        ticket: Ticket,
    ) -> Asking {
        let (source, places, time) = (Arc::clone(&self.source), Arc::clone(&self.places), self.time.clone());
        let asking = async move {
            let request = CredentialsRequest { operation, origin: &origin };
            let answer = async {
                match &refused {
                    Some(token) => source.refresh(request, token).await,
                    None => source.token(request).await,
                }
            };
            let answer = match AssertUnwindSafe(answer).catch_unwind().await {
                Ok(answer) => answer.map_err(|e| Failed(Arc::from(e))),
                Err(_) => Err(Failed(Arc::from(CredentialsError::from("the hook has panicked")))),
            };
            let mut places = places.lock().unwrap_or_else(PoisonError::into_inner);
            let place = places.get_mut(&origin).map(|all| &mut all[usize::from(operation.is_public())]);
            if let Some(place) =
                place.filter(|p| p.asked.as_ref().is_some_and(|(t, _)| Arc::ptr_eq(t, &ticket)))
            {
                place.asked = None;
                if let Ok(token) = &answer {
                    place.token.clone_from(token);
                }
                // Who has no token yet may get one at any moment; who has none but the refused one, later.
                let in_vain = match &answer {
                    Ok(token) => refused.is_some() && (token.is_none() || *token == refused),
                    Err(_) => true,
                };
                if let Some(time) = time.filter(|_| in_vain) {
                    place.in_vain = Some((time.now(), refused, answer.clone()));
                }
            }
            answer
        };
        let asking = asking.boxed().shared();
        // Once begun it goes on though nobody waits any more: a token that is given out once only
        // would be lost.
        #[cfg(feature = "net")]
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            drop(runtime.spawn(asking.clone()));
        }
        asking
    }

    async fn get(
        &self,
        operation: &'static OperationInfo,
        origin: &str,
        refused: Option<&Token>,
    ) -> Result<Option<Token>, CredentialsError> {
        match self.look(operation, origin, refused)? {
            Ok(token) => Ok(Some(token)),
            Err(asking) => asking.await.map_err(Into::into),
        }
    }
}

impl<C: Credentials> Credentials for Cached<C> {
    fn token<'a>(&'a self, request: CredentialsRequest<'a>) -> TokenFuture<'a> {
        Box::pin(self.get(request.operation, request.origin, None))
    }

    fn refresh<'a>(&'a self, request: CredentialsRequest<'a>, refused: &'a Token) -> TokenFuture<'a> {
        Box::pin(self.get(request.operation, request.origin, Some(refused)))
    }
}

impl<C> fmt::Debug for Cached<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cached").field("pause", &self.pause).finish_non_exhaustive()
    }
}

/// An error of the source, for all who wait for it.
#[derive(Clone, Debug)]
struct Failed(Arc<dyn std::error::Error + Send + Sync>);

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Failed {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}
