//! Every operation of every product: it is routed, and closed unless the contract opens it.

#![allow(clippy::expect_used, reason = "a test may panic")]

use http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use meshery_server::{Asked, Authenticate, Denied, OperationInfo, Router};
use std::collections::BTreeSet;
use tower::ServiceExt;

/// Knows one token.
struct Door;

impl Authenticate for Door {
    type Identity = ();

    async fn authenticate(&self, asked: Asked<'_>) -> Result<(), Denied> {
        match asked.token {
            Some(token) if token.secret() == "good" => Ok(()),
            _ => Err(Denied::unauthenticated("a token is needed")),
        }
    }
}

async fn send(router: &Router, method: &Method, path: &str, token: Option<&str>) -> (StatusCode, String) {
    let mut request = Request::builder().method(method).uri(path.replace(['{', '}'], ""));
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let request = request.body(axum::body::Body::empty()).expect("a request");
    let response = router.clone().oneshot(request).await.expect("never fails");
    let challenged = response.headers().get("www-authenticate").is_some_and(|v| v == "Bearer");
    let status = response.status();
    assert_eq!(challenged, status == StatusCode::UNAUTHORIZED, "{method} {path}");
    let body = response.into_body().collect().await.expect("a body").to_bytes();
    (status, String::from_utf8_lossy(&body).into_owned())
}

/// Nothing is mounted: who gets past the door is told that nobody is at home.
async fn walk(product: &str, router: Router, operations: &[&'static OperationInfo]) {
    let mut ids = BTreeSet::new();
    for operation in operations {
        let OperationInfo { id, method, path, .. } = operation;
        assert!(ids.insert(id) && operation.products.contains(&product), "{id}");
        for token in [None, Some("bad")] {
            let (status, _) = send(&router, method, path, token).await;
            let expected = if operation.is_public() { 501 } else { 401 };
            assert_eq!(status, expected, "{id} with {token:?}");
        }
        let (status, body) = send(&router, method, path, Some("good")).await;
        assert_eq!((status.as_u16(), body), (501, format!("{id} is not implemented here")));
        let (status, _) = send(&router, &Method::TRACE, path, Some("good")).await;
        assert_eq!(status, 405, "{id}");
    }
    assert!(!ids.is_empty());
}

#[cfg(feature = "meshery")]
#[tokio::test]
async fn meshery() {
    use meshery_server::meshery::{Api, OPERATIONS};
    walk("meshery", Api::new(Door).into_router(), OPERATIONS).await;
}

#[cfg(feature = "cloud")]
#[tokio::test]
async fn cloud() {
    use meshery_server::cloud::{Api, OPERATIONS};
    walk("cloud", Api::new(Door).into_router(), OPERATIONS).await;
}
