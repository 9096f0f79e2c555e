//! The responses of an operation: an enum of what the contract documents, and how each is written.

use super::super::names;
use super::docs;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::ir::{Api, Media, Operation, Param, Payload, Response, Status, Ty};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

/// The name of the enum.
pub(super) fn type_name(op: &Operation) -> Ident {
    format_ident!("{}Response", op.type_name)
}

/// The enum and its conversion to a reply.
pub(super) fn items(api: &Api, op: &Operation) -> Result<TokenStream, Diagnostics> {
    let name = type_name(op);
    let doc = names::doc(&format!("What `{}` may answer with.", op.id));
    let mut found = Diagnostics::new();
    let variants: Vec<_> = variants(op).collect();
    for variant in &variants {
        if let Err(finding) = variant.supported(op) {
            found.push(finding);
        }
    }
    let declarations = variants.iter().map(|v| v.declaration(api));
    let arms = variants.iter().map(|v| v.arm(api));
    let items = quote! {
        #doc
        #[derive(Debug)]
        pub enum #name { #(#declarations,)* }

        impl From<#name> for crate::support::Reply {
            fn from(response: #name) -> Self {
                match response { #(#name::#arms)* }
            }
        }
    };
    found.ok(items)
}

/// A variant: a status, and one of its media types where it has several.
struct Variant<'a> {
    name: Ident,
    response: &'a Response,
    media: Option<&'a Media>,
}

fn variants(op: &Operation) -> impl Iterator<Item = Variant<'_>> {
    op.responses.iter().flat_map(|response| {
        let several = response.content.len() > 1;
        let media: Vec<_> = match response.content.as_slice() {
            [] => vec![None],
            all => all.iter().map(Some).collect(),
        };
        media.into_iter().map(move |media| {
            let suffix = media.filter(|_| several).map(|m| m.name.as_str()).unwrap_or_default();
            Variant { name: format_ident!("{}{suffix}", response.name), response, media }
        })
    })
}

impl Variant<'_> {
    fn supported(&self, op: &Operation) -> Result<(), Diagnostic> {
        match self.media.map(|m| &m.payload) {
            Some(Payload::Multipart(_) | Payload::Form(_)) => {
                let status = self.response.status;
                let message = format!("`{}` answers {status} with a form", op.id);
                Err(Diagnostic::new(Code::UnsupportedMedia, Place::default(), message))
            }
            _ => Ok(()),
        }
    }

    /// What the variant holds beside headers.
    fn body(&self, api: &Api) -> Option<TokenStream> {
        if self.response.status == Status::One(101) {
            return Some(quote!(crate::support::Upgrade));
        }
        Some(match &self.media?.payload {
            Payload::Text(_) if self.is_error() => quote!(crate::support::ErrorBody),
            Payload::Json(used) | Payload::Text(used) => names::ty_tokens(api, used),
            Payload::EventStream(used) => {
                let ty = names::ty_tokens(api, used);
                quote!(crate::support::EventStream<#ty>)
            }
            Payload::Bytes | Payload::Multipart(_) | Payload::Form(_) => quote!(crate::support::ByteStream),
        })
    }

    fn is_error(&self) -> bool {
        self.response.status.is_error()
    }

    fn declaration(&self, api: &Api) -> TokenStream {
        let doc = names::doc(&docs::response(self.response));
        let name = &self.name;
        let body = self.body(api);
        if !self.has_names() {
            let body = body.map(|ty| quote!((#ty)));
            return quote!(#doc #name #body);
        }
        let status = self.is_several().then(|| {
            let doc = names::doc(&format!("The status, of {}.", self.response.status));
            let name = self.status_name();
            quote!(#doc #name: u16,)
        });
        let body_name = self.body_name();
        let body = body.map(|ty| quote!(#[doc = " The body."] #body_name: #ty,));
        let headers = self.response.headers.iter().map(|header| {
            let doc = names::doc(&docs::param(api, "Header", header));
            let (name, ty) = (names::ident(&header.name), header_type(api, header));
            quote!(#doc #name: #ty)
        });
        quote!(#doc #name { #status #body #(#headers,)* })
    }

    /// Whether the response is for several statuses, so that who answers has to say which.
    fn is_several(&self) -> bool {
        self.response.status.one().is_none()
    }

    /// Whether the variant has fields with names.
    fn has_names(&self) -> bool {
        self.is_several() || !self.response.headers.is_empty()
    }

    fn status_name(&self) -> Ident {
        self.free("status")
    }

    fn body_name(&self) -> Ident {
        self.free("body")
    }

    /// A name that no header has.
    fn free(&self, name: &str) -> Ident {
        let mut free = name.to_owned();
        while self.response.headers.iter().any(|header| header.name == free) {
            free.insert_str(0, "response_");
        }
        format_ident!("{free}")
    }

    /// The arm of the conversion, without the name of the enum.
    fn arm(&self, api: &Api) -> TokenStream {
        let name = &self.name;
        let body_name = self.body_name();
        let body = self.body(api).map(|_| quote!(#body_name));
        let reply = self.reply();
        if !self.has_names() {
            let body = body.map(|body| quote!((#body)));
            return quote!(#name #body => #reply,);
        }
        let names: Vec<_> = self.response.headers.iter().map(|h| names::ident(&h.name)).collect();
        let body = body.map(|body| quote!(#body,));
        let status = self.is_several().then(|| {
            let name = self.status_name();
            quote!(#name,)
        });
        let set = self.response.headers.iter().zip(&names).map(|(header, name)| {
            let wire = header.wire.to_ascii_lowercase();
            let value = if header.required { quote!(Some(&#name)) } else { quote!(#name.as_ref()) };
            let list = matches!(api.resolve(&header.value).ty, Ty::Array(_));
            let how = format_ident!("{}", if list { "header_list" } else { "header" });
            quote!(.#how(#wire, #value))
        });
        quote!(#name { #status #body #(#names),* } => #reply #(#set)*,)
    }

    fn reply(&self) -> TokenStream {
        let body = self.body_name();
        let status = match self.response.status {
            Status::One(101) => return quote!(Self::upgrade(#body)),
            Status::One(status) => quote!(#status),
            several => {
                let (name, (first, last)) = (self.status_name(), several.range());
                quote!(Self::within(#name, #first, #last))
            }
        };
        let Some(media) = self.media else { return quote!(Self::empty(#status)) };
        let media_type = names::concrete(&media.media_type);
        match &media.payload {
            Payload::Text(_) if self.is_error() => quote!(Self::error(#status, #body)),
            Payload::Json(_) => quote!(Self::json(#status, #media_type, &#body)),
            Payload::Text(_) => quote!(Self::text(#status, #media_type, &#body)),
            Payload::EventStream(_) => quote!(Self::events(#status, #body)),
            Payload::Bytes | Payload::Multipart(_) | Payload::Form(_) => {
                quote!(Self::bytes(#status, #media_type, #body))
            }
        }
    }
}

fn header_type(api: &Api, header: &Param) -> TokenStream {
    let ty = names::ty_tokens(api, &header.value);
    if header.required { ty } else { quote!(Option<#ty>) }
}
