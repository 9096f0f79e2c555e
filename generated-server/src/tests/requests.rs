//! What is asked of a request before a handler sees it: the head.

use super::*;

#[tokio::test]
async fn parameters_arrive_typed() {
    let uri = "/things?type=t&page=3&pagesize=7&kind=a&kind=b&extra=x\
               &ids=a449604d-3f10-58f4-95ff-a9385c2fad6a,00000000-0000-0000-0000-000000000000";
    let headers = [("x-trace", "abcd"), ("cookie", "theme=dark")];
    let (status, _, body) = send(&server(), request("GET", uri, &headers, Body::empty())).await;
    assert_eq!(status, 200, "{body}");
    for seen in [
        "Ann",
        "page: Some(3)",
        "page_size: Some(7)",
        r#"kind: [\"a\", \"b\"]"#,
        "a449604d-3f10-58f4-95ff-a9385c2fad6a",
        r#"x_trace: Some(\"abcd\")"#,
        r#"theme: Some(\"dark\")"#,
    ] {
        assert!(body.contains(seen), "{seen} is not in {body}");
    }
}

#[tokio::test]
async fn all_violations_are_told_at_once_and_no_value_with_them() {
    let uri = "/things?page=-1&pageSize=secret&kind=a&kind=toolong&kind=c&ids=secret";
    let (status, headers, body) =
        send(&server(), request("GET", uri, &[("x-trace", "secret")], Body::empty())).await;
    assert_eq!(status, 400);
    assert_eq!(headers["content-type"], "application/problem+json");
    let mut expected = vec![
        "query page minimum 0",
        "query pageSize type integer",
        "query kind /1 maxLength 5",
        "query kind maxItems 2",
        "query ids /0 format uuid",
        "query type required",
        "header X-Trace maxLength 4",
    ];
    let mut found = violations(&body);
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
    assert!(!body.contains("secret") && !body.contains("toolong"), "{body}");
}

#[tokio::test]
async fn parameters_and_body_are_judged_together() {
    let json = [("content-type", "application/json")];
    let body = r#"{"a": "long", "b": 1}"#;
    let (status, _, body) = send(&server(), request("PUT", "/things/x?dry=maybe", &json, body)).await;
    assert_eq!(status, 400);
    let expected =
        ["path thingId format uuid", "query dry type boolean", "body /a maxLength 3", "body /b type string"];
    assert_eq!(violations(&body), expected);
}

#[tokio::test]
async fn a_scalar_that_is_repeated_is_a_violation() {
    let (status, _, body) = send(&server(), get("/things?type=a&type=b&page=%ff")).await;
    assert_eq!(status, 400);
    assert_eq!(violations(&body), ["query page type string", "query type maxItems 1"]);
}

#[tokio::test]
async fn who_does_not_accept_json_reads_text() {
    let text = [("accept", "text/plain, application/wasm")];
    let (status, headers, body) = send(&server(), request("PUT", "/raw", &text, Body::empty())).await;
    assert_eq!(status, 400);
    assert_eq!(headers["content-type"], "text/plain; charset=utf-8");
    assert_eq!(body, "1 violation of the contract\nbody: required");
}

#[tokio::test]
async fn who_takes_json_but_no_problem_gets_it_under_the_other_name() {
    let mut answers = Vec::new();
    for accept in ["application/json", "application/json, application/problem+json;q=0"] {
        let asked = request("GET", "/things?page=-1", &[("accept", accept)], Body::empty());
        let (status, headers, body) = send(&server(), asked).await;
        answers.push((status.as_u16(), header(&headers, "content-type").to_owned(), body));
    }
    assert_eq!(answers[0].1, "application/problem+json");
    assert_eq!(answers[1], (400, "application/json".to_owned(), answers[0].2.clone()));
}

#[tokio::test]
async fn what_is_not_accepted_cannot_be_sent() {
    let image = [("accept", "image/png")];
    let (status, _, body) = send(&server(), request("GET", "/boom?fine", &image, Body::empty())).await;
    assert_eq!((status.as_u16(), body.as_str()), (406, "available here: application/json"));
    for fine in ["application/json", "*/*", "text/html, application/*;q=0.1"] {
        let accept = [("accept", fine)];
        assert_eq!(send(&server(), request("GET", "/boom?fine", &accept, Body::empty())).await.0, 200);
    }
}

#[tokio::test]
async fn other_paths_are_404_and_other_methods_405() {
    let router = server();
    assert_eq!(send(&router, get("/nowhere")).await.0, 404);
    assert_eq!(send(&router, get("/things/")).await.0, 404);
    let (status, headers, _) = send(&router, request("DELETE", "/things", &[], Body::empty())).await;
    assert_eq!((status.as_u16(), header(&headers, "allow")), (405, "GET, HEAD, OPTIONS"));
}

#[tokio::test]
async fn head_is_get_without_the_body() {
    let (status, headers, body) = send(&server(), request("HEAD", "/public", &[], Body::empty())).await;
    assert_eq!((status.as_u16(), header(&headers, "content-length"), body.as_str()), (200, "3", ""));
}

#[tokio::test]
async fn headers_have_a_limit() {
    let long = "x".repeat(300);
    let (status, _, _) = send(&narrow(), request("GET", "/public", &[("x-a", &long)], Body::empty())).await;
    assert_eq!(status, 431);
}

#[tokio::test]
async fn requests_at_once_have_a_limit() {
    let limits = Limits { concurrent: 1, ..Limits::default() };
    let router = Api::new(Door).things(Mirror).limits(limits).into_router();
    let slow = tokio::spawn(router.clone().oneshot(get("/boom?sleep")));
    tokio::time::sleep(Duration::from_millis(20)).await;
    let (status, headers, _) = send(&router, get("/boom?fine")).await;
    assert_eq!((status.as_u16(), header(&headers, "retry-after")), (503, "1"));
    slow.abort();
    let _ = slow.await;
    assert_eq!(send(&router, get("/boom?fine")).await.0, 200);
}

#[tokio::test]
async fn as_many_violations_are_told_as_the_limit_says() {
    let limits = Limits { violations: 2, ..Limits::default() };
    let router = Api::new(Door).things(Mirror).limits(limits).into_router();
    let body = r#"{"a": "long", "b": 1, "c": "long"}"#;
    let json = [("content-type", "application/json")];
    let (status, _, body) = send(&router, request("PUT", "/things/x?dry=maybe", &json, body)).await;
    assert_eq!((status.as_u16(), violations(&body).len()), (400, 2));
    assert!(body.contains(r#""more than 2 violations of the contract""#), "{body}");
    let (_, _, body) = send(&router, request("PUT", "/things/x?dry=maybe", &json, "{}")).await;
    assert!(body.contains(r#""2 violations of the contract""#), "{body}");
    // None of those in the path, but more in the body than are kept there.
    let body = r#"{"a": "long", "b": 1, "c": "long"}"#;
    let uri = "/things/a449604d-3f10-58f4-95ff-a9385c2fad6a";
    let (_, _, body) = send(&router, request("PUT", uri, &json, body)).await;
    assert!(body.contains(r#""more than 2 violations of the contract""#), "{body}");
}

#[tokio::test]
async fn depth_has_a_limit() {
    let json = [("content-type", "application/json")];
    let nested = |levels: usize| format!(r#"{{"a":{}{}}}"#, "[".repeat(levels), "]".repeat(levels));
    let (status, _, body) = send(&server(), request("POST", "/many", &json, nested(100_000))).await;
    assert_eq!(status, 400);
    assert!(body.contains("nested too deeply"), "{body}");
    assert_eq!(send(&server(), request("POST", "/many", &json, nested(126))).await.0, 200);
    assert_eq!(send(&server(), request("POST", "/many", &json, nested(127))).await.0, 400);
    // What is passed over may nest as it likes.
    let uri = "/things/a449604d-3f10-58f4-95ff-a9385c2fad6a";
    let (_, _, body) = send(&server(), request("PUT", uri, &json, nested(100_000))).await;
    assert_eq!(violations(&body), ["body /a type string"]);
}

#[tokio::test]
async fn an_answer_does_not_grow_with_the_names_in_a_request() {
    let json = [("content-type", "application/json")];
    let name = "n".repeat(100_000);
    let body = format!(r#"{{"{name}": "long"}}"#);
    let uri = "/things/a449604d-3f10-58f4-95ff-a9385c2fad6a";
    let (status, _, body) = send(&server(), request("PUT", uri, &json, body)).await;
    assert_eq!(status, 400);
    assert!(body.len() < 2048 && body.contains("maxLength"), "{}", body.len());
}
