//! Where items of private modules can be had.

use super::module;
use super::reader::exports;
use crate::emit::File;
use std::collections::BTreeMap;

/// The paths that `pub use` gives to items, by the last part of their names.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Exports(BTreeMap<String, Vec<String>>);

impl Exports {
    /// Those of all files of a crate.
    pub(in super::super) fn of(files: &[File]) -> Self {
        let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for file in files {
            let module = module(&file.path);
            // Nothing else is looked at, so that files that did not change need not be parsed.
            for (start, _) in file.text.match_indices("pub use ") {
                let Some(end) = file.text[start..].find(';') else { continue };
                let Ok(item) = syn::parse_str::<syn::ItemUse>(&file.text[start..=start + end]) else {
                    continue;
                };
                let mut names = Vec::new();
                exports(&item.tree, &mut names);
                for name in names {
                    let path = if module.is_empty() { name.clone() } else { format!("{module}::{name}") };
                    all.entry(name).or_default().push(path);
                }
            }
        }
        Self(all)
    }

    /// The path that users write for what is at `path`: of those that there are the one that has most
    /// in common with it.
    pub(in super::super) fn public(&self, path: &str) -> String {
        let (above, last) = path.rsplit_once("::").unwrap_or(("", path));
        let own: Vec<&str> = above.split("::").collect();
        let shared = |other: &&String| {
            let parts: Vec<&str> = other.split("::").collect();
            let first = own.iter().zip(&parts).take_while(|(a, b)| a == b).count();
            (first, parts.iter().filter(|part| own.contains(part)).count())
        };
        let found = self.0.get(last).into_iter().flatten().rev().max_by_key(shared);
        found.map_or_else(|| path.to_owned(), String::clone)
    }
}

#[cfg(test)]
mod tests {
    use super::Exports;
    use crate::emit::File;

    #[test]
    fn an_item_is_called_as_users_call_it() {
        let file = |path: &str, text: &str| File { path: path.to_owned(), text: text.to_owned() };
        let exports = Exports::of(&[
            file("a/mod.rs", "pub mod trees;\npub use trees::Trees;"),
            file("a/trees.rs", "pub use super::super::ops::trees::{FELL, Felled};"),
            file("b/mod.rs", "pub use trees::Trees;"),
            file("b/trees.rs", "pub use super::super::ops::trees::{FELL, Felled};"),
        ]);
        assert_eq!(exports.public("ops::trees::Felled"), "a::trees::Felled");
        assert_eq!(exports.public("b::trees::Trees"), "b::Trees");
        assert_eq!(exports.public("ops::trees::Other"), "ops::trees::Other");
    }
}
