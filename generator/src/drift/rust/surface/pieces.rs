//! A file cut into its items without parsing them: what is the same on both sides need not be.

use crate::emit::Source;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::collections::BTreeSet;

/// A file as its items.
#[derive(Debug)]
pub(in super::super) struct Pieces {
    pub(in super::super) path: String,
    doc: String,
    pub(super) items: Vec<Piece>,
    /// The types that the file declares, those of modules in place among them.
    pub(super) declared: BTreeSet<String>,
}

/// An item.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) tokens: TokenStream,
    pub(super) text: String,
}

impl Pieces {
    pub(in super::super) fn of(source: Source) -> Self {
        let Source { path, doc, tokens } = source;
        let mut declared = BTreeSet::new();
        let items = cut(tokens, &mut declared);
        let items = items.into_iter().map(|tokens| Piece { text: tokens.to_string(), tokens }).collect();
        Self { path, doc, items, declared }
    }

    /// All of the file: what is said of it, and each item.
    pub(in super::super) fn texts(&self) -> Vec<String> {
        [&self.doc].into_iter().chain(self.items.iter().map(|item| &item.text)).cloned().collect()
    }

    /// The file without the items that are among `texts`, unless they have one of `words` in them.
    pub(in super::super) fn without(mut self, texts: &[String], words: &BTreeSet<String>) -> Self {
        let same: BTreeSet<&String> = texts.iter().collect();
        let has_word = |text: &str| {
            let mut own = text.split(|c: char| !c.is_alphanumeric() && c != '_');
            !words.is_empty() && own.any(|word| words.contains(word))
        };
        self.items.retain(|item| !same.contains(&item.text) || has_word(&item.text));
        self
    }
}

/// Items one by one. One ends with a semicolon, or with its first pair of braces where its keyword
/// is none of those whose braces are inside.
fn cut(tokens: TokenStream, declared: &mut BTreeSet<String>) -> Vec<TokenStream> {
    let mut items = Vec::new();
    let mut item: Vec<TokenTree> = Vec::new();
    let mut keyword = None;
    let mut to_semicolon = false;
    for token in tokens {
        let mut ends = false;
        match &token {
            TokenTree::Ident(word) if keyword.is_none() => {
                let word = word.to_string();
                to_semicolon = ["use", "static", "const", "type", "extern"].contains(&word.as_str());
                // What comes before the keyword; `const fn` is one, too.
                keyword = (!["pub", "unsafe", "async"].contains(&word.as_str())).then_some(word);
            }
            TokenTree::Ident(word) if *word == "fn" && keyword.as_deref() == Some("const") => {
                to_semicolon = false;
            }
            TokenTree::Ident(word) => {
                let of_type = ["struct", "enum", "type", "trait"].map(Some).contains(&keyword.as_deref());
                if of_type
                    && matches!(item.last(), Some(TokenTree::Ident(last)) if keyword.as_deref() == Some(&last.to_string()))
                {
                    declared.insert(word.to_string());
                }
            }
            TokenTree::Punct(point) => ends = point.as_char() == ';',
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace && !to_semicolon => {
                ends = true;
                if keyword.as_deref() == Some("mod") {
                    cut(group.stream(), declared);
                }
            }
            _ => {}
        }
        item.push(token);
        if ends {
            items.push(std::mem::take(&mut item).into_iter().collect());
            (keyword, to_semicolon) = (None, false);
        }
    }
    if !item.is_empty() {
        items.push(item.into_iter().collect());
    }
    items
}

#[cfg(test)]
mod tests {
    use super::cut;
    use quote::quote;
    use std::collections::BTreeSet;

    #[test]
    fn a_file_is_cut_into_what_syn_sees() {
        let tokens = quote! {
            #[doc = "a"]
            pub struct A { b: B }
            pub struct T(pub [u8; 4]);
            pub(crate) enum E { X { y: u8 }, Z }
            impl<T> From<T> for A where T: Copy { fn from(_: T) -> Self { A { b: B } } }
            pub use a::{b, c::{d, e}};
            pub static S: &[A] = &[A { b: B }, A { b: B }];
            const C: A = A { b: B };
            pub const fn f() -> [u8; 2] { [1, 2] }
            pub async fn g() {}
            type Y = Vec<[u8; 3]>;
            pub trait W: Send { fn one(&self) { } type X; }
            made!(A, 1);
            made! { B }
            pub mod x;
            mod y { pub struct Inner { z: u8 } use q::{r}; }
        };
        let mut declared = BTreeSet::new();
        let cut = cut(tokens.clone(), &mut declared);
        let parsed: syn::File = syn::parse2(tokens).unwrap();
        assert_eq!(cut.len(), parsed.items.len());
        for item in cut {
            syn::parse2::<syn::Item>(item).unwrap();
        }
        assert_eq!(
            declared.iter().map(String::as_str).collect::<Vec<_>>(),
            ["A", "E", "Inner", "T", "W", "Y"]
        );
    }
}
