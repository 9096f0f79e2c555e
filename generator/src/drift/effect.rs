//! What an edit does to the values that may go over the wire, and which way of a bound is tighter.

use crate::number::Number;
use serde::Serialize;
use serde_json::Value;
use std::cmp::Ordering;

/// What an edit does to a set of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// The same values.
    Equal,
    /// Fewer values.
    Narrows,
    /// More values.
    Widens,
    /// Some are gone, others are new.
    Incomparable,
    /// Nobody can tell.
    Unknown,
}

impl Effect {
    /// The effect of taking the edit back.
    #[must_use]
    pub fn mirror(self) -> Self {
        match self {
            Self::Narrows => Self::Widens,
            Self::Widens => Self::Narrows,
            other => other,
        }
    }
}

/// Which way of a bound is tighter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tighter {
    /// The greater one: a lower bound.
    Up,
    /// The smaller one: an upper bound.
    Down,
    /// One that is a multiple of the other.
    Multiple,
    /// Being there at all.
    Present,
}

/// The polarity of every keyword that bounds values.
const POLARITY: &[(&str, Tighter)] = &[
    ("minLength", Tighter::Up),
    ("maxLength", Tighter::Down),
    ("minimum", Tighter::Up),
    ("maximum", Tighter::Down),
    ("multipleOf", Tighter::Multiple),
    ("minItems", Tighter::Up),
    ("maxItems", Tighter::Down),
    ("uniqueItems", Tighter::Present),
    ("minProperties", Tighter::Up),
    ("maxProperties", Tighter::Down),
];

/// A bound, and whether it excludes itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bound {
    pub(super) value: Number,
    pub(super) exclusive: bool,
}

/// Whether a keyword bounds values.
pub(super) fn is_bound(keyword: &str) -> bool {
    POLARITY.iter().any(|(name, _)| *name == keyword)
}

/// What replacing one bound by another does; `None` for keywords that are no bounds.
pub(super) fn of_bounds(keyword: &str, before: Bound, after: Bound) -> Option<Effect> {
    let (_, tighter) = POLARITY.iter().find(|(name, _)| *name == keyword)?;
    let order = match tighter {
        Tighter::Up => after.value.partial_cmp(&before.value)?.then(after.exclusive.cmp(&before.exclusive)),
        Tighter::Down => before.value.partial_cmp(&after.value)?.then(after.exclusive.cmp(&before.exclusive)),
        Tighter::Present => after.value.partial_cmp(&before.value)?,
        Tighter::Multiple if after.value == before.value => Ordering::Equal,
        Tighter::Multiple if after.value.is_multiple_of(before.value) => Ordering::Greater,
        Tighter::Multiple if before.value.is_multiple_of(after.value) => Ordering::Less,
        Tighter::Multiple => return Some(Effect::Incomparable),
    };
    Some(match order {
        Ordering::Less => Effect::Widens,
        Ordering::Equal => Effect::Equal,
        Ordering::Greater => Effect::Narrows,
    })
}

/// A bound as it is told: `5`, or `> 5` where it is excluded.
pub(super) fn told(keyword: &str, bound: &Value, exclusive: bool) -> Value {
    match (keyword, exclusive) {
        ("minimum", true) => Value::String(format!("> {bound}")),
        ("maximum", true) => Value::String(format!("< {bound}")),
        _ => bound.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Bound, Effect, Number, of_bounds};

    fn effect(keyword: &str, before: f64, after: f64) -> Effect {
        let bound = |value: f64| Bound { value: value.into(), exclusive: false };
        of_bounds(keyword, bound(before), bound(after)).unwrap()
    }

    #[test]
    fn a_table_says_which_way_is_tighter() {
        for lower in ["minLength", "minimum", "minItems", "minProperties"] {
            assert_eq!(effect(lower, 1.0, 2.0), Effect::Narrows, "{lower}");
            assert_eq!(effect(lower, 2.0, 1.0), Effect::Widens, "{lower}");
        }
        for upper in ["maxLength", "maximum", "maxItems", "maxProperties"] {
            assert_eq!(effect(upper, 1.0, 2.0), Effect::Widens, "{upper}");
            assert_eq!(effect(upper, 2.0, 1.0), Effect::Narrows, "{upper}");
        }
        assert_eq!(effect("multipleOf", 2.0, 6.0), Effect::Narrows);
        assert_eq!(effect("multipleOf", 6.0, 2.0), Effect::Widens);
        assert_eq!(effect("multipleOf", 4.0, 6.0), Effect::Incomparable);
        assert_eq!(effect("multipleOf", 0.1, 0.3), Effect::Narrows);
        assert_eq!(effect("multipleOf", 2.0, 2.0), Effect::Equal);
    }

    #[test]
    fn bounds_differ_beyond_what_floats_tell_apart() {
        let bound = |value: u64| Bound { value: value.into(), exclusive: false };
        let (less, more) = (bound(9_007_199_254_740_992), bound(9_007_199_254_740_993));
        assert_eq!(of_bounds("minimum", less, more), Some(Effect::Narrows));
        assert_eq!(of_bounds("maximum", less, more), Some(Effect::Widens));
        assert_eq!(of_bounds("multipleOf", less, more), Some(Effect::Incomparable));
        assert_eq!(of_bounds("maximum", bound(u64::MAX - 1), bound(u64::MAX)), Some(Effect::Widens));
    }

    #[test]
    fn an_excluded_bound_is_tighter() {
        let [open, closed] = [false, true].map(|exclusive| Bound { value: Number::Integer(1), exclusive });
        for keyword in ["minimum", "maximum"] {
            assert_eq!(of_bounds(keyword, open, closed), Some(Effect::Narrows));
            assert_eq!(of_bounds(keyword, closed, open), Some(Effect::Widens));
        }
    }
}
