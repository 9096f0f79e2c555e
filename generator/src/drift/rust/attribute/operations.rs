//! Which findings a change of the client or the server comes from.

use super::super::difference::Changed;
use super::super::index::{Index, Side};
use super::super::surface::Role;
use super::keys::{Drafts, Key, is_called_otherwise, is_whole};
use std::collections::BTreeSet;

/// The drafts that a change comes from.
pub(super) fn explained(change: &Changed, index: &Index<'_>, drafts: &Drafts<'_>) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    for side in 0..2 {
        let Some(owner) = &change.owners[side] else { continue };
        let own = &index.sides[side];
        found.extend(match own.operation_of(owner, &change.name) {
            Some(operation) => of_operation(change, (side, operation), drafts),
            None => of_group((owner, &change.name), own, side, drafts),
        });
    }
    // Through what its types stand for.
    if found.is_empty() {
        for alias in &change.through {
            let path = alias.split_once("::").map_or(alias.as_str(), |(_, path)| path);
            found.extend(drafts.about(&Key::Type(path.to_owned())));
        }
    }
    found
}

/// The drafts of the parameter that an item is for; else all of its operation.
fn of_operation(change: &Changed, (side, number): (usize, usize), drafts: &Drafts<'_>) -> BTreeSet<usize> {
    let parameter = Key::Parameter(side, number, change.name.trim_start_matches("r#").to_owned());
    let narrow: BTreeSet<usize> =
        drafts.about(&parameter).filter(|n| is_called_otherwise(drafts.kind(*n))).collect();
    if !narrow.is_empty() && matches!(change.role, Role::Field | Role::Method) {
        return narrow;
    }
    let answers = matches!(change.role, Role::Variant) || change.name == "send";
    let wanted = |n: &usize| {
        let draft = &drafts.all[*n];
        let response = draft.reach.in_response() && !draft.reach.in_request();
        is_called_otherwise(draft.edit.kind) && (!answers || response || is_whole(draft.edit.kind))
    };
    drafts.of_operation(side, number).filter(wanted).collect()
}

/// The drafts of operations that come and go with a group.
fn of_group(
    (owner, name): (&str, &str),
    own: &Side<'_>,
    side: usize,
    drafts: &Drafts<'_>,
) -> BTreeSet<usize> {
    let last = owner.rsplit("::").next().unwrap_or_default();
    let is_in = |number: usize| {
        let group = own.group(number);
        name == group
            || owner.split("::").any(|part| part == group)
            || heck::ToUpperCamelCase::to_upper_camel_case(group) == last
    };
    let found = drafts.of_operations(side, is_in);
    found.into_iter().filter(|number| is_whole(drafts.kind(*number))).collect()
}
