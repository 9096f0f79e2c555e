//! `mock/`: what a handler does: it takes down its arguments and answers by the script.

use crate::emit::{names, rules};
use crate::ir::{Api, Body, Media, Operation, Param, PartKind, Payload, Response, Ty};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

/// The functions of a group's operations.
pub(super) fn module(api: &Api, module: &str, operations: &[&Operation]) -> TokenStream {
    let functions = operations.iter().map(|op| function(api, module, op));
    quote! {
        use crate::drive::{Heard, Mock, answered};

        #(#functions)*
    }
}

/// Where the server's types of an operation are: in the group of any product that has it.
pub(super) fn path(api: &Api, module: &str, op: &Operation) -> TokenStream {
    let product = api.products.iter().find(|product| op.products.contains(&product.name));
    let product = names::ident(product.map_or("", |product| &product.name));
    let module = names::ident(module);
    quote!(meshery_server::#product::#module)
}

/// The arguments of a trait method: their names and types.
pub(super) fn arguments(api: &Api, path: &TokenStream, op: &Operation) -> Vec<(Ident, TokenStream)> {
    let places = [
        ("path", "Path", &op.path_params),
        ("query", "Query", &op.query_params),
        ("headers", "Headers", &op.header_params),
        ("cookies", "Cookies", &op.cookie_params),
    ];
    let mut all: Vec<_> = places
        .into_iter()
        .filter(|(.., params)| !params.is_empty())
        .map(|(name, suffix, _)| {
            let ty = format_ident!("{}{suffix}", op.type_name);
            (format_ident!("{name}"), quote!(#path::#ty))
        })
        .collect();
    if let Some(body) = &op.body {
        let ty = match body.content.as_slice() {
            [media] => payload_type(api, path, op, media),
            _ => {
                let name = format_ident!("{}Body", op.type_name);
                quote!(#path::#name)
            }
        };
        let ty = if body.required { ty } else { quote!(Option<#ty>) };
        all.push((format_ident!("body"), ty));
    }
    all
}

fn payload_type(api: &Api, path: &TokenStream, op: &Operation, media: &Media) -> TokenStream {
    match &media.payload {
        Payload::Json(used) | Payload::Text(used) | Payload::EventStream(used) => names::ty_tokens(api, used),
        Payload::Bytes => quote!(meshery_server::ByteStream),
        Payload::Multipart(_) | Payload::Form(_) => {
            let one = op.body.as_ref().is_some_and(|body| body.content.len() == 1);
            let infix = if one { "" } else { &media.name };
            let name = format_ident!("{}{infix}Body", op.type_name);
            quote!(#path::#name)
        }
    }
}

fn function(api: &Api, module: &str, op: &Operation) -> TokenStream {
    let path = path(api, module, op);
    let name = names::ident(&op.name);
    let id = &op.id;
    let arguments = arguments(api, &path, op);
    let declared = arguments.iter().map(|(name, ty)| quote!(#name: #ty));
    let mut take = TokenStream::new();
    for (place, params) in [
        ("path", &op.path_params),
        ("query", &op.query_params),
        ("headers", &op.header_params),
        ("cookies", &op.cookie_params),
    ] {
        take.extend(params.iter().map(|param| taken(place, param)));
    }
    if let Some(body) = &op.body {
        take.extend(taken_body(api, &path, op, body));
    }
    let mutable = (!take.is_empty()).then(|| quote!(mut));
    let response = format_ident!("{}Response", op.type_name);
    let arms = op.responses.iter().flat_map(|r| answers(api, &path, &response, r));
    quote! {
        pub(crate) async fn #name(mock: &Mock, #(#declared),*) -> #path::#response {
            let #mutable heard = Heard::new(#id);
            #take
            let answer = mock.answer(heard);
            match answer.key() {
                #(#arms)*
                _ => answer.unknown(#id),
            }
        }
    }
}

fn taken(place: &str, param: &Param) -> TokenStream {
    let (place, wire, name) = (format_ident!("{place}"), &param.wire, names::ident(&param.name));
    quote!(heard.#place(#wire, &#place.#name);)
}

fn taken_body(api: &Api, path: &TokenStream, op: &Operation, body: &Body) -> TokenStream {
    let taken = match body.content.as_slice() {
        [media] => taken_media(api, media),
        several => {
            let name = format_ident!("{}Body", op.type_name);
            let arms = several.iter().map(|media| {
                let variant = names::ident(&media.name);
                let taken = taken_media(api, media);
                quote!(#path::#name::#variant(body) => { #taken })
            });
            quote!(match body { #(#arms)* })
        }
    };
    if body.required { taken } else { quote!(if let Some(body) = body { #taken }) }
}

fn taken_media(api: &Api, media: &Media) -> TokenStream {
    let media_type = &media.media_type;
    match &media.payload {
        Payload::Json(_) | Payload::Text(_) | Payload::EventStream(_) => {
            quote!(heard.body(#media_type, &body);)
        }
        Payload::Bytes => quote!(heard.bytes(#media_type, body).await;),
        Payload::Form(params) => {
            let parts = params.iter().map(|param| {
                let (wire, name) = (&param.wire, names::ident(&param.name));
                quote!(heard.part(#media_type, #wire, &body.#name);)
            });
            quote!(#(#parts)*)
        }
        Payload::Multipart(parts) => {
            let parts = parts.iter().map(|part| {
                let (wire, name) = (&part.field.wire, names::ident(&part.field.name));
                match part.kind {
                    PartKind::Text | PartKind::Json => quote!(heard.part(#media_type, #wire, &body.#name);),
                    PartKind::File => {
                        let list = matches!(api.resolve(&part.field.value).ty, Ty::Array(_));
                        quote!(heard.files(#media_type, #wire, #list, body.#name).await;)
                    }
                }
            });
            quote!(#(#parts)*)
        }
    }
}

/// The arms of a response: one for each of its media types.
fn answers(api: &Api, path: &TokenStream, response: &Ident, answer: &Response) -> Vec<TokenStream> {
    let status = answer.status.example();
    let which = answer.status.one().is_none().then(|| quote!(status: #status,));
    let headers: Vec<_> = answer
        .headers
        .iter()
        .map(|header| {
            let (wire, name) = (&header.wire, names::ident(&header.name));
            let read = if header.required { quote!(header) } else { quote!(optional_header) };
            quote!(#name: answer.#read(#wire))
        })
        .collect();
    let arm = |media: Option<&Media>| {
        let suffix = media.filter(|_| answer.content.len() > 1).map_or("", |media| media.name.as_str());
        let variant = format_ident!("{}{suffix}", answer.name);
        let body = if status == 101 {
            Some(quote!(answered::upgrade()))
        } else {
            media.map(|media| answer_body(api, answer.status.is_error(), media))
        };
        let value = match (body, headers.as_slice()) {
            (None, []) if which.is_none() => quote!(#path::#response::#variant),
            (Some(body), []) if which.is_none() => quote!(#path::#response::#variant(#body)),
            (body, headers) => {
                let body = body.map(|body| quote!(body: #body,));
                quote!(#path::#response::#variant { #which #body #(#headers),* })
            }
        };
        let media_type = media.map_or("", |media| media.media_type.as_str());
        quote!((#status, #media_type) => #value,)
    };
    if answer.content.is_empty() {
        vec![arm(None)]
    } else {
        answer.content.iter().map(|m| arm(Some(m))).collect()
    }
}

fn answer_body(api: &Api, is_error: bool, media: &Media) -> TokenStream {
    match &media.payload {
        Payload::Text(_) if is_error => quote!(answered::error(&answer)),
        Payload::Json(used) | Payload::Text(used) => {
            let rules = rules::tokens(api, used);
            quote!(answered::value(&answer, #rules))
        }
        Payload::EventStream(_) => quote!(answered::events(&answer)),
        Payload::Bytes | Payload::Multipart(_) | Payload::Form(_) => quote!(answered::bytes(&answer)),
    }
}
