//! When a call is sent again, and when it is not. Time is paused: waits cost nothing.

use super::server::{Answer, Server};
use super::{builder, in_process, sending, thing};
use crate::client::Core;
use crate::{AttemptRequest, ClientBuilder, Error, Middleware, MiddlewareFuture, RetryPolicy, Upload};
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::Instant;

/// Fails so often, then succeeds. Counts what it was asked.
fn failing(times: u32, failure: fn() -> Response) -> (ClientBuilder<Core>, Arc<AtomicU32>) {
    let asked = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&asked);
    let builder = in_process(move |before, _| {
        count.fetch_add(1, Ordering::SeqCst);
        if before < times { failure() } else { StatusCode::NO_CONTENT.into_response() }
    });
    (builder, asked)
}

fn overloaded() -> Response {
    (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "7")]).into_response()
}

#[tokio::test(start_paused = true)]
async fn an_idempotent_call_is_tried_again_until_it_succeeds() {
    for failure in [
        || StatusCode::TOO_MANY_REQUESTS.into_response(),
        || StatusCode::BAD_GATEWAY.into_response(),
        || StatusCode::SERVICE_UNAVAILABLE.into_response(),
        || StatusCode::GATEWAY_TIMEOUT.into_response(),
    ] as [fn() -> Response; 4]
    {
        let (builder, asked) = failing(2, failure);
        let core = builder.build().unwrap();
        assert_eq!(thing(&core).execute().await.unwrap().status(), 204);
        assert_eq!(asked.load(Ordering::SeqCst), 3);
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_server_has_decided_is_not_tried_again() {
    for failure in [
        || StatusCode::NOT_FOUND.into_response(),
        || StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        || (StatusCode::OK, "no JSON").into_response(),
    ] as [fn() -> Response; 3]
    {
        let (builder, asked) = failing(1, failure);
        let core = builder.build().unwrap();
        let result = thing(&core).execute().await.and_then(|raw| raw.json::<Vec<String>>());
        assert!(result.is_err());
        assert_eq!(asked.load(Ordering::SeqCst), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn after_so_many_attempts_the_last_failure_is_the_answer() {
    let (builder, asked) = failing(9, || (StatusCode::BAD_GATEWAY, "away").into_response());
    let core = builder.retry(RetryPolicy::default().attempts(4)).build().unwrap();
    let error = thing(&core).execute().await.err().unwrap();
    assert!(error.to_string().ends_with("away"), "{error}");
    assert_eq!(asked.load(Ordering::SeqCst), 4);

    let (builder, asked) = failing(9, overloaded);
    let core = builder.retry(RetryPolicy::never()).build().unwrap();
    assert!(thing(&core).execute().await.err().unwrap().is_rate_limited());
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_waited_for_whatever_the_method() {
    let (builder, asked) = failing(1, overloaded);
    let core = builder.build().unwrap();
    let begun = Instant::now();
    sending(&core).execute().await.unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    let waited = begun.elapsed();
    assert!(waited >= Duration::from_secs(7) && waited < Duration::from_secs(8), "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn what_may_not_be_done_twice_is_not() {
    let (builder, asked) = failing(1, || StatusCode::SERVICE_UNAVAILABLE.into_response());
    let core = builder.build().unwrap();
    assert!(sending(&core).execute().await.is_err());
    assert_eq!(asked.load(Ordering::SeqCst), 1);

    let (builder, asked) = failing(1, || StatusCode::SERVICE_UNAVAILABLE.into_response());
    let policy = RetryPolicy::default().idempotent(|operation| operation.id == "sendThing");
    let core = builder.retry(policy).build().unwrap();
    sending(&core).execute().await.unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

#[tokio::test(start_paused = true)]
async fn a_wait_beyond_the_deadline_is_not_begun() {
    let (builder, asked) = failing(9, overloaded);
    let core = builder.timeout(Duration::from_secs(10)).build().unwrap();
    let begun = Instant::now();
    let error = thing(&core).execute().await.err().unwrap();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    // One wait fits, the second does not.
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    assert!(begun.elapsed() < Duration::from_secs(8));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_asks_for_years_is_not_waited_for() {
    let years = || (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", u64::MAX.to_string())]).into_response();
    let chunks = || futures_util::stream::iter([Ok::<_, std::io::Error>("one")]);
    for limit in [Some(Duration::from_secs(30)), None] {
        let (builder, asked) = failing(9, years);
        // The wait of one's own comes on top of what no clock can tell any more.
        let policy = RetryPolicy::default().backoff(Duration::from_secs(20), Duration::from_secs(20));
        let core = builder.timeout(limit).retry(policy).build().unwrap();
        let begun = Instant::now();
        let mut call = sending(&core);
        call.upload("application/octet-stream", Upload::stream_with(chunks));
        assert!(call.execute().await.is_err());
        assert!(thing(&core).execute().await.is_err());
        assert_eq!(asked.load(Ordering::SeqCst), 2);
        assert!(begun.elapsed() < Duration::from_secs(1));
    }
}

#[tokio::test(start_paused = true)]
async fn time_is_limited_without_any_setting() {
    let never = axum::Router::new().fallback(std::future::pending::<StatusCode>);
    let core = ClientBuilder::<Core>::new("http://in-process").unwrap().transport(never).build().unwrap();
    let (begun, half_a_minute) = (Instant::now(), Duration::from_secs(30));
    let error = thing(&core).execute().await.err().unwrap();
    assert!(matches!(error, Error::Timeout { after: Some(after), .. } if after == half_a_minute), "{error}");
    assert!(begun.elapsed() >= half_a_minute && begun.elapsed() < half_a_minute * 2);
}

#[tokio::test(start_paused = true)]
async fn a_hook_before_an_attempt_has_no_more_time_than_the_call() {
    struct Never;
    impl Middleware for Never {
        fn before<'a>(
            &'a self,
            _: AttemptRequest<'a>,
        ) -> MiddlewareFuture<'a, Result<(), Box<dyn std::error::Error + Send + Sync>>> {
            Box::pin(std::future::pending())
        }
    }
    let (builder, asked) = failing(0, overloaded);
    let core = builder.middleware(Never).build().unwrap();
    assert!(thing(&core).execute().await.err().unwrap().is_timeout());
    assert_eq!(asked.load(Ordering::SeqCst), 0);
}

#[tokio::test(start_paused = true)]
async fn the_calls_of_all_clones_share_a_budget() {
    let (builder, asked) = failing(u32::MAX, overloaded);
    let core = builder.timeout(None).retry(RetryPolicy::default().attempts(9).budget(5)).build().unwrap();
    let clone = core.clone();
    assert!(thing(&core).execute().await.is_err());
    assert_eq!(asked.load(Ordering::SeqCst), 6);
    assert!(thing(&clone).execute().await.is_err());
    assert_eq!(asked.load(Ordering::SeqCst), 7);
}

#[tokio::test(start_paused = true)]
async fn a_body_is_sent_again_whole_or_not_at_all() {
    type Seen = Arc<Mutex<Vec<Vec<u8>>>>;
    async fn record(seen: Seen, request: Request<Body>) -> Response {
        let body = axum::body::to_bytes(request.into_body(), 100).await.unwrap();
        let mut seen = seen.lock().unwrap();
        seen.push(body.to_vec());
        if seen.len() == 1 { overloaded() } else { StatusCode::NO_CONTENT.into_response() }
    }
    let chunks = || futures_util::stream::iter([Ok::<_, std::io::Error>("one "), Ok("two")]);
    let bodies =
        [(Upload::from("one two"), 2), (Upload::stream_with(chunks), 2), (Upload::stream(chunks()), 1)];
    for (body, times) in bodies {
        let seen = Seen::default();
        let recorded = Arc::clone(&seen);
        let router = axum::Router::new().fallback(move |request| record(Arc::clone(&recorded), request));
        let core =
            ClientBuilder::<Core>::new("http://in-process").unwrap().transport(router).build().unwrap();
        let mut call = sending(&core);
        call.upload("application/octet-stream", body);
        let result = call.execute().await;
        assert_eq!(result.is_ok(), times == 2);
        assert_eq!(*seen.lock().unwrap(), vec![b"one two".to_vec(); times]);
    }
}

#[tokio::test]
async fn an_attempt_has_a_limit_of_its_own() {
    let server = Server::start(Answer::Hang(Vec::new())).await;
    let limit = Duration::from_millis(50);
    let core = builder(&server)
        .attempt_timeout(limit)
        .retry(RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO))
        .build()
        .unwrap();
    let error = thing(&core).execute().await.err().unwrap();
    assert!(matches!(error, Error::Timeout { after: Some(after), .. } if after == limit), "{error}");
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn a_connection_that_breaks_is_tried_again_if_the_server_may_have_seen_the_request() {
    let quick = || RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO);
    let server = Server::start(Answer::Close).await;
    let core = builder(&server).retry(quick()).build().unwrap();
    assert!(matches!(thing(&core).execute().await, Err(Error::Transport { .. })));
    assert_eq!(server.requests().len(), 3);
    assert!(sending(&core).execute().await.is_err());
    assert_eq!(server.requests().len(), 4);

    // Where nobody listens, nobody has seen it.
    let core =
        ClientBuilder::<Core>::new("http://127.0.0.1:1").unwrap().retry(quick().budget(2)).build().unwrap();
    let error = sending(&core).execute().await.err().unwrap();
    assert!(error.is_connect(), "{error}");
    assert!(!core.settings().budget.take());
}
