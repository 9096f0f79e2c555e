//! Where items of private modules can be had.

use super::module;
use super::reader::exports;
use crate::emit::Source;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::collections::BTreeMap;

/// The paths that `pub use` gives to items, by the last part of their names.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Exports(BTreeMap<String, Vec<String>>);

impl Exports {
    /// Those of all files of a crate.
    pub(in super::super) fn of(files: &[Source]) -> Self {
        let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for file in files {
            let module = module(&file.path);
            let mut names = Vec::new();
            exported(file.tokens.clone(), &mut names);
            for name in names {
                let path = if module.is_empty() { name.clone() } else { format!("{module}::{name}") };
                all.entry(name).or_default().push(path);
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

/// The names that the `pub use` items of a file make public, those in modules in place among them.
/// Nothing else is looked at, so that files that did not change need not be parsed.
fn exported(tokens: TokenStream, names: &mut Vec<String>) {
    let is =
        |token: Option<&TokenTree>, word: &str| matches!(token, Some(TokenTree::Ident(own)) if own == word);
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        if is(Some(&token), "mod") {
            tokens.next();
            if let Some(TokenTree::Group(group)) = tokens.peek()
                && group.delimiter() == Delimiter::Brace
            {
                exported(group.stream(), names);
            }
        } else if is(Some(&token), "pub") && is(tokens.peek(), "use") {
            let mut item: Vec<TokenTree> = vec![token];
            let ends = |token: &TokenTree| matches!(token, TokenTree::Punct(point) if point.as_char() == ';');
            item.extend(tokens.by_ref().take_while(|token| !ends(token)));
            item.push(proc_macro2::Punct::new(';', proc_macro2::Spacing::Alone).into());
            if let Ok(item) = syn::parse2::<syn::ItemUse>(item.into_iter().collect()) {
                exports(&item.tree, names);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Exports;
    use crate::emit::Source;

    #[test]
    fn an_item_is_called_as_users_call_it() {
        let file = |path: &str, text: &str| Source {
            path: path.to_owned(),
            doc: String::new(),
            tokens: text.parse().unwrap(),
        };
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
