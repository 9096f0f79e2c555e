//! Tokens that the provider did not issue.

use crate::provider::FakeProvider;
use crate::token::{FIRST, Key, SECOND, claims, header, message, with_secret};
use crate::{LET_IN, server, status};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use meshery_runtime::auth::server::Algorithm;
use serde_json::json;

#[tokio::test]
async fn an_unsigned_token_is_refused_however_it_is_spelt() {
    let provider = FakeProvider::with("k", &FIRST).await;
    let server = server(provider.verifier());
    assert_eq!(status(&server, &FIRST.token("k")).await, LET_IN);
    let signature = FIRST.token("k").rsplit('.').next().unwrap().to_owned();
    for algorithm in ["none", "None", "NONE", "nOnE", ""] {
        let message = message(&json!({ "alg": algorithm, "kid": "k" }), &claims());
        for token in [format!("{message}."), format!("{message}.{signature}"), message] {
            assert_eq!(status(&server, &token).await, 401, "{algorithm}");
        }
    }
    let without = message(&json!({ "kid": "k" }), &claims());
    assert_eq!(status(&server, &format!("{without}.{signature}")).await, 401);
}

#[tokio::test]
async fn the_public_key_is_no_shared_secret() {
    let provider = FakeProvider::with("k", &FIRST).await;
    let all = ["RS256", "RS384", "RS512", "PS256", "ES256", "EdDSA"].map(|name| name.parse().unwrap());
    let pem = format!(
        "-----BEGIN RSA PUBLIC KEY-----\n{}\n-----END RSA PUBLIC KEY-----\n",
        STANDARD.encode(FIRST.der())
    );
    let secrets =
        [FIRST.der(), FIRST.modulus(), pem.into_bytes(), FIRST.jwk("k").to_string().into_bytes(), vec![]];
    for verifier in [provider.verifier(), provider.verifier().algorithms(all)] {
        let server = server(verifier);
        for secret in &secrets {
            for algorithm in ["HS256", "HS384", "HS512"] {
                assert_eq!(status(&server, &with_secret(algorithm, "k", secret)).await, 401);
            }
        }
    }
}

#[tokio::test]
async fn another_key_does_not_sign_for_this_one() {
    let provider = FakeProvider::with("k", &FIRST).await;
    let server = server(provider.verifier());
    assert_eq!(status(&server, &SECOND.token("k")).await, 401);
    let (mine, other) = (FIRST.token("k"), FIRST.with_claims("k", json!({ "sub": "somebody else" })));
    let (signed, signature) = (mine.rsplit_once('.').unwrap().0, other.rsplit_once('.').unwrap().1);
    assert_eq!(status(&server, &format!("{signed}.{signature}")).await, 401);
}

#[tokio::test]
async fn a_key_signs_with_its_own_algorithm_and_an_allowed_one() {
    let provider = FakeProvider::with("k", &FIRST).await;
    let allowed = |names: &[&str]| names.iter().map(|n| n.parse::<Algorithm>().unwrap()).collect::<Vec<_>>();
    // The signature is RS256: the header alone is another one.
    let mut other = header("k");
    other["alg"] = json!("RS384");
    let token = FIRST.sign(&other, &claims());
    assert_eq!(
        status(&server(provider.verifier().algorithms(allowed(&["RS256", "RS384"]))), &token).await,
        401
    );
    let good = FIRST.token("k");
    assert_eq!(
        status(&server(provider.verifier().algorithms(allowed(&["RS384", "ES256"]))), &good).await,
        401
    );
    assert_eq!(status(&server(provider.verifier().algorithms(allowed(&[]))), &good).await, 401);
}

#[tokio::test]
async fn a_token_does_not_bring_its_own_key() {
    let provider = FakeProvider::with("k", &FIRST).await;
    let server = server(provider.verifier());
    let mine: &Key = &SECOND;
    for (name, value) in [
        ("jwk", mine.jwk("k")),
        ("jku", json!("http://127.0.0.1:1/keys")),
        ("x5u", json!("http://127.0.0.1:1/keys")),
        ("x5c", json!([STANDARD.encode(mine.der())])),
    ] {
        let mut forged = header("k");
        forged[name] = value;
        assert_eq!(status(&server, &mine.sign(&forged, &claims())).await, 401, "{name}");
    }
    let mut critical = header("k");
    critical["crit"] = json!(["b64"]);
    assert_eq!(status(&server, &FIRST.sign(&critical, &claims())).await, 401);
}

#[tokio::test]
async fn what_is_no_token_is_refused() {
    let provider = FakeProvider::with("k", &FIRST).await;
    let server = server(provider.verifier());
    let good = FIRST.token("k");
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let deep = "[".repeat(10_000);
    let malformed = [
        ".".to_owned(),
        "..".to_owned(),
        "...".to_owned(),
        "a.b".to_owned(),
        "a.b.c".to_owned(),
        "a.b.c.d.e".to_owned(),
        format!("{good}."),
        format!(".{good}"),
        good[..good.len() - 1].to_owned(),
        good.replace('.', ""),
        format!("{}.{}.{}", part("[]"), part("[]"), part("x")),
        format!("{}.{}.{}", part(&deep), part(&deep), part("x")),
        format!("{}.{}.", part("{\"alg\":\"RS256\",\"kid\":\"k\"}"), part("\u{0}")),
        "A".repeat(40_000),
        format!("{}.{}.{}", "A".repeat(20_000), "A".repeat(20_000), "A".repeat(20_000)),
    ];
    for token in &malformed {
        let answered = status(&server, token).await;
        assert!([401, 431].contains(&answered), "{answered} for {}...", &token[..token.len().min(40)]);
    }
    let huge = FIRST.with_claims("k", json!({ "ext": "x".repeat(20_000) }));
    assert_eq!(status(&server, &huge).await, 401, "signed, and still too large");
}
