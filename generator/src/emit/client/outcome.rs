//! What comes back: the type of a success, and the code that makes it of a response.

use super::shape::{Outcome, Success};
use crate::emit::names;
use crate::ir::{Api, Operation, Payload, Ty};
use crate::media::{essence, params};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};
use std::cmp::Reverse;

/// The method that sends, and the enumeration of successes where there are several.
pub(super) struct Sending {
    pub(super) send: TokenStream,
    pub(super) outcome: Option<TokenStream>,
}

pub(super) fn sending(api: &Api, operation: &Operation, kind: &Outcome<'_>) -> Sending {
    let (body, code, outcome) = match kind {
        Outcome::WebSocket => (quote!(support::WebSocket), quote!(self.call.upgrade().await), None),
        Outcome::One(success) => {
            let (body, code) = one(api, success);
            (body, code, None)
        }
        Outcome::Several(successes) => {
            let name = format_ident!("{}Outcome", operation.type_name);
            let code = several(&name, successes);
            (quote!(#name), code, Some(enumeration(api, operation, &name, successes)))
        }
    };
    let cfg = matches!(kind, Outcome::WebSocket).then(|| quote!(#[cfg(feature = "net")]));
    let send = quote! {
        /// Sends the call.
        ///
        /// # Errors
        /// Everything but a documented success: see [`Error`](crate::Error).
        #cfg
        pub async fn send(self) -> Result<support::Response<#body>, support::Error> {
            #code
        }
    };
    Sending { send, outcome }
}

/// The type and the code of a success that is the only one.
fn one(api: &Api, success: &Success<'_>) -> (TokenStream, TokenStream) {
    let Some(media) = success.media else {
        return (quote!(()), quote!(Ok(self.call.execute().await?.empty())));
    };
    match &media.payload {
        Payload::Json(value) => (names::ty_tokens(api, value), quote!(self.call.execute().await?.json())),
        Payload::Text(_) => (quote!(String), quote!(self.call.execute().await?.text())),
        Payload::EventStream(value) if api.resolve(value).ty == Ty::String => (
            quote!(support::EventStream<String>),
            quote!(Ok(support::EventStream::text(self.call.open().await?))),
        ),
        Payload::EventStream(value) => {
            let item = names::ty_tokens(api, value);
            (
                quote!(support::EventStream<#item>),
                quote!(Ok(support::EventStream::json(self.call.open().await?))),
            )
        }
        Payload::Bytes | Payload::Form(_) | Payload::Multipart(_) => {
            (quote!(support::Download), quote!(Ok(support::Download::response(self.call.open().await?))))
        }
    }
}

/// The code that tells several successes apart, by status, then by media type. One that is none of
/// those of its status is read as the first of them.
fn several(name: &Ident, successes: &[Success<'_>]) -> TokenStream {
    let statuses: Vec<_> = successes.chunk_by(|a, b| a.response.status == b.response.status).collect();
    let arms = statuses.iter().enumerate().flat_map(|(index, of_status)| {
        // A success that is not documented does not come here: the last status takes the rest.
        let status = if index + 1 == statuses.len() {
            quote!(_)
        } else {
            let (first, last) = of_status[0].response.status.range();
            let (low, high) = (Literal::u16_unsuffixed(first), Literal::u16_unsuffixed(last));
            if first == last { quote!(#low) } else { quote!(#low..=#high) }
        };
        // What states more parameters is asked for before what states fewer.
        let mut others: Vec<_> = of_status[1..].iter().collect();
        others.sort_by_key(|success| Reverse(success.media.map_or(0, |m| params(&m.media_type).count())));
        let others = others.into_iter().map(|success| {
            let (media_type, value) = (asked(success, of_status), variant_value(name, success));
            quote!(#status if raw.is(#media_type) => #value,)
        });
        let first = variant_value(name, &of_status[0]);
        let first = quote!(#status => #first,);
        others.chain([first]).collect::<Vec<_>>()
    });
    quote! {
        let raw = self.call.execute().await?;
        let body = match raw.status() { #(#arms)* };
        Ok(raw.with(body))
    }
}

/// The media type that a success is told from others of its status by: its parameters only where they
/// tell it from another.
fn asked(success: &Success<'_>, of_status: &[Success<'_>]) -> Option<String> {
    let own = &success.media?.media_type;
    let same =
        |other: &&Success<'_>| other.media.is_some_and(|media| essence(&media.media_type) == essence(own));
    Some(if of_status.iter().filter(same).count() > 1 { own.clone() } else { essence(own) })
}

fn variant_value(name: &Ident, success: &Success<'_>) -> TokenStream {
    let variant = names::ident(&success.name);
    match success.media.map(|media| &media.payload) {
        None => quote!(#name::#variant),
        Some(Payload::Json(_)) => quote!(#name::#variant(raw.decode()?)),
        Some(Payload::Text(_) | Payload::EventStream(_)) => quote!(#name::#variant(raw.decode_text()?)),
        Some(Payload::Bytes | Payload::Form(_) | Payload::Multipart(_)) => {
            quote!(#name::#variant(raw.body.clone()))
        }
    }
}

fn enumeration(api: &Api, operation: &Operation, name: &Ident, successes: &[Success<'_>]) -> TokenStream {
    let about = format!("How `{}` can succeed.", operation.id);
    let about = names::doc(&about);
    let variants = successes.iter().map(|success| {
        let variant = names::ident(&success.name);
        let body = success.media.map(|media| {
            let body = match &media.payload {
                Payload::Json(value) => names::ty_tokens(api, value),
                Payload::Text(_) | Payload::EventStream(_) => quote!(String),
                _ => quote!(support::Bytes),
            };
            quote!((#body))
        });
        let media_type = success.media.map_or("no body".to_owned(), |m| names::code(&m.media_type));
        let doc = names::doc(&format!("Status {}: {media_type}.", success.response.status));
        quote!(#doc #variant #body)
    });
    quote! {
        #about
        #[derive(Clone, Debug)]
        pub enum #name { #(#variants,)* }
    }
}
