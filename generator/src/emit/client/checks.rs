//! What the body of each response must be, as functions: for who passes responses on as they came,
//! and wants to know whether they are what the contract says.

use super::{module_of, static_name};
use crate::emit::{names, rules};
use crate::ir::{Api, Media, Operation, Payload, Response, Use};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// The table of all operations.
pub(super) fn list(api: &Api) -> TokenStream {
    let all = api.operations.iter().enumerate().filter_map(|(index, operation)| {
        let (module, name) = (module_of(api, index)?, static_name(operation));
        let cfg = names::cfg(api.features(module, &operation.products));
        let module = names::ident(module);
        let responses = responses(api, operation);
        Some(quote!(#cfg (&super::ops::#module::#name, &[#(#responses),*]),))
    });
    quote! {
        use crate::support;

        /// Every operation that is built in, with its responses.
        pub(crate) static CHECKS: &[(&support::OperationInfo, &[support::ResponseCheck])] = &[#(#all)*];
    }
}

/// Those for one status before those for several, which are for what is left.
fn responses(api: &Api, operation: &Operation) -> Vec<TokenStream> {
    let mut all: Vec<_> = operation.responses.iter().collect();
    all.sort_by_key(|response| {
        let (first, last) = response.status.range();
        last - first
    });
    all.into_iter().map(|response| check(api, response)).collect()
}

fn check(api: &Api, response: &Response) -> TokenStream {
    let (first, last) = response.status.range();
    let (first, last) = (Literal::u16_unsuffixed(first), Literal::u16_unsuffixed(last));
    let bodies = response.content.iter().map(|media| body(api, media));
    let headers = response.headers.iter().filter(|header| header.required).map(|header| &header.wire);
    quote!(support::ResponseCheck::new((#first, #last), &[#(#headers),*], &[#(#bodies),*]))
}

fn body(api: &Api, media: &Media) -> TokenStream {
    let media_type = &media.media_type;
    let checked = |used: &Use| {
        let (ty, rules) = (names::ty_tokens(api, used), rules::tokens(api, used));
        quote!(|body| support::checked::<#ty>(body, #rules))
    };
    let kind = match &media.payload {
        Payload::Json(used) => {
            let check = checked(used);
            quote!(support::BodyCheck::Json(#check))
        }
        Payload::EventStream(used) => {
            let check = checked(used);
            quote!(support::BodyCheck::Events(#check))
        }
        Payload::Text(_) => quote!(support::BodyCheck::Text),
        Payload::Bytes | Payload::Multipart(_) | Payload::Form(_) => quote!(support::BodyCheck::Bytes),
    };
    quote!((#media_type, #kind))
}
