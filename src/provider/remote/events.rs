//! The stream of events that the upstream server has beside the contract.

use super::{Remote, headers, token};
use crate::auth::server::Identity;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{ACCEPT, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode};
use meshery_client::{OperationInfo, PassedRequest};
use meshery_server::Token;

static SUBSCRIBE: OperationInfo =
    OperationInfo::new("subscribeEvents", Method::GET, "/api/system/events/subscribe");

impl Remote {
    /// Passes on a request for the events of Meshery Server, and what comes of it. The contract does
    /// not have them: nothing is looked at.
    pub async fn events(&self, identity: &Identity, shown: Option<&Token>, parts: &Parts) -> Response {
        let mut outgoing = self.outgoing(&parts.headers);
        outgoing.entry(ACCEPT).or_insert(HeaderValue::from_static("text/event-stream"));
        let target = parts.uri.path_and_query().map_or(SUBSCRIBE.path, |target| target.as_str());
        let request = PassedRequest::new(target).headers(outgoing).token(token(Some(identity), shown));
        let response = match self.0.core.pass(&SUBSCRIBE, request).await {
            Ok(response) => response,
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
        (status, passed, Body::from_stream(response.into_stream())).into_response()
    }
}
