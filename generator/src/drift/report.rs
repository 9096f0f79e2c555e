//! What a comparison says: findings, worst first, and what they come to.

use super::accept::Stale;
use super::effect::Effect;
use super::kind::Kind;
use super::level::Level;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt;

/// What two contracts state differently, and whom it breaks.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The contract that there was.
    pub old: Side,
    /// The contract that there will be.
    pub new: Side,
    /// The product that was looked at, if not all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    /// The worst of each verdict, but for what is accepted.
    pub verdict: Verdict,
    /// What each generated crate needs.
    pub crates: Vec<Crate>,
    /// Why nothing can be said of the generated crates, if that is so.
    pub problems: Vec<String>,
    /// Entries of what is accepted that accept nothing; each fails a run until it is removed.
    pub stale: Vec<Stale>,
    /// The findings, worst first.
    pub findings: Vec<Finding>,
}

/// One of the contracts.
#[derive(Clone, Debug, Serialize)]
pub struct Side {
    /// Its release: `v1.3.45`.
    pub release: String,
    /// SHA-256 of its file, in hexadecimal.
    pub sha256: String,
    /// How many operations it has.
    pub operations: usize,
}

/// The worst of all findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// For who is on the wire.
    pub wire: Level,
    /// For who compiles against the generated crates.
    pub code: Level,
    /// Whether regenerated source differs at all.
    #[serde(rename = "gen")]
    pub regenerated: bool,
}

/// What a generated crate needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Crate {
    /// Its name: `meshery-types`.
    pub name: String,
    /// The part of its version that must grow.
    pub bump: Bump,
    /// How many of its items are gone, are new, have another signature.
    pub items: [usize; 3],
}

/// The part of a version that must grow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Bump {
    /// None: nothing is different.
    #[default]
    None,
    /// Source differs, signatures do not.
    Patch,
    /// Something is new.
    Minor,
    /// Something that compiled may no longer compile.
    Major,
}

/// One change.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// What happened.
    pub id: Kind,
    /// The worst of the verdicts.
    pub level: Level,
    /// What it means on the wire.
    pub wire: Wire,
    /// What it means for Rust code.
    pub code: Code,
    /// Whether what is generated for it differs.
    #[serde(rename = "gen")]
    pub regenerated: bool,
    /// Which of its kind: the name of the member, the keyword, the status.
    pub name: String,
    /// What the old contract says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// What the new one says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
    /// The construct it belongs to: `v1beta3.workspace`; empty for the contract as a whole.
    pub construct: String,
    /// The component it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// What of its operation it is in, where it is in no component: `query `page``.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
    /// Where the contracts declare it: JSON pointers into the old one and the new one.
    pub declared: [String; 2],
    /// Which of `declared` its fingerprint has: 0 or 1.
    #[serde(skip)]
    pub(super) anchor: usize,
    /// The operations that it reaches.
    pub operations: Operations,
    /// The products of those.
    pub products: BTreeSet<String>,
    /// Why the level is what it is, where that is not plain.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub why: Vec<String>,
    /// Why it is accepted, if it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted: Option<String>,
}

/// What a finding means on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Wire {
    /// For clients of the old contract at servers of the new one.
    pub level: Level,
    /// For clients of the new contract at servers of the old one.
    pub client_first: Level,
    /// What it does to the values of requests, if it is in any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<Effect>,
    /// What it does to the values of responses, if it is in any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response: Option<Effect>,
}

/// What a finding means for Rust code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Code {
    /// `error`: code that uses the item no longer compiles; `warning`: some uses do not (a literal
    /// of the whole struct, an implementation of the trait); `info`: all of it compiles.
    pub level: Level,
    /// The items that it changes.
    pub items: Vec<Touched>,
}

/// An item of a generated crate that a finding changes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Touched {
    /// The crate: `meshery-types`.
    #[serde(rename = "crate")]
    pub of: String,
    /// The item, by its path in the new crate, or in the old one if it is gone.
    pub item: String,
    /// What happens to it.
    pub change: Change,
    /// How much that matters to code that uses it.
    pub level: Level,
    /// Its old signature.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// Its new signature.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// What happens to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// It is gone.
    Removed,
    /// It is new.
    Added,
    /// Its signature is another.
    Changed,
    /// It is somewhere else.
    Moved,
}

/// Operations that a finding reaches.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Operations {
    /// How many.
    pub count: usize,
    /// The first few, sorted.
    pub first: Vec<String>,
    /// All of them.
    #[serde(skip)]
    pub(super) all: Vec<String>,
}

impl Report {
    /// Whether nothing is different.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.findings.is_empty()
    }

    /// How many findings that are not accepted have that level.
    #[must_use]
    pub fn count(&self, level: Level) -> usize {
        self.open().filter(|finding| finding.level == level).count()
    }

    /// The findings that are not accepted.
    pub fn open(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.accepted.is_none())
    }

    /// Takes the worst of what is not accepted as the verdict.
    pub(super) fn judge(&mut self) {
        let worst = |of: fn(&Finding) -> Level| self.open().map(of).max().unwrap_or_default();
        self.verdict = Verdict {
            wire: worst(|finding| finding.wire.level),
            code: worst(|finding| finding.code.level),
            regenerated: self.verdict.regenerated,
        };
    }
}

impl Finding {
    /// What happened, in a sentence without an end: `property `x` removed`.
    #[must_use]
    pub fn headline(&self) -> String {
        let name = match self.id {
            // Names that are told as they are: values, words.
            Kind::EnumAdded
            | Kind::EnumRemoved
            | Kind::EnumSet
            | Kind::EnumUnset
            | Kind::ParameterAdded
            | Kind::ParameterRemoved
            | Kind::AlternativeOffered
            | Kind::AlternativeWithdrawn => self.name.clone(),
            _ if self.name.contains(['`', ' ']) || self.name == "operation" => self.name.clone(),
            _ => format!("`{}`", self.name),
        };
        self.id.words().replace("{}", &name)
    }

    /// What the sides say, where that is more than the headline: `12 -> 10`.
    #[must_use]
    pub fn values(&self) -> Option<String> {
        let told = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        match (&self.before, &self.after) {
            (Some(Value::Bool(_)), _) | (_, Some(Value::Bool(_))) => None,
            (Some(before), Some(after)) => Some(format!("{} -> {}", told(before), told(after))),
            (Some(value), None) if self.id.mirror() == self.id => Some(format!("{} -> nothing", told(value))),
            (None, Some(value)) if self.id.mirror() == self.id => Some(format!("nothing -> {}", told(value))),
            (Some(value), None) | (None, Some(value)) if !value.is_array() => Some(told(value)),
            _ => None,
        }
    }

    /// Where it is: the pointer in the contract that has it, the old one before the new one.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.declared[self.anchor]
    }

    /// Where it is in words: the schema and what is in it, or the operation.
    #[must_use]
    pub fn place(&self) -> String {
        let pointer = self.pointer();
        let Some(schema) = &self.schema else {
            let Some(operation) = self.operations.first.first() else { return pointer.to_owned() };
            let within = self.within.as_ref().map(|within| format!(", {within}")).unwrap_or_default();
            return format!("{operation}{within}");
        };
        let prefix = format!("/components/schemas/{}", crate::load::reference::escape(schema));
        let rest = pointer.strip_prefix(&prefix).unwrap_or_default();
        let rest = rest.trim_start_matches('/').replace("properties/", "").replace('/', ".");
        let rest = rest.replace("~1", "/").replace("~0", "~");
        if rest.is_empty() { schema.clone() } else { format!("{schema} at {rest}") }
    }
}

impl fmt::Display for Bump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::None => "none",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        })
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Removed => "removed",
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Moved => "moved",
        })
    }
}
