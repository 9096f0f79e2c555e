//! What is small when it comes and large once it is read is refused.

use crate::harness::{Client, local, serve, sqlite};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use std::time::{Duration, Instant};

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
