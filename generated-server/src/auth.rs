//! The two hooks that decide who may call: [`Authenticate`] and [`Authorize`].
//!
//! What always holds: an operation that the contract does not declare public runs only after the
//! authenticator returned an identity and the authorizer did not object. There is no default
//! authenticator. A rejection is answered before the body of the request is read.

use crate::rejection::{Forbidden, TooManyRequests, Unauthenticated, Unavailable};
use crate::{OperationInfo, PermissionKey, Rejection};
use futures_util::future::BoxFuture;
use http::request::Parts;
use std::fmt;
use std::future::Future;
use std::time::Duration;

mod token;
pub use token::Token;
pub(crate) use token::is_credential;

/// What the hooks are asked about: one request, before its body is read.
///
/// Its `Debug` output has neither headers nor the query: both may hold credentials.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Asked<'a> {
    /// The operation that is called: its id, its group, whether it is public, and what it requires.
    pub operation: &'static OperationInfo,
    /// The product that is served: an operation may be in several.
    pub product: &'static str,
    /// The token, if the request shows one: cookie `token`, `Authorization: Bearer`, or header
    /// `meshery-token`, in that order.
    pub token: Option<&'a Token>,
    /// The head of the request, for other kinds of credentials.
    pub parts: &'a Parts,
    /// The permission keys that the operation asks for, as `Api::permissions` has it; none where
    /// nothing was said.
    pub permissions: &'static [PermissionKey],
}

impl<'a> Asked<'a> {
    /// A question as a test of a hook needs it; without permission keys.
    #[must_use]
    pub fn new(
        operation: &'static OperationInfo,
        product: &'static str,
        token: Option<&'a Token>,
        parts: &'a Parts,
    ) -> Self {
        Self { operation, product, token, parts, permissions: &[] }
    }
}

impl fmt::Debug for Asked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asked")
            .field("operation", &self.operation.id)
            .field("product", &self.product)
            .field("method", &self.parts.method)
            .field("path", &self.parts.uri.path())
            .field("token", &self.token)
            .field("permissions", &self.permissions)
            .finish_non_exhaustive()
    }
}

/// Finds out who calls.
///
/// It is asked for every protected operation, and for a public one when the request shows a token;
/// what it says against a caller of a public operation only takes the identity away.
///
/// ```
/// use meshery_server::{Asked, Authenticate, Denied};
///
/// struct OneSecret(String);
///
/// impl Authenticate for OneSecret {
///     type Identity = &'static str;
///
///     async fn authenticate(&self, asked: Asked<'_>) -> Result<Self::Identity, Denied> {
///         match asked.token {
///             Some(token) if token.secret() == self.0 => Ok("the one"),
///             Some(_) => Err(Denied::unauthenticated("unknown token")),
///             None => Err(Denied::unauthenticated("a token is needed")),
///         }
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say who calls",
    label = "not an authenticator",
    note = "implement `meshery_server::Authenticate`, or use `Api::insecure` to let everybody in"
)]
pub trait Authenticate: Send + Sync + 'static {
    /// What it makes of a caller; handlers get it.
    type Identity: Send + Sync + 'static;

    /// The identity of who sent this request, or why there is none.
    fn authenticate(&self, asked: Asked<'_>) -> impl Future<Output = Result<Self::Identity, Denied>> + Send;
}

/// Decides whether an identity may call a protected operation. Public ones are not asked about.
///
/// ```
/// use meshery_server::{Asked, Authorize, Denied};
///
/// struct ReadOnly;
///
/// impl<I: Sync> Authorize<I> for ReadOnly {
///     async fn authorize(&self, _identity: &I, asked: Asked<'_>) -> Result<(), Denied> {
///         if asked.operation.method.is_safe() { Ok(()) } else { Err(Denied::forbidden("read only")) }
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not decide what a `{I}` may call",
    label = "not an authorizer for this identity",
    note = "implement `meshery_server::Authorize<{I}>`"
)]
pub trait Authorize<I>: Send + Sync + 'static {
    /// `Ok` if `identity` may call the operation with this request.
    fn authorize(&self, identity: &I, asked: Asked<'_>) -> impl Future<Output = Result<(), Denied>> + Send;
}

/// Several routers may share one.
impl<I: Sync, A: Authorize<I>> Authorize<I> for std::sync::Arc<A> {
    async fn authorize(&self, identity: &I, asked: Asked<'_>) -> Result<(), Denied> {
        A::authorize(self, identity, asked).await
    }
}

/// Every identity may call everything: the authorizer unless another is named.
#[derive(Clone, Copy, Debug, Default)]
pub struct AllowAuthenticated;

impl<I: Sync> Authorize<I> for AllowAuthenticated {
    async fn authorize(&self, _: &I, _: Asked<'_>) -> Result<(), Denied> {
        Ok(())
    }
}

/// Why a caller is not let in. The reason is sent to the caller: say nothing in it that helps an
/// attacker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denied(Kind);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Unauthenticated(Unauthenticated),
    Forbidden(Forbidden),
    TooManyRequests(TooManyRequests),
    Unavailable(Unavailable),
}

impl Denied {
    /// 401 with `WWW-Authenticate: Bearer`: no credentials, or bad ones.
    pub fn unauthenticated(reason: impl Into<String>) -> Self {
        Self(Kind::Unauthenticated(Unauthenticated::new(reason)))
    }

    /// 403: the caller is known and may not.
    pub fn forbidden(reason: impl Into<String>) -> Self {
        Self(Kind::Forbidden(Forbidden::new(reason)))
    }

    /// 429: this caller calls too often. `retry_after` is how long it is to wait, where that is known.
    pub fn too_many_requests(reason: impl Into<String>, retry_after: Option<Duration>) -> Self {
        Self(Kind::TooManyRequests(TooManyRequests { reason: reason.into(), retry_after }))
    }

    /// 503: whoever could decide cannot be reached.
    pub fn unavailable(reason: impl Into<String>) -> Self {
        Self(Kind::Unavailable(Unavailable::new(reason)))
    }
}

/// What the caller reads.
impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Unauthenticated(why) => why.fmt(f),
            Kind::Forbidden(why) => why.fmt(f),
            Kind::TooManyRequests(why) => why.fmt(f),
            Kind::Unavailable(why) => why.fmt(f),
        }
    }
}

impl From<Denied> for Rejection {
    fn from(denied: Denied) -> Self {
        match denied.0 {
            Kind::Unauthenticated(why) => why.into(),
            Kind::Forbidden(why) => why.into(),
            Kind::TooManyRequests(why) => why.into(),
            Kind::Unavailable(why) => why.into(),
        }
    }
}

/// Both hooks behind one table, so that dispatch is compiled once per identity type.
pub(crate) trait Gate<I>: Send + Sync {
    fn authenticate<'a>(&'a self, asked: Asked<'a>) -> BoxFuture<'a, Result<I, Denied>>;
}

impl<A: Authenticate> Gate<A::Identity> for A {
    fn authenticate<'a>(&'a self, asked: Asked<'a>) -> BoxFuture<'a, Result<A::Identity, Denied>> {
        Box::pin(Authenticate::authenticate(self, asked))
    }
}

/// The authorizer behind a table.
pub(crate) trait Warden<I>: Send + Sync {
    fn authorize<'a>(&'a self, identity: &'a I, asked: Asked<'a>) -> BoxFuture<'a, Result<(), Denied>>;
}

impl<I, A: Authorize<I>> Warden<I> for A {
    fn authorize<'a>(&'a self, identity: &'a I, asked: Asked<'a>) -> BoxFuture<'a, Result<(), Denied>> {
        Box::pin(Authorize::authorize(self, identity, asked))
    }
}

/// Lets everybody in as one identity: what `Api::insecure` uses.
pub(crate) struct Everybody<I>(pub(crate) I);

impl<I: Clone + Send + Sync + 'static> Authenticate for Everybody<I> {
    type Identity = I;

    async fn authenticate(&self, _: Asked<'_>) -> Result<I, Denied> {
        Ok(self.0.clone())
    }
}
