//! The parameters of an operation: a struct for each part of the request that has any.

use super::super::{names, rules};
use super::docs;
use crate::ir::{Additional, Api, Field, Kind, Operation, Param, Ty, Use, Writing};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

/// The parts of a request that hold parameters, in the order of a method's arguments.
#[derive(Clone, Copy)]
pub(super) enum Place {
    Path,
    Query,
    Header,
    Cookie,
}

impl Place {
    pub(super) const ALL: [Self; 4] = [Self::Path, Self::Query, Self::Header, Self::Cookie];

    /// The parameters that `op` has there.
    pub(super) fn of(self, op: &Operation) -> &[Param] {
        match self {
            Self::Path => &op.path_params,
            Self::Query => &op.query_params,
            Self::Header => &op.header_params,
            Self::Cookie => &op.cookie_params,
        }
    }

    /// The name of the argument.
    pub(super) fn argument(self) -> Ident {
        format_ident!(
            "{}",
            match self {
                Self::Path => "path",
                Self::Query => "query",
                Self::Header => "headers",
                Self::Cookie => "cookies",
            }
        )
    }

    /// The name of the struct.
    pub(super) fn type_name(self, op: &Operation) -> Ident {
        let suffix = match self {
            Self::Path => "Path",
            Self::Query => "Query",
            Self::Header => "Headers",
            Self::Cookie => "Cookies",
        };
        format_ident!("{}{suffix}", op.type_name)
    }

    /// The variant of `RequestPart`.
    fn part(self) -> TokenStream {
        match self {
            Self::Path => quote!(crate::support::RequestPart::Path),
            Self::Query => quote!(crate::support::RequestPart::Query),
            Self::Header => quote!(crate::support::RequestPart::Header),
            Self::Cookie => quote!(crate::support::RequestPart::Cookie),
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Path => "Path parameter",
            Self::Query => "Query parameter",
            Self::Header => "Header",
            Self::Cookie => "Cookie",
        }
    }
}

/// The struct of the parameters in `place`, and how it is read; nothing where there are none.
pub(super) fn item(api: &Api, op: &Operation, place: Place) -> TokenStream {
    let params = place.of(op);
    if params.is_empty() {
        return TokenStream::new();
    }
    let name = place.type_name(op);
    let doc = names::doc(&format!("The {}s of `{}`.", place.word().to_lowercase(), op.id));
    structure(api, &name, &doc, params, place.word(), &place.part())
}

/// A struct of parameters with its `read`, whose own names no parameter has.
pub(super) fn structure(
    api: &Api,
    name: &Ident,
    doc: &TokenStream,
    params: &[Param],
    word: &str,
    part: &TokenStream,
) -> TokenStream {
    let fields = params.iter().map(|p| field(api, word, p));
    let reads = params.iter().map(|p| read(api, part, p));
    let set = params.iter().map(|p| {
        let name = names::ident(&p.name);
        quote!(#name: #name?)
    });
    // Where something must be said, there is nothing to begin from.
    let default = params.iter().all(|p| !p.required).then(|| quote!(Default,));
    quote! {
        #doc
        #[derive(Clone, Debug, #default PartialEq)]
        pub struct #name { #(#fields,)* }

        impl #name {
            fn read(__decoder: &mut crate::support::Decoder<'_>) -> Option<Self> {
                #(#reads)*
                Some(Self { #(#set),* })
            }
        }
    }
}

fn field(api: &Api, word: &str, param: &Param) -> TokenStream {
    let doc = names::doc(&docs::param(api, word, param));
    let name = names::ident(&param.name);
    let ty = names::ty_tokens(api, &param.value);
    let ty = if param.required || is_list(api, param) { ty } else { quote!(Option<#ty>) };
    quote!(#doc pub #name: #ty)
}

/// Reads a parameter into a variable of its name.
///
/// One that is missing and one that is an empty array are the same on the wire: there is no
/// `Option` around an array.
fn read(api: &Api, part: &TokenStream, param: &Param) -> TokenStream {
    let name = names::ident(&param.name);
    let wire = &param.wire;
    let rules = rules::tokens(api, &param.value);
    let other = match param.writing {
        Writing::Json => Some(quote!(__decoder.json_param(#part, #wire, #rules))),
        Writing::Deep => {
            let (members, others) = members(api, &param.value);
            Some(quote!(__decoder.object(#part, #wire, (&[#(#members),*], #others), #rules)))
        }
        Writing::Spread => {
            let (members, others) = members(api, &param.value);
            // What a map has is every parameter that is none of the operation's.
            let others = if is_struct(api, &param.value) { quote!(None) } else { quote!(Some(#others)) };
            Some(quote!(__decoder.spread(#part, #wire, (&[#(#members),*], #others), #rules)))
        }
        Writing::Spaces if !param.explode => Some(quote!(__decoder.joined(#part, #wire, ' ', #rules))),
        Writing::Bars if !param.explode => Some(quote!(__decoder.joined(#part, #wire, '|', #rules))),
        _ => None,
    };
    if let Some(read) = other {
        return match (param.required, is_list(api, param)) {
            (true, _) => quote!(let #name = #read; let #name = __decoder.there(#part, #wire, #name);),
            (false, true) => quote!(let #name = #read.map(Option::unwrap_or_default);),
            (false, false) => quote!(let #name = #read;),
        };
    }
    if is_list(api, param) {
        let (required, explode) = (param.required, param.explode);
        return quote!(let #name = __decoder.list(#part, #wire, (#required, #explode), #rules););
    }
    let method = if param.required { quote!(required) } else { quote!(optional) };
    quote!(let #name = __decoder.#method(#part, #wire, #rules);)
}

fn is_list(api: &Api, param: &Param) -> bool {
    matches!(api.resolve(&param.value).ty, Ty::Array(_))
}

/// Whether the members of an object are those it names.
fn is_struct(api: &Api, used: &Use) -> bool {
    let Ty::Named(id) = &api.resolve(used).ty else { return false };
    let kind = api.get(id).map(|def| &def.kind);
    matches!(kind, Some(Kind::Struct(object)) if !matches!(object.additional, Additional::Typed(_)))
}

/// What the members of an object are that is written member by member, by name; and the others.
fn members(api: &Api, used: &Use) -> (Vec<TokenStream>, TokenStream) {
    let resolved = api.resolve(used);
    let text = quote!((crate::support::Scalar::Text, false));
    match &resolved.ty {
        Ty::Map(values) => (Vec::new(), scalar(api, values)),
        Ty::Named(id) => {
            let Some(Kind::Struct(object)) = api.get(id).map(|def| &def.kind) else {
                return (Vec::new(), text);
            };
            let member = |field: &Field| {
                let (wire, scalar) = (&field.wire, scalar(api, &field.value));
                quote!((#wire, #scalar))
            };
            let others = match &object.additional {
                Additional::Typed(values) => scalar(api, values),
                Additional::Open | Additional::Closed => text,
            };
            (object.fields.iter().map(member).collect(), others)
        }
        _ => (Vec::new(), text),
    }
}

/// What a scalar is in JSON, and whether it is a list of such.
fn scalar(api: &Api, used: &Use) -> TokenStream {
    let resolved = api.resolve(used);
    let (item, list) = match &resolved.ty {
        Ty::Array(items) => (api.resolve(items).ty, true),
        ty => (ty.clone(), false),
    };
    let kind = format_ident!(
        "{}",
        match item {
            Ty::Int32 | Ty::Int64 | Ty::Number => "Number",
            Ty::Boolean => "Flag",
            _ => "Text",
        }
    );
    quote!((crate::support::Scalar::#kind, #list))
}
