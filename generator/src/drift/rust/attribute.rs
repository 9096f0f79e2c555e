//! Which finding a change of generated code comes from.

use super::super::collect::Draft;
use super::super::edit::{Edit, Reach};
use super::super::kind::Kind;
use super::super::level::Level;
use super::super::report::{Change, Code, Finding, Operations, Wire};
use super::Compared;
use super::difference::Changed;
use super::index::{Index, Side};
use super::surface::Role;
use crate::load::reference::lookup;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What a finding, or a change of an item, is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    /// A generated type, by its path.
    Type(String),
    /// A member of one.
    Member(String, String),
    /// An operation as a whole, by side and number.
    Operation(usize, usize),
    /// One of its parameters, by the Rust name.
    Parameter(usize, usize, String),
    /// Its request body, or its responses.
    Body(usize, usize),
    Responses(usize, usize),
}

/// Gives every change to the drafts that explain it; what is left becomes drafts of its own.
pub(super) fn changes(
    compared: &Compared,
    index: &Index<'_>,
    documents: [&Value; 2],
    drafts: &mut Vec<Draft>,
) {
    let mut by_key: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
    let keys: Vec<BTreeSet<Key>> =
        drafts.iter().map(|draft| keys(draft, index, documents, compared)).collect();
    for (number, keys) in keys.iter().enumerate() {
        for key in keys {
            by_key.entry(key.clone()).or_default().push(number);
        }
    }
    let mut left: BTreeMap<(&'static str, String), Vec<&Changed>> = BTreeMap::new();
    for change in &compared.changes {
        let found = explained(change, index, &by_key, drafts);
        if found.is_empty() {
            let owner = change.owners.iter().flatten().last().cloned().unwrap_or_default();
            left.entry((change.part, owner)).or_default().push(change);
        }
        for number in found {
            let code = &mut drafts[number].finding.code;
            code.items.push(change.touched.clone());
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

/// Whether only some edits of an operation have anything to do with how it is called.
fn is_called_otherwise(kind: Kind) -> bool {
    !matches!(
        kind,
        Kind::BoundSet
            | Kind::BoundUnset
            | Kind::BoundTightened
            | Kind::BoundLoosened
            | Kind::BoundChanged
            | Kind::PatternSet
            | Kind::PatternUnset
            | Kind::PatternChanged
            | Kind::DefaultChanged
            | Kind::DeprecatedSet
            | Kind::DeprecatedUnset
            | Kind::EnumOrder
            | Kind::PropertyAdded
            | Kind::PropertyRemoved
    )
}

/// Whether an edit changes what a type is and not how it is used.
fn is_inside(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::PropertyAdded
            | Kind::PropertyRemoved
            | Kind::BecameRequired
            | Kind::BecameOptional
            | Kind::OmissionAllowed
            | Kind::OmissionRefused
            | Kind::MembersClosed
            | Kind::MembersOpened
            | Kind::VariantAdded
            | Kind::VariantRemoved
            | Kind::VariantOrder
            | Kind::MappingAdded
            | Kind::MappingRemoved
            | Kind::DiscriminatorChanged
            | Kind::EnumAdded
            | Kind::EnumRemoved
            | Kind::EnumOrder
    )
}

/// What a finding is about.
fn keys(draft: &Draft, index: &Index<'_>, documents: [&Value; 2], compared: &Compared) -> BTreeSet<Key> {
    let mut keys = BTreeSet::new();
    let of_member = matches!(
        draft.edit.kind,
        Kind::PropertyAdded
            | Kind::PropertyRemoved
            | Kind::BecameRequired
            | Kind::BecameOptional
            | Kind::OmissionAllowed
            | Kind::OmissionRefused
    );
    let sites = draft.sites.iter().filter(|_| !is_inside(draft.edit.kind));
    for spot in draft.spots.iter().chain(sites).chain([&draft.edit.at]) {
        for side in 0..2 {
            let pointer = spot[side].as_str();
            if pointer.is_empty() {
                continue;
            }
            let own = &index.sides[side];
            if let Some(operation) = own.operation(pointer) {
                keys.insert(part_of(own, (side, operation), pointer, documents[side]));
            }
            for found in own.spots(pointer) {
                let ty =
                    if side == 0 { compared.moved.get(&found.ty).unwrap_or(&found.ty) } else { &found.ty };
                let wire = &draft.edit.name;
                match (&found.member, of_member && !draft.direct) {
                    (None, true) => {
                        let names = [0, 1].map(|side| index.sides[side].member(&found.ty, wire));
                        let names = names.into_iter().flatten();
                        keys.extend(names.map(|name| Key::Member(ty.clone(), name)));
                    }
                    (Some(member), _) => {
                        keys.insert(Key::Member(ty.clone(), member.clone()));
                    }
                    (None, false) => {
                        keys.insert(Key::Type(ty.clone()));
                    }
                }
            }
        }
    }
    keys
}

/// What of an operation a pointer leads to.
fn part_of(side: &Side<'_>, (number, operation): (usize, usize), pointer: &str, document: &Value) -> Key {
    let rest: Vec<&str> = pointer.split('/').skip(4).collect();
    match rest.first() {
        Some(&"parameters") if rest.len() > 1 => {
            let own = pointer.split('/').take(6).collect::<Vec<_>>().join("/");
            let wire = lookup(document, &own).and_then(|value| value.get("name")).and_then(Value::as_str);
            let name = wire.and_then(|wire| side.parameter(operation, wire)).unwrap_or_default();
            Key::Parameter(number, operation, name.to_owned())
        }
        Some(&"requestBody") => Key::Body(number, operation),
        Some(&"responses") => Key::Responses(number, operation),
        _ => Key::Operation(number, operation),
    }
}

/// The drafts that a change comes from.
fn explained(
    change: &Changed,
    index: &Index<'_>,
    by_key: &BTreeMap<Key, Vec<usize>>,
    drafts: &[Draft],
) -> BTreeSet<usize> {
    let get = |key: &Key| by_key.get(key).into_iter().flatten().copied();
    if change.part == "types" {
        return of_type(change, index, by_key, drafts);
    }
    let mut found = BTreeSet::new();
    for side in 0..2 {
        let Some(owner) = &change.owners[side] else { continue };
        let own = &index.sides[side];
        let Some(operation) = own.operation_of(owner, &change.name) else {
            found.extend(of_group((owner, &change.name), own, side, by_key, drafts));
            continue;
        };
        let parameter = Key::Parameter(side, operation, change.name.trim_start_matches("r#").to_owned());
        let narrow: BTreeSet<usize> =
            get(&parameter).filter(|n| is_called_otherwise(drafts[*n].edit.kind)).collect();
        if !narrow.is_empty() && matches!(change.role, Role::Field | Role::Method) {
            found.extend(narrow);
            continue;
        }
        let whole = Key::Operation(side, operation);
        let all = by_key.range(whole..).take_while(|(key, _)| is_of(key, side, operation));
        let parts = by_key.iter().filter(|(key, _)| is_of(key, side, operation));
        let own: BTreeSet<usize> =
            all.chain(parts).flat_map(|(_, numbers)| numbers.iter().copied()).collect();
        let answers = matches!(change.role, Role::Variant) || change.name == "send";
        let wanted = |n: &usize| {
            let draft = &drafts[*n];
            let response = draft.reach.in_response() && !draft.reach.in_request();
            is_called_otherwise(draft.edit.kind) && (!answers || response || is_whole(draft.edit.kind))
        };
        found.extend(own.into_iter().filter(wanted));
    }
    // Through what its types stand for.
    if found.is_empty() {
        for alias in &change.through {
            let path = alias.split_once("::").map_or(alias.as_str(), |(_, path)| path);
            found.extend(get(&Key::Type(path.to_owned())));
        }
    }
    found
}

fn is_whole(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::OperationAdded
            | Kind::OperationRemoved
            | Kind::OperationId
            | Kind::Tags
            | Kind::OperationOffered
            | Kind::OperationWithdrawn
    )
}

fn is_of(key: &Key, side: usize, operation: usize) -> bool {
    match key {
        Key::Operation(own, number)
        | Key::Parameter(own, number, _)
        | Key::Body(own, number)
        | Key::Responses(own, number) => (*own, *number) == (side, operation),
        Key::Type(_) | Key::Member(..) => false,
    }
}

/// The drafts of operations that come and go with a group.
fn of_group(
    (owner, name): (&str, &str),
    own: &Side<'_>,
    side: usize,
    by_key: &BTreeMap<Key, Vec<usize>>,
    drafts: &[Draft],
) -> BTreeSet<usize> {
    let last = owner.rsplit("::").next().unwrap_or_default();
    let is_of = |key: &Key| match key {
        Key::Operation(there, number) if *there == side => {
            let group = own.group(*number);
            name == group
                || owner.split("::").any(|part| part == group)
                || heck::ToUpperCamelCase::to_upper_camel_case(group) == last
        }
        _ => false,
    };
    let numbers =
        by_key.iter().filter(|(key, _)| is_of(key)).flat_map(|(_, numbers)| numbers.iter().copied());
    numbers.filter(|number| is_whole(drafts[*number].edit.kind)).collect()
}

fn of_type(
    change: &Changed,
    index: &Index<'_>,
    by_key: &BTreeMap<Key, Vec<usize>>,
    drafts: &[Draft],
) -> BTreeSet<usize> {
    let get = |key: Key| by_key.get(&key).into_iter().flatten().copied();
    let ty = change.owners[1].as_ref().or(change.owners[0].as_ref()).cloned().unwrap_or_default();
    let name = change.name.trim_start_matches("r#").to_owned();
    let structural =
        |n: &usize| is_called_otherwise(drafts[*n].edit.kind) || drafts[*n].finding.schema.is_some();
    // A type that only moved does so with its construct.
    if change.touched.change == Change::Moved {
        let renames = |n: &usize| {
            matches!(
                drafts[*n].edit.kind,
                Kind::ConstructMoved
                    | Kind::SchemaRenamed
                    | Kind::SchemaNamed
                    | Kind::SchemaInlined
                    | Kind::SchemaReplaced
                    | Kind::OperationId
                    | Kind::Construct
            )
        };
        // One without a name of its own moves with what it is in.
        let above = index.sides[1].above(&ty).into_iter().map(|above| above.ty);
        for ty in std::iter::once(ty.clone()).chain(above) {
            let found: BTreeSet<usize> = get(Key::Type(ty)).filter(renames).collect();
            if !found.is_empty() {
                return found;
            }
        }
    }
    let found: BTreeSet<usize> = match change.role {
        Role::Field => get(Key::Member(ty.clone(), name)).filter(structural).collect(),
        _ => get(Key::Type(ty.clone())).filter(structural).collect(),
    };
    if !found.is_empty() {
        return found;
    }
    // Through what its types stand for, or by what is inside it.
    let aliases =
        change.through.iter().map(|alias| alias.split_once("::").map_or(alias.as_str(), |(_, path)| path));
    let found: BTreeSet<usize> = aliases.flat_map(|alias| get(Key::Type(alias.to_owned()))).collect();
    if !found.is_empty() {
        return found;
    }
    let inside = by_key.iter().filter(|(key, _)| matches!(key, Key::Member(own, _) if *own == ty));
    let found: BTreeSet<usize> = inside.flat_map(|(_, numbers)| numbers.iter().copied()).collect();
    let whole = matches!(change.touched.change, Change::Added | Change::Removed) && change.role == Role::Item;
    if !found.is_empty() && !whole {
        return found;
    }
    // A type without a name of its own belongs to the member that it is the type of.
    let side = usize::from(change.owners[0].is_none());
    for above in index.sides[side].above(change.owners[side].as_deref().unwrap_or_default()) {
        let key = match above.member {
            Some(member) => Key::Member(above.ty, member),
            None => Key::Type(above.ty),
        };
        let found: BTreeSet<usize> = get(key).filter(structural).collect();
        if !found.is_empty() {
            return found;
        }
    }
    reaching(change, index, drafts)
}

/// The drafts that make a type come or go: those of the operations and members that lead to it.
fn reaching(change: &Changed, index: &Index<'_>, drafts: &[Draft]) -> BTreeSet<usize> {
    let side = usize::from(change.owners[0].is_none());
    let Some(owner) = &change.owners[side] else { return BTreeSet::new() };
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
        Key::Operation(side, number)
        | Key::Parameter(side, number, _)
        | Key::Body(side, number)
        | Key::Responses(side, number) => differing[*side].contains(number),
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
