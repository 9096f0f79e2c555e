//! Tokens, put together by hand.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::KeyPair as _;
use aws_lc_rs::{hmac, rsa, signature};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use std::sync::LazyLock;

/// A key pair of a provider.
pub(crate) struct Key {
    pair: rsa::KeyPair,
}

/// Making keys takes its time: two are enough, and a weak one.
pub(crate) static FIRST: LazyLock<Key> = LazyLock::new(|| Key::new(rsa::KeySize::Rsa2048));
pub(crate) static SECOND: LazyLock<Key> = LazyLock::new(|| Key::new(rsa::KeySize::Rsa2048));

impl Key {
    fn new(size: rsa::KeySize) -> Self {
        Self { pair: rsa::KeyPair::generate(size).unwrap() }
    }

    pub(crate) fn modulus(&self) -> Vec<u8> {
        self.pair.public_key().modulus().big_endian_without_leading_zero().to_vec()
    }

    pub(crate) fn der(&self) -> Vec<u8> {
        self.pair.public_key().as_ref().to_vec()
    }

    /// The key as a provider publishes it.
    pub(crate) fn jwk(&self, id: &str) -> Value {
        let exponent = self.pair.public_key().exponent().big_endian_without_leading_zero().to_vec();
        json!({
            "kty": "RSA",
            "kid": id,
            "use": "sig",
            "alg": "RS256",
            "n": URL_SAFE_NO_PAD.encode(self.modulus()),
            "e": URL_SAFE_NO_PAD.encode(exponent),
        })
    }

    pub(crate) fn sign(&self, header: &Value, claims: &Value) -> String {
        let message = message(header, claims);
        let mut signature = vec![0; self.pair.public_modulus_len()];
        let random = SystemRandom::new();
        self.pair.sign(&signature::RSA_PKCS1_SHA256, &random, message.as_bytes(), &mut signature).unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// A token as the provider issues them.
    pub(crate) fn token(&self, id: &str) -> String {
        self.sign(&header(id), &claims())
    }

    pub(crate) fn with_claims(&self, id: &str, changed: Value) -> String {
        self.sign(&header(id), &changed_claims(changed))
    }
}

pub(crate) fn header(id: &str) -> Value {
    json!({ "alg": "RS256", "kid": id, "typ": "JWT" })
}

pub(crate) fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

pub(crate) fn claims() -> Value {
    json!({
        "aud": ["meshery"],
        "client_id": "meshery-cloud",
        "exp": now() + 3600,
        "ext": {},
        "iat": now(),
        "iss": "https://issuer.test",
        "jti": "0b9d1c7e",
        "nbf": now(),
        "scp": ["openid"],
        "sub": "a-user",
    })
}

/// The claims with some of them changed, or taken away by `null`.
pub(crate) fn changed_claims(changed: Value) -> Value {
    let mut claims = claims();
    let all = claims.as_object_mut().unwrap();
    for (name, value) in changed.as_object().unwrap() {
        if value.is_null() {
            all.remove(name);
        } else {
            all.insert(name.clone(), value.clone());
        }
    }
    claims
}

pub(crate) fn message(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", part(header), part(claims))
}

/// Signed with a shared secret.
pub(crate) fn with_secret(algorithm: &str, id: &str, secret: &[u8]) -> String {
    let hash = match algorithm {
        "HS384" => hmac::HMAC_SHA384,
        "HS512" => hmac::HMAC_SHA512,
        _ => hmac::HMAC_SHA256,
    };
    let message = message(&json!({ "alg": algorithm, "kid": id, "typ": "JWT" }), &claims());
    let signature = hmac::sign(&hmac::Key::new(hash, secret), message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
}

/// An access token as the cookie of a provider holds it.
pub(crate) fn envelope(access: &str, refresh: &str) -> String {
    let json = json!({ "access_token": access, "token_type": "bearer", "refresh_token": refresh });
    STANDARD_NO_PAD.encode(json.to_string())
}
