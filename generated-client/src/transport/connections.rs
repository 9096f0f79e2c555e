//! Connections over sockets, which are `reqwest`'s business.

use super::{Broken, Incoming, IncomingBody, Outgoing, Sending, Transport};
use http::header::UPGRADE;
use std::future::ready;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// The HTTP clients that are made here: WebSockets need one of their own, since they begin as
/// HTTP/1.1, where other requests take what the server offers.
#[derive(Clone)]
pub(crate) struct Connections {
    client: reqwest::Client,
    upgrading: Arc<OnceLock<reqwest::Client>>,
    make: Arc<dyn Fn(bool) -> reqwest::Result<reqwest::Client> + Send + Sync>,
}

/// Connections of the client's own, begun with these settings.
pub(crate) fn own(
    settings: impl Fn() -> reqwest::ClientBuilder + Send + Sync + 'static,
    connect_timeout: Duration,
) -> reqwest::Result<Transport> {
    let make = move |upgrading: bool| {
        let builder = settings()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(connect_timeout);
        // What the server offers counts, but only HTTP/1.1 can become something else.
        if upgrading { builder.http1_only() } else { builder }.build()
    };
    let client = make(false)?;
    Ok(Transport::Own(Connections { client, upgrading: Arc::new(OnceLock::new()), make: Arc::new(make) }))
}

impl Connections {
    pub(super) fn send(&self, request: Outgoing) -> Sending {
        if !request.headers.contains_key(UPGRADE) {
            return by(&self.client, request, false);
        }
        match self.upgrading() {
            Ok(client) => by(client, request, false),
            Err(broken) => Box::pin(ready(Err(broken))),
        }
    }

    fn upgrading(&self) -> Result<&reqwest::Client, Broken> {
        if let Some(client) = self.upgrading.get() {
            return Ok(client);
        }
        let client = (self.make)(true).map_err(Broken::Http)?;
        Ok(self.upgrading.get_or_init(|| client))
    }
}

/// Sends a request by an HTTP client, which may follow redirects.
pub(super) fn by(client: &reqwest::Client, request: Outgoing, follows: bool) -> Sending {
    let Outgoing { method, url, headers, body } = request;
    let asked = follows.then(|| url.clone());
    let mut request = reqwest::Request::new(method, url);
    (*request.headers_mut(), *request.body_mut()) = (headers, body.into());
    let sending = client.execute(request);
    Box::pin(async move {
        let mut response = sending.await.map_err(Broken::Http)?;
        Ok(Box::new(Incoming {
            status: response.status(),
            headers: std::mem::take(response.headers_mut()),
            moved: asked.is_some_and(|url| *response.url() != url),
            length: response.content_length(),
            body: IncomingBody::Http(response),
        }))
    })
}

impl IncomingBody {
    /// The connection, if the response has made it another protocol's.
    pub(crate) async fn upgrade(self) -> Result<reqwest::Upgraded, Broken> {
        match self {
            Self::Http(response) => response.upgrade().await.map_err(Broken::Http),
            Self::Service(_) => Err(Broken::Service(super::NO_UPGRADE.into())),
        }
    }
}
