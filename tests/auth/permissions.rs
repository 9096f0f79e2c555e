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
    ByKeys, EVERYBODY, Gate, HeldKeys, Identity, Keys, PERMISSIONS, Provider, Providers, UNMAPPED,
};
#[cfg(committed_contract)]
use meshery_server::PermissionKey;
use meshery_server::{Denied, Token};
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
    for permission in PERMISSIONS {
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
    assert_eq!(status("POST", format!("/api/workspaces?orgId={ORG}")).await, 403, "another key");
    assert_eq!(status("GET", format!("/api/identity/orgs/{ORG}")).await, 501);
    assert_eq!(status("GET", format!("/api/identity/orgs/{OTHER}")).await, 403);
    assert_eq!(status("GET", format!("/api/identity/orgs/{OTHER}?orgId={ORG}")).await, 403, "two of them");
    assert_eq!(status("GET", format!("/api/workspaces?orgId={OTHER}&orgID={ORG}")).await, 403, "two of them");
    assert_eq!(status("GET", "/api/workspaces?orgId=1%20or%201".into()).await, 403);
    assert_eq!(status("GET", "/api/identity/users/profile".into()).await, 501, "everybody may");
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
