//! How a client is made.

use crate::base_url::BaseUrl;
use crate::client::{Core, Settings};
use crate::credentials::Credentials;
use crate::{Error, error::BoxError};
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

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
    http: Option<reqwest::Client>,
    credentials: Option<Arc<dyn Credentials>>,
    user_agent: String,
    connect_timeout: Duration,
    timeout: Option<Duration>,
    max_response_size: usize,
    client: PhantomData<fn() -> C>,
}

impl<C: From<Core>> ClientBuilder<C> {
    /// Parses the base URL; everything else has a default.
    pub(crate) fn new(base_url: &str) -> Result<Self, Error> {
        Ok(Self {
            base: BaseUrl::parse(base_url)?,
            http: None,
            credentials: None,
            user_agent: concat!("meshery-rust/", env!("CARGO_PKG_VERSION")).to_owned(),
            connect_timeout: Duration::from_secs(10),
            timeout: Some(Duration::from_secs(30)),
            max_response_size: 64 << 20,
            client: PhantomData,
        })
    }

    /// Who is calling. Without it requests carry no token.
    pub fn credentials(mut self, credentials: impl Credentials) -> Self {
        self.credentials = Some(Arc::new(credentials));
        self
    }

    /// The time a call may take, from connecting to the last byte of the response: 30 s unless
    /// set, no limit if `None`. Where the response is a stream it counts until that begins; it
    /// does not count where the request is one.
    pub fn timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.timeout = limit.into();
        self
    }

    /// The time that connecting may take: 10 s unless set. A client that is
    /// [passed in](Self::http_client) keeps its own.
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
    /// Build it with `reqwest::redirect::Policy::none()`; if WebSockets are used, for HTTP/1.1 only. One that follows redirects would show a
    /// login page as if it were the answer; a response that comes from elsewhere than the request
    /// went to is therefore [`Error::NotAuthenticated`]. `reqwest` itself takes the headers with
    /// the token away when it leaves the origin.
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http = Some(client);
        self
    }

    /// The client.
    ///
    /// # Errors
    /// The HTTP client cannot be made: the certificates of the system cannot be read, or the user
    /// agent is not fit for a header.
    pub fn build(self) -> Result<C, Error> {
        let user_agent = http::HeaderValue::try_from(self.user_agent)
            .map_err(|_| Error::settings("the user agent holds characters that a header cannot carry"))?;
        let http = match self.http {
            Some(http) => http,
            None => reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .connect_timeout(self.connect_timeout)
                .build()
                .map_err(|e| Error::Transport { operation: None, source: BoxError::from(e.without_url()) })?,
        };
        Ok(C::from(Core::new(Settings {
            http,
            base: self.base,
            credentials: self.credentials,
            user_agent,
            timeout: self.timeout,
            max_response_size: self.max_response_size,
        })))
    }
}

impl<C> fmt::Debug for ClientBuilder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder").field("base", &format_args!("{}", self.base)).finish_non_exhaustive()
    }
}
