//! Lists in pages: the methods that give all of them.

use crate::emit::names;
use crate::ir::{Api, Field, Kind, Operation, Paging, Payload, Struct, Ty, Use};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// The methods that give all pages and all items of a list.
pub(super) fn methods(api: &Api, operation: &Operation) -> Option<TokenStream> {
    let paging = operation.paging.as_ref()?;
    let media = operation.successes().flat_map(|success| &success.content).next()?;
    let Payload::Json(body) = &media.payload else { return None };
    let object = object(api, body);
    let list = match (&paging.items, object) {
        (Some(items), Some(object)) => &field(object, items)?.value,
        _ => body,
    };
    let Ty::Array(item) = &api.resolve(list).ty else { return None };
    let (page, item) = (names::ty_tokens(api, body), names::ty_tokens(api, item));
    let (lent, given) = match (&paging.items, object) {
        (Some(items), Some(object)) => {
            let name = names::ident(&field(object, items)?.name);
            (quote!(&page.#name), quote!(page.#name))
        }
        _ => (quote!(page), quote!(page)),
    };
    let facts = object.map(|object| stated(object, paging));
    let constant = constant(paging);
    Some(quote! {
        /// All pages, asked for as they are needed.
        pub fn pages(self) -> support::Pages<#page> {
            #constant
            support::Pages::new(self.call, PAGING, |page| support::Facts::of(#lent)#facts)
        }

        /// All items, page by page, asked for as they are needed.
        pub fn stream(self) -> support::Items<#page, #item> {
            support::Items::new(self.pages(), |page| support::Listed::into_list(#given))
        }
    })
}

fn constant(Paging { page, sizes, first, .. }: &Paging) -> TokenStream {
    let first = match first {
        Some(first) => quote!(Some(#first)),
        None => quote!(None),
    };
    quote! {
        const PAGING: &support::Paging =
            &support::Paging { page: #page, sizes: &[#(#sizes),*], first: #first };
    }
}

/// What the members of a page state: `.page(&page.page).total(&page.total_count)`.
fn stated(object: &Struct, paging: &Paging) -> TokenStream {
    let lists = [("page", &paging.stated_pages), ("size", &paging.stated_sizes), ("total", &paging.totals)];
    let calls = lists.into_iter().flat_map(|(method, members)| {
        let method = names::ident(method);
        members.iter().filter_map(move |wire| {
            let name: Ident = names::ident(&field(object, wire)?.name);
            Some(quote!(.#method(&page.#name)))
        })
    });
    calls.collect()
}

fn field<'a>(object: &'a Struct, wire: &str) -> Option<&'a Field> {
    object.fields.iter().find(|field| field.wire == wire)
}

fn object<'a>(api: &'a Api, body: &Use) -> Option<&'a Struct> {
    let Ty::Named(id) = api.resolve(body).ty else { return None };
    match &api.get(&id)?.kind {
        Kind::Struct(object) => Some(object),
        _ => None,
    }
}
