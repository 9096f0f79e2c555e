//! What comes back.

use super::server::{Answer, Server, response};
use super::{builder, client, thing};
use crate::operation::{OperationInfo, ResponseInfo};
use crate::response::Download;
use crate::{Error, Response};
use http::Method;
use std::time::Duration;

const JSON: &str = "Content-Type: application/json\r\n";

async fn names(server: &Server) -> Result<Response<Vec<String>>, Error> {
    let core = client(server);
    thing(&core).execute().await?.json()
}

#[tokio::test]
async fn a_documented_success_is_decoded() {
    let server = Server::answer("200 OK", &format!("{JSON}X-Request-Id: 7\r\n"), r#"["a","b"]"#).await;
    let answer = names(&server).await.unwrap();
    assert_eq!((answer.status.as_u16(), &answer.headers["x-request-id"]), (200, &"7".parse().unwrap()));
    assert_eq!(answer.map(|names| names.len()).into_body(), 2);
    // Go handlers that forget to say so answer JSON as text/plain.
    let server = Server::answer("200 OK", "Content-Type: text/plain; charset=utf-8\r\n", "[]").await;
    assert!(names(&server).await.unwrap().body.is_empty());
}

#[tokio::test]
async fn what_does_not_decode_names_its_place() {
    let server = Server::answer("200 OK", JSON, r#"["a", 7]"#).await;
    let error = names(&server).await.unwrap_err();
    let Error::Decode(e) = &error else { panic!("{error}") };
    assert_eq!((e.path.as_str(), e.excerpt.as_deref()), ("/1", Some("`7`")));
    let message = error.to_string();
    assert!(message.starts_with("getThing: 200 OK: the body does not decode at /1: "), "{message}");
    assert!(message.ends_with("; found `7`"), "{message}");

    let server = Server::answer("200 OK", "Content-Type: image/png\r\n", b"\x89PNG").await;
    let message = names(&server).await.unwrap_err().to_string();
    assert!(message.contains("not JSON at line 1") && message.contains("image/png"), "{message}");

    let server = Server::answer("200 OK", JSON, "").await;
    assert!(names(&server).await.unwrap_err().to_string().ends_with("it is empty"));
}

#[tokio::test]
async fn failures_are_told_apart() {
    let server =
        Server::answer("404 Not Found", "X-Request-Id: 9\r\n", r#"{"error":"gone","code":"m-1"}"#).await;
    let error = names(&server).await.unwrap_err();
    assert!(matches!(&error, Error::Documented(f) if f.body.meshery.is_some()));
    assert_eq!(error.to_string(), "getThing: 404 Not Found: gone (m-1)");
    assert_eq!((error.request_id(), error.status().unwrap().as_u16()), (Some("9"), 404));
    assert_eq!(error.operation().unwrap().id, "getThing");

    for (status, line) in [
        ("401 Unauthorized", "getThing: 401 Unauthorized (not a documented status): who?"),
        ("202 Accepted", "getThing: 202 Accepted (not a documented status): who?"),
        (
            "301 Moved Permanently",
            "getThing: 301 Moved Permanently: redirects are not followed; is the base URL right?",
        ),
    ] {
        let server = Server::answer(status, "", "who?\n").await;
        let error = names(&server).await.unwrap_err();
        assert!(matches!(error, Error::Undocumented(_)));
        assert_eq!(error.to_string(), line);
        assert_eq!(error.is_unauthenticated(), status.starts_with("401"));
    }
    let server = Server::answer("502 Bad Gateway", "Content-Type: text/html\r\n", "<html>").await;
    assert!(names(&server).await.unwrap_err().to_string().ends_with("an HTML page"));
}

#[tokio::test]
async fn a_body_that_breaks_off_is_a_transport_failure_or_a_short_explanation() {
    let cut = |status: &str| {
        let mut bytes = response(status, JSON, br#"["a","b"]"#);
        bytes.truncate(bytes.len() - 4);
        Answer::Bytes(bytes)
    };
    let server = Server::start(cut("200 OK")).await;
    assert!(matches!(names(&server).await, Err(Error::Transport { .. })));
    let server = Server::start(cut("404 Not Found")).await;
    let error = names(&server).await.unwrap_err();
    assert!(error.body().unwrap().truncated && error.status().unwrap() == 404, "{error:?}");
}

#[tokio::test]
async fn a_body_over_the_limit_is_not_read() {
    let declared = Server::answer("200 OK", JSON, vec![b' '; 2000]).await;
    let mut chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    (0..100).for_each(|_| {
        chunked.extend_from_slice(
            b"64\r\n".iter().chain(&[b' '; 100]).chain(b"\r\n").copied().collect::<Vec<_>>().as_slice(),
        )
    });
    let endless = Server::start(Answer::Hang(chunked)).await;
    for server in [declared, endless] {
        let core = builder(&server).max_response_size(1000).build().unwrap();
        let error = thing(&core).execute().await.err().unwrap();
        assert!(matches!(error, Error::TooLarge { limit: 1000, .. }), "{error}");
    }
    let server = Server::answer("404 Not Found", "", vec![b'x'; 2000]).await;
    let core = builder(&server).max_response_size(1000).build().unwrap();
    let error = thing(&core).execute().await.err().unwrap();
    assert_eq!((error.body().unwrap().text.len(), error.body().unwrap().truncated), (1000, true));
}

#[tokio::test]
async fn time_is_limited_before_and_within_the_body() {
    for bytes in [Vec::new(), b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n[".to_vec()] {
        let server = Server::start(Answer::Hang(bytes)).await;
        let core = builder(&server).timeout(Duration::from_millis(100)).build().unwrap();
        let error = thing(&core).execute().await.err().unwrap();
        assert!(error.is_timeout());
        assert_eq!(error.to_string(), "getThing: no answer within 100ms");
    }
}

#[tokio::test]
async fn a_download_is_read_whole_or_in_chunks() {
    let server = Server::answer("200 OK", "Content-Type: application/wasm\r\n", "bytes").await;
    let core = client(&server);
    let open = || async { Download::response(thing(&core).open().await.unwrap()) };
    let answer = open().await;
    assert_eq!(
        (answer.body.media_type().as_deref(), answer.body.length()),
        (Some("application/wasm"), Some(5))
    );
    assert_eq!(answer.body.bytes().await.unwrap(), "bytes");
    let mut body = open().await.body;
    let mut all = Vec::new();
    while let Some(chunk) = body.chunk().await.unwrap() {
        all.extend_from_slice(&chunk);
    }
    assert_eq!(all, b"bytes");
}

#[tokio::test]
async fn what_can_be_done_about_a_failure_can_be_asked() {
    type Asked = fn(&Error) -> bool;
    let asked: [(u16, Asked); 6] = [
        (401, Error::is_unauthenticated),
        (403, Error::is_forbidden),
        (404, Error::is_not_found),
        (409, Error::is_conflict),
        (429, Error::is_rate_limited),
        (500, Error::is_server_error),
    ];
    for (status, _) in asked {
        let server = Server::answer(&format!("{status} Whatever"), "Retry-After: 3\r\n", "").await;
        let core = builder(&server).retry(crate::RetryPolicy::never()).build().unwrap();
        let error = thing(&core).execute().await.err().unwrap();
        for (other, is) in asked {
            assert_eq!(is(&error), other == status, "{other} of {error}");
        }
        assert_eq!(error.retry_after(), Some(Duration::from_secs(3)));
        assert!(!error.is_timeout() && !error.is_connect());
    }
}

#[tokio::test]
async fn the_error_object_of_meshery_is_at_hand() {
    let body = r#"{"error":"no such thing","code":"meshery-server-1001","severity":"ALERT",
        "probableCause":["it was deleted"],"suggestedRemediation":["make another"],"longDescription":[]}"#;
    let server = Server::answer("404 Not Found", &format!("{JSON}X-Request-Id: r-7\r\n"), body).await;
    let error = names(&server).await.unwrap_err();
    let meshery = error.meshery().unwrap();
    assert_eq!(meshery.code.as_deref(), Some("meshery-server-1001"));
    assert_eq!(meshery.severity.as_deref(), Some("ALERT"));
    assert_eq!(meshery.probable_cause, ["it was deleted"]);
    assert_eq!(meshery.suggested_remediation, ["make another"]);
    assert_eq!((error.request_id(), error.operation().unwrap().id), (Some("r-7"), "getThing"));
    assert_eq!(error.to_string(), "getThing: 404 Not Found: no such thing (meshery-server-1001)");
}

#[tokio::test]
async fn what_is_below_a_failure_is_kept() {
    use std::error::Error as _;
    let nobody = crate::ClientBuilder::<crate::Core>::new("http://127.0.0.1:1").unwrap();
    let core = nobody.retry(crate::RetryPolicy::never()).build().unwrap();
    let error = thing(&core).execute().await.err().unwrap();
    assert!(error.is_connect() && error.status().is_none(), "{error}");
    let mut chain = vec![error.to_string()];
    let mut source = error.source();
    while let Some(e) = source {
        chain.push(e.to_string());
        source = e.source();
    }
    assert!(chain.len() > 2 && chain.last().unwrap().contains("refused"), "{chain:?}");
    assert!(chain.iter().all(|text| !text.contains('\n') && !text.contains("127.0.0.1/")), "{chain:?}");
}

static PAGE: OperationInfo = OperationInfo::new("getPage", Method::GET, "/api/page")
    .responses(&[ResponseInfo::new(200, &["text/html; charset=utf-8"])]);
static ANYTHING: OperationInfo =
    OperationInfo::new("getFile", Method::GET, "/api/file").responses(&[ResponseInfo::new(200, &["*/*"])]);

#[tokio::test]
async fn a_page_that_the_contract_has_is_no_login() {
    let server = Server::answer("200 OK", "Content-Type: text/html; charset=UTF-8\r\n", "<html>").await;
    let core = client(&server);
    for operation in [&PAGE, &ANYTHING] {
        assert_eq!(core.request(operation).send().await.unwrap().body, "<html>");
    }
    assert!(matches!(names(&server).await, Err(Error::NotAuthenticated(_))));
}

/// Where nobody is taken in any more, Linux lets who wants to connect wait.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_connection_that_is_not_made_in_time_has_not_been_seen_by_the_server() {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let short = Duration::from_millis(100);
    let mut waiting = Vec::new();
    while let Ok(connected) = tokio::time::timeout(short, tokio::net::TcpStream::connect(address)).await {
        waiting.push(connected.unwrap());
    }
    let http = reqwest::Client::builder().connect_timeout(short).build().unwrap();
    let builder = crate::ClientBuilder::<crate::Core>::new(&format!("http://{address}")).unwrap();
    let core = builder.http_client(http).retry(crate::RetryPolicy::never()).build().unwrap();
    let error = super::sending(&core).execute().await.err().unwrap();
    assert!(error.is_connect() && error.is_timeout(), "{error:?}");
}
