//! The types that two contracts come to, place by place.

use crate::contract::Contract;
use crate::diagnostic::Diagnostics;
use crate::ir::{Additional, Api, Kind, Media, Operation, Param, Payload, Ty, TypeDef, TypeId, Use};
use crate::lower;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// How the names of generated types agree.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Types {
    /// How many types A comes to, and B.
    pub counts: [usize; 2],
    /// How many of those are but another name for a type, of which a source without references keeps none.
    pub aliases: [usize; 2],
    /// How many paths of types are in both.
    pub identical: usize,
    /// `identical` of the larger of the counts, in percent.
    pub share: f64,
    /// How many types of A have the same path wherever they are used in B.
    pub in_place: usize,
    /// Those that have not: the path in A, and the paths in B at the same places; none where B has no type.
    pub others: BTreeMap<String, Vec<String>>,
    /// The types of B that A has nothing for.
    pub only_in_b: Vec<String>,
}

pub(super) fn compare(a: &Contract, b: &Contract) -> Result<Types, String> {
    let lowered = |contract: &Contract, name: &str| {
        lower::lower(contract, name, &mut Diagnostics::new()).map_err(|found| format!("{name}: {found}"))
    };
    let (a, b) = (lowered(a, "A")?, lowered(b, "B")?);
    let mut walk = Walk { sides: [&a, &b], pairs: BTreeMap::new(), queue: Vec::new() };
    for ours in &a.operations {
        let same = |there: &&Operation| there.method == ours.method && there.path == ours.path;
        if let Some(theirs) = b.operations.iter().find(same) {
            walk.operations(ours, theirs);
        }
    }
    walk.drain();
    Ok(walk.result())
}

/// Pairs of types that are at the same place.
struct Walk<'a> {
    sides: [&'a Api; 2],
    /// By the type of A: those of B.
    pairs: BTreeMap<&'a TypeId, BTreeSet<Option<&'a TypeId>>>,
    queue: Vec<(&'a TypeId, &'a TypeId)>,
}

impl<'a> Walk<'a> {
    fn operations(&mut self, a: &'a Operation, b: &'a Operation) {
        let lists = |operation: &'a Operation| {
            let Operation { path_params, query_params, header_params, cookie_params, .. } = operation;
            [path_params, query_params, header_params, cookie_params]
        };
        for (ours, theirs) in lists(a).into_iter().zip(lists(b)) {
            self.params(ours, theirs);
        }
        if let (Some(a), Some(b)) = (&a.body, &b.body) {
            self.content(&a.content, &b.content);
        }
        for ours in &a.responses {
            if let Some(theirs) = b.responses.iter().find(|there| there.status == ours.status) {
                self.params(&ours.headers, &theirs.headers);
                self.content(&ours.content, &theirs.content);
            }
        }
    }

    fn params(&mut self, a: &'a [Param], b: &'a [Param]) {
        for ours in a {
            if let Some(theirs) = b.iter().find(|there| there.wire == ours.wire) {
                self.uses(&ours.value, &theirs.value);
            }
        }
    }

    fn content(&mut self, a: &'a [Media], b: &'a [Media]) {
        for ours in a {
            let Some(theirs) = b.iter().find(|there| there.media_type == ours.media_type) else { continue };
            if let (Some(a), Some(b)) = (&ours.described_by, &theirs.described_by) {
                self.pair(a, Some(b));
            }
            match (&ours.payload, &theirs.payload) {
                (Payload::Json(a), Payload::Json(b))
                | (Payload::Text(a), Payload::Text(b))
                | (Payload::EventStream(a), Payload::EventStream(b)) => self.uses(a, b),
                (Payload::Form(a), Payload::Form(b)) => self.params(a, b),
                (Payload::Multipart(a), Payload::Multipart(b)) => {
                    for part in a {
                        if let Some(there) = b.iter().find(|there| there.field.wire == part.field.wire) {
                            self.uses(&part.field.value, &there.field.value);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn uses(&mut self, a: &'a Use, b: &'a Use) {
        match (&a.ty, &b.ty) {
            (Ty::Named(a), Ty::Named(b)) => self.pair(a, Some(b)),
            (Ty::Named(a), other) => {
                self.pair(a, None);
                // An alias may be written in place on the other side.
                if let (Some(Kind::Alias(used)), Ty::Array(_) | Ty::Map(_)) = (self.kind(0, a), other) {
                    self.uses(used, b);
                }
            }
            (Ty::Array(_) | Ty::Map(_), Ty::Named(there)) => {
                if let Some(Kind::Alias(used)) = self.kind(1, there) {
                    self.uses(a, used);
                }
            }
            (Ty::Array(a), Ty::Array(b)) | (Ty::Map(a), Ty::Map(b)) => self.uses(a, b),
            _ => {}
        }
    }

    fn kind(&self, side: usize, id: &TypeId) -> Option<&'a Kind> {
        self.sides[side].types.get(id).map(|def| &def.kind)
    }

    fn pair(&mut self, a: &'a TypeId, b: Option<&'a TypeId>) {
        if self.pairs.entry(a).or_default().insert(b)
            && let Some(b) = b
        {
            self.queue.push((a, b));
        }
    }

    fn drain(&mut self) {
        while let Some((a, b)) = self.queue.pop() {
            let (Some(ours), Some(theirs)) = (self.sides[0].types.get(a), self.sides[1].types.get(b)) else {
                continue;
            };
            for (a, b) in ours.merged.iter().zip(&theirs.merged) {
                self.pair(a, Some(b));
            }
            match (&ours.kind, &theirs.kind) {
                (Kind::Struct(a), Kind::Struct(b)) => {
                    for field in &a.fields {
                        if let Some(there) = b.fields.iter().find(|there| there.wire == field.wire) {
                            self.uses(&field.value, &there.value);
                        }
                    }
                    if let (Additional::Typed(a), Additional::Typed(b)) = (&a.additional, &b.additional) {
                        self.uses(a, b);
                    }
                }
                (Kind::Union(a), Kind::Union(b)) => {
                    for (a, b) in a.variants.iter().zip(&b.variants) {
                        self.uses(&a.value, &b.value);
                    }
                }
                (Kind::Alias(a), Kind::Alias(b)) => self.uses(a, b),
                _ => {}
            }
        }
    }

    fn result(self) -> Types {
        let path = |side: usize, id: &TypeId| {
            let def = self.sides[side].types.get(id);
            def.map(|def| format!("{}::{}", def.module.join("::"), def.name)).unwrap_or_default()
        };
        let counts = self.sides.map(|api| api.types.len());
        let alias = |def: &&TypeDef| matches!(def.kind, Kind::Alias(_));
        let aliases = self.sides.map(|api| api.types.values().filter(alias).count());
        let all_of_b: BTreeSet<String> = self.sides[1].types.keys().map(|id| path(1, id)).collect();
        let all_of_a: BTreeSet<String> = self.sides[0].types.keys().map(|id| path(0, id)).collect();
        let identical = all_of_a.intersection(&all_of_b).count();
        let mut reached: BTreeSet<String> = BTreeSet::new();
        let mut others = BTreeMap::new();
        let mut in_place = 0;
        for id in self.sides[0].types.keys() {
            let own = path(0, id);
            let there: Vec<String> = match self.pairs.get(id) {
                Some(found) => found.iter().flatten().map(|id| path(1, id)).collect(),
                // No place leads to it, as to a component that is only merged into others.
                None => all_of_b.get(&own).cloned().into_iter().collect(),
            };
            reached.extend(there.iter().cloned());
            let whole = self.pairs.get(id).is_none_or(|found| !found.contains(&None));
            if whole && there == [own.clone()] {
                in_place += 1;
            } else {
                others.insert(own, there);
            }
        }
        let only_in_b = all_of_b.difference(&reached).cloned().collect();
        let most = counts[0].max(counts[1]).max(1);
        let share = 100.0 * identical as f64 / most as f64;
        Types { counts, aliases, identical, share, in_place, others, only_in_b }
    }
}
