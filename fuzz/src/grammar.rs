//! Documents that are nearly contracts, drawn from the bytes of the fuzzer: the words are those of
//! OpenAPI, and mostly what stands behind them fits, so that every phase is reached; now and then it
//! does not. `cargo run --example reached` tells how far they get.

mod fitting;

use arbitrary::{Result, Unstructured};
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
/// The paths of documents that fit, with the names of their parameters.
const FITTING: [(&str, &[&str]); 3] = [("", &[]), ("/{id}", &["id"]), ("/{id}/b/{type}", &["id", "type"])];
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
    let count = u.int_in_range(0..=4)?;
    let mut paths = Map::new();
    for i in 0..u.int_in_range(1..=3)? {
        let (path, names) = if odd(u)? {
            ((*u.choose(&PATHS)?).to_owned(), &["id"][..])
        } else {
            let (path, names) = u.choose(&FITTING)?;
            (format!("/p{i}{path}"), *names)
        };
        let mut item = Map::new();
        for method in ["get", "post", "put", "head", "patch", "delete"] {
            if u.ratio(1, 4)? {
                item.insert(method.to_owned(), operation(u, &format!("{method}{i}"), names, count)?);
            }
        }
        if odd(u)? {
            item.insert("made-up".to_owned(), operation(u, "odd", names, count)?);
        }
        paths.insert(path, Value::Object(item));
    }
    let mut schemas = Map::new();
    for i in 0..count {
        schemas.insert(format!("v1.thing.T{i}"), schema(u, 4, count)?);
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

/// Whether something is to be as it should not be.
fn odd(u: &mut Unstructured<'_>) -> Result<bool> {
    u.ratio(1, 100)
}

fn operation(u: &mut Unstructured<'_>, id: &str, names: &[&str], count: usize) -> Result<Value> {
    let mut parameters = Vec::new();
    for name in names {
        if !odd(u)? {
            let schema = fitting::parameter(u)?;
            parameters.push(json!({"name": name, "in": "path", "required": true, "schema": schema}));
        }
    }
    for i in 0..u.int_in_range(0..=3)? {
        let place = *u.choose(&["query", "query", "header", "cookie"])?;
        let name = if place == "query" && odd(u)? { "" } else { NAMES[i] };
        parameters.push(json!({
            "name": name,
            "in": place,
            "required": u.arbitrary::<bool>()?,
            "explode": u.arbitrary::<bool>()?,
            "schema": if odd(u)? { wild(u, 2)? } else { fitting::parameter(u)? },
        }));
    }
    let mut responses = Map::new();
    for _ in 0..u.int_in_range(1..=2)? {
        let response = json!({"description": "x", "content": content(u, count, false)?});
        let status = if odd(u)? { u.choose(&STATUSES)? } else { u.choose(&STATUSES[..6])? };
        responses.insert((*status).to_owned(), response);
    }
    let mut operation = json!({
        "operationId": if odd(u)? { (*u.choose(&["get0", "Get0", "type", "1"])?).to_owned() } else { id.to_owned() },
        "tags": [u.choose(&["Things", "self", "other things", "type"])?],
        "x-internal": u.choose(&[&["meshery"][..], &["cloud"], &["cloud", "meshery"]])?,
        "x-construct": "v1.thing",
        "parameters": parameters,
        "responses": responses,
    });
    if u.ratio(1, 8)? {
        operation["security"] = json!([]);
    }
    if u.arbitrary()? {
        operation["requestBody"] = json!({"required": u.arbitrary::<bool>()?, "content": content(u, count, true)?});
    }
    Ok(operation)
}

fn content(u: &mut Unstructured<'_>, count: usize, taken: bool) -> Result<Value> {
    let mut content = Map::new();
    for _ in 0..u.int_in_range(usize::from(taken)..=2)? {
        let media = if odd(u)? { &MEDIA[..] } else { &MEDIA[..7] };
        let media_type = *u.choose(media)?;
        let schema = match media_type {
            _ if odd(u)? => wild(u, 3)?,
            "application/json" => schema(u, 3, count)?,
            "multipart/form-data" | "application/x-www-form-urlencoded" if taken => fitting::form(u, media_type)?,
            "text/event-stream" if taken => continue,
            "text/event-stream" => schema(u, 2, count)?,
            "application/octet-stream" => json!({"type": "string", "format": "binary"}),
            "text/plain" | "application/yaml" => json!({"type": "string"}),
            _ => continue,
        };
        content.insert(media_type.to_owned(), json!({"schema": schema}));
    }
    if taken && content.is_empty() {
        content.insert("application/json".to_owned(), json!({"schema": schema(u, 2, count)?}));
    }
    Ok(Value::Object(content))
}

/// A schema: one that fits, as a rule.
fn schema(u: &mut Unstructured<'_>, depth: usize, count: usize) -> Result<Value> {
    if odd(u)? { wild(u, depth) } else { fitting::schema(u, depth, count) }
}

/// A schema whose keywords need not fit each other.
fn wild(u: &mut Unstructured<'_>, depth: usize) -> Result<Value> {
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
            properties.insert((*u.choose(&NAMES)?).to_owned(), wild(u, depth - 1)?);
        }
        schema.insert("properties".to_owned(), Value::Object(properties));
        schema.insert("required".to_owned(), json!([u.choose(&NAMES)?]));
    }
    if u.ratio(1, 3)? {
        schema.insert("items".to_owned(), wild(u, depth - 1)?);
    }
    if u.ratio(1, 4)? {
        let extra = if u.arbitrary()? { json!(false) } else { wild(u, depth - 1)? };
        schema.insert("additionalProperties".to_owned(), extra);
    }
    if u.ratio(1, 4)? {
        schema.insert("enum".to_owned(), json!([u.choose(&NAMES)?, u.choose(&NAMES)?, value(u)?]));
    }
    if u.ratio(1, 3)? {
        let word = *u.choose(&["allOf", "oneOf", "anyOf"])?;
        let of = [wild(u, depth - 1)?, wild(u, depth - 1)?];
        schema.insert(word.to_owned(), json!(of));
        if u.ratio(1, 4)? {
            schema.insert("discriminator".to_owned(), json!({"propertyName": u.choose(&NAMES)?}));
        }
    }
    if u.ratio(1, 8)? {
        schema.insert("not".to_owned(), wild(u, depth - 1)?);
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
