//! Documents that are nearly contracts, drawn from the bytes of the fuzzer: the words are those of
//! OpenAPI, what stands behind them need not fit.

use libfuzzer_sys::arbitrary::{Result, Unstructured};
use serde_json::{Map, Value, json};

const NAMES: [&str; 8] = ["id", "pageSize", "page_size", "type", "Self", "", "a b", "ünïcode"];
const TYPES: [&str; 7] = ["object", "array", "string", "integer", "number", "boolean", "null"];
const FORMATS: [&str; 9] =
    ["uuid", "date-time", "date", "byte", "binary", "int32", "uri", "email", "made-up"];
const STATUSES: [&str; 7] = ["200", "101", "204", "400", "default", "2XX", "99"];
const MEDIA: [&str; 8] = [
    "application/json",
    "text/plain",
    "application/octet-stream",
    "multipart/form-data",
    "application/x-www-form-urlencoded",
    "text/event-stream",
    "application/yaml",
    "*/*",
];
const PATHS: [&str; 6] = ["/a", "/a/{id}", "/{id}/a", "/a/{id}/b", "/a/{id}x", "no-slash"];
const WORDS: [&str; 17] = [
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "nullable",
    "readOnly",
    "deprecated",
    "exclusiveMinimum",
    "pattern",
    "default",
    "x-may-omit",
];

/// A document with a few operations and components.
pub fn document(u: &mut Unstructured<'_>) -> Result<Value> {
    let mut paths = Map::new();
    for _ in 0..u.int_in_range(1..=3)? {
        let mut item = Map::new();
        for _ in 0..u.int_in_range(1..=2)? {
            item.insert((*u.choose(&["get", "post", "put", "head", "made-up"])?).to_owned(), operation(u)?);
        }
        paths.insert((*u.choose(&PATHS)?).to_owned(), Value::Object(item));
    }
    let mut schemas = Map::new();
    for i in 0..u.int_in_range(0..=4)? {
        schemas.insert(format!("v1.thing.T{i}"), schema(u, 4)?);
    }
    Ok(json!({
        "openapi": "3.0.3",
        "info": {"title": "Fuzz", "version": "v0.0.0"},
        "security": [{"jwt": []}],
        "x-products": {"meshery": {"title": "A", "servers": []}, "cloud": {"title": "B", "servers": []}},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"jwt": {"type": "http", "scheme": "bearer"}},
        },
    }))
}

fn operation(u: &mut Unstructured<'_>) -> Result<Value> {
    let mut parameters = Vec::new();
    for _ in 0..u.int_in_range(0..=3)? {
        parameters.push(json!({
            "name": u.choose(&NAMES)?,
            "in": u.choose(&["path", "query", "header", "cookie"])?,
            "required": u.arbitrary::<bool>()?,
            "explode": u.arbitrary::<bool>()?,
            "schema": schema(u, 2)?,
        }));
    }
    let mut responses = Map::new();
    for _ in 0..u.int_in_range(1..=2)? {
        let response = json!({"description": "x", "content": content(u)?});
        responses.insert((*u.choose(&STATUSES)?).to_owned(), response);
    }
    let id: u8 = u.arbitrary()?;
    let mut operation = json!({
        "operationId": format!("{}{}", u.choose(&["get", "Get", "type", "1"])?, id % 4),
        "tags": [u.choose(&["Things", "self", "other things", ""])?],
        "x-internal": ["meshery"],
        "x-construct": "v1.thing",
        "parameters": parameters,
        "responses": responses,
    });
    if u.arbitrary()? {
        operation["requestBody"] = json!({"required": u.arbitrary::<bool>()?, "content": content(u)?});
    }
    Ok(operation)
}

fn content(u: &mut Unstructured<'_>) -> Result<Value> {
    let mut content = Map::new();
    for _ in 0..u.int_in_range(0..=2)? {
        content.insert((*u.choose(&MEDIA)?).to_owned(), json!({"schema": schema(u, 3)?}));
    }
    Ok(Value::Object(content))
}

fn schema(u: &mut Unstructured<'_>, depth: usize) -> Result<Value> {
    if depth == 0 || u.ratio(1, 5)? {
        let target: u8 = u.arbitrary()?;
        return Ok(json!({"$ref": format!("#/components/schemas/v1.thing.T{}", target % 5)}));
    }
    let mut schema = Map::new();
    if u.ratio(4, 5)? {
        schema.insert("type".to_owned(), (*u.choose(&TYPES)?).into());
    }
    if u.ratio(1, 3)? {
        schema.insert("format".to_owned(), (*u.choose(&FORMATS)?).into());
    }
    if u.ratio(1, 2)? {
        let mut properties = Map::new();
        for _ in 0..u.int_in_range(0..=3)? {
            properties.insert((*u.choose(&NAMES)?).to_owned(), self::schema(u, depth - 1)?);
        }
        schema.insert("properties".to_owned(), Value::Object(properties));
        schema.insert("required".to_owned(), json!([u.choose(&NAMES)?]));
    }
    if u.ratio(1, 3)? {
        schema.insert("items".to_owned(), self::schema(u, depth - 1)?);
    }
    if u.ratio(1, 4)? {
        let extra = if u.arbitrary()? { json!(false) } else { self::schema(u, depth - 1)? };
        schema.insert("additionalProperties".to_owned(), extra);
    }
    if u.ratio(1, 4)? {
        schema.insert("enum".to_owned(), json!([u.choose(&NAMES)?, u.choose(&NAMES)?, value(u)?]));
    }
    if u.ratio(1, 3)? {
        let word = *u.choose(&["allOf", "oneOf", "anyOf"])?;
        let of = [self::schema(u, depth - 1)?, self::schema(u, depth - 1)?];
        schema.insert(word.to_owned(), json!(of));
        if u.ratio(1, 4)? {
            schema.insert("discriminator".to_owned(), json!({"propertyName": u.choose(&NAMES)?}));
        }
    }
    if u.ratio(1, 8)? {
        schema.insert("not".to_owned(), self::schema(u, depth - 1)?);
    }
    for _ in 0..u.int_in_range(0..=2)? {
        schema.insert((*u.choose(&WORDS)?).to_owned(), value(u)?);
    }
    Ok(Value::Object(schema))
}

fn value(u: &mut Unstructured<'_>) -> Result<Value> {
    Ok(match u.int_in_range(0..=8)? {
        0 => Value::Null,
        1 => true.into(),
        2 => u.arbitrary::<i64>()?.into(),
        3 => json!(u.arbitrary::<f64>()?),
        4 => u.int_in_range(0..=3)?.into(),
        5 => json!(["id"]),
        6 => json!({}),
        7 => (*u.choose(&["^a+$", "(?!x)", "[", "\\p{L}", "\\d{1,999999}"])?).into(),
        _ => (*u.choose(&NAMES)?).into(),
    })
}
