//! Workspaces, and what is assigned to them: environments and designs.

use super::Client;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use meshery_types::v1beta3::design::MesheryPattern;
use meshery_types::v1beta3::environment::{Environment, EnvironmentPage};
use meshery_types::v1beta3::workspace::*;
use serde_json::json;
use uuid::Uuid;

pub(super) async fn workspaces(it: &Client, organization: Uuid) -> Uuid {
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

pub(super) async fn environments(it: &Client, organization: Uuid, workspace: Uuid) -> Uuid {
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

pub(super) async fn designs(it: &Client, workspace: Uuid) {
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
