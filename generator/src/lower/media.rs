//! Media types: bodies of requests and responses.

use super::Lowering;
use super::schema::{Node, nothing};
use super::slot::Slot;
use crate::diagnostic::Code;
use crate::ir::{Field, Kind, Media, Param, Part, PartKind, Payload, Struct, Ty, TypeId, Use};
use crate::words::pascal;
use std::sync::LazyLock;

static NOTHING: LazyLock<serde_json::Value> = LazyLock::new(nothing);

/// How a media type is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Json,
    Text,
    Bytes,
    Multipart,
    Pairs,
    Events,
    /// Not known: the schema decides.
    Unknown,
}

impl<'a> Lowering<'a> {
    /// The media types of `content`, JSON first. `slot` is where inline schemas become types.
    pub(super) fn content(&mut self, content: &Node<'a>, slot: &Slot) -> Vec<Media> {
        let mut entries: Vec<_> =
            content.members().into_iter().map(|(text, node)| (essence(text), node)).collect();
        entries.sort_by_key(|(media_type, _)| (form(media_type) != Form::Json, media_type.clone()));
        let several = entries.len() > 1;
        let mut media: Vec<Media> = Vec::new();
        for (media_type, node) in entries {
            if media.iter().any(|other| other.media_type == media_type) {
                self.error(Code::UnsupportedMedia, &node.at, format!("`{media_type}` is there twice"));
                continue;
            }
            let slot =
                if several && !media.is_empty() { slot.suffixed(&name(&media_type)) } else { slot.clone() };
            if let Some((payload, described_by)) = self.payload(&media_type, &node, &slot) {
                let name = name(&media_type);
                media.push(Media { media_type, name, payload, described_by });
            }
        }
        tell_apart(&mut media);
        media
    }

    fn payload(
        &mut self,
        media_type: &str,
        node: &Node<'a>,
        slot: &Slot,
    ) -> Option<(Payload, Option<TypeId>)> {
        let schema = node.get("schema");
        if media_type.contains('*') || !media_type.contains('/') {
            self.no_media(&node.at, format!("`{media_type}` is not one media type"));
            return None;
        }
        let known = form(media_type);
        if matches!(known, Form::Multipart | Form::Pairs) {
            return self.parts(known, node, slot);
        }
        let schema_or = schema.clone().unwrap_or_else(|| node.child("schema", &NOTHING));
        let binary = self.is_binary(&schema_or);
        let mut used = if binary { Use::default() } else { self.value(&[schema_or], slot).used };
        let payload = match known {
            _ if binary => Payload::Bytes,
            Form::Json => Payload::Json(used),
            Form::Bytes => Payload::Bytes,
            Form::Events => {
                if schema.is_none() {
                    used.ty = Ty::String;
                }
                Payload::EventStream(used)
            }
            Form::Text | Form::Unknown => {
                if schema.is_none() && known == Form::Text {
                    used.ty = Ty::String;
                }
                if !self.is_text(&used, false) {
                    let message =
                        format!("`{media_type}` needs a schema that is a scalar, or a string of bytes");
                    self.no_media(&node.at, message);
                    return None;
                }
                Payload::Text(used)
            }
            Form::Multipart | Form::Pairs => return None,
        };
        Some((payload, None))
    }

    /// Whether a schema says `format: binary`.
    fn is_binary(&mut self, schema: &Node<'a>) -> bool {
        let flat = self.flatten(std::slice::from_ref(schema));
        flat.format.is_some_and(|(format, _)| format == "binary")
    }

    /// The parts of a multipart form or the pairs of a URL-encoded one: members of an object.
    fn parts(&mut self, form: Form, node: &Node<'a>, slot: &Slot) -> Option<(Payload, Option<TypeId>)> {
        let schema = node.get("schema").unwrap_or_else(|| node.child("schema", &NOTHING));
        let used = self.value(std::slice::from_ref(&schema), slot).used;
        let Some((id, fields)) = self.members_of(&used) else {
            self.no_media(&schema.at, "a form needs a schema that is an object with members".to_owned());
            return None;
        };
        let payload = if form == Form::Multipart {
            let kinds: Vec<_> = fields.iter().map(|field| self.part_kind(&schema, field)).collect();
            let parts = fields.into_iter().zip(kinds).map(|(field, kind)| Part { field, kind });
            Payload::Multipart(parts.collect())
        } else {
            let pairs: Vec<_> = fields.into_iter().map(pair).collect();
            if let Some(pair) = pairs.iter().find(|pair| !self.is_text(&pair.value, true)) {
                self.no_media(
                    &schema.at,
                    format!("`{}` is neither a scalar nor a list of scalars", pair.wire),
                );
            }
            Payload::Form(pairs)
        };
        Some((payload, Some(id)))
    }

    fn members_of(&self, used: &Use) -> Option<(TypeId, Vec<Field>)> {
        let Ty::Named(id) = &used.ty else { return None };
        match &self.types.get(id)?.kind {
            Kind::Struct(Struct { fields, .. }) => Some((id.clone(), fields.clone())),
            Kind::Alias(target) => self.members_of(target),
            _ => None,
        }
    }

    fn part_kind(&mut self, schema: &Node<'a>, field: &Field) -> PartKind {
        let flat = self.flatten(std::slice::from_ref(schema));
        let nodes = flat.members.get(field.wire.as_str()).cloned().unwrap_or_default();
        let member = self.flatten(&nodes);
        let format = member.format.map(|(format, _)| format);
        match format {
            Some("binary" | "byte") => PartKind::File,
            _ if self.is_text(&field.value, false) => PartKind::Text,
            _ => PartKind::Json,
        }
    }

    fn no_media(&mut self, at: &str, message: String) {
        self.error(Code::UnsupportedMedia, at, message);
    }
}

fn pair(field: Field) -> Param {
    Param {
        wire: field.wire,
        name: field.name,
        required: field.required,
        value: field.value,
        explode: true,
        default: field.default,
        deprecated: field.deprecated,
        docs: field.docs,
    }
}

/// A media type without its parameters, in lower case.
fn essence(text: &str) -> String {
    text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn form(media_type: &str) -> Form {
    let (top, sub) = media_type.split_once('/').unwrap_or((media_type, ""));
    match (top, sub) {
        (_, "json") => Form::Json,
        (_, sub) if sub.ends_with("+json") => Form::Json,
        ("text", "event-stream") => Form::Events,
        ("multipart", "form-data") => Form::Multipart,
        ("application", "x-www-form-urlencoded") => Form::Pairs,
        ("text", _) | (_, "yaml" | "x-yaml") => Form::Text,
        (_, sub) if sub.ends_with("+yaml") => Form::Text,
        ("image" | "audio" | "video" | "font", _) => Form::Bytes,
        ("application", "octet-stream" | "wasm" | "zip" | "gzip" | "x-gzip" | "x-tar" | "pdf") => Form::Bytes,
        _ => Form::Unknown,
    }
}

/// The name of a media type's variant.
fn name(media_type: &str) -> String {
    let sub = media_type.split_once('/').map_or(media_type, |(_, sub)| sub);
    match sub {
        "plain" => "Text".to_owned(),
        "octet-stream" => "Bytes".to_owned(),
        "form-data" => "Multipart".to_owned(),
        "x-www-form-urlencoded" => "Form".to_owned(),
        other => pascal(other.trim_start_matches("x-")),
    }
}

/// Names that several media types have are completed by the type before the slash.
fn tell_apart(media: &mut [Media]) {
    let names: Vec<_> = media.iter().map(|m| m.name.clone()).collect();
    for one in media {
        if names.iter().filter(|name| **name == one.name).count() > 1 {
            one.name = pascal(&one.media_type);
        }
    }
}
