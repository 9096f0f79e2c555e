//! Schemas that nothing names and that are used more than once: each becomes one component, named
//! from the first of its owners.
//!
//! The first owner is the one with the shortest way to it, then by its words, so that the name does
//! not depend on the order of anything. There is no counter: a name that is taken gives way to that
//! of the next owner, and at last to one with the operation or component spelled out.

use super::dag::Id;
use super::evidence::is_spelled;
use super::name::{Home, Name};
use super::naming::{Naming, Use, Verdict};
use super::schemas::Step;
use crate::words::pascal;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;

/// Who owns a use: a component or an operation, and the way from there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Owner {
    /// How many words lead to it.
    length: usize,
    words: Vec<String>,
    home: Rc<Home>,
}

impl Owner {
    /// The owner that these words lead to.
    pub(super) fn new(words: Vec<String>, home: &Rc<Home>) -> Self {
        Self { length: words.len(), words, home: home.clone() }
    }

    fn inside(&self, step: &Step) -> Self {
        let word = match step {
            Step::Property(name) => pascal(name),
            Step::Single("items") => "Item".to_owned(),
            Step::Single("additionalProperties") => "Value".to_owned(),
            Step::Single(keyword) => pascal(keyword),
            Step::Element(..) => return self.clone(),
        };
        let mut words = self.words.clone();
        words.push(word);
        Self::new(words, &self.home)
    }

    /// The name of a component that is owned so.
    fn name(&self) -> Name {
        Name::new(&self.home, &self.words.concat())
    }
}

#[derive(Default)]
struct Uses {
    owners: BTreeSet<Owner>,
    schemas: Vec<Id>,
}

/// A walk over all uses, once inside of each component and of each class of schemas without a name.
struct Walk<'n, 'a> {
    naming: &'n mut Naming<'a>,
    entered: HashSet<Name>,
    seen: HashSet<Use>,
    classes: HashMap<Id, Uses>,
}

/// Names the schemas that nothing names and that `roots` use more than once.
pub(super) fn share(naming: &mut Naming<'_>, roots: &[(Owner, Use)]) {
    let mut walk = Walk { naming, entered: HashSet::new(), seen: HashSet::new(), classes: HashMap::new() };
    for (owner, used) in roots {
        walk.visit(owner, used);
    }
    let mut shared: Vec<(Id, Uses)> =
        walk.classes.into_iter().filter(|(_, uses)| uses.owners.len() > 1).collect();
    let dag = &naming.schemas.dag;
    shared.sort_by(|(a, x), (b, y)| x.owners.cmp(&y.owners).then_with(|| dag.compare(*a, *b)));
    let mut taken: BTreeMap<Home, Vec<String>> = BTreeMap::new();
    for name in naming.bodies.keys() {
        taken.entry(name.home.clone()).or_default().push(name.own.clone());
    }
    for (class, uses) in shared {
        let free = |name: &Name| {
            taken.get(&name.home).is_none_or(|names| names.iter().all(|own| !is_spelled(own, &name.own)))
        };
        let Some(name) = uses.owners.iter().map(Owner::name).find(free) else { continue };
        taken.entry(name.home.clone()).or_default().push(name.own.clone());
        if let Some(body) = naming.plainest(uses.schemas.into_iter().map(|id| (id, 1))) {
            naming.bodies.insert(name.clone(), body);
            naming.shared.insert(class, name);
        }
    }
}

impl Walk<'_, '_> {
    fn visit(&mut self, owner: &Owner, used: &Use) {
        if let Some(name) = self.naming.name_of(used) {
            if self.entered.insert(name.clone())
                && let Some(body) = self.naming.bodies.get(&name).copied()
            {
                let owner = Owner::new(vec![pascal(&name.own)], &Rc::new(name.home.clone()));
                let body = self.naming.body_use(&name, body);
                self.inside(&owner, &body);
            }
            return;
        }
        if self.naming.verdict(used) == Verdict::Stays {
            if self.seen.insert(used.clone()) {
                self.inside(owner, used);
            }
            return;
        }
        let first = match self.naming.class(used.schema) {
            Some(class) => {
                let uses = self.classes.entry(class).or_default();
                uses.owners.insert(owner.clone());
                uses.schemas.push(used.schema);
                uses.schemas.len() == 1
            }
            None => true,
        };
        if first {
            self.inside(owner, used);
        }
    }

    fn inside(&mut self, owner: &Owner, used: &Use) {
        for (step, child) in self.naming.children(used) {
            self.visit(&owner.inside(&step), &child);
        }
    }
}
