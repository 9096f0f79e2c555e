//! `allOf`: schemas that a value must all satisfy, merged into one.

use super::Lowering;
use super::schema::{Extra, JsonType, Node, Notes, Schema};
use crate::diagnostic::Code;
use crate::ir::Rules;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// How deep `allOf` may nest, references followed; contracts of people stay far below.
const DEEPEST: usize = 100;

/// The one schema that several amount to. Lists of nodes are themselves to be merged.
#[derive(Clone, Debug, Default)]
pub(super) struct Flat<'a> {
    /// The place of the first.
    pub(super) at: String,
    pub(super) kind: Option<(JsonType, String)>,
    pub(super) format: Option<(&'a str, String)>,
    pub(super) values: Option<Vec<&'a Value>>,
    pub(super) members: BTreeMap<&'a str, Vec<Node<'a>>>,
    pub(super) required: BTreeSet<&'a str>,
    pub(super) may_omit: BTreeSet<&'a str>,
    pub(super) extra: Extras<'a>,
    pub(super) items: Vec<Node<'a>>,
    pub(super) alternatives: Vec<Alternatives<'a>>,
    pub(super) nots: Vec<Node<'a>>,
    pub(super) rules: Rules,
    pub(super) notes: Notes,
    /// The components that were merged into it.
    pub(super) merged: Vec<&'a str>,
    /// Whether each of those that have a type allows `null`; nothing before the first.
    pub(super) nullable: Option<bool>,
}

/// What all of the schemas say about members that are not named.
#[derive(Clone, Debug, Default)]
pub(super) enum Extras<'a> {
    #[default]
    Any,
    /// None, and the place that says so.
    None(String),
    Schemas(Vec<Node<'a>>),
}

/// `oneOf` or `anyOf`.
#[derive(Clone, Debug)]
pub(super) struct Alternatives<'a> {
    pub(super) exclusive: bool,
    pub(super) nodes: Vec<Node<'a>>,
    pub(super) discriminator: Option<Node<'a>>,
    pub(super) at: String,
}

impl<'a> Lowering<'a> {
    /// Whether `null` is a value: the schema itself says so, or all that it consists of do, or one
    /// of its alternatives does, or it is in a list of values without a type.
    pub(super) fn allows_null(&mut self, flat: &Flat<'a>) -> bool {
        self.has_null(flat, &mut BTreeSet::new())
    }

    fn has_null(&mut self, flat: &Flat<'a>, seen: &mut BTreeSet<&'a str>) -> bool {
        let listed = || flat.values.iter().flatten().any(|value| value.is_null());
        if flat.notes.nullable || flat.nullable.unwrap_or_default() || (flat.kind.is_none() && listed()) {
            return true;
        }
        flat.alternatives.iter().flat_map(|group| &group.nodes).any(|node| {
            let variant = self.flatten(std::slice::from_ref(node));
            // Alternatives may refer back to what they are alternatives of.
            let known = variant.merged.iter().filter(|key| !seen.insert(key)).count();
            known == 0 && self.has_null(&variant, seen)
        })
    }

    /// All of `nodes` as one, references followed.
    pub(super) fn flatten(&mut self, nodes: &[Node<'a>]) -> Flat<'a> {
        let mut flat =
            Flat { at: nodes.first().map(|n| n.at.clone()).unwrap_or_default(), ..Flat::default() };
        for node in nodes {
            self.absorb(&mut flat, node, true, &mut Vec::new());
        }
        flat
    }

    /// The component `key` as one schema.
    pub(super) fn flatten_component(&mut self, key: &'a str) -> Flat<'a> {
        let Some(node) = self.components.get(key).cloned() else { return Flat::default() };
        let mut flat = Flat { at: node.at.clone(), ..Flat::default() };
        self.absorb(&mut flat, &node, true, &mut vec![key]);
        flat
    }

    /// Merges `node` into `flat`. `path` holds the references that led here.
    pub(super) fn absorb(
        &mut self,
        flat: &mut Flat<'a>,
        node: &Node<'a>,
        top: bool,
        path: &mut Vec<&'a str>,
    ) {
        let schema = self.schema(node);
        if let Some(key) = schema.reference {
            if path.contains(&key) {
                self.error(Code::InfiniteType, &node.at, format!("`{key}` is composed of itself"));
            } else if path.len() > DEEPEST {
                self.unsupported(&node.at, "`allOf` is nested too deep");
            } else if !flat.merged.contains(&key) {
                flat.merged.push(key);
                path.push(key);
                if let Some(target) = self.components.get(key).cloned() {
                    self.absorb(flat, &target, false, path);
                }
                path.pop();
            }
            return;
        }
        self.join(flat, &schema, top);
        // No component is called so: it only counts the depth.
        path.push("");
        for part in &schema.all_of {
            self.absorb(flat, part, false, path);
        }
        path.pop();
    }

    /// Merges what `schema` itself says into `flat`.
    fn join(&mut self, flat: &mut Flat<'a>, schema: &Schema<'a>, top: bool) {
        self.join_type(flat, schema);
        self.join_members(flat, schema);
        flat.items.extend(schema.items.clone().filter(|item| !says(&flat.items, item)));
        for (exclusive, nodes) in [(true, &schema.one_of), (false, &schema.any_of)] {
            if !nodes.is_empty() {
                let word = if exclusive { "oneOf" } else { "anyOf" };
                flat.alternatives.push(Alternatives {
                    exclusive,
                    nodes: nodes.clone(),
                    discriminator: schema.discriminator.clone(),
                    at: format!("{}/{word}", schema.at),
                });
            }
        }
        flat.nots.extend(schema.not.clone());
        flat.rules = flat.rules.and(&schema.rules);
        join_notes(flat, schema, top);
    }

    fn join_type(&mut self, flat: &mut Flat<'a>, schema: &Schema<'a>) {
        use JsonType::{Integer, Number};
        if let Some(kind) = schema.kind {
            match &flat.kind {
                Some((Integer, _)) if kind == Number => {}
                Some((before, at)) if *before != kind && (*before, kind) != (Number, Integer) => {
                    let message = format!(
                        "`allOf` asks for {} here and for {} at {at}",
                        kind.as_str(),
                        before.as_str()
                    );
                    self.error(Code::ConflictingAllOf, &schema.at, message);
                }
                _ => flat.kind = Some((kind, schema.at.clone())),
            }
        }
        if let Some(format) = schema.format {
            match flat.format.clone() {
                Some((before, at)) if before != format => {
                    let message =
                        format!("`allOf` asks for format `{format}` here and for `{before}` at {at}");
                    self.error(Code::ConflictingAllOf, &schema.at, message);
                }
                _ => flat.format = Some((format, schema.at.clone())),
            }
        }
        if let Some(values) = schema.values {
            let keep = |v: &&Value| flat.values.as_ref().is_none_or(|before| before.contains(v));
            let both: Vec<_> = values.iter().filter(keep).collect();
            if both.is_empty() {
                let message = "no value is in every `enum` of this `allOf`";
                self.error(Code::ConflictingAllOf, &schema.at, message);
            }
            flat.values = Some(both);
        }
    }

    fn join_members(&mut self, flat: &mut Flat<'a>, schema: &Schema<'a>) {
        let own: BTreeMap<_, _> = schema.properties.iter().cloned().collect();
        self.limit_strangers(flat, &own, schema);
        for (wire, node) in own {
            let known = flat.members.contains_key(wire);
            let nodes = flat.members.entry(wire).or_default();
            if let (false, Extras::Schemas(extras)) = (known, &flat.extra) {
                nodes.extend(extras.iter().cloned());
            }
            if !says(nodes, &node) {
                nodes.push(node);
            }
        }
        flat.required.extend(&schema.required);
        flat.may_omit.extend(&schema.may_omit);
        match (&schema.extra, &mut flat.extra) {
            (Some(Extra::None), extra) => *extra = Extras::None(schema.at.clone()),
            (Some(Extra::Schema(node)), Extras::Schemas(nodes)) => nodes.push(node.clone()),
            (Some(Extra::Schema(node)), extra @ Extras::Any) => *extra = Extras::Schemas(vec![node.clone()]),
            _ => {}
        }
    }

    /// What each side's `additionalProperties` means for members only the other side names.
    fn limit_strangers(
        &mut self,
        flat: &mut Flat<'a>,
        own: &BTreeMap<&'a str, Node<'a>>,
        schema: &Schema<'a>,
    ) {
        if let Extras::None(closed) = flat.extra.clone() {
            for (wire, node) in own.iter().filter(|(wire, _)| !flat.members.contains_key(*wire)) {
                self.closed_out(wire, &node.at, &closed);
            }
        }
        let strangers = flat.members.iter_mut().filter(|(wire, _)| !own.contains_key(*wire));
        match &schema.extra {
            Some(Extra::None) => {
                let strangers: Vec<_> = strangers.map(|(wire, nodes)| (*wire, nodes.clone())).collect();
                for (wire, nodes) in strangers {
                    let at = nodes.first().map(|n| n.at.as_str()).unwrap_or_default();
                    self.closed_out(wire, at, &schema.at);
                }
            }
            Some(Extra::Schema(node)) => {
                for (_, nodes) in strangers {
                    nodes.push(node.clone());
                }
            }
            _ => {}
        }
    }

    fn closed_out(&mut self, wire: &str, at: &str, closed: &str) {
        let message = format!("`allOf` adds the member `{wire}` here and closes the object at {closed}");
        self.error(Code::ConflictingAllOf, at, message);
    }
}

/// Whether one of `nodes` is word for word what `node` is.
fn says(nodes: &[Node<'_>], node: &Node<'_>) -> bool {
    nodes.iter().any(|n| n.value == node.value)
}

/// The first note wins, `nullable` only counts at the top, flags add up.
fn join_notes<'a>(flat: &mut Flat<'a>, schema: &Schema<'a>, top: bool) {
    let (notes, more) = (&mut flat.notes, &schema.notes);
    notes.read_only |= more.read_only;
    notes.write_only |= more.write_only;
    notes.deprecated |= top && more.deprecated;
    if notes.default.is_none() {
        notes.default.clone_from(&more.default);
    }
    if notes.docs.is_none() && top {
        notes.docs.clone_from(&more.docs);
    }
    notes.nullable |= top && more.nullable;
    if schema.kind.is_some() {
        flat.nullable = Some(flat.nullable.unwrap_or(true) && more.nullable);
    }
}
