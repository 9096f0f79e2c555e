//! Schemas whose keywords fit each other.

use super::{NAMES, schema as any};
use arbitrary::{Result, Unstructured};
use serde_json::{Map, Value, json};

/// A schema of any kind; a reference leads to one of `count` components.
pub(super) fn schema(u: &mut Unstructured<'_>, depth: usize, count: usize) -> Result<Value> {
    let kind = if depth == 0 { u.int_in_range(0..=5)? } else { u.int_in_range(0..=12)? };
    let mut schema = match kind {
        0 | 1 => scalar(u)?,
        2 | 3 if count > 0 => {
            let target = u.int_in_range(0..=count - 1)?;
            return Ok(json!({"$ref": format!("#/components/schemas/v1.thing.T{target}")}));
        }
        2..=5 => scalar(u)?,
        6 | 7 => object(u, depth, count)?,
        8 => {
            let items = any(u, depth - 1, count)?;
            array(u, items)?
        }
        9 => json!({"type": "object", "additionalProperties": any(u, depth - 1, count)?}),
        10 => json!({"allOf": [object(u, depth - 1, count)?, any(u, depth - 1, count)?]}),
        11 => union(u, depth, count)?,
        _ => u.choose(&[json!({}), json!({"type": "object"}), json!({"type": "array"})])?.clone(),
    };
    if u.ratio(1, 6)? && schema.get("type").is_some() {
        schema["nullable"] = true.into();
    }
    Ok(schema)
}

/// What a parameter can be: a scalar or a list of them.
pub(super) fn parameter(u: &mut Unstructured<'_>) -> Result<Value> {
    let scalar = scalar(u)?;
    if u.ratio(1, 3)? { array(u, scalar) } else { Ok(scalar) }
}

/// The members of a form.
pub(super) fn form(u: &mut Unstructured<'_>, media_type: &str) -> Result<Value> {
    let mut properties = Map::new();
    for name in &NAMES[..u.int_in_range(1..=4)?] {
        let file = json!({"type": "string", "format": "binary"});
        let value = match u.int_in_range(0..=4)? {
            0 if media_type.starts_with("multipart") => file,
            1 if media_type.starts_with("multipart") => array(u, file)?,
            2 if media_type.starts_with("multipart") => object(u, 2, 0)?,
            _ => parameter(u)?,
        };
        properties.insert((*name).to_owned(), value);
    }
    let required = [NAMES[0]];
    Ok(json!({"type": "object", "required": required, "properties": properties, "additionalProperties": false}))
}

fn scalar(u: &mut Unstructured<'_>) -> Result<Value> {
    let bound: u8 = u.arbitrary()?;
    Ok(match u.int_in_range(0..=9)? {
        0 => json!({"type": "boolean"}),
        1 => json!({"type": "integer", "minimum": bound}),
        2 => json!({"type": "integer", "format": "int32", "maximum": bound, "exclusiveMaximum": true}),
        3 => json!({"type": "number", "multipleOf": 0.5}),
        4 => json!({"type": "string", "maxLength": bound}),
        5 => json!({"type": "string", "pattern": u.choose(&["^a+$", "[0-9]{3}", "\\p{L}"])?}),
        6 => json!({"type": "string", "enum": ["a", u.choose(&["", "A b", "é", "self", "1"])?]}),
        7 => json!({"type": "string", "format": u.choose(&["uuid", "date-time", "date", "byte", "uri", "email"])?}),
        8 => json!({"type": "string", "default": u.choose(&["", "\"'`\\", "x"])?}),
        _ => json!({"type": "string"}),
    })
}

fn array(u: &mut Unstructured<'_>, items: Value) -> Result<Value> {
    let mut array = json!({"type": "array", "items": items});
    if u.arbitrary()? {
        array["maxItems"] = u.int_in_range(1..=9)?.into();
    }
    Ok(array)
}

fn object(u: &mut Unstructured<'_>, depth: usize, count: usize) -> Result<Value> {
    let mut properties = Map::new();
    for name in &NAMES[..u.int_in_range(0..=5)?] {
        let value = if depth == 0 { scalar(u)? } else { any(u, depth - 1, count)? };
        properties.insert((*name).to_owned(), value);
    }
    let required: Vec<_> = properties.keys().take(1).cloned().collect();
    let mut object = json!({"type": "object", "properties": properties});
    if !required.is_empty() && u.arbitrary()? {
        object["required"] = json!(required);
    }
    if u.ratio(1, 4)? {
        object["additionalProperties"] = false.into();
    }
    Ok(object)
}

/// Alternatives that a member tells apart, or the type of the value.
fn union(u: &mut Unstructured<'_>, depth: usize, count: usize) -> Result<Value> {
    let word = *u.choose(&["oneOf", "anyOf"])?;
    let variants = if u.arbitrary()? {
        let mut variants = Vec::new();
        for name in ["a", "b"] {
            let mut object = object(u, depth - 1, count)?;
            object["properties"]["kind"] = json!({"type": "string", "enum": [name]});
            object["required"] = json!(["kind"]);
            variants.push(object);
        }
        variants
    } else {
        vec![json!({"type": "boolean"}), json!({"type": "string"}), object(u, depth - 1, count)?]
    };
    Ok(Value::Object([(word.to_owned(), json!(variants))].into_iter().collect()))
}
