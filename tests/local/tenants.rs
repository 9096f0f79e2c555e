//! Many users on one store: each has what is theirs, and nothing of anybody else's.

use crate::harness::{Client, TokenIsUser, local, serve, sqlite};
use meshery_runtime::store::SqlStore;
use meshery_types::v1beta2::organization::OrganizationsPage;
use serde_json::{Value, json};
use std::net::SocketAddr;
use uuid::Uuid;

#[tokio::test]
async fn users_are_kept_apart_on_sqlite() {
    let (_folder, store) = sqlite().await;
    let address = serve(local(store.clone()).router_for(TokenIsUser)).await;
    users_are_kept_apart(address, store).await;
}

/// Two users and a stranger, on an empty store.
pub(crate) async fn users_are_kept_apart(address: SocketAddr, store: SqlStore) {
    let (ada, eve) = (Uuid::now_v7(), Uuid::now_v7());
    let hers = Client::new(address, Some(ada), store.clone());
    let other = Client::new(address, Some(eve), store.clone());
    let nobody = Client::new(address, None, store);
    nobody.tell("GET", "/api/workspaces", None, 401).await;
    let home = home(&hers).await;
    assert_ne!(home, self::home(&other).await);
    let made = made(&hers, home).await;
    for (path, body) in &made {
        hers.tell("GET", path, None, 200).await;
        other.tell("GET", path, None, 404).await;
        let (status, _) = other.raw("PUT", path, Some(body.clone())).await;
        assert!(matches!(status, 400 | 404 | 405), "{path}: {status}");
        let (status, _) = other.raw("DELETE", path, None).await;
        assert!(matches!(status, 404 | 405), "{path}: {status}");
        hers.tell("GET", path, None, 200).await;
    }
    let lists = [
        "/api/workspaces".to_owned(),
        format!("/api/workspaces?orgId={home}"),
        format!("/api/environments?orgId={home}"),
        "/api/integrations/connections".to_owned(),
        "/api/integrations/credentials".to_owned(),
        "/api/performance/profiles".to_owned(),
    ];
    for path in &lists {
        assert_eq!(total(&other, path).await, 0, "{path}");
        assert_eq!(total(&hers, path).await, 1, "{path}");
    }
    let workspace = &made[0].0;
    other.tell("GET", &format!("{workspace}/environments"), None, 404).await;
    other.tell("GET", &format!("/api/identity/orgs/{home}"), None, 404).await;
    other.tell("DELETE", &format!("/api/identity/orgs/{home}"), None, 404).await;
    other.tell("POST", &format!("/api/identity/orgs/{home}/users/{eve}"), None, 404).await;
    other.tell("GET", &format!("/api/identity/users/profile/{ada}"), None, 404).await;
    other.tell("GET", &format!("/api/identity/users/{ada}/emails"), None, 404).await;
    other.tell("DELETE", "/api/system/database/reset", None, 501).await;
    members_share_what_is_the_organizations(&hers, &other, (home, eve), workspace).await;
}

async fn members_share_what_is_the_organizations(
    hers: &Client,
    other: &Client,
    (home, eve): (Uuid, Uuid),
    workspace: &str,
) {
    let member = format!("/api/identity/orgs/{home}/users/{eve}");
    hers.tell("POST", &member, None, 201).await;
    other.tell("GET", workspace, None, 200).await;
    assert_eq!(total(other, &format!("/api/workspaces?orgId={home}")).await, 1);
    assert_eq!(total(other, "/api/integrations/connections").await, 0, "what is a user's own is not shared");
    other.tell("DELETE", &format!("/api/identity/orgs/{home}"), None, 403).await;
    other.tell("DELETE", &member, None, 204).await;
    other.tell("GET", workspace, None, 404).await;
}

async fn home(it: &Client) -> Uuid {
    let page: OrganizationsPage = it.ask("GET", "/api/identity/orgs", None, 200).await;
    page.organizations.unwrap()[0].id.unwrap()
}

/// One object of each kind: its path, and a body to change it with.
async fn made(it: &Client, home: Uuid) -> Vec<(String, Value)> {
    let plain = json!({"name": "n", "organizationId": home});
    let connection = json!({"name": "n", "kind": "k", "type": "t", "subType": "s", "status": "connected"});
    let credential = json!({"name": "n", "type": "t", "secret": {"a": "b"}});
    let profile = json!({"name": "n", "duration": "1s", "endpoints": ["http://example.org"], "loadGenerators": ["fortio"]});
    let mut made = Vec::new();
    for (list, body) in [
        ("/api/workspaces", plain.clone()),
        ("/api/environments", plain),
        ("/api/integrations/connections", connection),
        ("/api/integrations/credentials", credential),
        ("/api/performance/profiles", profile),
    ] {
        let (status, text) = it.raw("POST", list, Some(body.clone())).await;
        assert!(status < 300, "{list}: {text}");
        let value: Value = serde_json::from_str(&text).unwrap();
        let query = if list.ends_with("environments") { format!("?orgId={home}") } else { String::new() };
        made.push((format!("{list}/{}{query}", value["id"].as_str().unwrap()), body));
    }
    made
}

async fn total(it: &Client, path: &str) -> i64 {
    let value: Value = serde_json::from_str(&it.tell("GET", path, None, 200).await).unwrap();
    value["totalCount"].as_i64().unwrap()
}
