//! From a request to a response: which of those that the contract documents, and what is in it.

use super::draw::Draw;
use super::random::Random;
use super::{Mock, console, page, schema};
use crate::document::print_yaml;
use crate::request::Accept;
use crate::{AnyContent, AnyRequest, AnyResponse, ByteStream, EventStream, Failure};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::Value;
use std::collections::BTreeMap;

/// A request, and the operation that it is for.
pub(super) struct Asked<'a> {
    pub(super) key: &'a str,
    pub(super) operation: &'a Value,
    pub(super) parts: &'a Parts,
    pub(super) body: &'a [u8],
}

/// The bytes of a request body: of all parts, one after the other, where it has parts.
pub(super) async fn body(request: AnyRequest) -> Result<Bytes, Failure> {
    match request.body.map(|body| body.content) {
        None => Ok(Bytes::new()),
        Some(AnyContent::Bytes(bytes)) => Ok(bytes.collect().await?),
        Some(AnyContent::Parts(parts)) => {
            let mut all = BytesMut::new();
            for (name, part) in parts {
                all.extend_from_slice(name.as_bytes());
                all.extend_from_slice(&part.bytes().await?);
            }
            Ok(all.freeze())
        }
    }
}

pub(super) fn answer(mock: &Mock, asked: &Asked<'_>) -> AnyResponse {
    let Some((status, response)) = response(asked) else { return AnyResponse::new(StatusCode::OK) };
    if status == StatusCode::SWITCHING_PROTOCOLS {
        return AnyResponse::upgrade(console::echo());
    }
    let header = |name| asked.parts.headers.get(name).map_or(&b""[..], HeaderValue::as_bytes);
    let target = asked.parts.uri.to_string();
    let all = [asked.key.as_bytes(), target.as_bytes(), header("accept"), header("prefer"), asked.body];
    let mut draw = Draw::new(&mock.schemas, &mock.patterns, Random::new(mock.seed, &all));
    let headers = headers(&mut draw, response);
    content(mock, asked, &mut draw, status, response).headers(headers)
}

/// The response: the one that the caller prefers, else the least success.
fn response<'a>(asked: &Asked<'a>) -> Option<(StatusCode, &'a Value)> {
    let responses = asked.operation["responses"].as_object()?;
    let prefer = asked.parts.headers.get("prefer").and_then(|value| value.to_str().ok());
    let code = prefer.into_iter().flat_map(|text| text.split([',', ';'])).find_map(|preference| {
        let code = preference.trim().strip_prefix("code=")?.trim_matches('"');
        Some((StatusCode::from_bytes(code.as_bytes()).ok()?, responses.get(code)?))
    });
    let mut documented: Vec<(StatusCode, &Value)> = responses
        .iter()
        .filter_map(|(status, response)| Some((StatusCode::from_bytes(status.as_bytes()).ok()?, response)))
        .collect();
    documented.sort_by_key(|(status, _)| (status.is_client_error() || status.is_server_error(), *status));
    code.or_else(|| documented.first().copied())
}

fn headers(draw: &mut Draw<'_>, response: &Value) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let mut documented: Vec<_> = response["headers"].as_object().into_iter().flatten().collect();
    documented.sort_by_key(|(name, _)| *name);
    for (name, header) in documented {
        let text = match draw.value(&header["schema"], name) {
            Value::String(text) => text,
            other => other.to_string(),
        };
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(&text))
        {
            headers.insert(name, value);
        }
    }
    headers
}

fn content(
    mock: &Mock,
    asked: &Asked<'_>,
    draw: &mut Draw<'_>,
    status: StatusCode,
    response: &Value,
) -> AnyResponse {
    let accept = Accept::of(&asked.parts.headers);
    let content = response["content"].as_object();
    let mut medias: Vec<_> = content.into_iter().flatten().collect();
    medias.sort_by_key(|(media_type, _)| (!media_type.contains("json"), *media_type));
    let media = medias.iter().find(|(media_type, _)| accept.allows(media_type)).or_else(|| medias.first());
    let Some((media_type, media)) = media else { return AnyResponse::new(status) };
    let schema = media.get("schema").cloned().unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default();
    match essence {
        "text/event-stream" => {
            let events: Vec<Value> = (0..3).map(|_| draw.value(&schema, "event")).collect();
            let events = futures_util::stream::iter(events).chain(futures_util::stream::pending());
            AnyResponse::events(status, EventStream::new(events))
        }
        "text/plain" if !status.is_success() => {
            AnyResponse::error(status, status.canonical_reason().unwrap_or("error"))
        }
        _ if essence.ends_with("json") => {
            let drawn = document(mock, asked, draw, &schema);
            AnyResponse::new(status).body(media_type, drawn.to_string())
        }
        _ if essence.ends_with("yaml") => {
            let drawn = document(mock, asked, draw, &schema);
            AnyResponse::new(status).body(media_type, print_yaml(&drawn))
        }
        _ if essence.starts_with("text/") => match draw.value(&schema, "message") {
            Value::String(text) => AnyResponse::new(status).body(media_type, text),
            other => AnyResponse::new(status).body(media_type, other.to_string()),
        },
        _ => AnyResponse::new(status).body(media_type, bytes(draw, essence)),
    }
}

/// A JSON document: a page where its schema is one, else with what the request says in it.
fn document(mock: &Mock, asked: &Asked<'_>, draw: &mut Draw<'_>, schema: &Value) -> Value {
    let schema = draw.flat(schema);
    let mut drawn = draw.value(&schema, "");
    let query = query(asked.parts.uri.query().unwrap_or_default());
    let at = |place: &str| Random::new(mock.seed, &[asked.key.as_bytes(), place.as_bytes()]);
    page::turn(draw, &schema, &mut drawn, &query, at);
    echo(draw, asked, &schema, &mut drawn);
    drawn
}

/// The parameters of a query, by their names without case and underscores.
fn query(text: &str) -> BTreeMap<String, String> {
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (page::words(name), value.to_owned())).collect()
}

/// What was asked for by id has that id, and what was sent comes back, where the schema asks for
/// nothing more than its type.
fn echo(draw: &Draw<'_>, asked: &Asked<'_>, schema: &Value, drawn: &mut Value) {
    let (Some(properties), Some(members)) = (schema["properties"].as_object(), drawn.as_object_mut()) else {
        return;
    };
    let sent: Value = serde_json::from_slice(asked.body).unwrap_or_default();
    for (name, value) in members.iter_mut() {
        let Some(property) = properties.get(name).map(|property| draw.flat(property)) else { continue };
        if let Some(sent) = sent.get(name).filter(|sent| fits(&property, sent)) {
            *value = sent.clone();
        }
    }
    let last = asked.parts.uri.path().rsplit('/').next().unwrap_or_default();
    let by_id = asked.key.ends_with('}') && is_uuid(last);
    if let Some(id) = members.get_mut("id").filter(|id| by_id && id.as_str().is_some_and(is_uuid)) {
        *id = last.to_lowercase().into();
    }
}

fn fits(property: &Value, sent: &Value) -> bool {
    let free = |words: &[&str]| words.iter().all(|word| property.get(*word).is_none());
    match (schema::kind(property), sent) {
        ("string", Value::String(text)) => {
            let length = text.chars().count();
            free(&["enum", "pattern", "format"])
                && length >= schema::count(property, "minLength").unwrap_or(0)
                && schema::count(property, "maxLength").is_none_or(|most| length <= most)
        }
        ("boolean", Value::Bool(_)) => free(&["enum"]),
        ("integer", Value::Number(number)) => {
            number.is_i64() && free(&["enum", "minimum", "maximum", "multipleOf", "format"])
        }
        _ => false,
    }
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(i, b)| match i {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

/// Some bytes, in chunks.
fn bytes(draw: &mut Draw<'_>, media_type: &str) -> ByteStream {
    if media_type == "application/wasm" {
        // The smallest module there is: magic and version.
        return ByteStream::from(b"\0asm\x01\0\0\0".to_vec());
    }
    let mut chunk = || (0..32).flat_map(|_| draw.random.next().to_le_bytes()).collect::<Vec<u8>>();
    let chunks: Vec<std::io::Result<Bytes>> = (0..4).map(|_| Ok(chunk().into())).collect();
    ByteStream::new(futures_util::stream::iter(chunks))
}
