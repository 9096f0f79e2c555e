//! A server with an identity of its own: who calls is a `User`, and roles decide who may what.
//!
//! ```sh
//! cargo run -p meshery-server --example identity
//! curl -i -X POST http://127.0.0.1:9081/api/registry/relationships/evaluate -H 'meshery-token: viewer'
//! ```
//! The answer is 403: a viewer may only read.

use meshery_server::meshery::evaluation::EvaluateRelationshipsResponse;
use meshery_server::meshery::{Api, Evaluation};
use meshery_server::{Asked, Authenticate, Authorize, Context, Denied, Failure, Router};
use meshery_types::v1beta1::evaluation::{EvaluationRequest, EvaluationResponse};
use std::collections::HashMap;
use std::sync::Arc;

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The name that actions are recorded under.
    pub name: String,
    /// What the user may do.
    pub role: Role,
}

/// What a user may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Everything.
    Editor,
    /// Read.
    Viewer,
}

/// Knows users by their tokens. In a real server this asks a store, or verifies a signature.
pub struct Sessions(HashMap<String, User>);

impl Authenticate for Sessions {
    type Identity = User;

    async fn authenticate(&self, asked: Asked<'_>) -> Result<User, Denied> {
        let token = asked.token.ok_or_else(|| Denied::unauthenticated("log in first"))?;
        self.0.get(token.secret()).cloned().ok_or_else(|| Denied::unauthenticated("the session is over"))
    }
}

/// Viewers may call what does not change anything.
pub struct ByRole;

impl Authorize<User> for ByRole {
    async fn authorize(&self, user: &User, asked: Asked<'_>) -> Result<(), Denied> {
        if user.role == Role::Editor || asked.operation.method.is_safe() {
            return Ok(());
        }
        Err(Denied::forbidden(format!("{} is for editors", asked.operation.id)))
    }
}

/// Evaluates designs, and takes down for whom.
#[derive(Clone, Default)]
pub struct Evaluator {
    /// The names of those it worked for.
    pub served: Arc<std::sync::Mutex<Vec<String>>>,
}

impl Evaluation<User> for Evaluator {
    async fn evaluate_relationships(
        &self,
        cx: Context<User>,
        body: EvaluationRequest,
    ) -> Result<EvaluateRelationshipsResponse, Failure> {
        self.served.lock().map_err(|_| Failure::internal("the list is poisoned"))?.push(cx.identity.name);
        let response = EvaluationResponse::new(vec![], body.design, "v1beta1");
        Ok(EvaluateRelationshipsResponse::Ok(response))
    }
}

/// The server, as an axum router.
pub fn app(evaluator: Evaluator) -> Router {
    let user = |name: &str, role| User { name: name.to_owned(), role };
    let known = [("editor", user("Ada", Role::Editor)), ("viewer", user("Vik", Role::Viewer))];
    let sessions = known.into_iter().map(|(token, user)| (token.to_owned(), user)).collect();
    Api::new(Sessions(sessions)).authorizer(ByRole).evaluation(evaluator).into_router()
}

/// Serves it.
#[tokio::main]
pub async fn main() -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:9081").await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, app(Evaluator::default())).await
}
