//! Requests to call with: as the document has them, and broken.

use crate::conformance::SECRET;
use serde_json::Value;

const ID: &str = "0b4e5b0e-7f55-4c8e-9d3b-2f6f0d4f9f11";

/// The bytes of each kind of request, on a connection that stays open. What streams is left out.
pub(super) fn of(document: &Value) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let responses = &operation["responses"];
            let streams = responses.get("101").is_some()
                || responses["200"]["content"].get("text/event-stream").is_some();
            if streams {
                continue;
            }
            let target = target(path, operation);
            let body = operation.get("requestBody").map(|_| "{}");
            all.push(request(&method.to_uppercase(), &target, true, body));
            // Nobody, a page that is none, no JSON, five things wrong at once.
            all.push(request(&method.to_uppercase(), &target, false, body));
            if method == "get" {
                all.push(request(
                    "GET",
                    &format!("{target}{}page=x&pageSize=-1", if target.contains('?') { '&' } else { '?' }),
                    true,
                    None,
                ));
            }
            if body.is_some() {
                all.push(request(&method.to_uppercase(), &target, true, Some("{\"name\": ")));
                let wrong = r#"{"name":1,"description":[],"id":"x","organizationId":7,"status":{}}"#;
                all.push(request(&method.to_uppercase(), &target, true, Some(wrong)));
            }
        }
    }
    all.push(request("GET", "/no/such/path", true, None));
    all
}

/// The path with ids, and the query that must be there.
fn target(path: &str, operation: &Value) -> String {
    let mut target =
        path.split('/').map(|s| if s.starts_with('{') { ID } else { s }).collect::<Vec<_>>().join("/");
    let required = operation["parameters"].as_array().into_iter().flatten();
    let required = required.filter(|p| p["in"] == "query" && p["required"] == true);
    for (i, parameter) in required.filter_map(|p| p["name"].as_str()).enumerate() {
        target.push_str(if i == 0 { "?" } else { "&" });
        target.push_str(&format!("{parameter}={ID}"));
    }
    target
}

fn request(method: &str, target: &str, known: bool, body: Option<&str>) -> Vec<u8> {
    let who = if known { format!("authorization: Bearer {SECRET}\r\n") } else { String::new() };
    let mut head =
        format!("{method} {target} HTTP/1.1\r\nhost: localhost\r\naccept: application/json, */*\r\n{who}");
    if let Some(body) = body {
        head.push_str(&format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len()));
    }
    format!("{head}\r\n{}", body.unwrap_or_default()).into_bytes()
}
