//! What two contracts say differently, whatever they were made of and however they name it.
//!
//! Operations are matched by method and path. What their schemas mean is compared with every
//! reference followed and every `allOf` merged: naming an inline schema or inlining a named one
//! changes nothing here. [`compare`] says what differs in the facts, [`names()`] what is named
//! differently at the same place.
//!
//! Nothing here judges whether a difference breaks anybody.

pub(crate) mod classes;
mod facts;
mod names;
pub(crate) mod operations;
mod report;
pub(crate) mod shapes;
mod types;
mod walk;

use super::Contract;
use serde::Serialize;
use std::fmt;

pub use names::{NamedPlace, Names, Renamed};
pub use types::Types;

/// What two contracts, A and B, say differently.
#[derive(Clone, Debug, Serialize)]
pub struct Differences {
    /// The release of A, and that of B.
    pub releases: [String; 2],
    /// How many operations A has, and B.
    pub operations: [usize; 2],
    /// The differences, by place.
    pub differences: Vec<Difference>,
}

/// One fact that two contracts state differently.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Difference {
    /// The first place where it is seen.
    pub place: Location,
    /// What kind of fact it is.
    pub what: What,
    /// The keyword, the name of the member, the status: which of its kind.
    pub name: String,
    /// How the two sides come to differ.
    pub cause: Cause,
    /// What A says, as JSON or as the name of what it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// What B says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// How many operations it concerns; 0 for what concerns the whole contract.
    pub operations: usize,
    /// Where A declares it: a pointer into its contract; the same for B.
    pub declared: [String; 2],
}

/// A place in a contract with every reference followed.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Location {
    /// `GET /api/workspaces`; empty for the contract as a whole.
    pub operation: String,
    /// The JSON pointer from there on.
    pub pointer: String,
}

/// The closed list of facts that can differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum What {
    /// A product, its title or its servers.
    Product,
    /// A permission key, or who holds it.
    Permission,
    /// An operation is there or not.
    Operation,
    /// The products of an operation.
    Products,
    /// Its tags.
    Tags,
    /// Its id.
    OperationId,
    /// Whether it, or a parameter, is deprecated.
    Deprecated,
    /// Who may call it.
    Security,
    /// A scheme that security asks for.
    SecurityScheme,
    /// A parameter, or how it is written.
    Parameter,
    /// A request body, or whether it must be there.
    Body,
    /// A media type, or how its parts are encoded.
    MediaType,
    /// A status.
    Status,
    /// A header of a response, or how it is written.
    Header,
    /// The type, format or nullability of a value.
    Type,
    /// A constraint on values.
    Constraint,
    /// A default.
    Default,
    /// A member of an object, or what holds for all of them.
    Member,
    /// An alternative of `oneOf` or `anyOf`, or what tells them apart.
    Alternative,
    /// A schema is there or not.
    Schema,
}

/// The closed list of how two sides come to differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Cause {
    /// A has it, B has not.
    OnlyInA,
    /// B has it, A has not.
    OnlyInB,
    /// Both have it, and say something else.
    Changed,
    /// Both say the same in another order.
    Order,
    /// Only what it is called differs.
    Renamed,
    /// The name is the same, in another construct or version.
    Moved,
    /// A component in A is written where it is used in B.
    Inlined,
    /// What A writes where it is used is a component in B.
    Named,
    /// One component of A is several in B.
    Split,
    /// Several components of A are one in B.
    Merged,
    /// The schemas expand to more than is compared.
    TooLarge,
}

/// What `a` and `b` say differently, but for names of components.
#[must_use]
pub fn compare(a: &Contract, b: &Contract) -> Differences {
    let found = operations::compare(&a.document, &b.document);
    Differences {
        releases: [a.release.clone(), b.release.clone()],
        operations: found.counts,
        differences: found.differences,
    }
}

/// What `a` and `b` call differently at the same place: components, and generated types.
#[must_use]
pub fn names(a: &Contract, b: &Contract) -> Names {
    names::compare(a, b)
}

impl Differences {
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.differences.is_empty()
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.operation.as_str(), self.pointer.as_str()) {
            ("", pointer) => f.write_str(pointer),
            (operation, "") => f.write_str(operation),
            (operation, pointer) => write!(f, "{operation} at {pointer}"),
        }
    }
}
