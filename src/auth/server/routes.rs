//! The routes beside the contract that clients and browsers rely on: providers, tokens, login.
//!
//! What always holds: a cookie is set to what a provider offers or vouches for, and to nothing else;
//! a redirect leads to a path of this server or to the provider's login.

use super::Gate;
use super::cookies::{self, cookie};
use super::gate::vouched;
use super::providers::{COOKIE, Provider};
use crate::auth::TokenValue;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use axum::routing::{any, get};
use meshery_server::{Rejection, Token};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use url::form_urlencoded;

/// The cookies of a login, in the order in which a logout takes them away.
const LOGIN_COOKIES: [&str; 4] = [COOKIE, "token", "session_cookie", "meshery_auth_retries"];

/// The auxiliary routes of a server.
///
/// | route | what it does |
/// |---|---|
/// | `GET /api/providers` | the providers that can be chosen |
/// | `GET /api/provider?provider=X` | chooses one, and goes on to the login |
/// | `GET /api/token` | the token object that mesheryctl keeps in `auth.json` |
/// | `GET`, `POST /api/user/token` | where a provider sends the browser back to |
/// | `/user/login`, `/auth/login`, `/user/logout`, `/provider` | for browsers |
#[derive(Clone, Debug)]
pub struct Routes(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    gate: Gate,
    /// The URL that browsers know this server by.
    public: String,
    secure: bool,
}

impl Routes {
    /// Routes for the providers of a gate, on a server that browsers know by this URL
    /// (`https://meshery.example.org`).
    pub fn new(gate: Gate, public_url: impl Into<String>) -> Self {
        let public = public_url.into().trim_end_matches('/').to_owned();
        let secure = public.starts_with("https://");
        Self(Arc::new(Inner { gate, public, secure }))
    }

    /// The routes, to merge with those of the contract.
    pub fn into_router(self) -> Router {
        Router::new()
            .route("/api/providers", get(providers))
            .route("/api/provider", get(choose))
            .route("/api/token", get(token))
            .route("/api/user/token", get(come_back).post(come_back))
            .route("/user/login", get(login))
            .route("/auth/login", get(login))
            .route("/user/logout", any(logout))
            .route("/provider", get(page))
            .with_state(self)
    }
}

/// An object keyed by name.
async fn providers(State(routes): State<Routes>) -> Response {
    let listed: Map<String, Value> = routes
        .0
        .gate
        .providers()
        .offered()
        .map(|provider| (provider.name().to_owned(), described(provider)))
        .collect();
    respond(StatusCode::OK, "application/json", Value::Object(listed).to_string())
}

fn described(provider: &Provider) -> Value {
    let url = provider.verifier().map_or("", |verifier| verifier.issuer().base().as_str());
    json!({
        "providerType": if provider.is_local() { "local" } else { "remote" },
        "providerName": provider.name(),
        "providerDescription": [],
        "providerUrl": url.trim_end_matches('/'),
        "capabilities": [],
    })
}

async fn choose(State(routes): State<Routes>, request: Request) -> Response {
    let name = parameter(&request, "provider").unwrap_or_default();
    let Some(provider) = routes.0.gate.providers().named(&name) else {
        return text(StatusCode::NOT_FOUND, "there is no such provider");
    };
    let mut response = redirect("/user/login");
    add_cookie(&mut response, cookies::set(COOKIE, provider.name(), routes.0.secure));
    response
}

/// What a client sends from now on, as the server understood it.
async fn token(State(routes): State<Routes>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let shown = match Token::extract(&parts.headers) {
        Ok(shown) => shown,
        Err(rejection) => return refused(&rejection),
    };
    let identity = match routes.0.gate.identify(shown.as_ref(), &parts).await {
        Ok(identity) => identity,
        Err(denied) => return refused(&denied.into()),
    };
    let secret = if identity.is_local() { None } else { identity.refreshed.or(shown) };
    let secret = secret.as_ref().map_or("", Token::secret);
    let object = json!({ COOKIE: identity.provider, "token": secret });
    respond(StatusCode::OK, "application/json", object.to_string())
}

/// A provider sends the browser here with a token; it becomes a cookie if the provider vouches.
async fn come_back(State(routes): State<Routes>, request: Request) -> Response {
    let secret = parameter(&request, "token").unwrap_or_default();
    let session = parameter(&request, "session_cookie");
    let target = parameter(&request, "ref").and_then(|target| in_app(&target));
    let (parts, _) = request.into_parts();
    let Some(provider) = routes.0.gate.providers().of_request(&parts.headers, &parts.uri) else {
        return text(StatusCode::UNAUTHORIZED, "no provider is chosen");
    };
    if !secret.bytes().all(|b| b.is_ascii_graphic()) {
        return text(StatusCode::UNAUTHORIZED, "malformed token");
    }
    let shown = (!secret.is_empty()).then(|| Token::new(secret));
    let identity = match vouched(provider, shown.as_ref()).await {
        Ok(identity) => identity,
        Err(denied) => return refused(&denied.into()),
    };
    let mut response = redirect(target.as_deref().unwrap_or("/"));
    let secure = routes.0.secure;
    add_cookie(&mut response, cookies::set(COOKIE, provider.name(), secure));
    // Nobody has looked at the token of any other provider.
    if provider.verifier().is_none() {
        return response;
    }
    if let Some(token) = identity.refreshed.or(shown) {
        add_cookie(&mut response, cookies::set("token", token.secret(), secure));
    }
    if let Some(session) = session {
        add_cookie(&mut response, cookies::set("session_cookie", &session, secure));
    }
    response
}

async fn login(State(routes): State<Routes>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let Some(provider) = routes.0.gate.providers().of_request(&parts.headers, &parts.uri) else {
        return redirect("/provider");
    };
    match provider.verifier() {
        Some(verifier) => {
            let callback = format!("{}/api/user/token", routes.0.public);
            redirect(verifier.issuer().login_url(&callback).as_str())
        }
        None => redirect("/"),
    }
}

/// Takes the cookies away, and has the provider forget the refresh token, as far as it can be asked.
async fn logout(State(routes): State<Routes>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    if parts.method != Method::GET && parts.method != Method::POST {
        return text(StatusCode::METHOD_NOT_ALLOWED, "GET or POST");
    }
    revoke(&routes, &parts).await;
    let mut response = redirect("/provider");
    for name in LOGIN_COOKIES {
        add_cookie(&mut response, cookies::clear(name, routes.0.secure));
    }
    response
}

async fn revoke(routes: &Routes, parts: &Parts) {
    let provider = routes.0.gate.providers().of_request(&parts.headers, &parts.uri);
    let (Some(verifier), Ok(Some(value))) =
        (provider.and_then(Provider::verifier), cookie(&parts.headers, "token"))
    else {
        return;
    };
    let value = TokenValue::parse(value);
    if let Some(refresh) = value.refresh_token()
        && let Err(fault) = verifier.issuer().revoke(refresh).await
    {
        tracing::warn!(%fault, "a refresh token is not revoked");
    }
}

/// A page to choose a provider.
async fn page(State(routes): State<Routes>) -> Response {
    let links: String = routes
        .0
        .gate
        .providers()
        .offered()
        .map(|provider| {
            let query: String = form_urlencoded::Serializer::new(String::new())
                .append_pair("provider", provider.name())
                .finish();
            format!("<li><a href=\"/api/provider?{query}\">{}</a></li>", escaped(provider.name()))
        })
        .collect();
    let page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Providers</title>\
         <h1>Choose a provider</h1><ul>{links}</ul></html>"
    );
    respond(StatusCode::OK, "text/html; charset=utf-8", page)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn parameter(request: &Request, name: &str) -> Option<String> {
    let query = request.uri().query().unwrap_or_default();
    let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(own, _)| own == name);
    let (_, value) = values.next()?;
    values.next().is_none().then(|| value.into_owned()).filter(|value| !value.is_empty())
}

/// A path of this server, with its query: as it is, or as Meshery's pages write it, in base64.
/// Whatever a browser might read as another place is none.
fn in_app(target: &str) -> Option<String> {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let decoded;
    let path = if target.starts_with('/') {
        target
    } else {
        decoded = String::from_utf8(URL_SAFE_NO_PAD.decode(target).ok()?).ok()?;
        &decoded
    };
    let is_plain = |b: u8| b.is_ascii_graphic() && b != b'\\';
    let inside = path.starts_with('/') && !path.starts_with("//") && path.bytes().all(is_plain);
    // Segments that lead up, or nowhere, could make `//` of a path that has none.
    let route = path.split(['?', '#']).next().unwrap_or_default();
    let steps = route.split('/').skip(1).any(|segment| {
        let segment = segment.to_ascii_lowercase().replace("%2e", ".");
        matches!(segment.as_str(), "." | "..")
    });
    (inside && !steps).then(|| path.to_owned())
}

fn redirect(target: &str) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::FOUND;
    // A path that no header can hold leads to the start page.
    let target = HeaderValue::try_from(target).unwrap_or(HeaderValue::from_static("/"));
    response.headers_mut().insert(header::LOCATION, target);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

fn add_cookie(response: &mut Response, cookie: Option<HeaderValue>) {
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

fn refused(rejection: &Rejection) -> Response {
    let mut response = text(rejection.status(), "the provider does not let you in");
    if rejection.status() == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

fn text(status: StatusCode, text: &'static str) -> Response {
    respond(status, "text/plain; charset=utf-8", text.to_owned())
}

fn respond(status: StatusCode, media_type: &'static str, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::in_app;

    #[test]
    fn a_login_returns_to_a_path_of_this_server() {
        assert_eq!(in_app("/designs?page=2#x").as_deref(), Some("/designs?page=2#x"));
        assert_eq!(in_app("L2Rlc2lnbnM").as_deref(), Some("/designs"), "base64 of /designs");
        for outside in [
            "https://evil.test",
            "//evil.test",
            "/\\evil.test",
            "/..//evil.test",
            "/a/%2e%2E//evil.test",
            "/.//evil.test",
            "\\\\evil.test",
            "javascript:alert(1)",
            "evil.test",
            "/a\r\nSet-Cookie: x=y",
            "/a\tb",
            " /a",
            "aHR0cHM6Ly9ldmlsLnRlc3Q",
            "Ly9ldmlsLnRlc3Q",
            "",
        ] {
            assert_eq!(in_app(outside), None, "{outside:?}");
        }
    }
}
