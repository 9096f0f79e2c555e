//! The client: what of it depends on the contract. The rest is written by hand, beside it.
//!
//! | file | what is in it |
//! |---|---|
//! | `mod.rs` | the products, each behind its feature; what all crates say of their contract |
//! | `operations.rs` | the facts of all operations, as data |
//! | `checks.rs` | what the body of each response must be, behind the feature `checks` |
//! | `ops/<group>.rs` | a builder per operation, once for all products |
//! | `<product>/<group>.rs` | a facade per product and group, with a method per operation |

mod checks;
mod docs;
mod facade;
pub(crate) mod failures;
mod info;
mod inputs;
mod ops;
mod outcome;
mod pages;
pub mod shape;

pub use facade::accessor;

use super::{File, Source, names, printed};
use crate::diagnostic::Diagnostics;
use crate::ir::{Api, Operation, Product};
use heck::ToShoutySnakeCase;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use std::collections::BTreeMap;

/// The files of the client.
///
/// # Errors
/// A diagnostic when what is emitted is no Rust: a fault of the generator.
pub fn emit(api: &Api) -> Result<Vec<File>, Diagnostics> {
    printed(api, sources(api))
}

/// The same before it is printed.
pub(crate) fn sources(api: &Api) -> Vec<Source> {
    let mut files = vec![
        Source::new(api, "mod.rs", "The products, each behind its feature.", root(api)),
        Source::new(api, "operations.rs", "The facts of all operations.", info::list(api)),
        Source::new(api, "checks.rs", "What responses must be.", checks::list(api)),
    ];
    let modules = operations_by_module(api);
    files.push(Source::new(api, "ops/mod.rs", "A builder per operation, by group.", ops_root(api, &modules)));
    for (module, operations) in &modules {
        let doc = format!("Builders of {}.", names::code(&operations[0].tag));
        let path = format!("ops/{}.rs", names::file_name(module));
        files.push(Source::new(api, path, doc, ops::module(api, module, operations)));
    }
    for product in &api.products {
        files.extend(product_files(api, product));
    }
    files
}

fn product_files(api: &Api, product: &Product) -> Vec<Source> {
    let folder = &product.name;
    let doc = format!("{}: the client and its groups.", product.title);
    let mut files = vec![Source::new(api, format!("{folder}/mod.rs"), doc, facade::product(product))];
    for group in &product.groups {
        let path = format!("{folder}/{}.rs", names::file_name(&group.module));
        let doc = format!("{}: {}.", product.title, names::code(&group.tag));
        files.push(Source::new(api, path, doc, facade::group(api, group)));
    }
    files
}

/// The root of what is generated.
fn root(api: &Api) -> TokenStream {
    let products = api.products.iter().map(|product| {
        let cfg = names::cfg_product(product);
        let name = names::ident(&product.name);
        quote!(#cfg pub mod #name;)
    });
    quote! {
        #[cfg(feature = "checks")]
        pub(crate) mod checks;
        mod contract;
        #(#products)*
        mod operations;
        pub mod ops;

        pub use contract::{CONTRACT_DIGEST, CONTRACT_RELEASE};
        pub use operations::OPERATIONS;
    }
}

fn ops_root(api: &Api, modules: &BTreeMap<&str, Vec<&Operation>>) -> TokenStream {
    let modules = modules.keys().map(|module| {
        let (cfg, module) = (names::cfg_module(api, module), names::ident(module));
        quote!(#cfg pub mod #module;)
    });
    quote!(#(#modules)*)
}

/// The operations of all products by module, in the order of the contract.
fn operations_by_module(api: &Api) -> BTreeMap<&str, Vec<&Operation>> {
    let mut modules: BTreeMap<&str, Vec<&Operation>> = BTreeMap::new();
    for (index, operation) in api.operations.iter().enumerate() {
        if let Some(module) = module_of(api, index) {
            modules.entry(module).or_default().push(operation);
        }
    }
    modules
}

/// The module that holds the builder of an operation: that of its group.
fn module_of(api: &Api, index: usize) -> Option<&str> {
    let mut groups = api.products.iter().flat_map(|product| &product.groups);
    groups.find(|group| group.operations.contains(&index)).map(|group| group.module.as_str())
}

/// The name of the static with the facts of an operation.
fn static_name(operation: &Operation) -> Ident {
    Ident::new(&operation.type_name.to_shouty_snake_case(), Span::call_site())
}
