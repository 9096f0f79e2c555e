//! What carries a request to the server: an HTTP client, or a service in this process.

use crate::error::BoxError;
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HOST};
use http::{HeaderValue, Uri};
use reqwest::Body;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::{Context, Poll};
use tower::Service;
use url::Position;

/// Why a transport has no response.
pub(crate) enum Broken {
    /// What `reqwest` says.
    Http(reqwest::Error),
    /// What a service says.
    Service(BoxError),
}

/// What carries requests.
#[derive(Clone)]
pub(crate) enum Transport {
    /// Connections that are made for this client.
    Own(Connections),
    /// An HTTP client that was passed in.
    Given(reqwest::Client),
    /// A service in this process.
    Service(Arc<dyn InProcess>),
}

/// The HTTP clients that are made here: WebSockets need one of their own, since they begin as
/// HTTP/1.1, where other requests take what the server offers.
#[derive(Clone)]
pub(crate) struct Connections {
    pub(crate) client: reqwest::Client,
    pub(crate) upgrading: Arc<OnceLock<reqwest::Client>>,
    pub(crate) make: Arc<dyn Fn(bool) -> reqwest::Result<reqwest::Client> + Send + Sync>,
}

impl Transport {
    /// Sends a request. `upgrade` says that it asks for another protocol.
    pub(crate) async fn send(
        &self,
        request: reqwest::Request,
        upgrade: bool,
    ) -> Result<reqwest::Response, Broken> {
        match self {
            Self::Own(connections) if upgrade => {
                connections.upgrading()?.execute(request).await.map_err(Broken::Http)
            }
            Self::Own(Connections { client, .. }) | Self::Given(client) => {
                client.execute(request).await.map_err(Broken::Http)
            }
            Self::Service(_) if upgrade => Err(Broken::Service(NO_UPGRADE.into())),
            Self::Service(service) => {
                let request = in_process(request).map_err(Broken::Service)?;
                let response = service.call(request).await.map_err(Broken::Service)?;
                Ok(response.into())
            }
        }
    }

    /// Whether it may have followed redirects.
    pub(crate) fn follows_redirects(&self) -> bool {
        matches!(self, Self::Given(_))
    }
}

const NO_UPGRADE: &str = "a service in this process has no connection that could become a WebSocket; serve it on a socket for that";

impl Connections {
    fn upgrading(&self) -> Result<&reqwest::Client, Broken> {
        if let Some(client) = self.upgrading.get() {
            return Ok(client);
        }
        let client = (self.make)(true).map_err(Broken::Http)?;
        Ok(self.upgrading.get_or_init(|| client))
    }
}

/// The request as a server would receive it: a path without host, and the headers that an HTTP
/// client adds.
fn in_process(request: reqwest::Request) -> Result<http::Request<Body>, BoxError> {
    let url = request.url();
    let target: Uri = url[Position::BeforePath..Position::AfterQuery].parse()?;
    let host = HeaderValue::from_str(&url[Position::BeforeHost..Position::AfterPort])?;
    let mut request: http::Request<Body> = request.try_into()?;
    *request.uri_mut() = target;
    request.headers_mut().insert(HOST, host);
    if let Some(bytes) = request.body().as_bytes().filter(|bytes| !bytes.is_empty()) {
        let length = bytes.len().into();
        request.headers_mut().insert(CONTENT_LENGTH, length);
    }
    Ok(request)
}

type Answer = Pin<Box<dyn Future<Output = Result<http::Response<Body>, BoxError>> + Send>>;

/// A service, whatever its types are.
pub(crate) trait InProcess: Send + Sync {
    fn call(&self, request: http::Request<Body>) -> Answer;
}

/// A service of tower. Each call has a clone of its own, so that calls do not wait for each other.
pub(crate) struct Tower<S>(Mutex<S>);

impl<S> Tower<S> {
    pub(crate) fn new(service: S) -> Self {
        Self(Mutex::new(service))
    }
}

impl<S, B> InProcess for Tower<S>
where
    S: Service<http::Request<Body>, Response = http::Response<B>> + Clone + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send + 'static,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    fn call(&self, request: http::Request<Body>) -> Answer {
        let mut service = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Box::pin(async move {
            poll_fn(|cx| service.poll_ready(cx)).await.map_err(Into::into)?;
            let response = service.call(request).await.map_err(Into::into)?;
            Ok(response.map(|body| Body::wrap(Shared(Mutex::new(Box::pin(body))))))
        })
    }
}

/// A body that may be moved between threads, as one that may be shared, which `reqwest` asks for.
/// Nobody ever waits for the lock: whoever reads it has it alone.
struct Shared<B>(Mutex<Pin<Box<B>>>);

impl<B: http_body::Body> http_body::Body for Shared<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Self::Data>, Self::Error>>> {
        let body = self.get_mut().0.get_mut().unwrap_or_else(PoisonError::into_inner);
        body.as_mut().poll_frame(cx)
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).size_hint()
    }

    fn is_end_stream(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_end_stream()
    }
}
