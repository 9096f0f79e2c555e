//! The one core that every call goes through. It is not generic: operations are shims around it.

use crate::base_url::BaseUrl;
use crate::call::{Call, Target};
use crate::credentials::{Credentials, CredentialsRequest, Token};
use crate::exchange::Exchange;
use crate::operation::OperationInfo;
use crate::payload::{self, Payload};
use crate::response::Raw;
use crate::{Error, error::BoxError};
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, USER_AGENT};
use http::{HeaderMap, HeaderValue};
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tracing::{Instrument, Span, field};

pub(crate) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What the clients of all products are made of: where to, as whom, within which limits.
///
/// Cheap to clone; clones share their connections.
#[derive(Clone)]
pub struct Core(Arc<Settings>);

pub(crate) struct Settings {
    pub(crate) http: reqwest::Client,
    pub(crate) base: BaseUrl,
    pub(crate) credentials: Option<Arc<dyn Credentials>>,
    pub(crate) user_agent: HeaderValue,
    pub(crate) timeout: Option<Duration>,
    pub(crate) max_response_size: usize,
}

impl Core {
    pub(crate) fn new(settings: Settings) -> Self {
        Self(Arc::new(settings))
    }

    pub(crate) fn max_response_size(&self) -> usize {
        self.0.max_response_size
    }

    pub(crate) fn origin(&self) -> &str {
        self.0.base.origin()
    }

    /// Asks the hook who is calling.
    async fn token(&self, operation: &'static OperationInfo) -> Result<Option<Token>, Error> {
        let Some(hook) = &self.0.credentials else { return Ok(None) };
        let request = CredentialsRequest { operation, origin: self.origin() };
        hook.token(request).await.map_err(|source| Error::Credentials { operation, source })
    }

    /// Sends a request, once. The one place where that happens: what repeats, records or replaces
    /// attempts belongs around it.
    async fn attempt(&self, prepared: Prepared, span: &Span) -> Result<Exchange, Error> {
        let Prepared { operation, request, token, .. } = prepared;
        let url = request.url().clone();
        let sent = self.0.http.execute(request).await;
        let response = sent.map_err(|e| Error::transport(Some(operation), e))?;
        span.record("status", response.status().as_u16());
        let limits = (self.0.max_response_size, self.0.timeout);
        Exchange::new(operation, &url, response, token, limits).await
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Core")
            .field("base", &format_args!("{}", self.0.base))
            .field("credentials", &self.0.credentials.as_ref().map(|_| format_args!("[hook]")))
            .field("timeout", &self.0.timeout)
            .field("max_response_size", &self.0.max_response_size)
            .finish_non_exhaustive()
    }
}

/// A request that is ready to be sent.
pub(crate) struct Prepared {
    operation: &'static OperationInfo,
    pub(crate) request: reqwest::Request,
    token: Option<Token>,
    streamed: bool,
}

impl<'a> Call<'a> {
    /// Sends it and reads the whole body of a documented success.
    pub(crate) fn execute(self) -> BoxFuture<'a, Result<Raw, Error>> {
        let (core, operation) = (self.core, self.operation);
        traced(operation, |span| async move {
            let prepared = self.prepare().await?;
            let limit = core.0.timeout.filter(|_| !prepared.streamed);
            limited(operation, limit, async { core.attempt(prepared, &span).await?.read().await }).await
        })
    }

    /// Sends it and returns when a documented success begins.
    pub(crate) fn open(self) -> BoxFuture<'a, Result<Exchange, Error>> {
        let (core, operation) = (self.core, self.operation);
        traced(operation, |span| async move {
            let prepared = self.prepare().await?;
            let limit = core.0.timeout.filter(|_| !prepared.streamed);
            limited(operation, limit, core.attempt(prepared, &span)).await
        })
    }

    /// The same with headers of a handshake.
    pub(crate) fn open_with(mut self, headers: HeaderMap) -> BoxFuture<'a, Result<Exchange, Error>> {
        self.headers.extend(headers);
        self.open()
    }

    async fn prepare(mut self) -> Result<Prepared, Error> {
        let (operation, settings) = (self.operation, &self.core.0);
        let invalid = |message: String| Error::InvalidRequest { operation: Some(operation), message };
        let Target { path, query } = self.target()?;
        let url = settings.base.join(&path, &query);
        let url = url.ok_or_else(|| invalid("the path would be read as another one".to_owned()))?;
        let token = self.core.token(operation).await?;

        let mut headers = std::mem::take(&mut self.headers);
        let accept = HeaderValue::from_str(operation.accept);
        headers
            .insert(ACCEPT, accept.map_err(|_| invalid("a media type is not fit for a header".to_owned()))?);
        headers.insert(USER_AGENT, settings.user_agent.clone());
        identify(&mut headers, &self.cookies, token.as_ref())
            .map_err(|source| Error::Credentials { operation, source })?;

        let streamed = self.payload.is_streamed();
        let mut request = reqwest::Request::new(operation.method.clone(), url);
        *request.headers_mut() = headers;
        let builder = reqwest::RequestBuilder::from_parts(settings.http.clone(), request);
        let builder =
            carry(builder, self.payload).map_err(|(name, why)| invalid(format!("`{name}` {why}")))?;
        let request = builder.build().map_err(|e| Error::transport(Some(operation), e))?;
        Ok(Prepared { operation, request, token, streamed })
    }
}

/// A future within a time limit.
pub(crate) async fn limited<T>(
    operation: &'static OperationInfo,
    limit: Option<Duration>,
    future: impl Future<Output = Result<T, Error>> + Send,
) -> Result<T, Error> {
    let Some(limit) = limit else { return future.await };
    match tokio::time::timeout(limit, future).await {
        Ok(result) => result,
        Err(_) => Err(Error::Timeout { operation, after: Some(limit) }),
    }
}

/// Runs a call in its span. What is recorded is the operation, never the values of the request.
fn traced<'a, T, F>(
    operation: &'static OperationInfo,
    call: impl FnOnce(Span) -> F,
) -> BoxFuture<'a, Result<T, Error>>
where
    F: Future<Output = Result<T, Error>> + Send + 'a,
{
    let span = tracing::debug_span!(
        "meshery call",
        operation = operation.id,
        method = operation.method.as_str(),
        path = operation.path,
        status = field::Empty,
        error = field::Empty,
    );
    let call = call(span.clone());
    Box::pin(async move {
        let result = call.instrument(span.clone()).await;
        if let Err(error) = &result {
            span.record("error", field::display(error));
        }
        result
    })
}

/// Writes the headers that say who is calling.
fn identify(
    headers: &mut HeaderMap,
    cookies: &[(&'static str, String)],
    token: Option<&Token>,
) -> Result<(), BoxError> {
    let mut all = token.map(Token::cookies).transpose()?.unwrap_or_default();
    for (name, value) in cookies {
        // The identity comes from the hook only: nobody overrides it by a parameter.
        if token.is_some() && matches!(*name, "token" | "meshery-provider") {
            continue;
        }
        let separator = if all.is_empty() { "" } else { "; " };
        all.push_str(&format!("{separator}{name}={value}"));
    }
    if !all.is_empty() {
        let mut value = HeaderValue::try_from(all)?;
        value.set_sensitive(true);
        headers.insert(COOKIE, value);
    }
    if let Some(bearer) = token.map(Token::bearer).transpose()?.flatten() {
        headers.insert(AUTHORIZATION, bearer);
    }
    Ok(())
}

/// Puts the body into the request.
fn carry(
    builder: reqwest::RequestBuilder,
    payload: Payload,
) -> Result<reqwest::RequestBuilder, (&'static str, &'static str)> {
    Ok(match payload {
        Payload::Empty => builder,
        Payload::Bytes(media_type, bytes) => builder.header(CONTENT_TYPE, media_type).body(bytes),
        Payload::Upload(media_type, upload) => {
            let (body, length) = upload.into_body();
            let builder = builder.header(CONTENT_TYPE, media_type).body(body);
            match length {
                Some(length) => builder.header(CONTENT_LENGTH, length),
                None => builder,
            }
        }
        Payload::Form(pairs) => {
            let mut text = String::new();
            pairs.iter().for_each(|(name, value)| crate::encode::pair(&mut text, name, value));
            builder.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(text)
        }
        // `reqwest` sends nothing for a form without parts, not even its end.
        Payload::Parts(parts) if parts.is_empty() => {
            let form = payload::form(parts)?;
            let boundary = form.boundary();
            builder
                .header(CONTENT_TYPE, format!("multipart/form-data; boundary={boundary}"))
                .body(format!("--{boundary}--\r\n"))
        }
        Payload::Parts(parts) => builder.multipart(payload::form(parts)?),
    })
}
