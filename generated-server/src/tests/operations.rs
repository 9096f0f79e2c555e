//! What operators need of every operation: ids, metrics, `HEAD`, `OPTIONS`, other origins.

use super::*;
use crate::transport::{Page, pages};
use crate::{Answered, Observe, OperationInfo, cors};
use std::sync::{Arc, Mutex};

#[tokio::test]
async fn a_request_id_is_taken_over_or_made_and_always_sent_back() {
    let given = request("GET", "/boom?fine", &[("x-request-id", "abc-1")], Body::empty());
    let (_, headers, _) = send(&server(), given).await;
    assert_eq!(header(&headers, "x-request-id"), "abc-1");
    for uri in ["/boom?fine", "/boom?fail", "/boom", "/things"] {
        let (_, headers, _) = send(&server(), get(uri)).await;
        assert_eq!(header(&headers, "x-request-id").len(), 32, "{uri}");
    }
    let (status, headers, _) = send(&server(), request("DELETE", "/boom", &[], Body::empty())).await;
    assert_eq!((status.as_u16(), header(&headers, "x-request-id").len()), (405, 32));
    let nowhere = request("GET", "/nowhere", &[("x-request-id", "abc-1")], Body::empty());
    let (status, headers, _) = send(&server().fallback(crate::not_found), nowhere).await;
    assert_eq!((status.as_u16(), header(&headers, "x-request-id")), (404, "abc-1"));
    let pages = pages(vec![Page::new("/page", "text/plain", "text")]);
    let given = request("GET", "/page", &[("x-request-id", "abc-2")], Body::empty());
    let (status, headers, _) = send(&pages, given).await;
    assert_eq!((status.as_u16(), header(&headers, "x-request-id")), (200, "abc-2"));
}

#[test]
fn a_handler_finds_the_request_id_in_its_context() {
    let context = |request: Request<Body>| {
        Context::new("Ann", crate::PRODUCTS[0].operations[0], request.into_parts().0)
    };
    assert_eq!(context(get("/")).request_id().as_str().len(), 32);
    let given = request("GET", "/", &[("x-request-id", "abc-1")], Body::empty());
    assert_eq!(context(given).map(|_| "Bob").request_id().as_str(), "abc-1");
}

/// Takes down what it hears.
#[derive(Clone, Default)]
struct Diary(Arc<Mutex<Vec<String>>>);

impl Observe for Diary {
    fn begun(&self, operation: &'static OperationInfo) {
        self.0.lock().unwrap().push(format!("{} begun", operation.id));
    }

    fn answered(&self, answered: &Answered) {
        let status = answered.status.map(|status| status.as_u16());
        self.0.lock().unwrap().push(format!("{} {status:?}", answered.operation.id));
    }
}

#[tokio::test(start_paused = true)]
async fn an_observer_hears_of_every_end_also_of_callers_that_go_away() {
    let diary = Diary::default();
    let router = Api::new(Door).things(Mirror).observe(diary.clone()).into_router();
    for uri in ["/boom?fine", "/boom?fail", "/boom", "/socket"] {
        send(&router, get(uri)).await;
    }
    let slow = router.clone().oneshot(get("/boom?sleep"));
    assert!(tokio::time::timeout(Duration::from_secs(1), slow).await.is_err());
    let heard = diary.0.lock().unwrap().join(", ");
    assert_eq!(
        heard,
        "getBoom begun, getBoom Some(200), getBoom begun, getBoom Some(502), getBoom begun, \
         getBoom Some(500), getSocket begun, getSocket Some(501), getBoom begun, getBoom None"
    );
}

#[tokio::test]
async fn options_says_what_is_allowed_and_asks_nobody_who_he_is() {
    let anonymous = |method: &str, uri: &str| {
        Request::builder().method(method).uri(uri).body(Body::empty()).expect("a request")
    };
    let (status, headers, body) = send(&server(), anonymous("OPTIONS", "/boom")).await;
    assert_eq!((status.as_u16(), header(&headers, "allow")), (204, "GET, HEAD, OPTIONS"));
    assert_eq!(body, "");
    let (status, headers, body) = send(&server(), anonymous("HEAD", "/public")).await;
    assert_eq!((status.as_u16(), header(&headers, "content-length"), body.as_str()), (200, "6", ""));
    assert_eq!(send(&server(), anonymous("HEAD", "/boom")).await.0, 401);
}

#[tokio::test]
async fn pages_of_named_origins_may_call_and_others_may_not() {
    let router = server().layer(cors(["https://ui.test", "*"]));
    let preflight = |origin: &str| {
        let headers = [
            ("origin", origin),
            ("access-control-request-method", "PUT"),
            ("access-control-request-headers", "content-type"),
        ];
        request("OPTIONS", "/boom", &headers, Body::empty())
    };
    let (status, headers, _) = send(&router, preflight("https://ui.test")).await;
    assert_eq!(status, 200);
    assert_eq!(header(&headers, "access-control-allow-origin"), "https://ui.test");
    assert_eq!(header(&headers, "access-control-allow-credentials"), "true");
    assert!(header(&headers, "access-control-allow-headers").contains("authorization"));
    let (_, headers, _) = send(&router, preflight("https://evil.test")).await;
    assert_eq!(header(&headers, "access-control-allow-origin"), "");
    let asked = request("GET", "/boom?fine", &[("origin", "https://ui.test")], Body::empty());
    let (_, headers, _) = send(&router, asked).await;
    assert_eq!(header(&headers, "access-control-allow-origin"), "https://ui.test");
    assert!(header(&headers, "access-control-expose-headers").contains("x-request-id"));
}

/// Takes down what spans say of themselves, and what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

/// Two subscribers, of which one hears nothing. As long as there is one only, a thread that reaches a
/// place in the code first, as those of other tests do, decides by its own subscriber, which is none, that
/// the place is of no interest to anybody.
fn listening(log: &Log) -> [tracing::Dispatch; 2] {
    [tracing::Dispatch::new(Deaf), tracing::Dispatch::new(log.clone())]
}

struct Deaf;

impl tracing::Subscriber for Deaf {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        false
    }
    /// Until there is the other, nobody asks at all.
    fn max_level_hint(&self) -> Option<tracing::level_filters::LevelFilter> {
        Some(tracing::level_filters::LevelFilter::OFF)
    }
    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }
    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn event(&self, _: &tracing::Event<'_>) {}
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}

impl Log {
    fn visit(&self, first: String, fields: impl FnOnce(&mut dyn tracing::field::Visit)) {
        struct Fields(String);
        impl tracing::field::Visit for Fields {
            fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
                self.0 += &format!(" {field}={value:?}");
            }
        }
        let mut line = Fields(first);
        fields(&mut line);
        *self.0.lock().unwrap() += &(line.0 + "\n");
    }
}

impl tracing::Subscriber for Log {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target().starts_with("meshery_server")
    }

    fn new_span(&self, span: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        self.visit(span.metadata().name().to_owned(), |visit| span.record(visit));
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, values: &tracing::span::Record<'_>) {
        self.visit("then".to_owned(), |visit| values.record(visit));
    }

    fn event(&self, event: &tracing::Event<'_>) {
        self.visit(event.metadata().level().to_string(), |visit| event.record(visit));
    }

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}

#[tokio::test]
async fn a_request_has_a_span_and_its_failure_is_logged_with_the_operation() {
    let log = Log::default();
    let subscribers = listening(&log);
    let _held = tracing::dispatcher::set_default(&subscribers[1]);
    let given = request("GET", "/boom?fail", &[("x-request-id", "abc-1")], Body::empty());
    send(&server(), given).await;
    let said = log.0.lock().unwrap().clone();
    let expected = "operation id=\"getBoom\" method=\"GET\" request=\"abc-1\"\n\
                    ERROR message=the secret of the house operation=\"getBoom\" status=502\n\
                    then status=502\n";
    assert_eq!(said, expected);
    assert!(!said.contains("ann"), "the token is in the log");
}

#[tokio::test]
async fn what_a_handler_makes_of_a_body_that_broke_off_is_logged() {
    let log = Log::default();
    let subscribers = listening(&log);
    let _held = tracing::dispatcher::set_default(&subscribers[1]);
    let bytes = [("content-type", "application/octet-stream"), ("x-request-id", "abc-1")];
    let broken =
        stream::iter([Err::<bytes::Bytes, _>(std::io::Error::from(std::io::ErrorKind::ConnectionReset))]);
    send(&server(), request("PUT", "/raw", &bytes, Body::from_stream(broken))).await;
    let said = log.0.lock().unwrap().clone();
    let expected = "operation id=\"putRaw\" method=\"PUT\" request=\"abc-1\"\n\
                    WARN message=unexpected error: the request body cannot be read operation=\"putRaw\" status=400\n\
                    then status=400\n";
    assert_eq!(said, expected);
}
