//! The skeleton of an implementation: a file that somebody takes over and fills in.

use super::super::{names, rust};
use super::{api, arguments, docs, params, responses, traits};
use crate::diagnostic::Diagnostics;
use crate::ir::{Api, Group, Operation, Product, Security};
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{format_ident, quote};

/// A file that implements a group: every method is there, and answers that it is not written yet.
///
/// It compiles as it is, in a crate that depends on those of server and types.
///
/// # Errors
/// Faults of the generator.
pub fn scaffold(api: &Api, product: &Product, group: &Group) -> Result<String, Diagnostics> {
    let operations: Vec<_> = group.operations.iter().filter_map(|i| api.operations.get(*i)).collect();
    let (trait_name, name) = (traits::name(group), format_ident!("My{}", group.name));
    let server = format_ident!("{}", api.crates.library("server"));
    let (root, module) = (names::ident(&product.name), names::ident(&group.module));
    let used = used(&operations);
    let methods = operations.iter().map(|op| method(api, op));
    let doc = names::doc(&format!("Implements the group `{}`.", group.tag));
    let items = quote! {
        use #server::#root::#trait_name;
        use #server::#root::#module::{#(#used),*};
        use #server::{Context, Failure};

        #[doc = " What the authenticator makes of a caller: put your own type here."]
        pub type Identity = String;

        #doc
        #[derive(Clone, Debug, Default)]
        pub struct #name;

        impl #trait_name<Identity> for #name {
            #(#methods)*
        }
    };
    let code = rust(public(items, &server), &format!("{}.rs", group.module))?;
    let mount = api::method_name(group);
    let head = format!(
        "//! The group `{}` of {}.\n//!\n//! Mount it: `{server}::{root}::Api::new(authenticator).{mount}({name})`.\n",
        names::printable(&group.tag),
        names::printable(&product.title),
    );
    Ok(format!("{head}\n{code}"))
}

/// The types of the group that the methods speak.
fn used(operations: &[&Operation]) -> Vec<Ident> {
    let of_one = |op: &&Operation| {
        let places = params::Place::ALL.into_iter().filter(|place| !place.of(op).is_empty());
        let mut all: Vec<_> = places.map(|place| place.type_name(op)).collect();
        all.extend(op.body.iter().filter_map(|body| super::body::own_argument(op, body)));
        all.push(responses::type_name(op));
        all
    };
    operations.iter().flat_map(of_one).collect()
}

fn method(api: &Api, op: &Operation) -> TokenStream {
    let doc = names::doc(&docs::operation(op));
    let name = names::ident(&op.name);
    let identity = match op.security {
        Security::Public => quote!(Option<Identity>),
        Security::Required(_) => quote!(Identity),
    };
    let arguments = arguments::of(api, op);
    let declared = arguments.iter().map(|a| {
        let (name, ty) = (&a.name, &a.ty);
        quote!(#name: #ty)
    });
    let ignored: Vec<_> = arguments.iter().map(|a| &a.name).collect();
    let ignored = if ignored.is_empty() { quote!(cx) } else { quote!((cx, #(#ignored),*)) };
    let response = responses::type_name(op);
    let text = format!("{} is not written yet", op.id);
    quote! {
        #doc
        async fn #name(&self, cx: Context<#identity>, #(#declared),*) -> Result<#response, Failure> {
            let _ = #ignored;
            Err(Failure::not_implemented(#text))
        }
    }
}

/// The same tokens as they are written outside of the server's crate: without `crate::support`.
fn public(tokens: TokenStream, server: &Ident) -> TokenStream {
    let mut out: Vec<TokenTree> = Vec::new();
    for token in tokens {
        let token = match token {
            TokenTree::Group(group) => {
                let inner = public(group.stream(), server);
                TokenTree::Group(proc_macro2::Group::new(group.delimiter(), inner))
            }
            TokenTree::Ident(name) if name == "support" && ends_with_crate(&out) => {
                out.truncate(out.len() - 3);
                TokenTree::Ident(server.clone())
            }
            other => other,
        };
        out.push(token);
    }
    out.into_iter().collect()
}

fn ends_with_crate(tokens: &[TokenTree]) -> bool {
    let [.., name, first, second] = tokens else { return false };
    let is_colon = |token: &TokenTree| matches!(token, TokenTree::Punct(p) if p.as_char() == ':');
    matches!(name, TokenTree::Ident(name) if name == "crate") && is_colon(first) && is_colon(second)
}
