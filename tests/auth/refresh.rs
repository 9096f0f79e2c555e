//! Tokens that are refreshed: on the way in by a server, ahead of time by a client.

use crate::provider::FakeProvider;
use crate::token::{FIRST, SECOND, envelope, now};
use crate::{LET_IN, ask, server};
use axum::middleware;
use meshery_client::Token;
use meshery_runtime::auth::client::{Keeper, Refreshing};
use meshery_runtime::auth::server::set_refreshed_cookie;
use serde_json::json;
use std::sync::Mutex;

fn expired() -> String {
    envelope(&FIRST.with_claims("k", json!({ "exp": now() - 600 })), "refresh-1")
}

#[tokio::test]
async fn an_expired_login_is_refreshed_once_and_the_browser_gets_it() {
    let provider = FakeProvider::with("k", &FIRST).await;
    let fresh = envelope(&FIRST.token("k"), "refresh-2");
    provider.set(|memory| memory.fresh = Some(fresh.clone()));
    let layer = middleware::from_fn(|request, next| set_refreshed_cookie(false, request, next));
    let server = server(provider.verifier().refresh()).layer(layer);
    let cookie = format!("token={}", expired());
    let all = (0..50).map(|_| {
        let (server, cookie) = (server.clone(), cookie.clone());
        tokio::spawn(async move { ask(&server, &[("cookie", &cookie)]).await })
    });
    for one in all.collect::<Vec<_>>() {
        let (status, headers, _) = one.await.unwrap();
        assert_eq!(status, LET_IN);
        let set = headers["set-cookie"].to_str().unwrap();
        assert!(set.starts_with(&format!("token={fresh};")) && set.contains("HttpOnly"), "{set}");
    }
    assert_eq!(provider.set(|memory| memory.refreshed), 1);
    let (_, headers, _) = ask(&server, &[("cookie", &format!("token={fresh}"))]).await;
    assert!(!headers.contains_key("set-cookie"), "one that counts is left as it is");
}

#[tokio::test]
async fn a_refresh_that_is_refused_or_forged_lets_nobody_in() {
    let provider = FakeProvider::with("k", &FIRST).await;
    let cookie = format!("token={}", expired());
    let shown = [("cookie", cookie.as_str())];
    assert_eq!(ask(&server(provider.verifier()), &shown).await.0, 401, "nobody asked for refreshing");
    assert_eq!(provider.set(|memory| memory.refreshed), 0);
    assert_eq!(ask(&server(provider.verifier().refresh()), &shown).await.0, 401, "the provider refuses");
    provider.set(|memory| memory.fresh = Some(SECOND.token("k")));
    assert_eq!(ask(&server(provider.verifier().refresh()), &shown).await.0, 401, "signed by another key");
    provider.set(|memory| memory.fresh = Some(expired()));
    assert_eq!(ask(&server(provider.verifier().refresh()), &shown).await.0, 401, "expired again");
    provider.set(|memory| memory.broken = true);
    assert_eq!(ask(&server(provider.verifier().refresh()), &shown).await.0, 503, "nobody can tell");
}

#[tokio::test]
async fn a_client_refreshes_ahead_of_time_and_once_for_all() {
    let provider = FakeProvider::start().await;
    let fresh = envelope(&FIRST.token("k"), "refresh-2");
    provider.set(|memory| memory.fresh = Some(fresh.clone()));
    let held = Mutex::new(Some(Token::new(expired()).provider("Meshery")));
    let credentials = Refreshing::new(held, provider.issuer());
    let all = (0..100).map(|_| {
        let credentials = credentials.clone();
        tokio::spawn(async move { credentials.current().await })
    });
    for one in all.collect::<Vec<_>>() {
        let token = one.await.unwrap().unwrap();
        assert_eq!(token, Some(Token::new(fresh.as_str()).provider("Meshery")));
    }
    assert_eq!(provider.set(|memory| memory.refreshed), 1);
}

#[tokio::test]
async fn while_the_provider_is_down_a_token_is_used_until_it_expires() {
    let provider = FakeProvider::start().await;
    provider.set(|memory| memory.broken = true);
    let soon = envelope(&FIRST.with_claims("k", json!({ "exp": now() + 30 })), "r");
    let token = Token::new(soon).provider("Meshery");
    let credentials = Refreshing::new(Mutex::new(Some(token.clone())), provider.issuer());
    assert_eq!(credentials.current().await.unwrap(), Some(token));
    let credentials = Refreshing::new(Mutex::new(Some(Token::new(expired()))), provider.issuer());
    let fault = credentials.current().await.unwrap_err().to_string();
    assert!(fault.contains("status 502") && !fault.contains("refresh-1"), "{fault}");
    let local = Mutex::new(Some(Token::new("").provider("Local")));
    assert_eq!(local.load().unwrap(), Refreshing::new(local, provider.issuer()).current().await.unwrap());
}
