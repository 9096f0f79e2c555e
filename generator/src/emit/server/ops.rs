//! `ops/`: everything about an operation that does not depend on a product.

use super::super::{Source, names};
use super::params::Place;
use super::{arguments, body, info, params, responses};
use crate::diagnostic::Diagnostics;
use crate::ir::{Api, Operation};
use proc_macro2::TokenStream;
use quote::quote;
use std::collections::{BTreeMap, BTreeSet};

/// The operations of all products by the module of their group.
type Modules<'a> = BTreeMap<&'a str, BTreeMap<usize, &'a Operation>>;

/// `ops/mod.rs` and a file for each group.
pub(super) fn files(api: &Api) -> Result<Vec<Source>, Diagnostics> {
    let modules = modules(api);
    let mut files = vec![root(api, &modules)];
    for (module, operations) in &modules {
        let tag = operations.values().next().map(|op| op.tag.as_str()).unwrap_or_default();
        let doc = format!("Facts, arguments and responses of the operations under `{tag}`.");
        let path = format!("ops/{}.rs", names::file_name(module));
        files.push(Source::new(api, path, doc, items(api, module, operations)?));
    }
    Ok(files)
}

/// The items of a module. What only some of the module's products have stands in a module of its
/// own, under their features.
fn items(
    api: &Api,
    module: &str,
    operations: &BTreeMap<usize, &Operation>,
) -> Result<TokenStream, Diagnostics> {
    let all = products(operations);
    let mut parts: BTreeMap<&BTreeSet<String>, TokenStream> = BTreeMap::new();
    for op in operations.values() {
        parts.entry(&op.products).or_default().extend(operation(api, op)?);
    }
    let own = parts.remove(&all).map(|part| quote!(#part));
    let narrower = parts.into_iter().map(|(products, part)| {
        let cfg = names::cfg_within(api, module, products);
        let module = products.iter().map(String::as_str).collect::<Vec<_>>().join("_");
        let module = names::ident(&format!("only_{module}"));
        quote! {
            #cfg
            pub use #module::*;
            #cfg
            mod #module { #part }
        }
    });
    Ok(quote!(#own #(#narrower)*))
}

/// The products that have one of the operations.
fn products(operations: &BTreeMap<usize, &Operation>) -> BTreeSet<String> {
    operations.values().flat_map(|op| &op.products).cloned().collect()
}

fn modules(api: &Api) -> Modules<'_> {
    let mut modules = Modules::new();
    for group in api.products.iter().flat_map(|p| &p.groups) {
        let module = modules.entry(group.module.as_str()).or_default();
        for &index in &group.operations {
            if let Some(op) = api.operations.get(index) {
                module.insert(index, op);
            }
        }
    }
    modules
}

fn root(api: &Api, modules: &Modules<'_>) -> Source {
    let items = modules.keys().map(|module| {
        let cfg = names::cfg_module(api, module);
        let module = names::ident(module);
        quote!(#cfg pub(crate) mod #module;)
    });
    let doc = "Operations by group: what is the same in every product.";
    Source::new(api, "ops/mod.rs", doc, quote!(#(#items)*))
}

/// The items of one operation.
fn operation(api: &Api, op: &Operation) -> Result<TokenStream, Diagnostics> {
    let mut items = info::item(op);
    for place in Place::ALL {
        items.extend(params::item(api, op, place));
    }
    if let Some(body) = &op.body {
        items.extend(body::items(api, op, body)?);
    }
    items.extend(arguments::item(api, op));
    items.extend(responses::items(api, op)?);
    Ok(items)
}
