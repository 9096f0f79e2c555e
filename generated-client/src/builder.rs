//! How a client is made.

use crate::base_url::BaseUrl;
use crate::body::Body;
use crate::client::{Core, Settings};
use crate::clock::{Clock, Time};
use crate::credentials::Credentials;
use crate::middleware::{Metrics, Middleware};
use crate::retry::RetryPolicy;
use crate::transport::{InProcess, Tower, Transport};
use crate::{Error, error::BoxError};
use bytes::Bytes;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;
use tower::Service;

/// Settings of a client, with defaults that are safe: time limits, a limit on the size of
/// responses, no redirects.
///
/// ```
/// # #[cfg(feature = "meshery")]
/// # fn main() -> Result<(), meshery_client::Error> {
/// use meshery_client::{Token, meshery};
/// use std::time::Duration;
///
/// let client = meshery::Client::builder("http://localhost:9081")?
///     .credentials(Token::new("eyJhbGciOi").provider("Meshery"))
///     .timeout(Duration::from_secs(10))
///     .build()?;
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "meshery"))]
/// # fn main() {}
/// ```
#[must_use]
pub struct ClientBuilder<C> {
    base: BaseUrl,
    pub(crate) transport: Option<Transport>,
    credentials: Option<Arc<dyn Credentials>>,
    user_agent: String,
    #[cfg(feature = "net")]
    connect_timeout: Duration,
    timeout: Option<Duration>,
    attempt_timeout: Option<Duration>,
    idle_timeout: Option<Duration>,
    max_response_size: usize,
    retry: RetryPolicy,
    middleware: Vec<Arc<dyn Middleware>>,
    metrics: Option<Arc<dyn Metrics>>,
    time: Option<Time>,
    client: PhantomData<fn() -> C>,
}

impl<C: From<Core>> ClientBuilder<C> {
    /// Parses the base URL; everything else has a default.
    pub(crate) fn new(base_url: &str) -> Result<Self, Error> {
        Ok(Self {
            base: BaseUrl::parse(base_url)?,
            transport: None,
            credentials: None,
            user_agent: concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")).to_owned(),
            #[cfg(feature = "net")]
            connect_timeout: Duration::from_secs(10),
            timeout: Some(Duration::from_secs(30)),
            attempt_timeout: None,
            idle_timeout: Some(Duration::from_secs(60)),
            max_response_size: 64 << 20,
            retry: RetryPolicy::default(),
            middleware: Vec::new(),
            metrics: None,
            time: Time::usual(),
            client: PhantomData,
        })
    }

    /// Who is calling. Without it requests carry no token.
    pub fn credentials(mut self, credentials: impl Credentials) -> Self {
        self.credentials = Some(Arc::new(credentials));
        self
    }

    /// The time a call may take, with all of its attempts and the waits between them, to the last
    /// byte of the response: 30 s unless set, no limit if `None`. Where the response is a stream it
    /// counts until that begins, where the request is one from the beginning of the response on;
    /// for the streams there is [`idle_timeout`](Self::idle_timeout).
    pub fn timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.timeout = limit.into();
        self
    }

    /// The time that one attempt of a call may take: no limit of its own unless set. What takes
    /// longer is given up, and tried again if the [policy](Self::retry) says so.
    pub fn attempt_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.attempt_timeout = limit.into();
        self
    }

    /// For how long nothing may happen where a body is a stream: the server takes nothing of an
    /// upload, does not answer after the last of it, or sends nothing of a download. 60 s unless set,
    /// no limit if `None`. A stream of one's own that has nothing to send yet may take its time.
    /// Events have a [limit of theirs](crate::Reconnect::silence).
    pub fn idle_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.idle_timeout = limit.into();
        self
    }

    /// When a call is sent again: see [`RetryPolicy`].
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// A hook around each attempt; one more if there are some.
    pub fn middleware(mut self, middleware: impl Middleware) -> Self {
        self.middleware.push(Arc::new(middleware));
        self
    }

    /// A hook that is told how each call went.
    pub fn metrics(mut self, metrics: impl Metrics) -> Self {
        self.metrics = Some(Arc::new(metrics));
        self
    }

    /// Another time than that of tokio: see [`Clock`].
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.time = Some(Time::Given(Arc::new(clock)));
        self
    }

    /// The time that connecting may take: 10 s unless set. A client that is
    /// [passed in](Self::http_client) keeps its own.
    #[cfg(feature = "net")]
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.connect_timeout = limit;
        self
    }

    /// How many bytes of a response are read into memory at most: 64 MiB unless set. It is also
    /// the limit of one event of a stream and of one message of a WebSocket.
    pub fn max_response_size(mut self, bytes: usize) -> Self {
        self.max_response_size = bytes;
        self
    }

    /// The `User-Agent`.
    pub fn user_agent(mut self, name: impl Into<String>) -> Self {
        self.user_agent = name.into();
        self
    }

    /// An HTTP client of one's own, for proxies, certificates, or to share its connections.
    ///
    /// Build it with `reqwest::redirect::Policy::none()`; if WebSockets are used, for HTTP/1.1
    /// only. One that follows redirects would show a login page as if it were the answer; a
    /// response that comes from elsewhere than the request went to is therefore
    /// [`Error::NotAuthenticated`]. `reqwest` itself takes the headers with the token away when it
    /// leaves the origin.
    #[cfg(feature = "net")]
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.transport = Some(Transport::Given(client));
        self
    }

    /// A service in place of the network: calls go to it as requests go to a server, in this
    /// process and without a socket. With the router of the generated server it is a test double
    /// that cannot be out of date; bodies are streamed both ways.
    ///
    /// The base URL still says what paths begin with, and which origin tokens are for. Everything
    /// else is as it is over the network, but that there is no compression, and that operations
    /// which become a WebSocket fail: there is no connection that could become one.
    ///
    /// ```
    /// # #[cfg(feature = "meshery")]
    /// # fn main() -> Result<(), meshery_client::Error> {
    /// use meshery_client::meshery;
    ///
    /// let router = axum::Router::new();
    /// let client = meshery::Client::builder("http://in-process")?.transport(router).build()?;
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "meshery"))]
    /// # fn main() {}
    /// ```
    pub fn transport<S, B>(mut self, service: S) -> Self
    where
        S: Service<http::Request<Body>, Response = http::Response<B>> + Clone + Send + 'static,
        S::Error: Into<BoxError>,
        S::Future: Send + 'static,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let service: Arc<dyn InProcess> = Arc::new(Tower::new(service));
        self.transport = Some(Transport::Service(service));
        self
    }

    /// The client.
    ///
    /// # Errors
    /// The HTTP client cannot be made: the certificates of the system cannot be read, or the user
    /// agent is not fit for a header. Without the feature `net`: there is no transport, or no clock.
    pub fn build(self) -> Result<C, Error> {
        let user_agent = http::HeaderValue::try_from(self.user_agent)
            .map_err(|_| Error::settings("the user agent holds characters that a header cannot carry"))?;
        let transport = match self.transport {
            Some(transport) => transport,
            #[cfg(feature = "net")]
            None => crate::transport::own(connections(&self.base), self.connect_timeout)
                .map_err(|e| Error::Transport { operation: None, source: BoxError::from(e.without_url()) })?,
            #[cfg(not(feature = "net"))]
            None => {
                return Err(Error::settings(
                    "there is no network without the feature `net`; give a `transport`",
                ));
            }
        };
        let no_time = || Error::settings("there is no time without the feature `net`; give a `clock`");
        let time = self.time.ok_or_else(no_time)?;
        Ok(C::from(Core::new(Settings {
            transport,
            base: self.base,
            credentials: self.credentials,
            user_agent,
            timeout: self.timeout,
            attempt_timeout: self.attempt_timeout,
            idle_timeout: self.idle_timeout,
            max_response_size: self.max_response_size,
            budget: self.retry.new_budget(),
            retry: self.retry,
            middleware: self.middleware,
            metrics: self.metrics,
            time,
        })))
    }
}

/// Connections as the environment says, but to this machine without a proxy: a token that is sent in
/// clear text stays here.
#[cfg(feature = "net")]
fn connections(base: &BaseUrl) -> impl Fn() -> reqwest::ClientBuilder + Send + Sync + use<> {
    let is_local = base.is_local();
    move || match is_local {
        true => reqwest::Client::builder().no_proxy(),
        false => reqwest::Client::builder(),
    }
}

impl<C> fmt::Debug for ClientBuilder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder").field("base", &format_args!("{}", self.base)).finish_non_exhaustive()
    }
}
