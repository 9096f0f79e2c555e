//! The smallest server: one group of operations, one token that opens it.
//!
//! ```sh
//! MESHERY_TOKEN=secret cargo run -p meshery-server --example minimal
//! curl -i -X POST http://127.0.0.1:9081/api/registry/relationships/evaluate \
//!     -H 'authorization: Bearer secret' -H 'content-type: application/json' -d '{}'
//! ```
//! The answer names what the body lacks. Operations of the other groups are answered with 501.

use meshery_server::meshery::evaluation::EvaluateRelationshipsResponse;
use meshery_server::meshery::{Api, Evaluation};
use meshery_server::{Asked, Authenticate, Context, Denied, Failure, Router};
use meshery_types::v1beta1::evaluation::{EvaluationRequest, EvaluationResponse};

/// Lets in who shows one token.
pub struct OneToken(pub String);

impl Authenticate for OneToken {
    type Identity = ();

    async fn authenticate(&self, asked: Asked<'_>) -> Result<(), Denied> {
        let known = asked.token.is_some_and(|token| token.secret() == self.0);
        known.then_some(()).ok_or_else(|| Denied::unauthenticated("a known token is needed"))
    }
}

/// Finds nothing to change in any design.
pub struct Unchanged;

impl Evaluation<()> for Unchanged {
    async fn evaluate_relationships(
        &self,
        _cx: Context<()>,
        body: EvaluationRequest,
    ) -> Result<EvaluateRelationshipsResponse, Failure> {
        let response = EvaluationResponse::new(vec![], body.design, "v1beta1");
        Ok(EvaluateRelationshipsResponse::Ok(response))
    }
}

/// The server, as an axum router.
pub fn app(token: String) -> Router {
    Api::new(OneToken(token)).evaluation(Unchanged).into_router().fallback(meshery_server::not_found)
}

/// Serves it.
#[tokio::main]
pub async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let token = std::env::var("MESHERY_TOKEN").map_err(|_| "MESHERY_TOKEN holds the token to accept")?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:9081").await?;
    println!("listening on http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, app(token)).await?)
}
