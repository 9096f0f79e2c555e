//! The router of a server, and what it knows of itself.

use super::metrics::Metrics;
use super::settings::{Product, Remote as RemoteSettings, Resolved, Trust};
use crate::auth::server::{Algorithm, Gate, Provider, Providers, Routes, Verifier, set_refreshed_cookie};
use crate::auth::{Issuer, is_local};
use crate::provider::local::{Callers, Local};
use crate::provider::remote::Remote;
use anyhow::{Result, bail};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Router, middleware};
use meshery_server::{Rejection, Token};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// A server. Clones share everything.
#[derive(Clone)]
pub(super) struct App(Arc<Inner>);

struct Inner {
    gate: Gate,
    behind: Behind,
    metrics: Metrics,
    draining: AtomicBool,
}

/// What answers.
enum Behind {
    Local(Local),
    Remote(Remote),
}

impl App {
    pub(super) async fn new(settings: &Resolved) -> Result<Self> {
        let (provider, behind) = match (&settings.local, &settings.remote) {
            (Some(local), _) => {
                (Provider::local(), Behind::Local(Local::open(local.store.as_deref()).await?))
            }
            (None, Some(remote)) => (provider(remote)?, Behind::Remote(upstream(remote)?)),
            (None, None) => bail!("there is no provider"),
        };
        let providers = Providers::new([provider]);
        let providers = match std::env::var("PROVIDER").ok().filter(|name| !name.is_empty()) {
            Some(name) => providers.pinned(&name)?,
            None => providers,
        };
        let gate = Gate::new(providers);
        let draining = AtomicBool::new(false);
        Ok(Self(Arc::new(Inner { gate, behind, metrics: Metrics::default(), draining })))
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
        self.0.draining.store(true, Ordering::Relaxed);
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
        self.operations(settings.product).layer(refreshed).merge(routes).merge(own)
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
                remote.around(api.others(remote.clone()).into_router())
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

    /// Who is not let in does not see what upstream does.
    async fn let_in(&self, request: Request) -> Result<Remote, Response> {
        let (parts, _) = request.into_parts();
        let refused = |rejection: Rejection| rejection.status().into_response();
        let token = Token::extract(&parts.headers).map_err(refused)?;
        let identified = self.0.gate.identify(token.as_ref(), &parts).await;
        identified.map_err(|denied| refused(denied.into()))?;
        self.remote().cloned().ok_or_else(|| StatusCode::NOT_FOUND.into_response())
    }
}

fn provider(remote: &RemoteSettings) -> Result<Provider> {
    let name = &remote.provider_name;
    if name.is_empty() || is_local(name) {
        bail!("a remote provider cannot be called {name:?}");
    }
    if remote.trust == Trust::Upstream {
        return Ok(Provider::deferred(name));
    }
    let algorithms: Vec<Algorithm> = remote
        .algorithm
        .iter()
        .map(|name| name.parse())
        .collect::<Result<_, String>>()
        .map_err(anyhow::Error::msg)?;
    let verifier = Verifier::new(Issuer::new(&remote.provider_url)?)
        .algorithms(algorithms)
        .leeway(Duration::from_secs(remote.leeway));
    let verifier = remote.audience.iter().fold(verifier, |verifier, name| verifier.audience(name));
    let verifier = remote.issuer.iter().fold(verifier, |verifier, name| verifier.issued_by(name));
    let verifier = if remote.allow_without_expiry { verifier.allow_without_expiry() } else { verifier };
    let verifier = if remote.refresh { verifier.refresh() } else { verifier };
    Ok(Provider::remote(
        name,
        match remote.introspect {
            Some(seconds) => verifier.introspect(Duration::from_secs(seconds)),
            None => verifier,
        },
    ))
}

fn upstream(remote: &RemoteSettings) -> Result<Remote> {
    let passing = Remote::new(&remote.upstream).map_err(anyhow::Error::from_boxed)?;
    Ok(if remote.strict { passing.strict() } else { passing })
}

async fn ready(State(app): State<App>) -> Response {
    if app.0.draining.load(Ordering::Relaxed) {
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
