//! One of several schemas.

use super::{derives, docs};
use crate::emit::names::{code, doc, ident, ty_tokens};
use crate::emit::rules;
use crate::ir::{Api, TypeDef, TypeId, Union, UnionVariant};
use proc_macro2::{Literal, TokenStream};
use quote::quote;
use std::collections::BTreeMap;

/// An enum with a variant for each schema.
pub(super) fn emit(api: &Api, id: &TypeId, def: &TypeDef, union: &Union) -> Vec<TokenStream> {
    let name = ident(&def.name);
    let how = if union.exclusive { "Exactly one of its variants." } else { "At least one of its variants." };
    let docs = docs::of_type(id, def, how);
    let derives = derives(def, &[]);
    let idents: Vec<_> = union.variants.iter().map(|variant| ident(&variant.name)).collect();
    let variants = union.variants.iter().map(|variant| {
        let docs = doc(&variant_doc(api, variant));
        let (ident, ty) = (ident(&variant.name), variant_ty(api, variant));
        quote!(#docs #ident(#ty))
    });
    let mut items = vec![
        quote! {
            #docs
            #derives
            // A variant as large as its contract: a box around each would cost more than it saves.
            #[allow(clippy::large_enum_variant)]
            pub enum #name {
                #(#variants,)*
                /// A value that is none of the variants that the contract knows.
                Unknown(wire::Value),
            }
        },
        union_impl(api, &name, union),
        quote! {
            impl wire::Serialize for #name {
                fn serialize<S: wire::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    match self {
                        #(Self::#idents(value) => value.serialize(serializer),)*
                        Self::Unknown(value) => value.serialize(serializer),
                    }
                }
            }
        },
        quote!(wire::union_impls!(#name);),
    ];
    items.extend(conversions(api, &name, union));
    items
}

fn variant_ty(api: &Api, variant: &UnionVariant) -> TokenStream {
    let ty = ty_tokens(api, &variant.value);
    if variant.boxed { quote!(Box<#ty>) } else { ty }
}

fn variant_doc(api: &Api, variant: &UnionVariant) -> String {
    let facts = docs::of_use(api, &variant.value);
    if facts.is_empty() { format!("As {}.", code(&variant.name)) } else { facts.join("; ") }
}

fn union_impl(api: &Api, name: &proc_macro2::Ident, union: &Union) -> TokenStream {
    let exclusive = union.exclusive;
    let order = union.order.iter().map(|index| Literal::usize_unsuffixed(*index));
    let discriminator = match &union.discriminator {
        None => quote!(None),
        Some(discriminator) => {
            let property = &discriminator.property;
            let mapping = discriminator.mapping.iter().map(|(value, index)| {
                let index = Literal::usize_unsuffixed(*index);
                quote!((#value, #index))
            });
            quote!(Some((#property, &[#(#mapping),*])))
        }
    };
    let arms = union.variants.iter().enumerate().map(|(index, variant)| {
        let index = Literal::usize_unsuffixed(index);
        let (ident, rules) = (ident(&variant.name), rules::tokens(api, &variant.value));
        quote!(#index => wire::variant(value, #rules, cx).map(Self::#ident))
    });
    quote! {
        impl wire::Union for #name {
            const EXCLUSIVE: bool = #exclusive;
            const ORDER: &'static [usize] = &[#(#order),*];
            const DISCRIMINATOR: Option<(&'static str, &'static [(&'static str, usize)])> = #discriminator;

            fn variant(index: usize, value: &wire::Value, cx: &mut wire::Context) -> Option<Self> {
                match index {
                    #(#arms,)*
                    _ => None,
                }
            }

            fn unknown(value: wire::Value) -> Self {
                Self::Unknown(value)
            }
        }
    }
}

/// `From` for each variant whose type no other variant has, once aliases are seen through.
fn conversions(api: &Api, name: &proc_macro2::Ident, union: &Union) -> Vec<TokenStream> {
    let resolved = |variant: &UnionVariant| {
        let mut used = api.resolve(&variant.value);
        used.rules = Default::default();
        let ty = ty_tokens(api, &used);
        if variant.boxed { quote!(Box<#ty>) } else { ty }
    };
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for variant in &union.variants {
        *seen.entry(resolved(variant).to_string()).or_default() += 1;
    }
    let single = union.variants.iter().filter(|v| seen.get(&resolved(v).to_string()) == Some(&1));
    single
        .map(|variant| {
            let (ident, ty) = (ident(&variant.name), variant_ty(api, variant));
            quote! {
                impl From<#ty> for #name {
                    fn from(value: #ty) -> Self {
                        Self::#ident(value)
                    }
                }
            }
        })
        .collect()
}
