//! When a call is sent again, and how long is waited before.

use crate::Error;
use crate::operation::OperationInfo;
use http::StatusCode;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

mod after;

/// When a call is sent again.
///
/// The default is three attempts, with waits that are drawn below 100 ms and 200 ms, for
/// - operations whose method is idempotent, when the exchange broke off, an attempt took
///   [too long](crate::ClientBuilder::attempt_timeout), or the server answered 429, 502, 503 or 504;
/// - every operation when no connection could be made, or the server answered 429 or 503 with
///   `Retry-After`, which is waited for as the server says.
///
/// A body that cannot be sent again is not. What is waited counts for the
/// [time limit](crate::ClientBuilder::timeout) of the call: where it would be over, the call fails
/// at once, with what the last attempt has failed of. Where a call has no limit, because there is none or
/// because its body is a stream, no wait is longer than the limit of other calls, or than an hour.
///
/// All calls of a client share a budget, so that clients do not keep down a server that comes back:
/// a retry takes one from it, a call that succeeds at once gives back a tenth.
///
/// ```
/// use meshery_client::RetryPolicy;
/// use std::time::Duration;
///
/// let patient = RetryPolicy::default().attempts(5).backoff(Duration::from_millis(500), Duration::from_secs(20));
/// let also_posts = RetryPolicy::default().idempotent(|operation| operation.id != "createToken");
/// ```
#[derive(Clone)]
pub struct RetryPolicy {
    attempts: u32,
    first: Duration,
    longest: Duration,
    budget: u32,
    idempotent: Arc<dyn Fn(&'static OperationInfo) -> bool + Send + Sync>,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 3,
            first: Duration::from_millis(100),
            longest: Duration::from_secs(5),
            budget: 50,
            idempotent: Arc::new(|operation| operation.method.is_idempotent()),
        }
    }
}

impl RetryPolicy {
    /// Every call is sent once. A token that was refused is still
    /// [refreshed](crate::Credentials::refresh).
    #[must_use]
    pub fn never() -> Self {
        Self::default().attempts(1)
    }

    /// How often a call is sent at most: 3 times unless set.
    #[must_use]
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// The waits between attempts are drawn between nothing and a limit, so that clients do not
    /// come back all at once. It is `first` to begin with, doubles each time, and is `longest` at
    /// most: 100 ms and 5 s unless set.
    #[must_use]
    pub fn backoff(mut self, first: Duration, longest: Duration) -> Self {
        (self.first, self.longest) = (first, longest.max(first));
        self
    }

    /// How many retries a client may do in a row, over all of its calls: 50 unless set.
    #[must_use]
    pub fn budget(mut self, retries: u32) -> Self {
        self.budget = retries.min(u32::MAX / TENTHS);
        self
    }

    /// Which operations may be carried out twice: those with an idempotent method unless set.
    #[must_use]
    pub fn idempotent(
        mut self,
        choice: impl Fn(&'static OperationInfo) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.idempotent = Arc::new(choice);
        self
    }

    /// Whether an operation may be carried out twice.
    pub(crate) fn may_repeat(&self, operation: &'static OperationInfo) -> bool {
        (self.idempotent)(operation)
    }

    /// The budget of a client.
    pub(crate) fn new_budget(&self) -> Budget {
        Budget { left: AtomicU32::new(self.budget * TENTHS), capacity: self.budget * TENTHS }
    }

    /// How long to wait before the next attempt; none if there is to be none.
    pub(crate) fn wait(&self, error: &Error, attempts: u32) -> Option<Duration> {
        if attempts >= self.attempts {
            return None;
        }
        let operation = error.operation()?;
        let asked = error.retry_after();
        let again = match error {
            Error::Transport { .. } if error.is_connect() => true,
            Error::Transport { .. } | Error::Timeout { .. } => self.may_repeat(operation),
            Error::Documented(failure) | Error::Undocumented(failure) => match failure.status {
                StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                    asked.is_some() || self.may_repeat(operation)
                }
                StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT => self.may_repeat(operation),
                _ => false,
            },
            _ => false,
        };
        again.then(|| asked.unwrap_or_default().saturating_add(self.backoff_before(attempts)))
    }

    /// A wait that is drawn, after so many attempts.
    pub(crate) fn backoff_before(&self, attempts: u32) -> Duration {
        let doubled = 2_u32.saturating_pow(attempts.saturating_sub(1));
        drawn_below(self.first.saturating_mul(doubled).min(self.longest))
    }
}

impl fmt::Debug for RetryPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryPolicy")
            .field("attempts", &self.attempts)
            .field("first", &self.first)
            .field("longest", &self.longest)
            .field("budget", &self.budget)
            .finish_non_exhaustive()
    }
}

/// A duration from nothing to a limit. The standard library has no numbers by chance but the keys
/// of its hash maps, which are good enough to spread waits.
pub(crate) fn drawn_below(limit: Duration) -> Duration {
    let share = RandomState::new().hash_one(()) as f64 / u64::MAX as f64;
    limit.mul_f64(share)
}

/// What is in the budget is counted in tenths of a retry.
const TENTHS: u32 = 10;

/// How many retries the calls of a client have left together.
#[derive(Debug)]
pub(crate) struct Budget {
    left: AtomicU32,
    capacity: u32,
}

impl Budget {
    /// Takes a retry, if there is one.
    pub(crate) fn take(&self) -> bool {
        let taken = |left: u32| left.checked_sub(TENTHS);
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, taken).is_ok()
    }

    /// Gives back a tenth.
    pub(crate) fn give_back(&self) {
        // Most of the time it is full, and then it is only looked at.
        if self.left.load(Ordering::Relaxed) < self.capacity {
            let given = |left: u32| (left < self.capacity).then(|| left + 1);
            let _ = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, given);
        }
    }
}

impl Error {
    /// How long the server asks to wait before the next try, by `Retry-After`.
    ///
    /// A date is counted from the `Date` of the same response, so that clocks need not agree.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        after::parse(self.headers()?)
    }
}

#[cfg(test)]
mod tests {
    use super::RetryPolicy;
    use std::time::Duration;

    #[test]
    fn waits_grow_and_are_spread_below_a_limit() {
        let policy = RetryPolicy::default().backoff(Duration::from_millis(10), Duration::from_millis(30));
        for (attempts, limit) in [(1, 10), (2, 20), (3, 30), (40, 30)] {
            let limit = Duration::from_millis(limit);
            let waits: Vec<_> = (0..200).map(|_| policy.backoff_before(attempts)).collect();
            assert!(waits.iter().all(|wait| *wait <= limit), "{waits:?}");
            assert!(waits.iter().any(|wait| *wait > limit / 2) && waits.iter().any(|wait| *wait < limit / 2));
        }
    }

    #[test]
    fn the_budget_is_taken_up_and_fills_slowly() {
        let budget = RetryPolicy::default().budget(2).new_budget();
        assert_eq!([budget.take(), budget.take(), budget.take()], [true, true, false]);
        (0..9).for_each(|_| budget.give_back());
        assert!(!budget.take());
        budget.give_back();
        assert!(budget.take() && !budget.take());
        (0..1000).for_each(|_| budget.give_back());
        assert_eq!([budget.take(), budget.take(), budget.take()], [true, true, false]);
    }
}
