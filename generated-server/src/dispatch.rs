//! From a request to a response: the one way every operation takes.
//!
//! The order is fixed and each step may end it: method, header size, room, credentials, permission,
//! `Accept`, body, arguments, handler. Nothing of the body is read before the caller is let in.
//!
//! The steps wait within each other, so that what one holds all of them have room for: the head is boxed,
//! and what is waited for stays where it was made. Moved along, both made five kilobytes of a request.

use crate::auth::{Asked, Gate, Token, Warden};
use crate::limits::{Room, within};
use crate::observe::{Observers, Watch};
use crate::rejection::{
    BodyTimeout, Forbidden, HeadersTooLarge, MethodNotAllowed, NotAcceptable, NotFound, NotImplemented,
    TimedOut, Unavailable, UpgradeRequired,
};
use crate::reply::{Plain, Reply};
use crate::request::{self, Accept, Arrival, BodyInput, Incoming, Input, Survey};
use crate::{Context, Failure, Limits, OperationInfo, Permissions, Rejection, template};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use http::header::ALLOW;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method};
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use tracing::Instrument;
use tracing::field::Empty;

/// Why there is no reply of a handler.
pub(crate) enum Stop {
    Rejected(Rejection),
    Failed(Failure),
}

impl From<Rejection> for Stop {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(rejection)
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// What a handler comes back with.
pub(crate) type Outcome = Result<Reply, Stop>;

/// One operation of one implementation, with its types erased.
pub(crate) trait Handler<I>: Send + Sync {
    fn handle(&self, cx: Context<Option<I>>, input: Input) -> BoxFuture<'_, Outcome>;
}

/// What all operations of a server share.
pub(crate) struct Server<I> {
    pub(crate) product: &'static str,
    pub(crate) gate: Box<dyn Gate<I>>,
    /// Nobody, if every identity may call everything.
    pub(crate) warden: Option<Box<dyn Warden<I>>>,
    pub(crate) permissions: Permissions,
    pub(crate) limits: Limits,
    pub(crate) allow_unknown_members: bool,
    pub(crate) origins: Vec<String>,
    pub(crate) observers: Observers,
    pub(crate) room: Room,
}

/// An operation and who does it; nobody, if its group is not mounted.
pub(crate) struct Route<I> {
    pub(crate) operation: &'static OperationInfo,
    pub(crate) handler: Option<Box<dyn Handler<I>>>,
    /// How close its template is, if segments of it are in part parameters only.
    pub(crate) mixed: Option<usize>,
}

/// The operations of one path.
pub(crate) struct Path<I> {
    pub(crate) server: Arc<Server<I>>,
    pub(crate) routes: Vec<Arc<Route<I>>>,
    /// Operations of paths that the router passes over for this one, which is closer, though they
    /// may fit a request too: `/a/{x}/c` where this is `/a/b/{y}`. See [`Path::fitting`].
    pub(crate) others: Vec<Arc<Route<I>>>,
}

/// How far a request got, for who looks at it while it is still worked on.
#[derive(Default)]
struct Progress {
    /// Whether its body is being read, before the handler runs.
    reading: AtomicBool,
    /// The body that the handler reads.
    arrival: OnceLock<Arrival>,
}

impl Progress {
    /// Whose fault it is that the time is up.
    fn timeout(&self) -> Rejection {
        let awaited =
            self.reading.load(Ordering::Relaxed) || self.arrival.get().is_some_and(Arrival::is_awaited);
        if awaited { BodyTimeout.into() } else { TimedOut.into() }
    }

    /// What is wrong with the body that the handler reads: a failure is the caller's then.
    fn cut(&self) -> Option<Rejection> {
        self.arrival.get().and_then(Arrival::rejection)
    }
}

impl<I: Send + Sync + 'static> Path<I> {
    /// The operation for a method; that for `GET` where `HEAD` has none of its own. Of several whose
    /// templates fit the path, the one that is closest to it.
    pub(crate) fn choose<'r>(&'r self, head: &Parts) -> Option<&'r Route<I>> {
        let find = |method: &Method| self.fitting(head).find(|route| route.operation.method == *method);
        find(&head.method).or_else(|| if head.method == Method::HEAD { find(&Method::GET) } else { None })
    }

    /// The operations whose template a path fits, the closest first.
    ///
    /// A template that the router passed over comes after this path's, and counts where its parameters
    /// can have the values that stand in the path: `/a/b/c` is `/a/{x}/c` only if `b` can be an `x`.
    fn fitting<'r>(&'r self, head: &Parts) -> impl Iterator<Item = &'r Route<I>> {
        let path = head.uri.path();
        let own = self.routes.iter().map(|route| &**route);
        let own = own.filter(move |r| r.mixed.is_none() || template::fits(r.operation.path, path));
        let others = self.others.iter().map(|route| &**route);
        own.chain(
            others.filter(move |r| {
                template::fits_whole(r.operation.path, path) && r.operation.takes.path(head)
            }),
        )
    }

    /// The answer to a method that the path does not have, or to a path that fits no template.
    /// `OPTIONS` asks for just what the others are told (RFC 9110, 9.3.7).
    pub(crate) fn not_allowed(&self, head: &Parts) -> Plain {
        let headers = &head.headers;
        let mut allow: Vec<_> = self.fitting(head).map(|route| route.operation.method.as_str()).collect();
        if allow.is_empty() {
            return reject(NotFound.into(), headers);
        }
        allow.sort_unstable();
        allow.dedup();
        if allow.contains(&"GET") && !allow.contains(&"HEAD") {
            allow.push("HEAD");
        }
        if !allow.contains(&"OPTIONS") {
            allow.push("OPTIONS");
        }
        allow.sort_unstable();
        if head.method == Method::OPTIONS {
            let mut reply = Reply::empty(204);
            reply.headers_mut().extend(HeaderValue::from_str(&allow.join(", ")).ok().map(|a| (ALLOW, a)));
            return reply.into_plain(&Accept::of(headers));
        }
        reject(MethodNotAllowed { allow: allow.join(", ") }.into(), headers)
    }

    /// The answer to a request for `route`. `upgradable`: whether it can become a WebSocket.
    pub(crate) async fn answer(
        &self,
        route: &Route<I>,
        parts: Box<Parts>,
        survey: &Survey,
        body: Option<Incoming>,
        upgradable: bool,
    ) -> Plain {
        let span = tracing::info_span!(
            "operation",
            id = route.operation.id,
            method = parts.method.as_str(),
            request = survey.id.as_str(),
            status = Empty
        );
        let watch = Watch::new(&self.server.observers, route.operation);
        let answered = pin!(self.answer_within(route, parts, survey, body, upgradable));
        let plain = answered.instrument(span.clone()).await;
        span.record("status", plain.status.as_u16());
        watch.answered(plain.status);
        plain
    }

    async fn answer_within(
        &self,
        route: &Route<I>,
        parts: Box<Parts>,
        survey: &Survey,
        body: Option<Incoming>,
        upgradable: bool,
    ) -> Plain {
        let server = &*self.server;
        let progress = Progress::default();
        // It is there until the end: a handler that is dropped waits for no body any more.
        let work = pin!(server.run(route, parts, survey, body, upgradable, &progress));
        let (outcome, cut) = match AssertUnwindSafe(within(server.limits.time, work)).catch_unwind().await {
            Ok(Some(outcome)) => (outcome, progress.cut()),
            Ok(None) => (Err(progress.timeout().into()), None),
            Err(panic) => (Err(Failure::internal(format!("panic: {}", panic_text(&*panic))).into()), None),
        };
        settle(route.operation, outcome, cut).into_plain(&survey.accept)
    }
}

impl<I: Send + Sync + 'static> Server<I> {
    async fn run(
        &self,
        route: &Route<I>,
        parts: Box<Parts>,
        survey: &Survey,
        body: Option<Incoming>,
        upgradable: bool,
        progress: &Progress,
    ) -> Outcome {
        let operation = route.operation;
        if survey.size > self.limits.headers {
            return Err(Rejection::from(HeadersTooLarge { limit: self.limits.headers }).into());
        }
        let Some(_place) = self.room.enter() else {
            return Err(Rejection::from(Unavailable::new("too many requests at once")).into());
        };
        let (identity, token) = self.admit(operation, &parts).await?;
        let Some(handler) = &route.handler else {
            return Err(
                Rejection::from(NotImplemented { operation: Some(operation.id), reason: None }).into()
            );
        };
        if operation.websocket {
            check_upgrade(&parts.headers, upgradable, &self.origins)?;
        } else if !operation.produces.is_empty()
            && !operation.produces.iter().any(|m| survey.accept.allows(m))
        {
            return Err(Rejection::from(NotAcceptable { available: operation.produces }).into());
        }
        progress.reading.store(true, Ordering::Relaxed);
        let body = request::read(operation, &parts.headers, body, &self.limits).await?;
        progress.reading.store(false, Ordering::Relaxed);
        if let BodyInput::Arriving(_, _, arrival) = &body {
            let _ = progress.arrival.set(arrival.clone());
        }
        let input = Input {
            body,
            reject_unknown_members: !self.allow_unknown_members,
            max_violations: self.limits.violations,
            longest_value: self.limits.json,
        };
        let request_id = survey.id.clone();
        handler.handle(Context { identity, operation, parts, token, request_id }, input).await
    }

    /// Lets the caller in, or not.
    async fn admit(
        &self,
        operation: &'static OperationInfo,
        parts: &Parts,
    ) -> Result<(Option<I>, Option<Token>), Rejection> {
        if operation.is_public() {
            return Ok(self.recognise(operation, parts).await);
        }
        let token = Token::extract(&parts.headers)?;
        let asked = self.asked(operation, token.as_ref(), parts);
        let identity = self.gate.authenticate(asked).await?;
        if let Some(warden) = &self.warden {
            warden.authorize(&identity, asked).await?;
        }
        Ok((Some(identity), token))
    }

    /// What the hooks are asked.
    fn asked<'a>(
        &self,
        operation: &'static OperationInfo,
        token: Option<&'a Token>,
        parts: &'a Parts,
    ) -> Asked<'a> {
        let permissions = (self.permissions)(operation);
        Asked { permissions, ..Asked::new(operation, self.product, token, parts) }
    }

    /// Who calls a public operation, if credentials say so: bad ones do not lock anybody out.
    async fn recognise(
        &self,
        operation: &'static OperationInfo,
        parts: &Parts,
    ) -> (Option<I>, Option<Token>) {
        let Ok(Some(token)) = Token::extract(&parts.headers) else { return (None, None) };
        let asked = self.asked(operation, Some(&token), parts);
        match self.gate.authenticate(asked).await {
            Ok(identity) => (Some(identity), Some(token)),
            Err(_) => (None, None),
        }
    }
}

/// The reply for an outcome: for a failure, what is wrong with the body, if anything is. What failed is
/// logged here and nowhere else.
fn settle(operation: &OperationInfo, outcome: Outcome, cut: Option<Rejection>) -> Reply {
    match outcome {
        Ok(reply) => reply,
        Err(Stop::Rejected(rejection)) => {
            tracing::debug!(operation = operation.id, status = rejection.status().as_u16(), "rejected");
            rejection.into()
        }
        Err(Stop::Failed(failure)) => {
            let is_callers = cut.is_some();
            let rejection = cut.unwrap_or_else(|| Rejection::failed(&failure));
            let status = rejection.status().as_u16();
            match failure.told() {
                Some(reason) => tracing::debug!(operation = operation.id, status, reason, "not supported"),
                None if is_callers => tracing::warn!(operation = operation.id, status, "{failure}"),
                None => tracing::error!(operation = operation.id, status, "{failure}"),
            }
            rejection.into()
        }
    }
}

/// A rejection in the form that suits what the request accepts.
pub(crate) fn reject(rejection: Rejection, headers: &HeaderMap) -> Plain {
    Reply::from(rejection).into_plain(&Accept::of(headers))
}

/// A browser sends cookies along with a WebSocket from any page, and says only in `Origin` which
/// one: it must be of this host, or one that is allowed.
fn check_upgrade(headers: &HeaderMap, upgradable: bool, allowed: &[String]) -> Result<(), Rejection> {
    if !upgradable {
        return Err(UpgradeRequired.into());
    }
    let Some(origin) = headers.get(http::header::ORIGIN) else { return Ok(()) };
    let origin = origin.to_str().unwrap_or_default();
    let host = headers.get(http::header::HOST).and_then(|h| h.to_str().ok());
    let own = origin.split_once("://").map(|(_, authority)| authority);
    if (own.is_some() && own == host) || allowed.iter().any(|a| a == origin) {
        Ok(())
    } else {
        Err(Forbidden::new("this origin is not allowed").into())
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}

#[cfg(test)]
mod tests {
    use super::check_upgrade;
    use http::{HeaderMap, HeaderValue};

    fn upgrade(origin: Option<&'static str>) -> Option<u16> {
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_static("meshery.test:9081"));
        if let Some(origin) = origin {
            headers.insert("origin", HeaderValue::from_static(origin));
        }
        let allowed = ["https://ui.test".to_owned()];
        check_upgrade(&headers, true, &allowed).err().map(|r| r.status().as_u16())
    }

    #[test]
    fn a_page_of_another_origin_cannot_open_a_socket() {
        assert_eq!(upgrade(None), None);
        assert_eq!(upgrade(Some("http://meshery.test:9081")), None);
        assert_eq!(upgrade(Some("https://ui.test")), None);
        assert_eq!(upgrade(Some("https://evil.test")), Some(403));
        assert_eq!(upgrade(Some("null")), Some(403));
    }
}
