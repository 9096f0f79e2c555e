//! Meshery's API inside of an axum application that has routes, state and layers of its own.
//!
//! ```sh
//! cargo run -p meshery-server --example nested
//! curl -i http://127.0.0.1:9081/visits
//! curl -i -X POST http://127.0.0.1:9081/mesh/api/registry/relationships/evaluate
//! ```

use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::get;
use meshery_server::meshery::evaluation::EvaluateRelationshipsResponse;
use meshery_server::meshery::{Api, Evaluation};
use meshery_server::{Context, Failure, Rejection, Router};
use meshery_types::v1beta1::evaluation::{EvaluationRequest, EvaluationResponse};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The state of the application. Implementations of Meshery's groups hold it as any struct would.
#[derive(Clone, Default)]
pub struct AppState {
    visits: Arc<AtomicU64>,
}

/// What a layer of the application puts into a request, and a handler of ours finds there.
#[derive(Clone, Copy)]
pub struct Visit(u64);

impl Evaluation<&'static str> for AppState {
    async fn evaluate_relationships(
        &self,
        cx: Context<&'static str>,
        body: EvaluationRequest,
    ) -> Result<EvaluateRelationshipsResponse, Failure> {
        let Some(Visit(number)) = cx.parts.extensions.get().copied() else {
            return Err(Failure::internal("the layer is missing"));
        };
        println!("visit {number}: {} evaluates {}", cx.identity, body.design.name);
        let response = EvaluationResponse::new(vec![], body.design, "v1beta1");
        Ok(EvaluateRelationshipsResponse::Ok(response))
    }
}

/// Counts every request, of whichever part, and says in a header why one was rejected.
async fn count(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let number = state.visits.fetch_add(1, Ordering::Relaxed) + 1;
    request.extensions_mut().insert(Visit(number));
    let mut response = next.run(request).await;
    let rejected = response.extensions().get::<Rejection>().map(|rejection| rejection.status().as_u16());
    if let Some(status) = rejected {
        response.headers_mut().insert("x-rejected", HeaderValue::from(status));
    }
    response
}

async fn visits(State(state): State<AppState>) -> String {
    state.visits.load(Ordering::Relaxed).to_string()
}

/// The whole application.
pub fn app() -> Router {
    let state = AppState::default();
    // For one user on one machine: everybody is that user. Elsewhere it is `Api::new(authenticator)`.
    let mesh = Api::insecure("the owner").evaluation(state.clone()).into_router();
    Router::new()
        .route("/visits", get(visits))
        .nest_service("/mesh", mesh.fallback(meshery_server::not_found))
        .layer(middleware::from_fn_with_state(state.clone(), count))
        .with_state(state)
}

/// Serves it.
#[tokio::main]
pub async fn main() -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:9081").await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, app()).await
}
