//! What the clients of all products share. It is not generic: operations are shims around it.

use crate::base_url::BaseUrl;
use crate::clock::Time;
use crate::credentials::Credentials;
use crate::exchange::Limits;
use crate::middleware::{Metrics, Middleware};
use crate::retry::{Budget, RetryPolicy};
use crate::transport::Transport;
use http::HeaderValue;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

pub(crate) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What the clients of all products are made of: where to, as whom, within which limits.
///
/// Cheap to clone; clones share their connections and their budget of retries.
#[derive(Clone)]
pub struct Core(Arc<Settings>);

pub(crate) struct Settings {
    pub(crate) transport: Transport,
    pub(crate) base: BaseUrl,
    pub(crate) credentials: Option<Arc<dyn Credentials>>,
    pub(crate) user_agent: HeaderValue,
    pub(crate) timeout: Option<Duration>,
    pub(crate) attempt_timeout: Option<Duration>,
    pub(crate) idle_timeout: Option<Duration>,
    pub(crate) max_response_size: usize,
    pub(crate) retry: RetryPolicy,
    pub(crate) budget: Budget,
    pub(crate) middleware: Vec<Arc<dyn Middleware>>,
    pub(crate) metrics: Option<Arc<dyn Metrics>>,
    pub(crate) time: Time,
}

impl Settings {
    /// How much of a response is read, and for how long.
    pub(crate) fn limits(&self) -> Limits {
        Limits {
            size: self.max_response_size,
            whole: self.timeout,
            idle: self.idle_timeout,
            time: self.time.clone(),
        }
    }
}

impl Core {
    pub(crate) fn new(settings: Settings) -> Self {
        Self(Arc::new(settings))
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.0
    }

    pub(crate) fn max_response_size(&self) -> usize {
        self.0.max_response_size
    }

    pub(crate) fn origin(&self) -> &str {
        self.0.base.origin()
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Core")
            .field("base", &format_args!("{}", self.0.base))
            .field("credentials", &self.0.credentials.as_ref().map(|_| format_args!("[hook]")))
            .field("timeout", &self.0.timeout)
            .field("max_response_size", &self.0.max_response_size)
            .field("retry", &self.0.retry)
            .finish_non_exhaustive()
    }
}
