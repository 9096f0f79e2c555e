//! Tokens that are refreshed: on the way in by a server, ahead of time by a client.

use crate::provider::FakeProvider;
use crate::token::{FIRST, SECOND, envelope, now};
use crate::{LET_IN, ask, server};
use axum::middleware;
use futures_util::FutureExt;
use futures_util::future::join_all;
use meshery_client::Token;
use meshery_runtime::auth::client::{AuthFile, Fault, Keeper, Refreshing};
use meshery_runtime::auth::server::set_refreshed_cookie;
use serde_json::json;
use std::sync::Mutex;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::time::{Instant, advance, pause, resume, sleep};

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

/// A login that has expired, and who has it refreshed.
fn refreshing(provider: &FakeProvider) -> (Token, Refreshing<Mutex<Option<Token>>>) {
    let token = Token::new(expired()).provider("Meshery");
    (token.clone(), Refreshing::new(Mutex::new(Some(token)), provider.issuer()))
}

/// What fifty get that ask at once.
async fn fifty<K: Keeper>(credentials: &Refreshing<K>) -> Vec<Result<Option<Token>, Fault>> {
    join_all((0..50).map(|_| credentials.current())).await
}

async fn until_asked(provider: &FakeProvider) {
    while provider.set(|memory| memory.refreshed) == 0 {
        sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn a_provider_that_hangs_is_waited_for_once_by_all() {
    let provider = FakeProvider::start().await;
    provider.set(|memory| memory.held = true);
    let (_, credentials) = refreshing(&provider);
    let begun = Instant::now();
    let all = tokio::spawn({
        let credentials = credentials.clone();
        async move { fifty(&credentials).await }
    });
    until_asked(&provider).await;
    let alive = Handle::current().metrics().num_alive_tasks();
    for _ in 0..50 {
        assert!(credentials.current().now_or_never().is_none());
    }
    assert_eq!(Handle::current().metrics().num_alive_tasks(), alive, "who gives up leaves nothing behind");
    pause();
    for one in all.await.unwrap() {
        let fault = one.unwrap_err();
        assert!(fault.to_string().contains("no answer within 30s"), "{fault}");
        assert!(!format!("{fault:?} {credentials:?}").contains(&expired()[..40]), "{fault:?}");
    }
    assert!(begun.elapsed() < Duration::from_secs(35), "{:?}", begun.elapsed());
    advance(Duration::from_millis(900)).await;
    assert!(credentials.current().await.is_err() && credentials.refresh().await.is_err());
    assert_eq!(provider.set(|memory| memory.refreshed), 1);
    advance(Duration::from_millis(100)).await;
    resume();
    let fresh = envelope(&FIRST.token("k"), "refresh-2");
    provider.set(|memory| (memory.held, memory.fresh) = (false, Some(fresh.clone())));
    assert_eq!(credentials.current().await.unwrap().unwrap().expose_secret(), fresh);
}

#[tokio::test]
async fn a_refusal_is_the_answer_for_all_and_a_second_more() {
    let provider = FakeProvider::start().await;
    let (token, credentials) = refreshing(&provider);
    for one in fifty(&credentials).await {
        assert_eq!(one.unwrap().as_ref(), Some(&token), "whether it counts is the server's to say");
    }
    assert_eq!(provider.set(|memory| memory.refreshed), 1);
    pause();
    advance(Duration::from_secs(1)).await;
    resume();
    assert!(!credentials.refresh().await.unwrap());
    assert_eq!(provider.set(|memory| memory.refreshed), 2);
}

#[tokio::test]
async fn what_was_refused_for_one_token_says_nothing_of_another() {
    let provider = FakeProvider::start().await;
    let folder = tempfile::tempdir().unwrap();
    let file = || AuthFile::at(folder.path().join("auth.json"));
    let credentials = Refreshing::new(file(), provider.issuer());
    file().write(&Token::new(expired())).unwrap();
    credentials.current().await.unwrap();
    let fresh = envelope(&FIRST.token("k"), "refresh-2");
    provider.set(|memory| memory.fresh = Some(fresh.clone()));
    file().write(&Token::new(envelope(&FIRST.token("k"), "another"))).unwrap();
    assert!(credentials.refresh().await.unwrap());
    assert_eq!(file().read().unwrap(), Some(Token::new(fresh)));
}

/// Gives a token, and keeps none.
struct Full(Token);

impl Keeper for Full {
    fn load(&self) -> Result<Option<Token>, Fault> {
        Ok(Some(self.0.clone()))
    }

    fn store(&self, _: &Token) -> Result<(), Fault> {
        AuthFile::at("/dev/null/auth.json").write(&Token::new("never"))
    }
}

#[tokio::test]
async fn a_token_that_cannot_be_kept_is_an_error_for_all() {
    let provider = FakeProvider::start().await;
    let fresh = envelope(&FIRST.token("k"), "refresh-2");
    provider.set(|memory| memory.fresh = Some(fresh.clone()));
    let credentials = Refreshing::new(Full(Token::new(expired())), provider.issuer());
    for one in fifty(&credentials).await {
        let fault = one.unwrap_err();
        assert!(matches!(fault, Fault::File { .. }), "{fault}");
        assert!(!format!("{fault:?}").contains(&fresh[..40]), "{fault:?}");
    }
    assert_eq!(provider.set(|memory| memory.refreshed), 1);
}

#[tokio::test]
async fn a_refresh_whose_caller_is_gone_is_kept() {
    let provider = FakeProvider::start().await;
    let fresh = envelope(&FIRST.token("k"), "refresh-2");
    provider.set(|memory| (memory.held, memory.fresh) = (true, Some(fresh.clone())));
    let (_, credentials) = refreshing(&provider);
    let gone = tokio::spawn({
        let credentials = credentials.clone();
        async move { credentials.refresh().await }
    });
    until_asked(&provider).await;
    gone.abort();
    assert!(gone.await.unwrap_err().is_cancelled());
    provider.go.notify_one();
    let (current, refreshed) = tokio::join!(credentials.current(), credentials.refresh());
    assert_eq!(current.unwrap().unwrap().expose_secret(), fresh);
    assert!(refreshed.unwrap(), "it came before the answer did");
    assert_eq!(provider.set(|memory| memory.refreshed), 1);
}
