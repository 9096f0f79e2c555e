//! `oneOf`, `anyOf` and `not`: what alternatives come to.
//!
//! - Alternatives that only combine `required` sets are a rule of the object ([`Presence`]), and so
//!   is `not` of one.
//! - Alternatives of one scalar type are rules of that scalar; if each is an enumeration, they are
//!   one enumeration.
//! - Anything else is a union. What stands beside the alternatives holds for each of them, so it
//!   is merged into each variant, as `allOf` would.

use super::Lowering;
use super::flat::{Alternatives, Extras, Flat};
use super::schema::{JsonType, Node};
use super::slot::Slot;
use super::types::{Shape, string};
use crate::diagnostic::Code;
use crate::ir::{Discriminator, Kind, Presence, Rules, Ty, Union, UnionVariant, Use};
use serde_json::Value;
use std::collections::BTreeMap;

impl<'a> Lowering<'a> {
    /// The rules on which members are there.
    pub(super) fn presence(&mut self, flat: &Flat<'a>) -> Vec<Presence> {
        let mut rules = Vec::new();
        for group in &flat.alternatives {
            if let Some(sets) = required_sets(&group.nodes) {
                rules.push(if group.exclusive { Presence::OneOf(sets) } else { Presence::AnyOf(sets) });
            }
        }
        for node in &flat.nots {
            let inner = ["anyOf", "oneOf"].iter().find_map(|word| node.get(word));
            let nodes = match inner {
                Some(list) if list.at.ends_with("anyOf") && single_key(node) => list.elements().collect(),
                Some(_) => Vec::new(),
                None => vec![node.clone()],
            };
            match required_sets(&nodes) {
                Some(sets) if !sets.is_empty() => rules.extend(sets.into_iter().map(Presence::NotAll)),
                _ => self.unsupported(&node.at, "`not` is supported with `required` in it only"),
            }
        }
        rules
    }

    /// The shape that alternatives give to a schema; none if they are rules on its members.
    pub(super) fn shape_of_alternatives(&mut self, flat: &Flat<'a>) -> Option<Shape> {
        let group = group_of(flat)?;
        let variants = self.variants(&group);
        Some(match scalar_of(flat, &variants) {
            Some(JsonType::String) if variants.iter().all(|v| v.values.is_some()) => Shape::Enum,
            Some(kind) => Shape::Scalar(kind),
            None => Shape::Union,
        })
    }

    /// The use that alternatives come to; none if they are rules on members.
    pub(super) fn alternatives(&mut self, flat: &Flat<'a>, slot: &Slot) -> Option<Use> {
        let group = group_of(flat)?;
        let variants = self.variants(&group);
        let mut rest = flat.clone();
        rest.alternatives.retain(|other| other.at != group.at);
        Some(match scalar_of(flat, &variants) {
            Some(kind) if kind == JsonType::String && variants.iter().all(|v| v.values.is_some()) => {
                self.joined_enum(&group, rest, &variants, slot)
            }
            Some(kind) => self.joined_scalar(&group, rest, &variants, kind, slot),
            None => self.union(&group, &rest, &variants, slot),
        })
    }

    fn variants(&mut self, group: &Alternatives<'a>) -> Vec<Flat<'a>> {
        group.nodes.iter().map(|node| self.flatten(std::slice::from_ref(node))).collect()
    }

    /// Enumerations on one string: the values that one of them has, or exactly one.
    fn joined_enum(
        &mut self,
        group: &Alternatives<'a>,
        mut rest: Flat<'a>,
        variants: &[Flat<'a>],
        slot: &Slot,
    ) -> Use {
        let lists: Vec<_> = variants.iter().filter_map(|variant| variant.values.as_ref()).collect();
        let mut values: Vec<&Value> = Vec::new();
        for value in lists.iter().copied().flatten() {
            let times = lists.iter().filter(|list| list.contains(value)).count();
            let own = rest.values.as_ref().is_none_or(|own| own.contains(value));
            if own && (times == 1 || !group.exclusive) && !values.contains(value) {
                values.push(value);
            }
        }
        rest.values = Some(values);
        rest.kind = rest.kind.or_else(|| Some((JsonType::String, group.at.clone())));
        self.shaped(&rest, slot)
    }

    /// Alternatives on one scalar: rules of it.
    fn joined_scalar(
        &mut self,
        group: &Alternatives<'a>,
        mut rest: Flat<'a>,
        variants: &[Flat<'a>],
        kind: JsonType,
        slot: &Slot,
    ) -> Use {
        let common = variants.first().and_then(|v| v.format.clone());
        let shared = variants.iter().all(|v| v.format.as_ref().map(|f| f.0) == common.as_ref().map(|f| f.0));
        if shared && rest.format.is_none() {
            rest.format = common;
        }
        rest.kind = rest.kind.or_else(|| Some((kind, group.at.clone())));
        let rules = variants.iter().map(|v| self.rules_of(v, kind, shared)).collect();
        let more = if group.exclusive {
            Rules { exactly_one: rules, ..Rules::default() }
        } else if rules.iter().any(Rules::is_empty) {
            Rules::default()
        } else {
            Rules { at_least_one: rules, ..Rules::default() }
        };
        rest.rules = rest.rules.and(&more);
        self.shaped(&rest, slot)
    }

    /// One alternative of a scalar as rules.
    fn rules_of(&mut self, variant: &Flat<'a>, kind: JsonType, format_is_shared: bool) -> Rules {
        if kind != JsonType::String {
            return self.number_type(variant).rules;
        }
        let used = string(variant);
        let mut rules = used.rules;
        let format = variant.format.as_ref().map(|(format, _)| (*format).to_owned());
        if format_is_shared {
            rules.format = None;
        } else if used.ty != Ty::String {
            rules.format = format;
        }
        let values = variant.values.iter().flatten().filter_map(|value| value.as_str());
        rules.one_of = values.map(str::to_owned).collect();
        rules
    }

    fn union(&mut self, group: &Alternatives<'a>, rest: &Flat<'a>, flats: &[Flat<'a>], slot: &Slot) -> Use {
        let Some(names) = self.variant_names(group, flats) else { return Use::default() };
        let silent = says_nothing_to(rest, flats);
        let mut variants = Vec::new();
        for (node, name) in group.nodes.iter().zip(&names) {
            let word = if group.exclusive { "oneOf" } else { "anyOf" };
            let mut inner = slot.inside(&format!("{word}/{name}"), name);
            inner.depth += usize::from(!silent);
            if self.is_too_much(&inner, &node.at) {
                break;
            }
            let value = if silent {
                self.value(std::slice::from_ref(node), &inner).used
            } else {
                let mut flat = Flat { at: node.at.clone(), ..rest.clone() };
                self.absorb(&mut flat, node, false, &mut Vec::new());
                self.shaped(&flat, &inner)
            };
            // `null` is a value of the union, not of a variant.
            let value = Use { nullable: false, ..value };
            variants.push(UnionVariant { name: name.clone(), value, boxed: false });
        }
        let discriminator =
            group.discriminator.as_ref().and_then(|node| self.discriminator(node, &group.nodes));
        let order = (0..variants.len()).collect();
        let kind = Kind::Union(Union { exclusive: group.exclusive, discriminator, variants, order });
        Use { ty: self.insert(slot, kind, rest), ..Use::default() }
    }

    /// The variant for each value of the discriminator: as mapped, else the component's name.
    fn discriminator(&mut self, node: &Node<'a>, variants: &[Node<'a>]) -> Option<Discriminator> {
        let Some(property) = node.text("propertyName") else {
            self.error(Code::BadSchema, &node.at, "`propertyName` is missing");
            return None;
        };
        let keys: Vec<_> = variants.iter().map(|variant| variant.text("$ref").map(key_of)).collect();
        let mut mapping = BTreeMap::new();
        for (value, target) in node.get("mapping").iter().flat_map(Node::members) {
            let key = target.value.as_str().map(key_of);
            match keys.iter().position(|variant| variant.is_some() && *variant == key) {
                Some(index) => {
                    mapping.insert(value.to_owned(), index);
                }
                None => self.unsupported(&target.at, "the discriminator maps to what is not an alternative"),
            }
        }
        for (index, key) in keys.iter().enumerate() {
            match key {
                _ if mapping.values().any(|mapped| *mapped == index) => {}
                Some(key) => {
                    let name = key.rsplit('.').next().unwrap_or(key);
                    mapping.insert(name.to_owned(), index);
                }
                None => self.unsupported(&node.at, "a discriminator needs alternatives that are components"),
            }
        }
        Some(Discriminator { property: property.to_owned(), mapping })
    }
}

fn key_of(reference: &str) -> &str {
    reference.strip_prefix("#/components/schemas/").unwrap_or(reference)
}

/// The first alternatives that are more than rules on members.
fn group_of<'a>(flat: &Flat<'a>) -> Option<Alternatives<'a>> {
    flat.alternatives.iter().find(|group| required_sets(&group.nodes).is_none()).cloned()
}

/// The sets, if every node is a `required` and nothing else.
pub(super) fn required_sets(nodes: &[Node<'_>]) -> Option<Vec<Vec<String>>> {
    nodes
        .iter()
        .map(|node| {
            let map = node.value.as_object()?;
            let plain = map.iter().all(|(key, value)| match key.as_str() {
                "required" => true,
                "type" => value == "object",
                other => other.starts_with("x-"),
            });
            let names = map.get("required")?.as_array().filter(|names| plain && !names.is_empty())?;
            names.iter().map(|name| name.as_str().map(str::to_owned)).collect()
        })
        .collect()
}

fn single_key(node: &Node<'_>) -> bool {
    node.value.as_object().is_some_and(|map| map.len() == 1)
}

/// The scalar type that all alternatives, with what is beside them, are of.
fn scalar_of(flat: &Flat<'_>, variants: &[Flat<'_>]) -> Option<JsonType> {
    let base = flat.kind.as_ref().map(|(kind, _)| *kind);
    let mut kinds = variants.iter().map(|variant| {
        let simple = variant.alternatives.is_empty() && variant.nots.is_empty();
        let own = variant.kind.as_ref().map(|(kind, _)| *kind);
        own.or(base).or_else(|| Lowering::json_type(variant)).filter(|_| simple)
    });
    let first = kinds.next().flatten()?;
    let scalar = matches!(first, JsonType::String | JsonType::Integer | JsonType::Number);
    let same = kinds.all(|kind| kind == Some(first)) && base.is_none_or(|base| base == first);
    (scalar && same).then_some(first)
}

/// Whether what stands beside the alternatives adds nothing to any of them.
fn says_nothing_to(rest: &Flat<'_>, variants: &[Flat<'_>]) -> bool {
    let base = rest.kind.as_ref().map(|(kind, _)| *kind);
    rest.members.is_empty()
        && rest.required.is_empty()
        && matches!(rest.extra, Extras::Any)
        && rest.items.is_empty()
        && rest.rules.is_empty()
        && rest.values.is_none()
        && rest.format.is_none()
        && rest.nots.is_empty()
        && rest.alternatives.is_empty()
        && variants.iter().all(|v| base.is_none() || Lowering::json_type(v) == base)
}
