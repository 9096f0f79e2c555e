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
use std::collections::BTreeSet;

mod operation;
mod rules;
mod types;
pub use operation::*;
pub use rules::Rules;
pub use types::*;

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
