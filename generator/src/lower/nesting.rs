//! How deep lists and maps are nested: what rustc solves of them has an end.

use super::Lowering;
use crate::ir::{Kind, Ty, TypeDef, TypeId, Use};
use crate::passes::uses;
use std::collections::BTreeSet;

/// Most lists and maps within each other, by whatever names; rustc gives up soon after forty.
const MOST_LEVELS: usize = 32;

impl Lowering<'_> {
    /// Says so where the types hold more lists and maps within each other than can be compiled.
    pub(super) fn nesting_of_types(&mut self) {
        let deep = |def: &&TypeDef| uses(&def.kind).into_iter().any(|used| self.is_deep(used));
        let places: Vec<String> = self.types.values().filter(deep).map(|def| def.pointer.clone()).collect();
        places.iter().for_each(|at| self.nested_too_deep(at));
    }

    /// The same of a body.
    pub(super) fn nesting_of(&mut self, used: &Use, at: &str) {
        if self.is_deep(used) {
            self.nested_too_deep(at);
        }
    }

    fn nested_too_deep(&mut self, at: &str) {
        let message = format!("lists and maps within each other, more than {MOST_LEVELS} deep");
        self.unsupported(at, message);
    }

    fn is_deep(&self, used: &Use) -> bool {
        let (mut used, mut levels) = (used, 0);
        let mut seen: BTreeSet<&TypeId> = BTreeSet::new();
        loop {
            used = match &used.ty {
                Ty::Array(inner) | Ty::Map(inner) => {
                    levels += 1;
                    inner
                }
                Ty::Named(id) => match self.types.get(id).map(|def| &def.kind) {
                    // One that comes back to itself becomes a type of its own.
                    Some(Kind::Alias(target)) if seen.insert(id) => target,
                    _ => return false,
                },
                _ => return false,
            };
            if levels > MOST_LEVELS {
                return true;
            }
        }
    }
}
