//! References replaced by what they lead to, as upstream's tool does it.
//!
//! What that tool does is defined by its state, not by the documents alone:
//! - a value is one node however often it is referred to, it is replaced in place, and it is walked
//!   once;
//! - what a reference without siblings led to is remembered. If the same target is met again by a
//!   reference with siblings, these only fill in what the remembered value lacks, and are not walked;
//! - if it is met for the first time, siblings win over the target, member by member, and where
//!   both have objects or arrays these are laid over each other, to any depth.

use super::arena::{Arena, Id, Node};
use super::follow::Chain;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::load::Documents;
use crate::load::reference::{Target, escape, resolve};
use std::collections::{HashMap, HashSet};

/// Deepest walk through documents and references.
const MAX_DEPTH: usize = 500;

/// A document without references, as nodes.
pub(super) struct Dereferenced<'a> {
    /// The nodes.
    pub(super) arena: Arena<'a>,
    /// The document.
    pub(super) root: Id,
    /// Places of references to something that contains them.
    pub(super) recursive: Vec<(Place, Target)>,
}

/// Replaces the references of the document in `file`; what is wrong goes to `findings`.
pub(super) fn dereference<'a>(
    documents: &'a Documents,
    file: &str,
    findings: &mut Diagnostics,
) -> Option<Dereferenced<'a>> {
    let mut work = Work {
        documents,
        arena: Arena::default(),
        roots: HashMap::new(),
        walked: HashSet::new(),
        parents: HashSet::new(),
        known: HashMap::new(),
        recursive: Vec::new(),
        findings,
    };
    let root = work.root(file)?;
    let target = Target { file: file.to_owned(), pointer: String::new() };
    let found = work.walk(root, &Trail::Start(&target), 0);
    let Work { arena, recursive, .. } = work;
    Some(Dereferenced { arena, root: found.value, recursive })
}

/// Where a walk is: below what a reference led to, member by member.
pub(super) enum Trail<'t> {
    Start(&'t Target),
    Member(&'t Trail<'t>, &'t str),
    Element(&'t Trail<'t>, usize),
}

impl Trail<'_> {
    fn file(&self) -> &str {
        match self {
            Self::Start(target) => &target.file,
            Self::Member(above, _) | Self::Element(above, _) => above.file(),
        }
    }

    fn target(&self) -> Target {
        match self {
            Self::Start(target) => (*target).clone(),
            Self::Member(above, name) => {
                let Target { file, pointer } = above.target();
                Target { file, pointer: format!("{pointer}/{}", escape(name)) }
            }
            Self::Element(above, index) => {
                let Target { file, pointer } = above.target();
                Target { file, pointer: format!("{pointer}/{index}") }
            }
        }
    }
}

/// What a walk came to.
#[derive(Clone, Copy)]
struct Found {
    value: Id,
    /// Whether something below leads back to something above.
    circular: bool,
}

pub(super) struct Work<'a, 'f> {
    documents: &'a Documents,
    pub(super) arena: Arena<'a>,
    roots: HashMap<String, Option<Id>>,
    walked: HashSet<Id>,
    parents: HashSet<Id>,
    known: HashMap<Target, Found>,
    recursive: Vec<(Place, Target)>,
    findings: &'f mut Diagnostics,
}

impl<'a> Work<'a, '_> {
    /// The document in a file; `None`, and a finding, when it is not YAML.
    pub(super) fn root(&mut self, file: &str) -> Option<Id> {
        if let Some(known) = self.roots.get(file) {
            return *known;
        }
        let root = match self.documents.get(file)? {
            Ok(document) => Some(self.arena.source(document)),
            Err(finding) => {
                self.findings.push(finding.clone());
                None
            }
        };
        self.roots.insert(file.to_owned(), root);
        root
    }

    /// Whether the source has a file.
    pub(super) fn exists(&self, file: &str) -> bool {
        self.documents.get(file).is_some()
    }

    /// Adds a finding.
    pub(super) fn report(&mut self, code: Code, at: &Target, message: String) {
        let place = Place::new(&at.file, &at.pointer);
        self.findings.push(Diagnostic::new(code, place, message));
    }

    fn walk(&mut self, id: Id, trail: &Trail<'_>, depth: usize) -> Found {
        let found = Found { value: id, circular: false };
        if !self.arena.is_container(id) || !self.walked.insert(id) {
            return found;
        }
        if depth > MAX_DEPTH {
            let message = format!("references nest deeper than {MAX_DEPTH} levels");
            self.report(Code::ReferenceCycle, &trail.target(), message);
            return found;
        }
        self.parents.insert(id);
        let found = match self.arena.reference(id) {
            Some(reference) => self.follow(id, reference, trail, depth),
            None => Found { value: id, circular: self.members(id, trail, depth) },
        };
        self.parents.remove(&id);
        found
    }

    /// Walks what is in an object or array; whether something there is circular.
    fn members(&mut self, id: Id, trail: &Trail<'_>, depth: usize) -> bool {
        let mut circular = false;
        for at in 0..self.arena.len(id) {
            let (child, name) = match self.arena.get(id) {
                Node::Object(members) => match members.get_index(at) {
                    Some((name, child)) => (*child, Some(name.clone())),
                    None => break,
                },
                Node::Array(items) => (items[at], None),
                Node::Scalar(_) => break,
            };
            let trail = match &name {
                Some(name) => Trail::Member(trail, name),
                None => Trail::Element(trail, at),
            };
            let found = match self.arena.reference(child) {
                Some(reference) => self.follow(child, reference, &trail, depth),
                None if self.parents.contains(&child) => Found { value: child, circular: true },
                None => self.walk(child, &trail, depth + 1),
            };
            circular |= found.circular;
            match self.arena.get(id) {
                Node::Object(members) => members[at] = found.value,
                Node::Array(items) => items[at] = found.value,
                Node::Scalar(_) => {}
            }
        }
        circular
    }

    /// What a reference is replaced by.
    fn follow(&mut self, id: Id, reference: &str, trail: &Trail<'_>, depth: usize) -> Found {
        let unchanged = Found { value: id, circular: false };
        let from = trail.target();
        let Some(target) = resolve(trail.file(), reference) else {
            let message = format!("`{reference}` leads out of the source");
            self.report(Code::UnresolvedReference, &from, message);
            return unchanged;
        };
        let alone = self.arena.len(id) == 1;
        if let Some(known) = self.known.get(&target).copied() {
            if known.circular || alone {
                return known;
            }
            return Found { value: self.fill(known.value, id), circular: false };
        }
        let chain = Chain { from: &from, target: &target, above: None };
        let Some(pointed) = self.resolve(&chain) else { return unchanged };
        let mut found = Found {
            value: self.extend(id, pointed.value),
            circular: pointed.itself || self.parents.contains(&pointed.value),
        };
        if found.circular && (pointed.itself || self.arena.reference(found.value).is_some()) {
            let message = format!("`{reference}` leads to itself and never to a schema");
            self.report(Code::ReferenceCycle, &from, message);
        }
        if found.circular {
            self.recursive.push((Place::new(&from.file, &from.pointer), target.clone()));
        } else {
            found = self.walk(found.value, &Trail::Start(&pointed.at), depth + 1);
        }
        if alone {
            self.known.insert(target, found);
        }
        found
    }

    /// A copy of a remembered value, with those siblings of a reference that it lacks.
    fn fill(&mut self, value: Id, reference: Id) -> Id {
        let Some(siblings) = self.arena.members(reference) else { return value };
        let Some(mut members) = self.arena.members(value) else { return value };
        for (name, sibling) in siblings.into_iter().filter(|(name, _)| name != "$ref") {
            members.entry(name).or_insert(sibling);
        }
        self.arena.object(members)
    }

    /// The target of a reference with the reference's siblings laid over it; itself without siblings.
    pub(super) fn extend(&mut self, reference: Id, target: Id) -> Id {
        if self.arena.len(reference) < 2 {
            return target;
        }
        let Some(mut members) = self.arena.members(reference) else { return target };
        let Some(below) = self.arena.members(target) else { return target };
        members.shift_remove("$ref");
        for (name, lower) in below {
            let value = match members.get(&name) {
                Some(&upper) if self.arena.is_container(upper) && self.arena.is_container(lower) => {
                    self.overlay(lower, upper)
                }
                Some(&upper) => upper,
                None => lower,
            };
            members.insert(name, value);
        }
        self.arena.object(members)
    }

    /// `upper` laid over `lower`, by member or index; what comes out is of `lower`'s kind.
    fn overlay(&mut self, lower: Id, upper: Id) -> Id {
        let Some(over) = self.arena.members(upper) else { return upper };
        match self.arena.get(lower).clone() {
            Node::Object(mut members) => {
                for (name, upper) in over {
                    let value = self.laid(members.get(&name).copied(), upper);
                    members.insert(name, value);
                }
                self.arena.object(members)
            }
            Node::Array(mut items) => {
                for (name, upper) in over {
                    // Names that are no index are lost when an array is written.
                    let Ok(at) = name.parse::<usize>() else { continue };
                    let value = self.laid(items.get(at).copied(), upper);
                    if at < items.len() {
                        items[at] = value;
                    } else if at == items.len() {
                        items.push(value);
                    }
                }
                self.arena.add(Node::Array(items))
            }
            Node::Scalar(_) => upper,
        }
    }

    /// Below the first level an array replaces what it is laid over; it is copied.
    fn laid(&mut self, lower: Option<Id>, upper: Id) -> Id {
        match (self.arena.get(upper).clone(), lower) {
            (Node::Array(items), _) => self.arena.add(Node::Array(items)),
            (Node::Object(_), Some(lower)) if self.arena.is_container(lower) => self.overlay(lower, upper),
            _ => upper,
        }
    }
}
