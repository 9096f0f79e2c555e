//! The router of a server, and what it knows of itself.

use super::events;
use super::metrics::Metrics;
use super::settings::{Permissions, Product, Remote as RemoteSettings, Resolved, Tokens};
use crate::auth::server::{
    Algorithm, ByKeys, Gate, HeldKeys, Identity, OfOrganization, Provider, Providers, Routes, Verifier,
    set_refreshed_cookie,
};
use crate::auth::{Issuer, is_local};
use crate::cli::foreign::Foreign;
use crate::provider::local::{Callers, Local};
use crate::provider::remote::Remote;
use anyhow::{Result, bail};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Router, middleware};
use meshery_server::{Asked, Authorize, OperationInfo, Rejection, Token};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// A server. Clones share everything.
#[derive(Clone)]
pub(super) struct App(Arc<Inner>);

struct Inner {
    gate: Gate,
    behind: Behind,
    /// What callers need beside being let in.
    keys: Option<Keys>,
    metrics: Metrics,
    /// Whether the server stops.
    draining: watch::Sender<bool>,
}

/// The authorizer of a remote provider, and the guard around it.
type Keys = (Arc<ByKeys<HeldKeys>>, OfOrganization<HeldKeys, Remote>);

/// What answers.
pub(super) enum Behind {
    Local(Local),
    Remote(Remote),
}

impl App {
    pub(super) async fn new(settings: &Resolved) -> Result<Self> {
        let provider = settings.tokens.as_ref().map_or_else(|| Ok(Provider::local()), provider)?;
        let behind = match (&settings.local, &settings.remote) {
            (Some(local), _) => Behind::Local(Local::open(local.store.as_deref()).await?),
            (None, Some(remote)) => Behind::Remote(upstream(remote)?),
            (None, None) => bail!("there is no provider"),
        };
        let providers = Providers::new([provider]);
        let providers = match std::env::var("PROVIDER").ok().filter(|name| !name.is_empty()) {
            Some(name) => providers.pinned(&name)?,
            None => providers,
        };
        let gate = Gate::new(providers);
        let keys = match (&settings.remote, &behind) {
            (Some(settings), Behind::Remote(remote)) => {
                keys(settings)?.map(|keys| keys.around(remote.clone()))
            }
            _ => None,
        };
        let draining = watch::Sender::new(false);
        Ok(Self(Arc::new(Inner { gate, behind, keys, metrics: Metrics::default(), draining })))
    }

    /// Fetches the keys of the provider, so that a server that cannot says so when it starts.
    pub(super) async fn warm(&self) {
        for provider in self.0.gate.providers().offered() {
            let Some(verifier) = provider.verifier() else { continue };
            if let Err(fault) = verifier.key_set().warm().await {
                super::say(&format!("warning: nobody is let in until it can be had: {fault}"));
            }
        }
    }

    /// From now on the server is not ready.
    pub(super) fn drain(&self) {
        self.0.draining.send_replace(true);
    }

    pub(super) fn router(&self, settings: &Resolved) -> Router {
        let secure = settings.public_url.starts_with("https://");
        let refreshed = middleware::from_fn(move |request, next| set_refreshed_cookie(secure, request, next));
        let own = Router::new()
            .route("/healthz/live", get(async || "ok"))
            .route("/healthz/ready", get(ready))
            .route("/metrics", get(metrics))
            .route("/drift", get(drift_page))
            .route("/drift.json", get(drift_json))
            .with_state(self.clone());
        let routes = Routes::new(self.0.gate.clone(), &settings.public_url).into_router();
        let (events, contract) = match settings.product {
            Product::Meshery => (events::routes(self.clone()), meshery_server::meshery::document()),
            Product::Cloud => (Router::new(), meshery_server::cloud::document()),
        };
        let own = own.merge(contract.served().into_router());
        let ended = middleware::from_fn_with_state(self.0.draining.subscribe(), events::end_when_stopping);
        let router = self.operations(settings.product).merge(events).layer(refreshed);
        let router = router.merge(routes).merge(own).layer(ended);
        if settings.tokens.is_some() { router } else { near(settings).around(router) }
    }

    fn operations(&self, product: Product) -> Router {
        let (gate, metrics) = (self.0.gate.clone(), self.0.metrics.clone());
        match (&self.0.behind, product) {
            (Behind::Local(local), _) => {
                let api = meshery_server::meshery::Api::new(Callers(gate)).observe(metrics);
                local.mount(api).into_router()
            }
            (Behind::Remote(remote), Product::Meshery) => {
                let api = meshery_server::meshery::Api::new(gate).observe(metrics);
                let api = match self.0.keys.clone() {
                    Some((keys, guarded)) => api.authorizer(keys).others(guarded),
                    None => api.others(remote.clone()),
                };
                remote.around(api.into_router())
            }
            (Behind::Remote(remote), Product::Cloud) => {
                let api = meshery_server::cloud::Api::new(gate).observe(metrics);
                remote.around(api.others(remote.clone()).into_router())
            }
        }
    }

    fn remote(&self) -> Option<&Remote> {
        match &self.0.behind {
            Behind::Local(_) => None,
            Behind::Remote(remote) => Some(remote),
        }
    }

    /// Who sent a request of a route beside the contract, or why nobody is let in.
    pub(super) async fn caller(&self, parts: &Parts) -> Result<(Identity, Option<Token>), Response> {
        let token = Token::extract(&parts.headers).map_err(refused)?;
        let identified = self.0.gate.identify(token.as_ref(), parts).await;
        let identity = identified.map_err(|denied| refused(denied.into()))?;
        Ok((identity, token))
    }

    /// Whether the keys of a caller permit a route beside the contract, where keys count.
    pub(super) async fn permit(
        &self,
        route: &'static OperationInfo,
        identity: &Identity,
        token: Option<&Token>,
        parts: &Parts,
    ) -> Result<(), Response> {
        let Some((keys, _)) = &self.0.keys else { return Ok(()) };
        let asked = Asked::new(route, "meshery", token, parts);
        keys.authorize(identity, asked).await.map_err(|denied| refused(denied.into()))
    }

    pub(super) fn behind(&self) -> &Behind {
        &self.0.behind
    }

    /// Who is not let in does not see what upstream does.
    async fn let_in(&self, request: Request) -> Result<Remote, Response> {
        let Some(remote) = self.remote() else { return Err(StatusCode::NOT_FOUND.into_response()) };
        let (parts, _) = request.into_parts();
        let (identity, _) = self.caller(&parts).await?;
        // Where upstream says whose token counts, anybody can show one that does not.
        if self.0.gate.providers().named(&identity.provider).and_then(Provider::verifier).is_none() {
            return Err((StatusCode::FORBIDDEN, "nobody is known here with --trust upstream").into_response());
        }
        Ok(remote.clone())
    }
}

/// From where requests are taken that need no token.
fn near(settings: &Resolved) -> Foreign {
    let named = settings.local.as_ref().map(|local| local.allow_host.as_slice()).unwrap_or_default();
    let foreign = Foreign::default().hosts(named);
    let Ok(public) = url::Url::parse(&settings.public_url) else { return foreign };
    foreign.hosts(public.host_str()).origins([public.origin().ascii_serialization()])
}

fn refused(rejection: Rejection) -> Response {
    let mut response = rejection.status().into_response();
    if rejection.status() == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

fn provider(tokens: &Tokens) -> Result<Provider> {
    let name = &tokens.provider_name;
    if name.is_empty() || is_local(name) {
        bail!("a remote provider cannot be called {name:?}");
    }
    let Some(checks) = &tokens.checks else { return Ok(Provider::deferred(name)) };
    let algorithms: Vec<Algorithm> =
        checks.algorithm.iter().map(|name| name.parse::<Algorithm>()).collect::<Result<_, _>>()?;
    let verifier = Verifier::new(Issuer::new(&checks.provider_url)?)
        .algorithms(algorithms)
        .leeway(Duration::from_secs(checks.leeway));
    let verifier = checks.audience.iter().fold(verifier, |verifier, name| verifier.audience(name));
    let verifier = checks.issuer.iter().fold(verifier, |verifier, name| verifier.issuer_claim(name));
    let verifier = if checks.allow_without_expiry { verifier.allow_without_expiry() } else { verifier };
    let verifier = if checks.refresh { verifier.refresh() } else { verifier };
    Ok(Provider::remote(
        name,
        match checks.introspect {
            Some(seconds) => verifier.introspect(Duration::from_secs(seconds)),
            None => verifier,
        },
    ))
}

/// Who asks upstream for the keys of callers, where those count.
fn keys(remote: &RemoteSettings) -> Result<Option<ByKeys<HeldKeys>>> {
    if remote.permissions == Permissions::All {
        return Ok(None);
    }
    let keys = ByKeys::new(HeldKeys::new(&remote.upstream).map_err(anyhow::Error::from_boxed)?);
    let keys = remote.organization.into_iter().fold(keys, ByKeys::organization);
    Ok(Some(remote.allow.iter().fold(keys, |keys, operation| keys.allow(operation.as_str()))))
}

fn upstream(remote: &RemoteSettings) -> Result<Remote> {
    let passing = Remote::new(&remote.upstream).map_err(anyhow::Error::from_boxed)?;
    let passing = passing.system_id(remote.system_id.unwrap_or_else(uuid::Uuid::now_v7));
    Ok(if remote.strict { passing.strict() } else { passing })
}

async fn ready(State(app): State<App>) -> Response {
    if *app.0.draining.borrow() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping").into_response();
    }
    match &app.0.behind {
        Behind::Local(local) if !local.ready().await => {
            (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer").into_response()
        }
        _ => "ok".into_response(),
    }
}

async fn metrics(State(app): State<App>) -> Response {
    let drift = app.remote().map_or(String::new(), |remote| remote.drift().to_prometheus());
    let text = app.0.metrics.to_prometheus() + &drift;
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

async fn drift_page(State(app): State<App>, request: Request) -> Response {
    match app.let_in(request).await {
        Ok(remote) => {
            ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], remote.drift().to_html()).into_response()
        }
        Err(refused) => refused,
    }
}

async fn drift_json(State(app): State<App>, request: Request) -> Response {
    match app.let_in(request).await {
        Ok(remote) => {
            ([(header::CONTENT_TYPE, "application/json")], remote.drift().to_json()).into_response()
        }
        Err(refused) => refused,
    }
}
