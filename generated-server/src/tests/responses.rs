//! What comes back.

use super::*;

#[tokio::test]
async fn a_documented_error_is_text_or_the_error_object() {
    let router = server();
    let (status, headers, body) = send(&router, get("/things?type=bad")).await;
    assert_eq!((status.as_u16(), body.as_str()), (400, "no such type"));
    assert_eq!(headers["content-type"], "text/plain; charset=utf-8");
    assert_eq!(headers["vary"], "Accept");
    let json = [("accept", "application/json, */*")];
    let (status, headers, body) =
        send(&router, request("GET", "/things?type=bad", &json, Body::empty())).await;
    assert_eq!((status.as_u16(), body.as_str()), (400, r#"{"error":"no such type"}"#));
    assert_eq!(headers["content-type"], "application/json");
    let (_, headers, _) = send(&router, get("/things?type=good")).await;
    assert!(!headers.contains_key("vary"));
}

#[test]
fn what_else_a_response_varies_by_is_kept() {
    let by_origin = http::HeaderValue::from_static("Origin");
    let mut reply = crate::reply::Reply::error(404, "gone".into());
    reply.headers_mut().insert(http::header::VARY, by_origin);
    let plain = reply.into_plain(&crate::request::Accept::Anything);
    let varies: Vec<_> = plain.headers.get_all("vary").iter().collect();
    assert_eq!(varies, ["Origin", "Accept"]);
}

#[tokio::test]
async fn headers_of_a_response_are_fields() {
    let json = [("content-type", "application/json")];
    let uri = "/things/a449604d-3f10-58f4-95ff-a9385c2fad6a";
    let (status, headers, body) = send(&server(), request("PUT", uri, &json, r#"{"a":"b"}"#)).await;
    assert_eq!((status.as_u16(), body.as_str()), (200, r#"{"a":"b"}"#));
    assert_eq!(headers["etag"], "a449604d-3f10-58f4-95ff-a9385c2fad6a");
    assert_eq!(headers["x-count"], "1");
    let (status, headers, body) =
        send(&server(), request("PUT", &format!("{uri}?dry=true"), &json, "{}")).await;
    assert_eq!((status.as_u16(), body.as_str()), (204, ""));
    assert!(!headers.contains_key("content-type"));
}

#[tokio::test]
async fn failures_and_panics_say_nothing() {
    let router = server();
    let (status, _, body) = send(&router, get("/boom?fail")).await;
    assert_eq!((status.as_u16(), body.as_str()), (502, "Bad Gateway"));
    let (status, _, body) = send(&router, get("/boom")).await;
    assert_eq!((status.as_u16(), body.as_str()), (500, "Internal Server Error"));
    assert_eq!(send(&router, get("/boom?fine")).await.0, 200);
}

#[tokio::test]
async fn a_handler_has_a_time_limit() {
    let (status, headers, _) = send(&narrow(), get("/boom?sleep")).await;
    assert_eq!((status.as_u16(), header(&headers, "retry-after")), (504, ""));
}

#[tokio::test]
async fn events_are_written_as_they_come() {
    let (status, headers, body) = send(&server(), get("/events")).await;
    assert_eq!((status.as_u16(), body.as_str()), (200, "data: one\n\ndata: two\ndata: lines\n\n"));
    assert_eq!(headers["content-type"], "text/event-stream");
    assert_eq!(headers["cache-control"], "no-cache");
}

#[tokio::test]
async fn the_router_is_an_ordinary_one() {
    let router = Router::new().nest("/inner", server()).route("/own", axum::routing::get(|| async { "own" }));
    assert_eq!(send(&router, get("/own")).await.2, "own");
    let (status, _, body) = send(&router, get("/inner/things/x/y")).await;
    assert_eq!(status, 404, "{body}");
    let json = [("content-type", "application/json")];
    let uri = "/inner/things/a449604d-3f10-58f4-95ff-a9385c2fad6a";
    assert_eq!(send(&router, request("PUT", uri, &json, "{}")).await.0, 200);
}

#[test]
fn what_may_say_nothing_has_a_default() {
    assert_eq!(GetThingsHeaders::default(), GetThingsHeaders { x_trace: None });
    assert_eq!(GetThingsCookies::default(), GetThingsCookies { theme: None });
    assert_eq!(Denied::forbidden("not you").to_string(), "not you");
    assert_eq!(crate::RequestPart::Cookie.to_string(), "cookie");
}
