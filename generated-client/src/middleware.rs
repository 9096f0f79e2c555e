//! Hooks around what is sent: before and after each attempt, and after each call.

use crate::Error;
use crate::error::BoxError;
use crate::operation::OperationInfo;
use http::{HeaderMap, StatusCode};
use std::future::ready;
use std::pin::Pin;
use std::time::Duration;
use url::Url;

/// What the methods of [`Middleware`] return.
pub type MiddlewareFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Sees each attempt of a call, before it is sent and after it was answered. Several are asked in
/// the order in which they were added, and afterwards in the opposite order.
///
/// ```
/// use meshery_client::{AttemptRequest, Middleware, MiddlewareFuture};
///
/// struct Traceparent(String);
///
/// impl Middleware for Traceparent {
///     fn before<'a>(
///         &'a self,
///         request: AttemptRequest<'a>,
///     ) -> MiddlewareFuture<'a, Result<(), Box<dyn std::error::Error + Send + Sync>>> {
///         Box::pin(async move {
///             request.headers.insert("traceparent", self.0.parse()?);
///             Ok(())
///         })
///     }
/// }
/// ```
pub trait Middleware: Send + Sync + 'static {
    /// Before an attempt is sent. Headers can be changed, where the request goes to cannot.
    ///
    /// An error ends the call with [`Error::Middleware`]: this attempt is not sent.
    fn before<'a>(&'a self, request: AttemptRequest<'a>) -> MiddlewareFuture<'a, Result<(), BoxError>> {
        let _ = request;
        Box::pin(ready(Ok(())))
    }

    /// When the head of a response is there, or it is known that there will be none. Not called
    /// when the call is given up before.
    fn after<'a>(&'a self, response: AttemptResponse<'a>) -> MiddlewareFuture<'a, ()> {
        let _ = response;
        Box::pin(ready(()))
    }
}

/// An attempt that is about to be sent.
#[derive(Debug)]
#[non_exhaustive]
pub struct AttemptRequest<'a> {
    /// The operation.
    pub operation: &'static OperationInfo,
    /// Which attempt of the call it is, from 1.
    pub attempt: u32,
    /// Where it goes to. The query may hold what the caller takes for secret.
    pub url: &'a Url,
    /// What is sent with it. Those that carry the token are marked sensitive.
    pub headers: &'a mut HeaderMap,
}

/// How an attempt went.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct AttemptResponse<'a> {
    /// The operation.
    pub operation: &'static OperationInfo,
    /// Which attempt of the call it was, from 1.
    pub attempt: u32,
    /// From sending it until the head of the response was there.
    pub elapsed: Duration,
    /// The status and the headers, or why there are none.
    pub result: Result<(StatusCode, &'a HeaderMap), &'a Error>,
}

/// Sees how each call went, for counters and histograms.
///
/// Called where the call was made, once for each: it must not block. A call that is given up, by
/// dropping its future, is not reported.
///
/// ```
/// use meshery_client::{CallReport, Metrics};
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// #[derive(Default)]
/// struct Failures(AtomicU64);
///
/// impl Metrics for Failures {
///     fn call(&self, report: &CallReport<'_>) {
///         if report.error.is_some() {
///             self.0.fetch_add(1, Ordering::Relaxed);
///         }
///     }
/// }
/// ```
pub trait Metrics: Send + Sync + 'static {
    /// A call is over: its response is read, its stream begins, or it failed.
    fn call(&self, report: &CallReport<'_>);
}

/// How a call went.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct CallReport<'a> {
    /// The operation.
    pub operation: &'static OperationInfo,
    /// The status of the last response, if there was one.
    pub status: Option<StatusCode>,
    /// Why the call failed, if it did.
    pub error: Option<&'a Error>,
    /// How often it was sent, or tried to be.
    pub attempts: u32,
    /// From the call until its response was read, or its stream began.
    pub elapsed: Duration,
}
