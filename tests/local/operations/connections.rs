//! Connections: what is connected, with what secret, and what may be.

use super::{Client, id_of, strict};
use meshery_types::v1alpha1::controllers_config::{ConnectionControllersConfig, MesheryControllersConfig};
use meshery_types::v1beta1::system::{AddKubernetesConfigResponse, SystemSessionSync};
use meshery_types::v1beta2::credential::{Credential, CredentialPage};
use meshery_types::v1beta3::connection::*;
use meshery_types::v1beta3::environment::EnvironmentConnectionsPage;
use serde_json::{Value, json};
use uuid::Uuid;

const LIST: &str = "/api/integrations/connections";

pub(super) async fn connections(it: &Client, environment: Uuid) {
    let made: Connection = it.ask("POST", LIST, payload("one", "connected"), 201).await;
    let text = it.tell("GET", &format!("{LIST}/{}", made.id), None, 200).await;
    assert!(!text.contains("hush"), "a secret came back: {text}");
    let _: Connection = strict(&text).unwrap();
    it.tell("POST", LIST, payload("two", "flying"), 400).await;
    let _: Connection = it.ask("PUT", &format!("{LIST}/{}", made.id), payload("one", "ignored"), 200).await;
    let page: ConnectionPage =
        it.ask("GET", &format!("{LIST}?status=ignored&kind=prometheus&type=telemetry"), None, 200).await;
    assert_eq!((page.total_count, page.status_summary.unwrap()["ignored"]), (1, 1));
    let page: ConnectionPage = it.ask("GET", &format!("{LIST}?status=connected"), None, 200).await;
    assert_eq!(page.total_count, 0);
    let member = format!("/api/environments/{environment}/connections/{}", made.id);
    it.tell("POST", &member, None, 201).await;
    let inside = format!("/api/environments/{environment}/connections");
    let page: EnvironmentConnectionsPage = it.ask("GET", &inside, None, 200).await;
    assert_eq!(page.total_count, Some(1));
    it.tell("DELETE", &member, None, 204).await;
    it.tell("DELETE", &format!("{LIST}/{}", made.id), None, 204).await;
    it.tell("GET", &format!("{LIST}/{}", made.id), None, 404).await;
    let server = Uuid::now_v7();
    let meshery = json!({"name": "m", "kind": "meshery", "type": "platform", "subType": "management",
        "status": "registered", "metadata": {"server_id": server}});
    let _: Connection = it.ask("POST", LIST, Some(meshery), 201).await;
    it.tell("DELETE", &format!("{LIST}/meshery/{server}"), None, 204).await;
    it.tell("DELETE", &format!("{LIST}/meshery/{server}"), None, 404).await;
    registered_step_by_step(it).await;
    controllers(it).await;
}

fn payload(name: &str, status: &str) -> Option<Value> {
    Some(
        json!({"name": name, "kind": "prometheus", "type": "telemetry", "subType": "metrics", "status": status,
        "metadata": {"url": "http://prometheus.example.org"}, "credentialSecret": {"password": "hush-hush"}}),
    )
}

async fn registered_step_by_step(it: &Client) {
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
        it.ask("POST", &format!("{LIST}/register"), step(None, "initialize"), 200).await;
    let after: ConnectionRegistrationBootstrap =
        it.ask("POST", &format!("{LIST}/register"), step(Some(begun.id), "connect"), 200).await;
    assert_eq!((after.id, &after.connection["status"]), (begun.id, &json!("connected")));
    it.tell("DELETE", &format!("{LIST}/register/{}", begun.id), None, 204).await;
    it.tell("DELETE", &format!("{LIST}/{}", begun.id), None, 204).await;
    let definition: Value = serde_json::from_str(&text).unwrap();
    it.tell("DELETE", &format!("/api/registry/connections/{}", id_of(&definition)), None, 204).await;
}

async fn controllers(it: &Client) {
    let controllers = json!({"meshsync": {"version": "v1"}});
    let made: Connection = it.ask("POST", LIST, payload("three", "connected"), 201).await;
    let _: MesheryControllersConfig =
        it.ask("PUT", "/api/system/controllers/config", Some(json!({})), 200).await;
    let _: MesheryControllersConfig = it.ask("GET", "/api/system/controllers/config", None, 200).await;
    let path = format!("{LIST}/{}/controllers/config", made.id);
    let _: ConnectionControllersConfig = it.ask("PUT", &path, Some(controllers), 200).await;
    let config: ConnectionControllersConfig = it.ask("GET", &path, None, 200).await;
    assert_eq!(config.effective.meshsync, config.r#override.unwrap().meshsync);
}

pub(super) async fn kubernetes(it: &Client) {
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

pub(super) async fn credentials(it: &Client) {
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

pub(super) async fn definitions(it: &Client) {
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
