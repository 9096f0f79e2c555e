//! The crate of the wire types: one file per construct, one function per kind of type.

use super::{File, Source, names, printed};
use crate::diagnostic::Diagnostics;
use crate::ir::{Api, Crates, Kind, TypeDef, TypeId};
use proc_macro2::TokenStream;
use quote::quote;
use std::collections::BTreeMap;

mod alias;
pub(crate) mod builder;
mod docs;
mod enumeration;
mod object;
mod own;
mod union;

pub use object::rest_ident;

/// The modules below one: a tree whose leaves hold the types.
#[derive(Default)]
struct Module<'a> {
    children: BTreeMap<&'a str, Module<'a>>,
    types: Vec<(&'a TypeId, &'a TypeDef)>,
}

/// Every file of the crate.
///
/// # Errors
/// A diagnostic for each file that is no Rust: a fault of the generator.
pub fn emit(api: &Api) -> Result<Vec<File>, Diagnostics> {
    printed(api, sources(api))
}

/// The same before it is printed.
pub(crate) fn sources(api: &Api) -> Vec<Source> {
    let mut root = Module::default();
    for (id, def) in &api.types {
        let leaf = def.module.iter().fold(&mut root, |module, name| module.children.entry(name).or_default());
        leaf.types.push((id, def));
    }
    let mut files = Vec::new();
    emit_module(api, &root, &mut Vec::new(), &mut files);
    files
}

fn emit_module<'a>(api: &Api, module: &Module<'a>, path: &mut Vec<&'a str>, files: &mut Vec<Source>) {
    let doc = match path.as_slice() {
        [] if api.crates == Crates::default() => {
            "The wire types, by the version and construct that upstream declares them in.".to_owned()
        }
        [] => "The wire types, by the document that declares them.".to_owned(),
        path => format!("Types of {}.", names::code(&path.join("."))),
    };
    let files_of: Vec<_> = path.iter().map(|module| names::file_name(module)).collect();
    let file = match (path.is_empty(), module.children.is_empty()) {
        (true, _) => "mod.rs".to_owned(),
        (false, true) => format!("{}.rs", files_of.join("/")),
        (false, false) => format!("{}/mod.rs", files_of.join("/")),
    };
    files.push(Source::new(api, file, doc, items(api, module, path)));
    for (name, child) in &module.children {
        path.push(name);
        emit_module(api, child, path, files);
        path.pop();
    }
}

/// What stands in the file of a module.
fn items(api: &Api, module: &Module<'_>, path: &[&str]) -> TokenStream {
    let children = module.children.keys().map(|name| {
        let ident = names::ident(name);
        let cfg = names::cfg(feature(api, path, name));
        quote!(#cfg pub mod #ident;)
    });
    let children = quote!(#(#children)*);
    let types: TokenStream = module.types.iter().flat_map(|(id, def)| one(api, id, def)).collect();
    let types = own::paths(types, path);
    // Names of strings and the like need nothing of it.
    let wire = own::names(&types, "wire").then(|| {
        quote!(
            use crate::wire;
        )
    });
    let children = own::paths(children, path);
    quote!(#children #wire #types)
}

/// The feature that brings the module `name` at a path; none for one that only holds others.
fn feature<'a>(api: &'a Api, path: &[&str], name: &str) -> Option<&'a str> {
    let found = api
        .modules
        .iter()
        .find(|module| module.path.split_last().is_some_and(|(last, before)| last == name && before == path));
    found.map(|module| module.feature.as_str())
}

/// The items of one type.
fn one(api: &Api, id: &TypeId, def: &TypeDef) -> Vec<TokenStream> {
    match &def.kind {
        Kind::Struct(object) => object::emit(api, id, def, object),
        Kind::Enum(enumeration) => enumeration::emit(id, def, enumeration),
        Kind::Union(union) => union::emit(api, id, def, union),
        Kind::Alias(target) => alias::emit(api, id, def, target),
    }
}

/// `#[derive(...)]`
fn derives(def: &TypeDef, also: &[&str]) -> TokenStream {
    let mut list = vec!["Clone", "Debug", "PartialEq"];
    if def.eq {
        list.extend(["Eq", "Hash"]);
    }
    list.extend(also);
    let list = list.into_iter().map(names::ident);
    quote!(#[derive(#(#list),*)])
}
