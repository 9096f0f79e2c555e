//! Bodies that are streamed: from files, with back-pressure, in parts.

use super::sending;
use crate::client::Core;
use crate::{ClientBuilder, Error, FilePart, Upload};
use axum::body::to_bytes;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http::StatusCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

type Seen = Arc<Mutex<Vec<(Option<String>, Bytes)>>>;

/// A client of a server that keeps what it is sent, and fails at first.
fn keeping() -> (Core, Seen) {
    async fn keep(seen: Seen, request: Request) -> Response {
        let length = request.headers().get("content-length").map(|l| l.to_str().unwrap().to_owned());
        let body = to_bytes(request.into_body(), 1 << 20).await.unwrap();
        let mut seen = seen.lock().unwrap();
        seen.push((length, body));
        if seen.len() == 1 {
            return (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "0")]).into_response();
        }
        StatusCode::NO_CONTENT.into_response()
    }
    let seen = Seen::default();
    let kept = Arc::clone(&seen);
    let router = axum::Router::new().fallback(move |request| keep(Arc::clone(&kept), request));
    (ClientBuilder::<Core>::new("http://in-process").unwrap().transport(router).build().unwrap(), seen)
}

#[tokio::test]
async fn a_file_is_read_while_it_is_sent_and_again_when_it_is_sent_again() {
    let path = std::env::temp_dir().join(format!("meshery-client-{}.bin", std::process::id()));
    let contents: Vec<u8> = (0..200_000_u32).flat_map(u32::to_le_bytes).take(300_000).collect();
    std::fs::write(&path, &contents).unwrap();
    let (core, seen) = keeping();
    let mut call = sending(&core);
    call.upload("application/octet-stream", Upload::file(&path).await.unwrap());
    call.execute().await.unwrap();
    let whole = (Some("300000".to_owned()), Bytes::from(contents.clone()));
    assert_eq!(*seen.lock().unwrap(), [whole.clone(), whole]);

    let (core, seen) = keeping();
    let mut call = sending(&core);
    call.part_files("file", vec![FilePart::file(&path).await.unwrap().media_type("application/wasm")]);
    call.execute().await.unwrap();
    let (length, body) = seen.lock().unwrap()[1].clone();
    assert_eq!(length.as_deref(), Some(&*body.len().to_string()));
    let name = path.file_name().unwrap().to_str().unwrap();
    let head = format!("filename=\"{name}\"\r\nContent-Type: application/wasm\r\n\r\n");
    let start = body.windows(head.len()).position(|part| part == head.as_bytes()).unwrap() + head.len();
    assert_eq!(body[start..start + contents.len()], contents);
    std::fs::remove_file(&path).unwrap();

    assert!(Upload::file(&path).await.is_err());
    assert!(Upload::file(std::env::temp_dir()).await.is_err());
}

#[tokio::test]
async fn a_stream_is_asked_for_no_faster_than_it_is_taken() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let endless = stream::repeat_with(move || {
        count.fetch_add(1, Ordering::SeqCst);
        Ok::<_, std::io::Error>(Bytes::from_static(&[b'x'; 64 << 10]))
    });
    let router = axum::Router::new().fallback(|request: Request| async move {
        let mut body = request.into_body().into_data_stream();
        let first = body.next().await;
        assert!(first.is_some());
        std::future::pending::<StatusCode>().await
    });
    let core = ClientBuilder::<Core>::new("http://in-process").unwrap().transport(router).build().unwrap();
    let mut call = sending(&core);
    call.upload("application/octet-stream", Upload::stream(endless));
    assert!(tokio::time::timeout(Duration::from_millis(50), call.execute()).await.is_err());
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

/// Takes so many chunks, and then neither more of them nor a decision.
fn taking(chunks: usize) -> ClientBuilder<Core> {
    let router = axum::Router::new().fallback(move |request: Request| async move {
        let body = request.into_body().into_data_stream().take(chunks);
        body.for_each(|_| async {}).await;
        std::future::pending::<StatusCode>().await
    });
    ClientBuilder::<Core>::new("http://in-process").unwrap().transport(router)
}

#[tokio::test(start_paused = true)]
async fn a_server_that_takes_no_more_of_a_stream_is_given_up_and_a_slow_source_is_not() {
    for (taken, given) in [(2, 2), (usize::MAX, 5)] {
        let core = taking(taken).idle_timeout(Duration::from_secs(20)).build().unwrap();
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let slow = stream::unfold(count, |count| async {
            tokio::time::sleep(Duration::from_secs(300)).await;
            let more = count.fetch_add(1, Ordering::SeqCst) < 4;
            more.then_some((Ok::<_, std::io::Error>("chunk"), count))
        });
        let mut call = sending(&core);
        call.upload("text/plain", Upload::stream(slow));
        let error = call.execute().await.err().unwrap();
        let limit = Duration::from_secs(20);
        assert!(matches!(error, Error::Timeout { after: Some(after), .. } if after == limit), "{error}");
        assert_eq!(asked.load(Ordering::SeqCst), given);
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_without_a_limit_may_take_for_ever() {
    let core = taking(1).idle_timeout(None).build().unwrap();
    let mut call = sending(&core);
    call.upload("text/plain", Upload::stream(stream::repeat_with(|| Ok::<_, std::io::Error>("chunk"))));
    let year = Duration::from_secs(365 * 24 * 3600);
    assert!(tokio::time::timeout(year, call.execute()).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_large_chunk_is_not_taken_for_a_server_that_takes_nothing() {
    // Each piece takes a second, the whole of it far longer than nothing may be taken.
    let router = axum::Router::new().fallback(|request: Request| async move {
        let mut body = request.into_body().into_data_stream();
        while body.next().await.is_some() {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        StatusCode::NO_CONTENT
    });
    let builder = ClientBuilder::<Core>::new("http://in-process").unwrap().transport(router);
    let core = builder.idle_timeout(Duration::from_secs(20)).build().unwrap();
    let mut call = sending(&core);
    let large = stream::iter([Ok::<_, std::io::Error>(vec![0; 4 << 20])]);
    call.upload("application/octet-stream", Upload::stream(large));
    call.execute().await.unwrap();
}
