//! Objects and unions.

use super::broken::wrong_type;
use super::{ATTEMPTS, Sampler, Style, check, height, plain};
use crate::ir::{Additional, Kind, Presence, Rules, Struct, Ty, TypeId, Union};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

impl Sampler<'_> {
    pub(super) fn object(
        &mut self,
        id: &TypeId,
        object: &Struct,
        rules: &Rules,
        style: Style,
    ) -> Option<Value> {
        let wanted = self.members(object, style);
        let mut members = Map::new();
        for field in object.fields.iter().filter(|f| wanted.contains(&f.wire)) {
            let reachable = field.required || height::of(&field.value, &self.heights).is_some();
            match reachable.then(|| self.value(&field.value, style)).flatten() {
                Some(value) => {
                    members.insert(field.wire.clone(), value);
                }
                None if field.required => return None,
                None => {
                    self.unsatisfied.insert(format!("{}#/{}", id.0, field.wire));
                }
            }
        }
        self.extra(object, rules, style, &mut members)?;
        Some(Value::Object(members))
    }

    /// Members beyond the named ones: to show that they are kept, or because some have to be there.
    fn extra(
        &mut self,
        object: &Struct,
        rules: &Rules,
        style: Style,
        members: &mut Map<String, Value>,
    ) -> Option<()> {
        let values = match &object.additional {
            Additional::Closed => return Some(()),
            Additional::Open => plain(Ty::Json),
            Additional::Typed(values) => (**values).clone(),
        };
        let least = object.min_properties.max(rules.min_properties).unwrap_or(0) as usize;
        let most = [object.max_properties, rules.max_properties].into_iter().flatten().min();
        let most = most.unwrap_or(u64::MAX) as usize;
        let wished = match style {
            Style::Minimal => 0,
            Style::Maximal => 2,
            Style::Random => self.below(3).saturating_sub(1),
        };
        let goal = (members.len() + wished).max(least).min(most);
        let mut i = 0;
        while members.len() < goal {
            let name = format!("x extra/{i}");
            i += 1;
            if object.fields.iter().all(|f| f.wire != name) {
                members.insert(name, self.value(&values, style)?);
            }
        }
        Some(())
    }

    /// The named members that are to be there.
    fn members(&mut self, object: &Struct, style: Style) -> BTreeSet<String> {
        let most = object.max_properties.unwrap_or(u64::MAX) as usize;
        let least = object.min_properties.unwrap_or(0) as usize;
        let mut chosen: BTreeSet<String> = BTreeSet::new();
        for _ in 0..ATTEMPTS {
            chosen.clear();
            for field in &object.fields {
                let optional = match style {
                    Style::Minimal => false,
                    Style::Maximal => true,
                    Style::Random => self.chance(2),
                };
                if field.required || optional {
                    chosen.insert(field.wire.clone());
                }
            }
            for rule in &object.presence {
                self.arrange(object, rule, &mut chosen);
            }
            let mut optional: Vec<_> = object.fields.iter().filter(|f| !f.required).collect();
            while chosen.len() < least && !optional.is_empty() {
                let pick = self.below(optional.len());
                chosen.insert(optional.swap_remove(pick).wire.clone());
            }
            let mut optional: Vec<_> =
                object.fields.iter().filter(|f| !f.required && chosen.contains(&f.wire)).collect();
            while chosen.len() > most && !optional.is_empty() {
                let pick = self.below(optional.len());
                chosen.remove(&optional.swap_remove(pick).wire);
            }
            if object.presence.iter().all(|rule| check::presence(rule, &|name| chosen.contains(name))) {
                break;
            }
        }
        chosen
    }

    /// Adds and removes members so that a presence rule holds, as far as this one can see.
    fn arrange(&mut self, object: &Struct, rule: &Presence, chosen: &mut BTreeSet<String>) {
        let required = |name: &str| object.fields.iter().any(|f| f.required && f.wire == name);
        match rule {
            _ if check::presence(rule, &|name| chosen.contains(name)) => {}
            Presence::NotAll(names) => {
                let optional: Vec<_> = names.iter().filter(|n| !required(n)).collect();
                if let Some(name) = optional.get(self.below(optional.len())) {
                    chosen.remove(*name);
                }
            }
            Presence::AnyOf(sets) => {
                if let Some(set) = sets.get(self.below(sets.len())) {
                    chosen.extend(set.iter().cloned());
                }
            }
            Presence::OneOf(sets) => {
                let pick = self.below(sets.len());
                let Some(kept) = sets.get(pick) else { return };
                for (_, set) in sets.iter().enumerate().filter(|(i, _)| *i != pick) {
                    let removable: Vec<_> =
                        set.iter().filter(|n| !required(n) && !kept.contains(n)).collect();
                    if let Some(name) = removable.get(self.below(removable.len())) {
                        chosen.remove(*name);
                    }
                }
                chosen.extend(kept.iter().cloned());
            }
        }
    }

    pub(super) fn union(&mut self, union: &Union, style: Style) -> Option<Value> {
        let mut open: Vec<usize> = (0..union.variants.len())
            .filter(|i| height::of(&union.variants[*i].value, &self.heights).is_some())
            .collect();
        if style == Style::Minimal {
            open.sort_by_key(|i| height::of(&union.variants[*i].value, &self.heights));
        }
        for attempt in 0..ATTEMPTS.min(8 * open.len()) {
            let pick = if style == Style::Random { self.below(open.len()) } else { attempt % open.len() };
            let index = open[pick];
            let style = if attempt < open.len() { style } else { Style::Random };
            let Some(mut value) = self.value(&union.variants[index].value, style) else { continue };
            discriminate(union, index, &mut value);
            if check::union_matches(self.api, union, &value) {
                return Some(value);
            }
            self.estrange(union, index, &mut value);
            if check::union_matches(self.api, union, &value) {
                return Some(value);
            }
        }
        None
    }
}

impl Sampler<'_> {
    /// Gives an object that several variants match a member that only its own variant, which does
    /// not know it, lets pass.
    fn estrange(&self, union: &Union, own: usize, value: &mut Value) {
        let fields = |index: usize| match self.api.resolve(&union.variants[index].value).ty {
            Ty::Named(id) => match self.api.types.get(&id).map(|definition| &definition.kind) {
                Some(Kind::Struct(object)) => Some(object),
                _ => None,
            },
            _ => None,
        };
        let (Some(known), Some(members)) = (fields(own), value.as_object_mut()) else { return };
        if known.additional != Additional::Open {
            return;
        }
        for other in (0..union.variants.len()).filter(|i| *i != own).filter_map(fields) {
            let strange = other.fields.iter().find(|f| known.fields.iter().all(|k| k.wire != f.wire));
            if let Some(field) = strange {
                let ty = self.api.resolve(&field.value).ty;
                members.insert(field.wire.clone(), wrong_type(&ty, &Value::Bool(true)));
            }
        }
    }
}

/// Gives a value the discriminator of its variant.
fn discriminate(union: &Union, index: usize, value: &mut Value) {
    let Some(discriminator) = &union.discriminator else { return };
    let keys: Vec<_> = discriminator.mapping.iter().filter(|(_, i)| **i == index).map(|(k, _)| k).collect();
    let Some(members) = value.as_object_mut() else { return };
    let said = members.get(&discriminator.property).and_then(Value::as_str);
    if said.is_some_and(|said| keys.iter().any(|key| *key == said)) {
        return;
    }
    if let Some(key) = keys.first() {
        members.insert(discriminator.property.clone(), Value::String((*key).clone()));
    }
}
