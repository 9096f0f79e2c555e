//! Values drawn from the contract, valid and broken in one constraint.
//!
//! A [`Sampler`] knows the IR alone. What it draws is checked by [`check`], a plain reading of the
//! same rules, before it leaves: a valid value has no violation, a broken one has the violation
//! that it is said to have. The same seed gives the same values on every machine.

use crate::ir::{Api, Kind, Rules, Ty, TypeId, Use};
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

mod broken;
pub mod check;
mod collection;
mod format;
mod height;
mod number;
mod object;
mod param;
mod pattern;
mod text;

pub use broken::Broken;
pub use check::{Violation, violations};
pub use param::{BrokenParam, Carrier, texts};

/// Which of the values that a schema allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// As little as the schema lets: only what is required, shortest, `null` where it may be.
    Minimal,
    /// As much as the schema lets: every member, longest strings, largest numbers.
    Maximal,
    /// Anything between.
    Random,
}

/// A schema that no value satisfies, or none that could be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsatisfiable;

impl fmt::Display for Unsatisfiable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no value was found that satisfies the schema")
    }
}

impl std::error::Error for Unsatisfiable {}

/// How often a random draw is repeated until it satisfies rules that cannot be built straight away.
const ATTEMPTS: usize = 64;

/// Below this many named types the rest of a value is minimal.
const DEEP: usize = 8;

/// Once a type has been drawn so often for a value, it is minimal in the rest of it.
const OFTEN: usize = 3;

/// Deeper than this no value is drawn.
const ENDLESS: usize = 100;

/// Draws values from an [`Api`].
#[derive(Clone, Debug)]
pub struct Sampler<'a> {
    api: &'a Api,
    rng: Xoshiro256PlusPlus,
    patterns: pattern::Patterns,
    heights: BTreeMap<&'a TypeId, u32>,
    open: Vec<TypeId>,
    drawn: BTreeMap<TypeId, usize>,
    letters: text::Letters,
    unsatisfied: BTreeSet<String>,
}

impl<'a> Sampler<'a> {
    /// A sampler whose draws depend on `seed` alone.
    #[must_use]
    pub fn new(api: &'a Api, seed: u64) -> Self {
        Self {
            api,
            rng: Xoshiro256PlusPlus::seed_from_u64(seed),
            patterns: pattern::Patterns::default(),
            heights: height::heights(api),
            open: Vec::new(),
            drawn: BTreeMap::new(),
            letters: text::Letters::Any,
            unsatisfied: BTreeSet::new(),
        }
    }

    /// What is drawn from.
    #[must_use]
    pub fn api(&self) -> &'a Api {
        self.api
    }

    /// A value that satisfies a schema.
    ///
    /// # Errors
    /// If there is none, or none was found in a bounded number of draws.
    pub fn valid(&mut self, used: &Use, style: Style) -> Result<Value, Unsatisfiable> {
        for attempt in 0..ATTEMPTS {
            let style = if attempt < ATTEMPTS / 2 { style } else { Style::Random };
            self.drawn.clear();
            let Some(value) = self.value(used, style) else { continue };
            if violations(self.api, used, &value).is_empty() {
                return Ok(value);
            }
        }
        Err(Unsatisfiable)
    }

    /// A value that satisfies a type.
    ///
    /// # Errors
    /// As [`valid`](Self::valid).
    pub fn valid_type(&mut self, id: &TypeId, style: Style) -> Result<Value, Unsatisfiable> {
        self.valid(&plain(Ty::Named(id.clone())), style)
    }

    /// The optional members, by type and wire name, that were left out because no value of theirs
    /// was found.
    #[must_use]
    pub fn unsatisfied(&self) -> &BTreeSet<String> {
        &self.unsatisfied
    }

    /// The source of randomness, for draws beside these.
    pub fn rng(&mut self) -> &mut Xoshiro256PlusPlus {
        &mut self.rng
    }

    /// A candidate: mostly valid.
    fn value(&mut self, used: &Use, style: Style) -> Option<Value> {
        let used = self.api.resolve(used);
        let null = match style {
            Style::Minimal => true,
            Style::Maximal => false,
            Style::Random => self.chance(5),
        };
        if used.nullable && null {
            return Some(Value::Null);
        }
        let rules = &used.rules;
        match &used.ty {
            Ty::Json => Some(self.any(style, 2)),
            Ty::Object => self.map(&plain(Ty::Json), rules, style),
            Ty::Boolean if !rules.one_of.is_empty() => Some(Value::Bool(rules.one_of[0] == "true")),
            Ty::Boolean => Some(Value::Bool(match style {
                Style::Minimal => false,
                Style::Maximal => true,
                Style::Random => self.chance(2),
            })),
            Ty::Int32 | Ty::Int64 => self.integer(&used.ty, rules, style),
            Ty::Number => self.number(rules, style),
            Ty::String | Ty::Uuid | Ty::DateTime | Ty::Date | Ty::Base64 => {
                self.text(&used.ty, rules, style).map(Value::String)
            }
            Ty::Named(id) => self.named(id, rules, style),
            Ty::Array(items) => self.array(items, rules, style),
            Ty::Map(values) => self.map(values, rules, style),
        }
    }

    fn named(&mut self, id: &TypeId, rules: &Rules, style: Style) -> Option<Value> {
        let api = self.api;
        let definition = api.types.get(id)?;
        if !self.heights.contains_key(id) || self.open.len() >= ENDLESS {
            return None;
        }
        let times = self.drawn.entry(id.clone()).or_default();
        *times += 1;
        let deep = self.open.len() >= DEEP || self.open.contains(id) || *times > OFTEN;
        let style = if deep { Style::Minimal } else { style };
        self.open.push(id.clone());
        let value = match &definition.kind {
            Kind::Struct(object) => self.object(id, object, rules, style),
            Kind::Enum(list) => {
                let pick = self.pick(list.variants.len(), style);
                list.variants.get(pick).map(|v| Value::String(v.wire.clone()))
            }
            Kind::Union(union) => self.union(union, style),
            Kind::Alias(target) => self.value(target, style),
        };
        self.open.pop();
        value
    }

    /// Any JSON value, at most `depth` levels deep.
    fn any(&mut self, style: Style, depth: usize) -> Value {
        let kinds = if depth == 0 { 5 } else { 7 };
        let kind = match style {
            Style::Minimal => 1,
            Style::Maximal => kinds - 1,
            Style::Random => self.below(kinds),
        };
        match kind {
            0 => Value::Null,
            1 => Value::Bool(self.chance(2)),
            2 => json!(self.rng.random_range(-1_000_000_i64..1_000_000)),
            3 => json!(f64::from(self.rng.random_range(-4000_i32..4000)) / 8.0),
            4 => Value::String(self.plain_text(0, Some(12), Style::Random)),
            5 => (0..self.below(3)).map(|_| self.any(Style::Random, depth - 1)).collect(),
            _ => {
                let member = |i| (format!("any {i}"), self.any(Style::Random, depth - 1));
                Value::Object((0..2).map(member).collect::<Map<_, _>>())
            }
        }
    }

    /// True once in `n`.
    fn chance(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// A number below `n`, 0 if `n` is 0.
    fn below(&mut self, n: usize) -> usize {
        if n == 0 { 0 } else { self.rng.random_range(0..n) }
    }

    /// An index of a list of length `n`: first, last or any.
    fn pick(&mut self, n: usize, style: Style) -> usize {
        match style {
            Style::Minimal => 0,
            Style::Maximal => n.saturating_sub(1),
            Style::Random => self.below(n),
        }
    }
}

/// A type without rules.
fn plain(ty: Ty) -> Use {
    Use { ty, rules: Rules::default(), nullable: false }
}

#[cfg(test)]
mod tests;
