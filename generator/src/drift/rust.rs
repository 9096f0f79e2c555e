//! The verdicts on Rust code: what findings do to the generated crates.
//!
//! Both contracts are lowered and emitted, the public items of both are read back from the source
//! and compared, and each change of an item goes to the findings that it comes from. What comes
//! from none is a finding of its own, so that the report never misses one.

mod attribute;
mod difference;
mod index;
pub(super) mod probe;
mod surface;
mod tidy;

use super::collect::Draft;
use super::report::{Crate, Report};
use super::walk::Walk;
use crate::contract::Contract;
use crate::diagnostic::Diagnostics;
use crate::emit::{self, File, names};
use crate::ir::{Api, Kind, TypeDef};
use crate::lower;
use difference::Changed;
use index::Index;
use quote::ToTokens;
use std::collections::{BTreeMap, BTreeSet};
use surface::{Exports, Surface};
use tidy::Paths;

/// The crates that are published.
const PARTS: [&str; 3] = ["types", "client", "server"];

/// A contract as what is generated from it.
struct Made {
    api: Api,
    /// The files of each crate.
    files: [Vec<File>; 3],
}

/// Both sides, and what is different between them.
pub(super) struct Compared {
    sides: [Made; 2],
    changes: Vec<Changed>,
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
    let (a, b) = std::thread::scope(|scope| {
        let other = scope.spawn(|| made(new));
        let own = made(old);
        (own, other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    let compared = Compared::new([a?, b?], walk)?;
    report.crates = compared.crates();
    report.verdict.regenerated = PARTS.iter().any(|part| compared.source_differs(part));
    let index = Index::new([&compared.sides[0].api, &compared.sides[1].api]);
    attribute::changes(&compared, &index, walk.documents, drafts);
    Ok(())
}

fn made(contract: &Contract) -> Result<Made, String> {
    let told = |found: Diagnostics| format!("{} cannot be generated: {found}", contract.release);
    let mut api = lower::lower(contract, &contract.release, &mut Diagnostics::new()).map_err(told)?;
    // Not a difference between sources.
    api.release = String::new();
    api.digest = String::new();
    let files = std::thread::scope(|scope| {
        let client = scope.spawn(|| emit::client::emit(&api));
        let types = emit::types::emit(&api);
        let server = emit::server::emit(&api);
        let client = client.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        Ok::<_, Diagnostics>([types?, client?, server?])
    });
    Ok(Made { files: files.map_err(told)?, api })
}

impl Compared {
    fn new(sides: [Made; 2], walk: &Walk<'_>) -> Result<Self, String> {
        let moved = moved(&sides, walk);
        let mut changes = Vec::new();
        let mut sources = [BTreeMap::new(), BTreeMap::new()];
        for (number, part) in PARTS.into_iter().enumerate() {
            let library = sides[1].api.crates.library(part);
            let types = sides[1].api.crates.library("types");
            let whole = moved
                .iter()
                .map(|(from, to)| (format!("{types}::{from}"), format!("{types}::{to}")))
                .collect();
            let paths = [0, 1].map(|side| Paths {
                library: library.clone(),
                aliases: aliases(&sides[side].api),
                moved: if side == 0 { BTreeMap::clone(&whole) } else { BTreeMap::new() },
            });
            // Files that are the same hold nothing that differs.
            let files = [0, 1].map(|side| {
                let other: BTreeMap<&str, &str> = sides[1 - side].files[number]
                    .iter()
                    .map(|file| (file.path.as_str(), file.text.as_str()))
                    .collect();
                let own = sides[side].files[number].iter();
                own.filter(|file| other.get(file.path.as_str()) != Some(&file.text.as_str()))
                    .collect::<Vec<_>>()
            });
            let [old, new] = &files;
            let surfaces = [
                Surface::read(old.iter().copied(), &paths[0])?,
                Surface::read(new.iter().copied(), &paths[1])?,
            ];
            let of_types = if part == "types" { &moved } else { &BTreeMap::new() };
            let mut own = difference::compare(part, &library, surfaces.each_ref(), of_types);
            without_doubles(&mut own);
            if part != "types" {
                let exports = sides.each_ref().map(|side| Exports::of(&side.files[number]));
                own.iter_mut().for_each(|change| change.publish(&library, exports.each_ref()));
                let groups = sides.each_ref().map(|side| features(&side.api));
                own.extend(difference::features(part, &library, groups.each_ref()));
            }
            changes.extend(own);
            for (side, surface) in surfaces.into_iter().enumerate() {
                sources[side].extend(surface.sources.into_iter().map(|(path, text)| ((part, path), text)));
            }
        }
        Ok(Self { sides, changes, sources, moved })
    }

    fn of<'c>(&'c self, part: &'c str) -> impl Iterator<Item = &'c Changed> {
        self.changes.iter().filter(move |change| change.part == part)
    }

    fn source_differs(&self, part: &str) -> bool {
        let Some(number) = PARTS.iter().position(|own| *own == part) else { return false };
        self.sides[0].files[number] != self.sides[1].files[number]
    }

    fn crates(&self) -> Vec<Crate> {
        let each = PARTS.into_iter().map(|part| {
            let changes: Vec<Changed> = self.of(part).cloned().collect();
            let (bump, items) = difference::bump(&changes, self.source_differs(part));
            Crate { name: format!("{}-{part}", self.sides[1].api.crates.name), bump, items }
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
fn moved(sides: &[Made; 2], walk: &Walk<'_>) -> BTreeMap<String, String> {
    let by_pointer = sides.each_ref().map(|side| {
        let each = side.api.types.values().map(|def| (def.pointer.as_str(), index::path(def)));
        each.collect::<BTreeMap<_, _>>()
    });
    let defs = sides.each_ref().map(|side| {
        side.api.types.values().map(|def| (def.pointer.as_str(), def)).collect::<BTreeMap<_, _>>()
    });
    let paths = by_pointer.each_ref().map(|all| all.values().cloned().collect::<BTreeSet<_>>());
    let mut moved = BTreeMap::new();
    let mut taken = BTreeSet::new();
    for node in &walk.nodes {
        let at = [0, 1].map(|side| walk.shapes[side].all[node.pair[side]].pointer.as_str());
        let [Some(old), Some(new)] = [0, 1].map(|side| by_pointer[side].get(at[side])) else { continue };
        let free = old != new && !paths[1].contains(old) && !paths[0].contains(new);
        if free && !moved.contains_key(old) && taken.insert(new.clone()) {
            let builders = [0, 1].map(|side| builder(&sides[side].api, defs[side].get(at[side])?));
            if let [Some(from), Some(to)] = builders {
                moved.insert(from, to);
            }
            moved.insert(old.clone(), new.clone());
        }
    }
    moved
}
