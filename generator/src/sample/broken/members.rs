//! What breaks a rule on the members of an object.

use super::super::{Sampler, Style, Violation, check};
use super::scalars::broken_counts;
use super::{Change, escaped};
use crate::ir::{Additional, Presence, Rules, Struct};
use serde_json::{Map, Value};

impl Sampler<'_> {
    /// Members that are missing, or should be.
    pub(super) fn broken_members(
        &mut self,
        object: &Struct,
        members: &Map<String, Value>,
        pointer: &str,
        id: &str,
        out: &mut Vec<Change>,
    ) {
        for field in object.fields.iter().filter(|f| f.required && members.contains_key(&f.wire)) {
            let at = format!("{pointer}/{}", escaped(&field.wire));
            out.push(Change {
                at: at.clone(),
                new: None,
                place: format!("{id}/{}", field.wire),
                expected: Violation { pointer: at, rule: "required" },
            });
        }
        let mut whole: Vec<(Map<String, Value>, &'static str)> = Vec::new();
        if matches!(object.additional, Additional::Closed) {
            let mut more = members.clone();
            more.insert("not a member".to_owned(), Value::Bool(true));
            whole.push((more, "additionalProperties"));
        }
        for rule in &object.presence {
            whole.extend(self.broken_presence(object, rule, members));
        }
        let counts = Rules {
            min_properties: object.min_properties,
            max_properties: object.max_properties,
            ..Rules::default()
        };
        for (new, rule) in broken_counts(&counts, members) {
            whole.extend(new.as_object().map(|new| (new.clone(), rule)));
        }
        for (i, (new, rule)) in whole.into_iter().enumerate() {
            let member = if rule == "additionalProperties" { "/not a member" } else { "" };
            out.push(Change {
                at: pointer.to_owned(),
                new: Some(Value::Object(new)),
                place: format!("{id} {i}"),
                expected: Violation { pointer: format!("{pointer}{member}"), rule },
            });
        }
    }

    /// The members with too many or too few of those that a rule speaks of.
    fn broken_presence(
        &mut self,
        object: &Struct,
        rule: &Presence,
        members: &Map<String, Value>,
    ) -> Vec<(Map<String, Value>, &'static str)> {
        let required = |name: &str| object.fields.iter().any(|f| f.required && f.wire == name);
        let (keyword, names): (_, Vec<&String>) = match rule {
            Presence::NotAll(names) => ("not", names.iter().collect()),
            Presence::AnyOf(sets) => ("anyOf", sets.iter().flatten().collect()),
            Presence::OneOf(sets) => ("oneOf", sets.iter().flatten().collect()),
        };
        let mut full = members.clone();
        let mut bare = members.clone();
        for name in names {
            if !full.contains_key(name) {
                let field = object.fields.iter().find(|f| f.wire == *name);
                let value = field.and_then(|f| self.value(&f.value, Style::Minimal));
                full.insert(name.clone(), value.unwrap_or(Value::Bool(true)));
            }
            if !required(name) {
                bare.shift_remove(name);
            }
        }
        let broken = |m: &Map<String, Value>| !check::presence(rule, &|name| m.contains_key(name));
        [full, bare].into_iter().filter(broken).map(|m| (m, keyword)).collect()
    }
}
