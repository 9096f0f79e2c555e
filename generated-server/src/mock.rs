//! Answers drawn from the contract: for front ends that have no server yet, and for tests.

mod answer;
mod console;
mod draw;
mod page;
mod pattern;
mod random;
mod schema;
mod text;

use crate::table::Table;
use crate::{
    AnyOperation, AnyRequest, AnyResponse, Asked, Authenticate, Context, Denied, Document, Failure, PRODUCTS,
    Router, Token, not_found, transport,
};
use pattern::Patterns;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Answers every operation with values that the contract allows.
///
/// The same seed and the same request give the same bytes. Requests are checked as always; the
/// answer is the least success that the contract documents, or the status that the caller prefers
/// (`Prefer: code=404`) where it is documented, in the first media type that the caller accepts.
/// Pages are consistent with each other: what stands at a place of a list stays there whatever the
/// page size, and the total does not change.
///
/// ```
/// # #[cfg(feature = "meshery")] {
/// use meshery_server::{Mock, meshery::Api};
///
/// // All of it drawn; mount what there is already, and the rest stays drawn.
/// let app = Api::insecure(()).others(Mock::new(7)).into_router();
/// # drop(app);
/// # }
/// ```
#[derive(Debug)]
pub struct Mock {
    operations: BTreeMap<String, Value>,
    schemas: Map<String, Value>,
    patterns: Patterns,
    seed: u64,
    token: Option<Token>,
}

impl Mock {
    /// A mock whose answers depend on `seed` and on the request.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let document = Document::contract();
        let schemas = document.value().pointer("/components/schemas").and_then(Value::as_object);
        let operations =
            document.operations().map(|(method, path, operation)| (key(method, path), operation.clone()));
        Self {
            operations: operations.collect(),
            schemas: schemas.cloned().unwrap_or_default(),
            patterns: Patterns::default(),
            seed,
            token: None,
        }
    }

    /// The same, which lets in only who shows this token: for [`into_router`](Self::into_router).
    #[must_use]
    pub fn token(mut self, secret: impl Into<String>) -> Self {
        self.token = Some(Token::new(secret));
        self
    }

    /// A server of all operations of these products, and of their contract
    /// (see [`Document::into_router`]). Products that do not exist have none. Everybody is let in, unless
    /// there is a [`token`](Self::token).
    pub fn into_router(mut self, products: &[&str]) -> Router {
        let mut operations = BTreeMap::new();
        let mut names = Vec::new();
        for product in PRODUCTS.iter().filter(|product| products.contains(&product.name)) {
            names.push(product.name);
            operations.extend(product.operations.iter().map(|operation| (operation.id, *operation)));
        }
        let operations: Vec<_> = operations.into_values().collect();
        let product = names.first().copied().unwrap_or_default();
        let mut table = match self.token.take() {
            Some(token) => Table::new(product, Door(token)),
            None => Table::insecure(product, ()),
        };
        table.others(self);
        let document = Document::of(products).served().into_router();
        transport::router(table, &operations).merge(document).fallback(not_found)
    }
}

/// Knows one token.
struct Door(Token);

impl Authenticate for Door {
    type Identity = ();

    async fn authenticate(&self, asked: Asked<'_>) -> Result<(), Denied> {
        match asked.token {
            Some(token) if *token == self.0 => Ok(()),
            Some(_) => Err(Denied::unauthenticated("another token")),
            None => Err(Denied::unauthenticated("a token is needed")),
        }
    }
}

/// What an operation is found by.
fn key(method: &str, path: &str) -> String {
    format!("{} {path}", method.to_uppercase())
}

impl<I: Send + Sync + 'static> AnyOperation<I> for Mock {
    async fn answer(&self, cx: Context<Option<I>>, request: AnyRequest) -> Result<AnyResponse, Failure> {
        let key = key(cx.operation.method.as_str(), cx.operation.path);
        let Some(operation) = self.operations.get(&key) else {
            return Err(Failure::not_implemented(format!("{key} is not in the contract")));
        };
        let body = answer::body(request).await?;
        let asked = answer::Asked { key: &key, operation, parts: &cx.parts, body: &body };
        Ok(answer::answer(self, &asked))
    }
}
