//! What findings and changes of items are about.

use super::super::super::collect::Draft;
use super::super::super::kind::Kind;
use super::super::Compared;
use super::super::index::{Index, Side};
use crate::load::reference::lookup;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What a finding, or a change of an item, is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
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

impl Key {
    /// The operation that it is, or is part of: its side and number.
    pub(super) fn operation(&self) -> Option<(usize, usize)> {
        match self {
            Self::Operation(side, number)
            | Self::Parameter(side, number, _)
            | Self::Body(side, number)
            | Self::Responses(side, number) => Some((*side, *number)),
            Self::Type(_) | Self::Member(..) => None,
        }
    }
}

/// Drafts by what they are about.
pub(super) struct Drafts<'d> {
    pub(super) all: &'d [Draft],
    by_key: BTreeMap<Key, BTreeSet<usize>>,
    by_operation: BTreeMap<(usize, usize), BTreeSet<usize>>,
    by_type: BTreeMap<String, BTreeSet<usize>>,
}

impl<'d> Drafts<'d> {
    pub(super) fn new(all: &'d [Draft], keys: &[BTreeSet<Key>]) -> Self {
        let (by_key, by_operation, by_type) = Default::default();
        let mut drafts = Self { all, by_key, by_operation, by_type };
        for (number, keys) in keys.iter().enumerate() {
            for key in keys {
                drafts.by_key.entry(key.clone()).or_default().insert(number);
                if let Some(operation) = key.operation() {
                    drafts.by_operation.entry(operation).or_default().insert(number);
                }
                if let Key::Member(ty, _) = key {
                    drafts.by_type.entry(ty.clone()).or_default().insert(number);
                }
            }
        }
        drafts
    }

    /// The drafts that are about something.
    pub(super) fn about(&self, key: &Key) -> impl Iterator<Item = usize> {
        self.by_key.get(key).into_iter().flatten().copied()
    }

    /// Those that are about an operation or a part of it.
    pub(super) fn of_operation(&self, side: usize, number: usize) -> impl Iterator<Item = usize> + '_ {
        self.by_operation.get(&(side, number)).into_iter().flatten().copied()
    }

    /// Those that are about a member of a type.
    pub(super) fn of_members(&self, ty: &str) -> impl Iterator<Item = usize> + '_ {
        self.by_type.get(ty).into_iter().flatten().copied()
    }

    /// Those that are about a whole operation of a side for which `is_one` holds.
    pub(super) fn of_operations(&self, side: usize, is_one: impl Fn(usize) -> bool) -> BTreeSet<usize> {
        let all = self.by_key.iter().filter(
            |(key, _)| matches!(key, Key::Operation(there, number) if *there == side && is_one(*number)),
        );
        all.flat_map(|(_, numbers)| numbers.iter().copied()).collect()
    }

    pub(super) fn kind(&self, number: usize) -> Kind {
        self.all[number].edit.kind
    }
}

/// Whether an edit of what an operation takes or gives changes how it is called.
pub(super) fn is_called_otherwise(kind: Kind) -> bool {
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

/// Whether an edit makes an operation as a whole come, go or be called otherwise.
pub(super) fn is_whole(kind: Kind) -> bool {
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

/// What a finding is about.
pub(super) fn keys(
    draft: &Draft,
    index: &Index<'_>,
    documents: [&Value; 2],
    compared: &Compared,
) -> BTreeSet<Key> {
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
