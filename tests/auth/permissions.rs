//! What keys permit, and what nothing permits.

use crate::provider::FakeProvider;
use crate::token::FIRST;
use axum::Router;
use axum::body::Body;
use axum::extract::Query;
use axum::routing::get;
use http::{HeaderMap, Request};
#[cfg(committed_contract)]
use meshery_runtime::auth::server::permissions;
use meshery_runtime::auth::server::{
    BESIDE, ByKeys, EVERYBODY, Gate, HeldKeys, Identity, Keys, PERMISSIONS, Provider, Providers, UNMAPPED,
};
#[cfg(committed_contract)]
use meshery_server::PermissionKey;
use meshery_server::{AnyOperation, AnyRequest, AnyResponse, Context, Denied, Failure, Token};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex};
use uuid::Uuid;

const ORG: Uuid = Uuid::from_u128(7);
const OTHER: Uuid = Uuid::from_u128(8);

#[test]
fn every_protected_operation_is_mapped_or_listed_with_a_reason() {
    let mut listed: BTreeMap<&str, usize> = BTreeMap::new();
    let keyed = PERMISSIONS.iter().map(|permission| permission.operation);
    for operation in keyed.chain(EVERYBODY.iter().chain(UNMAPPED).map(|(operation, _)| *operation)) {
        *listed.entry(operation).or_default() += 1;
    }
    assert!(listed.values().all(|times| *times == 1), "listed twice: {listed:?}");
    let all = meshery_server::meshery::OPERATIONS.iter();
    let protected: BTreeSet<_> = all.filter(|operation| !operation.is_public()).map(|o| o.id).collect();
    let listed: BTreeSet<_> = listed.into_keys().collect();
    let (missing, more): (Vec<_>, Vec<_>) =
        (protected.difference(&listed).collect(), listed.difference(&protected).collect());
    assert!(missing.is_empty() && more.is_empty(), "not listed: {missing:?}; no such operation: {more:?}");
    println!(
        "{} by key, {} by nobody's, {} by everybody",
        PERMISSIONS.len(),
        UNMAPPED.len(),
        EVERYBODY.len()
    );
}

/// The keys that operations ask for are keys of the contract, and called what they are called there.
#[cfg(committed_contract)]
#[test]
fn keys_are_those_of_the_contract() {
    for permission in PERMISSIONS.iter().chain(BESIDE) {
        let key = PermissionKey::find(&permission.key.to_string());
        let key = key.unwrap_or_else(|| panic!("{permission:?} is no key of the contract"));
        assert_eq!((key.theme, key.function), (permission.theme, permission.function), "{key:?}");
    }
    // What hooks are told of an operation is what the map says.
    for operation in meshery_server::meshery::OPERATIONS {
        let mapped = PERMISSIONS.iter().find(|permission| permission.operation == operation.id);
        let told: Vec<_> = permissions(operation).iter().map(|key| key.id.to_owned()).collect();
        assert_eq!(
            told,
            Vec::from_iter(mapped.map(|permission| permission.key.to_string())),
            "{operation:?}"
        );
    }
}

/// Who holds what in which organization.
struct Fixed(HashMap<Uuid, HashSet<Uuid>>);

impl Keys for Fixed {
    async fn held(
        &self,
        _: &Identity,
        _: Option<&Token>,
        organization: Uuid,
    ) -> Result<Arc<HashSet<Uuid>>, Denied> {
        Ok(Arc::new(self.0.get(&organization).cloned().unwrap_or_default()))
    }
}

fn key(operation: &str) -> Uuid {
    PERMISSIONS.iter().find(|permission| permission.operation == operation).unwrap().key
}

async fn gate() -> Gate {
    let provider = FakeProvider::with("k", &FIRST).await;
    Gate::new(Providers::new([Provider::remote("Meshery", provider.verifier())]))
}

async fn asked(server: &Router, method: &str, path: &str) -> (u16, String) {
    let request = Request::builder().method(method).uri(path);
    let request = request.header("authorization", format!("Bearer {}", FIRST.token("k")));
    let (status, _, body) = crate::exchange(server, request.body(Body::empty()).unwrap()).await;
    (status.as_u16(), body)
}

#[tokio::test]
async fn a_key_permits_what_it_is_for_in_its_organization() {
    let keys = Fixed(HashMap::from([(ORG, HashSet::from([key("getWorkspaces"), key("getOrg")]))]));
    let api = meshery_server::meshery::Api::new(gate().await).authorizer(ByKeys::new(keys));
    let server = api.into_router();
    let status = async |method: &str, path: String| asked(&server, method, &path).await.0;
    assert_eq!(status("GET", format!("/api/workspaces?orgId={ORG}")).await, 501, "let in");
    assert_eq!(status("GET", format!("/api/workspaces?orgId={OTHER}")).await, 403, "keys of another");
    assert_eq!(status("GET", "/api/workspaces".into()).await, 403, "of no organization");
    assert_eq!(status("GET", format!("/api/environments?orgId={ORG}")).await, 403, "another key");
    assert_eq!(status("GET", format!("/api/identity/orgs/{ORG}")).await, 501);
    assert_eq!(status("GET", format!("/api/identity/orgs/{OTHER}")).await, 403);
    assert_eq!(status("GET", format!("/api/identity/orgs/{OTHER}?orgId={ORG}")).await, 403, "two of them");
    assert_eq!(status("GET", format!("/api/workspaces?orgId={OTHER}&orgID={ORG}")).await, 403, "two of them");
    assert_eq!(status("GET", "/api/workspaces?orgId=1%20or%201".into()).await, 403);
    assert_eq!(status("GET", "/api/identity/users/profile".into()).await, 501, "everybody may");
    for spelling in ["org_id", "ORGID", "orgID"] {
        let status = status("GET", format!("/api/workspaces?{spelling}={ORG}")).await;
        assert_eq!(status, 501, "{spelling} is read as orgId");
        let two = asked(&server, "GET", &format!("/api/workspaces?orgId={ORG}&{spelling}={OTHER}")).await;
        assert_eq!(two.0, 403, "two of them: {two:?}");
    }
    assert_eq!(status("GET", format!("/api/workspaces?orgId=&orgID={ORG}")).await, 403, "which of them?");
    let (status, body) = asked(&server, "POST", &format!("/api/events?orgId={ORG}")).await;
    assert_eq!((status, body.contains("no key permits createEvent")), (403, true), "{body}");
}

#[tokio::test]
async fn what_is_allowed_by_hand_and_a_default_organization_count() {
    let keys = Fixed(HashMap::from([(ORG, HashSet::from([key("getWorkspaces")]))]));
    let authorizer = ByKeys::new(keys).organization(ORG).allow("createEvent");
    let server = meshery_server::meshery::Api::new(gate().await).authorizer(authorizer).into_router();
    assert_eq!(asked(&server, "GET", "/api/workspaces").await.0, 501);
    assert_eq!(asked(&server, "POST", "/api/events").await.0, 501);
    assert_eq!(asked(&server, "POST", "/api/events/delete").await.0, 403);
}

#[tokio::test]
async fn no_caller_chooses_whose_keys_count_for_what_is_named_by_its_id() {
    let all: HashSet<_> = PERMISSIONS.iter().map(|permission| permission.key).collect();
    let held = || Fixed(HashMap::from([(ORG, all.clone())]));
    let path = format!("/api/workspaces/{}", Uuid::from_u128(9));
    for (authorizer, let_in) in [
        (ByKeys::new(held()), false),
        (ByKeys::new(held()).organization(OTHER), false),
        (ByKeys::new(held()).organization(ORG), true),
    ] {
        let server = meshery_server::meshery::Api::new(gate().await).authorizer(authorizer).into_router();
        for stray in [format!("?orgId={ORG}"), format!("?org_id={ORG}"), format!("?organizationId={ORG}")] {
            let (status, body) = asked(&server, "DELETE", &(path.clone() + &stray)).await;
            assert_eq!(status, if let_in { 501 } else { 403 }, "{stray}: {body}");
        }
        let (status, body) = asked(&server, "DELETE", &format!("{path}?orgId={OTHER}")).await;
        assert_eq!(status, 403, "not where it holds any: {body}");
    }
}

#[tokio::test]
async fn a_remote_provider_that_is_called_like_the_local_one_makes_nobody_the_local_user() {
    let provider = FakeProvider::with("k", &FIRST).await;
    for name in ["none", "Local"] {
        for provider in [Provider::remote(name, provider.verifier()), Provider::deferred(name)] {
            let api = meshery_server::meshery::Api::new(Gate::new(Providers::new([provider])));
            let server = api.authorizer(ByKeys::new(Fixed(HashMap::new())).organization(ORG)).into_router();
            assert_eq!(asked(&server, "DELETE", "/api/system/database/reset").await.0, 403, "{name}");
        }
    }
}

/// Answers everything with 204.
#[derive(Clone)]
struct Done;

impl AnyOperation<Identity> for Done {
    async fn answer(&self, _: Context<Option<Identity>>, _: AnyRequest) -> Result<AnyResponse, Failure> {
        Ok(AnyResponse::new(http::StatusCode::NO_CONTENT))
    }
}

#[tokio::test]
async fn a_body_names_the_organization_whose_keys_count() {
    let all: HashSet<_> = PERMISSIONS.iter().map(|permission| permission.key).collect();
    let held = || ByKeys::new(Fixed(HashMap::from([(ORG, all.clone())]))).organization(ORG);
    let gate = gate().await;
    let (authorizer, others) = held().around(Done);
    let api = meshery_server::meshery::Api::new(gate.clone());
    let server = api.authorizer(authorizer).others(others).into_router();
    let sent = async |server: &Router, organization: Uuid| {
        let request = Request::post("/api/workspaces").header("content-type", "application/json");
        let request = request.header("authorization", format!("Bearer {}", FIRST.token("k")));
        let body = serde_json::json!({ "name": "a", "description": "b", "organizationId": organization });
        let request = request.body(Body::from(body.to_string())).unwrap();
        let (status, _, body) = crate::exchange(server, request).await;
        (status.as_u16(), body)
    };
    assert_eq!(sent(&server, ORG).await, (204, String::new()));
    let (status, body) = sent(&server, OTHER).await;
    assert!(status == 403 && body.contains("another organization"), "{body}");

    let unguarded = meshery_server::meshery::Api::new(gate.clone()).authorizer(held()).others(Done);
    let (status, body) = sent(&unguarded.into_router(), ORG).await;
    assert!(status == 403 && body.contains("not looked at"), "nobody looks into it: {body}");
    let (authorizer, others) = held().allow("createWorkspace").around(Done);
    let allowed = meshery_server::meshery::Api::new(gate).authorizer(authorizer).others(others);
    assert_eq!(sent(&allowed.into_router(), OTHER).await.0, 204, "it was allowed by name");
}

/// Whether a body of an operation may name an organization, by the contract.
fn names_an_organization(document: &serde_json::Value, schema: &serde_json::Value) -> bool {
    let schema = match schema["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap(),
        None => schema,
    };
    let own = schema["properties"].as_object().into_iter().flatten();
    own.map(|(name, _)| name.to_lowercase().replace('_', "")).any(|n| n == "orgid" || n == "organizationid")
        || ["allOf", "oneOf", "anyOf"].iter().any(|list| {
            let parts = schema[list].as_array().into_iter().flatten();
            parts.into_iter().any(|part| names_an_organization(document, part))
        })
}

/// Every operation whose body names an organization is one that is not let in unless that is looked at.
#[tokio::test]
async fn no_body_names_an_organization_unseen() {
    let document = meshery_server::Document::of(&["meshery"]).to_json();
    let document: serde_json::Value = serde_json::from_str(&document).unwrap();
    let all: HashSet<_> = PERMISSIONS.iter().map(|permission| permission.key).collect();
    let authorizer = ByKeys::new(Fixed(HashMap::from([(ORG, all)]))).organization(ORG);
    let server = meshery_server::meshery::Api::new(gate().await).authorizer(authorizer).into_router();
    let mut found = 0;
    for operation in meshery_server::meshery::OPERATIONS {
        let method = operation.method.as_str().to_lowercase();
        let content = &document["paths"][operation.path][&method]["requestBody"]["content"];
        let mut schemas = content.as_object().into_iter().flatten().map(|(_, media)| &media["schema"]);
        let keyed = PERMISSIONS.iter().any(|permission| permission.operation == operation.id);
        if keyed && schemas.any(|schema| names_an_organization(&document, schema)) {
            let path = operation
                .path
                .split('/')
                .map(|s| if s.starts_with('{') { ORG.to_string() } else { s.into() });
            let path = path.collect::<Vec<_>>().join("/");
            let (status, body) = asked(&server, operation.method.as_str(), &path).await;
            assert!(status == 403 && body.contains("not looked at"), "{}: {body}", operation.id);
            found += 1;
        }
    }
    assert!(found > 0 || !cfg!(committed_contract));
}

/// A server that tells keys in pages of two, and counts how often it is asked.
async fn knows(keys: Vec<Uuid>, answer: u16) -> (String, Arc<Mutex<usize>>) {
    let times: Arc<Mutex<usize>> = Arc::default();
    let counted = Arc::clone(&times);
    let handler = move |Query(query): Query<HashMap<String, String>>, headers: HeaderMap| {
        *counted.lock().unwrap() += 1;
        assert!(headers["authorization"].to_str().unwrap().starts_with("Bearer "));
        assert!(headers["cookie"].to_str().unwrap().starts_with("meshery-provider="));
        let page: usize = query["page"].parse().unwrap();
        let page: Vec<_> =
            keys.iter().skip(page * 2).take(2).map(|id| serde_json::json!({ "id": id })).collect();
        let status = http::StatusCode::from_u16(answer).unwrap();
        std::future::ready((status, serde_json::json!({ "keys": page }).to_string()))
    };
    let router = Router::new().route(&format!("/api/identity/orgs/{ORG}/users/keys"), get(handler));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, times)
}

#[tokio::test]
async fn keys_are_asked_for_page_by_page_and_remembered() {
    let held: Vec<_> = (1..=5).map(Uuid::from_u128).collect();
    let (url, times) = knows(held.clone(), 200).await;
    let keys = HeldKeys::new(&url).unwrap();
    let (caller, token) = (Identity::local(), Token::new("abc.def.ghi"));
    for _ in 0..3 {
        let told = keys.held(&caller, Some(&token), ORG).await.unwrap();
        assert_eq!(*told, held.iter().copied().collect());
    }
    assert_eq!(*times.lock().unwrap(), 4, "three pages, and one that has nothing new");
    assert!(keys.held(&caller, None, ORG).await.is_err());
}

#[tokio::test]
async fn keys_that_are_not_told_permit_nothing() {
    for (answer, expected) in [(401, 403), (403, 403), (404, 403), (500, 503), (302, 503)] {
        let (url, _) = knows(vec![key("getWorkspaces")], answer).await;
        let authorizer = ByKeys::new(HeldKeys::new(&url).unwrap()).organization(ORG);
        let server = meshery_server::meshery::Api::new(gate().await).authorizer(authorizer).into_router();
        assert_eq!(asked(&server, "GET", "/api/workspaces").await.0, expected, "{answer}");
    }
}
