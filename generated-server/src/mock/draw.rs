//! A value that a schema allows.

use super::pattern::Patterns;
use super::random::Random;
use super::schema::{count, flat, kind, merge};
use super::text;
use serde_json::{Map, Number, Value, json};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Below this many levels only what is required is drawn.
const DEEP: usize = 6;
/// Below this many nothing is: a schema that asks for more has no finite value.
const ENDLESS: usize = 60;
/// How far down is looked for the alternative that asks for the least.
const LOOK: usize = 5;
/// After this many values the rest is as small as may be.
const MANY: usize = 20_000;

/// Draws values.
pub(super) struct Draw<'a> {
    pub(super) schemas: &'a Map<String, Value>,
    pub(super) patterns: &'a Patterns,
    pub(super) random: Random,
    /// How far down this is.
    depth: usize,
    /// Values so far.
    drawn: usize,
    /// Within how many alternatives this is: what they have is drawn whole there, so that it can
    /// be told which one it is.
    alternatives: usize,
}

impl<'a> Draw<'a> {
    pub(super) fn new(schemas: &'a Map<String, Value>, patterns: &'a Patterns, random: Random) -> Self {
        Self { schemas, patterns, random, depth: 0, drawn: 0, alternatives: 0 }
    }

    /// The schema without references at its top.
    pub(super) fn flat<'s>(&self, schema: &'s Value) -> Cow<'s, Value>
    where
        'a: 's,
    {
        flat(self.schemas, schema)
    }

    /// A value for a schema; `name` is what the member is called that it is for.
    pub(super) fn value(&mut self, schema: &Value, name: &str) -> Value {
        let schema = self.flat(schema);
        if self.depth >= ENDLESS || (schema["nullable"] == true && self.random.once_in(10)) {
            return Value::Null;
        }
        self.depth += 1;
        self.drawn += 1;
        let value = self.of_kind(&schema, name);
        self.depth -= 1;
        value
    }

    fn of_kind(&mut self, schema: &Value, name: &str) -> Value {
        if let Some(values) = schema["enum"].as_array() {
            let values: Vec<&Value> = values.iter().filter(|value| !value.is_null()).collect();
            let index = usize::try_from(self.random.below(values.len() as u64)).unwrap_or_default();
            return values.get(index).copied().cloned().unwrap_or_default();
        }
        for word in ["oneOf", "anyOf"] {
            if let Some(alternatives) = schema[word].as_array().filter(|list| !list.is_empty()) {
                return self.alternative(schema, word, alternatives, name);
            }
        }
        match kind(schema) {
            "object" => self.object(schema),
            "array" => self.array(schema, name),
            "boolean" => Value::Bool(self.random.once_in(2)),
            "integer" => self.integer(schema),
            "number" => self.number(schema),
            "string" => Value::String(text::text(self, schema, name)),
            _ => json!({}),
        }
    }

    fn alternative(&mut self, schema: &Value, word: &str, alternatives: &[Value], name: &str) -> Value {
        let drawn = usize::try_from(self.random.below(alternatives.len() as u64)).unwrap_or_default();
        // Far down it is the one that asks for the least, so that what contains itself has an end.
        let flattest = || (0..alternatives.len()).min_by_key(|at| self.height(&alternatives[*at], LOOK));
        let index = if self.is_scarce() { flattest().unwrap_or(drawn) } else { drawn };
        let mut whole = schema.clone();
        if let Some(whole) = whole.as_object_mut() {
            whole.remove(word);
        }
        if let Some(alternative) = alternatives.get(index) {
            merge(&mut whole, self.flat(alternative).into_owned());
        }
        self.alternatives += 1;
        let value = self.of_kind(&whole, name);
        self.alternatives -= 1;
        value
    }

    /// How many levels the smallest value of a schema has, as far as one looks.
    fn height(&self, schema: &Value, look: usize) -> usize {
        let schema = self.flat(schema);
        let Some(look) = look.checked_sub(1) else { return 1 };
        if let Some(alternatives) = schema["oneOf"].as_array().or(schema["anyOf"].as_array()) {
            return alternatives.iter().map(|one| self.height(one, look)).min().unwrap_or_default();
        }
        let items = schema.get("items").filter(|_| count(&schema, "minItems").unwrap_or(0) > 0);
        let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let members = required.filter_map(|name| schema["properties"].get(name));
        items.into_iter().chain(members).map(|below| 1 + self.height(below, look)).max().unwrap_or_default()
    }

    fn object(&mut self, schema: &Value) -> Value {
        let required: BTreeSet<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        // By name, whatever order the document has come in: the same draws for the same members.
        let mut properties: Vec<_> = schema["properties"].as_object().into_iter().flatten().collect();
        properties.sort_by_key(|(name, _)| *name);
        let mut members = Map::new();
        for (name, property) in properties {
            if required.contains(name.as_str()) || self.wants(name, property) {
                let value = self.value(property, name);
                members.insert(name.clone(), value);
            }
        }
        self.others(schema, &mut members);
        excluded(schema, &required, &mut members);
        if let Some(most) = count(schema, "maxProperties") {
            let optional: Vec<String> =
                members.keys().rev().filter(|n| !required.contains(n.as_str())).cloned().collect();
            let extra = members.len().saturating_sub(most);
            optional.iter().take(extra).for_each(|name| drop(members.remove(name)));
        }
        Value::Object(members)
    }

    /// Whether an optional member is drawn. One that says when something was deleted is not: what
    /// is drawn is there.
    fn wants(&mut self, name: &str, property: &Value) -> bool {
        let property = self.flat(property);
        if property["writeOnly"] == true || self.is_scarce() {
            return false;
        }
        self.alternatives > 0 || (!name.to_lowercase().starts_with("deleted") && !self.random.once_in(6))
    }

    fn is_scarce(&self) -> bool {
        self.depth > DEEP || self.drawn > MANY
    }

    /// Members of an object that are not named in its schema.
    fn others(&mut self, schema: &Value, members: &mut Map<String, Value>) {
        let least = count(schema, "minProperties").unwrap_or(0);
        let (Some(others), false) =
            (schema.get("additionalProperties"), schema["additionalProperties"] == false)
        else {
            return;
        };
        let some = if members.is_empty() && others.is_object() && !self.is_scarce() { 2 } else { 0 };
        for i in 0..some.max(least.saturating_sub(members.len())) {
            let value = if others.is_object() { self.value(others, "value") } else { json!("value") };
            members.insert(format!("key{}", i + 1), value);
        }
    }

    fn array(&mut self, schema: &Value, name: &str) -> Value {
        let few = match self.depth {
            0..=2 => 3,
            3..=4 => 2,
            _ if self.is_scarce() && (self.alternatives == 0 || self.depth > 2 * DEEP) => 0,
            _ => 1,
        };
        let least = count(schema, "minItems").unwrap_or(0);
        let length = few.clamp(least, count(schema, "maxItems").unwrap_or(usize::MAX).max(least));
        let items = schema.get("items").cloned().unwrap_or_else(|| json!({}));
        let mut list: Vec<Value> = Vec::new();
        for _ in 0..length {
            let mut item = self.value(&items, name.trim_end_matches('s'));
            for _ in 0..16 {
                if schema["uniqueItems"] != true || !list.contains(&item) {
                    break;
                }
                item = self.value(&items, name);
            }
            if schema["uniqueItems"] != true || !list.contains(&item) {
                list.push(item);
            }
        }
        Value::Array(list)
    }

    fn integer(&mut self, schema: &Value) -> Value {
        let bound = |word: &str, exclusive: &str, step: i64| {
            let bound = schema[word].as_i64().or_else(|| schema[word].as_f64().map(|b| b as i64));
            bound.map(|b| if schema[exclusive] == true { b.saturating_add(step) } else { b })
        };
        let (least, most) =
            (bound("minimum", "exclusiveMinimum", 1), bound("maximum", "exclusiveMaximum", -1));
        let least = least.unwrap_or_else(|| most.map_or(0, |most| most.min(0)));
        let most = most.unwrap_or(least.saturating_add(100)).min(least.saturating_add(1000)).max(least);
        let width = most.abs_diff(least).saturating_add(1);
        let drawn = least.saturating_add_unsigned(self.random.below(width));
        match schema["multipleOf"].as_i64().filter(|step| *step > 1) {
            Some(step) => Value::from(((drawn + step - 1) / step * step).min(most / step * step)),
            None => Value::from(drawn),
        }
    }

    /// With two digits behind the point, as prices and shares have them.
    fn number(&mut self, schema: &Value) -> Value {
        let least = schema["minimum"].as_f64();
        let most = schema["maximum"].as_f64();
        let least = least.unwrap_or_else(|| most.map_or(0.0, |most| most.min(0.0)));
        let most = most.unwrap_or(least + 100.0).max(least);
        let share = (1 + self.random.below(99)) as f64 / 100.0;
        let exact = least + (most - least) * share;
        let rounded = (exact * 100.0).round() / 100.0;
        let drawn = match schema["multipleOf"].as_f64().filter(|step| *step > 0.0) {
            Some(step) => (exact / step).floor() * step,
            None if rounded > least && rounded < most => rounded,
            None => exact,
        };
        Number::from_f64(drawn).map_or(Value::Null, Value::Number)
    }
}

/// Takes out one optional member where `not` forbids some to stand together.
fn excluded(schema: &Value, required: &BTreeSet<&str>, members: &mut Map<String, Value>) {
    let Some(together) = schema["not"]["required"].as_array() else { return };
    let names: Vec<&str> = together.iter().filter_map(Value::as_str).collect();
    if names.iter().all(|name| members.contains_key(*name))
        && let Some(name) = names.iter().find(|name| !required.contains(**name))
    {
        members.remove(*name);
    }
}
