//! What breaks one rule of a string, a number, a count.

use super::super::text::resized;
use super::super::{check, format, number};
use super::{CROWD, HUGE};
use crate::ir::{Rules, Ty};
use crate::number::Number;
use serde_json::{Map, Value, json};

pub(in crate::sample) fn wrong_type(ty: &Ty, at: &Value) -> Value {
    match (ty, at) {
        (Ty::Int32 | Ty::Int64, _) => json!(1.5),
        (Ty::Boolean | Ty::Number, _) => json!("of another type"),
        (_, Value::String(_)) => json!(17),
        (_, Value::Array(_)) => json!({}),
        (_, Value::Object(_)) => json!([]),
        _ => json!("of another type"),
    }
}

pub(super) fn broken_texts(format: Option<&str>, rules: &Rules, text: &str) -> Vec<(Value, &'static str)> {
    let mut out = Vec::new();
    let mut put = |rule: &'static str, candidates: Vec<String>| {
        let broken = |text: &&String| check::text(format, rules, text).contains(&rule);
        let alone = |text: &&String| check::text(format, rules, text).len() == 1;
        let best = candidates.iter().filter(broken).find(alone).or(candidates.iter().find(broken));
        out.extend(best.map(|text| (Value::String(text.clone()), rule)));
    };
    if let Some(least @ 1..) = rules.min_length {
        put("minLength", resized(text, least - 1));
    }
    if let Some(most) = rules.max_length.filter(|most| *most < HUGE) {
        put("maxLength", resized(text, most + 1));
    }
    let odd = ["", " ", "!", "é", "/", "#", "-", "a", "A", "0", "aa", "AAAA", "  spaces  ", "line\nbreak"];
    let mut candidates: Vec<String> = odd.iter().map(|odd| (*odd).to_owned()).collect();
    candidates.extend(odd.iter().map(|odd| format!("{text}{odd}")));
    candidates.extend(odd.iter().map(|odd| format!("{odd}{text}")));
    let length = text.chars().count() as u64;
    candidates.extend(odd.iter().flat_map(|odd| resized(&format!("{odd}{text}"), length)));
    candidates.extend(odd.iter().flat_map(|odd| resized(&format!("{odd}{odd}"), length)));
    if rules.pattern.is_some() {
        put("pattern", candidates.clone());
    }
    if !rules.exactly_one.is_empty() {
        put("oneOf", candidates.clone());
    }
    if !rules.at_least_one.is_empty() {
        put("anyOf", candidates);
    }
    if let Some(format) = format {
        put("format", format::counterexamples(format).iter().map(|text| (*text).to_owned()).collect());
    }
    if !rules.one_of.is_empty() {
        put("enum", vec![format!("{text} not in the list")]);
    }
    out
}

pub(super) fn broken_numbers(ty: &Ty, rules: &Rules) -> Vec<(Value, &'static str)> {
    let whole = matches!(ty, Ty::Int32 | Ty::Int64);
    let (low, high) = number::bounds(ty);
    let mut out = Vec::new();
    if let Some(least) = rules.minimum.filter(|least| !whole || *least > Number::from(low)) {
        let on_it = rules.exclusive_minimum && least.is_whole();
        out.push((
            if whole { Value::from(least.ceil() - i64::from(!on_it)) } else { beyond(least, on_it, -1.0) },
            if rules.exclusive_minimum { "exclusiveMinimum" } else { "minimum" },
        ));
    }
    if let Some(most) = rules.maximum.filter(|most| !whole || *most < Number::from(high)) {
        let on_it = rules.exclusive_maximum && most.is_whole();
        out.push((
            if whole { Value::from(most.floor() + i64::from(!on_it)) } else { beyond(most, on_it, 1.0) },
            if rules.exclusive_maximum { "exclusiveMaximum" } else { "maximum" },
        ));
    }
    if let Some(step) = rules.multiple_of {
        let start = rules.minimum.map_or(0.0, Number::float).max(0.0);
        let base = (start / step.float()).ceil() * step.float();
        let outside = if whole {
            let near = [1, 2].map(|more| (base as i64).saturating_add(more));
            let between = near.into_iter().find(|n| !Number::from(*n).is_multiple_of(step));
            Value::from(between.unwrap_or(near[0]))
        } else {
            Value::from(base + step.float() / 2.0)
        };
        out.push((outside, "multipleOf"));
    }
    out
}

/// A number on a bound, or beyond it by one and a bit.
fn beyond(bound: Number, on_it: bool, by: f64) -> Value {
    let bound = bound.float();
    let outside = if by < 0.0 { (bound + by).ceil() } else { (bound + by).floor() };
    Value::from(if on_it { bound } else { outside })
}

pub(super) fn broken_counts(rules: &Rules, members: &Map<String, Value>) -> Vec<(Value, &'static str)> {
    let mut out = Vec::new();
    if let Some(least @ 1..) = rules.min_properties {
        let few = members.iter().take(least as usize - 1).map(|(k, v)| (k.clone(), v.clone()));
        out.push((Value::Object(few.collect()), "minProperties"));
    }
    if let (Some(most), Some(first)) = (rules.max_properties.filter(|m| *m < CROWD), members.values().next())
    {
        let mut many = members.clone();
        let mut i = 0;
        while many.len() as u64 <= most {
            many.insert(format!("more{i}"), first.clone());
            i += 1;
        }
        out.push((Value::Object(many), "maxProperties"));
    }
    out
}
