//! What carries a request to the server: an HTTP client, or a service in this process.

use crate::Error;
use crate::body::Body;
use crate::client::BoxFuture;
use crate::error::BoxError;
use crate::operation::OperationInfo;
use bytes::Bytes;
use futures_util::Stream;
use futures_util::stream::poll_fn as stream_of;
use http::header::{CONTENT_LENGTH, HOST, UPGRADE};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use std::future::{poll_fn, ready as done};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, ready};
use tower::Service;
use url::{Position, Url};

#[cfg(feature = "net")]
mod connections;
#[cfg(feature = "net")]
pub(crate) use connections::{Connections, own};

/// Why a transport has no response, or no more of it.
pub(crate) enum Broken {
    /// What `reqwest` says.
    #[cfg(feature = "net")]
    Http(reqwest::Error),
    /// What a service says.
    Service(BoxError),
}

/// What carries requests.
#[derive(Clone)]
pub(crate) enum Transport {
    /// Connections that are made for this client.
    #[cfg(feature = "net")]
    Own(Connections),
    /// An HTTP client that was passed in.
    #[cfg(feature = "net")]
    Given(reqwest::Client),
    /// A service in this process.
    Service(Arc<dyn InProcess>),
}

/// A request as it is sent.
pub(crate) struct Outgoing {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
}

/// A response whose body is still to be read.
pub(crate) struct Incoming {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// It comes from elsewhere than the request went to.
    pub(crate) moved: bool,
    /// How many bytes are announced.
    pub(crate) length: Option<u64>,
    pub(crate) body: IncomingBody,
}

/// A request under way. It and its answer are large, and stay where they are.
pub(crate) type Sending = BoxFuture<'static, Result<Box<Incoming>, Broken>>;

/// The body of a response.
#[allow(clippy::large_enum_variant, reason = "the large one is the usual one")]
pub(crate) enum IncomingBody {
    #[cfg(feature = "net")]
    Http(reqwest::Response),
    Service(ServiceBody),
}

type ServiceBody = Pin<Box<dyn http_body::Body<Data = Bytes, Error = BoxError> + Send>>;

/// The rest of a body, in chunks as they come.
pub(crate) type Arriving = Pin<Box<dyn Stream<Item = Result<Bytes, Broken>> + Send>>;

impl Broken {
    /// The error of a call.
    pub(crate) fn of(self, operation: &'static OperationInfo) -> Error {
        match self {
            #[cfg(feature = "net")]
            Self::Http(error) => Error::transport(Some(operation), error),
            Self::Service(source) => Error::Transport { operation: Some(operation), source },
        }
    }
}

impl Transport {
    /// Sends a request.
    pub(crate) fn send(&self, request: Outgoing) -> Sending {
        match self {
            #[cfg(feature = "net")]
            Self::Own(connections) => connections.send(request),
            #[cfg(feature = "net")]
            Self::Given(client) => connections::by(client, request, true),
            Self::Service(_) if request.headers.contains_key(UPGRADE) => {
                Box::pin(done(Err(Broken::Service(NO_UPGRADE.into()))))
            }
            Self::Service(service) => {
                let service = Arc::clone(service);
                Box::pin(async move {
                    let request = in_process(request).map_err(Broken::Service)?;
                    let (parts, body) = service.call(request).await.map_err(Broken::Service)?.into_parts();
                    let length = http_body::Body::size_hint(&body).exact();
                    let (status, headers) = (parts.status, parts.headers);
                    let body = IncomingBody::Service(body);
                    Ok(Box::new(Incoming { status, headers, moved: false, length, body }))
                })
            }
        }
    }
}

impl IncomingBody {
    /// The next chunk; none at the end.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>, Broken> {
        match self {
            #[cfg(feature = "net")]
            Self::Http(response) => response.chunk().await.map_err(Broken::Http),
            Self::Service(body) => poll_fn(|cx| next(body, cx)).await.transpose(),
        }
    }

    /// The rest, in chunks as they come.
    pub(crate) fn into_chunks(self) -> Arriving {
        match self {
            #[cfg(feature = "net")]
            Self::Http(response) => {
                Box::pin(futures_util::stream::unfold(Some(response), |response| async {
                    let mut response = response?;
                    match response.chunk().await {
                        Ok(chunk) => Some((Ok(chunk?), Some(response))),
                        Err(error) => Some((Err(Broken::Http(error)), None)),
                    }
                }))
            }
            Self::Service(mut body) => Box::pin(stream_of(move |cx| next(&mut body, cx))),
        }
    }
}

/// The next data of a body. What else may come is not for us.
fn next(body: &mut ServiceBody, cx: &mut std::task::Context<'_>) -> Poll<Option<Result<Bytes, Broken>>> {
    loop {
        match ready!(body.as_mut().poll_frame(cx)) {
            None => return Poll::Ready(None),
            Some(Err(error)) => return Poll::Ready(Some(Err(Broken::Service(error)))),
            Some(Ok(frame)) => {
                if let Ok(data) = frame.into_data() {
                    return Poll::Ready(Some(Ok(data)));
                }
            }
        }
    }
}

const NO_UPGRADE: &str = "a service in this process has no connection that could become a WebSocket; serve it on a socket for that";

/// The request as a server would receive it: a path without host, and the headers that an HTTP
/// client adds.
fn in_process(request: Outgoing) -> Result<http::Request<Body>, BoxError> {
    let Outgoing { method, url, mut headers, body } = request;
    let target: Uri = url[Position::BeforePath..Position::AfterQuery].parse()?;
    let host = HeaderValue::from_str(&url[Position::BeforeHost..Position::AfterPort])?;
    headers.insert(HOST, host);
    if let Some(bytes) = body.as_bytes().filter(|bytes| !bytes.is_empty()) {
        headers.insert(CONTENT_LENGTH, bytes.len().into());
    }
    let mut request = http::Request::new(body);
    (*request.method_mut(), *request.uri_mut(), *request.headers_mut()) = (method, target, headers);
    Ok(request)
}

type Answer = Pin<Box<dyn Future<Output = Result<http::Response<ServiceBody>, BoxError>> + Send>>;

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
            Ok(response.map(|body| Box::pin(Boxed(Box::pin(body))) as ServiceBody))
        })
    }
}

/// A body whose errors are of one type.
struct Boxed<B>(Pin<Box<B>>);

impl<B> http_body::Body for Boxed<B>
where
    B: http_body::Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, BoxError>>> {
        let frame = ready!(self.0.as_mut().poll_frame(cx));
        Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.0.size_hint()
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }
}
