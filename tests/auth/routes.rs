//! The routes beside the contract, asked for as browsers and mesheryctl do.

use crate::exchange;
use crate::provider::FakeProvider;
use crate::token::{FIRST, SECOND, envelope};
use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Request};
use meshery_runtime::auth::server::{Gate, Provider, Providers, Routes};
use serde_json::{Value, json};

fn routes(providers: Providers) -> Router {
    Routes::new(Gate::new(providers), "https://meshery.test/").into_router()
}

async fn get(routes: &Router, path: &str, headers: &[(&str, &str)]) -> (u16, HeaderMap, String) {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let (status, headers, body) = exchange(routes, request.body(Body::empty()).unwrap()).await;
    (status.as_u16(), headers, body)
}

fn cookies(headers: &HeaderMap) -> Vec<&str> {
    headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect()
}

async fn both() -> (FakeProvider, Router) {
    let provider = FakeProvider::with("k", &FIRST).await;
    let list = [Provider::local(), Provider::remote("Meshery", provider.verifier())];
    let routes = routes(Providers::new(list));
    (provider, routes)
}

#[tokio::test]
async fn providers_are_listed_by_name() {
    let (provider, routes) = both().await;
    let (status, _, body) = get(&routes, "/api/providers", &[]).await;
    let listed: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(status, 200);
    assert_eq!(listed["Local"]["providerType"], "local");
    assert_eq!(listed["Local"]["providerUrl"], "");
    assert_eq!(listed["Meshery"]["providerType"], "remote");
    assert_eq!(listed["Meshery"]["providerUrl"], provider.url);
}

#[tokio::test]
async fn choosing_a_provider_sets_a_cookie_and_goes_on_to_the_login() {
    let (_, routes) = both().await;
    let (status, headers, _) = get(&routes, "/api/provider?provider=None", &[]).await;
    assert_eq!((status, headers["location"].to_str().unwrap()), (302, "/user/login"));
    assert!(cookies(&headers)[0].starts_with("meshery-provider=Local; Path=/;"), "{headers:?}");
    for query in ["provider=Nobody", "provider=", "provider=Local&provider=Meshery", ""] {
        let (status, headers, _) = get(&routes, &format!("/api/provider?{query}"), &[]).await;
        assert_eq!((status, cookies(&headers).len()), (404, 0), "{query}");
    }
}

#[tokio::test]
async fn the_token_object_is_what_mesheryctl_keeps() {
    let (_, routes) = both().await;
    let value = envelope(&FIRST.token("k"), "r");
    let shown = format!("meshery-provider=Meshery; token={value}");
    let (status, _, body) = get(&routes, "/api/token", &[("cookie", &shown)]).await;
    let expected = json!({ "meshery-provider": "Meshery", "token": value });
    assert_eq!((status, serde_json::from_str::<Value>(&body).unwrap()), (200, expected));
    let (status, _, body) = get(&routes, "/api/token", &[("cookie", "meshery-provider=Local; token=")]).await;
    assert_eq!((status, body.as_str()), (200, r#"{"meshery-provider":"Local","token":""}"#));
    let forged = format!("meshery-provider=Meshery; token={}", SECOND.token("k"));
    for cookie in ["meshery-provider=Meshery", "meshery-provider=Nobody", forged.as_str(), "a=b"] {
        let (status, headers, body) = get(&routes, "/api/token", &[("cookie", cookie)]).await;
        assert_eq!((status, headers.contains_key("www-authenticate")), (401, true), "{cookie}");
        assert!(!body.contains("token\""), "{body}");
    }
}

#[tokio::test]
async fn a_browser_that_comes_back_gets_cookies_and_stays_here() {
    let (_, routes) = both().await;
    let token = FIRST.token("k");
    let chosen = [("cookie", "meshery-provider=Meshery")];
    let back = |rest: &str| format!("/api/user/token?token={token}&session_cookie=s1{rest}");
    let (status, headers, _) = get(&routes, &back("&ref=/designs%3Fpage=2"), &chosen).await;
    assert_eq!((status, headers["location"].to_str().unwrap()), (302, "/designs?page=2"));
    let set = cookies(&headers);
    assert!(set[0].starts_with("meshery-provider=Meshery;"), "{set:?}");
    assert!(set[1].starts_with(&format!("token={token};")), "{set:?}");
    assert!(set[2].starts_with("session_cookie=s1;"), "{set:?}");
    assert!(set.iter().all(|c| c.contains("HttpOnly") && c.contains("Secure") && c.contains("SameSite=Lax")));
    for outside in [
        "https://evil.test",
        "//evil.test",
        "/%5Cevil.test",
        "/%09/evil.test",
        "%2F%2Fevil.test",
        "/..//evil.test",
        "javascript:alert(1)",
        "aHR0cHM6Ly9ldmlsLnRlc3Q",
        "/a%0d%0aSet-Cookie:%20x=y",
        "/a&ref=//evil.test",
    ] {
        let (status, headers, _) = get(&routes, &back(&format!("&ref={outside}")), &chosen).await;
        assert_eq!((status, headers["location"].to_str().unwrap()), (302, "/"), "{outside}");
    }
}

#[tokio::test]
async fn a_token_that_nobody_vouches_for_becomes_no_cookie() {
    let (_, routes) = both().await;
    let (good, forged) = (FIRST.token("k"), SECOND.token("k"));
    let chosen = "meshery-provider=Meshery";
    for (query, cookie) in [
        (format!("token={forged}"), chosen),
        (String::new(), chosen),
        (format!("token={good}&token={forged}"), chosen),
        (format!("token={good}%0d%0aX:y"), chosen),
        (format!("token={good}"), "meshery-provider=Nobody"),
        (format!("token={good}"), "a=b"),
    ] {
        let (status, headers, _) =
            get(&routes, &format!("/api/user/token?{query}"), &[("cookie", cookie)]).await;
        assert_eq!((status, cookies(&headers).len()), (401, 0), "{cookie}");
    }
}

#[tokio::test]
async fn where_nobody_looks_at_tokens_none_becomes_a_cookie() {
    for (provider, name) in [(Provider::local(), "Local"), (Provider::deferred("Meshery"), "Meshery")] {
        let routes = routes(Providers::new([provider]));
        let (status, headers, _) =
            get(&routes, "/api/user/token?token=invented&session_cookie=s1&ref=/x", &[]).await;
        assert_eq!((status, headers["location"].to_str().unwrap()), (302, "/x"));
        let set = cookies(&headers);
        assert!(set.len() == 1 && set[0].starts_with(&format!("meshery-provider={name};")), "{set:?}");
    }
}

#[tokio::test]
async fn login_leads_to_the_provider_and_logout_forgets() {
    let (provider, routes) = both().await;
    let chosen = ("cookie", "meshery-provider=Meshery");
    for path in ["/user/login", "/auth/login"] {
        let (status, headers, _) = get(&routes, path, &[chosen, ("host", "evil.test")]).await;
        let location = headers["location"].to_str().unwrap();
        assert_eq!(status, 302);
        // base64 of https://meshery.test/api/user/token: what a caller says of the host is not believed.
        let source = "source=aHR0cHM6Ly9tZXNoZXJ5LnRlc3QvYXBpL3VzZXIvdG9rZW4&";
        assert!(location.starts_with(&format!("{}/login?{source}", provider.url)), "{location}");
    }
    let (_, headers, _) = get(&routes, "/user/login", &[]).await;
    assert_eq!(headers["location"], "/provider");

    let shown = format!("meshery-provider=Meshery; token={}", envelope(&FIRST.token("k"), "refresh-9"));
    let (status, headers, _) = get(&routes, "/user/logout", &[("cookie", &shown)]).await;
    assert_eq!((status, cookies(&headers).len()), (302, 4));
    assert!(cookies(&headers).iter().all(|cookie| cookie.contains("=; Path=/; Max-Age=0")));
    assert_eq!(provider.set(|memory| memory.forgotten.clone()), ["refresh-9"]);
    let (_, _, page) = get(&routes, "/provider", &[]).await;
    assert!(page.contains("href=\"/api/provider?provider=Meshery\""), "{page}");
}
