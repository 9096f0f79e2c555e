//! Event streams: the one that is beside the contract, and the end of all of them.

use super::app::{App, Behind};
use crate::provider::local::Caller;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::StreamExt;
use meshery_server::OperationInfo;
use std::convert::Infallible;
use std::sync::LazyLock;
use std::time::Duration;
use tokio::sync::watch;

/// What the route would be if the contract had it: permission keys are asked for by it.
pub(super) static SUBSCRIBE: LazyLock<OperationInfo> =
    LazyLock::new(|| OperationInfo::new("subscribeEvents", Method::GET, "/api/system/events/subscribe"));

/// `GET /api/system/events/subscribe`, which Meshery's user interface listens at.
pub(super) fn routes(app: App) -> Router {
    Router::new().route(SUBSCRIBE.path, get(subscribe)).with_state(app)
}

async fn subscribe(State(app): State<App>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let (identity, token) = match app.caller(&parts).await {
        Ok(caller) => caller,
        Err(refused) => return refused,
    };
    if let Err(refused) = app.permit(&SUBSCRIBE, &identity, token.as_ref(), &parts).await {
        return refused;
    }
    match app.behind() {
        Behind::Remote(remote) => remote.events(&identity, token.as_ref(), &parts).await,
        Behind::Local(local) => {
            let Some(events) = local.try_subscribe(Caller::from(&identity)) else {
                let why = "too many event streams of one user; close others first";
                return (StatusCode::TOO_MANY_REQUESTS, why).into_response();
            };
            let events = events.map(|event| Ok::<_, Infallible>(Event::default().data(event)));
            let alive = KeepAlive::new().interval(Duration::from_secs(15)).text("keepalive");
            Sse::new(events).keep_alive(alive).into_response()
        }
    }
}

/// A layer: event streams end when the server stops. They have no end of their own to wait for, and
/// who reads one connects again.
pub(super) async fn end_when_stopping(
    State(mut stopping): State<watch::Receiver<bool>>,
    request: Request,
    next: Next,
) -> Response {
    let response = next.run(request).await;
    let media_type = response.headers().get(CONTENT_TYPE).map(|value| value.as_bytes());
    if !media_type.is_some_and(|media_type| media_type.starts_with(b"text/event-stream")) {
        return response;
    }
    response.map(|body| {
        let stopped = async move { drop(stopping.wait_for(|stopping| *stopping).await) };
        Body::from_stream(body.into_data_stream().take_until(Box::pin(stopped)))
    })
}
