//! What several callers, or several servers on one store, do at the same time.

use crate::harness::{Client, local, serve, sqlite};
use futures_util::future::join_all;
use meshery_runtime::provider::local::Caller;
use serde_json::json;
use uuid::Uuid;

#[tokio::test]
async fn the_same_thing_made_at_once_is_made_once() {
    let (_folder, store) = sqlite().await;
    let address = serve(local(store.clone()).router()).await;
    let it = Client::new(address, None, store);
    // Many contexts each, so that they meet at one or another.
    let context = |n: usize| format!("{{name: n{n}, context: {{cluster: c, user: u}}}}");
    let contexts: Vec<_> = (0..30).map(context).collect();
    let file = format!(
        "contexts: [{}]\nclusters: [{{name: c, cluster: {{server: 'https://c'}}}}]\n",
        contexts.join(", ")
    );
    let uploads = (0..6).map(|_| it.upload("/api/system/kubernetes", file.as_bytes(), &[]));
    for (status, text) in join_all(uploads).await {
        assert_eq!(status, 200, "{text}");
    }
    assert_eq!((it.count("connection").await, it.count("credential").await), (30, 30));
    let body = json!({"id": Uuid::now_v7(), "name": "p", "duration": "1s", "endpoints": ["http://example.org"],
        "loadGenerators": ["fortio"]});
    join_all((0..12).map(|_| it.tell("POST", "/api/performance/profiles", Some(body.clone()), 200))).await;
    assert_eq!(it.count("performance profile").await, 1);
}

#[tokio::test]
async fn a_store_that_was_emptied_by_another_server_knows_nobody() {
    let (_folder, store) = sqlite().await;
    let one = Client::new(serve(local(store.clone()).router()).await, None, store.clone());
    let other = Client::new(serve(local(store.clone()).router()).await, None, store);
    other.tell("GET", "/api/workspaces", None, 200).await;
    one.tell("DELETE", "/api/system/database/reset", None, 200).await;
    let page = other.value("/api/identity/orgs").await;
    let home = &page["organizations"][0]["id"];
    let body = json!({"name": "after all", "organizationId": home});
    other.tell("POST", "/api/workspaces", Some(body), 201).await;
}

#[tokio::test]
async fn a_caller_has_so_many_event_streams() {
    let (_folder, store) = sqlite().await;
    let local = local(store);
    let mut streams: Vec<_> = (0..32).map(|_| local.try_subscribe(Caller::local()).unwrap()).collect();
    assert!(local.try_subscribe(Caller::local()).is_none());
    assert!(local.try_subscribe(Caller::user(Uuid::now_v7())).is_some());
    streams.pop();
    assert!(local.try_subscribe(Caller::local()).is_some());
}
