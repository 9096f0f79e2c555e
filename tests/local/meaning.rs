//! What the parameters of lists mean, and what else goes with a change.

use crate::harness::{Client, local, serve, sqlite, strict};
use meshery_types::v1alpha1::controllers_config::ConnectionControllersConfig;
use meshery_types::v1beta3::connection::{Connection, ConnectionPage, ConnectionRegistrationBootstrap};
use meshery_types::v1beta3::performance_profile::PerformanceProfile;
use meshery_types::v1beta3::user::{PublicUsersPage, SearchableUsersPage};
use serde_json::{Value, json};
use uuid::Uuid;

#[tokio::test]
async fn everything_means_what_it_should_on_sqlite() {
    let (_folder, store) = sqlite().await;
    let address = serve(local(store.clone()).router()).await;
    everything_means_what_it_should(&Client::new(address, None, store)).await;
}

/// On an empty store, as the local user.
pub(crate) async fn everything_means_what_it_should(it: &Client) {
    let organization = home(it).await;
    deleted_workspaces_are_listed_for_who_asks(it, organization).await;
    what_could_be_assigned_is_of_the_organization(it, organization).await;
    an_organization_takes_what_is_part_of_it_along(it).await;
    connections_say_where_they_are(it, organization).await;
    a_connection_keeps_one_credential(it).await;
    a_registration_goes_step_by_step(it).await;
    contexts_are_taken_as_they_are_asked_for(it).await;
    an_empty_configuration_takes_the_last_one_back(it).await;
    results_go_with_their_profile(it).await;
    users_are_found_by_who_looks_for_them(it, organization).await;
    crate::registry::registry_means_what_it_should(it).await;
    texts_may_be_long(it, organization).await;
}

async fn home(it: &Client) -> Uuid {
    id(&it.value("/api/identity/orgs").await["organizations"][0])
}

fn id(value: &Value) -> Uuid {
    value["id"].as_str().unwrap().parse().unwrap()
}

async fn deleted_workspaces_are_listed_for_who_asks(it: &Client, organization: Uuid) {
    let body = json!({"name": "short-lived", "organizationId": organization});
    let made = it.made("/api/workspaces", body).await;
    it.tell("DELETE", &format!("/api/workspaces/{}", id(&made)), None, 204).await;
    let deleted = "filter=%7B%22deleted_at%22%3Atrue%7D";
    for scope in [String::new(), format!("orgId={organization}&")] {
        let page = it.value(&format!("/api/workspaces?{scope}{deleted}&search=SHORT")).await;
        assert_eq!((id(&page["workspaces"][0]), &page["totalCount"]), (id(&made), &json!(1)));
        assert!(page["workspaces"][0]["deletedAt"].is_string(), "{page}");
        let page = it.value(&format!("/api/workspaces?{scope}search=short")).await;
        assert_eq!(page["totalCount"], 0);
    }
}

async fn what_could_be_assigned_is_of_the_organization(it: &Client, organization: Uuid) {
    let body = |name: &str, organization: Uuid| json!({"name": name, "organizationId": organization});
    let workspace = id(&it.made("/api/workspaces", body("w", organization)).await);
    let here = id(&it.made("/api/environments", body("here", organization)).await);
    let created = it.made("/api/identity/orgs", json!({"name": "elsewhere"})).await;
    let elsewhere = id(&created["organizations"][0]);
    it.made("/api/environments", body("there", elsewhere)).await;
    let list = format!("/api/workspaces/{workspace}/environments?filter=%7B%22assigned%22%3Afalse%7D");
    let page = it.value(&list).await;
    assert_eq!((id(&page["environments"][0]), &page["totalCount"]), (here, &json!(1)));
    it.tell("DELETE", &format!("/api/identity/orgs/{elsewhere}"), None, 204).await;
}

async fn an_organization_takes_what_is_part_of_it_along(it: &Client) {
    let created = it.made("/api/identity/orgs", json!({"name": "passing"})).await;
    let organization = id(&created["organizations"][0]);
    let body = json!({"name": "inside", "organizationId": organization});
    let inside = id(&it.made("/api/workspaces", body).await);
    // Without an organization, the workspaces of all organizations are listed.
    let page = it.value("/api/workspaces?search=inside&order=name").await;
    assert_eq!((id(&page["workspaces"][0]), &page["totalCount"]), (inside, &json!(1)));
    it.tell("DELETE", &format!("/api/identity/orgs/{organization}"), None, 204).await;
    it.tell("GET", &format!("/api/workspaces/{inside}"), None, 404).await;
    assert_eq!(it.value("/api/workspaces?search=inside").await["totalCount"], 0);
}

const CONNECTIONS: &str = "/api/integrations/connections";

fn connection(name: &str, secret: Option<&str>) -> Value {
    let mut body = json!({"name": name, "kind": "prometheus", "type": "telemetry", "subType": "metrics",
        "status": "connected"});
    if let Some(secret) = secret {
        body["credentialSecret"] = json!({"password": secret});
    }
    body
}

async fn connections_say_where_they_are(it: &Client, organization: Uuid) {
    let made = it.made(CONNECTIONS, connection("Prometheus in Zurich", None)).await;
    let body = json!({"name": "prod", "organizationId": organization});
    let environment = id(&it.made("/api/environments", body).await);
    let member = format!("/api/environments/{environment}/connections/{}", id(&made));
    it.tell("POST", &member, None, 201).await;
    let page: ConnectionPage = it.ask("GET", &format!("{CONNECTIONS}?name=zurich"), None, 200).await;
    let inside = page.connections[0].environments.as_ref().unwrap();
    assert_eq!((page.total_count, inside.len(), inside[0].id), (1, 1, environment));
    let one: Connection = it.ask("GET", &format!("{CONNECTIONS}/{}", id(&made)), None, 200).await;
    assert_eq!(one.environments.unwrap()[0].name, "prod");
    let page = it.value(&format!("{CONNECTIONS}?name=zurich&search=basel")).await;
    assert_eq!(page["totalCount"], 0, "both narrow the list");
    let page = it.value(&format!("{CONNECTIONS}?orgId={}", Uuid::now_v7())).await;
    assert_eq!(page["totalCount"], 0, "in an organization that is not theirs");
    it.tell("DELETE", &format!("/api/environments/{environment}"), None, 204).await;
    let one: Connection = it.ask("GET", &format!("{CONNECTIONS}/{}", id(&made)), None, 200).await;
    assert!(one.environments.unwrap().is_empty());
    it.tell("DELETE", &format!("{CONNECTIONS}/{}", id(&made)), None, 204).await;
}

async fn a_connection_keeps_one_credential(it: &Client) {
    let before = it.value("/api/integrations/credentials").await["totalCount"].as_i64().unwrap();
    let made = it.made(CONNECTIONS, connection("c", Some("first-secret"))).await;
    let path = format!("{CONNECTIONS}/{}", id(&made));
    let sealed = it.sealed(made["credentialId"].as_str().unwrap()).await;
    let text = it.tell("PUT", &path, Some(connection("c", Some("second-secret"))), 200).await;
    let changed: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(changed["credentialId"], made["credentialId"]);
    let again = it.sealed(made["credentialId"].as_str().unwrap()).await;
    assert!(sealed != again && !again.contains("secret") && !text.contains("second-secret"));
    assert_eq!(it.value("/api/integrations/credentials").await["totalCount"], before + 1);
    let mut taken = connection("c", None);
    taken["id"] = made["id"].clone();
    it.tell("POST", CONNECTIONS, Some(taken), 400).await;
    it.tell("DELETE", &path, None, 204).await;
}

async fn a_registration_goes_step_by_step(it: &Client) {
    let step = |id: Option<Uuid>, status: &str| {
        let mut body = json!({"kind": "nagios", "status": status});
        if let Some(id) = id {
            body["id"] = id.to_string().into();
        }
        Some(body)
    };
    let register = format!("{CONNECTIONS}/register");
    it.tell("POST", &register, step(None, "initialize"), 400).await;
    let definition = json!({"name": "Nagios", "kind": "nagios", "type": "telemetry", "subType": "monitoring",
        "status": "registered", "connectionSchema": {"type": "object", "title": "Where it is"}});
    it.made("/api/registry/connections", definition).await;
    let begun: ConnectionRegistrationBootstrap =
        it.ask("POST", &register, step(None, "initialize"), 200).await;
    assert_eq!(begun.connection["connectionSchema"]["title"], "Where it is");
    it.tell("GET", &format!("{CONNECTIONS}/{}", begun.id), None, 404).await;
    it.tell("POST", &register, step(Some(begun.id), "exit"), 200).await;
    it.tell("GET", &format!("{CONNECTIONS}/{}", begun.id), None, 404).await;
    let cancel = |id: Uuid| format!("{register}/{id}");
    it.tell("DELETE", &cancel(Uuid::now_v7()), None, 204).await;
    it.tell("POST", &register, step(Some(begun.id), "discovery"), 200).await;
    it.tell("DELETE", &cancel(begun.id), None, 204).await;
    it.tell("GET", &format!("{CONNECTIONS}/{}", begun.id), None, 404).await;
    it.tell("POST", &register, step(Some(begun.id), "connect"), 200).await;
    // What was completed is not given up.
    it.tell("DELETE", &cancel(begun.id), None, 204).await;
    let made = it.value(&format!("{CONNECTIONS}/{}", begun.id)).await;
    assert_eq!((&made["name"], &made["status"]), (&json!("nagios"), &json!("connected")));
}

async fn contexts_are_taken_as_they_are_asked_for(it: &Client) {
    let file = b"contexts:\n- {name: one, context: {cluster: c, user: u}}\n- {name: two, context: {cluster: c, user: u}}\n\
        clusters:\n- {name: c, cluster: {server: 'https://203.0.113.8:6443'}}\nusers:\n- {name: u, user: {token: hush}}\n";
    let (_, text) = it.upload("/api/system/kubernetes/contexts", file, &[]).await;
    let found: Vec<Value> = serde_json::from_str(&text).unwrap();
    let (one, two) = (found[0]["id"].as_str().unwrap(), found[1]["id"].as_str().unwrap());
    let options = json!({one: {"name": "my cluster", "meshsyncDeploymentMode": "embedded"}}).to_string();
    let selected = json!([one]).to_string();
    let (status, text) = it
        .upload("/api/system/kubernetes", file, &[("contexts", &options), ("selectedContexts", &selected)])
        .await;
    assert_eq!(status, 200, "{text}");
    let page = it.value(&format!("{CONNECTIONS}?kind=kubernetes&status=discovered&name=my%20cluster")).await;
    assert_eq!(page["totalCount"], 1, "nobody asked the cluster: {page}");
    assert_eq!(page["connections"][0]["metadata"]["meshsyncDeploymentMode"], "embedded");
    // Without a selection all are taken; what one became meanwhile it stays.
    let (status, text) = it.upload("/api/system/kubernetes", file, &[]).await;
    assert!(status == 200 && text.contains(two), "{text}");
    assert_eq!(it.value(&format!("{CONNECTIONS}?kind=kubernetes")).await["totalCount"], 2);
}

async fn an_empty_configuration_takes_the_last_one_back(it: &Client) {
    let made = it.made(CONNECTIONS, connection("configured", None)).await;
    let path = format!("{CONNECTIONS}/{}/controllers/config", id(&made));
    for (said, held) in [(json!({"meshsync": {"version": "v1"}}), true), (json!({}), false)] {
        let config: ConnectionControllersConfig = it.ask("PUT", &path, Some(said), 200).await;
        assert_eq!(config.r#override.is_some(), held);
    }
}

async fn results_go_with_their_profile(it: &Client) {
    let body = json!({"name": "p", "duration": "30s", "endpoints": ["http://example.org"], "loadGenerators": ["fortio"]});
    let made: PerformanceProfile = it.ask("POST", "/api/performance/profiles", Some(body), 200).await;
    it.put_part("performance result", made.id, json!({"name": "r", "meshery_id": Uuid::now_v7()})).await;
    assert_eq!(it.count("performance result").await, 1);
    it.tell("DELETE", &format!("/api/performance/profiles/{}", made.id), None, 204).await;
    assert_eq!(it.count("performance result").await, 0);
}

async fn users_are_found_by_who_looks_for_them(it: &Client, organization: Uuid) {
    for blank in ["", "?search=", "?search=%20"] {
        let page: SearchableUsersPage =
            it.ask("GET", &format!("/api/identity/users/search{blank}"), None, 200).await;
        assert!(page.data.is_empty(), "who searches for nothing finds nobody");
    }
    let page: SearchableUsersPage =
        it.ask("GET", "/api/identity/users/search?search=meshery.local", None, 200).await;
    assert_eq!(page.data[0].email.as_deref(), Some("meshery@meshery.local"));
    let text = it.tell("GET", "/api/users", None, 200).await;
    let page: PublicUsersPage = strict(&text).unwrap();
    assert_eq!(page.data[0].username.as_deref(), Some("meshery"));
    assert!(!text.contains("meshery.local") && !text.contains("Meshery"), "{text}");
    let nobody = format!("/api/identity/orgs/{organization}/users?teamId={}", Uuid::now_v7());
    it.tell("GET", &nobody, None, 404).await;
}

/// Longer than an index of PostgreSQL takes, and nothing that compresses.
async fn texts_may_be_long(it: &Client, organization: Uuid) {
    let long: String = (0..150).map(|_| Uuid::new_v4().simple().to_string()).collect();
    let event = json!({"action": "create", "category": "pattern", "description": long});
    it.tell("POST", "/api/events", Some(event), 201).await;
    let name = "\u{1F30D}".repeat(255);
    let body = json!({"name": name, "organizationId": organization});
    let (status, text) = it.raw("POST", "/api/workspaces", Some(body)).await;
    if status == 201 {
        let made: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(made["name"], name);
        let page = it.value("/api/workspaces?search=%F0%9F%8C%8D").await;
        assert_eq!(page["totalCount"], 1);
    } else {
        assert_eq!(status, 400, "{text}");
    }
}
