//! What is small when it comes and large once it is read is refused.

use crate::harness::{Client, local, serve, sqlite};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use meshery_runtime::store::{Change, Record, Store};
use serde_json::json;
use std::time::{Duration, Instant};
use uuid::Uuid;

#[tokio::test]
async fn small_files_do_not_become_large_ones() {
    let (_folder, store) = sqlite().await;
    let address = serve(local(store.clone()).router()).await;
    let it = Client::new(address, None, store);
    let begun = Instant::now();
    let yaml = format!("x: &a [{}0]\ncontexts: [{}*a]", "0,".repeat(200_000), "*a,".repeat(100_000));
    for path in ["/api/system/kubernetes", "/api/system/kubernetes/contexts"] {
        assert_eq!(it.upload(path, yaml.as_bytes(), &[]).await.0, 400, "{path}");
    }
    let design = yaml.replace("contexts", "components");
    let body = json!({"file": STANDARD.encode(&design), "fileName": "design.yaml"});
    it.tell("POST", "/api/pattern/import", Some(body), 400).await;
    for file in [STANDARD.encode(&yaml), yaml] {
        let body = json!({"uploadType": "file", "register": true,
            "importBody": {"fileName": "models.yaml", "modelFile": file}});
        it.tell("POST", "/api/registry/register", Some(body), 400).await;
    }
    assert!(begun.elapsed() < Duration::from_secs(60), "it took {:?}", begun.elapsed());
}

#[tokio::test]
async fn a_list_or_a_file_of_large_parts_has_an_end() {
    let (_folder, store) = sqlite().await;
    let address = serve(local(store.clone()).router()).await;
    let it = Client::new(address, None, store.clone());
    crate::registry::registry(&it).await;
    for number in 0..70 {
        let mut record = Record::new("component", Uuid::now_v7());
        record.name = format!("Large{number}");
        (record.parent, record.version) = ("cache".to_owned(), "v2.1.0".to_owned());
        record.body = json!({"more": "x".repeat(1 << 20)}).to_string();
        store.commit(vec![Change::Insert(record)]).await.unwrap();
    }
    let page = it.value("/api/registry/models?pagesize=all&components=true").await;
    let model = &page["models"][0];
    let shown = model["components"].as_array().unwrap().len();
    assert!((30..33).contains(&shown), "{shown} parts of 1 MiB");
    assert_eq!((&model["componentsCount"], &page["pageSize"]), (&json!(72), &json!(25)));
    for path in ["export?name=cache", "components?pagesize=all"] {
        let (status, text) = it.raw("GET", &format!("/api/registry/{path}"), None).await;
        assert_eq!(status, 501, "{text}");
        assert!(text.contains("too large"), "{text}");
    }
}
