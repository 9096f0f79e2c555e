//! One token for all, and one refresh for all.

use super::{SECRET, in_process, sending, thing};
use crate::client::Core;
use crate::{Cached, Credentials, CredentialsRequest, Error, Token, TokenFuture, Upload};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use std::collections::HashMap;
use std::error::Error as _;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Gives `token-0`, then `token-1`, ... when its gate is open. Counts what it was asked.
struct Source {
    given: AtomicU32,
    refreshed: AtomicU32,
    gate: Semaphore,
    fails: bool,
}

impl Source {
    fn new(fails: bool) -> Arc<Self> {
        let gate = Semaphore::new(1000);
        Arc::new(Self { given: AtomicU32::new(0), refreshed: AtomicU32::new(0), gate, fails })
    }

    fn shut() -> Arc<Self> {
        let source = Self::new(false);
        source.gate.forget_permits(1000);
        source
    }
}

impl Credentials for Source {
    fn token<'a>(&'a self, _: CredentialsRequest<'a>) -> TokenFuture<'a> {
        Box::pin(async move {
            self.gate.acquire().await?.forget();
            Ok(Some(Token::new(format!("token-{}", self.given.fetch_add(1, Ordering::SeqCst)))))
        })
    }

    fn refresh<'a>(&'a self, request: CredentialsRequest<'a>, _: &'a Token) -> TokenFuture<'a> {
        Box::pin(async move {
            self.refreshed.fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(100)).await;
            if self.fails { Err("the session is over".into()) } else { self.token(request).await }
        })
    }
}

fn bearer(request: &axum::extract::Request) -> String {
    let value = request.headers().get("authorization").unwrap().to_str().unwrap();
    value.strip_prefix("Bearer ").unwrap().to_owned()
}

/// A client of a server that takes every token but the first. Counts how often each came.
fn client(credentials: impl Credentials) -> (Core, Arc<Mutex<HashMap<String, u32>>>) {
    let seen = Arc::new(Mutex::new(HashMap::new()));
    let counted = Arc::clone(&seen);
    let builder = in_process(move |_, request| {
        let token = bearer(&request);
        *counted.lock().unwrap().entry(token.clone()).or_default() += 1;
        let status = if token == "token-0" { StatusCode::UNAUTHORIZED } else { StatusCode::NO_CONTENT };
        status.into_response()
    });
    (builder.credentials(credentials).build().unwrap(), seen)
}

fn a_hundred(core: &Core) -> JoinSet<Result<(), Error>> {
    let call = |core: Core| async move { thing(&core).execute().await.map(drop) };
    (0..100).map(|_| call(core.clone())).collect()
}

#[tokio::test(start_paused = true)]
async fn a_hundred_callers_refresh_once_and_are_each_sent_once_more() {
    let source = Source::new(false);
    let (core, seen) = client(Cached::new(Arc::clone(&source)));
    let results = a_hundred(&core).join_all().await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert_eq!(source.given.load(Ordering::SeqCst), 2);
    assert_eq!(source.refreshed.load(Ordering::SeqCst), 1);
    let expected = HashMap::from([("token-0".to_owned(), 100), ("token-1".to_owned(), 100)]);
    assert_eq!(*seen.lock().unwrap(), expected);
}

#[tokio::test(start_paused = true)]
async fn a_refresh_that_fails_is_the_answer_for_all() {
    let source = Source::new(true);
    let (core, seen) = client(Cached::new(Arc::clone(&source)));
    for error in a_hundred(&core).join_all().await.into_iter().map(Result::unwrap_err) {
        assert!(matches!(error, Error::Credentials { .. }) && error.is_unauthenticated(), "{error}");
        assert_eq!(error.source().unwrap().to_string(), "the session is over");
        assert!(!format!("{error:?}").contains("token-0"));
    }
    assert_eq!(source.refreshed.load(Ordering::SeqCst), 1);
    assert_eq!(seen.lock().unwrap()["token-0"], 100);

    // Not for ever.
    assert!(thing(&core).execute().await.is_err());
    assert_eq!(source.refreshed.load(Ordering::SeqCst), 1);
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(thing(&core).execute().await.is_err());
    assert_eq!(source.refreshed.load(Ordering::SeqCst), 2);
}

/// Has no token but one.
struct Only(AtomicU32, bool);

impl Credentials for Only {
    fn token<'a>(&'a self, _: CredentialsRequest<'a>) -> TokenFuture<'a> {
        Box::pin(async { Ok(Some(Token::new("token-0"))) })
    }

    fn refresh<'a>(&'a self, _: CredentialsRequest<'a>, refused: &'a Token) -> TokenFuture<'a> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Box::pin(async { Ok(self.1.then(|| refused.clone())) })
    }
}

#[tokio::test(start_paused = true)]
async fn a_refresh_that_gives_no_other_token_is_not_asked_for_by_everybody() {
    for same in [true, false] {
        let source = Arc::new(Only(AtomicU32::new(0), same));
        let (core, _) = client(Cached::new(Arc::clone(&source)));
        for call in 1..=3 {
            assert!(thing(&core).execute().await.err().unwrap().is_unauthenticated());
            assert_eq!(source.0.load(Ordering::SeqCst), 1, "call {call}");
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert!(thing(&core).execute().await.is_err());
        assert_eq!(source.0.load(Ordering::SeqCst), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_that_came_after_the_refused_one_is_not_refreshed() {
    let source = Source::new(false);
    let cached = Cached::new(Arc::clone(&source));
    let operation = &super::THING;
    let request = || CredentialsRequest { operation, origin: "http://here" };
    let first = cached.token(request()).await.unwrap().unwrap();
    let second = cached.refresh(request(), &first).await.unwrap().unwrap();
    assert_ne!(first, second);
    // Somebody who used the first one learns late that it was refused.
    assert_eq!(cached.refresh(request(), &first).await.unwrap().unwrap(), second);
    assert_eq!(cached.token(request()).await.unwrap().unwrap(), second);
    assert_eq!(source.refreshed.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn whoever_asked_first_may_go_away() {
    let source = Source::shut();
    let (core, _) = client(Arc::new(Cached::new(Arc::clone(&source))));
    let call = |core: Core| async move { thing(&core).execute().await.map(drop) };
    let first = tokio::spawn(call(core.clone()));
    tokio::task::yield_now().await;
    let second = tokio::spawn(call(core.clone()));
    tokio::task::yield_now().await;
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    source.gate.add_permits(10);
    second.await.unwrap().unwrap();
    assert_eq!(source.given.load(Ordering::SeqCst), 2);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_nobody_waits_for_any_more_is_kept() {
    let source = Source::shut();
    let cached = Arc::new(Cached::new(Arc::clone(&source)));
    let request = || CredentialsRequest { operation: &super::THING, origin: "http://here" };
    assert!(tokio::time::timeout(Duration::from_millis(1), cached.token(request())).await.is_err());
    source.gate.add_permits(1);
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!(source.given.load(Ordering::SeqCst), 1);
    assert_eq!(cached.token(request()).await.unwrap().unwrap().expose_secret(), "token-0");
    assert_eq!(source.given.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn tokens_are_kept_by_origin_and_can_be_forgotten() {
    let source = Source::new(false);
    let cached = Cached::new(Arc::clone(&source));
    let token = async |origin| {
        let request = CredentialsRequest { operation: &super::THING, origin };
        cached.token(request).await.unwrap().unwrap().expose_secret().to_owned()
    };
    assert_eq!((token("http://a").await, token("http://b").await), ("token-0".into(), "token-1".into()));
    assert_eq!(token("http://a").await, "token-0");
    cached.forget();
    assert_eq!(token("http://a").await, "token-2");
}

struct Panics;

impl Credentials for Panics {
    fn token<'a>(&'a self, _: CredentialsRequest<'a>) -> TokenFuture<'a> {
        Box::pin(async { panic!("a bug") })
    }
}

#[tokio::test(start_paused = true)]
async fn a_hook_that_panics_is_an_error_of_the_call() {
    let (core, _) = client(Cached::new(Panics));
    for _ in 0..2 {
        let error = thing(&core).execute().await.err().unwrap();
        assert_eq!(error.source().unwrap().to_string(), "the hook has panicked");
    }
}

#[tokio::test(start_paused = true)]
async fn without_another_token_a_401_is_the_answer_at_once() {
    let asked = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&asked);
    let refusing = in_process(move |_, _| -> Response {
        count.fetch_add(1, Ordering::SeqCst);
        StatusCode::UNAUTHORIZED.into_response()
    });
    let core = refusing.build().unwrap();
    let error = thing(&core).execute().await.err().unwrap();
    assert!(error.is_unauthenticated() && matches!(error, Error::Undocumented(_)), "{error}");
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_cannot_be_sent_again_still_renews_the_token() {
    let source = Source::new(false);
    let (core, seen) = client(Cached::new(Arc::clone(&source)));
    for ok in [false, true] {
        let chunks = futures_util::stream::iter([Ok::<_, std::io::Error>("one")]);
        let mut call = sending(&core);
        call.upload("application/octet-stream", Upload::stream(chunks));
        assert_eq!(call.execute().await.is_ok(), ok);
    }
    let expected = HashMap::from([("token-0".to_owned(), 1), ("token-1".to_owned(), 1)]);
    assert_eq!(*seen.lock().unwrap(), expected);
}

#[tokio::test]
async fn the_hook_is_told_the_origin_of_the_base_url() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    struct Watching(Arc<Mutex<Vec<String>>>);
    impl Credentials for Watching {
        fn token<'a>(&'a self, request: CredentialsRequest<'a>) -> TokenFuture<'a> {
            self.0.lock().unwrap().push(request.origin.to_owned());
            Box::pin(async { Ok(Some(Token::new(SECRET))) })
        }
    }
    let builder = in_process(|_, _| StatusCode::NO_CONTENT.into_response());
    let core = builder.credentials(Watching(Arc::clone(&asked))).build().unwrap();
    thing(&core).execute().await.unwrap();
    assert_eq!(*asked.lock().unwrap(), ["http://in-process"]);
}
