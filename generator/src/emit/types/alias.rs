//! Another name of a type.

use super::docs;
use crate::emit::names;
use crate::ir::{Api, TypeDef, TypeId, Use};
use proc_macro2::TokenStream;
use quote::quote;

/// A type alias. What the contract asks of its values, `null` among them, is asked where it is used.
pub(super) fn emit(api: &Api, id: &TypeId, def: &TypeDef, target: &Use) -> Vec<TokenStream> {
    let facts = docs::of_use(api, target);
    let more = if facts.is_empty() { String::new() } else { format!("Its values: {}.", facts.join("; ")) };
    let docs = docs::of_type(id, def, &more);
    let name = names::ident(&def.name);
    let ty = names::bare_ty_tokens(api, target);
    vec![quote!(#docs pub type #name = #ty;)]
}
