//! Request bodies of each kind.

use super::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

const JSON: (&str, &str) = ("content-type", "application/json");
const THING: &str = "/things/a449604d-3f10-58f4-95ff-a9385c2fad6a";

#[tokio::test]
async fn a_missing_body_is_a_violation_where_one_is_needed() {
    let (status, _, body) = send(&server(), request("PUT", THING, &[], Body::empty())).await;
    assert_eq!((status.as_u16(), violations(&body)), (400, vec!["body  required".to_owned()]));
    let (status, _, body) = send(&server(), request("POST", "/many", &[], Body::empty())).await;
    assert_eq!((status.as_u16(), body.as_str()), (200, "nothing"));
}

#[tokio::test]
async fn what_is_not_json_is_told_by_its_place() {
    let (status, _, body) = send(&server(), request("PUT", THING, &[JSON], "{\n  secret")).await;
    assert_eq!(status, 400);
    assert!(body.contains("the body is not JSON, or nested too deeply, at line 2, column 3"), "{body}");
    assert!(!body.contains("secret"));
}

#[tokio::test]
async fn another_media_type_is_415_with_what_is_taken() {
    for headers in [vec![("content-type", "text/plain")], vec![("origin", "http://evil.test")]] {
        let (status, headers, body) = send(&server(), request("PUT", THING, &headers, "{}")).await;
        assert_eq!((status.as_u16(), body.as_str()), (415, "accepted here: application/json"));
        assert_eq!(headers["accept"], "application/json");
    }
}

#[tokio::test]
async fn a_body_by_its_media_type() {
    let (_, headers, body) = send(&server(), request("POST", "/many", &[JSON], r#"{"a":1}"#)).await;
    assert_eq!((header(&headers, "content-type"), body.as_str()), ("application/json", r#"{"a":1}"#));
    let text = ("content-type", "text/plain; charset=UTF-8");
    let (_, headers, body) = send(&server(), request("POST", "/many", &[text], "words")).await;
    assert_eq!((header(&headers, "content-type"), body.as_str()), ("text/plain", "words"));
    let (status, _, _) = send(&server(), request("POST", "/many", &[text], vec![0xff])).await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn bytes_go_in_and_out() {
    let bytes = ("content-type", "application/octet-stream");
    let (status, headers, body) = send(&server(), request("PUT", "/raw", &[bytes], "a\0b")).await;
    assert_eq!((status.as_u16(), body.as_str()), (200, "a\0b"));
    assert_eq!(headers["content-type"], "application/wasm");
    let (status, _, body) = send(&server(), request("PUT", "/raw", &[bytes], Body::empty())).await;
    assert_eq!((status.as_u16(), body.as_str()), (200, ""));
}

#[tokio::test]
async fn members_of_a_form_are_parameters() {
    let form = ("content-type", "application/x-www-form-urlencoded");
    let (status, _, _) = send(&server(), request("POST", "/form", &[form], "name=a+b&count=2")).await;
    assert_eq!(status, 204);
    let (status, _, body) = send(&server(), request("POST", "/form", &[form], "count=0")).await;
    assert_eq!(status, 400);
    assert_eq!(violations(&body), ["body /name required", "body /count minimum 1"]);
}

fn multipart(parts: &[(&str, &str)]) -> Request<Body> {
    let mut body = String::new();
    for (disposition, content) in parts {
        body.push_str("--frontier\r\ncontent-disposition: form-data; ");
        body.push_str(&format!("{disposition}\r\n\r\n{content}\r\n"));
    }
    body.push_str("--frontier--\r\n");
    request("POST", "/upload", &[("content-type", "multipart/form-data; boundary=frontier")], body)
}

const FILE: (&str, &str) = (r#"name="file"; filename="a.txt""#, "abc");
const MORE: (&str, &str) = (r#"name="more"; filename="b""#, "");
const COUNT: (&str, &str) = (r#"name="count""#, "4");

#[tokio::test]
async fn parts_of_a_multipart_body_arrive_typed() {
    let extra = (r#"name="extra""#, r#"{"a":1}"#);
    let (status, _, body) = send(&server(), multipart(&[FILE, MORE, MORE, COUNT, extra])).await;
    assert_eq!((status.as_u16(), body.as_str()), (201, "7"));
}

#[tokio::test]
async fn parts_are_judged_all_at_once() {
    let count = (r#"name="count""#, "many");
    let extra = (r#"name="extra""#, "[]");
    let (status, _, body) = send(&server(), multipart(&[count, extra])).await;
    assert_eq!(status, 400);
    let expected = ["body /file required", "body /count type integer", "body /extra type object"];
    assert_eq!(violations(&body), expected);
    let (_, _, body) = send(&server(), multipart(&[FILE, FILE, COUNT])).await;
    assert_eq!(violations(&body), ["body /file maxItems 1"]);
    let other = (r#"name="other/part""#, "");
    let (_, _, body) = send(&server(), multipart(&[FILE, COUNT, other])).await;
    assert_eq!(violations(&body), ["body /other~1part additionalProperties"]);
}

#[tokio::test]
async fn what_a_closed_object_does_not_have_can_be_ignored() {
    let lax = Api::new(Door).odd_bodies(Mirror).allow_unknown_members().into_router();
    let parts = [FILE, MORE, MORE, COUNT, (r#"name="other""#, "")];
    assert_eq!(send(&server(), multipart(&parts)).await.0, 400);
    assert_eq!(send(&lax, multipart(&parts)).await.0, 201);
}

#[tokio::test]
async fn a_multipart_body_is_read_to_its_end() {
    let ended = Arc::new(AtomicBool::new(false));
    let (parts, body) = multipart(&[FILE, MORE, MORE, COUNT]).into_parts();
    let whole = body.collect().await.unwrap().to_bytes();
    let rest = stream::once({
        let ended = Arc::clone(&ended);
        async move {
            ended.store(true, Ordering::Relaxed);
            Ok(bytes::Bytes::from("epilogue"))
        }
    });
    let pieces = stream::iter([Ok::<_, std::io::Error>(whole)]).chain(rest);
    let request = Request::from_parts(parts, Body::from_stream(pieces));
    assert_eq!(send(&server(), request).await.0, 201);
    assert!(ended.load(Ordering::Relaxed), "who sends the next request over this connection loses it");
    let endless = stream::repeat_with(|| Ok::<_, std::io::Error>("x".repeat(512)));
    let (parts, body) = multipart(&[FILE, MORE, MORE, COUNT]).into_parts();
    let whole = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
    let pieces = stream::iter([Ok(whole)]).chain(endless);
    let request = Request::from_parts(parts, Body::from_stream(pieces));
    assert_eq!(send(&narrow(), request).await.0, 413);
}

#[tokio::test]
async fn broken_multipart_bodies_are_400() {
    let router = server();
    let (status, _, _) =
        send(&router, request("POST", "/upload", &[("content-type", "multipart/form-data")], "x")).await;
    assert_eq!(status, 400);
    let cut = [("content-type", "multipart/form-data; boundary=b")];
    assert_eq!(send(&router, request("POST", "/upload", &cut, "--b\r\ncontent-dis")).await.0, 400);
    assert_eq!(send(&narrow(), multipart(&[FILE, MORE, MORE, MORE, MORE, COUNT])).await.0, 400);
}

#[tokio::test]
async fn bodies_have_limits() {
    let router = narrow();
    let (status, _, body) = send(&router, request("PUT", THING, &[JSON], r#"{"a": "long enough"}"#)).await;
    assert_eq!((status.as_u16(), body.as_str()), (413, "the request body is limited to 16 bytes"));
    let bytes = ("content-type", "application/octet-stream");
    assert_eq!(send(&router, request("PUT", "/raw", &[bytes], "123456789")).await.0, 413);
    assert_eq!(send(&router, request("PUT", "/raw", &[bytes], "12345678")).await.0, 200);
    let large = "x".repeat(2048);
    let file = (r#"name="file"; filename="a.txt""#, large.as_str());
    assert_eq!(send(&router, multipart(&[file, COUNT])).await.0, 413);
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_408() {
    let never = Body::from_stream(stream::pending::<std::io::Result<bytes::Bytes>>());
    let (status, headers, _) = send(&narrow(), request("PUT", THING, &[JSON], never)).await;
    assert_eq!((status.as_u16(), header(&headers, "connection")), (408, "close"));
}

#[tokio::test]
async fn nothing_of_a_body_is_read_before_the_caller_is_let_in() {
    let unread = stream::poll_fn(|_| -> std::task::Poll<Option<std::io::Result<bytes::Bytes>>> {
        panic!("the body was read")
    });
    let mut request = request("PUT", THING, &[JSON], Body::from_stream(unread));
    request.headers_mut().remove("cookie");
    assert_eq!(send(&server(), request).await.0, 401);
}

/// A body of these chunks; each is there once the one before was taken.
fn chunked(chunks: Vec<std::io::Result<bytes::Bytes>>) -> Body {
    Body::from_stream(stream::iter(chunks))
}

#[tokio::test]
async fn bytes_are_read_while_they_arrive() {
    let bytes = ("content-type", "application/octet-stream");
    let (say, heard) = tokio::sync::mpsc::channel::<std::io::Result<bytes::Bytes>>(1);
    let body = stream::unfold(heard, async |mut heard| Some((heard.recv().await?, heard)));
    let request = request("PUT", "/raw?echo", &[bytes], Body::from_stream(body));
    say.send(Ok("first".into())).await.expect("room");
    let response = server().oneshot(request).await.expect("never fails");
    // The handler has answered, and the rest is not even sent yet.
    let mut answer = response.into_body().into_data_stream();
    assert_eq!(answer.next().await.expect("more").expect("fine"), "first");
    say.send(Ok("second".into())).await.expect("room");
    assert_eq!(answer.next().await.expect("more").expect("fine"), "second");
    drop(say);
    assert!(answer.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn what_is_wrong_with_bytes_on_their_way_is_told_as_ever() {
    let bytes = [("content-type", "application/octet-stream")];
    let long = chunked(vec![Ok("12345".into()), Ok("6789".into())]);
    let (status, headers, body) = send(&narrow(), request("PUT", "/raw", &bytes, long)).await;
    assert_eq!((status.as_u16(), body.as_str()), (413, "the request body is limited to 8 bytes"));
    assert_eq!(header(&headers, "connection"), "close");
    let broken = chunked(vec![Ok("1".into()), Err(std::io::ErrorKind::ConnectionReset.into())]);
    let (status, _, body) = send(&narrow(), request("PUT", "/raw", &bytes, broken)).await;
    assert_eq!((status.as_u16(), body.contains("cannot be read")), (400, true), "{body}");
    let never = || Body::from_stream(stream::pending::<std::io::Result<bytes::Bytes>>());
    assert_eq!(send(&narrow(), request("PUT", "/raw", &bytes, never())).await.0, 408);
    // It has given up on the body, and hangs for another reason.
    assert_eq!(send(&narrow(), request("PUT", "/raw?hang", &bytes, never())).await.0, 504);
}

#[tokio::test]
async fn a_panic_is_no_fault_of_the_body() {
    let bytes = [("content-type", "application/octet-stream")];
    let long = chunked(vec![Ok("12345".into()), Ok("6789".into())]);
    assert_eq!(send(&narrow(), request("PUT", "/raw?panic", &bytes, long)).await.0, 500);
}

#[tokio::test]
async fn files_beyond_what_is_held_in_memory_arrive_all_the_same() {
    let limits = Limits { part_memory: 8, json: 64, ..Limits::default() };
    let router = Api::new(Door).odd_bodies(Mirror).limits(limits).into_router();
    let large = "x".repeat(200_000);
    let file = (r#"name="file"; filename="a.txt""#, large.as_str());
    let (status, _, body) = send(&router, multipart(&[file, MORE, MORE, COUNT])).await;
    assert_eq!((status.as_u16(), body.as_str()), (201, "200004"));
    let digits = "0".repeat(60) + "4";
    let (status, _, body) = send(&router, multipart(&[FILE, MORE, MORE, (r#"name="count""#, &digits)])).await;
    assert_eq!((status.as_u16(), body.as_str()), (201, "7"), "a value comes back from disk");
    let (_, _, body) = send(&router, multipart(&[FILE, (r#"name="count""#, &large)])).await;
    assert_eq!(violations(&body), ["body /count maxLength 64"]);
}

#[tokio::test]
async fn an_answer_does_not_grow_with_the_names_of_parts() {
    let name = format!(r#"name="{}""#, "n".repeat(10_000));
    let (status, _, body) = send(&server(), multipart(&[FILE, COUNT, (&name, "")])).await;
    assert_eq!(status, 400);
    assert!(body.len() < 2048 && body.contains("additionalProperties"), "{}", body.len());
}

/// A multipart body that begins with `start` and goes on for as long as somebody takes it, and how much of
/// it was taken.
fn endless(start: &'static str, chunk: &'static str) -> (Request<Body>, Arc<AtomicUsize>) {
    let taken = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&taken);
    let chunks = stream::iter([start]).chain(stream::repeat(chunk)).map(move |chunk| {
        count.fetch_add(chunk.len(), Ordering::Relaxed);
        Ok::<_, std::io::Error>(chunk)
    });
    let form = [("content-type", "multipart/form-data; boundary=b")];
    (request("POST", "/upload", &form, Body::from_stream(chunks)), taken)
}

#[tokio::test]
async fn the_head_of_a_part_and_what_stands_before_it_have_a_limit() {
    let head = "--b\r\ncontent-disposition: form-data; name=";
    for (start, chunk) in [("", "x"), ("", "preamble"), (head, "x"), ("--b", " ")] {
        let (request, taken) = endless(start, chunk);
        let (status, _, body) = send(&server(), request).await;
        assert_eq!(status, 400, "{start:?} {chunk:?}");
        assert!(body.contains("the head of a part is limited to 16384 bytes"), "{body}");
        assert!(taken.load(Ordering::Relaxed) < 17_000, "{start:?} {chunk:?}");
    }
}

#[tokio::test]
async fn what_is_in_a_part_has_no_limit_but_that_of_the_whole_however_it_is_cut() {
    let large = "x\r\n--fron".repeat(10_000);
    let parts = [("name", large.as_str()), (FILE.0, large.as_str()), MORE, MORE, COUNT];
    for size in [1, 7, 70_000, usize::MAX] {
        let (head, body) = multipart(&parts).into_parts();
        let whole = body.collect().await.unwrap().to_bytes();
        let chunks: Vec<_> =
            whole.chunks(size).map(|chunk| Ok(bytes::Bytes::copy_from_slice(chunk))).collect();
        let (status, _, body) = send(&server(), Request::from_parts(head, chunked(chunks))).await;
        assert_eq!((status.as_u16(), body.as_str()), (201, "90004"), "{size}");
    }
}

#[tokio::test]
async fn a_boundary_is_as_long_as_it_may_be() {
    for (length, reason) in [(70, "cannot be read"), (71, "longer than 70 characters")] {
        let form = format!("multipart/form-data; boundary={}", "b".repeat(length));
        let request = request("POST", "/upload", &[("content-type", &form)], "x");
        let (status, _, body) = send(&server(), request).await;
        assert_eq!((status.as_u16(), body.contains(reason)), (400, true), "{body}");
    }
}
