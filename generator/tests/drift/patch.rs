//! The operations of RFC 6902 that the cases need.

use serde_json::Value;

/// The document with the operations of `patch` done, one after the other.
pub(crate) fn patched(document: &Value, patch: &Value) -> Value {
    let mut document = document.clone();
    for operation in patch.as_array().unwrap() {
        let text = |name: &str| operation[name].as_str().unwrap_or_default();
        match text("op") {
            "remove" => drop(taken(&mut document, text("path"))),
            "add" => put(&mut document, text("path"), operation["value"].clone()),
            "replace" => *document.pointer_mut(text("path")).unwrap() = operation["value"].clone(),
            "move" => {
                let value = taken(&mut document, text("from"));
                put(&mut document, text("path"), value);
            }
            "copy" => {
                let value = document.pointer(text("from")).unwrap().clone();
                put(&mut document, text("path"), value);
            }
            other => panic!("`{other}` is no operation of a patch"),
        }
    }
    document
}

/// The parent of a place, and its own token.
fn split(pointer: &str) -> (&str, String) {
    let (parent, token) = pointer.rsplit_once('/').unwrap();
    (parent, token.replace("~1", "/").replace("~0", "~"))
}

fn taken(document: &mut Value, pointer: &str) -> Value {
    let (parent, token) = split(pointer);
    match document.pointer_mut(parent).unwrap() {
        Value::Object(members) => members.shift_remove(&token).unwrap(),
        Value::Array(list) => list.remove(token.parse().unwrap()),
        other => panic!("nothing is in {other}"),
    }
}

fn put(document: &mut Value, pointer: &str, value: Value) {
    let (parent, token) = split(pointer);
    match document.pointer_mut(parent).unwrap() {
        Value::Object(members) => drop(members.insert(token, value)),
        Value::Array(list) if token == "-" => list.push(value),
        Value::Array(list) => list.insert(token.parse().unwrap(), value),
        other => panic!("nothing can be put in {other}"),
    }
}
