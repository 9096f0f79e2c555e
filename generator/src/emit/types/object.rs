//! An object.

use super::{builder, derives, docs};
use crate::emit::names::{code, ident, is_nullable, ty_tokens};
use crate::emit::rules;
use crate::ir::{Additional, Api, Field, Presence, Struct, Ty, TypeDef, TypeId};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

/// More required members than this, and a constructor is harder to read than the struct itself.
const MOST_ARGUMENTS: usize = 5;

/// A struct with public fields, and how it is read and written.
pub(super) fn emit(api: &Api, id: &TypeId, def: &TypeDef, object: &Struct) -> Vec<TokenStream> {
    let mut items = vec![definition(api, id, def, object)];
    items.extend(constructor(api, def, object));
    items.extend(builder::emit(api, def, object));
    items.push(reading(api, def, object));
    items.push(writing(def, object));
    let name = ident(&def.name);
    items.push(quote!(wire::object_impls!(#name);));
    items
}

/// The field for members that are not named.
#[must_use]
pub fn rest_ident(object: &Struct) -> Ident {
    let taken = |name: &str| object.fields.iter().any(|field| field.name == name);
    if taken("additional") { format_ident!("additional_members") } else { format_ident!("additional") }
}

fn definition(api: &Api, id: &TypeId, def: &TypeDef, object: &Struct) -> TokenStream {
    let docs = docs::of_type(id, def, &object_words(object));
    let derives = derives(def, if def.default { &["Default"] } else { &[] });
    let name = ident(&def.name);
    let fields = object.fields.iter().map(|field| {
        let docs = docs::of_field(api, field);
        let (ident, ty) = (ident(&field.name), field_ty(api, field));
        quote!(#docs pub #ident: #ty,)
    });
    let rest = rest_ty(api, object).map(|ty| {
        let ident = rest_ident(object);
        quote! {
            /// Members that the contract does not name.
            pub #ident: #ty,
        }
    });
    quote! {
        #docs
        #derives
        pub struct #name { #(#fields)* #rest }
    }
}

fn object_words(object: &Struct) -> String {
    let mut words = Vec::new();
    if matches!(object.additional, Additional::Closed) {
        words.push("It has no other members.".to_owned());
    }
    let list = |names: &[String]| names.iter().map(|name| code(name)).collect::<Vec<_>>().join(" and ");
    let sets = |sets: &[Vec<String>]| sets.iter().map(|set| list(set)).collect::<Vec<_>>().join(", or ");
    for presence in &object.presence {
        words.push(match presence {
            Presence::NotAll(names) => match names.as_slice() {
                [name] => format!("{} is not there.", code(name)),
                [a, b] => format!("Not both {} and {} are there.", code(a), code(b)),
                names => format!("Not all of {} are there.", list(names)),
            },
            Presence::AnyOf(names) => format!("There is at least {}.", sets(names)),
            Presence::OneOf(names) => format!("There is exactly one of {}.", sets(names)),
        });
    }
    words.extend(object.min_properties.map(|min| format!("It has at least {min} members.")));
    words.extend(object.max_properties.map(|max| format!("It has at most {max} members.")));
    words.join(" ")
}

pub(super) fn value_ty(api: &Api, field: &Field) -> TokenStream {
    let ty = ty_tokens(api, &field.value);
    if field.boxed { quote!(Box<#ty>) } else { ty }
}

fn field_ty(api: &Api, field: &Field) -> TokenStream {
    let ty = value_ty(api, field);
    if field.required { ty } else { quote!(Option<#ty>) }
}

pub(super) fn rest_ty(api: &Api, object: &Struct) -> Option<TokenStream> {
    match &object.additional {
        Additional::Closed => None,
        Additional::Open => Some(quote!(wire::Map<String, wire::Value>)),
        Additional::Typed(values) => {
            let ty = ty_tokens(api, values);
            Some(quote!(wire::BTreeMap<String, #ty>))
        }
    }
}

/// `new`, with what must be there, where that is little and there is more besides.
fn constructor(api: &Api, def: &TypeDef, object: &Struct) -> Option<TokenStream> {
    let required: Vec<_> = object.fields.iter().filter(|field| field.required).collect();
    let all = required.len() == object.fields.len() && matches!(object.additional, Additional::Closed);
    if required.is_empty() || required.len() > MOST_ARGUMENTS || all {
        return None;
    }
    let name = ident(&def.name);
    let is_text = |field: &Field| is_text(api, field);
    let arguments = required.iter().map(|field| {
        let ident = ident(&field.name);
        let ty = if is_text(field) { quote!(impl Into<String>) } else { value_ty(api, field) };
        quote!(#ident: #ty)
    });
    let fields = object.fields.iter().map(|field| {
        let ident = ident(&field.name);
        match field.required {
            true if is_text(field) => quote!(#ident: #ident.into()),
            true => quote!(#ident),
            false => quote!(#ident: None),
        }
    });
    let rest = rest_ty(api, object).map(|_| {
        let ident = rest_ident(object);
        quote!(#ident: Default::default())
    });
    Some(quote! {
        impl #name {
            /// With the members that must be there, and no other.
            #[must_use]
            pub fn new(#(#arguments),*) -> Self {
                Self { #(#fields,)* #rest }
            }
        }
    })
}

/// Whether a member is plain text, which is taken in any form.
pub(super) fn is_text(api: &Api, field: &Field) -> bool {
    !field.boxed && api.resolve(&field.value).ty == Ty::String && !is_nullable(api, &field.value)
}

fn slot(field: &Field) -> Ident {
    format_ident!("slot_{}", field.name.trim_start_matches("r#"))
}

fn reading(api: &Api, def: &TypeDef, object: &Struct) -> TokenStream {
    let name = ident(&def.name);
    let slots = object.fields.iter().map(|field| {
        let (slot, wire, rules) = (slot(field), &field.wire, rules::tokens(api, &field.value));
        quote!(let mut #slot = wire::Slot::new(#wire, #rules);)
    });
    let rest_new = match &object.additional {
        Additional::Closed => None,
        Additional::Open => Some(quote!(let mut rest = wire::Map::new();)),
        Additional::Typed(_) => Some(quote!(let mut rest = wire::BTreeMap::new();)),
    };
    let member = members(api, object);
    let required = object.fields.iter().filter(|field| field.required).map(|field| {
        let slot = slot(field);
        let how = ident(if may_be_zero(api, field) { "required_or_zero" } else { "required" });
        quote!(let #slot = members.#how(#slot);)
    });
    let checks = checks(object);
    let unwrap: Vec<_> = object.fields.iter().filter(|field| field.required).map(slot).collect();
    let unwrap = (!unwrap.is_empty())
        .then(|| quote!(let (#(Some(#unwrap),)*) = (#(#unwrap,)*) else { return Ok(None) };));
    let fields = object.fields.iter().map(|field| {
        let (ident, slot) = (ident(&field.name), slot(field));
        if field.required { quote!(#ident: #slot) } else { quote!(#ident: #slot.value()) }
    });
    let rest = rest_new.is_some().then(|| {
        let ident = rest_ident(object);
        quote!(#ident: rest)
    });
    let zero = def.default.then(|| {
        quote! {
            fn zero() -> Option<Self> {
                Some(Self::default())
            }
        }
    });
    quote! {
        impl wire::Object for #name {
            fn read<'de, A: wire::MapAccess<'de>>(
                members: &mut wire::Members<'_, A>,
            ) -> Result<Option<Self>, A::Error> {
                #(#slots)*
                #rest_new
                while let Some(name) = members.next_name()? {
                    #member
                }
                #checks
                #(#required)*
                if members.failed() {
                    return Ok(None);
                }
                #unwrap
                Ok(Some(Self { #(#fields,)* #rest }))
            }
            #zero
        }
    }
}

/// A tolerant reader takes empty for an array or a map, and zero for what a Go server leaves out.
fn may_be_zero(api: &Api, field: &Field) -> bool {
    let used = api.resolve(&field.value);
    field.may_omit || (!used.nullable && matches!(used.ty, Ty::Array(_) | Ty::Map(_) | Ty::Object))
}

/// What is done with the member `name`.
fn members(api: &Api, object: &Struct) -> TokenStream {
    let arms = object.fields.iter().map(|field| {
        let (slot, wire) = (slot(field), &field.wire);
        // A value of any kind is `null` itself where `null` stands.
        let any = api.resolve(&field.value).ty == Ty::Json;
        let plain = field.required || any || is_nullable(api, &field.value);
        let how = ident(if plain { "read" } else { "read_optional" });
        quote!(#wire => members.#how(&mut #slot)?,)
    });
    let other = match &object.additional {
        Additional::Closed => quote!(members.reject(&name)?),
        Additional::Open => quote!(members.keep(name, &mut rest)?),
        Additional::Typed(values) => {
            let rules = rules::tokens(api, values);
            quote!(members.keep_typed(name, &mut rest, #rules)?)
        }
    };
    if object.fields.is_empty() {
        return quote!(#other;);
    }
    quote! {
        match &*name {
            #(#arms)*
            _ => #other,
        }
    }
}

/// The rules on which members are there. They come before the slots are taken apart.
fn checks(object: &Struct) -> TokenStream {
    let there = |wire: &String| match object.fields.iter().find(|field| field.wire == *wire) {
        Some(field) => {
            let slot = slot(field);
            quote!(#slot.is_there())
        }
        None if matches!(object.additional, Additional::Closed) => quote!(false),
        None => quote!(rest.contains_key(#wire)),
    };
    let all = |names: &Vec<String>| {
        let there = names.iter().map(there);
        quote!(#(#there)&&*)
    };
    let mut out = TokenStream::new();
    for presence in &object.presence {
        out.extend(match presence {
            Presence::NotAll(names) => {
                let all = all(names);
                quote!(members.check_not(#all);)
            }
            Presence::AnyOf(sets) => {
                let sets = sets.iter().map(all);
                quote!(members.check_any_of(&[#(#sets),*]);)
            }
            Presence::OneOf(sets) => {
                let sets = sets.iter().map(all);
                quote!(members.check_one_of(&[#(#sets),*]);)
            }
        });
    }
    if object.min_properties.is_some() || object.max_properties.is_some() {
        let min = Literal::u64_unsuffixed(object.min_properties.unwrap_or(0));
        let max = match object.max_properties {
            Some(max) => {
                let max = Literal::u64_unsuffixed(max);
                quote!(#max)
            }
            None => quote!(u64::MAX),
        };
        out.extend(quote!(members.check_count(#min, #max);));
    }
    out
}

fn writing(def: &TypeDef, object: &Struct) -> TokenStream {
    let name = ident(&def.name);
    let members = object.fields.iter().map(|field| {
        let (name, wire) = (ident(&field.name), &field.wire);
        let how = ident(if field.required { "member" } else { "optional" });
        quote!(object.#how(#wire, &self.#name)?;)
    });
    let rest = (!matches!(object.additional, Additional::Closed)).then(|| {
        let ident = rest_ident(object);
        let named = object.fields.iter().map(|field| &field.wire);
        quote!(object.rest(&self.#ident, &[#(#named),*])?;)
    });
    let empty = object.fields.is_empty() && rest.is_none();
    let mutable = (!empty).then(|| quote!(mut));
    quote! {
        impl wire::Serialize for #name {
            fn serialize<S: wire::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let #mutable object = wire::Writer::new(serializer)?;
                #(#members)*
                #rest
                object.end()
            }
        }
    }
}
