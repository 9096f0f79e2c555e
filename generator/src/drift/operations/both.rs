//! Something of an operation, or of a contract, on both sides.

use crate::load::reference::escape;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Something on both sides: what each says, and where.
#[derive(Clone)]
pub(super) struct Both<'a> {
    pub(super) values: [&'a Value; 2],
    pub(super) at: [String; 2],
}

impl<'a> Both<'a> {
    pub(super) fn get(&self, side: usize, name: &str) -> Option<&'a Value> {
        self.values[side].get(name)
    }

    pub(super) fn each(&self, name: &str) -> [Option<&'a Value>; 2] {
        [0, 1].map(|side| self.get(side, name))
    }

    pub(super) fn below(&self, token: &str) -> [String; 2] {
        self.at.each_ref().map(|at| format!("{at}/{}", escape(token)))
    }

    pub(super) fn child(&self, name: &str) -> Option<Self> {
        let [Some(a), Some(b)] = self.each(name) else { return None };
        Some(Self { values: [a, b], at: self.below(name) })
    }

    /// Both sides of a member, an empty object where a side does not have it.
    pub(super) fn member(&self, name: &str) -> Self {
        static NONE: Value = Value::Null;
        Self { values: self.each(name).map(|value| value.unwrap_or(&NONE)), at: self.below(name) }
    }

    pub(super) fn names(&self) -> BTreeSet<&'a String> {
        self.values.iter().filter_map(|value| value.as_object()).flat_map(Map::keys).collect()
    }

    pub(super) fn flag(&self, name: &str) -> [bool; 2] {
        self.each(name).map(|value| value == Some(&Value::Bool(true)))
    }
}
