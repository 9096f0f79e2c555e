//! All operations of a product as one service.

use super::{PathService, not_found, shape};
use crate::OperationInfo;
use crate::table::Table;
use axum::BoxError;
use axum::body::{Body, Bytes, HttpBody};
use futures_util::future::BoxFuture;
use http::{Request, Response};
use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

/// All operations of a product as one [`tower::Service`], for a server that serves nothing else: what
/// `Api::into_service` makes.
///
/// It answers as the router does, and sooner: a router of axum's also decodes the parameters of a path for
/// extractors, which nobody here has. What is none of the operations is answered with 404.
///
/// ```no_run
/// # async fn run(service: meshery_server::ApiService) -> std::io::Result<()> {
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:9081").await?;
/// axum::serve(listener, tower::make::Shared::new(service)).await
/// # }
/// ```
#[derive(Clone)]
pub struct ApiService(Arc<dyn Answer>);

impl fmt::Debug for ApiService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiService(..)")
    }
}

type Answering = BoxFuture<'static, Result<Response<Body>, Infallible>>;

/// A service whatever its identities are.
trait Answer: Send + Sync {
    fn answer(&self, request: Request<Body>) -> Answering;
}

/// Paths by the router that axum has, too: both choose alike.
struct Paths<I>(matchit::Router<PathService<I>>);

impl<I: Send + Sync + 'static> Answer for Paths<I> {
    fn answer(&self, request: Request<Body>) -> Answering {
        match self.0.at(request.uri().path()) {
            Ok(found) => found.value.answer(request),
            Err(_) => Box::pin(async { Ok(not_found(request).await) }),
        }
    }
}

/// A service of all that a table has.
pub(crate) fn service<I>(table: Table<I>, operations: &[&'static OperationInfo]) -> ApiService
where
    I: Send + Sync + 'static,
{
    let mut paths = matchit::Router::new();
    for (template, path) in table.into_paths(operations) {
        let placed = paths.insert(shape(template), PathService(Arc::new(path)));
        debug_assert!(placed.is_ok(), "a table has no two paths of one shape: {placed:?}");
        if let Err(conflict) = placed {
            tracing::error!(template, %conflict, "the operations of a path cannot be served");
        }
    }
    ApiService(Arc::new(Paths(paths)))
}

impl<B> tower::Service<Request<B>> for ApiService
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        self.0.answer(request.map(Body::new))
    }
}
