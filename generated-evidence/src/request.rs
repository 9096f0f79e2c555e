//! Requests written by hand from the contract: the same arguments that the typed client sends.

use crate::draw::{Arguments, as_bytes};
use crate::raw::Request;
use meshery_generator::ir::{Media, Operation, Param, Part, PartKind, Payload, Segment};
use meshery_generator::sample::texts;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

/// The boundary of multipart bodies.
const BOUNDARY: &str = "evidence-boundary";

/// The request of a call.
#[must_use]
pub fn request(op: &Operation, arguments: &Arguments) -> Request {
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let mut target = String::new();
    for segment in &op.segments {
        target.push('/');
        for piece in segment.pieces() {
            match piece {
                Segment::Literal(text) => target.push_str(text),
                Segment::Param(name) => {
                    let value = arguments.path.get(name).unwrap_or(&Value::Null);
                    target.push_str(&encoded(&texts(value).join(",")));
                }
                Segment::Mixed(_) => {}
            }
        }
    }
    let pairs = pairs(&op.query_params, &arguments.query);
    for (i, (name, text)) in pairs.iter().enumerate() {
        target.push(if i == 0 { '?' } else { '&' });
        target.push_str(&format!("{}={}", encoded(name), encoded(text)));
    }
    let mut headers = Vec::new();
    for (name, value) in &arguments.headers {
        headers.push((name.clone(), texts(value).join(",")));
    }
    let cookies: Vec<String> =
        arguments.cookies.iter().map(|(name, value)| format!("{name}={}", texts(value).join(","))).collect();
    if !cookies.is_empty() {
        headers.push(("cookie".to_owned(), cookies.join("; ")));
    }
    if op.is_websocket() {
        let handshake = [
            ("connection", "Upgrade"),
            ("upgrade", "websocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ];
        headers.extend(handshake.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
    let body = arguments.body.as_ref().and_then(|(media_type, value)| {
        let content = &op.body.as_ref()?.content;
        body(content.iter().find(|media| media.media_type == *media_type)?, value)
    });
    Request { method: op.method.as_str(), target, headers, body }
}

/// The name and text of each pair that parameters are sent as.
fn pairs(params: &[Param], values: &Map<String, Value>) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for param in params {
        let Some(value) = values.get(&param.wire) else { continue };
        let texts = texts(value);
        if param.explode || !value.is_array() {
            pairs.extend(texts.into_iter().map(|text| (param.wire.clone(), text)));
        } else {
            pairs.push((param.wire.clone(), texts.join(",")));
        }
    }
    pairs
}

/// A body as it is sent.
#[must_use]
pub fn body(media: &Media, value: &Value) -> Option<(String, Vec<u8>)> {
    let media_type = media.media_type.clone();
    Some(match &media.payload {
        Payload::Json(_) => (media_type, value.to_string().into_bytes()),
        Payload::Text(_) => (media_type, texts(value).concat().into_bytes()),
        Payload::Bytes => (media_type, as_bytes(value.as_str()?)),
        Payload::Form(params) => {
            let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
            let pairs = pairs(params, value.as_object()?);
            let pairs = pairs.iter().map(|(name, text)| format!("{}={}", encoded(name), encoded(text)));
            (media_type, pairs.collect::<Vec<_>>().join("&").into_bytes())
        }
        Payload::Multipart(parts) => {
            (format!("{media_type}; boundary={BOUNDARY}"), multipart(parts, value.as_object()?))
        }
        Payload::EventStream(_) => return None,
    })
}

fn multipart(parts: &[Part], values: &Map<String, Value>) -> Vec<u8> {
    let mut out = Vec::new();
    let json = |name: &str| parts.iter().any(|p| p.field.wire == name && p.kind == PartKind::Json);
    for (name, value) in values {
        let all: Vec<&Value> = match value {
            Value::Array(list) if !json(name) => list.iter().collect(),
            _ => vec![value],
        };
        for value in all {
            let head = format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"");
            out.extend_from_slice(head.as_bytes());
            let content = match file(value) {
                Some((file_name, media_type, bytes)) => {
                    let file_name = file_name.replace('"', "%22");
                    let more = format!("; filename=\"{file_name}\"\r\ncontent-type: {media_type}\r\n\r\n");
                    out.extend_from_slice(more.as_bytes());
                    bytes
                }
                None => {
                    out.extend_from_slice(b"\r\n\r\n");
                    if json(name) {
                        value.to_string().into_bytes()
                    } else {
                        texts(value).concat().into_bytes()
                    }
                }
            };
            out.extend_from_slice(&content);
            out.extend_from_slice(b"\r\n");
        }
    }
    out.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    out
}

/// Name, media type and content of a value that is a file.
fn file(value: &Value) -> Option<(&str, &str, Vec<u8>)> {
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    Some((text("name")?, text("media_type")?, as_bytes(text("bytes")?)))
}
