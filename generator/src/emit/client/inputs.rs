//! The values of a request: their Rust types, and the code that puts them in.

use super::shape::{Input, Passing, Place, plain};
use crate::emit::names;
use crate::ir::{Api, PartKind, Payload, Ty, Writing};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// The type of an argument.
pub(super) fn argument_type(api: &Api, input: &Input<'_>) -> TokenStream {
    match (&input.passing, input.value) {
        (Passing::Reference, Some(value)) => match api.resolve(value).ty {
            Ty::String => quote!(&str),
            // A slice takes what a reference to a vector does, and more.
            Ty::Array(items) if !value.nullable => {
                let items = names::ty_tokens(api, &items);
                quote!(&[#items])
            }
            _ => {
                let ty = names::ty_tokens(api, value);
                quote!(&#ty)
            }
        },
        (passing, _) => passing_type(api, passing),
    }
}

fn passing_type(api: &Api, passing: &Passing) -> TokenStream {
    match passing {
        Passing::Text => quote!(&str),
        Passing::Copy(ty) | Passing::Enum(ty) => names::ty_tokens(api, &plain(ty)),
        Passing::List(item) => {
            let item = match &**item {
                Passing::Text => quote!(impl AsRef<str>),
                Passing::File => quote!(support::FilePart),
                item => passing_type(api, item),
            };
            quote!(impl IntoIterator<Item = #item>)
        }
        // Only parameters that `lower` refuses come here.
        Passing::Reference => quote!(&serde_json::Value),
        Passing::Upload => quote!(impl Into<support::Upload>),
        Passing::File => quote!(impl Into<support::FilePart>),
    }
}

/// The statement that puts a value into `call`, by an expression for the call.
pub(super) fn put(input: &Input<'_>, call: &TokenStream) -> TokenStream {
    let name = names::ident(&input.name);
    let wire = input.wire;
    let (one, list) = match input.place {
        Place::Path if matches!(input.passing, Passing::List(_)) => {
            let values = texts(&input.passing, &name);
            return quote!(#call.path_list(&#values););
        }
        Place::Path => {
            let text = text(&input.passing, &name);
            return quote!(#call.path(#text););
        }
        Place::Query { writing: Writing::Json, .. } => return quote!(#call.query_json(#wire, #name);),
        Place::Query { writing: Writing::Deep, .. } => return quote!(#call.query_object(#wire, #name);),
        Place::Query { writing: Writing::Spread, .. } => return quote!(#call.query_spread(#wire, #name);),
        Place::Query { writing: Writing::Spaces, explode: false } => return joined(call, input, &name, ' '),
        Place::Query { writing: Writing::Bars, explode: false } => return joined(call, input, &name, '|'),
        Place::Query { explode, .. } => {
            let values = texts(&input.passing, &name);
            (quote!(query), quote!(#call.query_list(#wire, #values, #explode);))
        }
        Place::Header => (quote!(header), list(call, &quote!(header_list), input, &name)),
        Place::Cookie => (quote!(cookie), list(call, &quote!(cookie_list), input, &name)),
        Place::Form { explode } => {
            let values = texts(&input.passing, &name);
            (quote!(form), quote!(#call.form_list(#wire, #values, #explode);))
        }
        Place::Part(kind) => return part(input, kind, call, &name),
        Place::Body(media) => return body(&media.payload, &media.media_type, call, &name),
    };
    if matches!(input.passing, Passing::List(_)) {
        return list;
    }
    let text = text(&input.passing, &name);
    quote!(#call.#one(#wire, #text);)
}

fn joined(call: &TokenStream, input: &Input<'_>, name: &Ident, separator: char) -> TokenStream {
    let (wire, values) = (input.wire, texts(&input.passing, name));
    quote!(#call.query_joined(#wire, #values, #separator);)
}

fn list(call: &TokenStream, method: &TokenStream, input: &Input<'_>, name: &Ident) -> TokenStream {
    let (wire, values) = (input.wire, texts(&input.passing, name));
    quote!(#call.#method(#wire, #values);)
}

fn part(input: &Input<'_>, kind: PartKind, call: &TokenStream, name: &Ident) -> TokenStream {
    let wire = input.wire;
    match (kind, &input.passing) {
        (PartKind::File, Passing::List(_)) => {
            quote!(#call.part_files(#wire, #name.into_iter().collect());)
        }
        (PartKind::File, _) => quote!(#call.part_files(#wire, vec![#name.into()]);),
        (PartKind::Text, Passing::List(_)) => {
            let values = texts(&input.passing, name);
            quote!(#call.part_texts(#wire, #values);)
        }
        (PartKind::Text, _) => {
            let text = text(&input.passing, name);
            quote!(#call.part_text(#wire, #text);)
        }
        (PartKind::Json, _) => quote!(#call.part_json(#wire, #name);),
    }
}

fn body(payload: &Payload, media_type: &str, call: &TokenStream, name: &Ident) -> TokenStream {
    match payload {
        Payload::Json(_) => quote!(#call.json(#media_type, #name);),
        Payload::Text(_) | Payload::EventStream(_) => quote!(#call.text(#media_type, #name);),
        Payload::Bytes | Payload::Form(_) | Payload::Multipart(_) => {
            let media_type = names::concrete(media_type);
            quote!(#call.upload(#media_type, #name.into());)
        }
    }
}

/// A value as text: a `Cow<str>`.
fn text(passing: &Passing, name: &Ident) -> TokenStream {
    match passing {
        Passing::Text => quote!(support::Cow::Borrowed(#name)),
        Passing::Reference => quote!(support::render(#name)),
        _ => quote!(support::render(&#name)),
    }
}

/// Values as texts: a `Vec<String>`.
fn texts(passing: &Passing, name: &Ident) -> TokenStream {
    match passing {
        Passing::List(item) if **item == Passing::Text => quote!(support::texts(#name)),
        _ => quote!(support::rendered(#name)),
    }
}
