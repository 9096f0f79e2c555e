//! The arguments of an operation: what they are, and the function that reads them all.

use super::super::names;
use super::body;
use super::info;
use super::params::Place;
use crate::ir::{Api, Operation};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

/// One argument of a trait method, after the context.
pub(super) struct Argument {
    /// Its name.
    pub(super) name: Ident,
    /// Its type, as it is called in the module of the operation.
    pub(super) ty: TokenStream,
    /// An expression that reads it, as an `Option`.
    read: TokenStream,
}

/// The arguments of an operation, in their order: a part that it does not have is none.
pub(super) fn of(api: &Api, op: &Operation) -> Vec<Argument> {
    let places = Place::ALL.into_iter().filter(|place| !place.of(op).is_empty());
    let mut all: Vec<_> = places
        .map(|place| {
            let ty = place.type_name(op);
            let read = quote!(#ty::read(&mut decoder));
            Argument { name: place.argument(), ty: quote!(#ty), read }
        })
        .collect();
    if let Some(body) = &op.body {
        let (ty, read) = (body::argument(api, op, body), body::read(api, op, body));
        all.push(Argument { name: format_ident!("body"), ty, read });
    }
    all
}

/// What finds out whether a request is what the contract asks for, and does nothing else.
pub(super) fn check(op: &Operation) -> TokenStream {
    if op.params().next().is_none() && op.body.is_none() {
        return quote!(crate::support::Check::NOTHING);
    }
    let name = names::ident(&op.name);
    // An operation may be called `head` or `drop`.
    quote!(crate::support::Check::new(|__head, __input| #name(__head, __input).map(|_| ())))
}

/// What finds out whether each path parameter of a request is a value that it may have.
pub(super) fn takes(op: &Operation) -> TokenStream {
    if Place::Path.of(op).is_empty() {
        return quote!(crate::support::Takes::ANYTHING);
    }
    let (info, path) = (info::name(op), Place::Path.type_name(op));
    quote!(crate::support::Takes::new(|head| {
        #path::read(&mut crate::support::Decoder::of_path(&#info, head)).is_some()
    }))
}

/// The function that reads the arguments of an operation; nothing where it has none.
pub(super) fn item(api: &Api, op: &Operation) -> TokenStream {
    let arguments = of(api, op);
    if arguments.is_empty() {
        return TokenStream::new();
    }
    let info = info::name(op);
    let name = names::ident(&op.name);
    let names: Vec<_> = arguments.iter().map(|a| &a.name).collect();
    let types = arguments.iter().map(|a| &a.ty);
    let reads = arguments.iter().map(|a| {
        let (name, read) = (&a.name, &a.read);
        quote!(let #name = #read;)
    });
    let finish = match names.as_slice() {
        [one] => quote!(decoder.finish(#one)),
        _ => quote! {
            let arguments = match (#(#names),*) {
                (#(Some(#names)),*) => Some((#(#names),*)),
                _ => None,
            };
            decoder.finish(arguments)
        },
    };
    let tuple = if names.len() == 1 { quote!(#(#types)*) } else { quote!((#(#types),*)) };
    quote! {
        pub(crate) fn #name(
            head: &crate::support::Head,
            input: crate::support::Input,
        ) -> Result<#tuple, crate::support::Rejection> {
            let mut decoder = crate::support::Decoder::new(&#info, head, input);
            #(#reads)*
            #finish
        }
    }
}
