//! A string enumeration.

use super::{derives, docs};
use crate::emit::names::{code, doc, ident};
use crate::ir::{Enum, TypeDef, TypeId};
use proc_macro2::TokenStream;
use quote::quote;

/// An enum with an arm for the strings that the contract does not list. It may grow: a value that
/// upstream adds breaks no code that was written before.
pub(super) fn emit(id: &TypeId, def: &TypeDef, enumeration: &Enum) -> Vec<TokenStream> {
    let docs = docs::of_type(id, def, "");
    let derives = derives(&TypeDef { eq: true, ..def.clone() }, &["PartialOrd", "Ord"]);
    let name = ident(&def.name);
    let idents: Vec<_> = enumeration.variants.iter().map(|variant| ident(&variant.name)).collect();
    let wires: Vec<_> = enumeration.variants.iter().map(|variant| variant.wire.as_str()).collect();
    let variant_docs = wires.iter().map(|wire| doc(&code(wire)));
    let listed = wires.join(", ");
    vec![
        quote! {
            #docs
            #derives
            #[non_exhaustive]
            pub enum #name {
                #(#variant_docs #idents,)*
                /// A string that the contract does not list.
                Unknown(String),
            }
        },
        quote! {
            impl #name {
                /// The strings that the contract lists.
                pub const VALUES: &[&str] = &[#(#wires),*];
                const LISTED: &str = #listed;

                /// The string on the wire.
                #[must_use]
                pub fn as_str(&self) -> &str {
                    match self {
                        #(Self::#idents => #wires,)*
                        Self::Unknown(text) => text,
                    }
                }

                fn known(text: &str) -> Option<Self> {
                    match text {
                        #(#wires => Some(Self::#idents),)*
                        _ => None,
                    }
                }
            }
        },
        quote!(wire::string_enum!(#name);),
    ]
}
