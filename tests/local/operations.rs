//! Every operation of Meshery Server, over loopback: what works, and what says why it does not.

use crate::harness::{Client, local, serve, sqlite, strict};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use meshery_server::meshery::OPERATIONS;
use meshery_types::v1alpha1::controllers_config::{ConnectionControllersConfig, MesheryControllersConfig};
use meshery_types::v1beta1::system::*;
use meshery_types::v1beta2::credential::{Credential, CredentialPage};
use meshery_types::v1beta2::key::KeyPage;
use meshery_types::v1beta2::organization::{OrgMetadata, Organization, OrganizationsPage};
use meshery_types::v1beta2::user::{User, UserEmailAddress, UsersPageForAdmin};
use meshery_types::v1beta3::connection::*;
use meshery_types::v1beta3::design::MesheryPattern;
use meshery_types::v1beta3::environment::{Environment, EnvironmentConnectionsPage, EnvironmentPage};
use meshery_types::v1beta3::event::{BulkDeleteResponse, BulkUpdateStatusResponse};
use meshery_types::v1beta3::performance_profile::{
    PerformanceProfile, PerformanceProfilePage, PerformanceResultPage,
};
use meshery_types::v1beta3::user::{PublicUsersPage, SearchableUsersPage};
use meshery_types::v1beta3::workspace::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

/// What the local provider does not do, each with a reason in its answer.
const LACKING: [&str; 13] = [
    "evaluateRelationships",
    "generateRegistryComponents",
    "getBrokerControllerStatus",
    "getConsoleCapabilities",
    "getControllerDiagnostics",
    "getMeshsyncControllerStatus",
    "getOperatorControllerStatus",
    "openLogConsole",
    "openTerminalConsole",
    "performConnectionAction",
    "pingKubernetes",
    "subscribeControllersStatus",
    "validateRegistryEntities",
];

#[tokio::test]
async fn every_operation_works_on_sqlite() {
    let (_folder, store) = sqlite().await;
    let address = serve(local(store.clone()).router()).await;
    every_operation(&Client::new(address, None, store)).await;
}

/// Calls every operation on an empty store.
pub(crate) async fn every_operation(it: &Client) {
    let organization = organizations(it).await;
    let workspace = workspaces(it, organization).await;
    let environment = environments(it, organization, workspace).await;
    connections(it, environment).await;
    kubernetes(it).await;
    credentials(it).await;
    definitions(it).await;
    designs(it, workspace).await;
    teams_and_views(it, organization, workspace).await;
    events(it).await;
    performance(it).await;
    crate::registry::registry(it).await;
    crate::registry::registry_writes(it).await;
    lacking(it).await;
    system(it).await;
    told(it);
}

fn told(it: &Client) {
    let (worked, lacking) = it.seen();
    let all: BTreeSet<_> = OPERATIONS.iter().map(|operation| operation.id).collect();
    let neither: Vec<_> = all.iter().filter(|id| !worked.contains(*id) && !lacking.contains(*id)).collect();
    println!("{} of {} operations work; 501: {lacking:?}", worked.len(), all.len());
    assert_eq!(lacking, LACKING.into_iter().collect::<BTreeSet<_>>());
    assert!(neither.is_empty(), "nothing succeeded with {neither:?}");
    assert!(worked.len() >= 100);
}

fn id_of(value: &Value) -> Uuid {
    value["id"].as_str().unwrap().parse().unwrap()
}

async fn organizations(it: &Client) -> Uuid {
    let page: OrganizationsPage = it.ask("GET", "/api/identity/orgs", None, 200).await;
    let home = page.organizations.unwrap()[0].id.unwrap();
    let body = json!({"name": "Second", "country": "CH", "domain": "second.example.org"});
    let made: OrganizationsPage = it.ask("POST", "/api/identity/orgs", Some(body), 201).await;
    let second = made.organizations.unwrap()[0].id.unwrap();
    it.tell("POST", "/api/identity/orgs", Some(json!({"name": " "})), 400).await;
    let found: Organization =
        it.ask("GET", "/api/identity/orgs/by-domain?domain=second.example.org", None, 200).await;
    assert_eq!((found.id, &*found.country), (second, "CH"));
    it.tell("GET", "/api/identity/orgs/by-domain?domain=nowhere.example.org", None, 404).await;
    let path = format!("/api/identity/orgs/{second}");
    let changed: OrganizationsPage = it.ask("PUT", &path, Some(json!({"region": "Uri"})), 200).await;
    assert_eq!(changed.organizations.unwrap()[0].name.as_deref(), Some("Second"), "what is not said stays");
    let _: OrganizationsPage = it.ask("GET", &path, None, 200).await;
    let _: OrgMetadata = it.ask("GET", &format!("{path}/preferences"), None, 200).await;
    let page: OrganizationsPage =
        it.ask("GET", "/api/identity/orgs?search=SECOND&order=name%20desc", None, 200).await;
    assert_eq!(page.total_count, Some(1));
    users(it, home).await;
    it.tell("DELETE", &path, None, 204).await;
    it.tell("GET", &path, None, 404).await;
    home
}

async fn users(it: &Client, home: Uuid) {
    let me: User = it.ask("GET", "/api/identity/users/profile", None, 200).await;
    let _: User = it.ask("GET", &format!("/api/identity/users/profile/{}", me.id), None, 200).await;
    it.tell("GET", &format!("/api/identity/users/profile/{}", Uuid::now_v7()), None, 404).await;
    let emails: Vec<UserEmailAddress> =
        it.ask("GET", &format!("/api/identity/users/{}/emails", me.id), None, 200).await;
    assert_eq!(emails[0].email, "meshery@meshery.local");
    let members: UsersPageForAdmin =
        it.ask("GET", &format!("/api/identity/orgs/{home}/users"), None, 200).await;
    assert_eq!(members.total_count, Some(1));
    let keys = format!("/api/identity/orgs/{home}/users/keys");
    let known = meshery_server::PERMISSION_KEYS.iter().filter(|key| key.local).count() as i64;
    let all: KeyPage = it.ask("GET", &keys, None, 200).await;
    assert_eq!((all.total_count, all.keys.len() as i64), (known, known));
    let some: KeyPage = it.ask("GET", &format!("{keys}?page=1&pageSize=7"), None, 200).await;
    assert_eq!(some.keys.len() as i64, (known - 7).clamp(0, 7));
    let found: SearchableUsersPage = it.ask("GET", "/api/identity/users/search?search=mesh", None, 200).await;
    assert_eq!(found.data.len(), 1);
    let _: PublicUsersPage = it.ask("GET", "/api/users", None, 200).await;
    let member = format!("/api/identity/orgs/{home}/users/{}", me.id);
    it.tell("POST", &member, None, 201).await;
    it.tell("DELETE", &member, None, 403).await;
    let guest = Uuid::now_v7();
    it.put("user", guest, json!({"firstName": "Guest"})).await;
    let member = format!("/api/identity/orgs/{home}/users/{guest}");
    it.tell("POST", &member, None, 201).await;
    it.tell("DELETE", &member, None, 204).await;
    it.tell("DELETE", &member, None, 404).await;
}

async fn workspaces(it: &Client, organization: Uuid) -> Uuid {
    let payload =
        |name: &str| Some(json!({"name": name, "organizationId": organization, "description": "d"}));
    let mut last = Uuid::nil();
    for name in ["alpha", "beta", "gamma"] {
        let made: Workspace = it.ask("POST", "/api/workspaces", payload(name), 201).await;
        last = made.id;
    }
    it.tell("POST", "/api/workspaces", payload(""), 400).await;
    let elsewhere = json!({"name": "x", "organizationId": Uuid::now_v7()});
    it.tell("POST", "/api/workspaces", Some(elsewhere), 400).await;
    let list = format!("/api/workspaces?orgId={organization}");
    let page: WorkspacePage = it.ask("GET", &format!("{list}&order=name%20desc&pageSize=2"), None, 200).await;
    let names: Vec<_> = page.workspaces.unwrap().into_iter().filter_map(|w| w.name).collect();
    assert_eq!((names, page.total_count), (vec!["gamma".to_owned(), "beta".to_owned()], Some(3)));
    let page: WorkspacePage = it.ask("GET", &format!("{list}&pagesize=2&page=1&order=name"), None, 200).await;
    assert_eq!(page.workspaces.unwrap()[0].name.as_deref(), Some("gamma"));
    // An order that is not known says nothing, and is nothing to the database.
    let odd = "/api/workspaces?order=name%3B%20DROP%20TABLE%20objects--&search=%25'%20OR%201%3D1";
    let page: WorkspacePage = it.ask("GET", odd, None, 200).await;
    assert_eq!(page.total_count, Some(0));
    let path = format!("/api/workspaces/{last}");
    let body = json!({"organizationId": organization, "name": "delta"});
    let changed: Workspace = it.ask("PUT", &path, Some(body), 200).await;
    assert_eq!((&*changed.name, changed.description.as_deref()), ("delta", Some("d")));
    let _: Workspace = it.ask("GET", &path, None, 200).await;
    let made: Workspace = it.ask("POST", "/api/workspaces", payload("short-lived"), 201).await;
    let short = format!("/api/workspaces/{}", made.id);
    it.tell("DELETE", &short, None, 204).await;
    it.tell("DELETE", &short, None, 404).await;
    it.tell("GET", &short, None, 404).await;
    it.tell("GET", "/api/workspaces/..%2F..%2Fetc%2Fpasswd", None, 400).await;
    last
}

async fn environments(it: &Client, organization: Uuid, workspace: Uuid) -> Uuid {
    let body = json!({"name": "prod", "organizationId": organization});
    let made: Environment = it.ask("POST", "/api/environments", Some(body.clone()), 201).await;
    let spare: Environment = it.ask("POST", "/api/environments", Some(body.clone()), 201).await;
    let _: EnvironmentPage =
        it.ask("GET", &format!("/api/environments?orgId={organization}"), None, 200).await;
    let path = format!("/api/environments/{}", made.id);
    let _: EnvironmentPage = it.ask("GET", &format!("{path}?orgId={organization}"), None, 200).await;
    it.tell("GET", &format!("{path}?orgId={}", Uuid::now_v7()), None, 404).await;
    let _: EnvironmentPage = it.ask("PUT", &path, Some(body), 200).await;
    it.tell("DELETE", &format!("/api/environments/{}", spare.id), None, 204).await;
    let assigned = format!("/api/workspaces/{workspace}/environments");
    let one = format!("{assigned}/{}", made.id);
    let count = async |filter: &str| {
        let page: EnvironmentPage = it.ask("GET", &format!("{assigned}{filter}"), None, 200).await;
        page.total_count.unwrap()
    };
    assert_eq!((count("").await, count("?filter=%7B%22assigned%22%3Afalse%7D").await), (0, 1));
    let _: WorkspacesEnvironmentsMappingPage = it.ask("POST", &one, None, 200).await;
    let _: WorkspacesEnvironmentsMappingPage = it.ask("POST", &one, None, 200).await;
    assert_eq!((count("").await, count("?filter=%7B%22assigned%22%3Afalse%7D").await), (1, 0));
    it.tell("DELETE", &one, None, 204).await;
    it.tell("DELETE", &one, None, 404).await;
    it.tell("POST", &format!("{assigned}/{}", Uuid::now_v7()), None, 404).await;
    made.id
}

async fn connections(it: &Client, environment: Uuid) {
    let list = "/api/integrations/connections";
    let payload = |name: &str, status: &str| {
        Some(
            json!({"name": name, "kind": "prometheus", "type": "telemetry", "subType": "metrics", "status": status,
            "metadata": {"url": "http://prometheus.example.org"}, "credentialSecret": {"password": "hush-hush"}}),
        )
    };
    let made: Connection = it.ask("POST", list, payload("one", "connected"), 201).await;
    let text = it.tell("GET", &format!("{list}/{}", made.id), None, 200).await;
    assert!(!text.contains("hush"), "a secret came back: {text}");
    let _: Connection = strict(&text).unwrap();
    it.tell("POST", list, payload("two", "flying"), 400).await;
    let _: Connection = it.ask("PUT", &format!("{list}/{}", made.id), payload("one", "ignored"), 200).await;
    let page: ConnectionPage =
        it.ask("GET", &format!("{list}?status=ignored&kind=prometheus&type=telemetry"), None, 200).await;
    assert_eq!((page.total_count, page.status_summary.unwrap()["ignored"]), (1, 1));
    let page: ConnectionPage = it.ask("GET", &format!("{list}?status=connected"), None, 200).await;
    assert_eq!(page.total_count, 0);
    let member = format!("/api/environments/{environment}/connections/{}", made.id);
    it.tell("POST", &member, None, 201).await;
    let inside = format!("/api/environments/{environment}/connections");
    let page: EnvironmentConnectionsPage = it.ask("GET", &inside, None, 200).await;
    assert_eq!(page.total_count, Some(1));
    it.tell("DELETE", &member, None, 204).await;
    it.tell("DELETE", &format!("{list}/{}", made.id), None, 204).await;
    it.tell("GET", &format!("{list}/{}", made.id), None, 404).await;
    let server = Uuid::now_v7();
    let meshery = json!({"name": "m", "kind": "meshery", "type": "platform", "subType": "management",
        "status": "registered", "metadata": {"server_id": server}});
    let _: Connection = it.ask("POST", list, Some(meshery), 201).await;
    it.tell("DELETE", &format!("{list}/meshery/{server}"), None, 204).await;
    it.tell("DELETE", &format!("{list}/meshery/{server}"), None, 404).await;
    let step = |id: Option<Uuid>, status: &str| {
        let mut body = json!({"kind": "grafana", "name": "g", "status": status});
        if let Some(id) = id {
            body["id"] = id.to_string().into();
        }
        Some(body)
    };
    let definition = json!({"name": "Grafana", "kind": "grafana", "type": "telemetry", "subType": "", "status": "registered"});
    let text = it.tell("POST", "/api/registry/connections", Some(definition), 201).await;
    let begun: ConnectionRegistrationBootstrap =
        it.ask("POST", &format!("{list}/register"), step(None, "initialize"), 200).await;
    let after: ConnectionRegistrationBootstrap =
        it.ask("POST", &format!("{list}/register"), step(Some(begun.id), "connect"), 200).await;
    assert_eq!((after.id, &after.connection["status"]), (begun.id, &json!("connected")));
    it.tell("DELETE", &format!("{list}/register/{}", begun.id), None, 204).await;
    it.tell("DELETE", &format!("{list}/{}", begun.id), None, 204).await;
    let definition: Value = serde_json::from_str(&text).unwrap();
    it.tell("DELETE", &format!("/api/registry/connections/{}", id_of(&definition)), None, 204).await;
    let controllers = json!({"meshsync": {"version": "v1"}});
    let made: Connection = it.ask("POST", list, payload("three", "connected"), 201).await;
    let _: MesheryControllersConfig =
        it.ask("PUT", "/api/system/controllers/config", Some(json!({})), 200).await;
    let _: MesheryControllersConfig = it.ask("GET", "/api/system/controllers/config", None, 200).await;
    let path = format!("{list}/{}/controllers/config", made.id);
    let _: ConnectionControllersConfig = it.ask("PUT", &path, Some(controllers), 200).await;
    let config: ConnectionControllersConfig = it.ask("GET", &path, None, 200).await;
    assert_eq!(config.effective.meshsync, config.r#override.unwrap().meshsync);
}

async fn kubernetes(it: &Client) {
    let file = b"contexts:\n- {name: one, context: {cluster: c, user: u}}\n- {name: two, context: {cluster: c, user: u}}\n\
        clusters:\n- {name: c, cluster: {server: 'https://203.0.113.7:6443'}}\nusers:\n- {name: u, user: {token: hush-hush}}\n";
    let (status, text) = it.upload("/api/system/kubernetes/contexts", file, &[]).await;
    assert_eq!(status, 200, "{text}");
    assert_eq!(strict::<Vec<K8sContext>>(&text).unwrap().len(), 2);
    for _ in 0..2 {
        let (status, text) =
            it.upload("/api/system/kubernetes", file, &[("selectedContexts", "[\"one\"]")]).await;
        assert_eq!(status, 200, "{text}");
        let added: AddKubernetesConfigResponse = strict(&text).unwrap();
        assert_eq!((added.registered_contexts.len(), added.ignored_contexts.len()), (1, 1));
    }
    let page: ConnectionPage =
        it.ask("GET", "/api/integrations/connections?kind=kubernetes", None, 200).await;
    assert_eq!(page.total_count, 1);
    let path = format!("/api/integrations/connections/kubernetes/{}/context", page.connections[0].id);
    let text = it.tell("GET", &path, None, 200).await;
    assert!(!text.contains("hush") && text.contains("203.0.113.7"), "{text}");
    let _: K8sContextPage = strict(&text).unwrap();
    let _: SystemSessionSync = it.ask("GET", "/api/system/sync", None, 200).await;
    let (status, _) = it.upload("/api/system/kubernetes", b"just: words", &[]).await;
    assert_eq!(status, 400);
}

async fn credentials(it: &Client) {
    let list = "/api/integrations/credentials";
    let secret = json!({"name": "c", "type": "basic", "secret": {"password": "hush-hush"}});
    let text = it.tell("POST", list, Some(secret.clone()), 201).await;
    assert!(!text.contains("hush"), "{text}");
    let made: Credential = strict(&text).unwrap();
    let mut again = secret;
    again["id"] = made.id.to_string().into();
    it.tell("POST", list, Some(again.clone()), 400).await;
    again["name"] = "renamed".into();
    let changed: Credential = it.ask("PUT", list, Some(again.clone()), 200).await;
    assert_eq!((&*changed.name, changed.secret), ("renamed", None));
    again["id"] = Uuid::now_v7().to_string().into();
    it.tell("PUT", list, Some(again), 404).await;
    let text = it.tell("GET", &format!("{list}?search=renamed"), None, 200).await;
    assert!(!text.contains("hush"), "{text}");
    assert_eq!(strict::<CredentialPage>(&text).unwrap().total_count, 1);
    let _: Credential = it.ask("GET", &format!("{list}/{}", made.id), None, 200).await;
    it.tell("DELETE", &format!("{list}?credentialId={}", made.id), None, 204).await;
    it.tell("GET", &format!("{list}/{}", made.id), None, 404).await;
}

async fn definitions(it: &Client) {
    let list = "/api/registry/connections";
    let body = json!({"name": "Grafana", "kind": "grafana", "type": "telemetry", "subType": "dashboard", "status": "discovered"});
    let made: Value = serde_json::from_str(&it.tell("POST", list, Some(body.clone()), 201).await).unwrap();
    let path = format!("{list}/{}", id_of(&made));
    it.tell("GET", &path, None, 200).await;
    it.tell("PUT", &path, Some(body), 200).await;
    let page: ConnectionDefinitionPage = it.ask("GET", &format!("{list}?kind=grafana"), None, 200).await;
    assert_eq!(page.total_count, 1);
    it.tell("DELETE", &path, None, 204).await;
    it.tell("DELETE", &path, None, 404).await;
}

async fn designs(it: &Client, workspace: Uuid) {
    let file = STANDARD.encode("name: my design\nversion: 0.0.1\ncomponents: []\n");
    let body = json!({"fileName": "design.yml", "file": file});
    let made: Vec<MesheryPattern> = it.ask("POST", "/api/pattern/import", Some(body), 200).await;
    assert_eq!(made[0].name.as_deref(), Some("my design"));
    let words = json!({"fileName": "notes.txt", "file": STANDARD.encode("just words")});
    it.tell("POST", "/api/pattern/import", Some(words), 400).await;
    let list = format!("/api/workspaces/{workspace}/designs");
    let one = format!("{list}/{}", made[0].id.unwrap());
    let _: WorkspacesDesignsMappingPage = it.ask("POST", &one, None, 200).await;
    let page: MesheryDesignPage = it.ask("GET", &list, None, 200).await;
    assert_eq!(page.total_count, Some(1));
    it.tell("DELETE", &one, None, 204).await;
}

/// Nothing in Meshery Server's contract makes a team or a view: the test puts them into the store.
async fn teams_and_views(it: &Client, organization: Uuid, workspace: Uuid) {
    let (team, view) = (Uuid::now_v7(), Uuid::now_v7());
    it.put("team", team, json!({"name": "t"})).await;
    it.put("view", view, json!({"name": "v", "filters": {}, "visibility": "private"})).await;
    let list = format!("/api/workspaces/{workspace}");
    let _: WorkspacesTeamsMappingPage = it.ask("POST", &format!("{list}/teams/{team}"), None, 200).await;
    let page: meshery_types::v1beta1::team::TeamPage =
        it.ask("GET", &format!("{list}/teams"), None, 200).await;
    assert_eq!(page.teams.unwrap()[0].id, team);
    it.tell("DELETE", &format!("{list}/teams/{team}"), None, 204).await;
    let _: WorkspacesViewsMappingPage = it.ask("POST", &format!("{list}/views/{view}"), None, 200).await;
    let page: meshery_types::v1beta1::view::MesheryViewPage =
        it.ask("GET", &format!("{list}/views"), None, 200).await;
    assert_eq!(page.views.unwrap()[0].organization_id, organization);
    it.tell("DELETE", &format!("{list}/views/{view}"), None, 204).await;
    let member = format!("/api/identity/orgs/{organization}/teams/{team}");
    it.tell("POST", &member, None, 201).await;
    it.tell("POST", &format!("{member}/remove"), None, 200).await;
    it.tell("POST", &format!("{member}/remove"), None, 404).await;
    it.tell("POST", &member, None, 201).await;
    it.tell("POST", &member, Some(json!({"action": "delete"})), 201).await;
    it.tell("POST", &member, None, 404).await;
}

async fn events(it: &Client) {
    for _ in 0..3 {
        it.tell(
            "POST",
            "/api/events",
            Some(json!({"action": "create", "category": "pattern", "description": "d"})),
            201,
        )
        .await;
    }
    let ids = it.ids("event").await;
    assert_eq!(ids.len(), 3);
    let one = format!("/api/events/{}", ids[0]);
    it.tell("PUT", &format!("{one}/status"), Some(json!({"status": "read"})), 200).await;
    it.tell("PUT", &format!("{one}/status"), Some(json!({"status": " "})), 400).await;
    it.tell("DELETE", &one, None, 204).await;
    it.tell("DELETE", &one, None, 404).await;
    let all = json!({"ids": ids, "status": "read"});
    let updated: BulkUpdateStatusResponse = it.ask("PUT", "/api/events/status", Some(all), 200).await;
    assert_eq!(updated.updated.unwrap().len(), 2);
    let deleted: BulkDeleteResponse =
        it.ask("POST", "/api/events/delete", Some(json!({"ids": ids})), 200).await;
    assert_eq!(deleted.deleted.unwrap().len(), 2);
}

async fn performance(it: &Client) {
    let list = "/api/performance/profiles";
    let body = json!({"name": "p", "duration": "30s", "endpoints": ["http://example.org"], "loadGenerators": ["fortio"]});
    let made: PerformanceProfile = it.ask("POST", list, Some(body.clone()), 200).await;
    let mut again = body.clone();
    again["id"] = made.id.to_string().into();
    let same: PerformanceProfile = it.ask("POST", list, Some(again), 200).await;
    assert_eq!((same.id, same.created_at), (made.id, made.created_at));
    let page: PerformanceProfilePage =
        it.ask("GET", &format!("{list}?pagesize=10&search=P"), None, 200).await;
    assert_eq!((page.total_count, page.page_size), (1, 10));
    let path = format!("{list}/{}", made.id);
    let _: PerformanceProfile = it.ask("GET", &path, None, 200).await;
    let _: PerformanceProfile = it.ask("PUT", &path, Some(body), 200).await;
    let _: PerformanceResultPage = it.ask("GET", &format!("{path}/results"), None, 200).await;
    let _: PerformanceResultPage =
        it.ask("GET", "/api/performance/results?from=2020-01-01&to=2030-01-01", None, 200).await;
    it.tell("DELETE", &path, None, 204).await;
    it.tell("GET", &format!("{path}/results"), None, 404).await;
}

async fn lacking(it: &Client) {
    let id = Uuid::now_v7();
    let connection = format!("/api/integrations/connections/{id}");
    for controller in ["broker/status", "diagnostics", "meshsync/status", "operator/status"] {
        let path = format!("/api/system/controllers/{controller}?connectionId={id}");
        let reason = it.tell("GET", &path, None, 501).await;
        assert!(reason.contains("the local provider manages no cluster"), "{reason}");
    }
    it.tell("GET", &format!("/api/system/controllers/status/subscribe?connectionIds={id}"), None, 501).await;
    it.tell("GET", &format!("/api/system/kubernetes/ping?connectionId={id}"), None, 501).await;
    it.tell("GET", &format!("{connection}/console/capabilities?resource=pod&name=p"), None, 501).await;
    for console in ["logs", "terminal"] {
        it.socket(&format!("{connection}/console/{console}?resource=pod&name=p")).await;
    }
    it.tell(
        "POST",
        &format!("{connection}/actions"),
        Some(json!({"action": "setMeshsyncMode", "mode": "operator"})),
        501,
    )
    .await;
    it.tell("POST", "/api/registry/generate", Some(json!({"data": [{"name": "n"}]})), 501).await;
    it.tell("POST", "/api/registry/validate", Some(json!({"validationItems": {}})), 501).await;
    it.tell("POST", "/api/registry/relationships/evaluate", Some(evaluation()), 501).await;
}

fn evaluation() -> Value {
    json!({"design": {"id": Uuid::now_v7(), "name": "d", "schemaVersion": "designs.meshery.io/v1beta1", "version": "v0.0.1",
        "components": [], "relationships": []}})
}

async fn system(it: &Client) {
    let _: SystemVersion = it.ask("GET", "/api/system/version", None, 200).await;
    let all: SystemDatabaseSummary = it.ask("GET", "/api/system/database?pageSize=3", None, 200).await;
    assert!(all.total_tables > 3 && all.tables.len() == 3, "{all:?}");
    let one: SystemDatabaseSummary = it.ask("GET", "/api/system/database?search=workspace", None, 200).await;
    assert_eq!((one.total_tables, one.record_count), (1, 3));
    let _: SystemMessageResponse = it.ask("DELETE", "/api/system/database/reset", None, 200).await;
    let page: WorkspacePage = it.ask("GET", "/api/workspaces", None, 200).await;
    assert_eq!(page.total_count, Some(0));
}
