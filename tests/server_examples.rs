//! The examples of the server do what they say.
#![cfg(committed_contract)]
#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(unreachable_pub, reason = "an example is a crate of its own elsewhere")]

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt;
use tower::ServiceExt;

#[allow(dead_code, reason = "`main` of an example is for whoever runs it")]
#[path = "../generated-server/examples/identity.rs"]
mod identity;
#[allow(dead_code, reason = "`main` of an example is for whoever runs it")]
#[path = "../generated-server/examples/minimal.rs"]
mod minimal;
#[allow(dead_code, reason = "`main` of an example is for whoever runs it")]
#[path = "../generated-server/examples/nested.rs"]
mod nested;

const PATH: &str = "/api/registry/relationships/evaluate";
const BODY: &str = r#"{"design": {
    "id": "a449604d-3f10-58f4-95ff-a9385c2fad6a", "name": "empty", "schemaVersion": "designs.meshery.io/v1beta1",
    "version": "v0.0.1", "components": [], "relationships": []}}"#;

fn post(path: &str, token: Option<&str>, body: &'static str) -> Request<Body> {
    let mut request = Request::post(path).header("content-type", "application/json");
    if let Some(token) = token {
        request = request.header("meshery-token", token);
    }
    request.body(Body::from(body)).unwrap()
}

async fn send(app: &Router, request: Request<Body>) -> (StatusCode, Option<String>, String) {
    let response = app.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let rejected = response.headers().get("x-rejected").map(|value| value.to_str().unwrap().to_owned());
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, rejected, String::from_utf8(bytes.to_vec()).unwrap())
}

#[tokio::test]
async fn minimal() {
    let app = minimal::app("secret".to_owned());
    let (status, _, body) = send(&app, post(PATH, Some("secret"), BODY)).await;
    assert_eq!(status, 200, "{body}");
    assert!(body.contains(r#""name":"empty""#), "{body}");
    let (status, _, body) = send(&app, post(PATH, Some("secret"), "{}")).await;
    assert_eq!(status, 400);
    assert!(body.contains(r#"{"in":"body","pointer":"/design","rule":"required"}"#), "{body}");
    assert_eq!(send(&app, post(PATH, Some("wrong"), BODY)).await.0, 401);
    let get = |path: &str| {
        let request = Request::get(path).header("authorization", "Bearer secret");
        request.body(Body::empty()).unwrap()
    };
    assert_eq!(send(&app, get("/api/system/controllers/config")).await.0, 501);
    assert_eq!(send(&app, get("/nowhere")).await.2, "there is nothing here");
}

#[tokio::test]
async fn identity() {
    let evaluator = identity::Evaluator::default();
    let app = identity::app(evaluator.clone());
    assert_eq!(send(&app, post(PATH, Some("editor"), BODY)).await.0, 200);
    let (status, _, body) = send(&app, post(PATH, Some("viewer"), BODY)).await;
    assert_eq!((status.as_u16(), body.as_str()), (403, "evaluateRelationships is for editors"));
    assert_eq!(send(&app, post(PATH, None, BODY)).await.0, 401);
    assert_eq!(*evaluator.served.lock().unwrap(), ["Ada"]);
}

#[tokio::test]
async fn nested() {
    let app = nested::app();
    let (status, rejected, body) = send(&app, post(&format!("/mesh{PATH}"), None, BODY)).await;
    assert_eq!((status.as_u16(), rejected), (200, None), "{body}");
    let (status, rejected, _) = send(&app, post(&format!("/mesh{PATH}"), None, "{}")).await;
    assert_eq!((status.as_u16(), rejected.as_deref()), (400, Some("400")));
    let visits = Request::get("/visits").body(Body::empty()).unwrap();
    assert_eq!(send(&app, visits).await.2, "3");
}
