//! Failures that say something typed: the documented bodies in JSON of responses that are none of the
//! successes. Those that are text need no type.

use super::static_name;
use crate::emit::names;
use crate::ir::{Api, Operation, Payload, Response, Use};
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

/// The failures of an operation whose body is JSON, with what it is.
pub(crate) fn typed(operation: &Operation) -> Vec<(&Response, &Use)> {
    let success = |response: &Response| operation.successes().any(|other| other.status == response.status);
    let failures = operation.responses.iter().filter(|response| !success(response));
    let typed = failures.filter_map(|response| {
        let body = response.content.iter().find_map(|media| match &media.payload {
            Payload::Json(body) => Some(body),
            _ => None,
        });
        Some((response, body?))
    });
    typed.collect()
}

/// The enumeration of them, which is made of an error; nothing where there are none.
pub(super) fn enumeration(api: &Api, operation: &Operation, cfg: &TokenStream) -> Option<TokenStream> {
    let failures = typed(operation);
    if failures.is_empty() {
        return None;
    }
    let name = format_ident!("{}Failure", operation.type_name);
    let about = names::doc(&format!("What failures of `{}` say, where it is documented.", operation.id));
    let variants = failures.iter().map(|(response, body)| {
        let (variant, body) = (names::ident(&response.name), names::ty_tokens(api, body));
        let doc = names::doc(&format!("Status {}.", response.status));
        quote!(#doc #variant(#body),)
    });
    let arms = failures.iter().map(|(response, _)| {
        let variant = names::ident(&response.name);
        let (first, last) = response.status.range();
        let (low, high) = (Literal::u16_unsuffixed(first), Literal::u16_unsuffixed(last));
        let statuses = if first == last { quote!(#low) } else { quote!(#low..=#high) };
        quote!(#statuses => failure.body.json().ok().map(Self::#variant),)
    });
    let facts = static_name(operation);
    Some(quote! {
        #about
        #cfg
        #[derive(Clone, Debug)]
        pub enum #name { #(#variants)* }

        #cfg
        impl #name {
            /// What an error says, if it is one of these, and its body is what is documented.
            #[must_use]
            pub fn of(error: &support::Error) -> Option<Self> {
                let failure = error.documented(&#facts)?;
                match failure.status.as_u16() {
                    #(#arms)*
                    _ => None,
                }
            }
        }
    })
}
