//! Schemas to types: each JSON type has its function.

use super::Lowering;
use super::alternatives::required_sets;
use super::flat::{Extras, Flat};
use super::schema::{JsonType, Node, Notes};
use super::slot::{Slot, escape};
use crate::diagnostic::Code;
use crate::ir::{Additional, Field, Kind, Struct, Ty, TypeDef, TypeId, Use};
use crate::words::pascal;
use serde_json::Value;

mod scalars;

pub use scalars::CHECKED_FORMATS;
pub(super) use scalars::string;

/// How deep types that are merged of several schemas may lie in one another.
const DEEPEST: usize = 16;

/// How many types a contract may need: alternatives that are combined grow quickly.
const MOST_TYPES: usize = 20_000;

/// A schema where it is used: its type and rules, and what it says beside that.
#[derive(Clone, Debug, Default)]
pub(super) struct Valued {
    pub(super) used: Use,
    pub(super) notes: Notes,
}

/// The coarse shape of a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Json,
    Scalar(JsonType),
    Enum,
    Array,
    /// A map or any object.
    Map,
    Struct,
    Union,
}

impl<'a> Lowering<'a> {
    /// Lowers the component `key`: one type, whatever its shape.
    pub(super) fn component(&mut self, key: &'a str) {
        let Some(node) = self.components.get(key).cloned() else { return };
        let slot = Slot::component(key);
        let flat_at = node.at.clone();
        let valued = self.value(&[node], &slot);
        if valued.used.ty == Ty::Named(slot.id.clone()) {
            return;
        }
        let Valued { used, notes } = valued;
        self.insert(&slot, Kind::Alias(used), &Flat { at: flat_at, notes, ..Flat::default() });
    }

    /// Lowers the schema that all of `nodes` are, at `slot`.
    pub(super) fn value(&mut self, nodes: &[Node<'a>], slot: &Slot) -> Valued {
        if let Some(valued) = self.reference(nodes) {
            return valued;
        }
        let flat = self.flatten(nodes);
        let nullable = self.allows_null(&flat);
        let mut used = if flat.merged.is_empty() && nodes.len() < 2 {
            self.shaped(&flat, slot)
        } else {
            self.merged(nodes, &flat, slot)
        };
        used.nullable |= nullable;
        Valued { used, notes: flat.notes }
    }

    /// The use of a schema that components are merged into. Where their members lead to the same
    /// merge again, it is the same type again.
    fn merged(&mut self, nodes: &[Node<'a>], flat: &Flat<'a>, slot: &Slot) -> Use {
        let places: Vec<_> = nodes.iter().map(|node| node.at.clone()).collect();
        if let Some((_, id)) = self.open.iter().find(|(open, _)| *open == places) {
            return Use { ty: Ty::Named(id.clone()), ..Use::default() };
        }
        let slot = Slot { depth: slot.depth + 1, ..slot.clone() };
        if self.is_too_much(&slot, &flat.at) {
            return Use::default();
        }
        if !matches!(self.shape(flat), Shape::Struct | Shape::Union) {
            return self.shaped(flat, &slot);
        }
        self.open.push((places, slot.id.clone()));
        let used = self.shaped(flat, &slot);
        self.open.pop();
        used
    }

    /// The JSON type of a schema: what it says, or what its keywords are about.
    pub(super) fn json_type(flat: &Flat<'_>) -> Option<JsonType> {
        if let Some((kind, _)) = &flat.kind {
            return Some(*kind);
        }
        let rules = &flat.rules;
        let presence = flat.alternatives.iter().all(|group| required_sets(&group.nodes).is_some());
        if !flat.members.is_empty()
            || !flat.required.is_empty()
            || !flat.nots.is_empty()
            || (presence && !flat.alternatives.is_empty())
            || !matches!(flat.extra, Extras::Any)
            || !rules.of_objects().is_empty()
        {
            Some(JsonType::Object)
        } else if !flat.items.is_empty() || !rules.of_arrays().is_empty() {
            Some(JsonType::Array)
        } else if !rules.of_strings().is_empty() || flat.format.is_some() {
            Some(JsonType::String)
        } else if !rules.of_numbers().is_empty() {
            Some(JsonType::Number)
        } else {
            flat.values.as_ref().and_then(|values| type_of_values(values))
        }
    }

    /// The coarse shape of a schema.
    pub(super) fn shape(&mut self, flat: &Flat<'a>) -> Shape {
        if !flat.alternatives.is_empty()
            && let Some(shape) = self.shape_of_alternatives(flat)
        {
            return shape;
        }
        match Self::json_type(flat) {
            None => Shape::Json,
            Some(JsonType::Array) => Shape::Array,
            Some(JsonType::String) if flat.values.is_some() => Shape::Enum,
            Some(JsonType::Object) => {
                let closed = matches!(flat.extra, Extras::None(_));
                let named = !flat.members.is_empty()
                    || !flat.required.is_empty()
                    || !flat.alternatives.is_empty()
                    || !flat.nots.is_empty();
                if named || closed { Shape::Struct } else { Shape::Map }
            }
            Some(scalar) => Shape::Scalar(scalar),
        }
    }

    /// The use of a flattened schema; a named type is put at `slot` if it needs one.
    pub(super) fn shaped(&mut self, flat: &Flat<'a>, slot: &Slot) -> Use {
        if !flat.alternatives.is_empty()
            && let Some(used) = self.alternatives(flat, slot)
        {
            return used;
        }
        let kind = Self::json_type(flat);
        if !flat.nots.is_empty() && kind != Some(JsonType::Object) {
            self.unsupported(&flat.at, "`not` is supported on objects only, with `required` in it");
        }
        match kind {
            None if flat.values.is_some() => {
                self.unsupported(&flat.at, "an `enum` of values other than strings needs a `type`");
                Use::default()
            }
            None => Use::default(),
            Some(JsonType::String) if flat.values.is_some() => self.enumeration(flat, slot),
            Some(JsonType::String) => string(flat),
            Some(JsonType::Integer | JsonType::Number) => self.number_type(flat),
            Some(JsonType::Boolean) => self.boolean_type(flat),
            Some(JsonType::Array) => self.array_type(flat, slot),
            Some(JsonType::Object) => self.object_type(flat, slot),
        }
    }

    fn array_type(&mut self, flat: &Flat<'a>, slot: &Slot) -> Use {
        self.no_values(flat);
        let item = if flat.items.is_empty() {
            Use::default()
        } else {
            self.value(&flat.items, &slot.element("item", "Item")).used
        };
        Use { ty: Ty::Array(Box::new(item)), rules: flat.rules.of_arrays(), nullable: false }
    }

    fn object_type(&mut self, flat: &Flat<'a>, slot: &Slot) -> Use {
        self.no_values(flat);
        if self.shape(flat) == Shape::Map {
            let ty = match &flat.extra {
                Extras::Schemas(nodes) => {
                    Ty::Map(Box::new(self.value(nodes, &slot.element("value", "Value")).used))
                }
                _ => Ty::Object,
            };
            return Use { ty, rules: flat.rules.of_objects(), nullable: false };
        }
        let kind = Kind::Struct(self.structure_of(flat, slot));
        Use { ty: self.insert(slot, kind, flat), ..Use::default() }
    }

    fn structure_of(&mut self, flat: &Flat<'a>, slot: &Slot) -> Struct {
        let presence = self.presence(flat);
        let mut members = flat.members.clone();
        let asked = flat.required.iter().copied().map(str::to_owned);
        let asked: Vec<_> = asked.chain(presence.iter().flat_map(|p| p.names().map(str::to_owned))).collect();
        let mut fields: Vec<Field> = Vec::new();
        for (wire, nodes) in std::mem::take(&mut members) {
            let valued = self.value(&nodes, &slot.inside(&escape(wire), &pascal_or_spelled(wire)));
            fields.push(field(wire, valued, flat));
        }
        for wire in asked {
            if fields.iter().any(|field| field.wire == wire) {
                continue;
            }
            let valued = match &flat.extra {
                Extras::Any => Valued::default(),
                Extras::Schemas(nodes) => {
                    self.value(nodes, &slot.inside(&escape(&wire), &pascal_or_spelled(&wire)))
                }
                Extras::None(at) => {
                    let message = format!("`{wire}` is asked for but is no member of this closed object");
                    self.unsupported(at, message);
                    continue;
                }
            };
            fields.push(field(&wire, valued, flat));
        }
        fields.sort_by(|a, b| a.wire.cmp(&b.wire));
        let additional = match &flat.extra {
            Extras::Any => Additional::Open,
            Extras::None(_) => Additional::Closed,
            Extras::Schemas(nodes) => {
                Additional::Typed(Box::new(self.value(nodes, &slot.inside("~*", "Value")).used))
            }
        };
        let rules = flat.rules.of_objects();
        Struct {
            fields,
            additional,
            min_properties: rules.min_properties,
            max_properties: rules.max_properties,
            presence,
        }
    }

    fn no_values(&mut self, flat: &Flat<'a>) {
        if flat.values.is_some() {
            self.unsupported(&flat.at, "`enum` is supported on strings and numbers only");
        }
    }

    /// Puts a type at `slot`.
    pub(super) fn insert(&mut self, slot: &Slot, kind: Kind, flat: &Flat<'a>) -> Ty {
        let id = slot.id.clone();
        let taken = self.types.get(&id).filter(|def| def.pointer != flat.at);
        if let Some(def) = taken {
            let message = format!("this and what is at {} need the same Rust name", def.pointer);
            self.error(Code::NameCollision, &flat.at, message);
        }
        let def = TypeDef {
            module: slot.module.clone(),
            origin: slot.origin.clone(),
            pointer: flat.at.clone(),
            merged: flat
                .merged
                .iter()
                .map(|key| TypeId((*key).to_owned()))
                .filter(|key| *key != id)
                .collect(),
            kind,
            docs: flat.notes.docs.clone(),
            deprecated: flat.notes.deprecated,
            ..TypeDef::default()
        };
        self.types.insert(id.clone(), def);
        Ty::Named(id)
    }

    /// Whether schemas that are merged of others grow beyond all measure at `slot`.
    pub(super) fn is_too_much(&mut self, slot: &Slot, at: &str) -> bool {
        if slot.depth > DEEPEST {
            self.unsupported(at, "schemas are merged too deep inside of one another");
            return true;
        }
        if self.types.len() > MOST_TYPES {
            self.unsupported("", format!("the contract describes more than {MOST_TYPES} types"));
            return true;
        }
        false
    }
}

/// A wire name as a part of a type's name.
pub(super) fn pascal_or_spelled(wire: &str) -> String {
    let name = pascal(wire);
    if !name.is_empty() {
        name
    } else if wire.is_empty() {
        "Empty".to_owned()
    } else {
        pascal(&crate::words::spell_out(wire))
    }
}

/// The type that the values of an enumeration have, if they have one. Of texts and others it is text.
fn type_of_values(values: &[&Value]) -> Option<JsonType> {
    let mut values = values.iter().filter(|value| !value.is_null()).peekable();
    values.peek()?;
    let all = |is: fn(&Value) -> bool| values.clone().all(|value| is(value));
    if values.clone().any(|value| value.is_string()) {
        Some(JsonType::String)
    } else if all(Value::is_boolean) {
        Some(JsonType::Boolean)
    } else if all(|value| value.is_i64() || value.is_u64()) {
        Some(JsonType::Integer)
    } else {
        all(Value::is_number).then_some(JsonType::Number)
    }
}

fn field(wire: &str, valued: Valued, flat: &Flat<'_>) -> Field {
    let Valued { used, notes } = valued;
    Field {
        wire: wire.to_owned(),
        name: String::new(),
        required: flat.required.contains(wire),
        may_omit: flat.may_omit.contains(wire),
        value: used,
        boxed: false,
        default: notes.default,
        deprecated: notes.deprecated,
        read_only: notes.read_only,
        write_only: notes.write_only,
        docs: notes.docs,
    }
}
