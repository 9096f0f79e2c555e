//! Server traits for the Meshery REST APIs, generated from the schemas of meshery/schemas.
//!
//! Each product has a module with one trait for each group of operations and an `Api` that collects
//! implementations of them into an [`axum::Router`]. Requests are checked against the contract
//! before a handler sees them; responses are enums of what the contract documents.
//!
//! # Who gets in
//! An operation is public only where the contract says so in so many words. To build an `Api` one
//! needs an authenticator ([`Authenticate`]); an authorizer ([`Authorize`]) may narrow further.
//!
//! # What a caller gets when a request does not reach a handler
//! | status | why |
//! |---|---|
//! | 400 | the contract is broken: `application/problem+json` with every violation ([`Problem`]) |
//! | 401, 403 | no credentials or bad ones (with `WWW-Authenticate`); not allowed |
//! | 404, 405 | no such path; no such method on it (with `Allow`) |
//! | 406, 415 | nothing the caller accepts; nothing the operation takes |
//! | 408, 413, 431 | the body is too slow or too large; the headers are too large ([`Limits`]) |
//! | 414 | the target is longer than 64 KiB: hyper answers that by itself, with no body |
//! | 426 | a WebSocket operation called without an upgrade |
//! | 429 | one of the hooks says so ([`Denied::too_many_requests`]) |
//! | 500 | a handler panicked, or failed with [`Failure::internal`] |
//! | 501 | nobody implements the group here |
//! | 503 | too many requests at once |
//! | 504 | no answer in time |
//!
//! Each has a type in [`rejection`], and a response carries it for the layers around the router.
// Types that hold lists of others, and these of others, are more than rustc follows by itself.
#![recursion_limit = "512"]
// The contract of the tests has nearly all of them: what is dead is found by
// `cargo rustc -p meshery-server --lib --all-features --profile test -- --force-warn dead_code`.
#![allow(dead_code, reason = "not every contract has forms, files, event streams and WebSockets")]

mod auth;
mod byte_stream;
mod console;
mod context;
mod cors;
mod dispatch;
#[cfg(feature = "docs")]
mod docs;
mod document;
mod error_body;
mod events;
mod failure;
mod limits;
#[cfg(feature = "mock")]
mod mock;
mod observe;
mod operation;
mod others;
mod permission;
mod problem;
mod product;
pub mod rejection;
mod reply;
mod request;
mod request_id;
#[cfg(feature = "serve")]
mod serve;
mod socket;
mod stopping;
mod table;
mod template;
mod transport;

#[path = "generated/contract.rs"]
#[rustfmt::skip]
mod contract;

#[rustfmt::skip]
#[allow(clippy::large_enum_variant, reason = "a response is made once and moved twice")]
mod generated;

#[cfg(test)]
mod tests;

pub use auth::{AllowAuthenticated, Asked, Authenticate, Authorize, Denied, Token};
pub use byte_stream::ByteStream;
pub use console::{ConsoleMessage, ConsoleSocket};
pub use context::Context;
pub use contract::{CONTRACT_DIGEST, CONTRACT_RELEASE};
pub use cors::cors;
pub use document::Document;
pub use error_body::{ErrorBody, Severity};
pub use events::EventStream;
pub use failure::Failure;
#[allow(unused_imports, unreachable_pub, reason = "without a product there is nothing")]
pub use generated::*;
pub use limits::Limits;
#[cfg(feature = "mock")]
pub use mock::Mock;
pub use observe::{Answered, Observe};
pub use operation::{BodyInfo, MediaInfo, MediaKind, OperationInfo, Permissions, SchemeInfo, Security};
pub use others::{AnyBody, AnyContent, AnyOperation, AnyRequest, AnyResponse};
pub use permission::PermissionKey;
pub use problem::{Breach, Problem, RequestPart};
pub use product::ProductInfo;
pub use rejection::Rejection;
pub use request::FilePart;
pub use request_id::RequestId;
#[cfg(feature = "serve")]
pub use serve::Serve;
pub use socket::{Message, Socket, Upgrade};
pub use transport::{ApiService, Router, not_found};

/// What generated code is built from, beside `meshery_types`.
#[allow(unused_imports, reason = "which of these are used depends on the contract")]
pub(crate) mod support {
    pub(crate) use crate::auth::{Authenticate, Authorize};
    pub(crate) use crate::operation::{Check, Takes};
    pub(crate) use crate::reply::Reply;
    pub(crate) use crate::request::{Decoder, Input, Parts, Scalar};
    pub(crate) use crate::table::Table;
    pub(crate) use crate::transport::{ApiService, Router, router, service};
    pub(crate) use crate::{
        AnyOperation, BodyInfo, ByteStream, Context, Document, ErrorBody, EventStream, Failure, FilePart,
        Limits, MediaInfo, MediaKind, Observe, OperationInfo, PermissionKey, Permissions, ProductInfo,
        Rejection, RequestPart, SchemeInfo, Security, Upgrade,
    };
    pub(crate) use http::Method;
    pub(crate) use http::request::Parts as Head;
}
