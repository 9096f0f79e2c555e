//! The trait of a group, and how an implementation of it gets into the table.

use super::super::{Source, names};
use super::{arguments, docs, info, responses};
use crate::ir::{Api, Group, Operation, Product, Security};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

/// `<product>/<group>.rs`.
pub(super) fn file(api: &Api, product: &Product, group: &Group) -> Source {
    let operations: Vec<_> = group.operations.iter().filter_map(|i| api.operations.get(*i)).collect();
    let types = re_exports(group, &operations);
    let definition = definition(api, product, group, &operations);
    let mount = mount(api, group, &operations);
    let doc = format!("The group `{}` of {}.", group.tag, product.title);
    let path = format!("{}/{}.rs", product.name, names::file_name(&group.module));
    Source::new(api, path, doc, quote!(#types #definition #mount))
}

/// The name of a group's trait. `Api` is taken by what collects them.
pub(in crate::emit) fn name(group: &Group) -> proc_macro2::Ident {
    if group.name == "Api" { format_ident!("ApiGroup") } else { names::ident(&group.name) }
}

/// What the methods speak, under the module of the group.
fn re_exports(group: &Group, operations: &[&Operation]) -> TokenStream {
    let module = names::ident(&group.module);
    let mut exported = Vec::new();
    for op in operations {
        exported.push(info::name(op));
        let places = super::params::Place::ALL.iter().filter(|place| !place.of(op).is_empty());
        exported.extend(places.map(|place| place.type_name(op)));
        exported.extend(op.body.iter().flat_map(|body| super::body::type_names(op, body)));
        exported.push(responses::type_name(op));
    }
    quote!(pub use super::super::ops::#module::{#(#exported),*};)
}

fn definition(api: &Api, product: &Product, group: &Group, operations: &[&Operation]) -> TokenStream {
    let name = name(group);
    let doc = names::doc(&format!(
        "The operations of {} under `{}`.\n\n\
         `Identity` is what the authenticator makes of a caller.",
        product.title, group.tag
    ));
    let message = format!(
        "`{{Self}}` does not implement the group `{}` of {} for callers that are a `{{Identity}}`",
        unformatted(&group.tag),
        unformatted(&product.title)
    );
    let methods = match operations.len() {
        1 => "a method for its one operation".to_owned(),
        count => format!("a method for each of its {count} operations"),
    };
    let note = format!(
        "implement `{}::{}::{name}<{{Identity}}>`: {methods}; the identity is what the authenticator of \
         `Api::new` makes of a caller",
        api.crates.library("server"),
        product.name,
    );
    let methods = operations.iter().map(|op| method(api, op));
    quote! {
        #doc
        #[diagnostic::on_unimplemented(message = #message, note = #note)]
        pub trait #name<Identity: Send + Sync + 'static>: Send + Sync + 'static {
            #(#methods)*
        }
    }
}

/// A text within a message that rustc formats.
fn unformatted(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}

fn method(api: &Api, op: &Operation) -> TokenStream {
    let doc = names::doc(&docs::operation(op));
    let name = names::ident(&op.name);
    let identity = match op.security {
        Security::Public => quote!(Option<Identity>),
        Security::Required(_) => quote!(Identity),
    };
    let arguments = arguments::of(api, op);
    let arguments = arguments.iter().map(|a| {
        let (name, ty) = (&a.name, &a.ty);
        quote!(#name: #ty)
    });
    let response = responses::type_name(op);
    quote! {
        #doc
        fn #name(
            &self,
            cx: crate::support::Context<#identity>,
            #(#arguments,)*
        ) -> impl Future<Output = Result<#response, crate::support::Failure>> + Send;
    }
}

fn mount(api: &Api, group: &Group, operations: &[&Operation]) -> TokenStream {
    let name = name(group);
    let module = names::ident(&group.module);
    let shims = operations.iter().map(|op| shim(api, &module, op));
    quote! {
        pub(super) fn mount<I: Send + Sync + 'static, T: #name<I>>(
            table: &mut crate::support::Table<I>,
            implementation: T,
        ) {
            let it = std::sync::Arc::new(implementation);
            #(#shims)*
        }
    }
}

/// The one piece of code that exists for each operation and implementation. It calls by path: an
/// operation may be called as a method that every type has.
fn shim(api: &Api, module: &proc_macro2::Ident, op: &Operation) -> TokenStream {
    let (info, method) = (info::name(op), names::ident(&op.name));
    let arguments = arguments::of(api, op);
    let names: Vec<_> = arguments.iter().map(|a| &a.name).collect();
    let cx = match op.security {
        Security::Public => quote!(cx),
        Security::Required(_) => quote!(cx.identified()?),
    };
    let pattern = if let [one] = names.as_slice() { quote!(#one) } else { quote!((#(#names),*)) };
    if names.is_empty() {
        return quote! {
            table.handle(&#info, &it, |it, cx, _| {
                Box::pin(async move { Ok(T::#method(it, #cx).await?.into()) })
            });
        };
    }
    quote! {
        table.handle(&#info, &it, |it, cx, input| {
            let arguments = super::super::ops::#module::#method(&cx.parts, input);
            Box::pin(async move {
                let #pattern = arguments?;
                Ok(T::#method(it, #cx, #(#names),*).await?.into())
            })
        });
    }
}
