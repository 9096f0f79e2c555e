//! Parameters and headers.

use super::schema::{Node, nothing};
use super::slot::{Slot, escape};
use super::types::pascal_or_spelled;
use super::{Lowering, Whose};
use crate::diagnostic::{Code, one_line};
use crate::ir::{Additional, Kind, Param, Ty, TypeId, Use, Writing};
use crate::media::{MARKS, essence, is_cookie_name, is_token};
use std::collections::BTreeSet;
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
        match place {
            "header" => self.check_name(wire, &node.at),
            "cookie" if !is_cookie_name(wire) => {
                let message = format!(
                    "`{}` cannot be the name of a cookie: expected printable ASCII without spaces, quotes, \
                     backslashes, and `=;,`",
                    one_line(wire)
                );
                self.error(Code::UnsupportedParameter, &node.at, message);
            }
            _ => {}
        }
        let asked = node.text("style").unwrap_or(style);
        let explode = node.get("explode").map_or(asked == "form", |_| node.flag("explode"));
        let mut writing = self.writing(wire, place, asked, &node)?;
        // What becomes of an object; a scalar or a list is written plainly all the same.
        if (writing, place, explode, self.whose) == (Writing::Plain, "query", true, Whose::Anybodys) {
            writing = Writing::Spread;
        }
        let token = format!("{place}/{}", escape(wire));
        let base = self.base_of(construct, id);
        let slot = Slot::operation(construct, &base, id, "", &pascal_or_spelled(wire)).named(&token);
        let mut param = self.carried(wire, &node, writing, &slot);
        // Only in the query do the elements of a list stand apart: elsewhere they are joined.
        param.explode = explode && place == "query";
        Some((place, param))
    }

    /// How a parameter is written. Nothing, and a finding, where there is no way.
    fn writing(&mut self, wire: &str, place: &str, asked: &str, node: &Node<'a>) -> Option<Writing> {
        let styles: &[_] = match (place, self.whose) {
            ("query", Whose::Anybodys) => &[
                ("form", Writing::Plain),
                ("spaceDelimited", Writing::Spaces),
                ("pipeDelimited", Writing::Bars),
                ("deepObject", Writing::Deep),
            ],
            ("query" | "cookie", _) => &[("form", Writing::Plain)],
            _ => &[("simple", Writing::Plain)],
        };
        if let (Some(media_type), "query", Whose::Anybodys) = (media_type(node), place, self.whose)
            && (media_type == "application/json" || media_type.ends_with("+json"))
        {
            return Some(Writing::Json);
        }
        let found = styles.iter().find(|(style, _)| *style == asked).map(|(_, writing)| *writing);
        if found.is_none() {
            let known: Vec<_> = styles.iter().map(|(style, _)| format!("`{style}`")).collect();
            let message =
                format!("the style `{asked}` of `{wire}` is not supported, only {}", known.join(", "));
            self.error(Code::UnsupportedParameter, &node.at, message);
        }
        found.or(Some(Writing::Plain))
    }

    /// Says so where HTTP cannot carry the name of a header.
    fn check_name(&mut self, wire: &str, at: &str) {
        if is_token(wire) {
            return;
        }
        let message = format!(
            "`{}` cannot be the name of a header: expected a token of HTTP, of ASCII letters, digits and {MARKS}",
            one_line(wire)
        );
        self.error(Code::UnsupportedParameter, at, message);
    }

    /// The response header `wire` at `node`.
    pub(super) fn header(&mut self, wire: &str, node: &Node<'a>, slot: &Slot) -> Param {
        self.check_name(wire, &node.at);
        let node = self.followed(node, "headers");
        let part = pascal_or_spelled(wire);
        let slot = slot.element(&format!("~headers/{}", escape(wire)), &part);
        self.carried(wire, &node, Writing::Plain, &slot)
    }

    /// What a parameter and a header have in common.
    fn carried(&mut self, wire: &str, node: &Node<'a>, mut writing: Writing, slot: &Slot) -> Param {
        let text = self.whose == Whose::Anybodys && media_type(node).is_some_and(|m| m == "text/plain");
        let content = node.get("content").filter(|_| writing == Writing::Json || text);
        if node.get("content").is_some() && content.is_none() {
            let message = format!("`content` of `{wire}` is not supported, only `schema`");
            self.error(Code::UnsupportedParameter, &node.at, message);
        }
        let content = content.and_then(|content| content.members().into_iter().next());
        let schema = content.and_then(|(_, media)| media.get("schema")).or_else(|| node.get("schema"));
        let none = schema.is_none();
        let schema = schema.unwrap_or_else(|| node.child("schema", &NOTHING));
        let valued = self.value(&[schema], slot);
        let mut value = valued.used;
        if writing == Writing::Spread && !self.is_flat(&value) {
            writing = Writing::Plain;
        }
        match writing {
            Writing::Json => {}
            Writing::Spread => value.nullable = false,
            Writing::Deep => {
                if !self.is_flat(&value) {
                    let message = format!("`{wire}` is not an object of scalars and lists of scalars");
                    self.error(Code::UnsupportedParameter, &node.at, message);
                }
                value.nullable = false;
            }
            Writing::Plain | Writing::Spaces | Writing::Bars => {
                if none || self.unaliased(&value).ty == Ty::Json {
                    value.ty = Ty::String;
                }
                value = self.written(value);
                if self.whose == Whose::Anybodys {
                    value = self.loosened(value, wire, &node.at);
                }
                if !self.is_text(&value, true) {
                    let message = format!("`{wire}` is neither a scalar nor a list of scalars");
                    self.error(Code::UnsupportedParameter, &node.at, message);
                }
            }
        }
        Param {
            wire: wire.to_owned(),
            name: String::new(),
            required: node.flag("required"),
            value,
            explode: false,
            writing,
            default: valued.notes.default,
            deprecated: node.flag("deprecated") || valued.notes.deprecated,
            docs: node.text("description").map(str::to_owned),
        }
    }

    /// One of several scalars, or of scalars and lists, as the text that each of them is written as.
    fn loosened(&mut self, value: Use, wire: &str, at: &str) -> Use {
        let mut list = false;
        if self.is_text(&value, true) || !self.is_some_text(&value, &mut list, &mut BTreeSet::new()) {
            return value;
        }
        let text = Use { ty: Ty::String, ..Use::default() };
        let (ty, what) = match list {
            true => (Ty::Array(Box::new(text)), "texts"),
            false => (Ty::String, "a text"),
        };
        let message = format!("`{wire}` is one of several scalars: it is {what}, and not checked");
        self.error(Code::LooseParameter, at, message);
        Use { ty, ..Use::default() }
    }

    /// Whether each alternative of a value is written as text; `list` becomes true where one is a list.
    fn is_some_text<'u>(&'u self, used: &'u Use, list: &mut bool, seen: &mut BTreeSet<&'u TypeId>) -> bool {
        match &used.ty {
            Ty::Json => true,
            Ty::Array(item) => {
                *list = true;
                let mut within = false;
                self.is_some_text(item, &mut within, seen) && !within
            }
            Ty::Named(id) => match self.types.get(id).map(|def| &def.kind) {
                Some(Kind::Union(union)) if seen.insert(id) => {
                    union.variants.iter().all(|variant| self.is_some_text(&variant.value, list, seen))
                }
                Some(Kind::Alias(target)) if seen.insert(id) => self.is_some_text(target, list, seen),
                _ => self.is_text(used, false),
            },
            _ => self.is_text(used, false),
        }
    }

    /// Whether a value is an object of scalars and lists of them.
    fn is_flat(&self, used: &Use) -> bool {
        match &self.unaliased(used).ty {
            Ty::Object => true,
            Ty::Map(values) => self.is_text(values, true),
            Ty::Named(id) => match self.types.get(id).map(|def| &def.kind) {
                Some(Kind::Struct(object)) => {
                    let values = object.fields.iter().all(|field| self.is_text(&field.value, true));
                    let others = match &object.additional {
                        Additional::Typed(values) => self.is_text(values, true),
                        Additional::Open | Additional::Closed => true,
                    };
                    values && others
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// What a use comes to behind its aliases; the use itself if they never come to an end.
    pub(super) fn unaliased<'u>(&'u self, used: &'u Use) -> &'u Use {
        let (mut end, mut seen) = (used, BTreeSet::new());
        while let Ty::Named(id) = &end.ty
            && let Some(target) = self.alias(id)
        {
            if !seen.insert(id) {
                return used;
            }
            end = target;
        }
        end
    }

    /// A value that is written as text, where `null` has no form.
    pub(super) fn written(&self, used: Use) -> Use {
        self.written_once(used, &mut BTreeSet::new())
    }

    /// The same; `seen` has the aliases on the way, since one may come back to itself.
    fn written_once(&self, used: Use, seen: &mut BTreeSet<TypeId>) -> Use {
        let mut used = used;
        while let Ty::Named(id) = &used.ty {
            let Some(target) = self.alias(id).filter(|target| self.says_null(target, &mut BTreeSet::new()))
            else {
                break;
            };
            if !seen.insert(id.clone()) {
                break;
            }
            used = Use { ty: target.ty.clone(), rules: used.rules.and(&target.rules), nullable: false };
        }
        used.nullable = false;
        if let Ty::Array(items) = &mut used.ty {
            let bare = self.written_once(std::mem::take(&mut **items), seen);
            **items = bare;
        }
        used
    }

    /// Whether `null` is a value somewhere in what is written as text.
    fn says_null<'u>(&'u self, used: &'u Use, seen: &mut BTreeSet<&'u TypeId>) -> bool {
        used.nullable
            || match &used.ty {
                Ty::Array(items) => self.says_null(items, seen),
                Ty::Named(id) => {
                    seen.insert(id) && self.alias(id).is_some_and(|target| self.says_null(target, seen))
                }
                _ => false,
            }
    }

    /// What an alias stands for.
    fn alias(&self, id: &TypeId) -> Option<&Use> {
        match &self.types.get(id)?.kind {
            Kind::Alias(target) => Some(target),
            _ => None,
        }
    }

    /// Whether a value is written as text: a scalar, an enumeration, or (if `list`) a list of those.
    pub(super) fn is_text(&self, used: &Use, list: bool) -> bool {
        self.is_text_once(used, list, &mut BTreeSet::new())
    }

    fn is_text_once<'u>(&'u self, used: &'u Use, list: bool, seen: &mut BTreeSet<&'u TypeId>) -> bool {
        match &used.ty {
            Ty::Json | Ty::Object | Ty::Map(_) => false,
            Ty::Array(item) => list && self.is_text_once(item, false, seen),
            Ty::Named(id) => match self.types.get(id).map(|ty| &ty.kind) {
                Some(Kind::Enum(_)) | None => true,
                Some(Kind::Alias(target)) => seen.insert(id) && self.is_text_once(target, list, seen),
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

/// The one media type of a parameter's `content`.
fn media_type(node: &Node<'_>) -> Option<String> {
    match node.get("content")?.members().as_slice() {
        [(media_type, _)] => Some(essence(media_type)),
        _ => None,
    }
}
