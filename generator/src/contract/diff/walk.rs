//! What two shapes say differently, and what those in them do.

use super::classes::Classes;
use super::facts::what;
use super::shapes::{Edge, Id, Shape, Shapes};
use super::{Cause, Difference, Location, What};
use crate::load::reference::escape;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

/// A shape of A and the one of B at the same place.
type Pair = (Id, Id);

/// The pairs of shapes that differ, each looked at once.
pub(super) struct Walk<'w> {
    shapes: [&'w Shapes<'w>; 2],
    classes: &'w Classes,
    known: HashMap<Pair, usize>,
    pairs: Vec<Compared>,
}

/// What is found in a pair, and which pairs are in it.
#[derive(Default)]
struct Compared {
    findings: Vec<Difference>,
    inside: Vec<usize>,
}

impl<'w> Walk<'w> {
    /// Nothing looked at yet.
    pub(super) fn new(shapes: [&'w Shapes<'w>; 2], classes: &'w Classes) -> Self {
        Self { shapes, classes, known: HashMap::new(), pairs: Vec::new() }
    }

    /// Looks at a pair that stands at `place`; its number if it differs.
    pub(super) fn root(&mut self, place: &Location, pair: Pair) -> Option<usize> {
        let mut queue = VecDeque::new();
        let root = self.enter(pair, place.clone(), &mut queue)?;
        while let Some((number, (a, b), place)) = queue.pop_front() {
            let sides = [&self.shapes[0].all[a], &self.shapes[1].all[b]];
            let mut look = Look { sides, place: &place, findings: Vec::new(), inside: Vec::new() };
            look.facts();
            look.members();
            look.alternatives(self.classes);
            let Look { findings, inside, .. } = look;
            let inside: Vec<_> = inside
                .into_iter()
                .filter_map(|(edge, pair)| self.enter(pair, below(&place, &edge, sides[0]), &mut queue))
                .collect();
            self.pairs[number] = Compared { findings, inside };
        }
        Some(root)
    }

    fn enter(
        &mut self,
        pair: Pair,
        place: Location,
        queue: &mut VecDeque<(usize, Pair, Location)>,
    ) -> Option<usize> {
        if self.classes.same(pair.0, pair.1) {
            return None;
        }
        let next = self.pairs.len();
        let number = *self.known.entry(pair).or_insert(next);
        if number == next {
            self.pairs.push(Compared::default());
            queue.push_back((next, pair, place));
        }
        Some(number)
    }

    /// All that was found; `roots` are the pairs of each operation.
    pub(super) fn findings(self, roots: &[Vec<usize>]) -> Vec<Difference> {
        let mut concerned: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for (operation, roots) in roots.iter().enumerate() {
            let mut seen = BTreeSet::new();
            let mut stack = roots.clone();
            while let Some(number) = stack.pop() {
                if seen.insert(number) {
                    stack.extend(&self.pairs[number].inside);
                    concerned.entry(number).or_default().insert(operation);
                }
            }
        }
        // A component of one side against copies of it on the other: one finding.
        let mut together: BTreeMap<Difference, (Difference, BTreeSet<usize>)> = BTreeMap::new();
        for (number, compared) in self.pairs.into_iter().enumerate() {
            for finding in compared.findings {
                let mut key = finding.clone();
                key.place = Location::default();
                key.declared[1].clear();
                let (_, operations) = together.entry(key).or_insert_with(|| (finding, BTreeSet::new()));
                operations.extend(concerned.get(&number).into_iter().flatten());
            }
        }
        let counted = |(finding, operations): (Difference, BTreeSet<usize>)| Difference {
            operations: operations.len(),
            ..finding
        };
        together.into_values().map(counted).collect()
    }
}

/// Two shapes that differ.
struct Look<'l> {
    sides: [&'l Shape; 2],
    place: &'l Location,
    findings: Vec<Difference>,
    inside: Vec<(Edge, Pair)>,
}

impl Look<'_> {
    fn report(&mut self, what: What, name: &str, [before, after]: [Option<String>; 2], order: bool) {
        let cause = match (&before, &after) {
            (Some(_), None) => Cause::OnlyInA,
            (None, Some(_)) => Cause::OnlyInB,
            _ if order => Cause::Order,
            _ => Cause::Changed,
        };
        self.findings.push(Difference {
            place: self.place.clone(),
            what,
            name: name.to_owned(),
            cause,
            before,
            after,
            operations: 0,
            declared: self.sides.map(|shape| shape.pointer.clone()),
        });
    }

    fn facts(&mut self) {
        let [a, b] = self.sides;
        for keyword in a.facts.keys().chain(b.facts.keys()).collect::<BTreeSet<_>>() {
            let sides = [a.facts.get(keyword), b.facts.get(keyword)];
            if sides[0] != sides[1] {
                let order = matches!(sides, [Some(a), Some(b)] if sorted(a) == sorted(b));
                let texts = sides.map(|value| value.map(Value::to_string));
                self.report(what(keyword), keyword, texts, order);
            }
        }
    }

    /// What is in both but for alternatives, and what is in one only.
    fn members(&mut self) {
        let [a, b] = self.sides;
        let edges: BTreeSet<&Edge> = a.edges.keys().chain(b.edges.keys()).collect();
        for edge in edges.into_iter().filter(|edge| !matches!(edge, Edge::Variant(..))) {
            match [a.edges.get(edge), b.edges.get(edge)] {
                [Some(a), Some(b)] => self.inside.push((edge.clone(), (*a, *b))),
                sides => {
                    let (what, name) = named(edge);
                    self.report(what, &name, sides.map(|side| side.map(|_| name.clone())), false);
                }
            }
        }
    }

    fn alternatives(&mut self, classes: &Classes) {
        let [a, b] = self.sides;
        for group in 0..a.groups.len().max(b.groups.len()) {
            let sides = [a.groups.get(group), b.groups.get(group)];
            if sides[0] != sides[1] {
                let keyword = sides[0].or(sides[1]).copied().unwrap_or_default();
                let texts = sides.map(|side| side.map(|keyword| (*keyword).to_owned()));
                self.report(What::Alternative, keyword, texts, false);
            }
            if let [Some(keyword), Some(_)] = sides {
                self.group(group, keyword, classes);
            }
        }
    }

    /// Alternatives are matched by what they are; what is left, by where they stand.
    fn group(&mut self, group: usize, keyword: &str, classes: &Classes) {
        let list = |side: &Shape| -> Vec<(usize, Id)> {
            let of_group = side.edges.iter().filter_map(|(edge, id)| match edge {
                Edge::Variant(own, number) if *own == group => Some((*number, *id)),
                _ => None,
            });
            of_group.collect()
        };
        let [ours, mut theirs] = self.sides.map(list);
        let mut moved = false;
        let mut left = Vec::new();
        for (number, id) in ours {
            let equal = |(other, there): &(usize, Id)| (*other != number, !classes.same(id, *there));
            // The one at the same place before others that are equal.
            match theirs
                .iter()
                .enumerate()
                .filter(|(_, there)| !equal(there).1)
                .min_by_key(|(_, there)| equal(there))
            {
                Some((position, _)) => moved |= theirs.remove(position).0 != number,
                None => left.push((number, id)),
            }
        }
        if moved && left.is_empty() && theirs.is_empty() {
            let text = || Some(keyword.to_owned());
            self.report(What::Alternative, keyword, [text(), text()], true);
        }
        let mut theirs = theirs.into_iter();
        for (number, id) in left {
            match theirs.next() {
                Some((_, there)) => self.inside.push((Edge::Variant(group, number), (id, there))),
                None => {
                    let name = format!("{keyword}/{number}");
                    self.report(What::Alternative, &name, [Some(name.clone()), None], false);
                }
            }
        }
        for (number, _) in theirs {
            let name = format!("{keyword}/{number}");
            self.report(What::Alternative, &name, [None, Some(name.clone())], false);
        }
    }
}

fn sorted(value: &Value) -> Value {
    let Value::Array(list) = value else { return value.clone() };
    let mut list = list.clone();
    list.sort_by_key(Value::to_string);
    Value::Array(list)
}

/// What an edge is, and which.
fn named(edge: &Edge) -> (What, String) {
    match edge {
        Edge::Property(name) => (What::Member, name.clone()),
        Edge::Items => (What::Schema, "items".to_owned()),
        Edge::Additional => (What::Member, "additionalProperties".to_owned()),
        Edge::Not(_) => (What::Constraint, "not".to_owned()),
        Edge::Variant(_, number) => (What::Alternative, number.to_string()),
        Edge::Mapping(_, value) => (What::Alternative, value.clone()),
    }
}

/// The place of an edge below that of the shape it starts from.
pub(super) fn below(place: &Location, edge: &Edge, shape: &Shape) -> Location {
    let keyword = |group: &usize| shape.groups.get(*group).copied().unwrap_or_default();
    let tokens = match edge {
        Edge::Property(name) => format!("properties/{}", escape(name)),
        Edge::Items => "items".to_owned(),
        Edge::Additional => "additionalProperties".to_owned(),
        Edge::Not(_) => "not".to_owned(),
        Edge::Variant(group, number) => format!("{}/{number}", keyword(group)),
        Edge::Mapping(_, value) => format!("discriminator/mapping/{}", escape(value)),
    };
    Location { operation: place.operation.clone(), pointer: format!("{}/{tokens}", place.pointer) }
}
