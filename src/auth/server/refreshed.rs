//! A token that was refreshed on the way in goes back to the browser as its cookie.

use super::cookies;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::header::SET_COOKIE;
use meshery_server::Token;
use std::sync::{Arc, OnceLock};

/// Where the authenticator leaves a new token for whoever writes the response.
#[derive(Clone, Default)]
pub(super) struct Slot(Arc<OnceLock<Token>>);

impl Slot {
    pub(super) fn put(&self, token: Token) {
        // The first one stays: one request has one token.
        let _ = self.0.set(token);
    }
}

/// A layer around a router with a [`Gate`](super::Gate): a token that was refreshed for a request is
/// set as the cookie `token` of its response. `secure`: whether browsers reach the server by HTTPS.
///
/// ```
/// # use axum::{Router, middleware};
/// # use meshery_runtime::auth::server::set_refreshed_cookie;
/// let router: Router = Router::new();
/// let router = router.layer(middleware::from_fn(|request, next| set_refreshed_cookie(true, request, next)));
/// # drop(router);
/// ```
pub async fn set_refreshed_cookie(secure: bool, mut request: Request, next: Next) -> Response {
    let slot = Slot::default();
    request.extensions_mut().insert(slot.clone());
    let mut response = next.run(request).await;
    if let Some(header) = slot.0.get().and_then(|token| cookies::set("token", token.secret(), secure)) {
        response.headers_mut().append(SET_COOKIE, header);
    }
    response
}
