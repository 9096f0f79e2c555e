//! Which finding a change of generated code comes from.

mod keys;
mod operations;
mod types;

use super::super::collect::Draft;
use super::super::edit::{Edit, Reach};
use super::super::kind::Kind;
use super::super::level::Level;
use super::super::report::{Code, Finding, Operations, Wire};
use super::Compared;
use super::difference::Changed;
use super::index::Index;
use keys::{Drafts, Key};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Gives every change to the drafts that explain it; what is left becomes drafts of its own.
pub(super) fn changes(
    compared: &Compared,
    index: &Index<'_>,
    documents: [&Value; 2],
    drafts: &mut Vec<Draft>,
) {
    let keys: Vec<BTreeSet<Key>> =
        drafts.iter().map(|draft| keys::keys(draft, index, documents, compared)).collect();
    let by_key = Drafts::new(drafts, &keys);
    let explained: Vec<BTreeSet<usize>> = compared
        .changes
        .iter()
        .map(|change| match change.part {
            "types" => types::explained(change, index, &by_key),
            _ => operations::explained(change, index, &by_key),
        })
        .collect();
    let mut left: BTreeMap<(&'static str, String), Vec<&Changed>> = BTreeMap::new();
    for (change, found) in compared.changes.iter().zip(explained) {
        if found.is_empty() {
            let owner = change.owners.iter().flatten().last().cloned().unwrap_or_default();
            left.entry((change.part, owner)).or_default().push(change);
        }
        for number in found {
            drafts[number].finding.code.items.push(change.touched.clone());
        }
    }
    let differing = differing(index, compared);
    for (number, draft) in drafts.iter_mut().enumerate() {
        settle(&mut draft.finding);
        draft.finding.regenerated |= keys[number].iter().any(|key| regenerated(key, &differing, compared));
    }
    drafts.extend(left.into_iter().map(|((_, owner), changes)| unexplained(&owner, &changes)));
}

/// Sorts the items of a finding, worst first, and takes the worst.
fn settle(finding: &mut Finding) {
    let Code { level, items } = &mut finding.code;
    items.sort_by(|a, b| b.level.cmp(&a.level).then_with(|| a.cmp(b)));
    items.dedup();
    *level = items.first().map(|item| item.level).unwrap_or_default();
    finding.regenerated |= !items.is_empty();
    finding.level = finding.level.max(finding.code.level);
}

/// The operations of each side whose source in the client or the server differs.
fn differing(index: &Index<'_>, compared: &Compared) -> [BTreeSet<usize>; 2] {
    [0, 1].map(|side| {
        let of = |(part, owner): &(&'static str, String)| {
            let differs = *part != "types" && compared.differs(part, [Some(owner), Some(owner)]);
            differs.then(|| index.sides[side].operation_of(owner, ""))?
        };
        compared.sources.iter().flat_map(BTreeMap::keys).filter_map(of).collect()
    })
}

/// Whether what is generated for it differs.
fn regenerated(key: &Key, differing: &[BTreeSet<usize>; 2], compared: &Compared) -> bool {
    match key {
        Key::Type(ty) | Key::Member(ty, _) => {
            let old = compared.moved.iter().find(|(_, to)| *to == ty).map(|(from, _)| from.as_str());
            compared.differs("types", [Some(old.unwrap_or(ty)), Some(ty)])
        }
        _ => key.operation().is_some_and(|(side, number)| differing[side].contains(&number)),
    }
}

/// A draft for changes of an item that no other explains.
fn unexplained(owner: &str, changes: &[&Changed]) -> Draft {
    let edit = Edit::new(Kind::CodeChanged, owner, Default::default());
    let mut finding = Finding {
        id: Kind::CodeChanged,
        level: Level::None,
        wire: Wire::default(),
        code: Code { level: Level::None, items: changes.iter().map(|own| own.touched.clone()).collect() },
        regenerated: true,
        name: owner.to_owned(),
        before: None,
        after: None,
        construct: owner.rsplit_once("::").map(|(module, _)| module.replace("::", ".")).unwrap_or_default(),
        schema: None,
        within: None,
        declared: [owner.to_owned(), owner.to_owned()],
        anchor: 0,
        operations: Operations::default(),
        products: BTreeSet::new(),
        why: Vec::new(),
        accepted: None,
    };
    settle(&mut finding);
    Draft {
        finding,
        edit,
        reach: Reach::default(),
        direct: false,
        spots: BTreeSet::new(),
        sites: BTreeSet::new(),
    }
}
