//! How much an edit matters to whom is on the wire.
//!
//! The level follows from the effect and the direction: what narrows breaks requests, what widens
//! breaks responses. [`taste`] holds the cells where that is not what people want, and why.

use super::edit::{Edit, Reach};
use super::effect::Effect;
use super::kind::Kind;
use serde::Serialize;
use std::fmt;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Nothing is different.
    #[default]
    None,
    /// Good to know.
    Info,
    /// May break somebody, or nobody can tell.
    Warning,
    /// Breaks somebody.
    Error,
}

impl Level {
    /// Its name: `error`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// One step less.
    fn softened(self) -> Self {
        match self {
            Self::Error => Self::Warning,
            Self::Warning => Self::Info,
            other => other,
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The level of an edit that reaches these requests and responses.
pub(super) fn of(edit: &Edit, reach: Reach) -> Level {
    let request = edit.effect(reach, true).map(|effect| in_request(edit, effect));
    let response = edit.effect(reach, false).map(|effect| {
        let level = in_response(edit, effect);
        if reach.is_failure_only() { level.softened() } else { level }
    });
    let level = request.max(response).unwrap_or(Level::None);
    // A removal that was announced is not held against anybody.
    if edit.kind.is_removal() && edit.deprecated[0] { level.min(Level::Info) } else { level }
}

fn in_request(edit: &Edit, effect: Effect) -> Level {
    if let Some(level) = taste(edit, true) {
        return level;
    }
    match effect {
        Effect::Equal => Level::None,
        Effect::Widens => Level::Info,
        Effect::Unknown => Level::Warning,
        Effect::Narrows | Effect::Incomparable => Level::Error,
    }
}

fn in_response(edit: &Edit, effect: Effect) -> Level {
    if let Some(level) = taste(edit, false) {
        return level;
    }
    match effect {
        Effect::Equal => Level::None,
        Effect::Narrows => Level::Info,
        Effect::Unknown => Level::Warning,
        Effect::Widens | Effect::Incomparable => Level::Error,
    }
}

/// Where the level does not follow from the effect.
fn taste(edit: &Edit, request: bool) -> Option<Level> {
    let [old, new] = [0, 1].map(|side| edit.required[side]);
    Some(match (edit.kind, request) {
        // What is sent and not known any more is ignored, unless unknown members are refused.
        (Kind::PropertyRemoved, true) if !old && !edit.closed[1] => Level::Warning,
        (Kind::ParameterRemoved | Kind::BodyRemoved, true) if !old => Level::Warning,
        // Who reads had to do without it before.
        (Kind::PropertyRemoved | Kind::HeaderRemoved, false) if !old => Level::Warning,
        (Kind::WriteOnlySet, false) if !new => Level::Warning,
        // Who sends need not stop at once.
        (Kind::ReadOnlySet, true) => Level::Warning,
        (Kind::ReadOnlyUnset, true) if !new => Level::Info,
        // Enums are open for who reads.
        (Kind::EnumAdded | Kind::EnumUnset, false) => Level::Warning,
        // Members that are not named are ignored by who reads.
        (Kind::MembersOpened, false) => Level::Info,
        // A status or media type that is not known is worse than one that no longer comes.
        (Kind::StatusRemoved | Kind::MediaTypeRemoved, false) => Level::Error,
        (Kind::StatusAdded | Kind::MediaTypeAdded, false) => Level::Warning,
        // An operation that anybody may call is never a matter of course.
        (Kind::BecamePublic, true) => Level::Error,
        (Kind::OperationAdded | Kind::OperationOffered, true) if edit.public[1] => Level::Error,
        // Nobody holds a key that is gone: what asks for it refuses everybody.
        (Kind::PermissionRemoved, _) => Level::Warning,
        (Kind::PermissionAdded | Kind::PermissionChanged, _) => Level::Info,
        // Names are not on the wire, but whoever reads a report wants to know.
        (
            Kind::OperationId
            | Kind::Tags
            | Kind::Construct
            | Kind::PathParameterRenamed
            | Kind::Spelling
            | Kind::ConstructMoved
            | Kind::SchemaRenamed
            | Kind::SchemaReplaced
            | Kind::DeprecatedSet
            | Kind::DeprecatedUnset
            | Kind::ProductTitle
            | Kind::SchemeDeclared
            | Kind::SchemeUndeclared,
            _,
        ) => Level::Info,
        _ => return None,
    })
}

const PUBLIC: &str = "an operation that needs no credentials must be accepted by name";

/// Why the level of a finding is what it is, where that is not plain.
pub(super) fn reasons(edit: &Edit, reach: Reach) -> Vec<&'static str> {
    let mut why = Vec::new();
    let (request, response) = (reach.in_request(), reach.in_response());
    match edit.kind {
        Kind::EnumRemoved if response => why.push("a value that no longer comes breaks no reader"),
        Kind::EnumAdded | Kind::EnumUnset if response => {
            why.push("enums of the generated crates are open; others may refuse the value");
        }
        Kind::BecameRequired if request => why.push("a default does not help who has not sent it so far"),
        Kind::PropertyRemoved if request && edit.closed[1] && !edit.required[0] => {
            why.push("the object refuses members that it does not name");
        }
        Kind::PatternChanged => why.push("whether a pattern allows less or more is not decided"),
        Kind::BecamePublic => why.push(PUBLIC),
        Kind::OperationAdded | Kind::OperationOffered if edit.public[1] => why.push(PUBLIC),
        Kind::DefaultChanged => why.push("who leaves it out gets something else"),
        Kind::MembersOpened if response => why.push("readers ignore members that they do not know"),
        _ => {}
    }
    if edit.kind.is_removal() && edit.deprecated[0] {
        why.push("it was deprecated before");
    }
    let response_effect = edit.effect(reach, false).unwrap_or(Effect::Equal);
    if reach.is_failure_only() && !request && response_effect != Effect::Equal {
        why.push("only in responses that say that something went wrong");
    }
    if reach.is_inverted(true) && request || reach.is_inverted(false) && response {
        why.push("below a `not`, where narrower and wider are not told apart");
    }
    why
}
