//! The facts of each operation as data, for the core and for tools.

use super::{module_of, static_name};
use crate::emit::names;
use crate::ir::{Api, Operation, Response, Security, Status};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// The static that holds the facts of an operation.
pub(super) fn info(operation: &Operation) -> TokenStream {
    let name = static_name(operation);
    let (id, path, deprecated) = (&operation.id, &operation.path, operation.deprecated);
    let method = names::ident(operation.method.as_str());
    let products = &operation.products;
    let responses = operation.responses.iter().flat_map(|response| responses(operation, response));
    let security = security(&operation.security);
    let accept = accept(operation);
    quote! {
        pub(crate) static #name: support::OperationInfo = support::OperationInfo {
            id: #id,
            method: support::Method::#method,
            path: #path,
            products: &[#(#products),*],
            security: #security,
            responses: &[#(#responses),*],
            accept: #accept,
            deprecated: #deprecated,
        };
    }
}

/// The facts of a response. One that is for all other statuses, and the only success, is one of 2xx
/// and one of the others.
fn responses(operation: &Operation, response: &Response) -> Vec<TokenStream> {
    let types: Vec<_> = response.content.iter().map(|media| &media.media_type).collect();
    let info = |(first, last): (u16, u16)| {
        let (first, last) = (Literal::u16_unsuffixed(first), Literal::u16_unsuffixed(last));
        quote!(support::ResponseInfo::range((#first, #last), &[#(#types),*]))
    };
    if let Some(status) = response.status.one() {
        let status = Literal::u16_unsuffixed(status);
        return vec![quote!(support::ResponseInfo::new(#status, &[#(#types),*]))];
    }
    let hoped_for =
        response.status == Status::Other && operation.successes().any(|r| r.status == Status::Other);
    let success = hoped_for.then(|| info((200, 299)));
    success.into_iter().chain([info(response.status.range())]).collect()
}

fn security(security: &Security) -> TokenStream {
    let Security::Required(alternatives) = security else { return quote!(&[]) };
    let alternatives = alternatives.iter().map(|schemes| {
        let schemes =
            schemes.iter().map(|(name, scopes)| quote!(support::SchemeInfo::new(#name, &[#(#scopes),*])));
        quote!(&[#(#schemes),*])
    });
    quote!(&[#(#alternatives),*])
}

/// What is asked for: the media types of successes; JSON by name, in which Meshery explains its
/// errors; text, in which the contract has them; and, rather than nothing, anything.
fn accept(operation: &Operation) -> String {
    let mut types: Vec<&str> = Vec::new();
    for response in operation.successes() {
        types.extend(response.content.iter().map(|media| media.media_type.as_str()));
    }
    types.push("application/json");
    let mut seen = std::collections::BTreeSet::new();
    types.retain(|media_type| seen.insert(*media_type));
    let text = if seen.contains("text/plain") { "" } else { ", text/plain;q=0.5" };
    format!("{}{text}, */*;q=0.1", types.join(", "))
}

/// The list of all operations.
pub(super) fn list(api: &Api) -> TokenStream {
    let all = api.operations.iter().enumerate().filter_map(|(index, operation)| {
        let (module, name) = (module_of(api, index)?, static_name(operation));
        let cfg = names::cfg(api.features(module, &operation.products));
        let module = names::ident(module);
        Some(quote!(#cfg &super::ops::#module::#name,))
    });
    quote! {
        use crate::support;

        /// Every operation that is built in, by path, then method.
        pub static OPERATIONS: &[&support::OperationInfo] = &[#(#all)*];
    }
}
