//! Is anybody let in who should not be, and everybody who should?
//!
//! A provider of our own listens on loopback, publishes keys and misbehaves on demand; tokens are
//! put together by hand, so that they can be wrong in every way. The server is the generated one
//! with nothing mounted: who is let in is answered with 501, everybody else before that.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]

mod claims;
mod forged;
mod keys;
mod login;
mod permissions;
mod provider;
mod refresh;
mod routes;
mod shown;
mod token;

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use meshery_runtime::auth::server::{Gate, Provider, Providers, Verifier};
use tower::ServiceExt;

/// A server that takes tokens of one provider.
fn server(verifier: Verifier) -> Router {
    guarded(Gate::new(Providers::new([Provider::remote("Meshery", verifier)])))
}

fn guarded(gate: Gate) -> Router {
    meshery_server::meshery::Api::new(gate).into_router()
}

/// What a request with these headers is answered with.
async fn ask(server: &Router, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, String) {
    let mut request = Request::get("/api/workspaces");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    exchange(server, request.body(Body::empty()).unwrap()).await
}

async fn exchange(server: &Router, request: Request<Body>) -> (StatusCode, HeaderMap, String) {
    let response = server.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (parts.status, parts.headers, String::from_utf8_lossy(&body).into_owned())
}

/// What a request with this token is answered with: 501 is let in.
async fn status(server: &Router, token: &str) -> u16 {
    let (status, headers, body) = ask(server, &[("authorization", &format!("Bearer {token}"))]).await;
    assert!(token.len() < 8 || !body.contains(token), "the answer shows the token: {body}");
    assert_eq!(status == 401, headers.contains_key("www-authenticate"));
    status.as_u16()
}

const LET_IN: u16 = 501;
