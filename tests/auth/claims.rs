//! Tokens of the provider that do not count here, or not now.

use crate::provider::FakeProvider;
use crate::token::{FIRST, claims, header, now};
use crate::{LET_IN, server, status};
use meshery_runtime::auth::server::Verifier;
use serde_json::{Value, json};
use std::time::Duration;

/// What the token of the provider with these claims is answered with.
async fn claimed(change: impl FnOnce(Verifier) -> Verifier, claims: Value) -> u16 {
    let provider = FakeProvider::with("k", &FIRST).await;
    status(&server(change(provider.verifier())), &FIRST.with_claims("k", claims)).await
}

#[tokio::test]
async fn its_time_is_over_or_has_not_come() {
    let plain = |verifier| verifier;
    assert_eq!(claimed(plain, json!({ "exp": now() - 31 })).await, 401);
    assert_eq!(claimed(plain, json!({ "exp": now() - 5 })).await, LET_IN, "clocks differ");
    assert_eq!(claimed(plain, json!({ "nbf": now() + 60 })).await, 401);
    assert_eq!(claimed(plain, json!({ "nbf": now() + 5 })).await, LET_IN);
    let strict = |verifier: Verifier| verifier.leeway(Duration::ZERO);
    assert_eq!(claimed(strict, json!({ "exp": now() - 5 })).await, 401);
    for exp in [json!("soon"), json!(-1), json!({}), json!(0)] {
        assert_eq!(claimed(plain, json!({ "exp": exp })).await, 401, "{exp}");
    }
}

#[tokio::test]
async fn one_that_does_not_expire_counts_only_where_that_is_allowed() {
    assert_eq!(claimed(|verifier| verifier, json!({ "exp": null })).await, 401);
    let allow = |verifier: Verifier| verifier.allow_without_expiry();
    assert_eq!(claimed(allow, json!({ "exp": null })).await, LET_IN);
    assert_eq!(claimed(allow, json!({ "exp": now() - 60 })).await, 401, "one that did expire");
    assert_eq!(claimed(allow, json!({ "exp": "never" })).await, 401);
}

#[tokio::test]
async fn it_is_of_somebody_else() {
    let issuer =
        |verifier: Verifier| verifier.issuer_claim("https://issuer.test").issuer_claim("https://b.test");
    assert_eq!(claimed(issuer, json!({})).await, LET_IN);
    for iss in [json!("https://evil.test"), json!(null), json!(""), json!("https://issuer.test/"), json!(1)] {
        assert_eq!(claimed(issuer, json!({ "iss": iss })).await, 401, "{iss}");
    }
}

#[tokio::test]
async fn it_is_for_somebody_else() {
    let audience = |verifier: Verifier| verifier.audience("meshery");
    assert_eq!(claimed(audience, json!({})).await, LET_IN);
    assert_eq!(claimed(audience, json!({ "aud": "meshery" })).await, LET_IN);
    for aud in [json!(["other"]), json!("other"), json!([]), json!(null), json!(""), json!("Meshery")] {
        assert_eq!(claimed(audience, json!({ "aud": aud })).await, 401, "{aud}");
    }
    assert_eq!(claimed(|verifier| verifier, json!({ "aud": ["anybody"] })).await, LET_IN, "not asked for");
}

#[tokio::test]
async fn it_is_nobodys() {
    for sub in [json!(null), json!(7), json!(["a"])] {
        assert_eq!(claimed(|verifier| verifier, json!({ "sub": sub })).await, 401, "{sub}");
    }
    let provider = FakeProvider::with("k", &FIRST).await;
    let server = server(provider.verifier());
    for claims in [json!([]), json!("sub"), json!(null)] {
        assert_eq!(status(&server, &FIRST.sign(&header("k"), &claims)).await, 401);
    }
}

#[tokio::test]
async fn the_provider_does_not_stand_by_it_any_more() {
    let provider = FakeProvider::with("k", &FIRST).await;
    let remembering = server(provider.verifier().introspect(Duration::from_secs(600)));
    let (good, revoked) = (FIRST.token("k"), FIRST.with_claims("k", json!({ "jti": "revoked" })));
    provider.set(|memory| memory.revoked.insert(revoked.clone()));
    for _ in 0..3 {
        assert_eq!(status(&remembering, &good).await, LET_IN);
        assert_eq!(status(&remembering, &revoked).await, 401);
    }
    assert_eq!(provider.set(|memory| memory.introspected), 2, "answers are remembered");

    provider.set(|memory| memory.broken = true);
    let asking = server(provider.verifier().introspect(Duration::ZERO));
    assert_eq!(status(&asking, &good).await, 503, "nobody is let in while nobody can tell");
    provider.set(|memory| memory.broken = false);
    assert_eq!(status(&asking, &good).await, LET_IN);
}

#[tokio::test]
async fn a_forged_token_is_not_shown_to_the_provider() {
    let provider = FakeProvider::with("k", &FIRST).await;
    let server = server(provider.verifier().introspect(Duration::ZERO));
    let forged = crate::token::SECOND.sign(&header("k"), &claims());
    assert_eq!(status(&server, &forged).await, 401);
    assert_eq!(provider.set(|memory| memory.introspected), 0);
}
