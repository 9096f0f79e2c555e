//! References: components where they are used, with what stands beside them.

use super::Lowering;
use super::schema::{Extra, JsonType, Node, Notes, Schema};
use super::types::{Shape, Valued};
use crate::ir::{Rules, Ty, TypeId};
use serde_json::Value;

/// How deep `allOf` is searched for the one reference it may come to.
const DEEPEST: usize = 8;

/// What is known of a component without lowering it.
#[derive(Clone, Debug)]
pub(super) struct Target {
    shape: Shape,
    nullable: bool,
    default: Option<Value>,
}

impl<'a> Lowering<'a> {
    /// The use of a component, if `nodes` are a reference to one beside nothing that changes it
    /// but notes and, if it is a scalar, constraints.
    pub(super) fn reference(&mut self, nodes: &[Node<'a>]) -> Option<Valued> {
        let mut parts = Vec::new();
        if !nodes.iter().all(|node| self.parts_of(node, &mut parts, 0)) {
            return None;
        }
        let mut keys: Vec<_> = parts.iter().filter_map(|(part, _)| part.reference).collect();
        keys.dedup();
        let [key] = keys.as_slice() else { return None };
        let target = self.target(key);
        let mut valued = Valued::default();
        valued.used.ty = Ty::Named(TypeId((*key).to_owned()));
        valued.used.nullable = target.nullable;
        for (part, top) in parts.iter().filter(|(part, _)| part.reference.is_none()) {
            if !leaves_alone(part, target.shape) {
                return None;
            }
            if let Shape::Scalar(kind) = target.shape {
                let rules = if kind == JsonType::String { Rules::of_strings } else { Rules::of_numbers };
                valued.used.rules = valued.used.rules.and(&rules(&part.rules));
            }
            valued.used.nullable |= *top && part.notes.nullable;
            merge_notes(&mut valued.notes, &part.notes);
        }
        valued.notes.default = valued.notes.default.or(target.default);
        Some(valued)
    }

    /// The schemas that `node` is made of by `allOf`, references not followed, each with whether it
    /// is the outermost. Whether that was all.
    fn parts_of(&mut self, node: &Node<'a>, parts: &mut Vec<(Schema<'a>, bool)>, depth: usize) -> bool {
        let schema = self.schema(node);
        let inner = schema.all_of.clone();
        parts.push((schema, depth == 0));
        depth < DEEPEST && inner.iter().all(|part| self.parts_of(part, parts, depth + 1))
    }

    /// What the component `key` is, without lowering it.
    pub(super) fn target(&mut self, key: &'a str) -> Target {
        if let Some(known) = self.targets.get(key) {
            return known.clone();
        }
        let flat = self.flatten_component(key);
        let target = Target {
            shape: self.shape(&flat),
            nullable: self.allows_null(&flat),
            default: flat.notes.default.clone(),
        };
        self.targets.insert(key, target.clone());
        target
    }
}

/// Whether `part` leaves a type of that shape what it is.
fn leaves_alone(part: &Schema<'_>, shape: Shape) -> bool {
    let same_type = match (part.kind, shape) {
        (None, _) | (Some(JsonType::Object), Shape::Struct | Shape::Map | Shape::Union) => true,
        (Some(JsonType::String), Shape::Enum) | (Some(JsonType::Array), Shape::Array) => true,
        (Some(kind), Shape::Scalar(of)) => kind == of,
        _ => false,
    };
    same_type
        && (matches!(shape, Shape::Scalar(_)) || part.rules.is_empty())
        && part.properties.is_empty()
        && part.required.is_empty()
        && matches!(part.extra, None | Some(Extra::Any))
        && part.items.is_none()
        && part.one_of.is_empty()
        && part.any_of.is_empty()
        && part.not.is_none()
        && part.values.is_none()
        && part.format.is_none()
}

/// The first note wins, flags add up.
fn merge_notes(notes: &mut Notes, more: &Notes) {
    notes.read_only |= more.read_only;
    notes.write_only |= more.write_only;
    notes.deprecated |= more.deprecated;
    notes.default = notes.default.take().or_else(|| more.default.clone());
    notes.docs = notes.docs.take().or_else(|| more.docs.clone());
}
