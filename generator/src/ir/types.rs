//! Types, and how they are used.

use super::Rules;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The name of a type in the contract. For a component its key: `v1beta3.workspace.Workspace`.
///
/// An inline schema is named from its owner, with the path to it after a `#`:
/// `v1beta3.workspace.WorkspacePage#/status`; one that an operation owns from the construct and
/// the operation: `v1beta1.system.getSystemSync#/response/200`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct TypeId(pub String);

/// One type.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct TypeDef {
    /// The Rust module it lives in: `["v1beta3", "workspace"]`.
    pub module: Vec<String>,
    /// Its Rust name in that module.
    pub name: String,
    /// What it is named from.
    pub origin: Origin,
    /// The JSON pointer of its schema in the contract.
    pub pointer: String,
    /// Components that `allOf` merged into it: no edge of `kind` leads to them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub merged: Vec<TypeId>,
    /// The products that reach it.
    pub products: BTreeSet<String>,
    /// Whether a request reaches it, and whether a response does.
    pub usage: Usage,
    /// Whether `Eq` and `Hash` can be had (no floating point inside).
    pub eq: bool,
    /// Whether `Default` can be had (no required member without a default value of its type).
    pub default: bool,
    /// Its shape.
    pub kind: Kind,
    /// Upstream's description, only when docs were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
    /// Whether the contract marks it deprecated.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub deprecated: bool,
}

/// What a type is named from. Its Rust name depends on this alone, unless another type of the
/// module needs the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub enum Origin {
    /// A component, by the name upstream gives it: `WorkspacePage`.
    Component(String),
    /// An inline schema: the type that owns it, and what it is there in Pascal case: `Status`.
    Inline(TypeId, String),
    /// An inline schema of an operation: its [`Operation::type_name`](super::Operation::type_name), and what it is there in
    /// Pascal case: `Request`.
    Operation(String, String),
    /// Not said.
    #[default]
    None,
}

/// Where a type occurs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Usage {
    /// In a parameter or a request body.
    pub request: bool,
    /// In a response.
    pub response: bool,
    /// As a JSON request body itself, or one of the alternatives or elements of it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub body: bool,
}

/// The closed list of shapes a type can have.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Kind {
    /// An object with named members.
    Struct(Struct),
    /// A string out of a list; open when reading, closed when validating.
    Enum(Enum),
    /// One of several schemas.
    Union(Union),
    /// Another name of a type: named arrays, maps, strings, numbers.
    Alias(Use),
}

impl Default for Kind {
    fn default() -> Self {
        Self::Struct(Struct::default())
    }
}

/// An object.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Struct {
    /// Its members, sorted by wire name.
    pub fields: Vec<Field>,
    /// What happens to members that are not named.
    pub additional: Additional,
    /// Least number of members, named or not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_properties: Option<u64>,
    /// Greatest number of members, named or not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_properties: Option<u64>,
    /// Which members may or must be there together.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub presence: Vec<Presence>,
}

/// What an object does with members it does not name.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub enum Additional {
    /// `additionalProperties: false`: none may be there; a tolerant reader drops them.
    Closed,
    /// No word of the contract, or `true`: any value, kept in a map.
    #[default]
    Open,
    /// Values of a schema, kept in a map.
    Typed(Box<Use>),
}

/// A rule on which members of an object are there. Names are wire names.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Presence {
    /// `not: {required: [...]}`: not all of them.
    NotAll(Vec<String>),
    /// `anyOf: [{required: [...]}, ...]`: all members of at least one set.
    AnyOf(Vec<Vec<String>>),
    /// `oneOf: [{required: [...]}, ...]`: all members of exactly one set.
    OneOf(Vec<Vec<String>>),
}

impl Presence {
    /// The members it speaks of.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let sets = match self {
            Self::NotAll(set) => std::slice::from_ref(set),
            Self::AnyOf(sets) | Self::OneOf(sets) => sets,
        };
        sets.iter().flatten().map(String::as_str)
    }
}

/// A member of an object.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Field {
    /// The name on the wire.
    pub wire: String,
    /// The Rust name.
    pub name: String,
    /// Whether the contract requires it.
    pub required: bool,
    /// Whether the server may leave it out although it is required (`omitempty` in its Go tag):
    /// a tolerant reader takes the zero value.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub may_omit: bool,
    /// Its value. `nullable` and not `required` keeps absent, null and value apart.
    pub value: Use,
    /// Whether the type is put in a `Box` because this edge closes a cycle.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub boxed: bool,
    /// The default that the contract states, as JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<serde_json::Value>,
    /// Whether the contract marks it deprecated, read only, write only.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub deprecated: bool,
    /// `readOnly` of the contract.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub read_only: bool,
    /// `writeOnly` of the contract.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub write_only: bool,
    /// Upstream's description, only when docs were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
}

/// A string enumeration.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Enum {
    /// Its values, in the order of the contract.
    pub variants: Vec<EnumVariant>,
}

/// One value of an [`Enum`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EnumVariant {
    /// On the wire.
    pub wire: String,
    /// In Rust.
    pub name: String,
}

/// One of several schemas.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Union {
    /// `oneOf` (exactly one must match) or `anyOf` (at least one).
    pub exclusive: bool,
    /// The member whose value tells the variants apart, where the contract names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discriminator: Option<Discriminator>,
    /// The variants, in the order of the contract.
    pub variants: Vec<UnionVariant>,
    /// Indices of `variants`, most specific first: the order in which a tolerant reader tries them.
    pub order: Vec<usize>,
}

/// A discriminator, with the variant (an index of [`Union::variants`]) for each of its values.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Discriminator {
    /// The wire name of the member.
    pub property: String,
    /// Variant by value.
    pub mapping: BTreeMap<String, usize>,
}

/// One variant of a [`Union`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UnionVariant {
    /// The Rust name of the variant.
    pub name: String,
    /// What it holds.
    pub value: Use,
    /// Whether it is boxed because this edge closes a cycle.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub boxed: bool,
}

/// A schema where it is used: its type, and what else the contract asks of the value there.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Use {
    /// The Rust type.
    pub ty: Ty,
    /// Constraints beyond the type.
    #[serde(skip_serializing_if = "Rules::is_empty")]
    pub rules: Rules,
    /// Whether `null` is a value.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub nullable: bool,
}

/// The closed list of types a value can have.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub enum Ty {
    /// Any JSON value.
    #[default]
    Json,
    /// Any JSON object.
    Object,
    /// A string; a format that has no Rust type of its own is in the rules.
    String,
    /// `boolean`.
    Boolean,
    /// `integer` with format `int32`.
    Int32,
    /// `integer`.
    Int64,
    /// `number`.
    Number,
    /// A string with format `uuid`.
    Uuid,
    /// A string with format `date-time`.
    DateTime,
    /// A string with format `date`.
    Date,
    /// A string with format `byte`: base64.
    Base64,
    /// A type with a name.
    Named(TypeId),
    /// An array of such values.
    Array(Box<Use>),
    /// An object with such values and free names.
    Map(Box<Use>),
}
