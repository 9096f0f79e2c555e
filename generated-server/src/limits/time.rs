//! What may take only so long.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;
use tokio::task::coop::unconstrained;
use tokio::time::sleep;

/// What comes of some work; nothing, if it is not done within a time.
///
/// The time begins when the work has to be waited for: most is done at once, and needs no timer. One of
/// tokio's own `timeout` would be made for all.
pub(crate) async fn within<F: Future>(limit: Duration, mut work: Pin<&mut F>) -> Option<F::Output> {
    let mut timer = pin!(None);
    poll_fn(|cx| {
        if let Poll::Ready(done) = work.as_mut().poll(cx) {
            return Poll::Ready(Some(done));
        }
        if timer.is_none() {
            // It is heard even beside work that uses up what a task may do in one go.
            timer.set(Some(unconstrained(sleep(limit))));
        }
        match timer.as_mut().as_pin_mut() {
            Some(timer) => timer.poll(cx).map(|()| None),
            None => Poll::Pending,
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::within;
    use std::future::{pending, ready};
    use std::pin::pin;
    use std::time::Duration;
    use tokio::task::coop::consume_budget;
    use tokio::time::{Instant, sleep};

    const LIMIT: Duration = Duration::from_secs(30);

    #[tokio::test(start_paused = true)]
    async fn what_is_not_done_in_time_is_given_up() {
        let begun = Instant::now();
        assert_eq!(within(LIMIT, pin!(pending::<u8>())).await, None);
        assert_eq!(begun.elapsed().as_secs(), 30);
        let slow = async { sleep(LIMIT / 2).await };
        assert_eq!(within(LIMIT, pin!(slow)).await, Some(()));
        assert_eq!(within(Duration::MAX, pin!(sleep(LIMIT))).await, Some(()));
    }

    #[test]
    fn what_is_done_at_once_needs_no_timer() {
        // There is none without a runtime.
        let done = futures_util::FutureExt::now_or_never(within(LIMIT, pin!(ready(7))));
        assert_eq!(done, Some(Some(7)));
    }

    #[tokio::test]
    async fn work_that_never_rests_is_given_up() {
        let busy = async {
            loop {
                consume_budget().await;
            }
        };
        assert_eq!(within(Duration::from_millis(1), pin!(busy)).await, None::<()>);
    }
}
