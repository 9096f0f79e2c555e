//! What generated source offers to whoever compiles against it: every public item, read back from
//! the files, so that nothing has to know how the emitters come to write it.

mod exports;
mod reader;

use super::tidy::Paths;
use crate::emit::File;
pub(super) use exports::Exports;
use reader::Reader;
use std::collections::{BTreeMap, BTreeSet};
use syn::Item as Syntax;

/// What an item is to whoever uses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// A type, an alias, a static, a function.
    Item,
    /// A trait.
    Trait,
    /// A member of a struct.
    Field,
    /// An arm of an enum.
    Variant,
    /// What an implementation must have.
    Required,
    /// A function or constant of a type.
    Method,
    /// An implementation of a trait.
    Impl,
    /// Another path to an item.
    Export,
}

/// A public item.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) role: Role,
    /// The item that it belongs to; itself if none.
    pub(super) owner: String,
    /// Its own name.
    pub(super) name: String,
    /// As it is told.
    pub(super) signature: String,
    /// As it is compared: every path whole, aliases followed, nothing of what arguments are called.
    pub(super) compared: String,
    /// The aliases that were followed.
    pub(super) through: BTreeSet<String>,
    /// Whether one may add to it without breaking who uses it.
    pub(super) open: bool,
}

/// The public items of a crate by path, and all source of each owner.
#[derive(Clone, Debug, Default)]
pub(super) struct Surface {
    pub(super) items: BTreeMap<String, Item>,
    pub(super) sources: BTreeMap<String, String>,
}

impl Surface {
    /// Reads files; `paths` knows what names stand for.
    pub(super) fn read<'f>(files: impl IntoIterator<Item = &'f File>, paths: &Paths) -> Result<Self, String> {
        let mut surface = Self::default();
        let mut parsed = Vec::new();
        for file in files {
            let text = syn::parse_file(&file.text).map_err(|error| format!("{}: {error}", file.path))?;
            parsed.push((module(&file.path), text.items));
        }
        for (module, items) in &parsed {
            let own = declared_in(items);
            let mut reader = Reader { surface: &mut surface, paths, module: module.clone(), own };
            items.iter().for_each(|item| reader.item(item));
        }
        Ok(surface)
    }
}

/// The names of the types that items declare, those of modules in place among them.
fn declared_in(items: &[Syntax]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for item in items {
        names.extend(declared(item));
        if let Syntax::Mod(syn::ItemMod { content: Some((_, inner)), .. }) = item {
            names.extend(declared_in(inner));
        }
    }
    names
}

/// The module of a file: `v1beta3::workspace` of `v1beta3/workspace.rs`.
fn module(path: &str) -> String {
    let stem = path.trim_end_matches(".rs");
    let stem = if stem == "mod" { "" } else { stem.trim_end_matches("/mod") };
    stem.replace('/', "::")
}

/// The name of a type that a file declares.
fn declared(item: &Syntax) -> Option<String> {
    match item {
        Syntax::Struct(item) => Some(item.ident.to_string()),
        Syntax::Enum(item) => Some(item.ident.to_string()),
        Syntax::Type(item) => Some(item.ident.to_string()),
        Syntax::Trait(item) => Some(item.ident.to_string()),
        _ => None,
    }
}
