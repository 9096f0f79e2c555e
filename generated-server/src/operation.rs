//! What is known of an operation before it is called: the facts of the contract, as statics.

use crate::request::Input;
use crate::{PermissionKey, Rejection};
use http::Method;
use http::request::Parts;
use std::fmt;

/// One operation of the contract.
///
/// Hooks get it to decide by, handlers to log by; the router is built from it. Every operation of
/// a product is in that product's `OPERATIONS`.
///
/// ```
/// # use meshery_server::{OperationInfo, Security};
/// fn describe(operation: &OperationInfo) -> String {
///     let door = match operation.security {
///         Security::Public => "public",
///         Security::Required(_) => "protected",
///     };
///     format!("{} {} ({door})", operation.method, operation.path)
/// }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct OperationInfo {
    /// The operation id as the contract spells it: `getWorkspaces`.
    pub id: &'static str,
    /// Its method.
    pub method: Method,
    /// Its path template: `/api/workspaces/{workspaceId}`.
    pub path: &'static str,
    /// The tag it is grouped under: `Workspaces`.
    pub group: &'static str,
    /// The products that have it.
    pub products: &'static [&'static str],
    /// Who may call it.
    pub security: Security,
    /// The names of its query parameters.
    pub query: &'static [&'static str],
    /// What it takes as a request body.
    pub body: Option<BodyInfo>,
    /// The media types of its successful responses; empty where none has a body.
    pub produces: &'static [&'static str],
    /// Whether it upgrades the connection to a WebSocket.
    pub websocket: bool,
    /// Whether the contract marks it deprecated.
    pub deprecated: bool,
    /// What finds out whether a request is what the contract asks for.
    pub(crate) check: Check,
    /// What finds out whether its template takes a path.
    pub(crate) takes: Takes,
}

/// Reads the arguments of a request and drops them: what is wrong with them is a rejection.
#[derive(Clone, Copy)]
pub(crate) struct Check(fn(&Parts, Input) -> Result<(), Rejection>);

impl Check {
    /// There are no arguments.
    pub(crate) const NOTHING: Self = Self(|_, _| Ok(()));

    pub(crate) const fn new(check: fn(&Parts, Input) -> Result<(), Rejection>) -> Self {
        Self(check)
    }

    pub(crate) fn run(self, head: &Parts, input: Input) -> Result<(), Rejection> {
        self.0(head, input)
    }
}

/// It belongs to the operation, whose other facts tell it from others.
impl PartialEq for Check {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Check(..)")
    }
}

/// Reads the path parameters of a request: whether each is a value that the contract lets it have.
#[derive(Clone, Copy)]
pub(crate) struct Takes(fn(&Parts) -> bool);

impl Takes {
    /// There are no parameters.
    pub(crate) const ANYTHING: Self = Self(|_| true);

    pub(crate) const fn new(takes: fn(&Parts) -> bool) -> Self {
        Self(takes)
    }

    pub(crate) fn path(self, head: &Parts) -> bool {
        self.0(head)
    }
}

/// As with [`Check`].
impl PartialEq for Takes {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl fmt::Debug for Takes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Takes(..)")
    }
}

impl OperationInfo {
    /// An operation with neither parameters nor bodies, which asks for a token.
    ///
    /// For tests of hooks; generated code spells its statics out.
    #[must_use]
    pub fn new(id: &'static str, method: Method, path: &'static str) -> Self {
        Self {
            id,
            method,
            path,
            group: "",
            products: &[],
            security: Security::Required(&[]),
            query: &[],
            body: None,
            produces: &[],
            websocket: false,
            deprecated: false,
            check: Check::NOTHING,
            takes: Takes::ANYTHING,
        }
    }

    /// Whether the contract opens it to everybody, in so many words.
    #[must_use]
    pub fn is_public(&self) -> bool {
        matches!(self.security, Security::Public)
    }
}

/// The permission keys that an operation asks for. The contract links no operation to a key, so it is
/// a server that has such a map, or has none.
pub type Permissions = fn(&'static OperationInfo) -> &'static [PermissionKey];

/// Who may call an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// Everybody: the contract says `security: []`.
    Public,
    /// Who fulfils one of these requirements; each names the schemes it asks for.
    Required(&'static [&'static [SchemeInfo]]),
}

/// A security scheme that a requirement names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SchemeInfo {
    /// Its name in the contract: `jwt`.
    pub name: &'static str,
    /// The scopes that are asked for.
    pub scopes: &'static [&'static str],
}

impl SchemeInfo {
    /// A scheme by name, with its scopes.
    #[must_use]
    pub const fn new(name: &'static str, scopes: &'static [&'static str]) -> Self {
        Self { name, scopes }
    }
}

/// What an operation takes as a request body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BodyInfo {
    /// Whether it must be there.
    pub required: bool,
    /// What is accepted, in the order of the contract.
    pub accepts: &'static [MediaInfo],
}

impl BodyInfo {
    /// A body of one of these media types.
    #[must_use]
    pub const fn new(required: bool, accepts: &'static [MediaInfo]) -> Self {
        Self { required, accepts }
    }
}

/// A media type and how a body of it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MediaInfo {
    /// The media type: `application/json`.
    pub media_type: &'static str,
    /// How it is read.
    pub kind: MediaKind,
}

impl MediaInfo {
    /// A media type by name, with how it is read.
    #[must_use]
    pub const fn new(media_type: &'static str, kind: MediaKind) -> Self {
        Self { media_type, kind }
    }
}

/// How a request body is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MediaKind {
    /// As a JSON document.
    Json,
    /// As text in UTF-8.
    Text,
    /// As bytes.
    Bytes,
    /// As `multipart/form-data`.
    Multipart,
    /// As `application/x-www-form-urlencoded`.
    Form,
}
