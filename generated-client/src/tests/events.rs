//! Events over several connections. Time is paused: waits cost nothing.

use super::{in_process, thing};
use crate::call::Call;
use crate::client::Core;
use crate::operation::{OperationInfo, ResponseInfo};
use crate::{Error, EventStream, Reconnect, RetryPolicy, Upload};
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use http::{Method, StatusCode};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::Instant;

fn events(text: &'static str) -> Response {
    ([("content-type", "text/event-stream")], text).into_response()
}

/// Events, and then neither more of them nor an end.
fn silent(text: &'static str) -> Response {
    let chunks = stream::iter([Ok::<_, std::io::Error>(text)]).chain(stream::pending());
    ([("content-type", "text/event-stream")], Body::from_stream(chunks)).into_response()
}

async fn open(
    answer: impl Fn(u32) -> Response + Clone + Send + Sync + 'static,
) -> (EventStream<String>, Ids) {
    let ids = Ids::default();
    let seen = Arc::clone(&ids);
    let core: Core = in_process(move |before, request: Request| {
        let id = request
            .headers()
            .get("last-event-id")
            .map(|id| String::from_utf8_lossy(id.as_bytes()).into_owned());
        seen.lock().unwrap().push((id, Instant::now()));
        answer(before)
    })
    .build()
    .unwrap();
    // The stream outlives the client.
    (EventStream::text(thing(&core).open().await.unwrap()).body, ids)
}

type Ids = Arc<Mutex<Vec<(Option<String>, Instant)>>>;

/// The waits between connections, which were asked for with these ids.
fn waits(ids: &Ids, expected: &[Option<&str>]) -> Vec<Duration> {
    let ids = ids.lock().unwrap();
    let told: Vec<_> = ids.iter().map(|(id, _)| id.as_deref()).collect();
    assert_eq!(told, expected);
    ids.windows(2).map(|pair| pair[1].1 - pair[0].1).collect()
}

#[tokio::test(start_paused = true)]
async fn a_stream_goes_on_after_its_connection_with_the_last_id() {
    let (mut stream, ids) = open(|before| match before {
        0 => events("id: 7\ndata: one\n\nid: 8\ndata: cut o"),
        1 => events("retry: 20000\ndata: two\n\n"),
        2 => events("id\ndata: three\n\n"),
        _ => StatusCode::NO_CONTENT.into_response(),
    })
    .await;
    for expected in ["one", "two", "three"] {
        assert_eq!(stream.next().await.unwrap().unwrap(), expected);
    }
    assert!(stream.next().await.is_none());
    let waits = waits(&ids, &[None, Some("7"), Some("7"), None]);
    let within = |wait: Duration, from: u64, to: u64| (from..=to).contains(&(wait.as_millis() as u64));
    assert!(within(waits[0], 500, 1000), "half of it is drawn: {waits:?}");
    assert!(
        waits[1..].iter().all(|wait| within(*wait, 20_000, 30_001)),
        "as long as was asked for: {waits:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn what_a_server_asks_for_has_limits() {
    let long = format!("id: {}\ndata: three\n\n", "7".repeat(5000));
    let long: &'static str = long.leak();
    let (mut stream, ids) = open(move |before| match before {
        0 => events("id: 1\nretry: 0\ndata: one\n\n"),
        1 => events("retry: 99999999999999\ndata: two\n\n"),
        2 => events(long),
        _ => StatusCode::NO_CONTENT.into_response(),
    })
    .await;
    for expected in ["one", "two", "three"] {
        assert_eq!(stream.next().await.unwrap().unwrap(), expected);
    }
    assert!(stream.next().await.is_none());
    let waits = waits(&ids, &[None, Some("1"), Some("1"), None]);
    assert!(waits[0] >= Duration::from_millis(100), "{waits:?}");
    assert!(
        waits[1..].iter().all(|wait| *wait <= Duration::from_secs(5400)),
        "an hour and a half: {waits:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_server_that_cannot_answer_yet_is_asked_when_it_says() {
    let (mut stream, ids) = open(|before| match before {
        0 => events("id: \u{e9}1\ndata: one\n\n"),
        1 => (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "120")]).into_response(),
        _ => events("data: two\n\n"),
    })
    .await;
    for expected in ["one", "two"] {
        assert_eq!(stream.next().await.unwrap().unwrap(), expected);
    }
    let waits = waits(&ids, &[None, Some("\u{e9}1"), Some("\u{e9}1")]);
    assert!(waits[1] >= Duration::from_secs(120), "{waits:?}");
}

static ASK: OperationInfo = OperationInfo::new("ask", Method::POST, "/api/ask")
    .responses(&[ResponseInfo::new(200, &["text/event-stream"])]);

/// How many events come of a call that is sent with this body, where each connection has one.
async fn told(policy: RetryPolicy, body: Upload) -> usize {
    let core: Core = in_process(|before, _| match before {
        0..3 => events("data: one\n\n"),
        _ => StatusCode::NO_CONTENT.into_response(),
    })
    .retry(policy)
    .build()
    .unwrap();
    let mut call = Call::new(&core, &ASK);
    call.upload("text/plain", body);
    EventStream::text(call.open().await.unwrap())
        .body
        .filter(|event| std::future::ready(event.is_ok()))
        .count()
        .await
}

#[tokio::test(start_paused = true)]
async fn what_must_not_be_carried_out_twice_ends_with_its_connection() {
    let once = || Upload::stream(stream::iter([Ok::<_, std::io::Error>("why?")]));
    let freely = || RetryPolicy::default().idempotent(|_| true);
    assert_eq!(told(RetryPolicy::default(), "why?".into()).await, 1);
    assert_eq!(told(freely(), "why?".into()).await, 3);
    assert_eq!(told(freely(), once()).await, 1, "there is no body for another one");
}

#[tokio::test(start_paused = true)]
async fn silence_is_a_broken_connection_and_a_comment_is_not_silence() {
    let (mut stream, _) = open(|before| match before {
        0 => silent("data: one\n\n"),
        1 => {
            let comments = stream::unfold(0, |n| async move {
                tokio::time::sleep(Duration::from_secs(50)).await;
                let text = if n < 10 { ": keepalive\n\n" } else { "data: two\n\n" };
                Some((Ok::<_, std::io::Error>(text), n + 1))
            });
            ([("content-type", "text/event-stream")], Body::from_stream(comments)).into_response()
        }
        _ => panic!("it was not silent"),
    })
    .await;
    assert_eq!(stream.next().await.unwrap().unwrap(), "one");
    assert_eq!(stream.next().await.unwrap().unwrap(), "two");
}

#[tokio::test(start_paused = true)]
async fn a_stream_without_any_event_ends_after_so_many_connections() {
    let (stream, ids) = open(|_| silent(": hello\n\n")).await;
    let mut stream = stream.reconnect(Reconnect::default().attempts(3));
    let error = stream.next().await.unwrap().unwrap_err();
    assert!(matches!(error, Error::Timeout { after: Some(after), .. } if after.as_secs() == 60), "{error}");
    assert_eq!(ids.lock().unwrap().len(), 4);
    assert!(stream.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_is_not_asked_for_again() {
    let (mut stream, ids) = open(|before| match before {
        0 => events("data: one\n\n"),
        1 => (StatusCode::BAD_GATEWAY, "a moment").into_response(),
        2 => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        3 => events("data: two\n\n"),
        _ => (StatusCode::NOT_FOUND, "it is gone").into_response(),
    })
    .await;
    assert_eq!(stream.next().await.unwrap().unwrap(), "one");
    assert_eq!(stream.next().await.unwrap().unwrap(), "two");
    let error = stream.next().await.unwrap().unwrap_err();
    assert!(error.is_not_found(), "{error}");
    assert!(stream.next().await.is_none());
    assert_eq!(ids.lock().unwrap().len(), 5);
}

#[tokio::test(start_paused = true)]
async fn what_is_no_event_stream_is_said() {
    let (mut stream, ids) = open(|_| ([("content-type", "application/json")], "[]").into_response()).await;
    let error = stream.next().await.unwrap().unwrap_err().to_string();
    assert!(error.ends_with("expected text/event-stream; found `application/json`"), "{error}");
    assert!(stream.next().await.is_none());
    assert_eq!(ids.lock().unwrap().len(), 1);
}
