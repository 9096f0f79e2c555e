//! Request bodies and responses.

use super::Gather;
use crate::contract::resolve::{At, Layers};
use crate::diagnostic::Code;
use crate::media::canonical;
use serde_json::{Map, Value};

impl<'a> Gather<'a> {
    /// The request body of an operation.
    pub(super) fn request_body(&mut self, operation: &Layers<'a>, value: &mut Map<String, Value>) {
        let Some(at) = operation.get("requestBody") else { return };
        let Some(layers) = self.layers(&at) else { return };
        let mut body = Map::new();
        if self.flag(&layers, "required") == Some(true) {
            body.insert("required".to_owned(), Value::Bool(true));
        }
        match layers.get("content").filter(|content| content.members().next().is_some()) {
            Some(content) => {
                let content = self.content(&content);
                body.insert("content".to_owned(), content);
            }
            None => {
                self.report(at.finding(Code::BadSchema, "a request body needs a `content` with a media type"))
            }
        }
        value.insert("requestBody".to_owned(), Value::Object(body));
    }

    /// The responses of an operation, by status.
    pub(super) fn responses(&mut self, operation: &Layers<'a>, value: &mut Map<String, Value>) {
        let Some(at) = operation.get("responses").filter(|r| r.object().is_some_and(|o| !o.is_empty()))
        else {
            let here = &operation.as_slice()[0];
            return self.report(here.finding(Code::BadSchema, "an operation needs at least one response"));
        };
        let mut responses = Map::new();
        for (status, at) in at.members().filter(|(status, _)| !status.starts_with("x-")) {
            let status = self.status(status, &at);
            let Some(description) = reason(&status) else {
                self.report(at.finding(Code::BadSchema, format!("`{status}` is no status of HTTP")));
                continue;
            };
            let Some(layers) = self.layers(&at) else { continue };
            self.left_out(layers.get("links"), "links");
            let mut response = Map::new();
            response.insert("description".to_owned(), description.into());
            let headers = layers.get("headers");
            let headers: Map<String, Value> = headers
                .iter()
                .flat_map(At::members)
                // OpenAPI says to ignore it: the media type says it.
                .filter(|(name, _)| !name.eq_ignore_ascii_case("content-type"))
                .filter_map(|(name, at)| Some((name.to_owned(), self.header(&at)?)))
                .collect();
            if !headers.is_empty() {
                response.insert("headers".to_owned(), Value::Object(headers));
            }
            if let Some(content) = layers.get("content").filter(|c| c.object().is_some_and(|o| !o.is_empty()))
            {
                let content = self.content(&content);
                response.insert("content".to_owned(), content);
            }
            responses.insert(status, Value::Object(response));
        }
        value.insert("responses".to_owned(), Value::Object(responses));
    }

    /// A status as OpenAPI writes it: a class of them in capitals.
    fn status(&mut self, stated: &str, at: &At<'a>) -> String {
        let status = stated.to_ascii_uppercase();
        if status == stated || !status.ends_with("XX") || reason(&status).is_none() {
            return stated.to_owned();
        }
        let message = format!("`{stated}` is written `{status}`, and taken as that");
        self.report(at.finding(Code::OddStatus, message));
        status
    }

    fn header(&mut self, at: &At<'a>) -> Option<Value> {
        let layers = self.layers(at)?;
        let mut header = Map::new();
        self.described(&layers, "simple", &mut header);
        Some(Value::Object(header))
    }

    /// Media types, each with what is in it.
    pub(super) fn content(&mut self, at: &At<'a>) -> Value {
        let mut content = Map::new();
        for (text, at) in at.members() {
            let media_type = canonical(text);
            if content.contains_key(&media_type) {
                let message = format!("`{text}` is there already, as `{media_type}`: this one is left out");
                let single = self.sources.single.is_some();
                let code = if single { Code::LeftOut } else { Code::UnsupportedMedia };
                self.report(at.finding(code, message));
                continue;
            }
            let mut media = Map::new();
            if let Some(schema) = at.get("schema") {
                let schema = self.schema(&schema);
                media.insert("schema".to_owned(), schema);
            }
            let encoding = at.get("encoding");
            let encoding: Map<String, Value> = encoding
                .iter()
                .flat_map(At::members)
                .map(|(name, at)| {
                    self.left_out(at.get("headers"), "headers");
                    (name.to_owned(), encoding_facts(&at))
                })
                .collect();
            if !encoding.is_empty() {
                media.insert("encoding".to_owned(), Value::Object(encoding));
            }
            content.insert(media_type, Value::Object(media));
        }
        Value::Object(content)
    }

    fn layers(&mut self, at: &At<'a>) -> Option<Layers<'a>> {
        match Layers::of(self.documents, at) {
            Ok(layers) if layers.end().object().is_some() => return Some(layers),
            Ok(_) => self.report(at.finding(Code::BadSchema, "expected an object")),
            Err(finding) => self.report(finding),
        }
        None
    }
}

fn encoding_facts(at: &At<'_>) -> Value {
    let facts = ["contentType", "style", "explode", "allowReserved"];
    let stated = facts.iter().filter_map(|fact| Some(((*fact).to_owned(), at.get(fact)?.node.clone())));
    Value::Object(stated.collect())
}

/// The reason phrase of a status, a class of statuses or `default`.
pub(crate) fn reason(status: &str) -> Option<String> {
    let class = match status {
        "default" => "Any other status",
        "1XX" => "Informational",
        "2XX" => "Successful",
        "3XX" => "Redirection",
        "4XX" => "Client error",
        "5XX" => "Server error",
        _ => {
            let known = http::StatusCode::from_bytes(status.as_bytes()).ok()?;
            return Some(known.canonical_reason().map_or_else(|| format!("Status {status}"), str::to_owned));
        }
    };
    Some(class.to_owned())
}
