//! The pairs of shapes at the same places of two contracts, each looked at once whatever refers to it.
//!
//! A pair holds the edits between its own facts and knows the pairs inside, so that an edit in a
//! shared schema is found once, and where it reaches is a matter of the graph.

use super::edit::{Edit, Reach, Through};
use super::facts;
use super::variants;
use crate::contract::diff::classes::Classes;
use crate::contract::diff::shapes::{Edge, Id, Shape, Shapes};
use crate::load::reference::{escape, lookup};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, VecDeque};

/// A pair of shapes.
pub(super) struct Node {
    /// The shapes, of the old contract and of the new.
    pub(super) pair: [Id; 2],
    /// The places that refer to them.
    pub(super) sites: Vec<[String; 2]>,
    /// What differs between their own facts, and what of it passes.
    pub(super) edits: Vec<(Edit, Through)>,
    /// The pairs inside, and what passes on the way to them.
    pub(super) inside: Vec<(usize, Through)>,
}

/// All pairs that are reached.
pub(super) struct Walk<'w> {
    pub(super) documents: [&'w Value; 2],
    pub(super) shapes: [&'w Shapes<'w>; 2],
    pub(super) classes: &'w Classes,
    pub(super) nodes: Vec<Node>,
    known: HashMap<[Id; 2], usize>,
    queue: VecDeque<usize>,
}

/// Two shapes that are compared.
pub(super) struct Sides<'l> {
    pub(super) documents: [&'l Value; 2],
    pub(super) shapes: [&'l Shape; 2],
    /// Where the first place that refers to them is.
    pub(super) site: [String; 2],
}

impl<'w> Walk<'w> {
    pub(super) fn new(documents: [&'w Value; 2], shapes: [&'w Shapes<'w>; 2], classes: &'w Classes) -> Self {
        Self { documents, shapes, classes, nodes: Vec::new(), known: HashMap::new(), queue: VecDeque::new() }
    }

    /// Looks at a pair that a place refers to, and at all inside it; its number.
    pub(super) fn root(&mut self, pair: [Id; 2], site: [String; 2]) -> usize {
        let root = self.enter(pair, site);
        while let Some(number) = self.queue.pop_front() {
            self.look(number);
        }
        root
    }

    fn enter(&mut self, pair: [Id; 2], site: [String; 2]) -> usize {
        let next = self.nodes.len();
        let number = *self.known.entry(pair).or_insert(next);
        if number == next {
            self.nodes.push(Node { pair, sites: Vec::new(), edits: Vec::new(), inside: Vec::new() });
            self.queue.push_back(number);
        }
        if !self.nodes[number].sites.contains(&site) {
            self.nodes[number].sites.push(site);
        }
        number
    }

    fn look(&mut self, number: usize) {
        let pair = self.nodes[number].pair;
        let site = self.nodes[number].sites.first().cloned().unwrap_or_default();
        let shapes = [&self.shapes[0].all[pair[0]], &self.shapes[1].all[pair[1]]];
        let sides = Sides { documents: self.documents, shapes, site };
        let mut edits = Vec::new();
        let mut inside = Vec::new();
        // Equal shapes are walked for the names of what is inside.
        let same = self.classes.same(pair[0], pair[1]);
        if let Some((edit, pair, site)) = variants::widened(&sides, pair, self.shapes, self.classes) {
            let child = self.enter(pair, site);
            self.nodes[number].edits = vec![(edit, Through::default())];
            self.nodes[number].inside = vec![(child, Through::default())];
            return;
        }
        if !same {
            let guard = |name: &str| {
                let edge = Edge::Property(name.to_owned());
                self.through(&edge, shapes.map(|shape| shape.edges.get(&edge).copied()))
            };
            facts::compare(&sides, &guard, &mut edits);
            self.members(&sides, &mut edits);
        }
        for (edge, child) in &shapes[0].edges {
            if let (Some(there), false) = (shapes[1].edges.get(edge), matches!(edge, Edge::Variant(..))) {
                let through = self.through(edge, [Some(*child), Some(*there)]);
                inside.push(([*child, *there], sides.below(edge), through));
            }
        }
        let matched = variants::matched(&sides, self.shapes, self.classes);
        if !same {
            edits.extend(matched.edits.into_iter().map(|edit| (edit, Through::default())));
        }
        inside.extend(matched.pairs.into_iter().map(|(pair, site)| (pair, site, Through::default())));
        let inside =
            inside.into_iter().map(|(pair, site, through)| (self.enter(pair, site), through)).collect();
        self.nodes[number].edits = edits;
        self.nodes[number].inside = inside;
    }

    /// Members that only one side has.
    fn members(&self, sides: &Sides<'_>, edits: &mut Vec<(Edit, Through)>) {
        let all = sides.shapes.iter().flat_map(|shape| shape.edges.keys());
        let edges: std::collections::BTreeSet<&Edge> = all.collect();
        for edge in edges {
            let there = sides.shapes.map(|shape| shape.edges.get(edge).copied());
            if let [Some(_), None] | [None, Some(_)] = there {
                let child = |side: usize| there[side].map(|id| &self.shapes[side].all[id]);
                if let Some(edit) = facts::member(sides, edge, [child(0), child(1)]) {
                    edits.push((edit, self.through(edge, there)));
                }
            }
        }
    }

    /// What passes an edge: a member that is read only wherever it is is in no request.
    fn through(&self, edge: &Edge, children: [Option<Id>; 2]) -> Through {
        let flagged = |flag: &str| {
            let mut there = [0, 1]
                .into_iter()
                .filter_map(|side| Some(&self.shapes[side].all[children[side]?]))
                .peekable();
            there.peek().is_some() && there.all(|shape| shape.facts.get(flag) == Some(&Value::Bool(true)))
        };
        let member = matches!(edge, Edge::Property(_));
        Through {
            read_only: member && flagged("readOnly"),
            write_only: member && flagged("writeOnly"),
            not: matches!(edge, Edge::Not(_)),
        }
    }

    /// Which operations reach each pair, and in what direction.
    pub(super) fn reach(&self, roots: &[(usize, usize, Reach)]) -> Vec<BTreeMap<usize, Reach>> {
        let mut reached: Vec<BTreeMap<usize, Reach>> = vec![BTreeMap::new(); self.nodes.len()];
        for (operation, root, reach) in roots {
            let mut stack = vec![(*root, *reach)];
            while let Some((number, reach)) = stack.pop() {
                let held = reached[number].entry(*operation).or_default();
                let more = held.and(reach);
                if reach == Reach::default() || more == *held {
                    continue;
                }
                *held = more;
                let inside = &self.nodes[number].inside;
                stack.extend(inside.iter().map(|(child, through)| (*child, more.through(*through))));
            }
        }
        reached
    }
}

impl Sides<'_> {
    /// Where the schema on a side says something that `says` accepts.
    pub(super) fn declares(&self, side: usize, says: impl Fn(&Value) -> bool) -> Option<String> {
        let schemas = &self.shapes[side].schemas;
        let own = schemas.iter().find(|at| lookup(self.documents[side], at).is_some_and(&says));
        own.cloned()
    }

    /// Where each side says it; a side that does not say it is at its counterpart.
    pub(super) fn declared(&self, says: impl Fn(&Value) -> bool) -> [String; 2] {
        let stated = [0, 1].map(|side| self.declares(side, &says));
        [0, 1].map(|side| match (&stated[side], &stated[1 - side]) {
            (Some(own), _) => own.clone(),
            (None, Some(other)) => self.counterpart(side, other),
            (None, None) => self.shapes[side].pointer.clone(),
        })
    }

    /// What on `side` stands for the schema that the other side has at `other`.
    fn counterpart(&self, side: usize, other: &str) -> String {
        let schemas = &self.shapes[side].schemas;
        let name = |pointer: &str| pointer.rsplit(['.', '/']).next().unwrap_or_default().to_owned();
        let same = schemas.iter().find(|at| *at == other);
        let called = || schemas.iter().find(|at| name(at) == name(other));
        same.or_else(called).cloned().unwrap_or_else(|| self.site[side].clone())
    }

    /// The place of an edge on each side.
    fn below(&self, edge: &Edge) -> [String; 2] {
        let (keyword, token) = match edge {
            Edge::Property(name) => ("properties", Some(escape(name))),
            Edge::Items => ("items", None),
            Edge::Additional => ("additionalProperties", None),
            Edge::Not(_) => ("not", None),
            Edge::Variant(_, number) => ("oneOf", Some(number.to_string())),
            Edge::Mapping(_, value) => ("discriminator", Some(format!("mapping/{}", escape(value)))),
        };
        let says = |schema: &Value| match edge {
            Edge::Property(name) => schema.pointer("/properties").is_some_and(|p| p.get(name).is_some()),
            _ => schema.get(keyword).is_some(),
        };
        self.declared(says).map(|at| match &token {
            Some(token) => format!("{at}/{keyword}/{token}"),
            None => format!("{at}/{keyword}"),
        })
    }
}
