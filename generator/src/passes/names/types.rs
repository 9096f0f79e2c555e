//! Names of types. A component is named from itself; an inline type from its owner and its own part,
//! in up to three ways, of which the first is used that nothing else in the module needs.
//!
//! A component keeps its name whatever is inline. Where an inline type of a component and one of an
//! operation need the same name, that of the operation gives way: operations come and go.

use super::super::scope::{Case, assign};
use super::super::{described, report};
use crate::diagnostic::{Code, Diagnostics};
use crate::ir::{Api, Origin, TypeId};
use crate::words::{Style, pascal, spell_out};
use std::collections::{BTreeMap, BTreeSet};

/// The ways to name an inline type: `OwnerPart`, `PartOfOwner`, and the latter with the part as the
/// contract spells it.
const WAYS: u8 = 3;

/// Names the types of every module.
pub(super) fn run(api: &mut Api, found: &mut Diagnostics) {
    let mut modules: BTreeMap<Vec<String>, Vec<TypeId>> = BTreeMap::new();
    for (id, def) in &api.types {
        modules.entry(def.module.clone()).or_default().push(id.clone());
    }
    let mut naming = Naming { api, fixed: BTreeMap::new(), ways: BTreeMap::new() };
    for ids in modules.values() {
        naming.components(ids, found);
    }
    let names = loop {
        let names: BTreeMap<_, _> = naming.api.types.keys().map(|id| (id.clone(), naming.name(id))).collect();
        let clashes: Vec<_> = modules.values().flat_map(|ids| clashes(ids, &names)).collect();
        if !naming.give_way(&clashes) {
            for clash in &clashes {
                collision(naming.api, found, clash.first(), clash.get(1));
            }
            break names;
        }
    };
    for (id, def) in &mut api.types {
        def.name = names.get(id).cloned().unwrap_or_default();
    }
}

struct Naming<'a> {
    api: &'a Api,
    /// The names of components.
    fixed: BTreeMap<TypeId, String>,
    /// In which way an inline type is named, where it is not the first.
    ways: BTreeMap<TypeId, u8>,
}

impl Naming<'_> {
    /// Names the components among the types of a module.
    fn components(&mut self, ids: &[TypeId], found: &mut Diagnostics) {
        let spelled = |id| match self.api.get(id).map(|def| &def.origin) {
            Some(Origin::Component(name)) => Some((id, name.as_str())),
            _ => None,
        };
        let (components, spellings): (Vec<_>, Vec<_>) = ids.iter().filter_map(spelled).unzip();
        match assign(Case::Type, &spellings) {
            Ok(names) => self.fixed.extend(components.into_iter().cloned().zip(names)),
            Err((a, b)) => {
                collision(self.api, found, components.get(a).copied(), components.get(b).copied());
            }
        }
    }

    fn origin(&self, id: &TypeId) -> &Origin {
        self.api.get(id).map_or(&Origin::None, |def| &def.origin)
    }

    fn way(&self, id: &TypeId) -> u8 {
        self.ways.get(id).copied().unwrap_or_default()
    }

    fn name(&self, id: &TypeId) -> String {
        if let Some(name) = self.fixed.get(id) {
            return name.clone();
        }
        let (owner, part) = match self.origin(id) {
            Origin::Inline(owner, part) => (self.name(owner), part.as_str()),
            Origin::Operation(stem, part) => (stem.clone(), part.as_str()),
            // An owner that is not a type itself, such as an unnamed array, lends its key.
            _ => {
                let key = id.0.split('#').next().and_then(|key| key.rsplit('.').next());
                (Case::Type.name(key.unwrap_or_default()), "")
            }
        };
        Case::Type.legal(&match self.way(id) {
            0 => format!("{owner}{part}"),
            1 => format!("{part}Of{owner}"),
            _ => format!("{}Of{owner}", self.spelled(id)),
        })
    }

    /// What an inline type is to its owner, as the contract spells it: `LimitLower`, `QueryLimit`.
    fn spelled(&self, id: &TypeId) -> String {
        let (above, is_member) = match self.origin(id) {
            Origin::Inline(owner, _) => (owner.0.as_str(), true),
            _ => (id.0.split('#').next().unwrap_or_default(), false),
        };
        let path = id.0.strip_prefix(above).unwrap_or_default().trim_start_matches(['#', '/']);
        let mut tokens = path.split('/').map(unescaped);
        let mut words = String::new();
        if is_member && let Some(member) = tokens.next() {
            let (name, style) = (pascal(&member), Style::of(&member));
            words = match style {
                Style::Pascal => name,
                _ if style == Style::Other || name.is_empty() => pascal(&spell_out(&member)),
                _ => format!("{name}{}", pascal(style.word())),
            };
        }
        words.extend(tokens.map(|token| pascal(&token)));
        words
    }

    /// Names types that need the same name in their next way. Whether there was one that has one.
    fn give_way(&mut self, clashes: &[Vec<TypeId>]) -> bool {
        let giving: BTreeSet<_> = clashes.iter().flat_map(|clash| self.giving(clash)).collect();
        // What is named after one that gives way has another name by that already.
        let giving: Vec<_> = giving.iter().filter(|id| !self.is_below_one(id, &giving)).collect();
        for id in &giving {
            *self.ways.entry((**id).clone()).or_default() += 1;
        }
        !giving.is_empty()
    }

    /// Those of a clash that give way: the inline types that have not yet, of operations first.
    fn giving(&self, clash: &[TypeId]) -> Vec<TypeId> {
        let inline: Vec<_> = clash.iter().filter(|id| !self.fixed.contains_key(*id)).collect();
        let least = inline.iter().map(|id| self.way(id)).min().unwrap_or_default();
        if least + 1 >= WAYS {
            return Vec::new();
        }
        let first: Vec<_> = inline.iter().filter(|id| self.way(id) == least).copied().cloned().collect();
        let (operations, others): (Vec<_>, Vec<_>) =
            first.into_iter().partition(|id| self.is_of_operation(id));
        if operations.is_empty() { others } else { operations }
    }

    fn owner(&self, id: &TypeId) -> Option<&TypeId> {
        match self.origin(id) {
            Origin::Inline(owner, _) => Some(owner),
            _ => None,
        }
    }

    fn is_of_operation(&self, id: &TypeId) -> bool {
        let root = std::iter::successors(Some(id), |id| self.owner(id)).last();
        root.is_some_and(|root| matches!(self.origin(root), Origin::Operation(..)))
    }

    fn is_below_one(&self, id: &TypeId, giving: &BTreeSet<TypeId>) -> bool {
        std::iter::successors(self.owner(id), |id| self.owner(id)).any(|owner| giving.contains(owner))
    }
}

/// A token of an id. What is no member has one that no escaped token is like.
fn unescaped(token: &str) -> String {
    let own = token.strip_prefix('~').filter(|rest| !rest.starts_with(['0', '1']));
    own.map_or_else(|| token.replace("~1", "/").replace("~0", "~"), str::to_owned)
}

/// The types of a module that have the same name.
fn clashes(ids: &[TypeId], names: &BTreeMap<TypeId, String>) -> Vec<Vec<TypeId>> {
    let mut by_name: BTreeMap<&str, Vec<TypeId>> = BTreeMap::new();
    for id in ids {
        by_name.entry(names.get(id).map_or("", String::as_str)).or_default().push(id.clone());
    }
    by_name.into_values().filter(|same| same.len() > 1).collect()
}

fn collision(api: &Api, found: &mut Diagnostics, a: Option<&TypeId>, b: Option<&TypeId>) {
    let (Some(a), Some(b)) = (a, b) else { return };
    let at = api.get(b).map(|def| def.pointer.as_str()).unwrap_or_default();
    let message = format!("{} and {} need the same Rust name", described(api, a), described(api, b));
    report(found, Code::NameCollision, at, message, Some("rename one of them in schemas/overlay.yml"));
}
