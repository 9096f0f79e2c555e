//! Which findings a change of a type comes from.

use super::super::super::collect::Draft;
use super::super::super::kind::Kind;
use super::super::super::report::Change;
use super::super::difference::Changed;
use super::super::index::Index;
use super::super::surface::Role;
use super::keys::{Drafts, Key, is_called_otherwise};
use serde_json::Value;
use std::collections::BTreeSet;

/// The drafts that a change comes from: the first of these that there are any of.
pub(super) fn explained(change: &Changed, index: &Index<'_>, drafts: &Drafts<'_>) -> BTreeSet<usize> {
    let looks: [&dyn Fn() -> BTreeSet<usize>; 7] = [
        &|| moved(change, index, drafts),
        &|| own(change, index, drafts),
        // What takes or has all members changes with any of them.
        &|| if change.role == Role::Field { BTreeSet::new() } else { inside(change, index, drafts) },
        &|| aliased(change, drafts),
        &|| inside(change, index, drafts),
        &|| outside(change, index, drafts),
        &|| reaching(change, index, drafts.all),
    ];
    looks.iter().map(|look| look()).find(|found| !found.is_empty()).unwrap_or_default()
}

/// The path of the type, in the new crate if it is there; of a builder, that of what it builds.
fn path<'c>(change: &'c Changed, index: &'c Index<'_>) -> &'c str {
    let side = usize::from(change.owners[1].is_some());
    let own = change.owners[side].as_deref().unwrap_or_default();
    index.sides[side].built_by(own).unwrap_or(own)
}

/// Whether it is about a builder, which has a method for each member of what it builds.
fn is_of_builder(change: &Changed, index: &Index<'_>) -> bool {
    let owners = change.owners.iter().enumerate();
    owners.filter_map(|(side, own)| index.sides[side].built_by(own.as_deref()?)).next().is_some()
}

/// A type that only moved does so with its construct; one without a name of its own moves with what
/// it is in.
fn moved(change: &Changed, index: &Index<'_>, drafts: &Drafts<'_>) -> BTreeSet<usize> {
    if change.touched.change != Change::Moved {
        return BTreeSet::new();
    }
    let renames = |n: &usize| {
        let kind = drafts.kind(*n);
        is_name(kind) || matches!(kind, Kind::SchemaReplaced | Kind::OperationId | Kind::Construct)
    };
    let above = index.sides[1].above(path(change, index)).into_iter().map(|above| above.ty);
    let each = std::iter::once(path(change, index).to_owned()).chain(above);
    let each = each.map(|ty| drafts.about(&Key::Type(ty)).filter(renames).collect::<BTreeSet<_>>());
    each.into_iter().find(|found| !found.is_empty()).unwrap_or_default()
}

/// Whether an edit only changes what schemas are called, or whether they are.
fn is_name(kind: Kind) -> bool {
    matches!(kind, Kind::ConstructMoved | Kind::SchemaRenamed | Kind::SchemaNamed | Kind::SchemaInlined)
}

/// Whether a draft may change what types look like.
fn is_structural(drafts: &Drafts<'_>, number: usize) -> bool {
    is_called_otherwise(drafts.kind(number)) || drafts.all[number].finding.schema.is_some()
}

/// What is about the item itself.
fn own(change: &Changed, index: &Index<'_>, drafts: &Drafts<'_>) -> BTreeSet<usize> {
    let (ty, name) = (path(change, index).to_owned(), change.name.trim_start_matches("r#").to_owned());
    let of_member = change.role == Role::Field || change.role == Role::Method && is_of_builder(change, index);
    let key = if of_member { Key::Member(ty, name) } else { Key::Type(ty) };
    drafts.about(&key).filter(|n| is_structural(drafts, *n)).collect()
}

/// What is about something that its types stand for, and not about what that is called.
fn aliased(change: &Changed, drafts: &Drafts<'_>) -> BTreeSet<usize> {
    let aliases =
        change.through.iter().map(|alias| alias.split_once("::").map_or(alias.as_str(), |(_, path)| path));
    let about = |alias: &str| {
        let key = Key::Type(alias.to_owned());
        let found = drafts.about(&key);
        found.filter(|number| !is_name(drafts.kind(*number))).collect::<Vec<_>>()
    };
    aliases.flat_map(about).collect()
}

/// What is about a member of the type; whole types do not come or go by their members.
fn inside(change: &Changed, index: &Index<'_>, drafts: &Drafts<'_>) -> BTreeSet<usize> {
    let whole = matches!(change.touched.change, Change::Added | Change::Removed) && change.role == Role::Item;
    if whole && !is_of_builder(change, index) {
        return BTreeSet::new();
    }
    drafts.of_members(path(change, index)).collect()
}

/// A type without a name of its own belongs to the member that it is the type of.
fn outside(change: &Changed, index: &Index<'_>, drafts: &Drafts<'_>) -> BTreeSet<usize> {
    let side = usize::from(change.owners[0].is_none());
    let own = change.owners[side].as_deref().unwrap_or_default();
    let above = index.sides[side].above(index.sides[side].built_by(own).unwrap_or(own));
    let each = above.into_iter().map(|above| {
        let key = match above.member {
            Some(member) => Key::Member(above.ty, member),
            None => Key::Type(above.ty),
        };
        drafts.about(&key).filter(|n| is_structural(drafts, *n)).collect::<BTreeSet<_>>()
    });
    each.into_iter().find(|found| !found.is_empty()).unwrap_or_default()
}

/// The drafts that make a type come or go: those of the operations and members that lead to it.
fn reaching(change: &Changed, index: &Index<'_>, drafts: &[Draft]) -> BTreeSet<usize> {
    let side = usize::from(change.owners[0].is_none());
    let Some(owner) = &change.owners[side] else { return BTreeSet::new() };
    let owner = index.sides[side].built_by(owner).unwrap_or(owner);
    let operations = index.sides[side].reaching(owner);
    let own = &index.sides[side];
    let leads = |draft: &&Draft| {
        let kind = draft.edit.kind;
        let direction = if side == 0 { draft.edit.stated[0] } else { draft.edit.stated[1] };
        let of_operation =
            || own.operation(&draft.edit.at[side]).is_some_and(|number| operations.contains(&number));
        let comes = matches!(
            kind,
            Kind::OperationAdded
                | Kind::OperationRemoved
                | Kind::ParameterAdded
                | Kind::ParameterRemoved
                | Kind::BodyAdded
                | Kind::BodyRemoved
                | Kind::MediaTypeAdded
                | Kind::MediaTypeRemoved
                | Kind::StatusAdded
                | Kind::StatusRemoved
                | Kind::SchemaStated
                | Kind::SchemaDropped
                | Kind::OperationOffered
                | Kind::OperationWithdrawn
        );
        comes && direction && of_operation()
    };
    let by_operation: BTreeSet<usize> =
        drafts.iter().enumerate().filter(|(_, draft)| leads(draft)).map(|(number, _)| number).collect();
    if !by_operation.is_empty() {
        return by_operation;
    }
    // A member, an alternative, another schema at the same place.
    let name = owner.replace("::", ".");
    let told =
        |value: &Option<Value>| value.as_ref().and_then(Value::as_str).is_some_and(|text| text == name);
    let member = |draft: &Draft| {
        let value = if side == 0 { &draft.edit.before } else { &draft.edit.after };
        told(value)
    };
    drafts.iter().enumerate().filter(|(_, draft)| member(draft)).map(|(number, _)| number).collect()
}
