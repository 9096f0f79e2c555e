//! Keys that change, are missing, or come from a provider that misbehaves.

use crate::provider::{FakeProvider, Keys};
use crate::token::{FIRST, Key, SECOND, header};
use crate::{LET_IN, server, status};
use meshery_runtime::auth::Issuer;
use meshery_runtime::auth::server::{KeySet, Verifier};
use serde_json::{Value, json};
use std::time::Duration;

fn patient(provider: &FakeProvider) -> Verifier {
    let keys = KeySet::with(provider.issuer(), Duration::from_secs(3600), Duration::from_secs(3600));
    Verifier::new(provider.issuer()).with_keys(keys)
}

#[tokio::test]
async fn an_unknown_or_missing_key_is_refused() {
    let provider = FakeProvider::with("k", &FIRST).await;
    let server = server(provider.verifier());
    let named = |id: Value| FIRST.sign(&json!({ "alg": "RS256", "kid": id }), &crate::token::claims());
    for id in [json!("other"), json!(""), json!("k "), json!("K"), json!("x".repeat(1000))] {
        assert_eq!(status(&server, &named(id.clone())).await, 401, "{id}");
    }
    assert_eq!(status(&server, &FIRST.sign(&json!({ "alg": "RS256" }), &crate::token::claims())).await, 401);
    for id in [json!(null), json!(1), json!(["k"])] {
        assert_eq!(status(&server, &named(id.clone())).await, 401, "{id}");
    }
    assert_eq!(status(&server, &FIRST.token("k")).await, LET_IN);
}

#[tokio::test]
async fn a_flood_of_unknown_keys_asks_the_provider_once() {
    let provider = FakeProvider::with("k", &FIRST).await;
    let server = server(patient(&provider));
    let asked = (0..200).map(|n| {
        let (server, token) = (server.clone(), FIRST.token(&format!("invented-{n}")));
        tokio::spawn(async move { status(&server, &token).await })
    });
    for one in asked.collect::<Vec<_>>() {
        assert_eq!(one.await.unwrap(), 401);
    }
    assert_eq!(provider.set(|memory| memory.keys_asked), 1);
    assert_eq!(status(&server, &FIRST.token("k")).await, LET_IN);
}

#[tokio::test]
async fn keys_rotate_under_load() {
    let provider = FakeProvider::with("old", &FIRST).await;
    let server = server(provider.verifier());
    let (old, new) = (FIRST.token("old"), SECOND.token("new"));
    assert_eq!(status(&server, &old).await, LET_IN);
    provider.publish("new", &SECOND);
    let load = (0..300).map(|n| {
        let (server, token) = (server.clone(), if n % 2 == 0 { old.clone() } else { new.clone() });
        tokio::spawn(async move { status(&server, &token).await })
    });
    for one in load.collect::<Vec<_>>() {
        assert_eq!(one.await.unwrap(), LET_IN);
    }
    // The provider gives the old key up: it counts until the keys are asked for again.
    provider.set(|memory| memory.keys.remove(0));
    assert_eq!(status(&server, &FIRST.token("invented")).await, 401);
    assert_eq!(status(&server, &old).await, 401);
    assert_eq!(status(&server, &new).await, LET_IN);
}

#[tokio::test]
async fn who_has_a_known_key_does_not_wait_for_a_slow_provider() {
    let provider = FakeProvider::with("k", &FIRST).await;
    let server = server(provider.verifier());
    assert_eq!(status(&server, &FIRST.token("k")).await, LET_IN);
    provider.set(|memory| memory.answer = Keys::Held);
    provider.publish("new", &SECOND);
    let waiting = {
        let (server, token) = (server.clone(), SECOND.token("new"));
        tokio::spawn(async move { status(&server, &token).await })
    };
    while provider.set(|memory| memory.keys_asked) < 2 {
        tokio::task::yield_now().await;
    }
    assert_eq!(status(&server, &FIRST.token("k")).await, LET_IN);
    assert!(!waiting.is_finished());
    provider.go.notify_one();
    assert_eq!(waiting.await.unwrap(), LET_IN);
}

#[tokio::test]
async fn a_provider_that_does_not_answer_is_not_waited_for_without_end() {
    let provider = FakeProvider::with("k", &FIRST).await;
    provider.set(|memory| memory.answer = Keys::Held);
    let issuer = provider.issuer().with_timeout(Duration::from_millis(50));
    let server = server(provider.eager(issuer));
    assert_eq!(status(&server, &FIRST.token("k")).await, 503);
}

#[tokio::test]
async fn a_provider_that_hangs_is_asked_once_by_all_who_wait() {
    let provider = FakeProvider::with("k", &FIRST).await;
    provider.set(|memory| memory.answer = Keys::Held);
    // Who waits in vain waits as long as it takes until the provider may be asked again.
    let limit = Duration::from_millis(700);
    let issuer = provider.issuer().with_timeout(limit);
    let keys = KeySet::with(issuer.clone(), limit, Duration::from_secs(600));
    let server = server(Verifier::new(issuer).with_keys(keys));
    let ask = |n: usize| {
        let (server, token) = (server.clone(), FIRST.token(&format!("invented-{n}")));
        tokio::spawn(async move { status(&server, &token).await })
    };
    for one in (0..20).map(ask).collect::<Vec<_>>() {
        assert_eq!(one.await.unwrap(), 503);
    }
    assert_eq!(ask(20).await.unwrap(), 503, "it has just been asked in vain");
    assert_eq!(provider.set(|memory| memory.keys_asked), 1);
}

#[tokio::test]
async fn who_gives_up_does_not_take_the_keys_along() {
    let provider = FakeProvider::with("k", &FIRST).await;
    provider.set(|memory| memory.answer = Keys::Held);
    let server = server(patient(&provider));
    let first = {
        let (server, token) = (server.clone(), FIRST.token("k"));
        tokio::spawn(async move { status(&server, &token).await })
    };
    while provider.set(|memory| memory.keys_asked) < 1 {
        tokio::task::yield_now().await;
    }
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    provider.go.notify_one();
    assert_eq!(status(&server, &FIRST.token("k")).await, LET_IN);
    assert_eq!(provider.set(|memory| memory.keys_asked), 1);
}

/// A provider whose first answer is this; then a good one; then this again.
async fn misbehaves(answer: Keys) {
    let provider = FakeProvider::with("k", &FIRST).await;
    provider.set(|memory| memory.answer = answer.clone());
    let server = server(provider.verifier());
    let token = FIRST.token("k");
    assert_eq!(status(&server, &token).await, 503, "{answer:?}");
    provider.set(|memory| memory.answer = Keys::Good);
    assert_eq!(status(&server, &token).await, LET_IN, "{answer:?}");
    provider.set(|memory| memory.answer = answer.clone());
    assert_eq!(status(&server, &SECOND.token("other")).await, 503, "{answer:?}");
    assert_eq!(status(&server, &token).await, LET_IN, "what was known stays: {answer:?}");
}

#[tokio::test]
async fn what_is_no_set_of_keys_lets_nobody_in_and_takes_nothing_away() {
    let mut encryption = FIRST.jwk("k");
    encryption["use"] = json!("enc");
    let mut without_id = FIRST.jwk("k");
    without_id.as_object_mut().unwrap().remove("kid");
    let mut weak = FIRST.jwk("k");
    weak["n"] = json!(
        "w7Zdfmece8iaB0kiTY8pCtiBtzbptJmP28nSWwtdjRu0f2GFpajvWE4VhfJAjEsOcwYzay7XGN0b-X84BfC8hmCTOj2b2eHT7NsZegFPKRUQzJ9wW8ipn_aDJWMGDuB1XyqT1E7DYqjUCEOD1b4FLpy_xPn6oV_TYOfQ9fZdbE5HGxJUzekuGcOKqOQ8M7wfYHhHHLxGpQVgL0apWuP2gDDOdTtpuld4D2LK1MZK99s9gaSjRHE8JDb1Z4IGhEcEyzkxswVdPndUWzfvWBBWXWxtSUvQGBRkuy1BHOa4sP6FKjWEeeF7gm7UMs2Nm2QUgNZw6xvEDGaLk4KASdIxRQ"
    );
    weak["n"] = json!(&weak["n"].as_str().unwrap()[..171]);
    let secret = json!({ "kty": "oct", "kid": "k", "k": "c2VjcmV0", "alg": "HS256" });
    let texts = [
        String::new(),
        "<html>sign in</html>".to_owned(),
        "[]".to_owned(),
        "{\"keys\":{}}".to_owned(),
        "{\"keys\":[]}".to_owned(),
        json!({ "keys": [null, 1, {}, { "kty": "RSA", "kid": "k" }] }).to_string(),
        json!({ "keys": [encryption] }).to_string(),
        json!({ "keys": [without_id] }).to_string(),
        json!({ "keys": [weak] }).to_string(),
        json!({ "keys": [secret] }).to_string(),
        json!({ "keys": vec![FIRST.jwk("k"); 300] }).to_string(),
        format!("{{\"keys\":{}", "[".repeat(100_000)),
    ];
    for text in texts {
        misbehaves(Keys::Text(text)).await;
    }
    for status in [404, 500, 301] {
        misbehaves(Keys::Status(status)).await;
    }
}

#[tokio::test]
async fn keys_without_end_are_not_read_to_their_end() {
    misbehaves(Keys::Huge).await;
}

#[tokio::test]
async fn one_bad_key_does_not_spoil_the_others() {
    let provider = FakeProvider::start().await;
    provider.set(|memory| memory.keys = vec![json!({ "kty": "?" }), json!(7), FIRST.jwk("k")]);
    assert_eq!(status(&server(provider.verifier()), &FIRST.token("k")).await, LET_IN);
}

#[tokio::test]
async fn a_provider_that_is_down_lets_nobody_in() {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let key: &Key = &FIRST;
    let server = server(Verifier::new(Issuer::new(&url).unwrap()));
    assert_eq!(status(&server, &key.sign(&header("k"), &crate::token::claims())).await, 503);
}
