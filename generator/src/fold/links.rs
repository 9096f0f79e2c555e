//! What a document refers to in spite of all: a schema that contains itself cannot be written
//! without a reference, and some who bundle leave references to components where they are.
//!
//! References to schemas stay, under a key that says whose component is meant, so that equal texts
//! of two documents are not taken for one. Any other reference is replaced by what it leads to.

use super::Piece;
use crate::contract::SCHEMAS;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::load::reference::{escape, lookup};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// What a key of a component starts with.
pub(super) const KEY: &str = "component:";
/// How many references may lead from one to the next.
const MAX_CHAIN: usize = 8;
/// How many values may be copied for references.
const MAX_COPIES: usize = 1 << 20;

/// The document of a piece with nothing but keys in its references; `scope` tells its components
/// from those of other documents.
pub(super) fn linked<'p>(piece: &'p Piece, scope: &str, found: &mut Diagnostics) -> Cow<'p, Value> {
    if !refers(&piece.document) {
        return Cow::Borrowed(&piece.document);
    }
    let mut links = Links { piece, scope, found, chain: 0, copies: 0 };
    Cow::Owned(links.value(&piece.document, ""))
}

/// The key of a component.
pub(super) fn key(scope: &str, name: &str) -> String {
    format!("{KEY}{scope}{name}")
}

fn refers(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.iter().any(|(name, value)| {
            (name == "$ref" && value.is_string())
                || (name == "discriminator" && value.get("mapping").is_some())
                || refers(value)
        }),
        Value::Array(list) => list.iter().any(refers),
        _ => false,
    }
}

/// Whether a member holds data of some operation, in which a `$ref` is a member like any other.
fn is_data(name: &str, at: &str) -> bool {
    let named = ["/properties", "/schemas"].iter().any(|map| at.ends_with(map));
    !named && (matches!(name, "default" | "enum" | "example" | "examples") || name.starts_with("x-"))
}

struct Links<'l> {
    piece: &'l Piece,
    scope: &'l str,
    found: &'l mut Diagnostics,
    chain: usize,
    copies: usize,
}

impl Links<'_> {
    fn value(&mut self, value: &Value, at: &str) -> Value {
        self.copies += usize::from(self.chain > 0);
        match value {
            Value::Object(members) => match members.get("$ref") {
                Some(Value::String(reference)) => self.reference(reference, members, at),
                _ => Value::Object(self.members(members, at)),
            },
            Value::Array(list) => {
                list.iter().enumerate().map(|(i, value)| self.value(value, &format!("{at}/{i}"))).collect()
            }
            other => other.clone(),
        }
    }

    fn members(&mut self, members: &Map<String, Value>, at: &str) -> Map<String, Value> {
        let mut made = Map::with_capacity(members.len());
        for (name, value) in members.iter().filter(|(name, _)| *name != "$ref") {
            let data = is_data(name, at);
            let at = format!("{at}/{}", escape(name));
            let value = match (name.as_str(), value.get("mapping")) {
                _ if data => value.clone(),
                ("discriminator", Some(_)) => self.discriminator(value, &at),
                _ => self.value(value, &at),
            };
            made.insert(name.clone(), value);
        }
        made
    }

    fn reference(&mut self, reference: &str, members: &Map<String, Value>, at: &str) -> Value {
        let lost = |why: &str| {
            let message = format!("the reference `{reference}` leads nowhere: {why}");
            Diagnostic::new(Code::UnresolvedReference, Place::new(&self.piece.name, at), message)
        };
        let Some(pointer) = reference.strip_prefix('#') else {
            self.found
                .push(lost("this form has no other files").help("give a bundle without references to files"));
            return Value::Object(Map::new());
        };
        let Some(target) = lookup(&self.piece.document, pointer) else {
            self.found.push(lost("the document has nothing there"));
            return Value::Object(Map::new());
        };
        let siblings = self.members(members, at);
        if let Some(name) = reference.strip_prefix(SCHEMAS).filter(|name| !name.contains('/')) {
            let name = name.replace("~1", "/").replace("~0", "~");
            let mut kept = Map::from_iter([("$ref".to_owned(), key(self.scope, &name).into())]);
            kept.extend(siblings);
            return Value::Object(kept);
        }
        if self.chain > MAX_CHAIN || self.copies > MAX_COPIES {
            let message = format!("the reference `{reference}` leads through itself, or to too much");
            self.found.push(Diagnostic::new(Code::ReferenceCycle, Place::new(&self.piece.name, at), message));
            return Value::Object(Map::new());
        }
        self.chain += 1;
        let mut value = self.value(target, pointer);
        self.chain -= 1;
        if let Value::Object(own) = &mut value {
            own.extend(siblings);
        }
        value
    }

    fn discriminator(&mut self, value: &Value, at: &str) -> Value {
        let mut value = value.clone();
        let Some(Value::Object(mapping)) = value.get_mut("mapping") else { return value };
        let known = self.piece.document.pointer("/components/schemas").and_then(Value::as_object);
        mapping.retain(|word, target| {
            let name = target.as_str().map(|target| target.strip_prefix(SCHEMAS).unwrap_or(target));
            let known = name.filter(|name| known.is_some_and(|known| known.contains_key(*name)));
            let known = known.map(|name| key(self.scope, name));
            let kept = known.is_some();
            match known {
                Some(key) => *target = key.into(),
                None => {
                    let message = format!("`{word}` is mapped to {target}, which the document does not have");
                    let place = Place::new(&self.piece.name, format!("{at}/mapping/{}", escape(word)));
                    self.found.push(Diagnostic::new(Code::LostMapping, place, message));
                }
            }
            kept
        });
        value
    }
}
