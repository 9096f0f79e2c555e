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
    nothing_of_hers_is_taken(&hers, &other, home, &made).await;
    members_share_what_is_the_organizations(&hers, &other, (home, eve), workspace).await;
}

/// Ids of hers, wherever an operation takes an id: in paths, queries and bodies.
async fn nothing_of_hers_is_taken(hers: &Client, other: &Client, home: Uuid, made: &[(String, Value)]) {
    let [workspace, environment, connection, credential, profile] = [0, 1, 2, 3, 4].map(|index| {
        let path = made[index].0.split('?').next().unwrap();
        path.rsplit('/').next().unwrap()
    });
    let design = json!({"fileName": "d.yml", "file": "bmFtZTogZApjb21wb25lbnRzOiBbXQo="});
    let design: Value =
        serde_json::from_str(&hers.tell("POST", "/api/pattern/import", Some(design), 200).await).unwrap();
    let design = design[0]["id"].as_str().unwrap();
    nothing_of_hers_goes_into_places_of_others(other, home, [workspace, environment, connection, design])
        .await;
    what_is_hers_alone_is_not_there_for_others(other, [connection, credential, profile]).await;
    let org = format!("/api/identity/orgs/{home}");
    for path in ["users", "users/keys", "preferences"] {
        other.tell("GET", &format!("{org}/{path}"), None, 404).await;
    }
    other.tell("PUT", &org, Some(json!({"name": "mine"})), 404).await;
    events_are_their_owners(hers, other).await;
    for (path, _) in &made[..5] {
        hers.tell("GET", path, None, 200).await;
    }
}

/// What is tried: method, path, body, and the status that it gets.
type Attempt = (&'static str, String, Option<Value>, u16);

async fn attempts<const N: usize>(other: &Client, attempts: [Attempt; N]) {
    for (method, path, body, status) in attempts {
        other.tell(method, &path, body, status).await;
    }
}

async fn nothing_of_hers_goes_into_places_of_others(
    other: &Client,
    home: Uuid,
    [workspace, environment, connection, design]: [&str; 4],
) {
    let their_home = self::home(other).await;
    let plain = || json!({"name": "own", "organizationId": their_home});
    let own = other.made("/api/workspaces", plain()).await["id"].as_str().unwrap().to_owned();
    let place = other.made("/api/environments", plain()).await["id"].as_str().unwrap().to_owned();
    let moved = || Some(json!({"name": "n", "organizationId": home}));
    let tried = [
        ("POST", format!("/api/workspaces/{own}/environments/{environment}"), None, 404),
        ("POST", format!("/api/workspaces/{own}/designs/{design}"), None, 404),
        ("POST", format!("/api/workspaces/{workspace}/environments/{place}"), None, 404),
        ("GET", format!("/api/workspaces/{workspace}/designs"), None, 404),
        ("GET", format!("/api/workspaces/{workspace}/teams"), None, 404),
        ("GET", format!("/api/workspaces/{workspace}/views"), None, 404),
        ("PUT", format!("/api/workspaces/{own}"), moved(), 400),
        ("PUT", format!("/api/environments/{place}"), moved(), 400),
        ("POST", "/api/workspaces".to_owned(), moved(), 400),
        ("POST", format!("/api/environments/{place}/connections/{connection}"), None, 404),
        ("GET", format!("/api/environments/{environment}/connections"), None, 404),
        ("DELETE", format!("/api/environments/{environment}/connections/{connection}"), None, 404),
        ("DELETE", format!("/api/workspaces/{own}"), None, 204),
        ("DELETE", format!("/api/environments/{place}"), None, 204),
    ];
    attempts(other, tried).await;
}

async fn what_is_hers_alone_is_not_there_for_others(
    other: &Client,
    [connection, credential, profile]: [&str; 3],
) {
    let begun = json!({"id": connection, "kind": "k", "status": "connect"});
    let said = json!({"name": "n", "kind": "k", "type": "t", "subType": "s", "status": "connected", "id": connection});
    let secret = json!({"id": credential, "name": "n", "type": "t", "secret": {"a": "stolen"}});
    let run = json!({"id": profile, "name": "n", "duration": "1s", "endpoints": ["http://example.org"], "loadGenerators": ["fortio"]});
    let (connections, credentials) = ("/api/integrations/connections", "/api/integrations/credentials");
    let config = format!("{connections}/{connection}/controllers/config");
    let tried = [
        ("GET", config.clone(), None, 404),
        ("PUT", config, Some(json!({})), 404),
        ("GET", format!("{connections}/kubernetes/{connection}/context"), None, 404),
        ("POST", format!("{connections}/register"), Some(begun), 400),
        ("DELETE", format!("{connections}/register/{connection}"), None, 204),
        ("POST", connections.to_owned(), Some(said), 400),
        ("PUT", credentials.to_owned(), Some(secret.clone()), 404),
        ("POST", credentials.to_owned(), Some(secret), 400),
        ("DELETE", format!("{credentials}?credentialId={credential}"), None, 404),
        ("POST", "/api/performance/profiles".to_owned(), Some(run), 400),
        ("GET", format!("/api/performance/profiles/{profile}/results"), None, 404),
    ];
    attempts(other, tried).await;
}

async fn events_are_their_owners(hers: &Client, other: &Client) {
    let event = json!({"action": "create", "category": "pattern", "description": "d"});
    hers.tell("POST", "/api/events", Some(event), 201).await;
    let ids = hers.ids("event").await;
    let one = format!("/api/events/{}", ids[0]);
    other.tell("DELETE", &one, None, 404).await;
    other.tell("PUT", &format!("{one}/status"), Some(json!({"status": "read"})), 404).await;
    for (method, path) in [("POST", "/api/events/delete"), ("PUT", "/api/events/status")] {
        let body = json!({"ids": ids, "status": "read"});
        let body = if method == "POST" { json!({"ids": ids}) } else { body };
        let text = other.tell(method, path, Some(body), 200).await;
        assert!(!text.contains(&ids[0].to_string()), "{text}");
    }
    hers.tell("DELETE", &one, None, 204).await;
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
    assert_eq!(total(other, "/api/workspaces").await, 1, "of all organizations that they are in");
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
