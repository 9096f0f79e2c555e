//! The registry, over loopback: what is registered is listed, exported, removed and imported again.

use crate::harness::{Client, TokenIsUser, local, serve, sqlite};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use meshery_types::v1beta1::registry::*;
use serde_json::{Value, json};
use uuid::Uuid;

fn registrant() -> Value {
    json!({"id": Uuid::now_v7(), "name": "hub", "kind": "hub", "type": "registry", "subType": "", "status": "registered",
        "schemaVersion": "connections.meshery.io/v1beta3"})
}

fn model() -> Value {
    json!({"schemaVersion": "models.meshery.io/v1beta2", "name": "cache", "displayName": "Cache", "description": "A cache",
        "version": "v1.0.0", "model": {"version": "v2.1.0"}, "status": "enabled", "subCategory": "Database",
        "category": {"id": Uuid::now_v7(), "name": "Database", "metadata": {}}})
}

fn component(kind: &str) -> Value {
    let metadata = json!({"configurationUISchema": "", "genealogy": "", "instanceDetails": {}, "isAnnotation": false,
        "isNamespaced": true, "published": true});
    json!({"schemaVersion": "components.meshery.io/v1beta3", "version": "v1.0.0", "displayName": kind, "description": "",
        "format": "JSON", "model": model(), "component": {"kind": kind, "version": "cache/v1", "schema": "{\"type\":\"object\"}"},
        "configuration": {}, "metadata": metadata})
}

pub(crate) async fn registry(it: &Client) {
    let entity = |sort: &str, value: &Value| {
        Some(
            json!({"connection": registrant(), "entity": STANDARD.encode(value.to_string()), "entityType": sort}),
        )
    };
    for _ in 0..2 {
        it.tell("POST", "/api/registry/components", entity("component", &component("Cache")), 200).await;
    }
    it.tell("POST", "/api/registry/components", entity("component", &component("Shard")), 200).await;
    it.tell("POST", "/api/registry/components", entity("component", &json!({"component": {}})), 400).await;
    it.tell("POST", "/api/registry/components", entity("model", &model()), 400).await;
    let relationship = json!({"schemaVersion": "relationships.meshery.io/v1alpha3", "kind": "edge", "type": "binding",
        "subType": "network", "version": "v1.0.0", "model": {"name": "cache", "model": {"version": "v2.1.0"}}});
    it.tell("POST", "/api/registry/relationships", entity("relationship", &relationship), 200).await;
    let categories: RegistryCategoriesPage = it.ask("GET", "/api/registry/categories", None, 200).await;
    assert_eq!(categories.total_count, Some(1));
    let _: RegistryCategoriesPage = it.ask("GET", "/api/registry/categories/Database", None, 200).await;
    let components = [
        ("components", 2),
        ("components/Shard", 1),
        ("models/cache/components", 2),
        ("models/cache/components/Shard", 1),
        ("categories/Database/components", 2),
        ("categories/Database/components/Shard", 1),
        ("categories/Database/models/cache/components", 2),
        ("categories/Database/models/cache/components/Shard", 1),
        ("components?version=v2.1.0&apiVersion=cache/v1&search=SHARD", 1),
        ("components?version=v9", 0),
        ("components?trim=true&pageSize=1&order=name&sort=desc", 2),
        ("models/other/components", 0),
    ];
    for (path, count) in components {
        let page: RegistryComponentsPage = it.ask("GET", &format!("/api/registry/{path}"), None, 200).await;
        assert_eq!((page.total_count, page.total_count_snake), (Some(count), Some(count)), "{path}");
    }
    let models = [
        "models",
        "models/cache",
        "categories/Database/models",
        "categories/Database/models/cache",
        "models?registrant=hub&status=enabled&components=true&relationships=true",
    ];
    for path in models {
        let page: RegistryModelsPage = it.ask("GET", &format!("/api/registry/{path}"), None, 200).await;
        let model = &page.models.unwrap()[0];
        assert_eq!((model.components_count, model.relationships_count), (2, 1), "{path}");
        assert_eq!(model.components.len(), if path.contains("components=true") { 2 } else { 0 });
    }
    for path in ["relationships", "models/cache/relationships", "models/cache/relationships/edge"] {
        let page: RegistryRelationshipsPage =
            it.ask("GET", &format!("/api/registry/{path}"), None, 200).await;
        assert_eq!(page.total_count, Some(1), "{path}");
    }
    for path in ["models/cache/policies", "models/cache/policies/network"] {
        let _: RegistryPoliciesPage = it.ask("GET", &format!("/api/registry/{path}"), None, 200).await;
    }
    let page: RegistryRegistrantsPage = it.ask("GET", "/api/registry/registrants", None, 200).await;
    assert_eq!(page.registrants.unwrap()[0].summary.as_ref().unwrap().models, Some(1));
}

#[tokio::test]
async fn nobody_adds_to_the_registry_and_replaces_nothing_of_a_users() {
    let (_folder, store) = sqlite().await;
    let address = serve(local(store.clone()).router_for(TokenIsUser)).await;
    let nobody = Client::new(address, None, store.clone());
    let (ann, bob) = (Uuid::now_v7(), Uuid::now_v7());
    let (ann, bob) = (Client::new(address, Some(ann), store.clone()), Client::new(address, Some(bob), store));
    let register = async |who: &Client, kind: &str, description: &str, status: u16| {
        let mut value = component(kind);
        value["description"] = description.into();
        let body = json!({"connection": registrant(), "entity": STANDARD.encode(value.to_string()), "entityType": "component"});
        who.tell("POST", "/api/registry/components", Some(body), status).await;
    };
    let said = async |kind: &str| {
        nobody.value(&format!("/api/registry/components/{kind}")).await["components"][0]["description"]
            .clone()
    };
    register(&nobody, "Cache", "first", 200).await;
    register(&nobody, "Cache", "again", 200).await;
    register(&ann, "Cache", "of Ann", 200).await;
    register(&nobody, "Cache", "of nobody", 400).await;
    assert_eq!(said("Cache").await, "of Ann");
    register(&bob, "Cache", "of Bob", 200).await;
    assert_eq!(said("Cache").await, "of Bob");
    // The model is Ann's by now: another component of it can be added, and leaves it as it is.
    register(&nobody, "Shard", "of nobody", 200).await;
    assert_eq!(said("Shard").await, "of nobody");
}

pub(crate) async fn registry_writes(it: &Client) {
    let page: RegistryModelsPage = it.ask("GET", "/api/registry/models", None, 200).await;
    let id = page.models.unwrap()[0].id;
    let status = |status: &str| Some(json!({"id": id, "status": status}));
    it.tell("POST", "/api/registry/models/status", status("ignored"), 204).await;
    it.tell("POST", "/api/registry/models/status", status("gone"), 400).await;
    it.tell("POST", "/api/registry/planets/status", status("ignored"), 400).await;
    let page: RegistryModelsPage =
        it.ask("GET", &format!("/api/registry/models?status=ignored&id={id}"), None, 200).await;
    assert_eq!(page.total_count, Some(1));
    // What is exported can be imported again.
    let archive = it.bytes("/api/registry/export?name=cache&fileType=tar&outputFormat=yaml").await;
    let image = it.bytes(&format!("/api/registry/export?id={id}")).await;
    it.tell("GET", "/api/registry/export?name=nothing", None, 404).await;
    it.tell("DELETE", "/api/registry/models/cache", None, 200).await;
    let page: RegistryComponentsPage = it.ask("GET", "/api/registry/components", None, 200).await;
    assert_eq!(page.total_count, Some(0), "components go with their model");
    for file in [archive, image] {
        let body = json!({"uploadType": "file", "register": true,
            "importBody": {"fileName": "cache.tar", "modelFile": STANDARD.encode(&file)}});
        let done: RegistryImportResponse = it.ask("POST", "/api/registry/register", Some(body), 200).await;
        let counts = done.entity_count.unwrap();
        assert_eq!(
            (counts.model_count, counts.comp_count, counts.rel_count),
            (Some(1), Some(2), Some(1)),
            "{:?}",
            done.err_msg
        );
        let page: RegistryComponentsPage = it.ask("GET", "/api/registry/components", None, 200).await;
        assert_eq!(page.total_count, Some(2));
        it.tell("DELETE", &format!("/api/registry/models/{id}"), None, 200).await;
    }
}

/// What the parameters of its lists mean, on a store without entities; nothing is left.
pub(crate) async fn registry_means_what_it_should(it: &Client) {
    let register = async |value: &Value| {
        let body = json!({"connection": registrant(), "entity": STANDARD.encode(value.to_string()), "entityType": "component"});
        it.tell("POST", "/api/registry/components", Some(body), 200).await;
    };
    let mut note = component("Note");
    note["metadata"]["isAnnotation"] = true.into();
    let mut later = component("Cache");
    later["model"]["model"]["version"] = "v3.0.0".into();
    let mut twin = component("Cache");
    twin["id"] = Uuid::now_v7().to_string().into();
    for value in [&component("Cache"), &component("CacheShard"), &note, &later, &twin] {
        register(value).await;
    }
    let counts = [
        ("components", 5),
        ("components?annotations=true", 1),
        ("components?annotations=false", 4),
        ("components?annotations=include", 5),
        ("components/cache", 0),
        ("components/cache?search=true", 4),
        ("models/cache/components/shard?search=true", 1),
        ("models/cac?search=true", 2),
        ("models/cac", 0),
        ("categories/base?search=true", 1),
        ("categories/base", 0),
        ("models?annotations=true", 0),
    ];
    for (path, count) in counts {
        let page = it.value(&format!("/api/registry/{path}")).await;
        assert_eq!((&page["totalCount"], &page["total_count"]), (&json!(count), &json!(count)), "{path}");
    }
    let page = it.value("/api/registry/components?pageSize=all&order=name").await;
    assert_eq!((page["components"].as_array().unwrap().len(), &page["pageSize"]), (5, &json!(1000)));
    let duplicates: Vec<_> =
        page["components"].as_array().unwrap().iter().map(|it| &it["duplicates"]).collect();
    assert_eq!(
        json!(duplicates),
        json!([1, 1, 0, 0, 0]),
        "by name: Cache three times, one of another version"
    );
    let page = it.value("/api/registry/registrants").await;
    let counted = json!({"models": 2, "components": 5, "relationships": 0, "policies": 0});
    assert_eq!(page["registrants"][0]["summary"], counted);
    let page = it.value("/api/registry/models?components=true&trim=true&version=v3.0.0").await;
    let model = &page["models"][0];
    assert_eq!(
        (&model["components"][0]["component"]["schema"], &model["duplicates"]),
        (&json!(""), &json!(0))
    );
    // The model with this id goes, and another version of it stays.
    it.tell("DELETE", &format!("/api/registry/models/{}", model["id"].as_str().unwrap()), None, 200).await;
    assert_eq!(it.value("/api/registry/components").await["totalCount"], 4);
    it.tell("DELETE", "/api/registry/models/cache", None, 200).await;
    assert_eq!(it.value("/api/registry/components").await["totalCount"], 0);
}
