//! The verdicts on Rust code: what findings do to the generated crates.
//!
//! Both contracts are lowered and emitted, the public items of both are read back from the source
//! and compared, and each change of an item goes to the findings that it comes from. What comes
//! from none is a finding of its own, so that the report never misses one.

mod attribute;
mod difference;
mod index;
mod made;
pub(super) mod probe;
mod surface;
mod tidy;

use super::collect::Draft;
use super::report::{Crate, Report};
use super::walk::Walk;
use crate::contract::Contract;
use crate::emit::{self, names};
use crate::ir::{Api, Kind, TypeDef};
use difference::Changed;
use index::Index;
use made::Part;
use quote::ToTokens;
use std::collections::{BTreeMap, BTreeSet};

/// The crates that are published.
const PARTS: [&str; 3] = ["types", "client", "server"];

/// Both sides, and what is different between them.
pub(super) struct Compared {
    /// What the crates are called that the new contract makes.
    name: String,
    changes: Vec<Changed>,
    /// Of each crate, whether any of its files differs.
    differ: [bool; 3],
    /// The source of each owner, by crate and path, on each side.
    sources: [BTreeMap<(&'static str, String), String>; 2],
    /// Where types are, by their old path.
    moved: BTreeMap<String, String>,
}

/// Gives each draft its verdicts on code, and adds drafts for what none of them explains.
pub(super) fn judge(
    [old, new]: [&Contract; 2],
    walk: &Walk<'_>,
    drafts: &mut Vec<Draft>,
    report: &mut Report,
) -> Result<(), String> {
    let apis = made::lowered([old, new])?;
    let apis = apis.each_ref();
    let moved = moved(apis, walk);
    let parts = made::read(apis, &moved)?;
    let compared = Compared::new(apis, moved, parts);
    report.crates = compared.crates();
    report.verdict.regenerated = compared.differ.contains(&true);
    let index = Index::new(apis);
    attribute::changes(&compared, &index, walk.documents, drafts);
    Ok(())
}

impl Compared {
    fn new(apis: [&Api; 2], moved: BTreeMap<String, String>, parts: [[Part; 2]; 3]) -> Self {
        let mut changes = Vec::new();
        let mut sources = [BTreeMap::new(), BTreeMap::new()];
        let differ = parts.each_ref().map(|[old, new]| !old.is_same(new));
        for (part, sides) in PARTS.into_iter().zip(parts) {
            let library = apis[1].crates.library(part);
            let of_types = if part == "types" { &moved } else { &BTreeMap::new() };
            let [old, new] = &sides;
            let mut own = difference::compare(part, &library, [&old.surface, &new.surface], of_types);
            without_doubles(&mut own);
            if part != "types" {
                own.iter_mut().for_each(|change| change.publish(&library, [&old.exports, &new.exports]));
                let groups = apis.map(features);
                own.extend(difference::features(part, &library, groups.each_ref()));
            }
            changes.extend(own);
            for (side, own) in sides.into_iter().enumerate() {
                let texts = own.surface.sources.into_iter();
                sources[side].extend(texts.map(|(path, text)| ((part, path), text)));
            }
        }
        Self { name: apis[1].crates.name.clone(), changes, differ, sources, moved }
    }

    fn of<'c>(&'c self, part: &'c str) -> impl Iterator<Item = &'c Changed> {
        self.changes.iter().filter(move |change| change.part == part)
    }

    fn crates(&self) -> Vec<Crate> {
        let each = PARTS.into_iter().zip(self.differ).map(|(part, differs)| {
            let changes: Vec<Changed> = self.of(part).cloned().collect();
            let (bump, items) = difference::bump(&changes, differs);
            Crate { name: format!("{}-{part}", self.name), bump, items }
        });
        each.collect()
    }

    /// Whether the source of an owner differs.
    fn differs(&self, part: &'static str, owners: [Option<&str>; 2]) -> bool {
        let [old, new] = [0, 1].map(|side| {
            let key = (part, owners[side].or(owners[1 - side]).unwrap_or_default().to_owned());
            self.sources[side].get(&key)
        });
        old != new
    }
}

/// What an item that is gone or new has inside, and other paths to it, says nothing more.
fn without_doubles(changes: &mut Vec<Changed>) {
    use super::report::Change;
    use surface::Role;
    let whole: BTreeSet<(String, Change)> = changes
        .iter()
        .filter(|own| matches!(own.role, Role::Item | Role::Trait))
        .filter(|own| matches!(own.touched.change, Change::Added | Change::Removed))
        .flat_map(|own| own.owners.iter().flatten().map(|owner| (owner.clone(), own.touched.change)))
        .collect();
    let last = |path: &str| path.rsplit("::").next().unwrap_or_default().to_owned();
    let names: BTreeSet<(String, Change)> =
        whole.iter().map(|(path, change)| (last(path), *change)).collect();
    changes.retain(|own| {
        let mut owners = own.owners.iter().flatten();
        match own.role {
            Role::Item | Role::Trait => true,
            Role::Export => !owners.any(|owner| names.contains(&(last(owner), own.touched.change))),
            _ => !owners.any(|owner| whole.contains(&(owner.clone(), own.touched.change))),
        }
    });
}

/// The features of the groups of all products, with the module of each.
fn features(api: &Api) -> BTreeMap<String, String> {
    let groups =
        api.products.iter().flat_map(|product| product.groups.iter().map(move |group| (product, group)));
    groups
        .map(|(product, group)| (group.feature.clone(), format!("{}::{}", product.name, group.module)))
        .collect()
}

/// What the aliases of a contract stand for, by whole path.
fn aliases(api: &Api) -> BTreeMap<String, String> {
    let each = api.types.values().filter_map(|def| match &def.kind {
        Kind::Alias(target) => {
            let path = tidy::text(&names::path_tokens(def));
            Some((path, tidy::text(&names::bare_ty_tokens(api, target).to_token_stream())))
        }
        _ => None,
    });
    each.collect()
}

/// The path of the builder of a type.
fn builder(api: &Api, def: &TypeDef) -> Option<String> {
    let name = emit::types::builder::name(api, def)?;
    let parts = def.module.iter().map(String::as_str).chain([name.as_str()]);
    Some(parts.collect::<Vec<_>>().join("::"))
}

/// Types that are called otherwise, or are elsewhere, at the same places: old path to new path.
fn moved(apis: [&Api; 2], walk: &Walk<'_>) -> BTreeMap<String, String> {
    let by_pointer = apis.map(|api| {
        let each = api.types.values().map(|def| (def.pointer.as_str(), index::path(def)));
        each.collect::<BTreeMap<_, _>>()
    });
    let defs =
        apis.map(|api| api.types.values().map(|def| (def.pointer.as_str(), def)).collect::<BTreeMap<_, _>>());
    let paths = by_pointer.each_ref().map(|all| all.values().cloned().collect::<BTreeSet<_>>());
    let mut moved = BTreeMap::new();
    let mut taken = BTreeSet::new();
    for node in &walk.nodes {
        let at = [0, 1].map(|side| walk.shapes[side].all[node.pair[side]].pointer.as_str());
        let [Some(old), Some(new)] = [0, 1].map(|side| by_pointer[side].get(at[side])) else { continue };
        let free = old != new && !paths[1].contains(old) && !paths[0].contains(new);
        if free && !moved.contains_key(old) && taken.insert(new.clone()) {
            let builders = [0, 1].map(|side| builder(apis[side], defs[side].get(at[side])?));
            if let [Some(from), Some(to)] = builders {
                moved.insert(from, to);
            }
            moved.insert(old.clone(), new.clone());
        }
    }
    moved
}
