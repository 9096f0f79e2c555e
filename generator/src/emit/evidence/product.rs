//! `<product>.rs`: calls by operation id, and a server that implements every group.

use super::{calls, mock};
use crate::emit::{client, names, server};
use crate::ir::{Api, Group, Operation, Product, Security};
use proc_macro2::TokenStream;
use quote::quote;

pub(super) fn items(api: &Api, product: &Product) -> TokenStream {
    let module = names::ident(&product.name);
    let operations = |group: &Group| -> Vec<&Operation> {
        group.operations.iter().filter_map(|index| api.operations.get(*index)).collect()
    };
    let calls = product.groups.iter().flat_map(|group| {
        let operations = operations(group);
        operations.into_iter().map(|op| call(api, group, op)).collect::<Vec<_>>()
    });
    let implementations =
        product.groups.iter().map(|group| implementation(api, product, group, &operations(group)));
    let mounts = product.groups.iter().map(|group| {
        let mount = server::mount_name(group);
        quote!(.#mount(mock.clone()))
    });
    quote! {
        use crate::call::{self, Args, Called, Calls};
        use crate::drive::{Caller, Mock};
        use crate::generated::{calls, mock};
        use meshery_client::{Error, Token};
        use meshery_client::#module::Client;
        use meshery_server::{Context, Failure};

        #[doc = " A client for the server at `base`, with a token or without."]
        #[doc = ""]
        #[doc = " # Errors"]
        #[doc = " Those of the client's builder."]
        pub fn connect(base: &str, token: Option<Token>) -> Result<Box<dyn Calls>, Error> {
            let builder = Client::builder(base)?;
            let client = match token {
                Some(token) => builder.credentials(token).build()?,
                None => builder.build()?,
            };
            Ok(Box::new(client))
        }

        #[doc = " A client for a server in this process, with a token."]
        #[doc = ""]
        #[doc = " # Errors"]
        #[doc = " Those of the client's builder."]
        pub fn in_process(router: axum::Router, token: Token) -> Result<Box<dyn Calls>, Error> {
            let builder = Client::builder("http://in-process")?.transport(router);
            Ok(Box::new(builder.credentials(token).build()?))
        }

        impl Calls for Client {
            fn call<'a>(&'a self, id: &str, args: Args<'a>) -> Option<Called<'a>> {
                Some(match id { #(#calls)* _ => return None })
            }
        }

        #[doc = " A server that implements every group by the script of `mock`."]
        pub fn serve(mock: Mock) -> axum::Router {
            meshery_server::#module::Api::new(mock.clone()) #(#mounts)* .into_router()
        }

        #(#implementations)*
    }
}

fn call(api: &Api, group: &Group, op: &Operation) -> TokenStream {
    let (id, name, module) = (&op.id, names::ident(&op.name), names::ident(&group.module));
    let accessor = client::accessor(group);
    let arguments = calls::arguments(api, op);
    quote!(#id => calls::#module::#name(self.#accessor().#name(#(#arguments),*), args),)
}

fn implementation(api: &Api, product: &Product, group: &Group, operations: &[&Operation]) -> TokenStream {
    let (root, module) = (names::ident(&product.name), names::ident(&group.module));
    let name = server::trait_name(group);
    let methods = operations.iter().map(|op| {
        let method = names::ident(&op.name);
        let path = mock::path(api, &group.module, op);
        let arguments = mock::arguments(api, &path, op);
        let declared = arguments.iter().map(|(name, ty)| quote!(#name: #ty));
        let names = arguments.iter().map(|(name, _)| name);
        let identity = match op.security {
            Security::Public => quote!(Option<Caller>),
            Security::Required(_) => quote!(Caller),
        };
        let response = quote::format_ident!("{}Response", op.type_name);
        quote! {
            async fn #method(&self, _: Context<#identity>, #(#declared),*) -> Result<#path::#response, Failure> {
                Ok(mock::#module::#method(self, #(#names),*).await)
            }
        }
    });
    quote! {
        impl meshery_server::#root::#name<Caller> for Mock {
            #(#methods)*
        }
    }
}
