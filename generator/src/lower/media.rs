//! Media types: bodies of requests and responses.

use super::flat::Flat;
use super::schema::{Node, nothing};
use super::slot::Slot;
use super::{Lowering, Whose};
use crate::diagnostic::{Code, Diagnostic, Place, one_line};
use crate::ir::{Media, Payload, Ty, TypeId, Use};
use crate::media::{canonical, distinction, essence, foreign_charset, is_media_type, params};
use crate::words::pascal;
use std::collections::BTreeSet;
use std::sync::LazyLock;

mod forms;
mod names;

use names::{name, tell_apart};

static NOTHING: LazyLock<serde_json::Value> = LazyLock::new(nothing);

const URLENCODED: &str = "application/x-www-form-urlencoded";

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

/// Where a body goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// With a request.
    In,
    /// With a response.
    Out,
}

impl<'a> Lowering<'a> {
    /// The media types of `content`, JSON first. `slot` is where inline schemas become types.
    pub(super) fn content(&mut self, content: &Node<'a>, way: Way, slot: &Slot) -> Vec<Media> {
        let mut entries: Vec<_> = content
            .members()
            .into_iter()
            .map(|(text, node)| (self.chosen(canonical(text), &node), essence(text).contains('*'), node))
            .collect();
        // Where a range stands for a media type that is there as well, the exact one is it.
        entries.sort_by_key(|(media_type, range, _)| {
            let count = params(media_type).count();
            (form(media_type) != Form::Json, essence(media_type), count, media_type.clone(), *range)
        });
        let several = entries.len() > 1;
        let essences: Vec<_> = entries.iter().map(|(media_type, ..)| essence(media_type)).collect();
        let shared: BTreeSet<_> =
            essences.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0].clone()).collect();
        let mut media: Vec<Media> = Vec::new();
        for (media_type, _, node) in entries {
            let same = |other: &&Media| essence(&other.media_type) == essence(&media_type);
            let alike = |other: &Media| distinction(&other.media_type) == distinction(&media_type);
            if media.iter().filter(same).any(alike) {
                let (code, what) = match self.whose {
                    Whose::Ours => (Code::UnsupportedMedia, "is there twice"),
                    Whose::Anybodys => (Code::LeftOut, "is there already: this one is left out"),
                };
                self.error(code, &node.at, format!("`{media_type}` {what}"));
                continue;
            }
            // One of several that differ in parameters has them in its name.
            let told =
                if shared.contains(&essence(&media_type)) { distinction(&media_type) } else { String::new() };
            let name = format!("{}{}", name(&essence(&media_type)), pascal(&told));
            let slot = if several && !media.is_empty() { slot.suffixed(&name) } else { slot.clone() };
            if let Some((payload, described_by)) = self.payload(&media_type, &node, way, &slot) {
                let media_type = match payload {
                    // What is in a form needs parameters of each message's own.
                    Payload::Multipart(_) | Payload::Form(_) => essence(&media_type),
                    _ => media_type,
                };
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
        way: Way,
        slot: &Slot,
    ) -> Option<(Payload, Option<TypeId>)> {
        let schema = node.get("schema");
        let anybodys = self.whose == Whose::Anybodys;
        if !self.is_media_type(media_type, &node.at) {
            return None;
        }
        let known = form(media_type);
        if let Some(charset) = foreign_charset(media_type).filter(|_| known != Form::Bytes) {
            let why = format!("is written in `{charset}`, and text here is UTF-8");
            return self.formless(media_type, &node.at, &why, &why);
        }
        if anybodys
            && matches!((known, way), (Form::Multipart | Form::Pairs, Way::Out) | (Form::Events, Way::In))
        {
            return self.opaque(media_type, &node.at, "goes the other way only");
        }
        if matches!(known, Form::Multipart | Form::Pairs) {
            self.without_parameters(media_type, &node.at);
            return self.parts(known, node, slot);
        }
        let schema_or = schema.clone().unwrap_or_else(|| node.child("schema", &NOTHING));
        let binary = self.is_binary(&schema_or);
        if binary && way == Way::In {
            let flat = self.flatten(std::slice::from_ref(&schema_or));
            self.unchecked(&flat, false);
        }
        let mut used = if binary { Use::default() } else { self.value(&[schema_or], slot).used };
        self.nesting_of(&used, &node.at);
        let payload = match known {
            // Of a body without a schema nothing is known.
            _ if binary || (known == Form::Unknown && schema.is_none()) => Payload::Bytes,
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
                    let why = "has no form here but for a scalar";
                    let needed = "needs a schema that is a scalar, or a string of bytes";
                    return self.formless(media_type, &node.at, why, needed);
                }
                Payload::Text(self.written(used))
            }
            Form::Multipart | Form::Pairs => return None,
        };
        Some((payload, None))
    }

    /// Says that a form has parameters of its own.
    fn without_parameters(&mut self, media_type: &str, at: &str) {
        if distinction(media_type).is_empty() {
            return;
        }
        let message = format!("the parameters of `{media_type}` are left out: a form has its own");
        match self.whose {
            Whose::Ours => self.no_media(at, message),
            Whose::Anybodys => self.error(Code::LeftOut, at, message),
        }
    }

    /// Says so where it is none; of a document of others, ranges are some.
    fn is_media_type(&mut self, media_type: &str, at: &str) -> bool {
        let anybodys = self.whose == Whose::Anybodys;
        if !is_media_type(media_type) {
            let message = format!(
                "`{}` is no media type: expected tokens of HTTP as in `type/subtype; name=value`, where a \
                 value may be in quotes",
                one_line(media_type)
            );
            match anybodys {
                true => self.error(Code::LeftOut, at, format!("{message}; it is left out")),
                false => self.no_media(at, message),
            }
            return false;
        }
        let one = anybodys || !essence(media_type).contains('*');
        if !one {
            self.no_media(at, format!("`{media_type}` is not one media type"));
        }
        one
    }

    /// A body without a form here: of a document of others it is carried as it is. `why` is told of that,
    /// and what is `needed` where it is an error.
    fn formless(
        &mut self,
        media_type: &str,
        at: &str,
        why: &str,
        needed: &str,
    ) -> Option<(Payload, Option<TypeId>)> {
        if self.whose == Whose::Anybodys {
            return self.opaque(media_type, at, why);
        }
        self.no_media(at, format!("`{media_type}` {needed}"));
        None
    }

    /// A body that is carried as it is, whatever its schema.
    fn opaque(&mut self, media_type: &str, at: &str, why: &str) -> Option<(Payload, Option<TypeId>)> {
        let message = format!("`{media_type}` {why}: the body is carried as bytes, and not checked");
        self.error(Code::OpaqueMedia, at, message);
        Some((Payload::Bytes, None))
    }

    /// The media type that stands for one that is a range: JSON or text where that can be.
    fn chosen(&mut self, media_type: String, node: &Node<'a>) -> String {
        let range = essence(&media_type);
        if self.whose == Whose::Ours || !range.contains('*') {
            return media_type;
        }
        let binary = node.get("schema").is_none_or(|schema| self.is_binary(&schema));
        let chosen = match range.as_str() {
            "*/*" | "application/*" | "*" if !binary => "application/json",
            range if range.ends_with("+json") && !binary => "application/json",
            "text/*" if !binary => "text/plain",
            "*" => "*/*",
            _ => return media_type,
        };
        let message = format!("of `{media_type}`, only `{chosen}` is written and read");
        self.error(Code::OpaqueMedia, &node.at, message);
        chosen.to_owned()
    }

    /// Whether a schema says `format: binary`.
    fn is_binary(&mut self, schema: &Node<'a>) -> bool {
        let flat = self.flatten(std::slice::from_ref(schema));
        flat.format.is_some_and(|(format, _)| format == "binary")
    }

    /// Says that nothing checks what a schema asks of bytes; of files, the length is.
    fn unchecked(&mut self, flat: &Flat<'a>, file: bool) {
        let mut rules = flat.rules.clone();
        if file {
            (rules.min_length, rules.max_length) = (None, None);
        }
        if rules.is_empty() && flat.values.is_none() && flat.alternatives.is_empty() {
            return;
        }
        let message = if file {
            "of files, only `minLength` and `maxLength` are checked"
        } else {
            "nothing that is asked of a body of bytes is checked"
        };
        match self.whose {
            Whose::Ours => self.unsupported(&flat.at, message),
            Whose::Anybodys => self.error(Code::LeftOut, &flat.at, message),
        }
    }

    fn no_media(&mut self, at: &str, message: String) {
        let finding = Diagnostic::new(Code::UnsupportedMedia, Place::new("", at), message);
        self.found.push(match self.whose {
            Whose::Ours => finding.help("an action in schemas/overlay.yml can say it differently"),
            Whose::Anybodys => finding,
        });
    }
}

/// The form of a media type, whatever its parameters.
fn form(media_type: &str) -> Form {
    let media_type = essence(media_type);
    let media_type = media_type.as_str();
    let (top, sub) = media_type.split_once('/').unwrap_or((media_type, ""));
    match (top, sub) {
        (_, "json") => Form::Json,
        (_, sub) if sub.ends_with("+json") => Form::Json,
        ("text", "event-stream") => Form::Events,
        ("multipart", "form-data") => Form::Multipart,
        _ if media_type == URLENCODED => Form::Pairs,
        ("text", _) | (_, "yaml" | "x-yaml") => Form::Text,
        (_, sub) if sub.ends_with("+yaml") => Form::Text,
        ("image" | "audio" | "video" | "font", _) => Form::Bytes,
        ("application", "octet-stream" | "wasm" | "zip" | "gzip" | "x-gzip" | "x-tar" | "pdf") => Form::Bytes,
        _ => Form::Unknown,
    }
}
