//! The only module that knows axum. What the rest of the crate speaks is `http` and its own types.

use crate::dispatch::{self, Path};
use crate::rejection::NotFound;
use crate::reply::{Plain, PlainBody};
use crate::request::{Incoming, Survey};
use crate::socket::Upgrade;
use crate::stopping::Stopping;
use crate::table::{Table, shape};
use crate::{OperationInfo, RequestId, request_id};
use axum::body::{Body, HttpBody};
use axum::extract::FromRequestParts;
use axum::extract::ws::WebSocketUpgrade;
use futures_util::future::BoxFuture;
use futures_util::{StreamExt, TryStreamExt};
use http::header::CONTENT_LENGTH;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Request, Response};
use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};

mod duplex;
mod pages;
mod whole;

pub(crate) use pages::{Page, pages};
pub use whole::ApiService;
pub(crate) use whole::service;

/// What a server is served as: axum's router.
pub use axum::Router;

/// Answers 404 as every rejection is answered: `router.fallback(meshery_server::not_found)`.
///
/// A router that came from an `Api` has no fallback of its own, so that it can be merged into
/// another one and take that one's.
pub async fn not_found(request: Request<Body>) -> Response<Body> {
    let head = request.method() == Method::HEAD;
    let mut response = respond(dispatch::reject(NotFound.into(), request.headers()), head, None, None);
    response.headers_mut().insert(&request_id::HEADER, RequestId::of(request.headers()).header());
    response
}

/// A router with a route for each path.
pub(crate) fn router<I>(table: Table<I>, operations: &[&'static OperationInfo]) -> Router
where
    I: Send + Sync + 'static,
{
    // Upstream's templates may hold `:` and `*` as they are; axum 0.7 had another use for them.
    let mut router = Router::new().without_v07_checks();
    for (template, path) in table.into_paths(operations) {
        router = router.route_service(&shape(template), PathService(Arc::new(path)));
    }
    router
}

/// All methods of a path as one service: axum compiles it once per identity type.
struct PathService<I>(Arc<Path<I>>);

impl<I> Clone for PathService<I> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<I: Send + Sync + 'static> tower::Service<Request<Body>> for PathService<I> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        self.answer(request)
    }
}

impl<I: Send + Sync + 'static> PathService<I> {
    fn answer(&self, request: Request<Body>) -> BoxFuture<'static, Result<Response<Body>, Infallible>> {
        let path = Arc::clone(&self.0);
        let (parts, body) = request.into_parts();
        let mut parts = Box::new(parts);
        let survey = Survey::of(&mut parts.headers);
        Box::pin(async move {
            let mut response = answered(&path, parts, &survey, body).await;
            response.headers_mut().insert(&request_id::HEADER, survey.id.header());
            Ok(response)
        })
    }
}

async fn answered<I: Send + Sync + 'static>(
    path: &Path<I>,
    mut parts: Box<Parts>,
    survey: &Survey,
    body: Body,
) -> Response<Body> {
    let head = parts.method == Method::HEAD;
    let Some(route) = path.choose(&parts) else {
        return respond(path.not_allowed(&parts), head, None, None);
    };
    let limit = path.server.limits.message;
    let handshake = if route.operation.websocket { handshake(&mut parts, limit).await } else { None };
    let stopping = if lasts(route.operation) { parts.extensions.get().cloned() } else { None };
    let plain = path.answer(route, parts, survey, incoming(body), handshake.is_some()).await;
    respond(plain, head, handshake, stopping)
}

/// What turns a request into a WebSocket, if it asks for that. Boxed, as few requests do.
fn handshake(parts: &mut Parts, limit: usize) -> BoxFuture<'_, Option<Box<WebSocketUpgrade>>> {
    Box::pin(async move {
        let handshake = WebSocketUpgrade::from_request_parts(parts, &()).await.ok()?;
        Some(Box::new(handshake.max_message_size(limit).max_frame_size(limit)))
    })
}

/// Whether an answer of an operation lasts until somebody ends it.
fn lasts(operation: &OperationInfo) -> bool {
    operation.websocket || operation.produces.contains(&"text/event-stream")
}

fn incoming(body: Body) -> Option<Incoming> {
    if body.is_end_stream() { None } else { Some(body.into_data_stream().map_err(Into::into).boxed()) }
}

fn respond(
    plain: Plain,
    head: bool,
    handshake: Option<Box<WebSocketUpgrade>>,
    stopping: Option<Stopping>,
) -> Response<Body> {
    let Plain { status, headers, body, rejection } = plain;
    let mut response = match body {
        PlainBody::Full(bytes) if head => sized(bytes.len()),
        PlainBody::Full(bytes) => Response::new(Body::from(bytes)),
        PlainBody::Stream(_) if head => Response::new(Body::empty()),
        PlainBody::Stream(stream) => Response::new(match stopping {
            Some(stopping) => Body::from_stream(stream.take_until(async move { stopping.begun().await })),
            None => Body::from_stream(stream),
        }),
        PlainBody::Upgrade(upgrade) => return switch(upgrade, headers, handshake, stopping),
    };
    *response.status_mut() = status;
    if response.headers().is_empty() {
        *response.headers_mut() = headers;
    } else {
        response.headers_mut().extend(headers);
    }
    if let Some(rejection) = rejection {
        response.extensions_mut().insert(*rejection);
    }
    response
}

/// The response to `HEAD`: the length without the bytes.
fn sized(length: usize) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    if length > 0 {
        response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    response
}

fn switch(
    upgrade: Upgrade,
    headers: HeaderMap,
    handshake: Option<Box<WebSocketUpgrade>>,
    stopping: Option<Stopping>,
) -> Response<Body> {
    // Without a handshake the handler was not called, so there is one.
    let Some(handshake) = handshake else { return Response::new(Body::empty()) };
    let mut response = handshake.on_upgrade(async move |socket| {
        // The server that stops waits for the handler, too.
        let talk = (upgrade.0)(duplex::start(socket, stopping.clone()));
        talk.await;
        drop(stopping);
    });
    response.headers_mut().extend(headers);
    response
}
