//! Signatures as text: told as one writes them, and compared with every path whole.

use quote::ToTokens;
use std::collections::{BTreeMap, BTreeSet};

/// What paths stand for.
#[derive(Clone, Debug, Default)]
pub(super) struct Paths {
    /// The library that `crate` is: `meshery_types`.
    pub(super) library: String,
    /// The targets of aliases, by whole path.
    pub(super) aliases: BTreeMap<String, String>,
    /// Where types are in the other contract, by whole path, if it is somewhere else.
    pub(super) moved: BTreeMap<String, String>,
}

/// Tokens as one writes them.
pub(super) fn text(tokens: &impl ToTokens) -> String {
    let mut text = tokens.to_token_stream().to_string();
    for (from, to) in [
        (" :: ", "::"),
        (":: ", "::"),
        (" ::", "::"),
        (" < ", "<"),
        ("< ", "<"),
        (" <", "<"),
        (" >", ">"),
        ("> >", ">>"),
        (" ,", ","),
        ("& ", "&"),
        ("( ", "("),
        (" (", "("),
        (" )", ")"),
        ("[ ", "["),
        (" ]", "]"),
        (" : ", ": "),
        (",)", ")"),
        (",>", ">"),
        (" ;", ";"),
    ] {
        text = text.replace(from, to);
    }
    text.replace("->", " -> ").replace("  ", " ")
}

impl Paths {
    /// The same text with every path whole and aliases followed, and the aliases that were.
    pub(super) fn whole(
        &self,
        text: &str,
        module: &str,
        own: &BTreeSet<String>,
    ) -> (String, BTreeSet<String>) {
        let mut through = BTreeSet::new();
        let text = mapped(text, &|path| {
            let library = &self.library;
            match path.split_once("::") {
                Some(("crate", rest)) => Some(format!("{library}::{rest}")),
                Some(("wire", rest)) => Some(format!("{library}::wire::{rest}")),
                None if own.contains(path) && module.is_empty() => Some(format!("{library}::{path}")),
                None if own.contains(path) => Some(format!("{library}::{module}::{path}")),
                _ => None,
            }
        });
        (self.followed(text, &mut through), through)
    }

    /// Aliases and moved types replaced, until there are none.
    fn followed(&self, mut text: String, through: &mut BTreeSet<String>) -> String {
        // Aliases do not form loops; the bound is for what nobody thought of.
        for _ in 0..16 {
            let mut more = false;
            let found = std::cell::RefCell::new(BTreeSet::new());
            let next = mapped(&text, &|path| {
                let target = self.aliases.get(path)?;
                found.borrow_mut().insert(path.to_owned());
                Some(target.clone())
            });
            for alias in found.into_inner() {
                more |= through.insert(alias);
            }
            more |= next != text;
            text = next;
            if !more {
                break;
            }
        }
        mapped(&text, &|path| self.moved.get(path).cloned())
    }
}

/// The text with paths (`a::b::C`, `C`) replaced where `map` says so.
pub(super) fn mapped(text: &str, map: &dyn Fn(&str) -> Option<String>) -> String {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '#';
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_word) {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let mut end = 0;
        loop {
            end += rest[end..].find(|c| !is_word(c)).unwrap_or(rest.len() - end);
            match rest[end..].strip_prefix("::") {
                Some(more) if more.starts_with(is_word) => end += 2,
                _ => break,
            }
        }
        let path = &rest[..end];
        match map(path) {
            Some(other) => out.push_str(&other),
            None => out.push_str(path),
        }
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::{Paths, mapped, text};
    use quote::quote;
    use std::collections::BTreeSet;

    #[test]
    fn signatures_are_told_as_one_writes_them() {
        let told = text(&quote!(fn get(&self, id: &[a::B], m: Map<String, Vec<C>>) -> Result<D, E>));
        assert_eq!(told, "fn get(&self, id: &[a::B], m: Map<String, Vec<C>>) -> Result<D, E>");
        assert_eq!(
            text(&quote!(impl Future<Output = Result<A, B>> + Send)),
            "impl Future<Output = Result<A, B>> + Send"
        );
    }

    #[test]
    fn paths_are_found_in_text() {
        let map = |path: &str| (path == "a::B").then(|| "c::D".to_owned());
        assert_eq!(mapped("Vec<a::B>, a::Bc, xa::B", &map), "Vec<c::D>, a::Bc, xa::B");
    }

    #[test]
    fn aliases_are_followed() {
        let paths = Paths {
            library: "t".to_owned(),
            aliases: [
                ("t::m::Id".to_owned(), "t::core::Uuid".to_owned()),
                ("t::core::Uuid".to_owned(), "t::wire::Uuid".to_owned()),
            ]
            .into(),
            moved: [("t::old::X".to_owned(), "t::new::X".to_owned())].into(),
        };
        let own = BTreeSet::from(["Id".to_owned()]);
        let (whole, through) = paths.whole("Option<Id>", "m", &own);
        assert_eq!(whole, "Option<t::wire::Uuid>");
        assert_eq!(through.len(), 2);
        assert_eq!(paths.whole("crate::old::X", "m", &own).0, "t::new::X");
    }
}
