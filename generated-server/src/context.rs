//! What a handler knows of its caller beyond the arguments.

use crate::rejection::Unauthenticated;
use crate::{OperationInfo, Rejection, RequestId, Token};
use http::request::Parts;

/// Who calls, which operation, and the head of the request.
///
/// A protected operation gets `Context<Identity>`: there is no way into it without an identity.
/// A public one gets `Context<Option<Identity>>`: `None` unless the caller showed credentials that
/// the authenticator accepted.
///
/// Request extensions that axum layers put there (the peer's address, a trace id) are in
/// `parts.extensions`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Context<I> {
    /// What the authenticator made of the caller.
    pub identity: I,
    /// The operation that is called.
    pub operation: &'static OperationInfo,
    /// Method, URI, headers and extensions of the request.
    pub parts: Parts,
    /// The token the caller showed, to pass on to a provider.
    pub token: Option<Token>,
}

impl<I> Context<I> {
    /// A context as a test of a handler needs it.
    #[must_use]
    pub fn new(identity: I, operation: &'static OperationInfo, parts: Parts) -> Self {
        Self { identity, operation, parts, token: None }
    }

    /// What the request is called in logs, on both sides.
    #[must_use]
    pub fn request_id(&self) -> Option<&RequestId> {
        self.parts.extensions.get()
    }

    /// The same with another identity.
    pub fn map<J>(self, f: impl FnOnce(I) -> J) -> Context<J> {
        Context {
            identity: f(self.identity),
            operation: self.operation,
            parts: self.parts,
            token: self.token,
        }
    }
}

impl<I> Context<Option<I>> {
    /// The context of a protected operation.
    pub(crate) fn identified(self) -> Result<Context<I>, Rejection> {
        let Self { identity, operation, parts, token } = self;
        let identity = identity.ok_or_else(|| Unauthenticated::new("credentials are needed"))?;
        Ok(Context { identity, operation, parts, token })
    }
}
