//! The stream of events that the upstream server has beside the contract.

use super::{Remote, User, headers, token};
use crate::auth::server::Identity;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use http::header::{ACCEPT, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode};
use meshery_client::{Error, OperationInfo, PassedRequest};
use meshery_server::Token;

static SUBSCRIBE: OperationInfo =
    OperationInfo::new("subscribeEvents", Method::GET, "/api/system/events/subscribe");

impl Remote {
    /// Passes on a request for the events of Meshery Server, and what comes of it. The contract does
    /// not have them: nothing is looked at. A user who has 32 event streams open gets 429.
    pub async fn events(&self, identity: &Identity, shown: Option<&Token>, parts: &Parts) -> Response {
        let Some(place) = self.0.streams.take(User::of(Some(identity), shown)) else {
            return StatusCode::TOO_MANY_REQUESTS.into_response();
        };
        let mut outgoing = self.outgoing(&parts.headers);
        outgoing.entry(ACCEPT).or_insert(HeaderValue::from_static("text/event-stream"));
        let target = parts.uri.path_and_query().map_or(SUBSCRIBE.path, |target| target.as_str());
        let request = PassedRequest::new(target).headers(outgoing).token(token(Some(identity), shown));
        let response = match self.0.core.pass(&SUBSCRIBE, request).await {
            Ok(response) => response,
            Err(Error::InvalidRequest { .. }) => return StatusCode::BAD_REQUEST.into_response(),
            Err(error) => {
                tracing::warn!(%error, "events cannot be asked for");
                return StatusCode::SERVICE_UNAVAILABLE.into_response();
            }
        };
        if response.status.is_redirection() {
            let login = [(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))];
            return (StatusCode::UNAUTHORIZED, login).into_response();
        }
        let (status, passed) = (response.status, headers::incoming(&response.headers));
        let events = response.into_stream().map(move |chunk| {
            // It is counted as long as it lasts.
            let _ = &place;
            chunk
        });
        (status, passed, Body::from_stream(events)).into_response()
    }
}
