//! Can calls be made from code that is not async, and are they refused where they would do harm?
#![cfg(feature = "blocking")]
#![allow(clippy::unwrap_used, reason = "it is a test")]

use http::Method;
use meshery_client::blocking::{Wait, WaitEach, block_on};
use meshery_client::{Core, Error, OperationInfo, Reconnect, ResponseInfo, RetryPolicy, Upload};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;

static NAMES: OperationInfo = OperationInfo::new("getNames", Method::GET, "/api/names")
    .responses(&[ResponseInfo::new(200, &["application/json"])]);

/// A server that gives these answers in turn, over a connection each.
fn core(answers: &'static [&'static str]) -> Core {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut read = [0; 4096];
            assert!(stream.read(&mut read).unwrap() > 0);
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    Core::builder(&url).unwrap().retry(RetryPolicy::never()).build().unwrap()
}

const NAMED: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5\r\nConnection: close\r\n\r\n[\"a\"]";

#[test]
fn calls_from_many_threads() {
    let core = core(&[NAMED; 8]);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let names = core.request(&NAMES).fetch::<Vec<String>>().wait().unwrap();
                assert_eq!(names.body, ["a"]);
            });
        }
    });
}

#[test]
fn limits_and_streams() {
    let silent = core(&["HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\ndata: 2\n\n"]);
    let policy = Reconnect::never().silence(Duration::from_secs(20));
    let events = silent.request(&NAMES).events::<i64>().wait().unwrap().into_body().reconnect(policy);
    let all: Result<Vec<i64>, Error> = events.wait_each().collect();
    assert_eq!(all.unwrap(), [1, 2]);

    let missing = block_on(Upload::file("/nowhere")).unwrap();
    assert!(missing.is_err());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let core = Core::builder(&url).unwrap().timeout(Duration::from_millis(50)).build().unwrap();
    assert!(core.request(&NAMES).send().wait().unwrap_err().is_timeout());
}

#[tokio::test]
async fn it_is_refused_in_an_async_runtime() {
    let core = Core::builder("http://127.0.0.1:1").unwrap().build().unwrap();
    let error = core.request(&NAMES).send().wait().unwrap_err();
    assert!(matches!(error, Error::InvalidRequest { .. }), "{error}");
    assert!(error.to_string().contains("use `.await`"), "{error}");
    let mut each = futures_util::stream::iter([Ok::<_, Error>(1)]).wait_each();
    assert!(each.next().unwrap().is_err());
    assert!(each.next().is_none());
}
