//! Requests that are passed on as they came, and calls of operations by name: for gateways and tools
//! that know an operation when they run, not when they are compiled.

use crate::Error;
use crate::body::Body;
use crate::client::Core;
use crate::clock::Time;
use crate::credentials::Token;
use crate::error::BoxError;
use crate::operation::OperationInfo;
use crate::payload::Upload;
use crate::prepare::identify;
use crate::transport::{Incoming, IncomingBody, Outgoing};
use crate::websocket::{WebSocket, accepted, handshake};
use bytes::Bytes;
use futures_util::{Stream, TryStreamExt};
use http::header::{CONTENT_LENGTH, COOKIE, UPGRADE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use std::fmt;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;

/// A request of an operation, with everything encoded already.
///
/// ```
/// # use meshery_client::PassedRequest;
/// let request = PassedRequest::new("/api/workspaces?page=0");
/// ```
#[derive(Debug)]
#[must_use]
pub struct PassedRequest {
    method: Option<Method>,
    target: String,
    headers: HeaderMap,
    body: Option<Upload>,
    token: Option<Token>,
}

/// What came back: any status, and a body that was not looked at.
pub struct PassedResponse {
    operation: &'static OperationInfo,
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    length: Option<u64>,
    body: IncomingBody,
    key: Option<String>,
    limit: usize,
    time: Time,
}

impl PassedRequest {
    /// A request for an encoded path and query, below the base URL of a client.
    pub fn new(target: impl Into<String>) -> Self {
        let headers = HeaderMap::new();
        Self { method: None, target: target.into(), headers, body: None, token: None }
    }

    /// Another method than that of the operation: `HEAD`.
    pub fn method(mut self, method: Method) -> Self {
        self.method = Some(method);
        self
    }

    /// Headers to send, as they are, but for those that belong to the connection: how long the body is,
    /// and an upgrade, are said anew. Cookies go out beside those of the [`token`](Self::token).
    pub fn headers(mut self, headers: HeaderMap) -> Self {
        self.headers = headers;
        self
    }

    /// A body. Its media type is among the headers.
    pub fn body(mut self, body: impl Into<Upload>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// The token to send, in place of what the client's credentials would say.
    pub fn token(mut self, token: Option<Token>) -> Self {
        self.token = token;
        self
    }
}

impl Core {
    /// Passes a request on, once: no retries, no token but its own, no judgement of the response.
    ///
    /// The [time limit](crate::ClientBuilder::timeout) of a call counts until the head of the response is
    /// there; not where the body that is sent is a stream.
    ///
    /// ```
    /// use meshery_client::{Core, Error, OperationInfo, PassedRequest, Token};
    ///
    /// async fn forward(core: &Core, operation: &'static OperationInfo, token: Token) -> Result<u64, Error> {
    ///     let request = PassedRequest::new("/api/workspaces?page=0").token(Some(token));
    ///     let mut response = core.pass(operation, request).await?;
    ///     let mut length = 0;
    ///     while let Some(chunk) = response.chunk().await? {
    ///         length += chunk.len() as u64; // and on it goes
    ///     }
    ///     Ok(length)
    /// }
    /// ```
    ///
    /// # Errors
    /// The target leads elsewhere, the token cannot be sent, or there is no response in time.
    pub async fn pass(
        &self,
        operation: &'static OperationInfo,
        request: PassedRequest,
    ) -> Result<PassedResponse, Error> {
        self.pass_on(operation, request, None).await
    }

    /// The same as a request for a WebSocket: see [`PassedResponse::into_socket`].
    ///
    /// # Errors
    /// The same.
    pub async fn pass_upgrade(
        &self,
        operation: &'static OperationInfo,
        request: PassedRequest,
    ) -> Result<PassedResponse, Error> {
        self.pass_on(operation, request, Some(generate_key())).await
    }

    async fn pass_on(
        &self,
        operation: &'static OperationInfo,
        request: PassedRequest,
        key: Option<String>,
    ) -> Result<PassedResponse, Error> {
        let settings = self.settings();
        let timed = request.body.as_ref().is_none_or(|body| !body.is_streamed());
        let (prepared, key) = self.prepare_pass(operation, request, key)?;
        let sent = async { settings.transport.send(prepared).await.map_err(|broken| broken.of(operation)) };
        let limit = settings.timeout.filter(|_| timed);
        let response = crate::send::limited(&settings.time, operation, limit, sent).await?;
        let Incoming { status, headers, length, body, .. } = *response;
        let (limit, time) = (settings.max_response_size, settings.time.clone());
        Ok(PassedResponse { operation, status, headers, length, body, key, limit, time })
    }

    fn prepare_pass(
        &self,
        operation: &'static OperationInfo,
        request: PassedRequest,
        key: Option<String>,
    ) -> Result<(Outgoing, Option<String>), Error> {
        let PassedRequest { method, target, headers, body, token } = request;
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let url = self.settings().base.join(path, query).ok_or_else(|| Error::InvalidRequest {
            operation: Some(operation),
            message: "the path would be read as another one".to_owned(),
        })?;
        let method = method.unwrap_or_else(|| operation.method.clone());
        let mut prepared = Outgoing { method, url, headers, body: Body::default() };
        let own = &mut prepared.headers;
        let cookies = own.remove(COOKIE);
        identify(own, &[], token.as_ref()).map_err(|source| credentials(operation, source))?;
        keep_cookies(own, cookies).map_err(|source| credentials(operation, source))?;
        if let Some(key) = &key {
            let upgrade = handshake(key, self.origin());
            own.extend(
                upgrade.map_err(|e| Error::Transport { operation: Some(operation), source: e.into() })?,
            );
        } else {
            own.remove(UPGRADE);
        }
        if let Some(body) = body {
            own.remove(CONTENT_LENGTH);
            if let Some(length) = body.size() {
                own.insert(CONTENT_LENGTH, length.into());
            }
            prepared.body = body.into_body();
        }
        Ok((prepared, key))
    }
}

/// The cookies of a request beside those that say who is calling.
fn keep_cookies(headers: &mut HeaderMap, cookies: Option<HeaderValue>) -> Result<(), BoxError> {
    let Some(cookies) = cookies else { return Ok(()) };
    let all = match headers.get(COOKIE) {
        Some(own) => [own.as_bytes(), b"; ", cookies.as_bytes()].concat(),
        None => cookies.as_bytes().to_vec(),
    };
    let mut all = HeaderValue::from_bytes(&all)?;
    all.set_sensitive(true);
    headers.insert(COOKIE, all);
    Ok(())
}

fn credentials(operation: &'static OperationInfo, source: BoxError) -> Error {
    Error::Credentials { operation, source, status: None }
}

impl PassedResponse {
    /// How many bytes of body are announced.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// The next bytes of the body; `None` at its end. Neither how many there are nor how long they take is
    /// limited here: that is for who passes them on.
    ///
    /// # Errors
    /// It breaks off.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        self.body.chunk().await.map_err(|broken| broken.of(self.operation))
    }

    /// The rest of the body as a stream, as little limited. It ends with the first error.
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes, Error>> + Send + Unpin + 'static {
        let operation = self.operation;
        self.body.into_chunks().map_err(move |broken| broken.of(operation))
    }

    /// The WebSocket that a response with status 101 opens.
    ///
    /// # Errors
    /// The response does not accept the upgrade as the protocol asks for.
    pub async fn into_socket(self) -> Result<WebSocket, Error> {
        let key = self.key.unwrap_or_default();
        accepted(self.operation, &self.headers, self.body, &key, (self.limit, self.time)).await
    }
}

impl fmt::Debug for PassedResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PassedResponse").field("status", &self.status).finish_non_exhaustive()
    }
}
