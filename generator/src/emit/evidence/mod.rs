//! The evidence: what drives the generated client, server and types by the names of the contract.
//!
//! | file | what is in it |
//! |---|---|
//! | `types.rs` | every type by its contract name, as a function from JSON to JSON |
//! | `calls/<group>.rs` | a function per operation that sets a builder's values and sends it |
//! | `mock/<group>.rs` | a function per operation that takes down what arrived and answers by a script |
//! | `<product>.rs` | the two for each product: calls by operation id, and a server of all groups |
//!
//! Nothing here decides what is drawn, sent or compared: that is written by hand beside it.

mod calls;
mod mock;
mod product;
mod types;

use super::{File, Source, names, printed};
use crate::diagnostic::Diagnostics;
use crate::ir::{Api, Operation};
use quote::quote;
use std::collections::BTreeMap;

/// The files of the evidence.
///
/// # Errors
/// A diagnostic when what is emitted is no Rust: a fault of the generator.
pub fn emit(api: &Api) -> Result<Vec<File>, Diagnostics> {
    let mut files = vec![root(api), Source::new(api, "types.rs", "Every type by name.", types::list(api))];
    let modules = modules(api);
    let list = modules.keys().map(|module| names::ident(module));
    let list = quote!(#(pub(crate) mod #list;)*);
    files.push(Source::new(api, "calls/mod.rs", "Calls by group.", list.clone()));
    files.push(Source::new(api, "mock/mod.rs", "Answers by group.", list));
    for (module, operations) in &modules {
        let file = module.trim_start_matches("r#");
        let calls = calls::module(api, module, operations);
        files.push(Source::new(api, format!("calls/{file}.rs"), "How operations are called.", calls));
        let mock = mock::module(api, module, operations);
        files.push(Source::new(api, format!("mock/{file}.rs"), "How operations are answered.", mock));
    }
    for product in &api.products {
        let doc = format!("{}: its operations by id.", product.title);
        files.push(Source::new(api, format!("{}.rs", product.name), doc, product::items(api, product)));
    }
    printed(api, files)
}

fn root(api: &Api) -> Source {
    let modules: Vec<_> = api.products.iter().map(|product| names::ident(&product.name)).collect();
    let words = api.products.iter().map(|product| &product.name);
    let (release, digest) = (&api.release, &api.digest);
    let items = quote! {
        pub(crate) mod calls;
        pub(crate) mod mock;
        pub mod types;
        #(pub mod #modules;)*

        use crate::drive::Product;

        #[doc = " The release of the contract that this was generated from."]
        pub const RELEASE: &str = #release;
        #[doc = " The digest of that contract."]
        pub const DIGEST: &str = #digest;

        #[doc = " Every product."]
        pub static PRODUCTS: &[Product] = &[#(Product {
            name: #words,
            connect: #modules::connect,
            in_process: #modules::in_process,
            serve: #modules::serve,
            operations: || crate::drive::listed(meshery_server::#modules::OPERATIONS),
        }),*];
    };
    Source::new(api, "mod.rs", "The products.", items)
}

/// The operations of all products by the module of their group, in the order of the contract.
fn modules(api: &Api) -> BTreeMap<&str, Vec<&Operation>> {
    let mut modules: BTreeMap<&str, BTreeMap<usize, &Operation>> = BTreeMap::new();
    for group in api.products.iter().flat_map(|product| &product.groups) {
        for index in &group.operations {
            if let Some(operation) = api.operations.get(*index) {
                modules.entry(&group.module).or_default().insert(*index, operation);
            }
        }
    }
    modules.into_iter().map(|(module, all)| (module, all.into_values().collect())).collect()
}
