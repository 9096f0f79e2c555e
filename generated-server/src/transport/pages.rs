//! Texts that are the same for everybody.

use crate::{RequestId, request_id};
use axum::Router;
use axum::body::Body;
use axum::routing::get;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
#[cfg(feature = "docs")]
use http::header::{CONTENT_ENCODING, CONTENT_SECURITY_POLICY};
use http::{HeaderMap, HeaderValue, Response};

/// A page at a path.
#[derive(Clone)]
pub(crate) struct Page {
    path: &'static str,
    headers: HeaderMap,
    body: Bytes,
}

/// Scripts, styles and requests from where the page is from, and nothing else. Swagger UI sets
/// styles of elements, and has its pictures in its style sheet.
#[cfg(feature = "docs")]
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                      img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

impl Page {
    pub(crate) fn new(path: &'static str, media_type: &'static str, body: impl Into<Bytes>) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        Self { path, headers, body: body.into() }
    }

    /// The same, whose body is compressed already.
    #[cfg(feature = "docs")]
    pub(crate) fn gzip(mut self) -> Self {
        self.headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        self
    }

    /// The same, which may load nothing from elsewhere.
    #[cfg(feature = "docs")]
    pub(crate) fn closed(mut self) -> Self {
        self.headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
        self
    }
}

/// A router with these pages.
pub(crate) fn pages(pages: Vec<Page>) -> Router {
    pages.into_iter().fold(Router::new(), |router, page| {
        let path = page.path;
        let answer = move |asked: HeaderMap| std::future::ready(response(&page, &asked));
        router.route(path, get(answer))
    })
}

fn response(page: &Page, asked: &HeaderMap) -> Response<Body> {
    let mut response = Response::new(Body::from(page.body.clone()));
    *response.headers_mut() = page.headers.clone();
    response.headers_mut().insert(&request_id::HEADER, RequestId::of(asked).header());
    response
}
