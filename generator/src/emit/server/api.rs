//! What collects implementations: the `Api` of a product.

use super::super::{Source, names};
use super::{info, traits};
use crate::ir::{Api, Group, Product};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

/// Methods of `Api` that are no group's.
const TAKEN: [&str; 11] = [
    "new",
    "insecure",
    "authorizer",
    "permissions",
    "limits",
    "observe",
    "allow_unknown_members",
    "allow_origin",
    "others",
    "into_router",
    "into_service",
];

/// `mod.rs`: the products, and the operations that they share.
pub(super) fn root(api: &Api) -> Source {
    let products = api.products.iter().map(|product| {
        let cfg = names::cfg_product(product);
        let module = names::ident(&product.name);
        quote!(#cfg pub mod #module;)
    });
    let doc = "Traits and routers, generated from the contract.";
    let listed = api.products.iter().map(|product| {
        let cfg = names::cfg_product(product);
        let (name, title, module) = (&product.name, &product.title, names::ident(&product.name));
        quote! {
            #cfg
            crate::support::ProductInfo { name: #name, title: #title, operations: #module::OPERATIONS }
        }
    });
    let items = quote! {
        pub(crate) mod ops;
        mod permissions;
        pub use permissions::PERMISSION_KEYS;
        #(#products)*
        #[doc = " Every product that is compiled in."]
        pub static PRODUCTS: &[crate::support::ProductInfo] = &[#(#listed),*];
    };
    Source::new(api, "mod.rs", doc, items)
}

/// `<product>/mod.rs`.
pub(super) fn product(api: &Api, product: &Product) -> Source {
    let modules = product.groups.iter().map(|group| {
        let (module, name) = (names::ident(&group.module), traits::name(group));
        let cfg = cfg(group);
        quote!(#cfg pub mod #module; #cfg pub use #module::#name;)
    });
    let operations = operations(api, product);
    let collector = collector(product);
    let document = document(product);
    let items = quote!(#(#modules)* #operations #document #collector);
    let doc = format!("{}: a trait for each group of operations, and the router.", product.title);
    Source::new(api, format!("{}/mod.rs", product.name), doc, items)
}

fn operations(api: &Api, product: &Product) -> TokenStream {
    let statics = product.groups.iter().flat_map(|group| {
        let module = names::ident(&group.module);
        let operations = group.operations.iter().filter_map(|i| api.operations.get(*i));
        operations.map(move |op| {
            let (cfg, name) = (cfg(group), info::name(op));
            quote!(#cfg &#module::#name)
        })
    });
    let doc = names::doc(&format!("Every operation of {} that is built in, by group.", product.title));
    let name = &product.name;
    quote! {
        #[doc = " The name of the product."]
        const PRODUCT: &str = #name;

        #doc
        pub static OPERATIONS: &[&crate::support::OperationInfo] = &[#(#statics),*];
    }
}

fn document(product: &Product) -> TokenStream {
    let doc = names::doc(&format!("The contract of {}: facts only.", product.title));
    let name = &product.name;
    quote! {
        #doc
        #[must_use]
        pub fn document() -> crate::support::Document {
            crate::support::Document::of(&[#name])
        }
    }
}

fn collector(product: &Product) -> TokenStream {
    let doc = names::doc(&format!(
        "Collects implementations of the groups of {} into a router.\n\n\
         A group that nobody implements is answered with 501.",
        product.title
    ));
    let mounts = product.groups.iter().map(mount);
    let settings = settings();
    quote! {
        #doc
        #[must_use]
        pub struct Api<I> {
            table: crate::support::Table<I>,
        }

        impl<I: Send + Sync + 'static> Api<I> {
            #[doc = " A server that lets in whom `authenticator` knows."]
            pub fn new<A: crate::support::Authenticate<Identity = I>>(authenticator: A) -> Self {
                Self { table: crate::support::Table::new(PRODUCT, authenticator) }
            }

            #[doc = " A server that lets everybody in, as `identity`: for tests and single users."]
            pub fn insecure(identity: I) -> Self where I: Clone {
                Self { table: crate::support::Table::insecure(PRODUCT, identity) }
            }

            #settings

            #(#mounts)*

            #[doc = " Lets `others` answer every operation whose group is not mounted."]
            pub fn others<T: crate::support::AnyOperation<I>>(mut self, others: T) -> Self {
                self.table.others(others);
                self
            }

            #[doc = " The router: a plain `axum::Router`, to nest, layer and serve as any other."]
            pub fn into_router(self) -> crate::support::Router {
                crate::support::router(self.table, OPERATIONS)
            }

            #[doc = " All operations as one service, for a server that serves nothing else."]
            pub fn into_service(self) -> crate::support::ApiService {
                crate::support::service(self.table, OPERATIONS)
            }
        }
    }
}

/// What can be set, whatever the product.
fn settings() -> TokenStream {
    quote! {
        #[doc = " Lets `authorizer` decide what an identity may call."]
        #[doc = ""]
        #[doc = " Without it, every identity may call everything."]
        pub fn authorizer<A: crate::support::Authorize<I>>(mut self, authorizer: A) -> Self {
            self.table.authorizer(authorizer);
            self
        }

        #[doc = " Says which permission keys operations ask for: both hooks are told them."]
        pub fn permissions(mut self, permissions: crate::support::Permissions) -> Self {
            self.table.permissions(permissions);
            self
        }

        #[doc = " Takes other limits than the default ones."]
        pub fn limits(mut self, limits: crate::support::Limits) -> Self {
            self.table.limits(limits);
            self
        }

        #[doc = " Tells `observer` of every request, for metrics."]
        pub fn observe<O: crate::support::Observe>(mut self, observer: O) -> Self {
            self.table.observe(observer);
            self
        }

        #[doc = " Ignores members that a closed object does not have, instead of answering 400."]
        pub fn allow_unknown_members(mut self) -> Self {
            self.table.allow_unknown_members();
            self
        }

        #[doc = " Lets pages of another origin (`https://ui.example.org`) open WebSockets."]
        pub fn allow_origin(mut self, origin: impl Into<String>) -> Self {
            self.table.allow_origin(origin.into());
            self
        }
    }
}

fn mount(group: &Group) -> TokenStream {
    let doc = names::doc(&format!("Implements the group `{}`.", group.tag));
    let method = method_name(group);
    let (module, name) = (names::ident(&group.module), traits::name(group));
    let cfg = cfg(group);
    quote! {
        #doc
        #cfg
        pub fn #method<T: #name<I>>(mut self, implementation: T) -> Self {
            #module::mount(&mut self.table, implementation);
            self
        }
    }
}

fn cfg(group: &Group) -> TokenStream {
    names::cfg([group.feature.as_str()])
}

/// The name of the method that mounts a group.
pub(in crate::emit) fn method_name(group: &Group) -> Ident {
    if TAKEN.contains(&group.module.as_str()) {
        format_ident!("{}_group", group.module)
    } else {
        names::ident(&group.module)
    }
}
