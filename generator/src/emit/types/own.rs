//! Paths as a file of the types' own crate spells them.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::quote;

/// Shortens the paths that [`names`](crate::emit::names) spells for every crate: in the file of
/// the module `here`, `meshery_types::wire::Uuid` is `wire::Uuid`, a type of the same module goes
/// by its name, and any other is found from `crate`.
pub(super) fn paths(tokens: TokenStream, here: &[&str]) -> TokenStream {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut out = TokenStream::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at += 1;
        match token {
            TokenTree::Ident(name) if name == "meshery_types" && segment(&tokens, at).is_some() => {
                if segment(&tokens, at).is_some_and(|name| name == "wire") {
                    at += 2;
                } else if starts_with(&tokens, at, here) {
                    at += 3 * here.len() + 2;
                } else {
                    out.extend(quote!(crate));
                }
            }
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), paths(group.stream(), here));
                inner.set_span(group.span());
                out.extend([TokenTree::Group(inner)]);
            }
            other => out.extend([other.clone()]),
        }
    }
    out
}

/// Whether a name stands somewhere in the code.
pub(super) fn names(tokens: &TokenStream, name: &str) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == name,
        TokenTree::Group(group) => names(&group.stream(), name),
        _ => false,
    })
}

/// The name behind the `::` at `at`.
fn segment(tokens: &[TokenTree], at: usize) -> Option<String> {
    match tokens.get(at..at + 3)? {
        [TokenTree::Punct(a), TokenTree::Punct(b), TokenTree::Ident(name)]
            if a.as_char() == ':' && b.as_char() == ':' =>
        {
            Some(name.to_string())
        }
        _ => None,
    }
}

/// Whether a path goes on with the module `here` and one name more.
fn starts_with(tokens: &[TokenTree], at: usize, here: &[&str]) -> bool {
    let bare = |name: String| name.trim_start_matches("r#").to_owned();
    !here.is_empty()
        && here
            .iter()
            .enumerate()
            .all(|(i, module)| segment(tokens, at + 3 * i).is_some_and(|name| bare(name) == *module))
        && segment(tokens, at + 3 * here.len()).is_some()
        && segment(tokens, at + 3 * here.len() + 3).is_none()
}

#[cfg(test)]
mod tests {
    use super::paths;
    use quote::quote;

    fn short(tokens: proc_macro2::TokenStream) -> String {
        paths(tokens, &["v1", "thing"]).to_string()
    }

    #[test]
    fn paths_are_as_short_as_the_module_allows() {
        assert_eq!(short(quote!(meshery_types::wire::Uuid)), "wire :: Uuid");
        assert_eq!(short(quote!(Vec<meshery_types::v1::thing::Part>)), "Vec < Part >");
        assert_eq!(short(quote!((meshery_types::v1::other::Part))), "(crate :: v1 :: other :: Part)");
        assert_eq!(short(quote!(meshery_types::v1::thing::more::X)), "crate :: v1 :: thing :: more :: X");
    }
}
