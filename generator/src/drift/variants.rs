//! Which alternatives of two shapes are the same: by the value of the discriminator that stands for
//! them, by what they are, by their name, and what is left by the members they have in common.

use super::edit::Edit;
use super::facts::summary;
use super::kind::Kind;
use super::walk::Sides;
use crate::contract::diff::classes::Classes;
use crate::contract::diff::shapes::{Edge, Id, Shape, Shapes};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The alternatives that belong together, and what is said of the others.
#[derive(Default)]
pub(super) struct Matched {
    pub(super) pairs: Vec<([Id; 2], [String; 2])>,
    pub(super) edits: Vec<Edit>,
}

/// An alternative: its number in its group, and its shape.
type Variant = (usize, Id);

/// Matches the alternatives of two shapes, group by group.
pub(super) fn matched(sides: &Sides<'_>, all: [&Shapes<'_>; 2], classes: &Classes) -> Matched {
    let mut matched = Matched::default();
    let [old, new] = sides.shapes;
    for group in 0..old.groups.len().max(new.groups.len()) {
        let keywords = sides.shapes.map(|shape| shape.groups.get(group).copied());
        let at =
            sides.declared(|schema| keywords.iter().flatten().any(|keyword| schema.get(*keyword).is_some()));
        match keywords {
            [Some(before), Some(after)] => {
                if before != after {
                    let kind = if after == "anyOf" { Kind::UnionLoosened } else { Kind::UnionTightened };
                    let both = [Some(json!(before)), Some(json!(after))];
                    matched.edits.push(Edit::new(kind, before, at.clone()).values(both));
                }
                let group = Group { group, keywords: [before, after], at };
                group.compare(sides, all, classes, &mut matched);
            }
            [before, after] => {
                let kind = if after.is_some() { Kind::UnionStated } else { Kind::UnionDropped };
                let name = before.or(after).unwrap_or_default();
                let told = keywords.map(|keyword| keyword.map(|keyword| json!(keyword)));
                matched.edits.push(Edit::new(kind, name, at).values(told));
            }
        }
    }
    matched
}

/// Where one side is no more than one of the alternatives of the other: the edit, and the pair that is
/// the same.
pub(super) fn widened(
    sides: &Sides<'_>,
    pair: [Id; 2],
    all: [&Shapes<'_>; 2],
    classes: &Classes,
) -> Option<(Edit, [Id; 2], [String; 2])> {
    let plain = (0..2).find(|side| {
        let (own, union) = (sides.shapes[*side], sides.shapes[1 - side]);
        // Nothing is said beside the alternatives.
        let only = union.facts.is_empty() && union.edges.keys().all(|edge| matches!(edge, Edge::Variant(..)));
        let several = union.edges.len() > 1;
        own.groups.is_empty() && union.groups.len() == 1 && only && several
    })?;
    let (other, union) = (1 - plain, sides.shapes[1 - plain]);
    let keyword = union.groups.first()?;
    let with = |id: Id| if plain == 0 { [pair[0], id] } else { [id, pair[1]] };
    let is_same = |id: Id| {
        let [old, new] = with(id);
        classes.same(old, new)
    };
    let variants: Vec<(usize, Id)> = union
        .edges
        .iter()
        .filter_map(|(edge, id)| match edge {
            Edge::Variant(_, number) => Some((*number, *id)),
            _ => None,
        })
        .collect();
    let own = variants.iter().position(|(_, id)| is_same(*id))?;
    let others = variants.iter().enumerate().filter(|(at, _)| *at != own);
    let told: Vec<Value> = others.map(|(_, (_, id))| summary(&all[other].all[*id])).collect();
    let names: Vec<&str> = told.iter().filter_map(Value::as_str).collect();
    let kind = if plain == 0 { Kind::UnionWidened } else { Kind::UnionNarrowed };
    let at = sides.declared(|schema| schema.get(*keyword).is_some());
    let mut both = [None, None];
    both[other] = Some(json!(names));
    let (number, id) = variants[own];
    let mut site = at.clone();
    site[other] = format!("{}/{keyword}/{number}", site[other]);
    Some((Edit::new(kind, names.join(", "), at).values(both), with(id), site))
}

/// A group of alternatives on both sides.
struct Group {
    group: usize,
    keywords: [&'static str; 2],
    at: [String; 2],
}

impl Group {
    fn compare(&self, sides: &Sides<'_>, all: [&Shapes<'_>; 2], classes: &Classes, matched: &mut Matched) {
        let [mut ours, mut theirs] = sides.shapes.map(|shape| self.list(shape));
        let total = ours.len();
        let values = |side: usize, id: Id| self.values(sides.shapes[side], id);
        let shape = |side: usize, id: Id| &all[side].all[id];
        let name = |side: usize, id: Id| {
            let component = shape(side, id).component.as_deref()?;
            component.rsplit('.').next().map(str::to_owned)
        };
        let mut pairs: Vec<[Variant; 2]> = Vec::new();
        // What says best which belong together comes first; the same place is better than another.
        let rules: [&dyn Fn(Id, Id) -> bool; 4] = [
            &|a, b| !values(0, a).is_disjoint(&values(1, b)),
            &|a, b| classes.same(a, b),
            &|a, b| name(0, a).is_some() && name(0, a) == name(1, b),
            &|a, b| alike(shape(0, a), shape(1, b)),
        ];
        for rule in rules {
            ours.retain(|own| {
                let fits = |there: &(usize, &Variant)| rule(own.1, there.1.1);
                let found = theirs.iter().enumerate().filter(fits);
                let Some(at) = found.min_by_key(|(_, there)| there.0 != own.0).map(|(at, _)| at) else {
                    return true;
                };
                pairs.push([*own, theirs.remove(at)]);
                false
            });
        }
        if pairs.len() == total && theirs.is_empty() && pairs.iter().any(|[own, there]| own.0 != there.0) {
            let both = self.keywords.map(|keyword| Some(json!(keyword)));
            matched.edits.push(Edit::new(Kind::VariantOrder, self.keywords[0], self.at.clone()).values(both));
        }
        matched.pairs.extend(pairs.into_iter().map(|[own, there]| {
            let site = [(0, own.0), (1, there.0)]
                .map(|(side, number)| format!("{}/{}/{number}", self.at[side], self.keywords[side]));
            ([own.1, there.1], site)
        }));
        let gone = ours.into_iter().map(|(_, id)| (0, Kind::VariantRemoved, id));
        let come = theirs.into_iter().map(|(_, id)| (1, Kind::VariantAdded, id));
        for (side, kind, id) in gone.chain(come) {
            let told = summary(shape(side, id));
            let name = told.as_str().unwrap_or_default().to_owned();
            let mut both = [None, None];
            both[side] = Some(told);
            matched.edits.push(Edit::new(kind, name, self.at.clone()).values(both));
        }
    }

    fn list(&self, shape: &Shape) -> Vec<Variant> {
        let of_group = shape.edges.iter().filter_map(|(edge, id)| match edge {
            Edge::Variant(own, number) if *own == self.group => Some((*number, *id)),
            _ => None,
        });
        of_group.collect()
    }

    /// The values of the discriminator that stand for an alternative.
    fn values<'s>(&self, shape: &'s Shape, id: Id) -> BTreeSet<&'s str> {
        let of_group = shape.edges.iter().filter_map(|(edge, target)| match edge {
            Edge::Mapping(own, value) if *own == self.group && *target == id => Some(value.as_str()),
            _ => None,
        });
        of_group.collect()
    }
}

/// Whether two shapes have at least half of their members in common; without members, their type.
fn alike(a: &Shape, b: &Shape) -> bool {
    let members = |shape: &Shape| -> BTreeSet<String> {
        let names = shape.edges.keys().filter_map(|edge| match edge {
            Edge::Property(name) => Some(name.clone()),
            _ => None,
        });
        let required = shape.facts.get("required").and_then(Value::as_array).into_iter().flatten();
        names.chain(required.filter_map(Value::as_str).map(str::to_owned)).collect()
    };
    let (ours, theirs) = (members(a), members(b));
    if ours.is_empty() && theirs.is_empty() {
        return a.facts.get("type") == b.facts.get("type");
    }
    2 * ours.intersection(&theirs).count() >= ours.union(&theirs).count()
}
