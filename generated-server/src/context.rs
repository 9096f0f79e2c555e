//! What a handler knows of its caller beyond the arguments.

use crate::rejection::Unauthenticated;
use crate::{OperationInfo, Rejection, RequestId, Token};
use http::request::Parts;
use std::fmt;

/// Who calls, which operation, and the head of the request.
///
/// A protected operation gets `Context<Identity>`: there is no way into it without an identity.
/// A public one gets `Context<Option<Identity>>`: `None` unless the caller showed credentials that
/// the authenticator accepted.
///
/// Request extensions that axum layers put there (the peer's address, a trace id) are in
/// `parts.extensions`.
///
/// Its `Debug` output has neither headers nor the query: both may hold credentials.
#[derive(Clone)]
#[non_exhaustive]
pub struct Context<I> {
    /// What the authenticator made of the caller.
    pub identity: I,
    /// The operation that is called.
    pub operation: &'static OperationInfo,
    /// Method, URI, headers and extensions of the request. Boxed, as it is handed on often.
    pub parts: Box<Parts>,
    /// The token the caller showed, to pass on to a provider.
    pub token: Option<Token>,
    pub(crate) request_id: RequestId,
}

impl<I> Context<I> {
    /// A context as a test of a handler needs it. What the request is called is in its headers, or made up.
    #[must_use]
    pub fn new(identity: I, operation: &'static OperationInfo, parts: Parts) -> Self {
        let request_id = RequestId::of(&parts.headers);
        Self { identity, operation, parts: Box::new(parts), token: None, request_id }
    }

    /// What the request is called in logs, on both sides.
    #[must_use]
    pub fn request_id(&self) -> &RequestId {
        &self.request_id
    }

    /// The same with another identity.
    pub fn map<J>(self, f: impl FnOnce(I) -> J) -> Context<J> {
        Context {
            identity: f(self.identity),
            operation: self.operation,
            parts: self.parts,
            token: self.token,
            request_id: self.request_id,
        }
    }
}

impl<I: fmt::Debug> fmt::Debug for Context<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("identity", &self.identity)
            .field("operation", &self.operation.id)
            .field("method", &self.parts.method)
            .field("path", &self.parts.uri.path())
            .field("token", &self.token)
            .finish_non_exhaustive()
    }
}

impl<I> Context<Option<I>> {
    /// The context of a protected operation.
    pub(crate) fn identified(self) -> Result<Context<I>, Rejection> {
        let Self { identity, operation, parts, token, request_id } = self;
        let identity = identity.ok_or_else(|| Unauthenticated::new("credentials are needed"))?;
        Ok(Context { identity, operation, parts, token, request_id })
    }
}

#[cfg(test)]
mod tests {
    use super::Context;
    use crate::{Asked, OperationInfo, Token};
    use http::{Method, Request};
    use std::sync::LazyLock;

    static OPERATION: LazyLock<OperationInfo> =
        LazyLock::new(|| OperationInfo::new("getThings", Method::GET, "/things"));

    #[test]
    fn nothing_secret_is_printed() {
        let request = Request::get("/things?token=hush&code=hush").header("authorization", "Bearer hush");
        let request = request.header("cookie", "token=hush").header("x-api-key", "hush");
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let token = Token::new("hush");
        let asked = format!("{:?}", Asked::new(&OPERATION, "small", Some(&token), &parts));
        let mut context = Context::new("Ann", &OPERATION, parts);
        context.token = Some(token);
        let context = format!("{context:?}");
        assert!(!context.contains("hush") && !asked.contains("hush"), "{context} {asked}");
        assert!(context.contains("Ann") && context.contains("getThings") && asked.contains("/things"));
    }
}
