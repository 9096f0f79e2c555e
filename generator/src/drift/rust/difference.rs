//! What is different between two surfaces, item by item.

use super::super::level::Level;
use super::super::report::{Bump, Change, Touched};
use super::surface::{Exports, Item, Role, Surface};
use std::collections::BTreeMap;

/// A change of an item, and what it belongs to on each side.
#[derive(Clone, Debug)]
pub(super) struct Changed {
    pub(super) part: &'static str,
    pub(super) role: Role,
    pub(super) name: String,
    /// The paths of its owner in the old crate and in the new.
    pub(super) owners: [Option<String>; 2],
    /// The aliases that its types go through, on either side.
    pub(super) through: Vec<String>,
    pub(super) touched: Touched,
}

impl Changed {
    /// Calls the item as its users do.
    pub(super) fn publish(&mut self, library: &str, exports: [&Exports; 2]) {
        let side = usize::from(self.touched.change != Change::Removed);
        let Some(owner) = self.owners[side].as_ref().or(self.owners[1 - side].as_ref()) else { return };
        if let Some(rest) = self.touched.item.strip_prefix(&format!("{library}::{owner}")) {
            self.touched.item = format!("{library}::{}{rest}", exports[side].public(owner));
        }
    }
}

/// Two surfaces of the crate `part`; `moved` leads from old paths of owners to new ones.
pub(super) fn compare(
    part: &'static str,
    library: &str,
    [old, new]: [&Surface; 2],
    moved: &BTreeMap<String, String>,
) -> Vec<Changed> {
    let mut changes = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for (path, item) in &old.items {
        let owner = moved.get(&item.owner);
        let there =
            owner.map_or_else(|| path.clone(), |owner| format!("{owner}{}", &path[item.owner.len()..]));
        seen.insert(there.clone());
        let found = new.items.get(&there);
        let change = match found {
            None => Some(Change::Removed),
            Some(other) if item.compared != other.compared => Some(Change::Changed),
            Some(_) if owner.is_some() && path == &item.owner => Some(Change::Moved),
            Some(_) => None,
        };
        if let Some(change) = change {
            let shown = if found.is_some() { &there } else { path };
            changes.push(changed((part, library), shown, change, [Some(item), found]));
        }
    }
    for (path, item) in new.items.iter().filter(|(path, _)| !seen.contains(*path)) {
        let mut change = changed((part, library), path, Change::Added, [None, Some(item)]);
        // A whole new item breaks nobody, whatever it holds.
        if item.owner != *path
            && !old.items.contains_key(&item.owner)
            && !moved.values().any(|to| *to == item.owner)
        {
            change.touched.level = Level::Info;
        }
        changes.push(change);
    }
    changes
}

fn changed(
    (part, library): (&'static str, &str),
    path: &str,
    change: Change,
    sides: [Option<&Item>; 2],
) -> Changed {
    let first = sides[0].or(sides[1]);
    let role = first.map_or(Role::Item, |item| item.role);
    let open = first.is_some_and(|item| item.open);
    let level = match (change, role) {
        (Change::Added, Role::Field | Role::Variant | Role::Required) if !open => Level::Warning,
        (Change::Added, _) => Level::Info,
        _ => Level::Error,
    };
    let side_told = |side: usize| {
        let item = sides[side]?;
        // What only moved says from where.
        let moved = || format!("{library}::{}", item.owner);
        Some(if change == Change::Moved { moved() } else { item.signature.clone() })
    };
    Changed {
        part,
        role,
        name: first.map(|item| item.name.clone()).unwrap_or_default(),
        owners: sides.map(|side| side.map(|item| item.owner.clone())),
        through: sides.iter().flatten().flat_map(|item| item.through.iter().cloned()).collect(),
        touched: Touched {
            of: library.replace('_', "-"),
            item: format!("{library}::{path}"),
            change,
            level,
            before: side_told(0),
            after: side_told(1),
        },
    }
}

/// The features of a crate that only one side has: each is a group of operations of a product.
pub(super) fn features(
    part: &'static str,
    library: &str,
    sides: [&BTreeMap<String, String>; 2],
) -> Vec<Changed> {
    let mut changes = Vec::new();
    for side in 0..2 {
        for (feature, group) in
            sides[side].iter().filter(|(feature, _)| !sides[1 - side].contains_key(*feature))
        {
            let mut owners = [None, None];
            owners[side] = Some(group.clone());
            let (change, level) = [(Change::Removed, Level::Error), (Change::Added, Level::Info)][side];
            let mut told = [None, None];
            told[side] = Some(format!("feature {feature}"));
            let [before, after] = told;
            let of = library.replace('_', "-");
            let item = format!("{library} feature {feature}");
            let name = group.rsplit("::").next().unwrap_or_default().to_owned();
            let touched = Touched { of, item, change, level, before, after };
            changes.push(Changed { part, role: Role::Export, name, owners, through: Vec::new(), touched });
        }
    }
    changes
}

/// The part of the version that must grow for these changes, and how many items are gone, are new
/// and are not what they were.
pub(super) fn bump(changes: &[Changed], source: bool) -> (Bump, [usize; 3]) {
    let count = |kinds: &[Change]| changes.iter().filter(|own| kinds.contains(&own.touched.change)).count();
    let worst = changes.iter().map(|own| own.touched.level).max();
    let bump = match worst {
        Some(Level::Error | Level::Warning) => Bump::Major,
        Some(_) => Bump::Minor,
        None if source => Bump::Patch,
        None => Bump::None,
    };
    (bump, [count(&[Change::Removed]), count(&[Change::Added]), count(&[Change::Changed, Change::Moved])])
}
