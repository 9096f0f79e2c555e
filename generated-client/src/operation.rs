//! What is known of an operation before it is called.

use http::{Method, StatusCode};
use std::fmt;

/// The facts of one operation, as the contract states them.
///
/// Every operation has one, in [`OPERATIONS`](crate::OPERATIONS): what
/// [`Credentials`](crate::Credentials) and [`Error`](crate::Error) speak of, and what tools can list.
///
/// ```
/// for operation in meshery_client::OPERATIONS.iter().filter(|o| o.is_public()) {
///     println!("{} {} needs no token", operation.method, operation.path);
/// }
/// ```
#[non_exhaustive]
pub struct OperationInfo {
    /// The operation id, as the contract spells it: `getWorkspaces`.
    pub id: &'static str,
    /// The method.
    pub method: Method,
    /// The path template: `/api/workspaces/{workspaceId}`.
    pub path: &'static str,
    /// The products that have it: `meshery`, `cloud`.
    pub products: &'static [&'static str],
    /// The alternatives of its security requirement; none when it is public.
    pub security: &'static [&'static [SchemeInfo]],
    /// Every documented response, by status.
    pub responses: &'static [ResponseInfo],
    /// The `Accept` header that is sent: what is documented, then what errors may come as.
    pub accept: &'static str,
    /// Whether the contract marks it deprecated.
    pub deprecated: bool,
}

/// A security scheme that an operation asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SchemeInfo {
    /// Its name in the contract: `jwt`.
    pub name: &'static str,
    /// The scopes that are asked for.
    pub scopes: &'static [&'static str],
}

/// A documented response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResponseInfo {
    /// The status; where it is for several, the least.
    pub status: u16,
    /// The same; where it is for several, the greatest.
    pub last: u16,
    /// The media types of its body; none when it has no body.
    pub media_types: &'static [&'static str],
}

impl OperationInfo {
    /// An operation that the contract does not have, for [`Core::request`](crate::Core::request).
    /// It needs a token, and has no response that is a success until [some](Self::responses) are
    /// named.
    #[must_use]
    pub const fn new(id: &'static str, method: Method, path: &'static str) -> Self {
        Self {
            id,
            method,
            path,
            products: &[],
            security: const { &[&[SchemeInfo::new("jwt", &[])]] },
            responses: &[],
            accept: "application/json, */*;q=0.5",
            deprecated: false,
        }
    }

    /// The same with these responses.
    #[must_use]
    pub const fn responses(mut self, responses: &'static [ResponseInfo]) -> Self {
        self.responses = responses;
        self
    }

    /// The same with this `Accept` header.
    #[must_use]
    pub const fn accepting(mut self, media_types: &'static str) -> Self {
        self.accept = media_types;
        self
    }

    /// The same for callers without a token.
    #[must_use]
    pub const fn public(mut self) -> Self {
        self.security = &[];
        self
    }

    /// Whether it may be called without a token.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.security.is_empty()
    }

    /// The documented response of a status.
    #[must_use]
    pub fn response(&self, status: StatusCode) -> Option<&'static ResponseInfo> {
        let status = status.as_u16();
        self.responses.iter().find(|r| (r.status..=r.last).contains(&status))
    }
}

impl fmt::Debug for OperationInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OperationInfo({} {} {})", self.id, self.method, self.path)
    }
}

impl SchemeInfo {
    /// A scheme that is asked for with these scopes.
    #[must_use]
    pub const fn new(name: &'static str, scopes: &'static [&'static str]) -> Self {
        Self { name, scopes }
    }
}

impl ResponseInfo {
    /// A response of one status; 2xx, and 101 for an upgrade, are successes.
    #[must_use]
    pub const fn new(status: u16, media_types: &'static [&'static str]) -> Self {
        Self { status, last: status, media_types }
    }

    /// A response for several statuses. Those that have one of their own stand before it.
    #[allow(dead_code, reason = "not every contract has such responses")]
    pub(crate) const fn range((status, last): (u16, u16), media_types: &'static [&'static str]) -> Self {
        Self { status, last, media_types }
    }

    /// Whether it is what the caller hopes for: 2xx, or the 101 of an upgrade.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (self.status >= 200 && self.last < 300) || self.status == 101 && self.last == 101
    }
}
