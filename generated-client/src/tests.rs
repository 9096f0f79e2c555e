//! The core over loopback: what goes out, what comes back, and what never shows.
#![cfg(feature = "net")]

use crate::call::Call;
use crate::client::Core;
use crate::operation::{OperationInfo, ResponseInfo, SchemeInfo};
use crate::{ClientBuilder, Token};
use http::Method;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

mod events;
#[cfg(feature = "http2")]
mod http2;
mod identity;
mod pages;
mod proxy;
mod refresh;
mod requests;
mod responses;
mod retries;
mod seams;
mod server;
mod streams;
mod trace;
mod uploads;

const SECRET: &str = "hunter2hunter2";

static THING: OperationInfo = OperationInfo {
    id: "getThing",
    method: Method::GET,
    path: "/api/things/{thingId}/parts/{part}",
    products: &["meshery"],
    security: &[&[SchemeInfo::new("jwt", &[])]],
    responses: &[
        ResponseInfo::new(101, &[]),
        ResponseInfo::new(200, &["application/json"]),
        ResponseInfo::new(204, &[]),
        ResponseInfo::new(404, &["text/plain"]),
    ],
    accept: "application/json, text/plain;q=0.5",
    deprecated: false,
};

static SEND: OperationInfo = OperationInfo {
    id: "sendThing",
    method: Method::POST,
    path: "/api/things",
    products: &["meshery"],
    security: &[],
    responses: &[ResponseInfo::new(204, &[])],
    accept: "*/*",
    deprecated: false,
};

/// A client of a test server, with a token.
fn client(server: &server::Server) -> Core {
    builder(server).build().unwrap()
}

fn builder(server: &server::Server) -> ClientBuilder<Core> {
    trace::install();
    ClientBuilder::<Core>::new(&server.url()).unwrap().credentials(Token::new(SECRET).provider("Meshery"))
}

fn thing(core: &Core) -> Call<'_> {
    thing_of(core, "1", "a")
}

fn thing_of<'a>(core: &'a Core, id: &str, part: &str) -> Call<'a> {
    let mut call = Call::new(core, &THING);
    call.path(id.into());
    call.path(part.into());
    call
}

/// A client of a handler in this process, with a token. It is told how often it was asked before.
fn in_process<F>(handler: F) -> ClientBuilder<Core>
where
    F: Fn(u32, axum::extract::Request) -> axum::response::Response + Clone + Send + Sync + 'static,
{
    trace::install();
    let asked = Arc::new(AtomicU32::new(0));
    let router = axum::Router::new().fallback(move |request: axum::extract::Request| {
        let answer = handler(asked.fetch_add(1, Ordering::SeqCst), request);
        async { answer }
    });
    ClientBuilder::<Core>::new("http://in-process/base")
        .unwrap()
        .credentials(Token::new(SECRET).provider("Meshery"))
        .transport(router)
}

fn sending(core: &Core) -> Call<'_> {
    Call::new(core, &SEND)
}
