//! What is sent and what is answered.

use serde_json::{Value, json};

/// The secret that opens every server.
pub const SECRET: &str = "0123456789abcdef0123456789abcdef";
/// The path of the operation without a body.
pub const GET_PATH: &str = "/api/integrations/connections/a449604d-3f10-58f4-95ff-a9385c2fad6a/controllers/config";
/// The path of the operation with one.
pub const PUT_PATH: &str = "/api/system/controllers/config";
/// What is not JSON.
pub const MALFORMED: &str = r#"{"broker": {"replicas": 2, "version" "#;

/// A request without a body.
pub fn get() -> Vec<u8> {
    format!("GET {GET_PATH} HTTP/1.1\r\nhost: localhost\r\naccept: application/json\r\nauthorization: Bearer {SECRET}\r\n\r\n")
        .into_bytes()
}

/// A request with a JSON body.
pub fn put(body: &str) -> Vec<u8> {
    let head = put_head(body.len());
    format!("{head}{body}").into_bytes()
}

/// A request that announces more than any server here takes, and sends nothing of it.
pub fn oversized() -> Vec<u8> {
    put_head(64 * 1024 * 1024).into_bytes()
}

fn put_head(length: usize) -> String {
    format!(
        "PUT {PUT_PATH} HTTP/1.1\r\nhost: localhost\r\naccept: application/json\r\nauthorization: Bearer {SECRET}\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n"
    )
}

/// A configuration as somebody would send it: about three kilobytes, with patterns, lengths, bounds
/// and enumerations in it.
pub fn valid() -> String {
    config().to_string()
}

/// The same with five violations, far from each other.
pub fn five_violations() -> String {
    let mut config = config();
    config["broker"]["replicas"] = 11.into();
    config["broker"]["service"]["type"] = "Nowhere".into();
    config["meshsync"]["outputNamespaces"][3] = "Not A Name".into();
    config["meshsync"]["watchList"]["whitelist"][7]["resource"] = "UPPER".into();
    config["operator"]["version"] = 4.into();
    config.to_string()
}

fn config() -> Value {
    let namespaces: Vec<_> = (0..12).map(|i| format!("team-{i}-production")).collect();
    let resources: Vec<_> = (0..10).map(|i| format!("kind-{i}")).collect();
    let watched: Vec<_> = (0..24)
        .map(|i| json!({"resource": format!("resources{i}.v1.apps"), "events": ["ADDED", "MODIFIED", "DELETED"]}))
        .collect();
    json!({
        "broker": {
            "replicas": 3,
            "version": "2.10.4-alpine",
            "service": {
                "type": "LoadBalancer",
                "loadBalancerClass": "example.com/internal",
                "loadBalancerSourceRanges": ["10.0.0.0/8", "192.168.0.0/16"],
                "externalEndpointOverride": "broker.example.com:4222",
                "annotations": {
                    "service.example.com/scheme": "internal",
                    "service.example.com/name": "the broker of the cluster in the north",
                },
            },
        },
        "meshsync": {
            "brokerContentDedup": true,
            "debugLogging": false,
            "outputNamespaces": namespaces,
            "outputResources": resources,
            "redactSecrets": true,
            "replicas": 2,
            "version": "v0.8.17",
            "watchList": {"whitelist": watched},
        },
        "operator": {"deploymentMode": "operator", "version": "v0.8.17"},
    })
}

/// What is answered to a request without a body.
pub fn connection() -> Value {
    json!({"effective": stored(), "default": stored()})
}

/// What is answered to a request with a body.
pub fn stored() -> Value {
    json!({
        "schemaVersion": "controllers.meshery.io/v1alpha1",
        "broker": {"replicas": 3, "version": "2.10.4-alpine"},
        "operator": {"deploymentMode": "embedded"},
    })
}
