//! What two contracts call differently at the same place.

use super::operations::{Look, matched, operations};
use super::shapes::{Edge, Id};
use super::types::{self, Types};
use super::walk::below;
use super::{Cause, Location};
use crate::contract::Contract;
use serde::{Serialize, Serializer};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// What is called differently, and how much is not.
#[derive(Clone, Debug, Serialize)]
pub struct Names {
    /// The places with a component on both sides or one, and how many of them have the same name.
    pub places: [usize; 2],
    /// How many components A has, and B; how many of A are in B wherever A uses them.
    pub components: [usize; 3],
    /// Components that are called differently.
    pub renamed: Vec<Renamed>,
    /// Operations that another construct declares.
    pub constructs: Vec<NamedPlace>,
    /// The types that are generated; why not, when a contract cannot be lowered: `{"error": "..."}`.
    #[serde(serialize_with = "types_or_error")]
    pub types: Result<Types, String>,
}

fn types_or_error<S: Serializer>(types: &Result<Types, String>, serializer: S) -> Result<S::Ok, S::Error> {
    match types {
        Ok(types) => types.serialize(serializer),
        Err(error) => BTreeMap::from([("error", error)]).serialize(serializer),
    }
}

/// Two names of what is at the same places.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Renamed {
    /// The component of A; none where the schema is written in place.
    pub before: Option<String>,
    /// The component of B.
    pub after: Option<String>,
    /// How the two come to differ.
    pub cause: Cause,
    /// The first place.
    pub place: Location,
    /// How many places there are.
    pub places: usize,
}

/// A place with what each side calls it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct NamedPlace {
    /// The place.
    pub place: Location,
    /// What A calls it.
    pub before: String,
    /// What B calls it.
    pub after: String,
}

type Pair = (Option<String>, Option<String>);

pub(super) fn compare(a: &Contract, b: &Contract) -> Names {
    let mut look = Look::new([&a.document, &b.document]);
    let mut constructs = Vec::new();
    for pair in matched([operations(&a.document), operations(&b.document)]) {
        if let [Some(a), Some(b)] = &pair {
            let own = [a, b].map(|operation| operation.value.get("x-construct").and_then(Value::as_str));
            let [before, after] = own.map(|name| name.unwrap_or_default().to_owned());
            if before != after {
                let operation = format!("{} {}", a.method.to_uppercase(), a.path);
                let place = Location { operation, pointer: String::new() };
                constructs.push(NamedPlace { place, before, after });
            }
        }
        look.operation(pair);
    }
    let pairs = pairs(&look);
    let all: usize = pairs.values().map(|(_, places)| places).sum();
    let same =
        pairs.iter().filter(|((before, after), _)| before == after).map(|(_, (_, places))| places).sum();
    let [ours, theirs] = [&a.document, &b.document].map(components);
    let alike = ours.iter().filter(|name| {
        let mut others = pairs.keys().filter(|(before, _)| before.as_ref() == Some(**name)).peekable();
        // No place leads to one that is only merged into others.
        let lost = others.peek().is_none();
        if lost { theirs.contains(*name) } else { others.all(|(before, after)| before == after) }
    });
    let components = [ours.len(), theirs.len(), alike.count()];
    Names {
        places: [all, same],
        components,
        renamed: renamed(&pairs),
        constructs,
        types: types::compare(a, b),
    }
}

fn components(document: &Value) -> BTreeSet<&String> {
    let schemas = document.pointer("/components/schemas").and_then(Value::as_object);
    schemas.into_iter().flat_map(serde_json::Map::keys).collect()
}

/// What each side calls the same place: the first such place, and how many there are.
fn pairs(look: &Look<'_>) -> BTreeMap<Pair, (Location, usize)> {
    let mut found: BTreeMap<Pair, (Location, usize)> = BTreeMap::new();
    let mut seen: BTreeSet<(Id, Id)> = BTreeSet::new();
    let mut queue: VecDeque<((Id, Id), Location)> =
        look.roots.iter().map(|root| (root.pair, root.place.clone())).collect();
    while let Some(((a, b), place)) = queue.pop_front() {
        let sides = [&look.shapes[0].all[a], &look.shapes[1].all[b]];
        let named = (sides[0].component.clone(), sides[1].component.clone());
        if named != (None, None) {
            found.entry(named).or_insert_with(|| (place.clone(), 0)).1 += 1;
        }
        if !seen.insert((a, b)) {
            continue;
        }
        for (edge, child) in &sides[0].edges {
            if let (Some(there), false) = (sides[1].edges.get(edge), matches!(edge, Edge::Mapping(..))) {
                queue.push_back(((*child, *there), below(&place, edge, sides[0])));
            }
        }
    }
    found
}

fn renamed(pairs: &BTreeMap<Pair, (Location, usize)>) -> Vec<Renamed> {
    let several =
        |name: &Option<String>, own: fn(&Pair) -> &Option<String>, other: fn(&Pair) -> &Option<String>| {
            pairs.keys().filter(|pair| own(pair) == name && other(pair).is_some()).count() > 1
        };
    let last = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
    let differ = pairs.iter().filter(|((before, after), _)| before != after);
    let each = differ.map(|((before, after), (place, places))| {
        let cause = match (before, after) {
            (Some(_), None) => Cause::Inlined,
            (None, _) => Cause::Named,
            (Some(_), Some(_)) if several(before, |pair| &pair.0, |pair| &pair.1) => Cause::Split,
            (Some(_), Some(_)) if several(after, |pair| &pair.1, |pair| &pair.0) => Cause::Merged,
            (Some(a), Some(b)) if last(a) == last(b) => Cause::Moved,
            (Some(_), Some(_)) => Cause::Renamed,
        };
        Renamed { before: before.clone(), after: after.clone(), cause, place: place.clone(), places: *places }
    });
    each.collect()
}
