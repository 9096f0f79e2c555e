//! Every operation of Meshery Server, over loopback: what works, and what says why it does not.

mod activity;
mod connections;
mod people;
mod workspaces;

use crate::harness::{Client, local, serve, sqlite, strict};
use activity::{events, performance};
use connections::{connections, credentials, definitions, kubernetes};
use meshery_server::meshery::OPERATIONS;
use meshery_types::v1beta1::system::{SystemDatabaseSummary, SystemMessageResponse, SystemVersion};
use meshery_types::v1beta3::workspace::WorkspacePage;
use people::{organizations, teams_and_views};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;
use workspaces::{designs, environments, workspaces};

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
