//! What is sent and answered, drawn from the contract.

use meshery_generator::ir::{Media, Operation, Param, Part, PartKind, Payload, Rules, Ty, Use};
use meshery_generator::sample::{Carrier, Sampler, Style};
use serde_json::{Map, Value, json};

/// The arguments of a call, by the part of the request that carries them and their wire names.
///
/// Bytes are a text with a character below U+0100 for each byte; a file is an object with `name`,
/// `media_type` and `bytes`; events are an array.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arguments {
    /// Path parameters.
    pub path: Map<String, Value>,
    /// Query parameters that are there.
    pub query: Map<String, Value>,
    /// Header parameters that are there.
    pub headers: Map<String, Value>,
    /// Cookie parameters that are there.
    pub cookies: Map<String, Value>,
    /// The body, with its media type.
    pub body: Option<(String, Value)>,
}

impl Arguments {
    /// The parameters, by where they go.
    #[must_use]
    pub fn parameters(&self) -> [(&'static str, &Map<String, Value>); 4] {
        [("path", &self.path), ("query", &self.query), ("header", &self.headers), ("cookie", &self.cookies)]
    }
}

/// A documented response.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The media type; none if there is no body.
    pub media_type: Option<String>,
    /// The body, as in [`Arguments`]; `null` if there is none.
    pub body: Value,
    /// Headers that are there.
    pub headers: Map<String, Value>,
}

/// Arguments for an operation with a body of the given media type.
///
/// # Panics
/// If no value satisfies a schema.
pub fn arguments(
    sampler: &mut Sampler<'_>,
    op: &Operation,
    media: Option<&Media>,
    style: Style,
) -> Arguments {
    let mut list = |params: &[Param], carrier: Carrier| -> Map<String, Value> {
        let draw = |param: &Param| {
            let drawn = sampler.argument(param, carrier, style);
            let value = drawn.unwrap_or_else(|_| panic!("{}: no value for {}", op.id, param.wire));
            value.map(|value| (param.wire.clone(), value))
        };
        params.iter().filter_map(draw).collect()
    };
    let path = list(&op.path_params, Carrier::Path);
    let query = list(&op.query_params, Carrier::Query);
    let headers = list(&op.header_params, Carrier::Header);
    let cookies = list(&op.cookie_params, Carrier::Header);
    let wanted = op.body.as_ref().is_some_and(|body| body.required) || style != Style::Minimal;
    let body = media.filter(|_| wanted).map(|media| {
        let value = payload(sampler, &media.payload, style);
        let value = value.unwrap_or_else(|| panic!("{}: no value for its {}", op.id, media.media_type));
        (media.media_type.clone(), value)
    });
    Arguments { path, query, headers, cookies, body }
}

/// Every response of an operation: each status with each of its media types.
///
/// # Panics
/// If no value satisfies a schema.
pub fn answers(sampler: &mut Sampler<'_>, op: &Operation, style: Style) -> Vec<Answer> {
    let mut all = Vec::new();
    for response in &op.responses {
        let mut headers = Map::new();
        for header in &response.headers {
            let drawn = sampler.argument(header, Carrier::Header, style);
            let value = drawn.unwrap_or_else(|_| panic!("{}: no value for {}", op.id, header.wire));
            headers.extend(value.map(|value| (header.wire.clone(), value)));
        }
        let bare = Answer { status: response.status.example(), headers, ..Answer::default() };
        if response.content.is_empty() {
            all.push(bare.clone());
        }
        for media in &response.content {
            let body = payload(sampler, &media.payload, style);
            let body = body.unwrap_or_else(|| panic!("{}: no value for {}", op.id, response.status));
            all.push(Answer { media_type: Some(media.media_type.clone()), body, ..bare.clone() });
        }
    }
    all
}

fn payload(sampler: &mut Sampler<'_>, payload: &Payload, style: Style) -> Option<Value> {
    Some(match payload {
        Payload::Json(used) | Payload::Text(used) => sampler.valid(used, style).ok()?,
        Payload::Bytes => bytes(sampler, style)?,
        Payload::EventStream(used) => {
            let count = if style == Style::Minimal { 1 } else { 3 };
            (0..count).map(|_| sampler.valid(used, style).ok()).collect::<Option<Value>>()?
        }
        Payload::Form(params) => {
            let mut pairs = Map::new();
            for param in params {
                let value = sampler.argument(param, Carrier::Query, style).ok()?;
                pairs.extend(value.map(|value| (param.wire.clone(), value)));
            }
            Value::Object(pairs)
        }
        Payload::Multipart(parts) => {
            let mut all = Map::new();
            for part in parts.iter().filter(|p| p.field.required || style != Style::Minimal) {
                all.insert(part.field.wire.clone(), self::part(sampler, part, style)?);
            }
            Value::Object(all)
        }
    })
}

/// A part. A list has an element at least: without one, there is no part.
pub(crate) fn part(sampler: &mut Sampler<'_>, part: &Part, style: Style) -> Option<Value> {
    let mut used = sampler.api().resolve(&part.field.value);
    let least = used.rules.min_items.unwrap_or(0).max(1);
    match (part.kind, &used.ty) {
        (PartKind::File, Ty::Array(items)) => {
            let (rules, most) = (sampler.api().resolve(items).rules, used.rules.max_items.unwrap_or(2));
            let names = (0..least.max(most.min(2))).map(|i| format!("{i} \"quoted\".tar.gz"));
            names.map(|name| file(sampler, &rules, &name, style)).collect()
        }
        (PartKind::File, _) => file(sampler, &used.rules, "one.tar.gz", style),
        (PartKind::Text | PartKind::Json, ty) => {
            if matches!(ty, Ty::Array(_)) {
                used.rules.min_items = Some(least);
            }
            sampler.valid(&used, style).ok()
        }
    }
}

/// A file whose bytes are as many as they may be.
fn file(sampler: &mut Sampler<'_>, rules: &Rules, name: &str, style: Style) -> Option<Value> {
    let drawn = bytes(sampler, style)?;
    let drawn = drawn.as_str()?;
    let count = drawn.chars().count() as u64;
    let count = count.min(rules.max_length.unwrap_or(u64::MAX)).max(rules.min_length.unwrap_or(0));
    let bytes: String =
        drawn.chars().chain(std::iter::repeat('x')).take(usize::try_from(count).ok()?).collect();
    Some(json!({ "name": name, "media_type": "application/gzip", "bytes": bytes }))
}

/// Some bytes that are not text.
fn bytes(sampler: &mut Sampler<'_>, style: Style) -> Option<Value> {
    let used = Use { ty: Ty::Base64, ..Use::default() };
    let text = sampler.valid(&used, style).ok()?;
    Some(Value::String(format!("\u{0}\u{ff}{}", text.as_str()?)))
}

/// The bytes that a text of [`Arguments`] stands for.
#[must_use]
pub fn as_bytes(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect()
}

/// The text that stands for bytes in [`Arguments`].
#[must_use]
pub fn as_text(bytes: &[u8]) -> String {
    bytes.iter().map(|b| char::from(*b)).collect()
}
