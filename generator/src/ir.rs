//! The intermediate representation: what is generated, before any Rust is written.
//!
//! `lower` makes it from the contract, `passes` complete it, `emit` reads it. It knows nothing of
//! `quote`. Everything is ordered, so that the same contract always gives the same output, and
//! everything is `Serialize`, so that `cargo xtask regen --dump-ir` shows it as it is (what is empty
//! or not set is left out). `generator/tests/corpus` shows what each keyword comes to.
//!
//! What always holds once the passes are done:
//! - every [`TypeId`] in a [`Ty::Named`] is a key of [`Api::types`];
//! - Rust names are legal identifiers (raw where they must be), unique in their scope;
//! - an [`Operation`] belongs to at least one product, its group is one of that product's groups;
//! - path parameters of an operation are those of its template, in the template's order.

use indexmap::IndexMap;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

mod operation;
mod rules;
pub use operation::*;
pub use rules::Rules;

/// All that is generated from one contract.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Api {
    /// The release of the contract: `v1.3.45`.
    pub release: String,
    /// SHA-256 of the contract, in hexadecimal.
    pub digest: String,
    /// The products, in the order of the contract.
    pub products: Vec<Product>,
    /// Every type, by id, sorted by id.
    pub types: IndexMap<TypeId, TypeDef>,
    /// Every operation, sorted by path, then method.
    pub operations: Vec<Operation>,
    /// The permission keys, sorted by id.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub permissions: Vec<Permission>,
    /// The modules of the types that are built by themselves, sorted by path.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub modules: Vec<Module>,
    /// How the crates are called, and what they say they are made from.
    #[serde(skip)]
    pub crates: Crates,
}

/// The crates that are generated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crates {
    /// The name that each begins with: `meshery`, of `meshery-types`.
    pub name: String,
    /// The verb that writes them: `regen`.
    pub verb: String,
    /// The file that they are made from.
    pub from: String,
}

impl Default for Crates {
    fn default() -> Self {
        let [name, verb, from] = ["meshery", "regen", "schemas/contract.yml"].map(str::to_owned);
        Self { name, verb, from }
    }
}

impl Crates {
    /// What the crate `part` is called in Rust: `meshery_types`.
    #[must_use]
    pub fn library(&self, part: &str) -> String {
        format!("{}_{part}", self.name.replace('-', "_"))
    }
}

/// One audience of the API: what `x-internal` names.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Product {
    /// As the contract spells it, and as the Rust module is named: `meshery`.
    pub name: String,
    /// The cargo feature that brings all its groups: `meshery`.
    pub feature: String,
    /// The title of its base document: `Meshery Server`.
    pub title: String,
    /// The servers that are declared for it.
    pub servers: Vec<String>,
    /// Its groups, sorted by module name.
    pub groups: Vec<Group>,
}

/// A permission key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Permission {
    /// Its id, a UUID in lower case.
    pub id: String,
    /// The theme it belongs to; nothing where upstream names none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub theme: String,
    /// The function that it permits; nothing where upstream has no name for it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub function: String,
    /// The roles that hold it.
    pub roles: Vec<String>,
    /// The roles that hold it with limits.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub limited: Vec<String>,
    /// Whether the local provider knows it.
    pub local: bool,
}

/// The operations of a product under one tag.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Group {
    /// The tag as upstream spells it: `Payment Processors`.
    pub tag: String,
    /// The name of the accessor and module: `payment_processors`.
    pub module: String,
    /// The name of the trait and the client facade: `PaymentProcessors`.
    pub name: String,
    /// The cargo feature that brings it: `meshery-payment-processors`.
    pub feature: String,
    /// The features of the modules whose types its operations name, sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
    /// Indices into [`Api::operations`], in that order.
    pub operations: Vec<usize>,
}

/// A module of types, as something that can be left out of a build.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Module {
    /// As in [`TypeDef::module`].
    pub path: Vec<String>,
    /// The cargo feature that brings it: `v1beta3_workspace`.
    pub feature: String,
    /// The features of the other modules that its types name, and of those around it, sorted.
    pub needs: Vec<String>,
}

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
    /// An inline schema of an operation: its [`Operation::type_name`], and what it is there in
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

impl Api {
    /// The type of an id.
    #[must_use]
    pub fn get(&self, id: &TypeId) -> Option<&TypeDef> {
        self.types.get(id)
    }

    /// The features that each bring the operations of some products under a module of groups.
    pub fn features<'a>(&'a self, module: &'a str, products: &'a BTreeSet<String>) -> BTreeSet<&'a str> {
        let products = self.products.iter().filter(|product| products.contains(&product.name));
        let groups = products.flat_map(|product| &product.groups).filter(|group| group.module == module);
        groups.map(|group| group.feature.as_str()).collect()
    }

    /// A use with every alias on its outside followed to what it stands for, rules joined.
    ///
    /// A value must satisfy both the rules of the use and those of the alias.
    #[must_use]
    pub fn resolve(&self, used: &Use) -> Use {
        let mut used = used.clone();
        while let Ty::Named(id) = &used.ty {
            let Some(TypeDef { kind: Kind::Alias(target), .. }) = self.types.get(id) else { break };
            used = Use {
                ty: target.ty.clone(),
                rules: used.rules.and(&target.rules),
                nullable: used.nullable || target.nullable,
            };
        }
        used
    }
}
