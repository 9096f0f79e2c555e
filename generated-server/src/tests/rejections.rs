//! Every rejection, as a caller and as a layer around the router see it.

use super::*;
use crate::rejection::*;
use crate::{Rejection, not_found};

/// A request that is rejected: what it gets, and what a layer finds.
struct Case {
    status: StatusCode,
    request: Request<Body>,
    /// A header of the response, and its value.
    header: (&'static str, &'static str),
    text: &'static str,
}

fn case(
    status: StatusCode,
    request: Request<Body>,
    header: (&'static str, &'static str),
    text: &'static str,
) -> Case {
    Case { status, request, header, text }
}

fn cases() -> Vec<Case> {
    of_the_caller().into_iter().chain(of_the_request()).chain(of_the_body()).chain(of_the_server()).collect()
}

/// No header of its own.
const NONE: (&str, &str) = ("retry-after", "");
const JSON: (&str, &str) = ("content-type", "application/json");

/// A request with one header, which may be the one that says who asks.
fn with(name: &'static str, value: &'static str) -> Request<Body> {
    let mut request = get("/boom?fine");
    request.headers_mut().remove("cookie");
    request.headers_mut().insert(name, http::HeaderValue::from_static(value));
    request
}

fn of_the_caller() -> [Case; 5] {
    let challenge = ("www-authenticate", "Bearer");
    let thing = "/things/a449604d-3f10-58f4-95ff-a9385c2fad6a";
    [
        case(Unauthenticated::STATUS, with("x-a", "b"), challenge, "a token is needed"),
        case(Unauthenticated::STATUS, with("meshery-token", "eve"), challenge, "unknown token"),
        case(Forbidden::STATUS, request("PUT", thing, &[JSON], "{}"), NONE, "read only"),
        case(TooManyRequests::STATUS, with("meshery-token", "often"), ("retry-after", "2"), "slow down"),
        case(Unavailable::STATUS, with("meshery-token", "down"), ("retry-after", "1"), "no keys"),
    ]
}

fn of_the_request() -> [Case; 5] {
    let long = "x".repeat(300);
    [
        case(NotFound::STATUS, get("/nowhere"), NONE, "there is nothing here"),
        case(
            MethodNotAllowed::STATUS,
            request("DELETE", "/things", &[], Body::empty()),
            ("allow", "GET, HEAD, OPTIONS"),
            "allowed here: GET, HEAD, OPTIONS",
        ),
        case(
            NotAcceptable::STATUS,
            request("GET", "/boom?fine", &[("accept", "image/png")], Body::empty()),
            NONE,
            "available here: application/json",
        ),
        case(UpgradeRequired::STATUS, get("/socket"), ("upgrade", "websocket"), "this is a WebSocket"),
        case(
            HeadersTooLarge::STATUS,
            request("GET", "/public", &[("x-a", &long)], Body::empty()),
            NONE,
            "the request headers are limited to 256 bytes",
        ),
    ]
}

fn of_the_body() -> [Case; 3] {
    let never = Body::from_stream(stream::pending::<std::io::Result<bytes::Bytes>>());
    let closed = ("connection", "close");
    [
        case(
            BodyTimeout::STATUS,
            request("POST", "/many", &[JSON], never),
            closed,
            "the request body did not arrive in time",
        ),
        case(
            BodyTooLarge::STATUS,
            request("POST", "/many", &[JSON], r#"{"a": "too long"}"#),
            closed,
            "the request body is limited to 16 bytes",
        ),
        case(
            UnsupportedMediaType::STATUS,
            request("POST", "/many", &[("content-type", "image/png")], "x"),
            ("accept", "application/json, text/plain"),
            "accepted here: application/json, text/plain",
        ),
    ]
}

fn of_the_server() -> [Case; 6] {
    [
        case(Internal::STATUS, get("/boom"), NONE, "Internal Server Error"),
        case(NotImplemented::STATUS, get("/events"), NONE, "getEvents is not implemented here"),
        case(NotImplemented::STATUS, get("/boom?unsupported"), NONE, "there is no cellar in this house"),
        case(NotImplemented::STATUS, get("/boom?none"), NONE, "Not Implemented"),
        case(BadGateway::STATUS, get("/boom?fail"), NONE, "Bad Gateway"),
        case(TimedOut::STATUS, get("/boom?sleep"), NONE, "no answer in time"),
    ]
}

/// May not write.
struct ReadOnly;

impl crate::Authorize<&'static str> for ReadOnly {
    async fn authorize(&self, _: &&'static str, asked: Asked<'_>) -> Result<(), Denied> {
        let allowed = asked.operation.method != http::Method::PUT;
        allowed.then_some(()).ok_or_else(|| Denied::forbidden("read only"))
    }
}

fn router() -> Router {
    let limits = Limits { json: 16, headers: 256, time: Duration::from_millis(50), ..Limits::default() };
    let api = Api::new(Door).authorizer(ReadOnly).things(Mirror).limits(limits.clone());
    // The odd bodies are implemented in a router of their own, so that one group here is not.
    let odd = Api::new(Door).odd_bodies(Mirror).limits(limits).into_router().fallback(not_found);
    let odd = move |request: Request<Body>| odd.clone().oneshot(request);
    api.into_router().fallback(not_found).layer(axum::middleware::from_fn(
        move |request: Request<Body>, next: axum::middleware::Next| {
            let odd = odd.clone();
            async move {
                let to_odd = request.method() == http::Method::POST || request.uri().path() == "/socket";
                if to_odd { odd(request).await.expect("never fails") } else { next.run(request).await }
            }
        },
    ))
}

#[tokio::test(start_paused = true)]
async fn every_rejection_has_its_status_header_text_and_type() {
    let router = router();
    let mut seen = std::collections::BTreeSet::new();
    for case in cases() {
        let Case { status, request, header: (name, value), text } = case;
        let asked = format!("{} {}", request.method(), request.uri());
        let response = router.clone().oneshot(request).await.expect("never fails");
        assert_eq!(response.status(), status, "{asked}");
        assert_eq!(header(response.headers(), name), value, "{asked}");
        assert_eq!(response.headers()["content-type"], "text/plain; charset=utf-8", "{asked}");
        assert_eq!(response.headers()["vary"], "Accept", "{asked}");
        let rejection = response.extensions().get::<Rejection>().expect("a layer finds it").clone();
        assert_eq!((rejection.status(), rejection.to_string().as_str()), (status, text), "{asked}");
        let body = response.into_body().collect().await.expect("a body").to_bytes();
        assert_eq!(body, text, "{asked}");
        seen.insert(status.as_u16());
    }
    let all = [401, 403, 404, 405, 406, 408, 413, 415, 426, 429, 431, 500, 501, 502, 503, 504];
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), all);
}

#[tokio::test(start_paused = true)]
async fn who_asks_for_json_by_name_gets_the_error_object() {
    let router = router();
    for case in cases().into_iter().filter(|case| case.status != NotAcceptable::STATUS) {
        let Case { status, mut request, text, .. } = case;
        // Of a WebSocket and of bytes nothing is refused for what is accepted.
        request.headers_mut().insert("accept", http::HeaderValue::from_static("application/json, */*"));
        let (found, headers, body) = send(&router, request).await;
        assert_eq!(found, status, "{text}");
        assert_eq!(headers["content-type"], "application/json");
        assert_eq!(serde_json::from_str::<Value>(&body).expect("JSON"), json!({ "error": text }));
    }
}

#[tokio::test]
async fn a_broken_contract_is_a_problem_with_its_type_too() {
    let response = server().oneshot(get("/things?page=x")).await.expect("never fails");
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let Some(Rejection::BadRequest(BadRequest(problem))) = response.extensions().get() else {
        panic!("it is a BadRequest");
    };
    assert_eq!(problem.violations.len(), 2);
    assert_eq!(BadRequest::STATUS, response.status());
}

#[tokio::test]
async fn a_router_can_be_merged_into_one_that_has_a_fallback() {
    let own = Router::new().fallback(|| async { "own" });
    assert_eq!(send(&own.merge(server()), get("/nowhere")).await.2, "own");
}
