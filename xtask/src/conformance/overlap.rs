//! Paths whose every request fits another template, too: `/things/list` beside `/things/{id}` where
//! `list` can be an id.

use super::settings::resolved;
use serde_json::Value;

/// Whether what stands at `path` also fits a template that is less close and has other methods. Then
/// those work there as well, which OpenAPI leaves to who serves the document.
pub(super) fn overlapped(document: &Value, path: &str) -> bool {
    let Some(paths) = document["paths"].as_object() else { return false };
    let has = |method: &String| paths.get(path).is_some_and(|item| item.get(method).is_some());
    paths.iter().filter(|(other, _)| *other != path && covers(other, path)).any(|(other, item)| {
        let operations = item.as_object().into_iter().flatten();
        let mut operations = operations.filter(|(_, operation)| operation["responses"].is_object());
        operations.any(|(method, operation)| !has(method) && takes(document, (item, operation), other, path))
    })
}

/// Whether every path of one template is one of another: each segment is the same, or a parameter there.
fn covers(other: &str, path: &str) -> bool {
    other.split('/').count() == path.split('/').count()
        && other.split('/').zip(path.split('/')).all(|(theirs, own)| theirs == own || name(theirs).is_some())
}

/// Whether the texts of a path can be values of the parameters of an operation that stand there.
fn takes(document: &Value, (item, operation): (&Value, &Value), template: &str, path: &str) -> bool {
    let lists = [item, operation].into_iter().filter_map(|holder| holder["parameters"].as_array());
    let parameters: Vec<&Value> = lists.flatten().map(|parameter| resolved(document, parameter)).collect();
    template.split('/').zip(path.split('/')).all(|(theirs, own)| {
        let (Some(name), None) = (name(theirs), name(own)) else { return true };
        let mut named = parameters.iter().filter(|p| p["in"] == "path" && p["name"] == name);
        named.all(|parameter| can_be(resolved(document, &parameter["schema"]), own))
    })
}

/// The name of the parameter that a segment is.
fn name(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

/// Whether a text can be a value of a schema, as far as its type, its format and its list say.
fn can_be(schema: &Value, text: &str) -> bool {
    let listed = schema["enum"].as_array().is_none_or(|all| all.iter().any(|value| value == text));
    let length = text.chars().count() as u64;
    let within = schema["minLength"].as_u64().is_none_or(|least| length >= least)
        && schema["maxLength"].as_u64().is_none_or(|most| length <= most);
    // What has a format is written in a way that words are not.
    let free = schema["type"].as_str().is_none_or(|ty| ty == "string") && schema["format"].is_null();
    listed && within && free
}

#[cfg(test)]
mod tests {
    use super::overlapped;
    use serde_json::json;

    #[test]
    fn a_word_may_be_a_value_of_a_parameter() {
        let id = |schema| json!([{"in": "path", "name": "id", "schema": schema}]);
        let get = json!({"get": {"responses": {}}});
        let put = |schema| json!({"parameters": id(schema), "put": {"responses": {}}});
        let document = json!({
            "paths": {
                "/things/list": get,
                "/things/{id}": put(json!({"$ref": "#/components/schemas/Id"})),
                "/wheels/list": get,
                "/wheels/{id}": put(json!({"type": "string", "format": "uuid"})),
                "/doors/list": get,
                "/doors/{id}": put(json!({"type": "string", "enum": ["front"]})),
                "/seats/list": {"put": {"responses": {}}},
                "/seats/{id}": put(json!({"type": "string"})),
            },
            "components": {"schemas": {"Id": {"type": "string"}}},
        });
        let found: Vec<_> = document["paths"].as_object().unwrap().keys().collect();
        let found: Vec<_> = found.into_iter().filter(|path| overlapped(&document, path)).collect();
        assert_eq!(found, ["/things/list"]);
    }
}
