//! Arrays and maps.

use super::{ATTEMPTS, Sampler, Style, check};
use crate::ir::{Rules, Ty, Use};
use serde_json::{Map, Value};

/// The greatest number of elements that a maximal value has, if more may be there.
const MANY: u64 = 8;

impl Sampler<'_> {
    pub(super) fn array(&mut self, items: &Use, rules: &Rules, style: Style) -> Option<Value> {
        let least = rules.min_items.unwrap_or(0);
        let most = rules.max_items.unwrap_or(u64::MAX);
        let count = self.count(least, most, style)?;
        let mut elements: Vec<Value> = Vec::new();
        for _ in 0..count {
            let Some(element) = self.element(items, rules.unique_items, style, &elements) else { break };
            elements.push(element);
        }
        (elements.len() as u64 >= least).then_some(Value::Array(elements))
    }

    /// An element; one unlike all others where it has to be.
    pub(super) fn element(
        &mut self,
        items: &Use,
        unique: bool,
        style: Style,
        others: &[Value],
    ) -> Option<Value> {
        for attempt in 0..ATTEMPTS {
            let style = if attempt == 0 { style } else { Style::Random };
            let element = self.value(items, style)?;
            if !unique || !others.iter().any(|other| check::equal(other, &element)) {
                return Some(element);
            }
        }
        None
    }

    pub(super) fn map(&mut self, values: &Use, rules: &Rules, style: Style) -> Option<Value> {
        let least = rules.min_properties.unwrap_or(0);
        let count = self.count(least, rules.max_properties.unwrap_or(u64::MAX), style)?;
        let mut members = Map::new();
        for i in 0..count {
            let Some(value) = self.value(values, style) else { break };
            members.insert(self.key(i, values), value);
        }
        (members.len() as u64 >= least).then_some(Value::Object(members))
    }

    fn key(&mut self, i: u64, values: &Use) -> String {
        let odd = self.chance(4) && !matches!(values.ty, Ty::Json);
        if odd { format!("key/{i} ~é") } else { format!("key{i}") }
    }

    fn count(&mut self, least: u64, most: u64, style: Style) -> Option<u64> {
        if least > most {
            return None;
        }
        let span = (most - least).min(2) as usize;
        Some(match style {
            Style::Minimal => least,
            Style::Maximal if most <= MANY => most,
            Style::Maximal => least + span as u64,
            Style::Random => least + self.below(span + 1) as u64,
        })
    }
}
