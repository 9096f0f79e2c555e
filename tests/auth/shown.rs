//! Where a token is shown, and what cannot be meant.

use crate::provider::FakeProvider;
use crate::token::{FIRST, SECOND, envelope};
use crate::{LET_IN, ask, guarded, server};
use http::Request;
use meshery_runtime::auth::server::{Gate, Provider, Providers};
use meshery_server::{Asked, Authenticate, Token};

#[tokio::test]
async fn a_token_is_taken_from_cookie_bearer_or_header_in_both_encodings() {
    let provider = FakeProvider::with("k", &FIRST).await;
    let server = server(provider.verifier());
    let raw = FIRST.token("k");
    for value in [raw.clone(), envelope(&raw, "refresh")] {
        for (name, shown) in [
            ("cookie", format!("token={value}")),
            ("cookie", format!("meshery-provider=Meshery; token=\"{value}\"")),
            ("authorization", format!("bearer {value}")),
            ("meshery-token", value.clone()),
        ] {
            let (status, _, body) = ask(&server, &[(name, &shown)]).await;
            assert_eq!(status, LET_IN, "{name}: {body}");
        }
    }
    assert_eq!(ask(&server, &[]).await.0, 401);
}

#[tokio::test]
async fn two_tokens_in_one_place_are_none() {
    let provider = FakeProvider::with("k", &FIRST).await;
    let server = server(provider.verifier());
    let (good, bad) = (FIRST.token("k"), SECOND.token("k"));
    for cookies in [
        vec![format!("token={good}; token={bad}")],
        vec![format!("token={bad}; token={good}")],
        vec![format!("token={good}"), format!("token={bad}")],
        vec![format!("token={good}; token=")],
    ] {
        let headers: Vec<_> = cookies.iter().map(|value| ("cookie", value.as_str())).collect();
        assert_eq!(ask(&server, &headers).await.0, 401, "{} cookies", headers.len());
    }
    let twice = format!("token={good}; token={good}");
    assert_eq!(ask(&server, &[("cookie", &twice)]).await.0, LET_IN, "the same twice is one");
    let bearer = format!("Bearer {good}");
    assert_eq!(ask(&server, &[("authorization", &bearer), ("authorization", &bearer)]).await.0, 401);
    // The cookie is what counts: a good header does not make up for it.
    let bad = format!("token={bad}");
    assert_eq!(ask(&server, &[("cookie", &bad), ("authorization", &bearer)]).await.0, 401);
}

#[tokio::test]
async fn no_header_turns_a_remote_provider_into_the_local_one() {
    let provider = FakeProvider::with("k", &FIRST).await;
    let both = || [Provider::local(), Provider::remote("Meshery", provider.verifier())];
    let pinned = guarded(Gate::new(Providers::new(both()).pinned("Meshery").unwrap()));
    let only = server(provider.verifier());
    for server in [&pinned, &only] {
        for (name, value) in [
            ("meshery-provider", "Local"),
            ("meshery-provider", "None"),
            ("Meshery-Provider", "local"),
            ("cookie", "meshery-provider=Local"),
            ("cookie", "meshery-provider=Local; token="),
            ("x-meshery-provider", "Local"),
            ("provider", "Local"),
        ] {
            assert_eq!(ask(server, &[(name, value)]).await.0, 401, "{name}: {value}");
        }
    }
    // Where both are offered, the choice is the caller's: that is what the local provider means.
    let open = guarded(Gate::new(Providers::new(both())));
    assert_eq!(ask(&open, &[("meshery-provider", "Local")]).await.0, LET_IN);
    assert_eq!(ask(&open, &[]).await.0, 401);
    let two = [("meshery-provider", "Local"), ("meshery-provider", "Meshery")];
    assert_eq!(ask(&open, &two).await.0, 401);
}

/// An operation may have a parameter that is called as the one which chooses a provider.
#[tokio::test]
async fn a_parameter_of_the_operation_chooses_no_provider() {
    let operations = meshery_server::PRODUCTS.iter().flat_map(|product| product.operations);
    let own = operations.filter(|operation| operation.query.contains(&"provider") && !operation.is_public());
    let provider = FakeProvider::with("k", &FIRST).await;
    let both = [Provider::local(), Provider::remote("Meshery", provider.verifier())];
    let gate = Gate::new(Providers::new(both).fallback("Meshery").unwrap());
    for operation in own {
        let shown = async |query: &str, token: &str| {
            let path = operation.path.replace(['{', '}'], "");
            let request = Request::builder().method(&operation.method).uri(format!("{path}?{query}"));
            let request = request.header("meshery-token", token).body(()).unwrap();
            let (parts, ()) = request.into_parts();
            let token = Token::new(token);
            let asked = Asked::new(operation, operation.products[0], Some(&token), &parts);
            gate.authenticate(asked).await.map(|identity| identity.provider)
        };
        let (good, bad) = (FIRST.token("k"), SECOND.token("k"));
        assert_eq!(shown("provider=google", &good).await.as_deref(), Ok("Meshery"), "{}", operation.id);
        assert!(shown("provider=Local", &bad).await.is_err(), "{} gets around a token", operation.id);
    }
}
