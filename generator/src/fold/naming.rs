//! Which schemas are components, and what each is called.

use super::dag::Id;
use super::evidence::{Defined, is_said_by};
use super::memory::{Beside, Memory, Said};
use super::name::{Home, Name};
use super::outline::{self, Outlines};
use super::schemas::{GENTLE, Makes, Schemas, Step};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;

/// A use of a schema: which, where the memory is, and in the construct of which definition.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Use {
    /// The schema.
    pub(super) schema: Id,
    /// Where the memory is.
    pub(super) place: Beside,
    /// The construct that it is used in.
    pub(super) home: Rc<Home>,
}

/// What the evidence comes to for a use of a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is a component.
    Named(Name),
    /// The memory has the same schema there without a name, and so it stays.
    Stays,
    /// Nothing is said of it.
    Open,
}

/// What is known while names are given.
pub(super) struct Naming<'a> {
    /// The distinct schemas.
    pub(super) schemas: Schemas<'a>,
    outlines: Outlines,
    /// The contract already held.
    pub(super) memory: Memory,
    /// The components that the documents name.
    pub(super) defined: Defined,
    /// The components that references of the documents lead to, by their keys.
    pub(super) links: HashMap<String, Name>,
    /// Whether the memory is of the release that is read.
    trusted: bool,
    /// By use: what the evidence comes to.
    verdicts: HashMap<Use, Verdict>,
    /// By name: the schemas that were found to have it, and how often.
    votes: BTreeMap<Name, HashMap<Id, usize>>,
    /// Names of packages that are no construct.
    guesses: BTreeSet<Name>,
    /// By name: its definition.
    pub(super) bodies: BTreeMap<Name, Id>,
    /// By frame: the names that schemas of it were found to have.
    frames: HashMap<Id, BTreeSet<Name>>,
    /// Schemas without a name that are used more than once, by what makes them one.
    pub(super) shared: HashMap<Id, Name>,
    seen: HashSet<Use>,
    /// Definitions that are referred to and not yet surveyed.
    pending: Vec<Use>,
    /// How many uses have been stepped into.
    steps: usize,
}

impl<'a> Naming<'a> {
    /// Nothing is named yet.
    pub(super) fn new(
        schemas: Schemas<'a>,
        outlines: Outlines,
        memory: Memory,
        defined: Defined,
        trusted: bool,
    ) -> Self {
        Self {
            trusted,
            schemas,
            outlines,
            memory,
            defined,
            links: HashMap::new(),
            verdicts: HashMap::new(),
            votes: BTreeMap::new(),
            guesses: BTreeSet::new(),
            bodies: BTreeMap::new(),
            frames: HashMap::new(),
            shared: HashMap::new(),
            seen: HashSet::new(),
            pending: Vec::new(),
            steps: 0,
        }
    }

    /// How many values and uses of schemas have been looked at.
    pub(super) fn work(&self) -> usize {
        self.schemas.dag.visited() + self.verdicts.len() + self.steps
    }

    /// Takes note of the names in some uses of schemas, and of those in what they name.
    pub(super) fn survey(&mut self, roots: impl IntoIterator<Item = Use>) {
        for used in roots {
            self.visit(&used);
            // Components that are referred to can lead from one to the next without end.
            while let Some(used) = self.pending.pop() {
                self.inside(&used);
            }
        }
    }

    fn visit(&mut self, used: &Use) {
        if let Some(name) = self.linked(used.schema)
            && let Some(definition) = self.defined.names.get(&name).copied()
            && self.votes.entry(name.clone()).or_default().insert(definition, 1).is_none()
        {
            self.pending.push(self.body_use(&name, definition));
        }
        if let Verdict::Named(name) = self.verdict(used) {
            let votes = self.votes.entry(name.clone()).or_default().entry(used.schema).or_default();
            *votes += 1;
            if *votes == 1 {
                self.inside(&self.body_use(&name, used.schema));
            }
            return;
        }
        self.inside(used);
    }

    /// The component that a schema refers to.
    pub(super) fn linked(&self, schema: Id) -> Option<Name> {
        self.schemas.dag.get_text(schema, "$ref").and_then(|key| self.links.get(key)).cloned()
    }

    fn inside(&mut self, used: &Use) {
        if self.seen.insert(used.clone()) {
            for (_, child) in self.children(used) {
                self.visit(&child);
            }
        }
    }

    /// The uses inside of a schema.
    pub(super) fn children(&mut self, used: &Use) -> Vec<(Step, Use)> {
        self.steps += 1;
        let alone = self.wrapped(used.schema).is_some();
        let dag = &self.schemas.dag;
        let place = match self.memory.said(dag, used.place) {
            Said::Named(_, definition) if !alone => Beside::At(definition),
            _ => used.place,
        };
        let inner = self.schemas.inner(used.schema).into_iter();
        let children = inner.map(|(step, schema)| {
            let place = if alone { place } else { self.memory.step(dag, place, &step) };
            (step, Use { schema, place, home: used.home.clone() })
        });
        children.collect()
    }

    /// The definition of a name as a use of it: in its own construct, where the memory has it.
    pub(super) fn body_use(&self, name: &Name, schema: Id) -> Use {
        let place = self.memory.component(name).map_or(Beside::Nowhere, Beside::At);
        Use { schema, place, home: Rc::new(name.home.clone()) }
    }

    /// The schema that this one only wraps: a list of one, with no more than a type beside it.
    pub(super) fn wrapped(&self, schema: Id) -> Option<Id> {
        let dag = &self.schemas.dag;
        let mut lists =
            ["allOf", "oneOf", "anyOf"].into_iter().filter_map(|keyword| dag.get(schema, keyword));
        let (Some(list), None) = (lists.next(), lists.next()) else { return None };
        let [only] = dag.elements(list) else { return None };
        let more = |(name, value): (&str, Id)| match name {
            "allOf" | "oneOf" | "anyOf" | "type" => false,
            "additionalProperties" => !dag.is_flag(value, true),
            _ => self.schemas.is_structure(name),
        };
        (!dag.members(schema).any(more)).then_some(*only)
    }

    /// What the evidence comes to for a use.
    pub(super) fn verdict(&mut self, used: &Use) -> Verdict {
        if let Some(known) = self.verdicts.get(used) {
            return known.clone();
        }
        let dag = &self.schemas.dag;
        let unnamed = !dag.is_object(used.schema)
            || dag.get(used.schema, "$ref").is_some()
            || self.wrapped(used.schema).is_some();
        let verdict = if unnamed { Verdict::Open } else { self.judged(used) };
        self.verdicts.insert(used.clone(), verdict.clone());
        verdict
    }

    fn judged(&mut self, used: &Use) -> Verdict {
        let Use { schema, place, home } = used;
        let said = self.memory.said(&self.schemas.dag, *place);
        let makes = self.schemas.makes(*schema);
        let (remembered, alike) = match &said {
            Said::Named(name, definition) => (Some(name), self.is_alike(*schema, *definition)),
            Said::Inline(inline) => (None, self.is_alike(*schema, *inline)),
            Said::Nothing => (None, false),
        };
        let candidates = self.defined.candidates(&mut self.schemas, *schema, home);
        match &said {
            Said::Named(name, _) if self.trusted || (alike && self.is_free(name, &candidates, used)) => {
                return Verdict::Named(name.clone());
            }
            Said::Inline(_) if self.trusted => return Verdict::Stays,
            _ => {}
        }
        let best = self.defined.best(&self.schemas, candidates, *schema, home, remembered);
        if let Some(best) = best {
            return Verdict::Named(best);
        }
        if makes == Makes::Plain {
            return Verdict::Open;
        }
        if let Some((name, guess)) = self.defined.hinted(&self.schemas, *schema, home) {
            return Verdict::Named(if guess { self.guessed(name, *schema) } else { name });
        }
        match &said {
            Said::Named(name, definition) if self.schemas.makes(*definition) == Makes::Type => {
                return Verdict::Named(name.clone());
            }
            Said::Inline(_) if alike => return Verdict::Stays,
            _ => {}
        }
        let outline = self.outlines.of(&mut self.schemas.dag, *schema);
        let known = self.memory.of_outline(outline).filter(|name| !self.defined.names.contains_key(name));
        known.map_or(Verdict::Open, |name| Verdict::Named(name.clone()))
    }

    /// Whether nothing in the documents speaks against the memory's name for a use: no component of
    /// the construct itself, and none of the package that the use names.
    fn is_free(&self, name: &Name, candidates: &[Name], used: &Use) -> bool {
        let packaged = self.defined.packaged(&self.schemas, candidates, used.schema, &used.home);
        let stated = packaged.is_some_and(|packaged| {
            packaged != *name && (packaged.own != name.own || self.defined.names.contains_key(name))
        });
        let own = candidates.iter().any(|candidate| candidate.home == *used.home);
        !stated && (candidates.contains(name) || !own)
    }

    /// The name of a schema whose package is of no construct: the memory's, if it has one.
    fn guessed(&mut self, name: Name, schema: Id) -> Name {
        let outline = self.outlines.of(&mut self.schemas.dag, schema);
        let recalled = self.memory.recalled(&name, outline, &mut self.schemas.dag, &mut self.outlines);
        recalled.unwrap_or_else(|| {
            self.guesses.insert(name.clone());
            name
        })
    }

    fn is_alike(&mut self, schema: Id, remembered: Id) -> bool {
        let own = self.outlines.of(&mut self.schemas.dag, schema);
        let other = self.outlines.of(&mut self.schemas.dag, remembered);
        own == other || (!self.trusted && outline::is_near(&self.schemas.dag, own, other))
    }

    /// Chooses the definition of each name: what most uses of it are, with as little as possible
    /// beside.
    pub(super) fn settle(&mut self) {
        for (name, votes) in std::mem::take(&mut self.votes) {
            let frames: BTreeSet<Id> = votes.keys().filter_map(|schema| self.class(*schema)).collect();
            let Some(body) = self.body(&name, votes) else { continue };
            self.bodies.insert(name.clone(), body);
            for frame in frames {
                self.frames.entry(frame).or_default().insert(name.clone());
            }
        }
    }

    /// What most uses of a name are. A name that is only guessed must be used for one thing alone.
    fn body(&mut self, name: &Name, votes: HashMap<Id, usize>) -> Option<Id> {
        let mut groups: HashMap<Id, (usize, Vec<(Id, usize)>)> = HashMap::new();
        let definition = self.defined.names.get(name).copied().map(|definition| (definition, usize::MAX));
        for (schema, count) in votes.into_iter().chain(definition) {
            let core = self.schemas.core(schema);
            let group = groups.entry(core).or_default();
            group.0 += if count == usize::MAX { 1 } else { count };
            group.1.push((schema, count));
        }
        if groups.len() > 1 && self.guesses.contains(name) {
            return None;
        }
        let dag = &self.schemas.dag;
        let best =
            groups.into_iter().max_by(|(a, x), (b, y)| x.0.cmp(&y.0).then_with(|| dag.compare(*b, *a)));
        best.and_then(|(_, (_, members))| self.plainest(members))
    }

    /// The one of some schemas with as little as possible beside it, then the most frequent.
    pub(super) fn plainest(&self, members: impl IntoIterator<Item = (Id, usize)>) -> Option<Id> {
        let dag = &self.schemas.dag;
        let gentle = |id: Id| GENTLE.iter().filter(|name| dag.get(id, name).is_some()).count();
        let best = members.into_iter().min_by(|(a, x), (b, y)| {
            gentle(*a).cmp(&gentle(*b)).then_with(|| y.cmp(x)).then_with(|| dag.compare(*a, *b))
        });
        best.map(|(schema, _)| schema)
    }

    /// The name that a use is said by: a reference to it says the same.
    pub(super) fn name_of(&mut self, used: &Use) -> Option<Name> {
        match self.verdict(used) {
            Verdict::Named(name) if self.says(&name, used.schema) => return Some(name),
            Verdict::Stays => return None,
            _ => {}
        }
        let class = self.class(used.schema)?;
        let mut elsewhere = self.frames.get(&class).into_iter().flatten();
        let elsewhere = elsewhere.next().filter(|_| elsewhere.next().is_none());
        let name = elsewhere.or_else(|| self.shared.get(&class))?.clone();
        self.says(&name, used.schema).then_some(name)
    }

    /// What makes schemas without a name one, if they make a type: the same frame, and where that
    /// is nothing but a shape the same prose too.
    pub(super) fn class(&mut self, schema: Id) -> Option<Id> {
        let refers = self.schemas.dag.get(schema, "$ref").is_some();
        if refers || self.schemas.makes(schema) == Makes::Plain || self.wrapped(schema).is_some() {
            return None;
        }
        let members = self.schemas.dag.get(schema, "properties").is_some();
        Some(if members && self.schemas.frame_tells(schema) {
            self.schemas.frame(schema)
        } else {
            self.schemas.described_frame(schema)
        })
    }

    /// Whether a reference to a name, with something beside it, says what a schema says.
    fn says(&mut self, name: &Name, schema: Id) -> bool {
        let Some(body) = self.bodies.get(name).copied() else { return false };
        self.schemas.core(body) == self.schemas.core(schema) && is_said_by(&self.schemas, body, schema)
    }
}
