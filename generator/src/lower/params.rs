//! Parameters and headers.

use super::Lowering;
use super::schema::{Node, nothing};
use super::slot::{Slot, escape};
use super::types::pascal_or_spelled;
use crate::diagnostic::Code;
use crate::ir::{Kind, Param, Ty, TypeDef, Use};
use std::sync::LazyLock;

/// The schema of what has none.
static NOTHING: LazyLock<serde_json::Value> = LazyLock::new(nothing);

impl<'a> Lowering<'a> {
    /// The parameter at `node`, with where it goes: `path`, `query`, `header` or `cookie`.
    pub(super) fn param(&mut self, node: &Node<'a>, construct: &str, id: &str) -> Option<(&'a str, Param)> {
        let node = self.followed(node, "parameters");
        let (Some(wire), Some(place)) = (node.text("name"), node.text("in")) else {
            self.error(Code::UnsupportedParameter, &node.at, "a parameter needs `name` and `in`");
            return None;
        };
        let style = match place {
            "path" | "header" => "simple",
            "query" | "cookie" => "form",
            _ => {
                let message = format!("a parameter cannot be in `{place}`");
                self.error(Code::UnsupportedParameter, &node.at, message);
                return None;
            }
        };
        let asked = node.text("style").unwrap_or(style);
        if asked != style {
            let message = format!("the style `{asked}` of `{wire}` is not supported, only `{style}`");
            self.error(Code::UnsupportedParameter, &node.at, message);
        }
        let token = format!("{place}/{}", escape(wire));
        let slot = Slot::operation(construct, id, "", &pascal_or_spelled(wire)).named(&token);
        let mut param = self.carried(wire, &node, &slot);
        param.explode = node.get("explode").map_or(style == "form", |_| node.flag("explode"));
        Some((place, param))
    }

    /// The response header `wire` at `node`.
    pub(super) fn header(&mut self, wire: &str, node: &Node<'a>, slot: &Slot) -> Param {
        let node = self.followed(node, "headers");
        let part = pascal_or_spelled(wire);
        let slot = slot.element(&format!("headers/{}", escape(wire)), &part);
        self.carried(wire, &node, &slot)
    }

    /// What a parameter and a header have in common.
    fn carried(&mut self, wire: &str, node: &Node<'a>, slot: &Slot) -> Param {
        if node.get("content").is_some() {
            let message = format!("`content` of `{wire}` is not supported, only `schema`");
            self.error(Code::UnsupportedParameter, &node.at, message);
        }
        let schema = node.get("schema").unwrap_or_else(|| node.child("schema", &NOTHING));
        let valued = self.value(&[schema], slot);
        let mut value = valued.used;
        if node.get("schema").is_none() || value.ty == Ty::Json {
            value.ty = Ty::String;
        }
        value = self.written(value);
        if !self.is_text(&value, true) {
            let message = format!("`{wire}` is neither a scalar nor a list of scalars");
            self.error(Code::UnsupportedParameter, &node.at, message);
        }
        Param {
            wire: wire.to_owned(),
            name: String::new(),
            required: node.flag("required"),
            value,
            explode: false,
            default: valued.notes.default,
            deprecated: node.flag("deprecated") || valued.notes.deprecated,
            docs: node.text("description").map(str::to_owned),
        }
    }

    /// A value that is written as text, where `null` has no form.
    pub(super) fn written(&self, used: Use) -> Use {
        let mut used = used;
        while let Ty::Named(id) = &used.ty {
            let Some(TypeDef { kind: Kind::Alias(target), .. }) = self.types.get(id) else { break };
            if !self.says_null(target) {
                break;
            }
            used = Use { ty: target.ty.clone(), rules: used.rules.and(&target.rules), nullable: false };
        }
        used.nullable = false;
        if let Ty::Array(items) = &mut used.ty {
            let bare = self.written(std::mem::take(&mut **items));
            **items = bare;
        }
        used
    }

    /// Whether `null` is a value somewhere in what is written as text.
    fn says_null(&self, used: &Use) -> bool {
        used.nullable
            || match &used.ty {
                Ty::Array(items) => self.says_null(items),
                Ty::Named(id) => match self.types.get(id) {
                    Some(TypeDef { kind: Kind::Alias(target), .. }) => self.says_null(target),
                    _ => false,
                },
                _ => false,
            }
    }

    /// Whether a value is written as text: a scalar, an enumeration, or (if `list`) a list of those.
    pub(super) fn is_text(&self, used: &Use, list: bool) -> bool {
        match &used.ty {
            Ty::Json | Ty::Object | Ty::Map(_) => false,
            Ty::Array(item) => list && self.is_text(item, false),
            Ty::Named(id) => match self.types.get(id) {
                Some(TypeDef { kind: Kind::Enum(_), .. }) | None => true,
                Some(TypeDef { kind: Kind::Alias(target), .. }) => self.is_text(target, list),
                Some(_) => false,
            },
            _ => true,
        }
    }

    /// `node`, or the component of that kind it refers to.
    pub(super) fn followed(&mut self, node: &Node<'a>, kind: &str) -> Node<'a> {
        let Some(target) = node.text("$ref") else { return node.clone() };
        let key = target.strip_prefix(&format!("#/components/{kind}/"));
        let shared = self.shared.get("components").and_then(|c| c.get(kind));
        match key.and_then(|key| shared.and_then(|shared| shared.get(key))) {
            Some(found) if found.text("$ref").is_none() => found,
            _ => {
                let message = format!("`{target}` is not one of the {kind} of the contract");
                self.error(Code::UnresolvedReference, &node.at, message);
                node.child("$ref", &NOTHING)
            }
        }
    }
}
