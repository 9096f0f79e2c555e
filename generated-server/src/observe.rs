//! What is going on, for metrics.

use crate::OperationInfo;
use http::StatusCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Hears of every request for an operation, when it begins and when it is answered.
///
/// It is called in the middle of things: it must not block. The operation id and the status have
/// few values, as labels of a metric should.
///
/// ```
/// use meshery_server::{Answered, Observe, OperationInfo};
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// #[derive(Default)]
/// struct Faults(AtomicU64);
///
/// impl Observe for Faults {
///     fn answered(&self, answered: &Answered) {
///         if answered.status.is_some_and(|status| status.is_server_error()) {
///             self.0.fetch_add(1, Ordering::Relaxed);
///         }
///     }
/// }
/// ```
pub trait Observe: Send + Sync + 'static {
    /// A request for an operation has come.
    fn begun(&self, operation: &'static OperationInfo) {
        let _ = operation;
    }

    /// It is answered: the head of the response is known. Called once for each `begun`.
    fn answered(&self, answered: &Answered);
}

/// How a request for an operation ended.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Answered {
    /// The operation.
    pub operation: &'static OperationInfo,
    /// The status; `None` if the caller went away before there was one.
    pub status: Option<StatusCode>,
    /// How long it took, from the arrival of the request's head to the head of the response, or until the
    /// caller went away.
    pub time: Duration,
}

/// All who observe.
pub(crate) type Observers = Arc<[Box<dyn Observe>]>;

/// A request under way. That it is dropped without a status means that the caller is gone.
pub(crate) struct Watch<'a> {
    observers: &'a [Box<dyn Observe>],
    operation: &'static OperationInfo,
    /// None where nobody is to hear of it.
    begun: Option<Instant>,
    status: Option<StatusCode>,
}

impl<'a> Watch<'a> {
    pub(crate) fn new(observers: &'a [Box<dyn Observe>], operation: &'static OperationInfo) -> Self {
        observers.iter().for_each(|observer| observer.begun(operation));
        let begun = (!observers.is_empty()).then(Instant::now);
        Self { observers, operation, begun, status: None }
    }

    pub(crate) fn answered(mut self, status: StatusCode) {
        self.status = Some(status);
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        let Self { operation, status, begun: Some(begun), .. } = *self else { return };
        let answered = Answered { operation, status, time: begun.elapsed() };
        self.observers.iter().for_each(|observer| observer.answered(&answered));
    }
}
