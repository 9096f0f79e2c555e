//! What does the client make of a server that means ill, or is broken?
//!
//! Each test says what the server does, and which error the caller gets. All of them end: whatever
//! the server does, a call takes no longer than its limit, and no more memory than its limit.

#![cfg(feature = "net")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "it is a test")]

mod bodies;
mod compressed;
mod connections;
mod pages;
mod redirects;
mod server;
mod streams;

use http::Method;
use meshery_client::{ClientBuilder, Core, Error, OperationInfo, Response, ResponseInfo, RetryPolicy, Token};
use server::Server;
use std::time::Duration;

const SECRET: &str = "hunter2hunter2";

/// The most that is read of a response in these tests.
const LIMIT: usize = 1 << 20;

static NAMES: OperationInfo = OperationInfo::new("getNames", Method::GET, "/api/names").responses(&[
    ResponseInfo::new(101, &[]),
    ResponseInfo::new(200, &["application/json"]),
    ResponseInfo::new(404, &["text/plain"]),
]);

static SEND: OperationInfo = OperationInfo::new("sendName", Method::POST, "/api/names/{name}")
    .responses(&[ResponseInfo::new(200, &["application/json"])]);

static EVENTS: OperationInfo = OperationInfo::new("subscribe", Method::GET, "/api/events")
    .responses(&[ResponseInfo::new(200, &["text/event-stream"])])
    .accepting("text/event-stream");

/// A client with a token, that tries once, and for 20 s at most.
fn builder(server: &Server) -> ClientBuilder<Core> {
    Core::builder(&server.url())
        .unwrap()
        .credentials(Token::new(SECRET).provider("Meshery"))
        .timeout(Duration::from_secs(20))
        .max_response_size(LIMIT)
        .retry(RetryPolicy::never())
}

fn client(server: &Server) -> Core {
    builder(server).build().unwrap()
}

async fn names(core: &Core) -> Result<Response<Vec<String>>, Error> {
    core.request(&NAMES).fetch().await
}

/// The error of a call, which shows no secret.
async fn failed(core: &Core) -> Error {
    let error = names(core).await.unwrap_err();
    let told = format!("{error} {error:?}");
    assert!(!told.contains(SECRET), "{told}");
    assert!(!error.to_string().contains('\n'), "{error}");
    error
}
