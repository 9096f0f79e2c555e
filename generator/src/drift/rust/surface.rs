//! What generated source offers to whoever compiles against it: every public item, read back from
//! the files, so that nothing has to know how the emitters come to write it.

mod exports;
mod pieces;
mod reader;

use super::tidy::Paths;
pub(super) use exports::Exports;
pub(super) use pieces::Pieces;
use reader::Reader;
use std::collections::{BTreeMap, BTreeSet};

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
    pub(super) fn read(files: impl IntoIterator<Item = Pieces>, paths: &Paths) -> Result<Self, String> {
        let mut surface = Self::default();
        for file in files {
            let (module, own) = (module(&file.path), file.declared);
            let mut reader = Reader { surface: &mut surface, paths, module, own };
            for item in file.items {
                let syntax = syn::parse2(item.tokens)
                    .map_err(|error| format!("{}, as it is generated: {error}", file.path))?;
                reader.item(&syntax, &item.text);
            }
        }
        Ok(surface)
    }
}

/// The module of a file: `v1beta3::workspace` of `v1beta3/workspace.rs`.
fn module(path: &str) -> String {
    let stem = path.trim_end_matches(".rs");
    let stem = if stem == "mod" { "" } else { stem.trim_end_matches("/mod") };
    stem.replace('/', "::")
}
