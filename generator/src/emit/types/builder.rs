//! A builder of an object that is a request body: optional members are set by name, and it cannot be
//! built before all that is required is set.
//!
//! Each required member has a type parameter, which is `Missing` until the member is set; `build`
//! exists where none is. It has no default, which the compiler would leave out of its messages. What is
//! optional has no part in that, so that the code stays small.

use super::docs;
use super::object::{is_text, rest_ident, rest_ty, value_ty};
use crate::emit::names::{code, doc, ident, is_nullable, ty_tokens};
use crate::ir::{Additional, Api, Field, Kind, Struct, TypeDef};
use heck::ToUpperCamelCase;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use std::collections::BTreeSet;

/// What is said of one builder again and again.
struct Builder<'a> {
    api: &'a Api,
    object: &'a Struct,
    name: Ident,
    builder: Ident,
    optional: Ident,
    required: Vec<&'a Field>,
    /// The type parameter of each required member.
    slots: Vec<Ident>,
    /// The variable that each required member is kept in while another is set.
    kept: Vec<Ident>,
}

/// What the builder of a type is called, if it has one: if it is an object that is a request body, and
/// has members.
pub(crate) fn name(api: &Api, def: &TypeDef) -> Option<String> {
    let Kind::Struct(object) = &def.kind else { return None };
    has_one(def, object).then(|| format!("{}Builder", free(api, def)))
}

fn has_one(def: &TypeDef, object: &Struct) -> bool {
    def.usage.body && !object.fields.is_empty()
}

/// The builder of an object, if it has one.
pub(super) fn emit(api: &Api, def: &TypeDef, object: &Struct) -> Option<TokenStream> {
    if !has_one(def, object) {
        return None;
    }
    let required: Vec<_> = object.fields.iter().filter(|field| field.required).collect();
    let stem = free(api, def);
    let own = [format!("{stem}Builder"), format!("{stem}Optional")];
    let builder = Builder {
        api,
        object,
        name: ident(&def.name),
        builder: ident(&own[0]),
        optional: ident(&own[1]),
        slots: slots(api, def, &required, own),
        kept: kept(object, required.len()),
        required,
    };
    let parts = [builder.definition(), builder.optional(), builder.setters(), builder.build()];
    Some(parts.into_iter().collect())
}

/// What the names begin with, so that no other type of the module has them.
fn free(api: &Api, def: &TypeDef) -> String {
    let own = def.name.trim_start_matches("r#");
    let taken = |stem: &str| {
        let all = [stem.to_owned(), format!("{stem}Builder"), format!("{stem}Optional")];
        let one = |other: &TypeDef| other.name != def.name && all.contains(&other.name);
        api.types.values().any(|other| other.module == def.module && one(other))
    };
    let mut stem = own.to_owned();
    let mut tries = 1;
    while taken(&stem) {
        // With numbers, no two types come to the same.
        stem = if tries == 1 { format!("{own}Fields") } else { format!("{own}Fields{tries}") };
        tries += 1;
    }
    stem
}

/// Type parameters that are distinct and hide no type: members as different as `line1` and `line_1`
/// have the same plain one.
fn slots(api: &Api, def: &TypeDef, required: &[&Field], own: [String; 2]) -> Vec<Ident> {
    let beside = api.types.values().filter(|other| other.module == def.module);
    let mut taken: BTreeSet<String> = beside.map(|other| other.name.clone()).chain(own).collect();
    let mut slot = |field: &&Field| {
        let plain = format!("T{}", field.name.to_upper_camel_case());
        let mut name = plain.clone();
        let mut tries = 1;
        while !taken.insert(name.clone()) {
            tries += 1;
            name = format!("{plain}{tries}");
        }
        ident(&name)
    };
    required.iter().map(&mut slot).collect()
}

/// Variables that no member is called like.
fn kept(object: &Struct, count: usize) -> Vec<Ident> {
    let mut stem = "kept".to_owned();
    while object.fields.iter().any(|field| field.name.starts_with(&format!("{stem}_"))) {
        stem.push_str("_on");
    }
    (0..count).map(|index| format_ident!("{stem}_{index}")).collect()
}

impl Builder<'_> {
    fn definition(&self) -> TokenStream {
        let Self { name, builder, optional, slots, .. } = self;
        let required: Vec<_> = self.required.iter().map(|field| code(&field.name)).collect();
        let until = match required.is_empty() {
            true => String::new(),
            false => {
                format!("\n\n`build` is there once all that is required is set: {}.", required.join(", "))
            }
        };
        let about = doc(&format!("Builds a [`{name}`], member by member.{until}"));
        let parameters = (!slots.is_empty()).then(|| quote!(<#(#slots),*>));
        let some = !slots.is_empty();
        let missing: Vec<_> = slots.iter().map(|_| quote!(wire::Missing)).collect();
        let begun = some.then(|| quote!(<#(#missing),*>));
        let missing = some.then(|| quote!(required: (#(#missing,)*),));
        let held = some.then(|| quote!(required: (#(#slots,)*),));
        quote! {
            impl #name {
                /// Begins one, without any member.
                pub fn builder() -> #builder #begun {
                    #builder { #missing optional: #optional::default() }
                }
            }

            #about
            #[must_use = "a builder does nothing until it is built"]
            pub struct #builder #parameters {
                #held
                optional: #optional,
            }
        }
    }

    fn optional(&self) -> TokenStream {
        let Self { api, object, optional, .. } = self;
        let fields = object.fields.iter().filter(|field| !field.required).map(|field| {
            let (name, ty) = (ident(&field.name), value_ty(api, field));
            quote!(#name: Option<#ty>,)
        });
        let rest = rest_ty(api, object).map(|ty| {
            let name = rest_ident(object);
            quote!(#name: #ty,)
        });
        quote!(#[derive(Default)] struct #optional { #(#fields)* #rest })
    }

    fn setters(&self) -> TokenStream {
        let Self { builder, slots, .. } = self;
        let parameters = (!slots.is_empty()).then(|| quote!(<#(#slots),*>));
        let setters = self.object.fields.iter().map(|field| {
            if field.required { self.required_setter(field) } else { self.optional_setter(field) }
        });
        let rest = self.rest_setter();
        quote!(impl #parameters #builder #parameters { #(#setters)* #rest })
    }

    fn optional_setter(&self, field: &Field) -> TokenStream {
        let (about, method, name) = (docs::of_field(self.api, field), self.setter(field), ident(&field.name));
        let (ty, value) = self.argument(field);
        quote! {
            #about
            pub fn #method(mut self, #name: #ty) -> Self {
                self.optional.#name = Some(#value);
                self
            }
        }
    }

    fn required_setter(&self, field: &Field) -> TokenStream {
        let Self { builder, slots, required, kept, .. } = self;
        let (about, method, name) = (docs::of_field(self.api, field), self.setter(field), ident(&field.name));
        let (ty, value) = self.argument(field);
        let own = |other: &Field| other.wire == field.wire;
        let held = value_ty(self.api, field);
        let after = required
            .iter()
            .zip(slots)
            .map(|(other, slot)| if own(other) { held.clone() } else { quote!(#slot) });
        let before =
            required.iter().zip(kept).map(|(other, kept)| if own(other) { quote!(_) } else { quote!(#kept) });
        let now = required
            .iter()
            .zip(kept)
            .map(|(other, kept)| if own(other) { value.clone() } else { quote!(#kept) });
        let others = (required.len() > 1).then(|| quote!(let (#(#before,)*) = self.required;));
        quote! {
            #about
            pub fn #method(self, #name: #ty) -> #builder<#(#after),*> {
                #others
                #builder { required: (#(#now,)*), optional: self.optional }
            }
        }
    }

    fn rest_setter(&self) -> Option<TokenStream> {
        let name = rest_ident(self.object);
        let (value, put) = match &self.object.additional {
            Additional::Closed => return None,
            Additional::Open => (quote!(wire::Value), quote!(value.into())),
            Additional::Typed(values) => (ty_tokens(self.api, values), quote!(value.into())),
        };
        Some(quote! {
            /// A member that the contract does not name.
            pub fn #name(mut self, name: impl Into<String>, value: impl Into<#value>) -> Self {
                self.optional.#name.insert(name.into(), #put);
                self
            }
        })
    }

    fn build(&self) -> TokenStream {
        let Self { api, object, name, builder, required, .. } = self;
        let held: Vec<_> = required.iter().map(|field| value_ty(api, field)).collect();
        let parameters = (!held.is_empty()).then(|| quote!(<#(#held),*>));
        let names: Vec<_> = required.iter().map(|field| ident(&field.name)).collect();
        let take = (!names.is_empty()).then(|| quote!(let (#(#names,)*) = self.required;));
        let fields = object.fields.iter().map(|field| {
            let name = ident(&field.name);
            if field.required { quote!(#name) } else { quote!(#name: self.optional.#name) }
        });
        let rest = rest_ty(api, object).map(|_| {
            let name = rest_ident(object);
            quote!(#name: self.optional.#name)
        });
        quote! {
            impl #builder #parameters {
                /// The object.
                #[must_use]
                pub fn build(self) -> #name {
                    #take
                    #name { #(#fields,)* #rest }
                }
            }
        }
    }

    /// The type of a setter's argument, and the value of it.
    fn argument(&self, field: &Field) -> (TokenStream, TokenStream) {
        let name = ident(&field.name);
        let ty = ty_tokens(self.api, &field.value);
        let boxed = |value: TokenStream| if field.boxed { quote!(Box::new(#value)) } else { value };
        if is_text(self.api, field) {
            (quote!(impl Into<String>), quote!(#name.into()))
        } else if is_nullable(self.api, &field.value) {
            (quote!(impl Into<#ty>), boxed(quote!(#name.into())))
        } else {
            (ty, boxed(quote!(#name)))
        }
    }
    /// The method that sets a member. `build` is taken.
    fn setter(&self, field: &Field) -> Ident {
        let mut name = field.name.clone();
        while name == "build" || (name != field.name && self.object.fields.iter().any(|f| f.name == name)) {
            name.insert_str(0, "with_");
        }
        ident(&name)
    }
}
