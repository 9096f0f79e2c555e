//! A provider on loopback that does as it is told.

use crate::token::Key;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use meshery_runtime::auth::Issuer;
use meshery_runtime::auth::server::{KeySet, Verifier};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Notify;

/// How `GET /keys` is answered.
#[derive(Clone, Debug, Default)]
pub(crate) enum Keys {
    #[default]
    Good,
    Status(u16),
    Text(String),
    /// Without end.
    Huge,
    /// Not before it is told to.
    Held,
}

#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) keys: Vec<Value>,
    pub(crate) answer: Keys,
    pub(crate) keys_asked: usize,
    pub(crate) revoked: HashSet<String>,
    pub(crate) introspected: usize,
    pub(crate) refreshed: usize,
    /// Whether a refresh is not answered before it is told to.
    pub(crate) held: bool,
    /// What a refresh gives; `None` refuses it.
    pub(crate) fresh: Option<String>,
    pub(crate) forgotten: Vec<String>,
    /// Whether introspection and refresh fail.
    pub(crate) broken: bool,
}

#[derive(Clone)]
pub(crate) struct FakeProvider {
    pub(crate) url: String,
    memory: Arc<Mutex<Memory>>,
    pub(crate) go: Arc<Notify>,
}

impl FakeProvider {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let provider = Self { url, memory: Arc::default(), go: Arc::default() };
        let router = Router::new()
            .route("/keys", get(keys))
            .route("/introspect", post(introspect))
            .route("/refresh", post(refresh))
            .route("/revoke", post(revoke))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }

    /// The same with a key.
    pub(crate) async fn with(id: &str, key: &Key) -> Self {
        let provider = Self::start().await;
        provider.publish(id, key);
        provider
    }

    pub(crate) fn publish(&self, id: &str, key: &Key) {
        self.set(|memory| memory.keys.push(key.jwk(id)));
    }

    pub(crate) fn set<T>(&self, change: impl FnOnce(&mut Memory) -> T) -> T {
        change(&mut self.memory.lock().unwrap())
    }

    pub(crate) fn issuer(&self) -> Issuer {
        Issuer::new(&self.url).unwrap().with_timeout(Duration::from_secs(30))
    }

    /// A verifier that asks for keys as often as it likes.
    pub(crate) fn verifier(&self) -> Verifier {
        self.eager(self.issuer())
    }

    pub(crate) fn eager(&self, issuer: Issuer) -> Verifier {
        let keys = KeySet::with(issuer.clone(), Duration::ZERO, Duration::from_secs(600));
        Verifier::new(issuer).with_keys(keys)
    }
}

async fn keys(State(provider): State<FakeProvider>) -> Response {
    let (answer, document) = provider.set(|memory| {
        memory.keys_asked += 1;
        (memory.answer.clone(), json!({ "keys": memory.keys }))
    });
    match answer {
        Keys::Good => document.to_string().into_response(),
        Keys::Status(status) => StatusCode::from_u16(status).unwrap().into_response(),
        Keys::Text(text) => text.into_response(),
        Keys::Huge => {
            let chunk = || Ok::<_, std::io::Error>("[".repeat(64 << 10));
            Body::from_stream(futures_util::stream::repeat_with(chunk)).into_response()
        }
        Keys::Held => {
            provider.go.notified().await;
            document.to_string().into_response()
        }
    }
}

fn token(body: &str) -> String {
    serde_json::from_str::<Value>(body).unwrap()["token"].as_str().unwrap().to_owned()
}

async fn introspect(State(provider): State<FakeProvider>, body: String) -> StatusCode {
    provider.set(|memory| {
        memory.introspected += 1;
        match (memory.broken, memory.revoked.contains(&token(&body))) {
            (true, _) => StatusCode::BAD_GATEWAY,
            (false, true) => StatusCode::UNAUTHORIZED,
            (false, false) => StatusCode::OK,
        }
    })
}

async fn refresh(State(provider): State<FakeProvider>, body: String) -> Response {
    assert!(!token(&body).is_empty());
    let held = provider.set(|memory| {
        memory.refreshed += 1;
        memory.held
    });
    if held {
        provider.go.notified().await;
    }
    provider.set(|memory| match (memory.broken, &memory.fresh) {
        (true, _) => StatusCode::BAD_GATEWAY.into_response(),
        (false, Some(fresh)) => json!({ "token": fresh }).to_string().into_response(),
        (false, None) => StatusCode::UNAUTHORIZED.into_response(),
    })
}

async fn revoke(State(provider): State<FakeProvider>, body: String) -> StatusCode {
    provider.set(|memory| memory.forgotten.push(token(&body)));
    StatusCode::OK
}
