//! The facts of an operation as a static.

use super::super::names;
use super::arguments;
use crate::ir::{Media, Method, Operation, Payload, Response, Security, Status};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use std::collections::BTreeSet;

/// The name of the static of an operation: `GET_WORKSPACES`.
pub(super) fn name(op: &Operation) -> Ident {
    format_ident!("{}", op.name.trim_start_matches("r#").to_uppercase())
}

/// `pub static GET_WORKSPACES: OperationInfo = ...;`
pub(super) fn item(op: &Operation) -> TokenStream {
    let doc = names::doc(&format!("The facts of `{}`.", op.id));
    let name = name(op);
    let id = &op.id;
    let method = method(op.method);
    let path = &op.path;
    let group = &op.tag;
    let products = &op.products;
    let products = products.iter();
    let security = security(&op.security);
    let query = op.query_params.iter().map(|p| &p.wire);
    let body = body(op);
    let produces = produces(op);
    let websocket = op.is_websocket();
    let deprecated = op.deprecated;
    let check = arguments::check(op);
    let takes = arguments::takes(op);
    quote! {
        #doc
        pub static #name: crate::support::OperationInfo = crate::support::OperationInfo {
            id: #id,
            method: crate::support::Method::#method,
            path: #path,
            group: #group,
            products: &[#(#products),*],
            security: #security,
            query: &[#(#query),*],
            body: #body,
            produces: &[#(#produces),*],
            websocket: #websocket,
            deprecated: #deprecated,
            check: #check,
            takes: #takes,
        };
    }
}

fn method(method: Method) -> Ident {
    format_ident!("{}", method.as_str())
}

fn security(security: &Security) -> TokenStream {
    let Security::Required(alternatives) = security else {
        return quote!(crate::support::Security::Public);
    };
    let alternatives = alternatives.iter().map(|schemes| {
        let schemes = schemes
            .iter()
            .map(|(name, scopes)| quote!(crate::support::SchemeInfo::new(#name, &[#(#scopes),*])));
        quote!(&[#(#schemes),*])
    });
    quote!(crate::support::Security::Required(&[#(#alternatives),*]))
}

fn body(op: &Operation) -> TokenStream {
    let Some(body) = &op.body else { return quote!(None) };
    let required = body.required;
    let accepts = body.content.iter().map(|media| {
        let (media_type, kind) = (&media.media_type, kind(media));
        quote!(crate::support::MediaInfo::new(#media_type, crate::support::MediaKind::#kind))
    });
    quote!(Some(crate::support::BodyInfo { required: #required, accepts: &[#(#accepts),*] }))
}

/// How the media type of a request body is read.
fn kind(media: &Media) -> Ident {
    let name = match media.payload {
        Payload::Json(_) => "Json",
        Payload::Text(_) | Payload::EventStream(_) => "Text",
        Payload::Bytes => "Bytes",
        Payload::Multipart(_) => "Multipart",
        Payload::Form(_) => "Form",
    };
    format_ident!("{name}")
}

/// The media types of all successful responses. One that may come without a body is nothing that a
/// caller could refuse: then the list is empty.
fn produces(op: &Operation) -> BTreeSet<&str> {
    let successes: Vec<_> = op.responses.iter().filter(|r| !r.status.is_error()).collect();
    // What is for all other statuses is an error where there is a success beside it.
    let successes = successes.iter().filter(|r| r.status != Status::Other || successes.len() == 1);
    let any = |r: &Response| r.content.is_empty() || r.content.iter().any(|m| m.media_type.contains('*'));
    if successes.clone().any(|r| any(r)) {
        return BTreeSet::new();
    }
    successes.flat_map(|r| &r.content).map(|m| m.media_type.as_str()).collect()
}
