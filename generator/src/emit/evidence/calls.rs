//! `calls/`: an operation's builder, filled in from arguments by name and sent.

use crate::emit::client::failures;
use crate::emit::client::shape::{Input, Outcome, Passing, Place, Success, plain, shape};
use crate::emit::names;
use crate::ir::{Api, Operation, Payload};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

/// The functions of a group's operations.
pub(super) fn module(api: &Api, module: &str, operations: &[&Operation]) -> TokenStream {
    let module = names::ident(module);
    let functions = operations.iter().map(|op| function(api, &module, op));
    quote! {
        use crate::call::{self, Args, Called};
        use meshery_client::ops::#module as ops;

        #(#functions)*
    }
}

fn function(api: &Api, module: &proc_macro2::Ident, op: &Operation) -> TokenStream {
    let (name, builder) = (names::ident(&op.name), names::ident(&op.type_name));
    let shape = shape(api, op);
    let setters = shape.setters.iter().map(|input| {
        let setter = names::ident(&input.name);
        let value = optional(api, input);
        let passed = passed(input);
        quote!(if let Some(value) = #value { call = call.#setter(#passed); })
    });
    let mutable = (!shape.setters.is_empty()).then(|| quote!(mut));
    let args = if shape.setters.is_empty() && op.paging.is_none() { quote!(_) } else { quote!(args) };
    let send = send(module, op, &shape.outcome);
    let whole = op.paging.as_ref().map(|_| {
        quote!(if args.is_whole() {
            return Box::pin(call::items(call.stream()));
        })
    });
    quote! {
        pub(crate) fn #name<'a>(#mutable call: ops::#builder<'a>, #args: Args<'a>) -> Called<'a> {
            #(#setters)*
            #whole
            #send
        }
    }
}

/// The required arguments of an operation's method, as expressions.
pub(super) fn arguments(api: &Api, op: &Operation) -> Vec<TokenStream> {
    let shape = shape(api, op);
    let passed = shape.arguments.iter().map(|input| {
        let value = optional(api, input);
        let (wire, id) = (input.wire, &op.id);
        let value = quote!(call::needed(#value, #id, #wire));
        match input.passing {
            Passing::Text | Passing::Reference => quote!(&#value),
            _ => value,
        }
    });
    passed.collect()
}

/// An expression of the type `Option<T>`.
fn optional(api: &Api, input: &Input<'_>) -> TokenStream {
    let wire = input.wire;
    let read = match input.place {
        Place::Path => quote!(path),
        Place::Query { .. } => quote!(query),
        Place::Header => quote!(header),
        Place::Cookie => quote!(cookie),
        Place::Form { .. } | Place::Part(_) => match &input.passing {
            Passing::File => return quote!(args.file(#wire)),
            Passing::List(item) if **item == Passing::File => return quote!(args.files(#wire)),
            _ => quote!(part),
        },
        Place::Body(media) => {
            let media_type = &media.media_type;
            return match (&input.passing, input.value) {
                (Passing::Upload, _) | (_, None) => quote!(args.bytes(#media_type)),
                (Passing::Text, _) => quote!(args.text(#media_type)),
                (_, Some(value)) => {
                    let ty = names::ty_tokens(api, value);
                    quote!(args.body::<#ty>(#media_type))
                }
            };
        }
    };
    let ty = value_type(api, input);
    quote!(args.#read::<#ty>(#wire))
}

fn value_type(api: &Api, input: &Input<'_>) -> TokenStream {
    match (&input.passing, input.value) {
        (Passing::Reference, Some(value)) => names::ty_tokens(api, value),
        (passing, _) => scalar_type(api, passing),
    }
}

fn scalar_type(api: &Api, passing: &Passing) -> TokenStream {
    match passing {
        Passing::Copy(ty) | Passing::Enum(ty) => names::ty_tokens(api, &plain(ty)),
        Passing::List(item) => {
            let item = scalar_type(api, item);
            quote!(Vec<#item>)
        }
        Passing::Text | Passing::Reference | Passing::Upload | Passing::File => quote!(String),
    }
}

/// The variable `value` as a setter takes it.
fn passed(input: &Input<'_>) -> TokenStream {
    match input.passing {
        Passing::Text | Passing::Reference => quote!(&value),
        _ => quote!(value),
    }
}

fn send(module: &proc_macro2::Ident, op: &Operation, outcome: &Outcome<'_>) -> TokenStream {
    let helper = match outcome {
        Outcome::WebSocket => quote!(socket),
        Outcome::Several(all) => return several(module, op, all),
        Outcome::One(success) => match success.media.map(|media| &media.payload) {
            None | Some(Payload::Json(_) | Payload::Text(_)) => quote!(encoded),
            Some(Payload::EventStream(_)) => quote!(events),
            Some(Payload::Bytes | Payload::Form(_) | Payload::Multipart(_)) => quote!(download),
        },
    };
    let failed = failed(op);
    quote!(Box::pin(async move {
        let result = call.send().await;
        #failed
        call::#helper(result).await
    }))
}

/// The statement that takes in a failure whose body has a type, by that type.
fn failed(op: &Operation) -> Option<TokenStream> {
    let typed = failures::typed(op);
    let name = format_ident!("{}Failure", op.type_name);
    let arms = typed.iter().map(|(response, _)| {
        let variant = names::ident(&response.name);
        quote!(ops::#name::#variant(body) => crate::wire::encoded(&body),)
    });
    let arms: Vec<_> = arms.collect();
    (!arms.is_empty()).then(|| {
        quote! {
            let said = result.as_ref().err().and_then(ops::#name::of).map(|said| match said { #(#arms)* });
            if let Some((error, said)) = result.as_ref().err().zip(said) {
                return call::documented(error, said);
            }
        }
    })
}

fn several(module: &proc_macro2::Ident, op: &Operation, all: &[Success<'_>]) -> TokenStream {
    let name = format_ident!("{}Outcome", op.type_name);
    let arms = all.iter().map(|success| {
        let variant = names::ident(&success.name);
        match success.media.map(|media| &media.payload) {
            None => quote!(ops::#name::#variant => serde_json::Value::Null),
            Some(Payload::Json(_) | Payload::Text(_) | Payload::EventStream(_)) => {
                quote!(ops::#name::#variant(body) => crate::wire::encoded(&body))
            }
            Some(_) => quote!(ops::#name::#variant(body) => crate::draw::as_text(&body).into()),
        }
    });
    let _ = module;
    let failed = failed(op);
    quote! {
        Box::pin(async move {
            let result = call.send().await;
            #failed
            call::encoded(result.map(|r| r.map(|body| match body { #(#arms,)* }))).await
        })
    }
}
