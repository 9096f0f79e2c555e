//! Time: that of tokio, or one that is passed in where there is no tokio.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
#[cfg(feature = "net")]
use tokio::time::Instant;

/// What [`Clock::sleep`] returns.
pub type SleepFuture = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Time of one's own, where that of tokio cannot be had: with another runtime, or in a browser.
///
/// With the feature `net` a client has the time of tokio unless it is
/// [given another](crate::ClientBuilder::clock); without it, it must be given one.
///
/// ```
/// use meshery_client::{Clock, SleepFuture};
/// use std::time::{Duration, Instant};
///
/// /// A thread for each sleep, which is enough for a test.
/// struct Threads(Instant);
///
/// impl Clock for Threads {
///     fn now(&self) -> Duration {
///         self.0.elapsed()
///     }
///     fn sleep(&self, duration: Duration) -> SleepFuture {
///         let (awake, waiting) = futures_util::future::abortable(std::future::pending::<()>());
///         std::thread::spawn(move || {
///             std::thread::sleep(duration);
///             waiting.abort();
///         });
///         Box::pin(async { drop(awake.await) })
///     }
/// }
/// ```
pub trait Clock: Send + Sync + 'static {
    /// How long it is since some moment, which is always the same. It never goes back.
    fn now(&self) -> Duration;

    /// Is done once so much time has passed.
    fn sleep(&self, duration: Duration) -> SleepFuture;
}

/// The time of a client. Moments are told by how long they are after a first one.
#[derive(Clone)]
pub(crate) enum Time {
    /// That of tokio, from this moment on.
    #[cfg(feature = "net")]
    Tokio(Instant),
    /// What was passed in.
    Given(Arc<dyn Clock>),
}

impl Time {
    /// The time that there is without anybody passing one in.
    pub(crate) fn usual() -> Option<Self> {
        #[cfg(feature = "net")]
        return Some(Self::Tokio(Instant::now()));
        #[cfg(not(feature = "net"))]
        None
    }

    pub(crate) fn now(&self) -> Duration {
        match self {
            #[cfg(feature = "net")]
            Self::Tokio(first) => first.elapsed(),
            Self::Given(clock) => clock.now(),
        }
    }

    pub(crate) fn sleep(&self, duration: Duration) -> SleepFuture {
        match self {
            // A timer must be heard beside a future that uses up what the task may do in one go.
            #[cfg(feature = "net")]
            Self::Tokio(_) => Box::pin(tokio::task::coop::unconstrained(tokio::time::sleep(duration))),
            Self::Given(clock) => clock.sleep(duration),
        }
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Time(..)")
    }
}

/// A moment after which nothing is waited for any more. One timer serves all that is waited for, and is
/// made when something is not done at once.
pub(crate) struct Deadline {
    time: Time,
    end: Duration,
    timer: Option<SleepFuture>,
}

impl Deadline {
    pub(crate) fn new(time: &Time, end: Duration) -> Self {
        Self { time: time.clone(), end, timer: None }
    }

    /// Is ready when the time is up. Asked when something is not done at once.
    #[inline(never)]
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Self { time, end, timer } = self;
        let sleeping = timer.get_or_insert_with(|| time.sleep(end.saturating_sub(time.now())));
        ready!(sleeping.as_mut().poll(cx));
        *timer = None;
        Poll::Ready(())
    }
}

/// Notices when nothing has come for too long. Only time in which somebody waits counts.
pub(crate) struct Silence {
    time: Time,
    limit: Option<Duration>,
    since: Option<Duration>,
    timer: Option<SleepFuture>,
}

impl Silence {
    /// One with a limit; without it anything may be silent for ever.
    pub(crate) fn new(time: Time, limit: Option<Duration>) -> Self {
        Self { time, limit, since: None, timer: None }
    }

    /// Another limit, from now on.
    pub(crate) fn limit(&mut self, limit: Option<Duration>) {
        *self = Self::new(self.time.clone(), limit);
    }

    /// Something has come.
    pub(crate) fn heard(&mut self) {
        self.since = None;
    }

    /// Is ready, with the limit, when it was silent for so long; then it begins anew.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Duration> {
        let Some(limit) = self.limit else { return Poll::Pending };
        loop {
            let now = self.time.now();
            let silent = now.saturating_sub(*self.since.get_or_insert(now));
            // A timer that was begun before something came is let go off: it costs less than another.
            let timer = self.timer.get_or_insert_with(|| self.time.sleep(limit.saturating_sub(silent)));
            ready!(timer.as_mut().poll(cx));
            self.timer = None;
            let since = self.since.unwrap_or_default();
            if self.time.now().saturating_sub(since) >= limit {
                self.since = None;
                return Poll::Ready(limit);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Clock, SleepFuture};
    #[cfg(not(feature = "net"))]
    use crate::RetryPolicy;
    use crate::{Cached, Core, Error, OperationInfo, ResponseInfo, Token};
    use http::{Method, StatusCode};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
    use std::time::Duration;

    static THING: OperationInfo = OperationInfo::new("getThing", Method::GET, "/api/thing")
        .responses(&[ResponseInfo::new(200, &["application/json"])]);

    /// Time that passes when somebody sleeps, and only then.
    #[derive(Clone, Default)]
    struct Sleeping(Arc<AtomicU64>);

    impl Clock for Sleeping {
        fn now(&self) -> Duration {
            Duration::from_nanos(self.0.load(Ordering::SeqCst))
        }

        fn sleep(&self, duration: Duration) -> SleepFuture {
            let passed = Arc::clone(&self.0);
            Box::pin(async move {
                // Whatever else is ready comes first.
                tokio::task::yield_now().await;
                passed.fetch_add(duration.as_nanos() as u64, Ordering::SeqCst);
            })
        }
    }

    /// Without timers of tokio: none of them would be found here.
    fn run(future: impl Future<Output = ()>) {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future);
    }

    fn core(router: axum::Router, clock: Sleeping) -> Core {
        let builder = Core::builder("http://in-process").unwrap().transport(router).clock(clock.clone());
        builder.credentials(Cached::new(Token::new("token")).clock(clock)).build().unwrap()
    }

    #[test]
    fn a_call_has_its_limits_by_a_clock_of_ones_own() {
        run(async {
            let clock = Sleeping::default();
            let never = axum::Router::new().fallback(std::future::pending::<StatusCode>);
            let error = core(never, clock.clone()).request(&THING).send().await.unwrap_err();
            assert!(matches!(error, Error::Timeout { after: Some(after), .. } if after.as_secs() == 30));
            assert_eq!(clock.now().as_secs(), 30);
        });
    }

    #[test]
    fn what_is_tried_again_is_waited_for_by_it() {
        run(async {
            let (clock, asked) = (Sleeping::default(), Arc::new(AtomicU32::new(0)));
            let router = axum::Router::new().fallback(move || {
                let first = asked.fetch_add(1, Ordering::SeqCst) == 0;
                async move {
                    let status = if first { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
                    (status, [("retry-after", "7"), ("content-type", "application/json")], "[1]")
                }
            });
            let core = core(router, clock.clone());
            let numbers = core.request(&THING).fetch::<Vec<i64>>().await.unwrap();
            assert_eq!(numbers.body, [1]);
            assert_eq!(clock.now().as_secs(), 7);
        });
    }

    #[test]
    #[cfg(not(feature = "net"))]
    fn without_a_network_a_transport_and_a_clock_are_asked_for() {
        let builder = || Core::builder("http://here").unwrap().retry(RetryPolicy::never());
        let error = builder().clock(Sleeping::default()).build().unwrap_err();
        assert!(error.to_string().contains("give a `transport`"), "{error}");
        let error = builder().transport(axum::Router::new()).build().unwrap_err();
        assert!(error.to_string().contains("give a `clock`"), "{error}");
    }
}
