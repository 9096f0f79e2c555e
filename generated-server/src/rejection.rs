//! What a request is answered with when no handler answers it: a type for each status.
//!
//! A response that is a rejection carries it in its extensions, so that a layer around the router
//! can count it, log it, or write it in another way:
//! ```
//! use meshery_server::Rejection;
//!
//! fn note(response: &http::Response<axum::body::Body>) -> Option<String> {
//!     match response.extensions().get::<Rejection>()? {
//!         Rejection::BadRequest(bad) => Some(format!("{} violations", bad.0.violations.len())),
//!         Rejection::Unauthenticated(_) => None,
//!         other => Some(format!("{}: {other}", other.status())),
//!     }
//! }
//! ```

mod kinds;

pub use kinds::*;

use crate::Failure;
use crate::reply::{Reply, ReplyBody};
use http::{HeaderName, HeaderValue, StatusCode};
use std::fmt;

/// What every rejection says of itself.
trait Kind {
    /// What the caller reads.
    fn text(&self) -> String;

    /// The headers that belong to the status.
    fn headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        Vec::new()
    }
}

macro_rules! rejections {
    ($($(#[doc = $doc:literal])+ $name:ident = $status:ident;)+) => {
        /// Why a request was not answered by a handler.
        ///
        /// Its text is sent as an [`ErrorBody`](crate::ErrorBody) is: plain, or as Meshery's error
        /// object to who asks for `application/json` by name. Only a [`BadRequest`] is written as a
        /// [`Problem`](crate::Problem).
        // Not an `Error`: by `?` in a handler it would become a `Failure`, which is a 500.
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum Rejection { $($(#[doc = $doc])+ $name($name),)+ }

        impl Rejection {
            /// The status it is answered with.
            #[must_use]
            pub fn status(&self) -> StatusCode {
                match self { $(Self::$name(_) => StatusCode::$status,)+ }
            }

            fn kind(&self) -> &dyn Kind {
                match self { $(Self::$name(kind) => kind,)+ }
            }
        }

        $(
            impl $name {
                /// The status it is answered with.
                pub const STATUS: StatusCode = StatusCode::$status;
            }

            impl From<$name> for Rejection {
                fn from(kind: $name) -> Self {
                    Self::$name(kind)
                }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(&self.text())
                }
            }
        )+
    };
}

rejections! {
    /// 400: parameters or body are not what the contract asks for.
    BadRequest = BAD_REQUEST;
    /// 401: no credentials, or bad ones.
    Unauthenticated = UNAUTHORIZED;
    /// 403: the caller is known and may not.
    Forbidden = FORBIDDEN;
    /// 404: there is no such path.
    NotFound = NOT_FOUND;
    /// 405: the path has no such method.
    MethodNotAllowed = METHOD_NOT_ALLOWED;
    /// 406: nothing that the operation answers with is accepted.
    NotAcceptable = NOT_ACCEPTABLE;
    /// 408: the body did not arrive in time.
    BodyTimeout = REQUEST_TIMEOUT;
    /// 413: the body is too large.
    BodyTooLarge = PAYLOAD_TOO_LARGE;
    /// 415: the operation does not take bodies of this media type.
    UnsupportedMediaType = UNSUPPORTED_MEDIA_TYPE;
    /// 426: a WebSocket is called without an upgrade.
    UpgradeRequired = UPGRADE_REQUIRED;
    /// 429: this caller calls too often.
    TooManyRequests = TOO_MANY_REQUESTS;
    /// 431: the headers are too large.
    HeadersTooLarge = REQUEST_HEADER_FIELDS_TOO_LARGE;
    /// 500: a handler panicked or failed.
    Internal = INTERNAL_SERVER_ERROR;
    /// 501: nobody implements the operation here.
    NotImplemented = NOT_IMPLEMENTED;
    /// 502: a server behind this one gave no usable answer.
    BadGateway = BAD_GATEWAY;
    /// 503: not now.
    Unavailable = SERVICE_UNAVAILABLE;
    /// 504: no answer in time.
    TimedOut = GATEWAY_TIMEOUT;
}

impl Rejection {
    /// What a failure of a handler is answered with: its status, and nothing of its message but what
    /// is for the caller.
    pub(crate) fn failed(failure: &Failure) -> Self {
        match failure.status() {
            StatusCode::NOT_IMPLEMENTED => {
                NotImplemented { operation: None, reason: failure.told().map(str::to_owned) }.into()
            }
            StatusCode::BAD_GATEWAY => BadGateway.into(),
            StatusCode::SERVICE_UNAVAILABLE => Unavailable::new("Service Unavailable").into(),
            StatusCode::GATEWAY_TIMEOUT => TimedOut.into(),
            _ => Internal.into(),
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.kind().text())
    }
}

impl From<Rejection> for Reply {
    fn from(rejection: Rejection) -> Self {
        let headers = rejection.kind().headers();
        let mut reply = Self::new(rejection.status(), ReplyBody::Rejected(Box::new(rejection)));
        for (name, value) in headers {
            reply.headers_mut().insert(name, value);
        }
        reply
    }
}
