//! The remote provider: every operation of a product is passed on to another server, with the
//! caller's token, and both directions are compared with the contract.
//!
//! A request that breaks the contract is refused before it is passed on. A response that does is
//! counted ([`Drift`]) and delivered as it came, or refused if that is asked for
//! ([`Remote::strict`]). Events are looked at as they pass, and WebSockets are passed on frame by
//! frame.
//!
//! It passes bytes on, not types: a response that breaks the contract could not be delivered
//! otherwise. What it knows of the operations are the tables that are generated for server and client.
//!
//! What always holds: the caller's token goes to the upstream server and to nobody else; headers and
//! cookies that are about this connection or this server go nowhere.

mod body;
mod deliver;
mod drift;
mod events;
mod headers;
mod socket;
mod user;

pub use body::record;
pub use drift::{Drift, Finding};

use crate::auth::server::Identity;
use crate::provider::places::{Place, Places};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use meshery_client as client;
use meshery_client::{Core, PassedRequest, Upload};
use meshery_server::{
    AnyContent, AnyOperation, AnyRequest, AnyResponse, Context, Failure, OperationInfo, Router, Token,
};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use user::User;
use uuid::Uuid;

/// WebSockets that a user may have open at once, as Meshery Server has it.
const MOST_SOCKETS: usize = 16;
/// Event streams that a user may have open at once.
const MOST_STREAMS: usize = 32;

/// Passes requests on to one upstream server. Clones share everything.
///
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
/// use meshery_runtime::auth::server::{Gate, Provider, Providers};
/// use meshery_runtime::provider::remote::Remote;
///
/// let remote = Remote::new("https://meshery.example.org")?;
/// let gate = Gate::new(Providers::new([Provider::deferred("Meshery")]));
/// let api = meshery_server::meshery::Api::new(gate).others(remote.clone());
/// let router = remote.around(api.into_router());
/// # drop(router);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Remote(Arc<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    core: Core,
    operations: HashMap<(Method, &'static str), &'static client::OperationInfo>,
    drift: Drift,
    strict: bool,
    /// What this server is called upstream.
    system_id: Option<HeaderValue>,
    /// How much of a body is taken into memory to be looked at.
    looked_at: usize,
    sockets: Places<User>,
    streams: Places<User>,
}

impl Remote {
    /// A provider behind which is the server at this base URL.
    ///
    /// # Errors
    /// A token must not go there: it is neither HTTPS nor of this machine; or it is no base URL.
    pub fn new(upstream: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        crate::auth::trusted(upstream).map_err(|what| format!("the upstream URL {what}"))?;
        let core = Core::builder(upstream)?.timeout(Duration::from_secs(25)).build()?;
        Ok(Self::with(core))
    }

    /// The same with a core of one's own, for other limits, certificates or proxies. Its credentials
    /// are not used.
    #[must_use]
    pub fn with(core: Core) -> Self {
        let operations = client::OPERATIONS.iter().map(|op| ((op.method.clone(), op.path), *op)).collect();
        Self(Arc::new(Inner {
            core,
            operations,
            drift: Drift::default(),
            strict: false,
            system_id: None,
            looked_at: 32 << 20,
            sockets: Places::new(MOST_SOCKETS),
            streams: Places::new(MOST_STREAMS),
        }))
    }

    /// Refuses responses that break the contract, with 502, instead of delivering them.
    #[must_use]
    pub fn strict(self) -> Self {
        self.changed(|inner| inner.strict = true)
    }

    /// Tells the upstream server which server it is that asks, by the header `SystemID`. What a caller
    /// says there is never passed on.
    #[must_use]
    pub fn system_id(self, id: Uuid) -> Self {
        let id = HeaderValue::try_from(id.to_string()).ok();
        self.changed(|inner| inner.system_id = id)
    }

    fn changed(self, change: impl FnOnce(&mut Inner)) -> Self {
        let mut inner = Arc::unwrap_or_clone(self.0);
        change(&mut inner);
        Self(Arc::new(inner))
    }

    /// What the upstream server did that is not what the contract says.
    #[must_use]
    pub fn drift(&self) -> &Drift {
        &self.0.drift
    }

    /// The layer that a router needs whose [`others`](meshery_server::meshery::Api::others) it is, so
    /// that bodies can be passed on as they came.
    pub fn around(&self, router: Router) -> Router {
        router.layer(axum::middleware::from_fn(record))
    }

    /// The same operation, as the client knows it.
    fn operation(&self, server: &OperationInfo) -> Option<&'static client::OperationInfo> {
        self.0.operations.get(&(server.method.clone(), server.path)).copied()
    }
}

impl AnyOperation<Identity> for Remote {
    async fn answer(
        &self,
        cx: Context<Option<Identity>>,
        request: AnyRequest,
    ) -> Result<AnyResponse, Failure> {
        let operation = self
            .operation(cx.operation)
            .ok_or_else(|| Failure::not_implemented("the client is built without this operation"))?;
        let Some(place) = self.place(&cx) else {
            return Ok(AnyResponse::error(
                StatusCode::TOO_MANY_REQUESTS,
                "too many of these are open already",
            ));
        };
        let request = self.request(&cx, request);
        let head = cx.parts.method == Method::HEAD;
        let answer = if cx.operation.websocket {
            self.upgrade(operation, request, place).await
        } else {
            match self.0.core.pass(operation, request).await {
                Ok(response) => self.deliver(operation, response, head, place).await,
                Err(error) => Err(error),
            }
        };
        answer.or_else(unanswered)
    }
}

/// What keeps a socket or a stream counted; none for what ends with its answer.
type Held = Option<Place<User>>;

impl Remote {
    async fn upgrade(
        &self,
        operation: &'static client::OperationInfo,
        request: PassedRequest,
        place: Held,
    ) -> Result<AnyResponse, client::Error> {
        let response = self.0.core.pass_upgrade(operation, request).await?;
        if response.status != StatusCode::SWITCHING_PROTOCOLS {
            return self.deliver(operation, response, false, place).await;
        }
        self.0.drift.passed(operation);
        Ok(socket::pumped(response.into_socket().await?, place))
    }

    /// A place for what stays open: `None` where this user has taken all of theirs.
    fn place(&self, cx: &Context<Option<Identity>>) -> Option<Held> {
        let places = match cx.operation {
            operation if operation.websocket => &self.0.sockets,
            operation if operation.produces.contains(&"text/event-stream") => &self.0.streams,
            _ => return Some(None),
        };
        places.take(User::of(cx.identity.as_ref(), cx.token.as_ref())).map(Some)
    }

    /// The headers of a request as they go on.
    fn outgoing(&self, headers: &HeaderMap) -> HeaderMap {
        let mut outgoing = headers::outgoing(headers);
        if let Some(id) = &self.0.system_id {
            outgoing.insert(headers::SYSTEM_ID, id.clone());
        }
        outgoing
    }

    fn request(&self, cx: &Context<Option<Identity>>, request: AnyRequest) -> PassedRequest {
        let arriving = match request.body.map(|body| body.content) {
            Some(AnyContent::Bytes(stream)) => Some(stream),
            _ => None,
        };
        let target = cx.parts.uri.path_and_query().map_or("/", |target| target.as_str());
        let request = PassedRequest::new(target)
            .method(cx.parts.method.clone())
            .headers(self.outgoing(&cx.parts.headers))
            .token(token(cx.identity.as_ref(), cx.token.as_ref()));
        match body::taken(&cx.parts, arriving) {
            Some(body::Taken::Whole(bytes)) => request.body(bytes),
            Some(body::Taken::Rest(stream)) => request.body(Upload::stream(stream)),
            None => request,
        }
    }
}

/// The caller's token, for the provider that vouched for it.
fn token(identity: Option<&Identity>, shown: Option<&Token>) -> Option<client::Token> {
    let refreshed = identity.and_then(|identity| identity.refreshed.as_ref());
    let token = client::Token::new(refreshed.or(shown)?.secret());
    Some(match identity {
        Some(identity) => token.provider(identity.provider.as_str()),
        None => token,
    })
}

/// What came of asking, when nothing came: it is said in the log, and to the caller by status only. What
/// cannot be asked at all is the caller's: a path that would be read as another one.
fn unanswered(error: client::Error) -> Result<AnyResponse, Failure> {
    match error {
        client::Error::InvalidRequest { .. } => {
            Ok(AnyResponse::error(StatusCode::BAD_REQUEST, "this request cannot be passed on as it is"))
        }
        client::Error::Timeout { .. } => Err(Failure::gateway_timeout("no answer from upstream in time")),
        error => Err(Failure::unavailable("upstream cannot be asked").caused_by(error)),
    }
}
