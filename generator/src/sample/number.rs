//! Numbers within their bounds.

use super::{ATTEMPTS, Sampler, Style, check};
use crate::ir::{Rules, Ty};
use crate::number::Number;
use rand::RngExt;
use serde_json::Value;

/// The integers of a type.
pub(super) fn bounds(ty: &Ty) -> (i64, i64) {
    if matches!(ty, Ty::Int32) { (i32::MIN.into(), i32::MAX.into()) } else { (i64::MIN, i64::MAX) }
}

impl Sampler<'_> {
    pub(super) fn integer(&mut self, ty: &Ty, rules: &Rules, style: Style) -> Option<Value> {
        let (low, high) = integer_range(ty, rules)?;
        let nearest = 0_i64.clamp(low, high);
        let holds = |n: i64| check::number(rules, n.into()).is_none();
        let first = match style {
            Style::Minimal if rules.minimum.is_some() => low,
            Style::Minimal => nearest,
            Style::Maximal => high,
            Style::Random if self.chance(8) => self.rng.random_range(low..=high),
            Style::Random => {
                let (low, high) =
                    (nearest.saturating_sub(1000).max(low), nearest.saturating_add(1000).min(high));
                self.rng.random_range(low..=high)
            }
        };
        if holds(first) {
            return Some(first.into());
        }
        let step = rules.multiple_of.map_or(1, |step| step.floor().max(1));
        let floor = first - first.rem_euclid(step);
        [floor, floor.checked_add(step)?, low, nearest, high]
            .into_iter()
            .find(|n| (low..=high).contains(n) && holds(*n))
            .map(Value::from)
    }

    pub(super) fn number(&mut self, rules: &Rules, style: Style) -> Option<Value> {
        let (least, most) = (rules.minimum.map(Number::float), rules.maximum.map(Number::float));
        let low = least.unwrap_or_else(|| most.map_or(-1e6, |high| high.min(0.0) - 1e6));
        let high = most.unwrap_or_else(|| low.max(0.0) + 1e6);
        let step = rules.multiple_of.map(Number::float);
        let middle = low + (high - low) / 2.0;
        let edges = match style {
            Style::Minimal if rules.minimum.is_some() => [low, low + 0.5, low + 1.0, middle],
            Style::Maximal => [high, high - 0.5, high - 1.0, middle],
            _ => [0.0, 1.0, middle, low + 0.25],
        };
        let random = (0..ATTEMPTS).map(|_| {
            let drawn = low + (high - low) * self.rng.random::<f64>();
            let rounded = (drawn * 16.0).round() / 16.0;
            let stepped = step.map_or(rounded, |step| (drawn / step).round() * step);
            if stepped < low || stepped > high { drawn } else { stepped }
        });
        let candidates: Vec<f64> = if style == Style::Random {
            random.chain(edges).collect()
        } else {
            edges.into_iter().chain(random).collect()
        };
        let found = candidates.into_iter().find(|n| check::number(rules, (*n).into()).is_none());
        found.map(Value::from)
    }
}

/// The integers that the bounds leave, as far as there are any.
pub(super) fn integer_range(ty: &Ty, rules: &Rules) -> Option<(i64, i64)> {
    let (mut low, mut high) = bounds(ty);
    if let Some(minimum) = rules.minimum {
        let excluded = rules.exclusive_minimum && minimum.is_whole();
        low = low.max(minimum.ceil().saturating_add(excluded.into()));
    }
    if let Some(maximum) = rules.maximum {
        let excluded = rules.exclusive_maximum && maximum.is_whole();
        high = high.min(maximum.floor().saturating_sub(excluded.into()));
    }
    (low <= high).then_some((low, high))
}
