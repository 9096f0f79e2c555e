//! Edits at random: where something can be edited, and what may become of it.

use super::dice::Dice;
use crate::contract::{PERMISSIONS, SCHEMAS};
use crate::load::reference::{escape, lookup};
use serde_json::{Map, Value, json};

/// Every place in a contract that can be edited: schemas, parameters, bodies, statuses, media types,
/// operations, values of enums, permission keys.
pub(super) fn sites(document: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for part in ["/paths", "/components/schemas"] {
        if let Some(value) = document.pointer(part) {
            walk(value, part, &mut found);
        }
    }
    let keys = document.get(PERMISSIONS).and_then(Value::as_object).into_iter().flat_map(Map::keys);
    found.extend(keys.map(|id| format!("/{PERMISSIONS}/{}", escape(id))));
    found
}

/// Members that are data, or that hold no places of their own.
const DATA: [&str; 8] =
    ["default", "required", "x-may-omit", "tags", "x-internal", "mapping", "example", "security"];

fn walk(value: &Value, pointer: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, child) in members
                .iter()
                .filter(|(name, _)| !DATA.contains(&name.as_str()) || pointer.ends_with("/properties"))
            {
                let below = format!("{pointer}/{}", escape(name));
                if child.is_object() {
                    found.push(below.clone());
                }
                walk(child, &below, found);
            }
        }
        Value::Array(list) => {
            for (number, child) in list.iter().enumerate() {
                let below = format!("{pointer}/{number}");
                if child.is_object() || pointer.ends_with("/enum") {
                    found.push(below.clone());
                }
                walk(child, &below, found);
            }
        }
        _ => {}
    }
}

/// What stands before the last token of a pointer, and the token.
fn split(pointer: &str) -> (&str, &str) {
    pointer.rsplit_once('/').unwrap_or(("", pointer))
}

/// What kind of place it is, by what it stands in.
fn holder(pointer: &str) -> &str {
    split(split(pointer).0).1
}

/// Whether removing it must not be milder than removing what is in it.
pub(super) fn is_whole(document: &Value, pointer: &str) -> bool {
    let deprecated =
        lookup(document, pointer).and_then(|value| value.get("deprecated")) == Some(&Value::Bool(true));
    match holder(pointer) {
        "responses" | "content" => pointer.starts_with("/paths/"),
        "properties" if !deprecated => {
            let (owner, name) = (split(split(pointer).0).0, split(pointer).1);
            let owner = lookup(document, owner);
            let required = owner.and_then(|owner| owner.get("required")).and_then(Value::as_array);
            required.is_some_and(|list| {
                list.iter().any(|own| own.as_str().is_some_and(|own| escape(own) == name))
            })
        }
        _ => false,
    }
}

/// The document without a place; `None` where nothing would be left that is a contract.
pub(super) fn removed(document: &Value, pointer: &str) -> Option<Value> {
    let mut document = document.clone();
    let (above, token) = split(pointer);
    let name = token.replace("~1", "/").replace("~0", "~");
    let is_removable = matches!(
        split(above).1,
        "properties"
            | "responses"
            | "content"
            | "parameters"
            | "enum"
            | "headers"
            | "allOf"
            | "oneOf"
            | "anyOf"
            | PERMISSIONS
    );
    if !is_removable || lookup(&document, pointer).is_some_and(|v| v.get("in").is_some_and(|p| p == "path")) {
        return None;
    }
    match document.pointer_mut(above)? {
        Value::Object(members) => drop(members.shift_remove(&name)?),
        Value::Array(list) if list.len() > 1 => {
            drop(list.remove(name.parse().ok().filter(|at| *at < list.len())?))
        }
        _ => return None,
    }
    if split(above).1 == "properties"
        && let Some(owner) = document.pointer_mut(split(above).0)
    {
        without(owner, &name);
    }
    Some(document)
}

/// Takes a member out of the lists of names.
fn without(owner: &mut Value, name: &str) {
    for list in ["required", "x-may-omit"] {
        let empty = match owner.get_mut(list).and_then(Value::as_array_mut) {
            Some(names) => {
                names.retain(|own| own != name);
                names.is_empty()
            }
            None => false,
        };
        if let (true, Some(members)) = (empty, owner.as_object_mut()) {
            members.shift_remove(list);
        }
    }
}

/// One edit of a place; `None` where what was drawn does not fit it.
pub(super) fn edit(document: &Value, pointer: &str, dice: &mut Dice) -> Option<Value> {
    if dice.below(4) == 0
        && let Some(removed) = removed(document, pointer)
    {
        return Some(removed);
    }
    let mut edited = document.clone();
    let value = edited.pointer_mut(pointer)?;
    let Some(members) = value.as_object_mut() else {
        // A value of an enum.
        *value = value.as_str().map(|text| json!(format!("{text}-other")))?;
        return Some(edited);
    };
    let of_operation = members.contains_key("responses");
    let done = if members.contains_key("$ref") {
        reference(document, members, dice)
    } else if holder(pointer) == PERMISSIONS {
        replace(members, "function", &[json!("Draw"), json!("Draw again")], dice)
    } else if of_operation {
        operation(members, dice)
    } else if members.contains_key("in") {
        parameter(members, dice)
    } else if is_schema(pointer, members) {
        schema(members, dice)
    } else {
        other(pointer, members, dice)
    };
    done.then_some(edited)
}

fn is_schema(pointer: &str, members: &Map<String, Value>) -> bool {
    let above = split(pointer);
    let named = matches!(above.1, "schema" | "items" | "additionalProperties" | "not");
    let listed = matches!(holder(pointer), "properties" | "schemas" | "allOf" | "oneOf" | "anyOf");
    (named || listed) && !members.contains_key("$ref")
}

/// Sets, changes or takes away a flag.
fn toggle(members: &mut Map<String, Value>, name: &str) -> bool {
    if members.shift_remove(name).is_none() {
        members.insert(name.to_owned(), Value::Bool(true));
    }
    true
}

/// Sets one of these values, or takes away what there is.
fn replace(members: &mut Map<String, Value>, name: &str, values: &[Value], dice: &mut Dice) -> bool {
    if members.contains_key(name) && dice.below(3) == 0 {
        members.shift_remove(name);
        return true;
    }
    let Some(value) = dice.pick(values) else { return false };
    members.insert(name.to_owned(), value.clone()).as_ref() != Some(value)
}

/// A keyword that bounds, and values that it may have.
const BOUNDS: [(&str, &[i64]); 9] = [
    ("minLength", &[0, 1, 2, 7]),
    ("maxLength", &[8, 50, 255, 5000]),
    ("minimum", &[-1, 0, 1, 5]),
    ("maximum", &[10, 100, 1000]),
    ("multipleOf", &[2, 3, 4, 6]),
    ("minItems", &[0, 1, 2]),
    ("maxItems", &[5, 100]),
    ("minProperties", &[0, 1]),
    ("maxProperties", &[9, 20]),
];

/// Writes a component where it is used, which says the same, or refers to another.
fn reference(document: &Value, members: &mut Map<String, Value>, dice: &mut Dice) -> bool {
    let Some(own) = members.get("$ref").and_then(Value::as_str).map(str::to_owned) else { return false };
    if dice.below(2) == 0 {
        let target = own.strip_prefix('#').and_then(|own| lookup(document, own));
        let Some(target) = target.and_then(Value::as_object) else { return false };
        members.clone_from(target);
        return true;
    }
    let components = document.pointer("/components/schemas").and_then(Value::as_object);
    let names: Vec<&String> = components.into_iter().flat_map(Map::keys).collect();
    let Some(name) = dice.pick(&names) else { return false };
    let other = format!("{SCHEMAS}{}", escape(name));
    members.insert("$ref".to_owned(), json!(other)).as_ref() != Some(&json!(other))
}

/// Puts schemas together in another way; the first says the same.
fn composition(members: &mut Map<String, Value>, dice: &mut Dice) -> bool {
    let group = ["oneOf", "anyOf"].into_iter().find(|group| members.contains_key(*group));
    match (dice.below(4), group) {
        (0, _) => {
            let own = Value::Object(std::mem::take(members));
            members.insert("allOf".to_owned(), json!([own]));
            true
        }
        (1, Some(group)) => match members.get_mut(group).and_then(Value::as_array_mut) {
            Some(list) => {
                list.push(json!({"type": "boolean", "enum": [true]}));
                true
            }
            None => false,
        },
        (2, Some(group)) => {
            let other = if group == "oneOf" { "anyOf" } else { "oneOf" };
            let Some(list) = members.shift_remove(group) else { return false };
            members.insert(other.to_owned(), list);
            true
        }
        (1, None) => {
            let own = Value::Object(std::mem::take(members));
            members.insert("oneOf".to_owned(), json!([own, {"type": "boolean", "enum": [true]}]));
            true
        }
        (2, None) => {
            let list = json!([{"type": "string", "minLength": 1}, {"type": "integer"}]);
            members.insert(["oneOf", "anyOf"][dice.below(2)].to_owned(), list).is_none()
        }
        _ => replace(members, "not", &[json!({"enum": ["drawn"]}), json!({"type": "object"})], dice),
    }
}

fn schema(members: &mut Map<String, Value>, dice: &mut Dice) -> bool {
    match dice.below(16) {
        14 | 15 => composition(members, dice),
        0 => toggle(members, "nullable"),
        1 => toggle(members, "readOnly"),
        2 => toggle(members, "writeOnly"),
        3 => toggle(members, "deprecated"),
        4 => toggle(members, "uniqueItems"),
        5 => replace(members, "pattern", &[json!("^a"), json!("^[a-z]+$")], dice),
        6 => replace(members, "format", &[json!("uuid"), json!("date-time"), json!("email")], dice),
        7 => replace(members, "default", &[json!("x"), json!(1), json!(false)], dice),
        8 => replace(members, "type", &[json!("string"), json!("integer"), json!("boolean")], dice),
        9 => replace(members, "additionalProperties", &[json!(false), json!({"type": "string"})], dice),
        10 => values(members, dice),
        11 => property(members, dice),
        12 => required(members, dice),
        _ => {
            let Some((name, values)) = dice.pick(&BOUNDS) else { return false };
            let values: Vec<Value> = values.iter().map(|value| json!(value)).collect();
            replace(members, name, &values, dice)
        }
    }
}

fn values(members: &mut Map<String, Value>, dice: &mut Dice) -> bool {
    match members.get_mut("enum").and_then(Value::as_array_mut) {
        Some(list) if dice.below(3) > 0 => {
            list.push(json!(format!("drawn-{}", dice.below(1000))));
            true
        }
        _ => replace(members, "enum", &[json!(["one", "two"]), json!(["two"])], dice),
    }
}

fn property(members: &mut Map<String, Value>, dice: &mut Dice) -> bool {
    let Some(properties) = members.get_mut("properties").and_then(Value::as_object_mut) else { return false };
    let name = format!("drawn{}", dice.below(1000));
    properties.insert(name.clone(), json!({"type": "string"}));
    if dice.below(2) == 0
        && let Some(list) = members.entry("required").or_insert_with(|| json!([])).as_array_mut()
    {
        list.push(json!(name));
    }
    true
}

fn required(members: &mut Map<String, Value>, dice: &mut Dice) -> bool {
    let names: Vec<String> = members
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(name, _)| name.clone())
        .collect();
    let Some(name) = dice.pick(&names) else { return false };
    let list = if dice.below(5) == 0 { "x-may-omit" } else { "required" };
    let Some(names) = members.entry(list).or_insert_with(|| json!([])).as_array_mut() else { return false };
    match names.iter().position(|own| own == name) {
        Some(at) => drop(names.remove(at)),
        None => names.push(json!(name)),
    }
    true
}

fn parameter(members: &mut Map<String, Value>, dice: &mut Dice) -> bool {
    let of_path = members.get("in").is_some_and(|place| place == "path");
    match dice.below(5) {
        0 if !of_path => toggle(members, "required"),
        1 => toggle(members, "deprecated"),
        2 if !of_path => toggle(members, "allowEmptyValue"),
        3 => toggle(members, "allowReserved"),
        4 if !of_path => replace(members, "name", &[json!("drawn")], dice),
        _ => false,
    }
}

fn operation(members: &mut Map<String, Value>, dice: &mut Dice) -> bool {
    match dice.below(7) {
        0 => {
            members.insert("operationId".to_owned(), json!("drawn"));
            true
        }
        1 => {
            members.insert("tags".to_owned(), json!(["Drawn"]));
            true
        }
        2 => toggle(members, "deprecated"),
        3 => replace(members, "security", &[json!([]), json!([{"jwt": ["drawn"]}]), json!([{}])], dice),
        4 => {
            members.insert("x-construct".to_owned(), json!("v1.drawn"));
            true
        }
        5 => match members.entry("parameters").or_insert_with(|| json!([])).as_array_mut() {
            Some(list) => {
                let required = dice.below(2) == 0;
                list.push(json!({"name": "drawn", "in": "query", "required": required, "schema": {"type": "string"}}));
                true
            }
            None => false,
        },
        _ => match members.get_mut("requestBody").and_then(Value::as_object_mut) {
            Some(body) => toggle(body, "required"),
            None => {
                let schema = json!({"content": {"application/json": {"schema": {"type": "object"}}}});
                members.insert("requestBody".to_owned(), schema);
                true
            }
        },
    }
}

/// Responses, and what holds media types, statuses and headers.
fn other(pointer: &str, members: &mut Map<String, Value>, dice: &mut Dice) -> bool {
    match split(pointer).1 {
        "responses" => {
            let status = ["202", "206", "418", "default"];
            let Some(status) = dice.pick(&status) else { return false };
            members.insert((*status).to_owned(), json!({"description": "drawn"})).is_none()
        }
        "content" => {
            members.insert("application/drawn".to_owned(), json!({"schema": {"type": "string"}})).is_none()
        }
        _ if holder(pointer) == "responses" => {
            let header = json!({"x-drawn": {"schema": {"type": "string"}, "required": dice.below(2) == 0}});
            members.insert("headers".to_owned(), header).is_none()
        }
        _ => false,
    }
}
