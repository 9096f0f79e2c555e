//! The public items of one file.

use super::super::tidy::{self, Paths};
use super::{Item, Role, Surface};
use quote::ToTokens;
use std::collections::BTreeSet;
use syn::{Attribute, Fields, ImplItem, Item as Syntax, Signature, TraitItem, UseTree, Visibility};

/// Reads a file into a surface.
pub(super) struct Reader<'r> {
    pub(super) surface: &'r mut Surface,
    pub(super) paths: &'r Paths,
    pub(super) module: String,
    /// The types that the file declares.
    pub(super) own: BTreeSet<String>,
}

/// What is known of an item before it is put down.
struct Found<'f> {
    role: Role,
    owner: &'f str,
    name: String,
    signature: String,
    compared: String,
    open: bool,
}

impl Reader<'_> {
    fn path(&self, name: &str) -> String {
        let parts = [self.module.as_str(), name];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("::")
    }

    fn put(&mut self, found: Found<'_>) {
        let Found { role, owner, name, signature, compared, open } = found;
        let owner = self.path(owner);
        let separator = match role {
            Role::Field => ".",
            Role::Impl => ": ",
            _ => "::",
        };
        let path = if name.is_empty() { owner.clone() } else { format!("{owner}{separator}{name}") };
        let (compared, through) = self.paths.whole(&compared, &self.module, &self.own);
        let item = Item { role, owner, name, signature, compared, through, open };
        self.surface.items.insert(path, item);
    }

    fn source(&mut self, owner: &str, text: &str) {
        self.surface.sources.entry(self.path(owner)).or_default().push_str(text);
    }

    /// Reads an item, whose source is `text`.
    pub(super) fn item(&mut self, item: &Syntax, text: &str) {
        match item {
            Syntax::Struct(item) => self.structure(item, text),
            Syntax::Enum(item) => self.enumeration(item, text),
            Syntax::Trait(item) => self.interface(item, text),
            Syntax::Impl(item) => self.implementation(item, text),
            Syntax::Type(item) => {
                let target = tidy::text(&item.ty);
                let signature = format!("type {} = {target}", item.ident);
                self.named(&item.ident.to_string(), signature, target, &item.vis, text);
            }
            Syntax::Static(item) => {
                let ty = tidy::text(&item.ty);
                let signature = format!("static {}: {ty}", item.ident);
                self.named(&item.ident.to_string(), signature, ty, &item.vis, text);
            }
            Syntax::Const(item) => {
                let ty = tidy::text(&item.ty);
                let signature = format!("const {}: {ty}", item.ident);
                self.named(&item.ident.to_string(), signature, ty, &item.vis, text);
            }
            Syntax::Fn(item) => {
                let (signature, compared) = function(&item.sig);
                self.named(&item.sig.ident.to_string(), signature, compared, &item.vis, text);
            }
            // What is in it is exported as if it stood beside it.
            Syntax::Mod(syn::ItemMod { content: Some((_, items)), .. }) => {
                items.iter().for_each(|item| self.item(item, &item.to_token_stream().to_string()));
            }
            Syntax::Use(item) if is_public(&item.vis) => {
                let mut names = Vec::new();
                exports(&item.tree, &mut names);
                for name in names {
                    let signature = format!("pub use {name}");
                    let compared = String::new();
                    self.put(Found {
                        role: Role::Export,
                        owner: &name,
                        name: String::new(),
                        signature,
                        compared,
                        open: true,
                    });
                }
            }
            Syntax::Macro(item) => {
                let argument = item.mac.tokens.to_string();
                let owner = argument.split([',', ' ']).next().unwrap_or_default().to_owned();
                if self.own.contains(&owner) {
                    self.source(&owner, text);
                }
            }
            _ => {}
        }
    }

    fn named(
        &mut self,
        name: &str,
        signature: String,
        compared: String,
        visibility: &Visibility,
        text: &str,
    ) {
        self.source(name, text);
        if is_public(visibility) {
            let name = (name, String::new());
            self.put(Found {
                role: Role::Item,
                owner: name.0,
                name: name.1,
                signature,
                compared,
                open: true,
            });
        }
    }

    fn structure(&mut self, item: &syn::ItemStruct, text: &str) {
        let owner = item.ident.to_string();
        self.source(&owner, text);
        if !is_public(&item.vis) {
            return;
        }
        // A struct with a member of its own can only be made by its crate.
        let open = item.fields.iter().any(|field| !is_public(&field.vis)) || is_open(&item.attrs);
        self.derives(&owner, &item.attrs);
        let generics = tidy::text(&item.generics);
        let signature = format!("struct {owner}{generics}");
        self.put(Found {
            role: Role::Item,
            owner: &owner,
            name: String::new(),
            signature,
            compared: format!("struct{generics}"),
            open,
        });
        for (number, field) in item.fields.iter().enumerate().filter(|(_, field)| is_public(&field.vis)) {
            let name = field.ident.as_ref().map_or_else(|| number.to_string(), ToString::to_string);
            let ty = tidy::text(&field.ty);
            let signature = format!("{name}: {ty}");
            self.put(Found { role: Role::Field, owner: &owner, name, signature, compared: ty, open });
        }
    }

    fn enumeration(&mut self, item: &syn::ItemEnum, text: &str) {
        let owner = item.ident.to_string();
        self.source(&owner, text);
        if !is_public(&item.vis) {
            return;
        }
        let open = is_open(&item.attrs);
        self.derives(&owner, &item.attrs);
        let generics = tidy::text(&item.generics);
        let signature = format!("enum {owner}{generics}");
        self.put(Found {
            role: Role::Item,
            owner: &owner,
            name: String::new(),
            signature,
            compared: format!("enum{generics}"),
            open,
        });
        for variant in &item.variants {
            let signature = match &variant.fields {
                Fields::Unit => variant.ident.to_string(),
                fields => format!("{}{}", variant.ident, tidy::text(fields)),
            };
            let compared = tidy::text(&variant.fields);
            let name = variant.ident.to_string();
            self.put(Found { role: Role::Variant, owner: &owner, name, signature, compared, open });
        }
    }

    fn derives(&mut self, owner: &str, attributes: &[Attribute]) {
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("derive")) {
            let list = tidy::text(&attribute.meta);
            let list = list.trim_start_matches("derive(").trim_end_matches(')');
            for name in list.split(',').map(str::trim).filter(|name| !name.is_empty()) {
                self.implemented(owner, name);
            }
        }
    }

    fn implemented(&mut self, owner: &str, name: &str) {
        let signature = format!("impl {name} for {owner}");
        let name = name.to_owned();
        self.put(Found { role: Role::Impl, owner, name, signature, compared: String::new(), open: true });
    }

    fn interface(&mut self, item: &syn::ItemTrait, text: &str) {
        let owner = item.ident.to_string();
        self.source(&owner, text);
        let generics = tidy::text(&item.generics);
        let signature = format!("trait {owner}{generics}");
        self.put(Found {
            role: Role::Trait,
            owner: &owner,
            name: String::new(),
            signature,
            compared: format!("trait{generics}"),
            open: false,
        });
        for member in &item.items {
            match member {
                TraitItem::Fn(function_item) => {
                    let (signature, compared) = function(&function_item.sig);
                    let (name, open) = (function_item.sig.ident.to_string(), function_item.default.is_some());
                    self.put(Found { role: Role::Required, owner: &owner, name, signature, compared, open });
                }
                TraitItem::Type(ty) => {
                    let (signature, name) = (tidy::text(ty), ty.ident.to_string());
                    let compared = tidy::text(&ty.bounds);
                    self.put(Found {
                        role: Role::Required,
                        owner: &owner,
                        name,
                        signature,
                        compared,
                        open: false,
                    });
                }
                _ => {}
            }
        }
    }

    fn implementation(&mut self, item: &syn::ItemImpl, text: &str) {
        let syn::Type::Path(path) = &*item.self_ty else { return };
        let Some(owner) = path.path.segments.last().map(|segment| segment.ident.to_string()) else { return };
        // `impl From<X> for Reply` belongs to X.
        let of = item.trait_.as_ref().map(|(path, _)| tidy::text(path));
        let owner = match &of {
            Some(of) if !self.own.contains(&owner) => {
                let inner = of.split_once('<').map(|(_, inner)| inner.trim_end_matches('>').to_owned());
                inner.filter(|inner| self.own.contains(inner)).unwrap_or(owner)
            }
            _ => owner,
        };
        self.source(&owner, text);
        if let Some(of) = of {
            if self.own.contains(&owner) {
                self.implemented(&owner, of.rsplit("::").next().unwrap_or_default());
            }
            return;
        }
        for member in &item.items {
            match member {
                ImplItem::Fn(function_item) if is_public(&function_item.vis) => {
                    let (signature, compared) = function(&function_item.sig);
                    let name = function_item.sig.ident.to_string();
                    self.put(Found {
                        role: Role::Method,
                        owner: &owner,
                        name,
                        signature,
                        compared,
                        open: true,
                    });
                }
                ImplItem::Const(constant) if is_public(&constant.vis) => {
                    let (ty, name) = (tidy::text(&constant.ty), constant.ident.to_string());
                    let signature = format!("const {name}: {ty}");
                    self.put(Found {
                        role: Role::Method,
                        owner: &owner,
                        name,
                        signature,
                        compared: ty,
                        open: true,
                    });
                }
                _ => {}
            }
        }
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn is_open(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| attribute.path().is_ident("non_exhaustive"))
}

/// A function as it is told, and as it is compared: by its types.
fn function(signature: &Signature) -> (String, String) {
    let types = signature.inputs.iter().map(|input| match input {
        syn::FnArg::Receiver(receiver) => tidy::text(receiver).replace("mut self", "self"),
        syn::FnArg::Typed(typed) => tidy::text(&typed.ty),
    });
    let types = types.collect::<Vec<_>>().join(", ");
    let asynchronous = if signature.asyncness.is_some() { "async " } else { "" };
    let compared = format!("{asynchronous}({types}){}", tidy::text(&signature.output));
    (tidy::text(signature), compared)
}

/// The names that `pub use a::{B, C}` makes public.
pub(super) fn exports(tree: &UseTree, names: &mut Vec<String>) {
    match tree {
        UseTree::Path(path) => exports(&path.tree, names),
        UseTree::Name(name) => names.push(name.ident.to_string()),
        UseTree::Rename(rename) => names.push(rename.rename.to_string()),
        UseTree::Group(group) => group.items.iter().for_each(|tree| exports(tree, names)),
        UseTree::Glob(_) => {}
    }
}
