//! Pages of other origins that may call.

use crate::request_id;
use http::header::{
    ACCEPT, ALLOW, AUTHORIZATION, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, LOCATION, RETRY_AFTER,
    WWW_AUTHENTICATE,
};
use http::{HeaderName, HeaderValue, Method};
use std::time::Duration;
use tower_http::cors::{AllowOrigin, CorsLayer};

/// How long a browser need not ask again. Browsers cut it to less.
const ASKED: Duration = Duration::from_secs(24 * 3600);

/// A layer that lets pages of these origins (`https://ui.example.org`) call with the user's
/// credentials. Others are not let in by it, and what is no origin lets nobody in.
///
/// It answers preflights itself, so it has to be around the router. WebSockets are another matter:
/// see `Api::allow_origin`.
///
/// ```
/// # let router = meshery_server::Router::new();
/// let app = router.layer(meshery_server::cors(["https://ui.example.org"]));
/// # let _: meshery_server::Router = app;
/// ```
pub fn cors<O: AsRef<str>>(origins: impl IntoIterator<Item = O>) -> CorsLayer {
    // A list, also of one: `*` is no origin, and with credentials it would be any.
    let origins: Vec<HeaderValue> = origins
        .into_iter()
        .map(|origin| origin.as_ref().trim_end_matches('/').to_owned())
        .filter(|origin| origin.contains("://"))
        .filter_map(|origin| HeaderValue::try_from(origin).ok())
        .collect();
    let methods = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    let ours = ["meshery-token", "meshery-provider"].map(HeaderName::from_static);
    let sent =
        [ACCEPT, AUTHORIZATION, CONTENT_TYPE, request_id::HEADER.clone(), HeaderName::from_static("prefer")];
    let read = [
        ALLOW,
        CONTENT_DISPOSITION,
        ETAG,
        LOCATION,
        RETRY_AFTER,
        WWW_AUTHENTICATE,
        request_id::HEADER.clone(),
    ];
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_credentials(true)
        .allow_methods(methods)
        .allow_headers(ours.into_iter().chain(sent).collect::<Vec<_>>())
        .expose_headers(read)
        .max_age(ASKED)
}
