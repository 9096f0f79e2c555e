//! What can be put around a call, and in place of the network.

use super::{SECRET, in_process, sending, thing};
use crate::client::Core;
use crate::response::Download;
use crate::{
    AttemptRequest, AttemptResponse, CallReport, ClientBuilder, Error, Metrics, Middleware, MiddlewareFuture,
    Upload,
};
use axum::body::Body;
use axum::extract::Request;
use axum::response::IntoResponse;
use bytes::Bytes;
use futures_util::StreamExt;
use http::StatusCode;
use std::error::Error as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[tokio::test]
async fn a_service_sees_what_a_server_would() {
    let core = in_process(|_, request: Request| {
        let headers = request.headers();
        assert_eq!(request.uri(), "/base/api/things/1/parts/a?search=x%20y");
        assert_eq!(headers["host"], "in-process");
        assert_eq!(headers["authorization"], format!("Bearer {SECRET}"));
        assert_eq!(headers["cookie"], format!("meshery-provider=Meshery; token={SECRET}"));
        "[\"a\",\"b\"]".into_response()
    });
    let core = core.build().unwrap();
    let mut call = thing(&core);
    call.query("search", "x y".into());
    let names = call.execute().await.unwrap().json::<Vec<String>>().unwrap();
    assert_eq!((names.status, names.body), (StatusCode::OK, vec!["a".to_owned(), "b".to_owned()]));
}

#[tokio::test]
async fn bodies_are_streamed_through_a_service_both_ways() {
    // Each chunk is asked for only after the one before has come back.
    let echo = axum::Router::new().fallback(|request: Request| async { request.into_body() });
    let core = ClientBuilder::<Core>::new("http://in-process").unwrap().transport(echo).build().unwrap();
    let (to_server, chunks) = tokio::sync::mpsc::channel::<Result<Bytes, std::io::Error>>(1);
    let chunks =
        futures_util::stream::unfold(chunks, |mut chunks| async { Some((chunks.recv().await?, chunks)) });
    let mut call = thing(&core);
    call.upload("application/octet-stream", Upload::stream(chunks));
    let mut back = Download::response(call.open().await.unwrap()).body;
    for chunk in ["one", "two", "three"] {
        to_server.send(Ok(chunk.into())).await.unwrap();
        assert_eq!(back.chunk().await.unwrap().unwrap(), chunk);
    }
    drop(to_server);
    assert_eq!(back.chunk().await.unwrap(), None);
}

#[tokio::test]
async fn a_service_that_fails_is_a_failed_exchange() {
    let broken = axum::Router::new().fallback(|| async {
        let chunks = [Ok("one"), Err(std::io::Error::other("cut"))];
        Body::from_stream(futures_util::stream::iter(chunks))
    });
    let core = ClientBuilder::<Core>::new("http://in-process").unwrap().transport(broken);
    let core = core.retry(crate::RetryPolicy::never()).build().unwrap();
    let error = thing(&core).execute().await.err().unwrap();
    assert!(matches!(error, Error::Transport { .. }), "{error}");
    let error = thing(&core).upgrade().await.err().unwrap();
    assert!(error.source().unwrap().to_string().contains("serve it on a socket"), "{error:?}");
}

/// Writes down what it sees.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>, &'static str);

impl Log {
    fn add(&self, line: String) {
        self.0.lock().unwrap().push(format!("{}{line}", self.1));
    }
}

impl Middleware for Log {
    fn before<'a>(
        &'a self,
        request: AttemptRequest<'a>,
    ) -> MiddlewareFuture<'a, Result<(), Box<dyn std::error::Error + Send + Sync>>> {
        Box::pin(async move {
            self.add(format!("before {} {} {}", request.attempt, request.operation.id, request.url.path()));
            assert!(!format!("{request:?}").contains(SECRET), "{request:?}");
            request.headers.insert("x-trace", "7".parse()?);
            if self.1 == "no" { Err("not today".into()) } else { Ok(()) }
        })
    }

    fn after<'a>(&'a self, response: AttemptResponse<'a>) -> MiddlewareFuture<'a, ()> {
        let how = match response.result {
            Ok((status, _)) => status.to_string(),
            Err(error) => error.to_string(),
        };
        assert!(!format!("{response:?}").contains(SECRET), "{response:?}");
        self.add(format!("after {} {how}", response.attempt));
        Box::pin(std::future::ready(()))
    }
}

impl Metrics for Log {
    fn call(&self, report: &CallReport<'_>) {
        let CallReport { operation, status, error, attempts, .. } = report;
        self.add(format!("{} {status:?} {} {attempts}", operation.id, error.is_some()));
    }
}

#[tokio::test(start_paused = true)]
async fn middleware_sees_every_attempt_and_metrics_every_call() {
    let (log, metrics) = (Log::default(), Log::default());
    let inner = Log(Arc::clone(&log.0), "  ");
    let core = in_process(|before, request| {
        assert_eq!(request.headers()["x-trace"], "7");
        let status = if before == 0 { StatusCode::BAD_GATEWAY } else { StatusCode::NO_CONTENT };
        (status, [("set-cookie", format!("token={SECRET}")), ("x-echo", SECRET.to_owned())]).into_response()
    });
    let core = core.middleware(log.clone()).middleware(inner).metrics(metrics.clone()).build().unwrap();
    thing(&core).execute().await.unwrap();
    let expected = [
        "before 1 getThing /base/api/things/1/parts/a",
        "  before 1 getThing /base/api/things/1/parts/a",
        "  after 1 502 Bad Gateway",
        "after 1 502 Bad Gateway",
        "before 2 getThing /base/api/things/1/parts/a",
        "  before 2 getThing /base/api/things/1/parts/a",
        "  after 2 204 No Content",
        "after 2 204 No Content",
    ];
    assert_eq!(*log.0.lock().unwrap(), expected);
    assert_eq!(*metrics.0.lock().unwrap(), ["getThing Some(204) false 2"]);
    assert!(super::trace::seen().contains("attempts=2"));
}

#[tokio::test]
async fn middleware_can_refuse_and_then_nothing_is_sent() {
    let metrics = Log::default();
    let core = in_process(|_, _| panic!("it was sent")).middleware(Log(Arc::default(), "no"));
    let core = core.metrics(metrics.clone()).build().unwrap();
    let error = sending(&core).execute().await.err().unwrap();
    assert_eq!(error.to_string(), "sendThing: a middleware has refused to send it");
    assert_eq!(error.source().unwrap().to_string(), "not today");
    assert_eq!(*metrics.0.lock().unwrap(), ["sendThing None true 1"]);
}

#[tokio::test]
async fn middleware_is_told_of_an_attempt_that_took_too_long() {
    let log = Log::default();
    let never = axum::Router::new().fallback(std::future::pending::<StatusCode>);
    let core = ClientBuilder::<Core>::new("http://in-process").unwrap().transport(never);
    let core = core.timeout(Duration::from_millis(20)).middleware(log.clone()).build().unwrap();
    assert!(thing(&core).execute().await.err().unwrap().is_timeout());
    let seen = log.0.lock().unwrap();
    assert_eq!(seen[1..], ["after 1 getThing: no answer within 20ms"]);
}

#[test]
fn what_is_public_can_go_to_other_threads() {
    fn shared<T: Send + Sync + Clone>() {}
    fn sent<T: Send>(_: &T) {}
    fn error<T: std::error::Error + Send + Sync + 'static>() {}
    shared::<Core>();
    shared::<crate::Token>();
    shared::<crate::RetryPolicy>();
    error::<Error>();
    error::<crate::MesheryError>();
    let core = in_process(|_, _| StatusCode::NO_CONTENT.into_response()).build().unwrap();
    let call = thing(&core);
    sent(&call);
    assert_eq!(format!("{call:?}"), "Call(getThing)");
    sent(&call.execute());
    sent(&Download::response);
    fn stream<T: Send + Unpin + futures_util::Stream>() {}
    stream::<crate::EventStream<String>>();
    stream::<crate::WebSocket>();
    stream::<crate::Console>();
}

#[tokio::test]
async fn a_stream_of_a_service_can_be_read_as_one() {
    let chunks =
        || Body::from_stream(futures_util::stream::iter([Ok::<_, std::io::Error>("one"), Ok("two")]));
    let core = in_process(move |_, _| chunks().into_response()).build().unwrap();
    let download = Download::response(thing(&core).open().await.unwrap()).body;
    let all: Vec<Bytes> = download.into_stream().map(Result::unwrap).collect().await;
    assert_eq!(all.concat(), b"onetwo");
}
