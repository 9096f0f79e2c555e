//! `types.rs`: every type by its contract name.

use crate::emit::{names, rules};
use crate::ir::{Api, Ty, Use};
use proc_macro2::TokenStream;
use quote::quote;

pub(super) fn list(api: &Api) -> TokenStream {
    let entries = api.types.keys().map(|id| {
        let used = Use { ty: Ty::Named(id.clone()), ..Use::default() };
        let (name, ty, rules) = (&id.0, names::ty_tokens(api, &used), rules::tokens(api, &used));
        quote!(Type { id: #name, decode: |bytes, options| wire::read::<#ty>(bytes, #rules, options) })
    });
    quote! {
        use crate::wire;
        pub use crate::wire::Type;

        #[doc = " Every type, sorted by name."]
        pub static TYPES: &[Type] = &[#(#entries),*];
    }
}
