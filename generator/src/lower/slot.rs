//! Where an inline schema would become a type, and what it would be called there.

use super::Lowering;
use crate::ir::{Origin, TypeId};
use crate::words::pascal;

/// The place that a named type takes if the schema there needs one.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    pub(super) id: TypeId,
    pub(super) module: Vec<String>,
    pub(super) origin: Origin,
    /// How many types made of several schemas are around it.
    pub(super) depth: usize,
}

impl Slot {
    /// The slot of the component `key`: `v1beta3.workspace.Workspace`.
    pub(super) fn component(key: &str) -> Self {
        let mut module: Vec<_> = key.split('.').map(str::to_owned).collect();
        let name = module.pop().unwrap_or_default();
        Self { id: TypeId(key.to_owned()), module, origin: Origin::Component(name), depth: 0 }
    }

    /// The slot of a part of an operation: its request, a response, a parameter. `base` is what
    /// [`Lowering::base_of`] gives for the operation.
    pub(super) fn operation(construct: &str, base: &str, id: &str, token: &str, part: &str) -> Self {
        Self {
            id: TypeId(format!("{base}#/{}", escape(token))),
            module: construct.split('.').map(str::to_owned).collect(),
            origin: Origin::Operation(pascal(id), part.to_owned()),
            depth: 0,
        }
    }

    /// The slot of something in the type that takes this one: a member, a variant.
    pub(super) fn inside(&self, token: &str, part: &str) -> Self {
        Self {
            id: self.below(token),
            module: self.module.clone(),
            origin: Origin::Inline(self.id.clone(), part.to_owned()),
            depth: self.depth,
        }
    }

    /// The slot of the elements or values of the unnamed array or map that stands at this one.
    pub(super) fn element(&self, token: &str, part: &str) -> Self {
        let origin = match &self.origin {
            Origin::Inline(owner, before) => Origin::Inline(owner.clone(), format!("{before}{part}")),
            Origin::Operation(stem, before) => Origin::Operation(stem.clone(), format!("{before}{part}")),
            Origin::Component(_) | Origin::None => Origin::Inline(self.id.clone(), part.to_owned()),
        };
        Self { id: self.below(token), module: self.module.clone(), origin, depth: self.depth }
    }

    /// This slot with another path in its id: `query/page`.
    pub(super) fn named(mut self, path: &str) -> Self {
        let base = self.id.0.split('#').next().unwrap_or_default();
        self.id = TypeId(format!("{base}#/{path}"));
        self
    }

    /// The slot beside this one for another of its kind: `Json` -> `RequestJson`. No member has a
    /// token that begins like its own.
    pub(super) fn suffixed(&self, part: &str) -> Self {
        self.element(&format!("~{part}"), part)
    }

    fn below(&self, token: &str) -> TypeId {
        let id = &self.id.0;
        let between = if id.contains('#') { "/" } else { "#/" };
        TypeId(format!("{id}{between}{token}"))
    }
}

impl Lowering<'_> {
    /// What the ids of the types of an operation begin with. A component may be called as the
    /// operation is; none has a bracket in its name, and nothing but the path to a type a `#`.
    pub(super) fn base_of(&self, construct: &str, id: &str) -> String {
        let base = format!("{construct}.{}", id.replace('#', "~2"));
        if self.components.contains_key(base.as_str()) { format!("{base}()") } else { base }
    }
}

/// A token of a pointer, escaped as RFC 6901 asks.
pub(super) fn escape(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}
