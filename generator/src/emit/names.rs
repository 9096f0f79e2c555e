//! What all emitters spell in the same way: identifiers, types, docs, features.

use crate::ir::{Api, Product, Ty, TypeDef, Use};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use std::collections::BTreeSet;

/// An identifier, raw where the name is a keyword. The IR holds legal names, with or without `r#`.
#[must_use]
pub fn ident(name: &str) -> Ident {
    match name.strip_prefix("r#") {
        Some(raw) => Ident::new_raw(raw, Span::call_site()),
        None if syn::parse_str::<Ident>(name).is_ok() => Ident::new(name, Span::call_site()),
        // These four cannot be raw.
        None if matches!(name, "self" | "Self" | "super" | "crate" | "_") => {
            Ident::new(&format!("{name}_"), Span::call_site())
        }
        None if syn::parse_str::<Ident>(&format!("r#{name}")).is_ok() => {
            Ident::new_raw(name, Span::call_site())
        }
        // No name of the IR is like that; should one be, the program goes on.
        None => {
            let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
            Ident::new(&format!("_{plain}_"), Span::call_site())
        }
    }
}

/// The file of a module, without its ending.
#[must_use]
pub fn file_name(module: &str) -> &str {
    module.trim_start_matches("r#")
}

/// The Rust type of a use, `Nullable` included; `Option` and `Box` are the field's affair.
#[must_use]
pub fn ty_tokens(api: &Api, used: &Use) -> TokenStream {
    let bare = bare_ty_tokens(api, used);
    if is_nullable(api, used) { quote!(meshery_types::wire::Nullable<#bare>) } else { bare }
}

/// The Rust type of a use without regard to whether it is nullable.
#[must_use]
pub fn bare_ty_tokens(api: &Api, used: &Use) -> TokenStream {
    match &used.ty {
        Ty::Json => quote!(meshery_types::wire::Value),
        Ty::Object => quote!(meshery_types::wire::Map<String, meshery_types::wire::Value>),
        Ty::String => quote!(String),
        Ty::Boolean => quote!(bool),
        Ty::Int32 => quote!(i32),
        Ty::Int64 => quote!(i64),
        Ty::Number => quote!(f64),
        Ty::Uuid => quote!(meshery_types::wire::Uuid),
        Ty::DateTime => quote!(meshery_types::wire::Timestamp),
        Ty::Date => quote!(meshery_types::wire::Date),
        Ty::Base64 => quote!(meshery_types::wire::Bytes),
        Ty::Named(id) => match api.get(id) {
            Some(def) => path_tokens(def),
            // The IR promises that there is no such id; the diagnostic is then rustc's.
            None => quote!(compile_error!("a type that is not in the IR")),
        },
        Ty::Array(items) => {
            let items = ty_tokens(api, items);
            quote!(Vec<#items>)
        }
        Ty::Map(values) => {
            let values = ty_tokens(api, values);
            quote!(meshery_types::wire::BTreeMap<String, #values>)
        }
    }
}

/// The path of a type: `meshery_types::v1beta3::workspace::Workspace`.
#[must_use]
pub fn path_tokens(def: &TypeDef) -> TokenStream {
    let modules = def.module.iter().map(|module| ident(module));
    let name = ident(&def.name);
    quote!(meshery_types #(:: #modules)* :: #name)
}

/// Whether `null` is told apart from a value there. A value of any kind holds `null` itself.
#[must_use]
pub fn is_nullable(api: &Api, used: &Use) -> bool {
    let resolved = api.resolve(used);
    resolved.nullable && resolved.ty != Ty::Json
}

/// A doc comment: one attribute per line, so that it is printed as `///`.
#[must_use]
pub fn doc(text: &str) -> TokenStream {
    let lines = text.lines().map(|line| match printable(line) {
        line if line.is_empty() => line,
        line => format!(" {line}"),
    });
    quote!(#(#[doc = #lines])*)
}

/// A line as a comment may have it: rustc refuses control characters, and what turns the direction
/// of a text.
#[must_use]
pub fn printable(line: &str) -> String {
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    line.chars().filter(|c| !turns(*c)).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A text that stands in backquotes in a doc comment, whatever it holds; `""` if it is nothing.
#[must_use]
pub fn code(text: &str) -> String {
    const LONGEST: usize = 80;
    let mut text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(end);
        text.push('…');
    }
    if text.is_empty() {
        text.push_str("\"\"");
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// `#[cfg(feature = "...")]` for what is there with any of these features; nothing where there are
/// none.
#[must_use]
pub fn cfg<'a>(features: impl IntoIterator<Item = &'a str>) -> TokenStream {
    let features: BTreeSet<&str> = features.into_iter().collect();
    let features: Vec<_> = features.into_iter().collect();
    match features.as_slice() {
        [] => TokenStream::new(),
        [feature] => quote!(#[cfg(feature = #feature)]),
        _ => quote!(#[cfg(any(#(feature = #features),*))]),
    }
}

/// The attribute of an operation within the module of its group, which has one of its own: nothing
/// where whoever has the module has the operation.
#[must_use]
pub fn cfg_within(api: &Api, module: &str, products: &BTreeSet<String>) -> TokenStream {
    let all = api.products.iter().map(|product| product.name.clone()).collect();
    let (own, around) = (api.features(module, products), api.features(module, &all));
    if own == around { TokenStream::new() } else { cfg(own) }
}

/// The attribute of the module of a group, whatever the products that have it.
#[must_use]
pub fn cfg_module(api: &Api, module: &str) -> TokenStream {
    let all = api.products.iter().map(|product| product.name.clone()).collect();
    cfg(api.features(module, &all))
}

/// The attribute of what belongs to a product as a whole: it is there with any group of it.
#[must_use]
pub fn cfg_product(product: &Product) -> TokenStream {
    cfg(product.groups.iter().map(|group| group.feature.as_str()))
}

/// The media type that a body of bytes is sent as: for a range of them, that of bytes.
#[must_use]
pub fn concrete(media_type: &str) -> &str {
    if media_type.contains('*') { "application/octet-stream" } else { media_type }
}

/// `#[deprecated]` where the contract says so.
#[must_use]
pub fn deprecated(deprecated: bool) -> TokenStream {
    if deprecated { quote!(#[deprecated = "deprecated in the contract"]) } else { TokenStream::new() }
}

/// Text of upstream as documentation: what rustdoc would take for links, HTML or tests is not.
#[must_use]
pub fn prose(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with("```")) {
        for (i, word) in line.split(' ').enumerate() {
            if i > 0 {
                out.push(' ');
            }
            if word.starts_with("http://") || word.starts_with("https://") {
                let end = word.trim_end_matches(['.', ',', ';', ')']).len();
                out.push_str(&format!("<{}>{}", &word[..end], &word[end..]));
                continue;
            }
            for c in word.chars() {
                if matches!(c, '<' | '>' | '[' | ']' | '`' | '*' | '_' | '#' | '|' | '~') {
                    out.push('\\');
                }
                out.push(c);
            }
        }
        out.push('\n');
    }
    out.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::Group;

    #[test]
    fn identifiers_are_legal() {
        let names = ["plain", "type", "r#type", "self", "crate", "_"].map(|name| ident(name).to_string());
        assert_eq!(names, ["plain", "r#type", "r#type", "self_", "crate_", "__"]);
        assert_eq!(["", "1a", "a b"].map(|name| ident(name).to_string()), ["__", "_1a_", "_ab_"]);
    }

    #[test]
    fn text_in_backquotes_stays_in_them() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("a`b``c"), "```a`b``c```");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code(""), "`\"\"`");
        assert_eq!(code("two\nlines"), "`two lines`");
        assert_eq!(code(&"x".repeat(200)).chars().count(), 83);
    }

    #[test]
    fn upstream_s_words_are_neither_links_nor_tests() {
        assert_eq!(prose("See [x](y) <b>"), "See \\[x\\](y) \\<b\\>");
        assert_eq!(prose("at http://a.b/c_d."), "at <http://a.b/c_d>.");
        assert_eq!(prose("    indented\n```\ncode\n```"), "indented\ncode");
    }

    #[test]
    fn features_are_asked_for_only_where_products_differ() {
        let group = |feature: &str| Group { module: "g".into(), feature: feature.into(), ..Group::default() };
        let product =
            |name: &str| Product { name: name.into(), groups: vec![group(name)], ..Product::default() };
        let api = Api { products: ["a", "b", "c"].map(product).into(), ..Api::default() };
        let of = |names: &[&str]| {
            cfg_within(&api, "g", &names.iter().map(|name| (*name).to_owned()).collect()).to_string()
        };
        assert_eq!(of(&["a", "b", "c"]), "");
        assert_eq!(of(&["b"]), quote!(#[cfg(feature = "b")]).to_string());
        assert_eq!(of(&["a", "b"]), quote!(#[cfg(any(feature = "a", feature = "b"))]).to_string());
        assert_eq!(cfg([]).to_string(), "");
    }
}
