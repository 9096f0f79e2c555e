//! Values with one constraint broken.

use super::text::format_of;
use super::{Sampler, Style, Violation, violations};
use crate::ir::{Additional, Kind, Rules, Ty, TypeId, Use};
use serde_json::Value;
use std::collections::BTreeSet;

mod members;
mod scalars;
pub(super) use scalars::wrong_type;
use scalars::{broken_counts, broken_numbers, broken_texts};

/// A value that was valid until one thing was changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Broken {
    /// The value.
    pub value: Value,
    /// What is wrong with it now.
    pub violation: Violation,
    /// Whether nothing else is wrong with it.
    pub alone: bool,
}

/// The greatest text that is built to exceed a bound.
const HUGE: u64 = 70_000;

/// The greatest number of elements that is built to exceed a bound.
const CROWD: u64 = 1_000;

/// A change of a value: what is put (or, without a value, removed) where, and what that breaks.
struct Change {
    at: String,
    new: Option<Value>,
    /// The constraint in the contract, so that each is broken once.
    place: String,
    expected: Violation,
}

/// A place in a value, and the place in the contract that speaks of it.
#[derive(Clone, Default)]
struct At {
    pointer: String,
    place: String,
}

impl At {
    fn put(&self, new: Value, rule: &'static str) -> Change {
        Change {
            at: self.pointer.clone(),
            new: Some(new),
            place: self.place.clone(),
            expected: Violation { pointer: self.pointer.clone(), rule },
        }
    }

    fn child(&self, token: &str, place: String) -> Self {
        Self { pointer: format!("{}/{}", self.pointer, escaped(token)), place }
    }
}

impl Sampler<'_> {
    /// Values that break each constraint of a schema once, at any depth.
    ///
    /// A constraint of a named type is broken once, however often the type occurs below the
    /// schema. A constraint is missing if nothing breaks it: the other variant of a union lets the
    /// value pass, say.
    pub fn broken(&mut self, used: &Use) -> Vec<Broken> {
        let mut seen = BTreeSet::new();
        let mut all = Vec::new();
        for style in [Style::Maximal, Style::Random, Style::Random, Style::Minimal] {
            let Ok(base) = self.valid(used, style) else { continue };
            let mut changes = Vec::new();
            self.changes(used, &base, &At::default(), &mut changes);
            for change in changes {
                let key = (change.place, change.expected.rule);
                if seen.contains(&key) {
                    continue;
                }
                let Some(value) = changed(&base, &change.at, change.new) else { continue };
                let found = violations(self.api, used, &value);
                let Some(first) = found.first() else { continue };
                let expected = if found.contains(&change.expected) { &change.expected } else { first };
                all.push(Broken { value, violation: expected.clone(), alone: found.len() == 1 });
                seen.insert(key);
            }
        }
        all
    }

    /// Every change at a place or below it that breaks something.
    fn changes(&mut self, used: &Use, value: &Value, at: &At, out: &mut Vec<Change>) {
        let used = self.api.resolve(used);
        if !used.nullable {
            let nulled = at.put(Value::Null, "type");
            out.push(Change { place: format!("{} null", at.place), ..nulled });
        }
        if !matches!(used.ty, Ty::Json) {
            out.push(at.put(wrong_type(&used.ty, value), "type"));
        }
        let rules = &used.rules;
        let here = match (&used.ty, value) {
            (Ty::String | Ty::Uuid | Ty::DateTime | Ty::Date | Ty::Base64, Value::String(text)) => {
                broken_texts(format_of(&used.ty, rules), rules, text)
            }
            (Ty::Int32 | Ty::Int64 | Ty::Number, Value::Number(_)) => broken_numbers(&used.ty, rules),
            (Ty::Array(items), Value::Array(elements)) => {
                if let Some(first) = elements.first() {
                    self.changes(items, first, &at.child("0", format!("{}/[]", at.place)), out);
                }
                self.broken_arrays(items, rules, elements)
            }
            (Ty::Map(values), Value::Object(members)) => {
                if let Some((name, member)) = members.iter().next() {
                    self.changes(values, member, &at.child(name, format!("{}/{{}}", at.place)), out);
                }
                broken_counts(rules, members)
            }
            (Ty::Object, Value::Object(members)) => broken_counts(rules, members),
            (Ty::Named(id), _) => {
                self.changes_of_named(id, value, at, out);
                Vec::new()
            }
            _ => Vec::new(),
        };
        out.extend(here.into_iter().map(|(new, rule)| at.put(new, rule)));
    }

    fn changes_of_named(&mut self, id: &TypeId, value: &Value, at: &At, out: &mut Vec<Change>) {
        let api = self.api;
        match (api.types.get(id).map(|d| &d.kind), value) {
            (Some(Kind::Struct(object)), Value::Object(members)) => {
                self.broken_members(object, members, &at.pointer, &id.0, out);
                for (name, member) in members {
                    let field = object.fields.iter().find(|f| f.wire == *name);
                    let used = match (field, &object.additional) {
                        (Some(field), _) => &field.value,
                        (None, Additional::Typed(values)) => values,
                        (None, _) => continue,
                    };
                    let place = field.map_or("{}", |f| &f.wire);
                    self.changes(used, member, &at.child(name, format!("{}/{place}", id.0)), out);
                }
            }
            (Some(Kind::Enum(_)), Value::String(text)) => {
                out.push(at.put(Value::String(format!("{text} not in the list")), "enum"));
            }
            (Some(Kind::Union(union)), _) => {
                let matching = union.variants.iter().find(|v| violations(api, &v.value, value).is_empty());
                if let Some(variant) = matching {
                    let place = format!("{}/{}", id.0, variant.name);
                    self.changes(&variant.value, value, &At { place, ..at.clone() }, out);
                }
            }
            _ => {}
        }
    }

    fn broken_arrays(
        &mut self,
        items: &Use,
        rules: &Rules,
        elements: &[Value],
    ) -> Vec<(Value, &'static str)> {
        let mut out = Vec::new();
        if let Some(least @ 1..) = rules.min_items {
            out.push((elements.iter().take(least as usize - 1).cloned().collect(), "minItems"));
        }
        if let Some(most) = rules.max_items.filter(|most| *most <= CROWD) {
            let mut crowd = elements.to_vec();
            while crowd.len() as u64 <= most {
                let Some(element) = self.element(items, rules.unique_items, Style::Random, &crowd) else {
                    break;
                };
                crowd.push(element);
            }
            out.push((Value::Array(crowd), "maxItems"));
        }
        if let (true, Some(first)) = (rules.unique_items, elements.first()) {
            let mut twice = elements.to_vec();
            if elements.len() > 1 {
                twice.pop();
            }
            twice.push(first.clone());
            out.push((Value::Array(twice), "uniqueItems"));
        }
        out
    }
}

/// The base with one change.
fn changed(base: &Value, at: &str, new: Option<Value>) -> Option<Value> {
    let mut value = base.clone();
    match new {
        Some(new) => *value.pointer_mut(at)? = new,
        None => {
            let (parent, member) = at.rsplit_once('/')?;
            let member = member.replace("~1", "/").replace("~0", "~");
            value.pointer_mut(parent)?.as_object_mut()?.shift_remove(&member)?;
        }
    }
    Some(value)
}

fn escaped(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}
