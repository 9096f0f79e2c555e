//! The request body of an operation: its type, and how it is read.

use super::super::{names, rules};
use super::params;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::ir::{Additional, Api, Body, Kind, Media, Operation, Param, Part, PartKind, Payload, Ty};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

/// The name of the type that is emitted for bodies which need one of their own.
fn type_name(op: &Operation) -> Ident {
    format_ident!("{}Body", op.type_name)
}

/// The type of the argument `body`.
pub(super) fn argument(api: &Api, op: &Operation, body: &Body) -> TokenStream {
    let ty = match body.content.as_slice() {
        [media] => payload(api, op, media),
        _ => {
            let name = type_name(op);
            quote!(#name)
        }
    };
    if body.required { ty } else { quote!(Option<#ty>) }
}

/// The types that the body needs beside those of the contract.
pub(super) fn items(api: &Api, op: &Operation, body: &Body) -> Result<TokenStream, Diagnostics> {
    let structs = body.content.iter().map(|media| structure(api, op, media));
    let mut items = structs.collect::<Result<TokenStream, _>>()?;
    if body.content.len() > 1 {
        items.extend(alternatives(api, op, body));
    }
    Ok(items)
}

/// The name of the argument's type, if it is one that is emitted for the operation.
pub(super) fn own_argument(op: &Operation, body: &Body) -> Option<Ident> {
    match body.content.as_slice() {
        [media] => matches!(media.payload, Payload::Multipart(_) | Payload::Form(_))
            .then(|| structure_name(op, media)),
        _ => Some(type_name(op)),
    }
}

/// The names of the types that are emitted for it.
pub(super) fn type_names(op: &Operation, body: &Body) -> Vec<Ident> {
    let has_structure = |m: &&Media| matches!(m.payload, Payload::Multipart(_) | Payload::Form(_));
    let structures = body.content.iter().filter(has_structure).map(|m| structure_name(op, m));
    let alternatives = (body.content.len() > 1).then(|| type_name(op));
    structures.chain(alternatives).collect()
}

/// An expression for `Option<argument>` with `None` where something was found wrong.
pub(super) fn read(api: &Api, op: &Operation, body: &Body) -> TokenStream {
    let read = match body.content.as_slice() {
        [media] => read_media(api, op, media),
        several => {
            let name = type_name(op);
            let arms = several.iter().enumerate().map(|(index, media)| {
                let variant = names::ident(&media.name);
                let read = read_media(api, op, media);
                quote!(Some(#index) => #read.map(|body| body.map(#name::#variant)),)
            });
            quote!(match decoder.media() { #(#arms)* _ => decoder.no_body() })
        }
    };
    if body.required { quote!(#read.flatten()) } else { read }
}

fn payload(api: &Api, op: &Operation, media: &Media) -> TokenStream {
    match &media.payload {
        Payload::Json(used) | Payload::Text(used) | Payload::EventStream(used) => names::ty_tokens(api, used),
        Payload::Bytes => quote!(crate::support::ByteStream),
        Payload::Multipart(_) | Payload::Form(_) => {
            let name = structure_name(op, media);
            quote!(#name)
        }
    }
}

/// `Option<Option<T>>`, as the decoder has it.
fn read_media(api: &Api, op: &Operation, media: &Media) -> TokenStream {
    match &media.payload {
        Payload::Json(used) => {
            let rules = rules::tokens(api, used);
            quote!(decoder.json(#rules))
        }
        Payload::Text(used) | Payload::EventStream(used) => {
            let rules = rules::tokens(api, used);
            quote!(decoder.text(#rules))
        }
        Payload::Bytes => quote!(decoder.bytes()),
        Payload::Multipart(_) => {
            let name = structure_name(op, media);
            quote!(decoder.parts().and_then(|parts| match parts {
                Some(parts) => #name::read(&mut decoder, parts).map(Some),
                None => Some(None),
            }))
        }
        Payload::Form(_) => {
            let name = structure_name(op, media);
            quote!(decoder.form().and_then(|form| match form {
                Some(()) => #name::read(&mut decoder).map(Some),
                None => Some(None),
            }))
        }
    }
}

/// The struct of a multipart or urlencoded body.
fn structure_name(op: &Operation, media: &Media) -> Ident {
    let one = op.body.as_ref().is_some_and(|b| b.content.len() == 1);
    if one { type_name(op) } else { format_ident!("{}{}Body", op.type_name, media.name) }
}

fn structure(api: &Api, op: &Operation, media: &Media) -> Result<TokenStream, Diagnostics> {
    match &media.payload {
        Payload::Multipart(parts) => Ok(multipart(api, op, media, parts)),
        Payload::Form(members) => Ok(form(api, op, media, members)),
        Payload::EventStream(_) => {
            let message = format!("`{}` takes a stream of events as its request body", op.id);
            Err(Diagnostics::one(Diagnostic::new(Code::UnsupportedMedia, Place::default(), message)))
        }
        Payload::Json(_) | Payload::Text(_) | Payload::Bytes => Ok(TokenStream::new()),
    }
}

fn form(api: &Api, op: &Operation, media: &Media, members: &[Param]) -> TokenStream {
    let name = structure_name(op, media);
    let doc = names::doc(&format!("The urlencoded body of `{}`.", op.id));
    let part = quote!(crate::support::RequestPart::Body);
    params::structure(api, &name, &doc, members, "Member", &part)
}

fn multipart(api: &Api, op: &Operation, media: &Media, parts: &[Part]) -> TokenStream {
    let name = structure_name(op, media);
    let doc = names::doc(&format!("The parts of the body of `{}`.", op.id));
    let fields = parts.iter().map(|part| {
        let doc = names::doc(&format!("Part `{}`.", part.field.wire));
        let name = names::ident(&part.field.name);
        let ty = part_type(api, part);
        let ty = if part.field.required { ty } else { quote!(Option<#ty>) };
        quote!(#doc pub #name: #ty)
    });
    let reads = parts.iter().map(|part| read_part(api, part));
    let rest = is_closed(api, media).then(|| quote!(__decoder.nothing_else(__parts);));
    let set = parts.iter().map(|part| {
        let name = names::ident(&part.field.name);
        quote!(#name: #name?)
    });
    quote! {
        #doc
        #[derive(Clone, Debug)]
        pub struct #name { #(#fields,)* }

        impl #name {
            fn read(__decoder: &mut crate::support::Decoder<'_>, mut __parts: crate::support::Parts) -> Option<Self> {
                #(#reads)*
                #rest
                Some(Self { #(#set),* })
            }
        }
    }
}

fn part_type(api: &Api, part: &Part) -> TokenStream {
    match part.kind {
        PartKind::File if is_list(api, part) => quote!(Vec<crate::support::FilePart>),
        PartKind::File => quote!(crate::support::FilePart),
        PartKind::Text | PartKind::Json => names::ty_tokens(api, &part.field.value),
    }
}

fn read_part(api: &Api, part: &Part) -> TokenStream {
    let name = names::ident(&part.field.name);
    let wire = &part.field.wire;
    let rules = rules::tokens(api, &part.field.value);
    let read = match part.kind {
        PartKind::File if is_list(api, part) => quote!(__decoder.files(&mut __parts, #wire, #rules)),
        PartKind::File => quote!(__decoder.file(&mut __parts, #wire, #rules)),
        PartKind::Text if is_list(api, part) => quote!(__decoder.text_parts(&mut __parts, #wire, #rules)),
        PartKind::Text => quote!(__decoder.text_part(&mut __parts, #wire, #rules)),
        PartKind::Json => quote!(__decoder.json_part(&mut __parts, #wire, #rules)),
    };
    if part.field.required {
        quote!(let #name = #read; let #name = __decoder.needed(#wire, #name);)
    } else {
        quote!(let #name = #read;)
    }
}

/// Whether the object that describes a form allows no other parts than those it names.
fn is_closed(api: &Api, media: &Media) -> bool {
    let described_by = media.described_by.as_ref().and_then(|id| api.get(id));
    let closed = |kind: &Kind| matches!(kind, Kind::Struct(s) if s.additional == Additional::Closed);
    described_by.is_some_and(|def| closed(&def.kind))
}

fn is_list(api: &Api, part: &Part) -> bool {
    matches!(api.resolve(&part.field.value).ty, Ty::Array(_))
}

fn alternatives(api: &Api, op: &Operation, body: &Body) -> TokenStream {
    let name = type_name(op);
    let doc = names::doc(&format!("The body of `{}`, by its media type.", op.id));
    let variants = body.content.iter().map(|media| {
        let doc = names::doc(&format!("`{}`.", media.media_type));
        let name = names::ident(&media.name);
        let ty = payload(api, op, media);
        quote!(#doc #name(#ty))
    });
    quote! {
        #doc
        #[derive(Debug)]
        pub enum #name { #(#variants,)* }
    }
}
