//! What a server answers by itself, as responses of a document: see the table at the root of the
//! crate. The contract leaves these to whoever serves it.

use super::methods;
use serde_json::{Map, Value, json};

/// The schemas that these responses refer to. The contract's own names begin with a version.
const ERROR: &str = "server.Error";
const PROBLEM: &str = "server.Problem";

/// Adds them to every operation.
pub(super) fn add(document: &mut Value) {
    let protected = document.get("security").is_some();
    if let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) {
        for item in paths.values_mut() {
            methods(item).for_each(|(_, operation)| operation_answers(operation, protected));
        }
    }
    let Value::Object(document) = document else { return };
    let components = document.entry("components").or_insert_with(|| json!({}));
    if let Some(components) = components.as_object_mut()
        && let Some(schemas) = components.entry("schemas").or_insert_with(|| json!({})).as_object_mut()
    {
        schemas.insert(ERROR.to_owned(), error());
        schemas.insert(PROBLEM.to_owned(), problem());
    }
}

/// A server is strict about what it reads. What it answers is one of the alternatives, and it does
/// not look whether it could be another of them, too: that is `anyOf`.
fn any_of(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(any_of),
        Value::Object(members) => {
            if let Some(alternatives) = members.remove("oneOf").filter(|_| !members.contains_key("anyOf")) {
                members.insert("anyOf".to_owned(), alternatives);
            }
            members.values_mut().for_each(any_of);
        }
        _ => {}
    }
}

fn operation_answers(operation: &mut Value, protected: bool) {
    let any = |member: &str| operation[member].as_array().is_some_and(|list| !list.is_empty());
    let public = operation.get("security").map_or(!protected, |_| !any("security"));
    let body = operation.get("requestBody").is_some();
    let in_path = operation["parameters"].as_array().into_iter().flatten().any(|p| p["in"] == "path");
    let (parameters, websocket) = (any("parameters"), operation["responses"].get("101").is_some());
    let answers = [
        ("400", body || parameters),
        ("401", !public),
        ("403", !public || websocket),
        ("404", in_path),
        ("406", !websocket),
        ("408", body),
        ("413", body),
        ("415", body),
        ("426", websocket),
        ("429", false),
        ("431", true),
        ("500", true),
        ("501", true),
        ("503", true),
        ("504", true),
    ];
    let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else { return };
    responses.values_mut().for_each(any_of);
    for (status, ours) in answers {
        if ours && !responses.contains_key(status) {
            responses.insert(status.to_owned(), json!({ "description": reason(status) }));
        }
        if let Some(response) = responses.get_mut(status)
            && ours
        {
            content(response, status == "400");
        }
    }
    // What hyper answers before anything of this crate is asked: it has no body.
    responses.entry("414").or_insert_with(|| json!({ "description": reason("414") }));
    // An error that is documented as text is JSON to who asks for JSON.
    for (_, response) in responses.iter_mut().filter(|(status, _)| status.starts_with(['4', '5'])) {
        if response["content"].get("text/plain").is_some() {
            content(response, false);
        }
    }
}

/// Adds the forms that errors have: text, and JSON to who asks for it.
fn content(response: &mut Value, problem: bool) {
    let Some(response) = response.as_object_mut() else { return };
    let content = response.entry("content").or_insert_with(|| json!({}));
    let Some(content) = content.as_object_mut() else { return };
    let reference = |name: &str| json!({"schema": {"$ref": format!("#/components/schemas/{name}")}});
    let mut put = |media_type: &str, media: Value| {
        content.entry(media_type).or_insert(media);
    };
    put("text/plain", json!({"schema": {"type": "string"}}));
    put("application/json", reference(ERROR));
    if problem {
        put("application/problem+json", reference(PROBLEM));
        or_problem(&mut content["application/json"], reference(PROBLEM));
    }
}

/// A problem is plain JSON to who takes that and no `application/problem+json`.
fn or_problem(media: &mut Value, mut problem: Value) {
    if let Some(own) = media.get_mut("schema") {
        *own = json!({ "anyOf": [own.take(), problem["schema"].take()] });
    }
}

fn reason(status: &str) -> &'static str {
    let status = http::StatusCode::from_bytes(status.as_bytes()).ok();
    status.and_then(|status| status.canonical_reason()).unwrap_or("Error")
}

/// The error object, as [`ErrorBody`](crate::ErrorBody) writes it.
fn error() -> Value {
    let texts = json!({"type": "array", "items": {"type": "string"}});
    let severities = ["EMERGENCY", "ALERT", "CRITICAL", "FATAL", "ERROR"];
    object(
        &["error"],
        &[
            ("error", json!({"type": "string"})),
            ("code", json!({"type": "string"})),
            ("severity", json!({"type": "string", "enum": severities})),
            ("probableCause", texts.clone()),
            ("suggestedRemediation", texts.clone()),
            ("longDescription", texts),
        ],
    )
}

/// [`Problem`](crate::Problem), as it is written.
fn problem() -> Value {
    let text = json!({"type": "string"});
    let parts = ["path", "query", "header", "cookie", "body"];
    let breach = object(
        &["in", "rule"],
        &[
            ("in", json!({"type": "string", "enum": parts})),
            ("name", text.clone()),
            ("pointer", text.clone()),
            ("rule", text.clone()),
            ("limit", text.clone()),
        ],
    );
    object(
        &["type", "title", "status", "violations"],
        &[
            ("type", text.clone()),
            ("title", text.clone()),
            ("status", json!({"type": "integer"})),
            ("detail", text),
            ("violations", json!({"type": "array", "items": breach})),
        ],
    )
}

fn object(required: &[&str], members: &[(&str, Value)]) -> Value {
    let properties: Map<String, Value> =
        members.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
    json!({"type": "object", "required": required, "properties": properties})
}
