//! The client of a product: its groups, and in each group a method per operation.

use super::shape::shape;
use super::{docs, module_of, ops};
use crate::emit::names;
use crate::ir::{Api, Group, Operation, Product};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// The module of a product: its client.
pub(super) fn product(product: &Product) -> TokenStream {
    let modules = product.groups.iter().map(|group| {
        let (module, name) = (names::ident(&group.module), names::ident(&group.name));
        let cfg = names::cfg([group.feature.as_str()]);
        quote!(#cfg mod #module; #cfg pub use #module::#name;)
    });
    let accessors = product.groups.iter().map(|group| {
        let (accessor, name) = (accessor(group), names::ident(&group.name));
        let about = names::doc(&format!("The operations under {}.", names::code(&group.tag)));
        let cfg = names::cfg([group.feature.as_str()]);
        quote! {
            #about
            #cfg
            #[must_use]
            pub fn #accessor(&self) -> #name<'_> {
                #name { core: &self.core }
            }
        }
    });
    let title = names::doc(&format!(
        "A client of {}.\n\nCheap to clone; clones share their connections.",
        product.title
    ));
    let servers = &product.servers;
    // Whole paths: a group may be called `support` itself.
    quote! {
        #(#modules)*

        #title
        #[derive(Clone, Debug)]
        pub struct Client {
            core: crate::support::Core,
        }

        impl Client {
            /// The servers that the contract knows.
            pub const SERVERS: &[&str] = &[#(#servers),*];

            /// A client of the server at a base URL: `http://localhost:9081`.
            ///
            /// # Errors
            /// The URL cannot be read, or holds more than scheme, host, port and path.
            pub fn builder(base_url: &str) -> Result<crate::support::ClientBuilder<Self>, crate::support::Error> {
                crate::support::ClientBuilder::new(base_url)
            }

            #(#accessors)*
        }

        impl From<crate::support::Core> for Client {
            fn from(core: crate::support::Core) -> Self {
                Self { core }
            }
        }
    }
}

/// The method of a client that gives a group.
#[must_use]
pub fn accessor(group: &Group) -> Ident {
    names::ident(&group.module)
}

/// The module of a group: its facade.
pub(super) fn group(api: &Api, group: &Group) -> TokenStream {
    let name = names::ident(&group.name);
    let about = names::doc(&format!("The operations under {}.", names::code(&group.tag)));
    let methods = group.operations.iter().filter_map(|index| {
        let operation = api.operations.get(*index)?;
        Some(method(api, operation, module_of(api, *index)?))
    });
    quote! {
        use crate::{ops, support};

        #about
        #[derive(Clone, Copy, Debug)]
        pub struct #name<'a> {
            pub(super) core: &'a support::Core,
        }

        impl<'a> #name<'a> {
            #(#methods)*
        }
    }
}

fn method(api: &Api, operation: &Operation, module: &str) -> TokenStream {
    let shape = shape(api, operation);
    let (name, builder) = (names::ident(&operation.name), names::ident(&operation.type_name));
    let module = names::ident(module);
    let listed = docs::arguments(api, &shape.arguments);
    let outline = docs::outline(operation, &shape.setters);
    let about = [docs::operation(operation), listed, outline];
    let about: Vec<_> = about.iter().map(|part| part.trim_end()).filter(|part| !part.is_empty()).collect();
    let about = names::doc(&about.join("\n\n"));
    let deprecated = names::deprecated(operation.deprecated);
    let arguments = ops::arguments(api, &shape.arguments);
    let values = shape.arguments.iter().map(|input| names::ident(&input.name));
    quote! {
        #about
        #deprecated
        pub fn #name(&self, #arguments) -> ops::#module::#builder<'a> {
            ops::#module::#builder::new(self.core, #(#values),*)
        }
    }
}
