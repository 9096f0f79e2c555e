//! The builders: one per operation, whatever the products that have it.

use super::shape::{BodyStart, Input, Shape, shape};
use super::{docs, failures, info, inputs, outcome, pages, static_name};
use crate::emit::names;
use crate::ir::{Api, Operation};
use proc_macro2::TokenStream;
use quote::quote;

/// The module of a group of operations.
pub(super) fn module(api: &Api, module: &str, operations: &[&Operation]) -> TokenStream {
    let builders = operations.iter().map(|operation| builder(api, module, operation));
    quote! {
        use crate::support;

        #(#builders)*
    }
}

/// The facts, the builder and the outcome of an operation.
fn builder(api: &Api, module: &str, operation: &Operation) -> TokenStream {
    let shape = shape(api, operation);
    let cfg = names::cfg_within(api, module, &operation.products);
    let name = names::ident(&operation.type_name);
    let about = names::doc(&format!("{}\n\n{}", docs::operation(operation), docs::responses(operation)));
    let info = info::info(operation);
    let new = new(api, operation, &shape);
    let setters = shape.setters.iter().map(|input| setter(api, input));
    let outcome::Sending { send, outcome } = outcome::sending(api, operation, &shape.outcome);
    let outcome = outcome.map(|outcome| quote!(#cfg #outcome));
    let pages = pages::methods(api, operation);
    let failures = failures::enumeration(api, operation, &cfg);
    quote! {
        #cfg
        #info

        #about
        #cfg
        #[derive(Debug)]
        #[must_use = "a call does nothing until it is sent"]
        pub struct #name<'a> {
            call: support::Call<'a>,
        }

        #cfg
        impl<'a> #name<'a> {
            #new
            #(#setters)*
            #send
            #pages
        }

        #outcome
        #failures
    }
}

/// The constructor, which takes what must be there.
fn new(api: &Api, operation: &Operation, shape: &Shape<'_>) -> TokenStream {
    let facts = static_name(operation);
    let arguments = arguments(api, &shape.arguments);
    let call = quote!(call);
    let puts = shape.arguments.iter().map(|input| inputs::put(input, &call));
    let start = match shape.body {
        BodyStart::Nothing => TokenStream::new(),
        BodyStart::Required => quote!(call.require_body();),
        BodyStart::Parts => quote!(call.begin_parts();),
        BodyStart::Form => quote!(call.begin_form();),
    };
    let mutable = (!shape.arguments.is_empty() || !start.is_empty()).then(|| quote!(mut));
    quote! {
        pub(crate) fn new(core: &'a support::Core, #arguments) -> Self {
            let #mutable call = support::Call::new(core, &#facts);
            #start
            #(#puts)*
            Self { call }
        }
    }
}

/// The arguments with their types, as they are declared.
pub(super) fn arguments(api: &Api, arguments: &[Input<'_>]) -> TokenStream {
    let arguments = arguments.iter().map(|input| {
        let (name, ty) = (names::ident(&input.name), inputs::argument_type(api, input));
        quote!(#name: #ty)
    });
    quote!(#(#arguments),*)
}

fn setter(api: &Api, input: &Input<'_>) -> TokenStream {
    let (name, ty) = (names::ident(&input.name), inputs::argument_type(api, input));
    let about = names::doc(&docs::input(api, input));
    let put = inputs::put(input, &quote!(self.call));
    let deprecated = names::deprecated(input.deprecated);
    quote! {
        #about
        #deprecated
        pub fn #name(mut self, #name: #ty) -> Self {
            #put
            self
        }
    }
}
