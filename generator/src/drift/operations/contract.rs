//! What is said of the contract as a whole: products, security schemes, and what nobody knows.

use super::both::Both;
use super::{Edit, Gathered, Kind, Reach, permissions};
use crate::contract::PERMISSIONS;
use serde_json::Value;

/// Members of a contract that are compared elsewhere, or say nothing.
const KNOWN: &[&str] = &[
    "openapi",
    "info",
    "security",
    "x-products",
    PERMISSIONS,
    "paths",
    "components",
    "tags",
    "externalDocs",
];

impl<'a> Gathered<'a> {
    /// What no operation says.
    pub(super) fn whole(&mut self) {
        let root = Both { values: self.documents, at: [String::new(), String::new()] };
        self.products(&root.member("x-products"));
        self.schemes(&root.member("components").member("securitySchemes"));
        for edit in permissions::compare(self.documents) {
            self.push(edit, Reach::REQUEST);
        }
        self.others(&root, KNOWN, Reach::REQUEST);
    }

    fn products(&mut self, products: &Both<'a>) {
        for name in products.names() {
            let Some(both) = products.child(name) else {
                let added = products.get(1, name).is_some();
                let kind = if added { Kind::ProductAdded } else { Kind::ProductRemoved };
                let told = products.each(name).map(|value| value.map(|own| own["title"].clone()));
                self.push(Edit::new(kind, name.as_str(), products.below(name)).values(told), Reach::REQUEST);
                continue;
            };
            for fact in both.names() {
                let values = both.each(fact);
                let kind = match fact.as_str() {
                    "title" => Kind::ProductTitle,
                    "servers" => Kind::ProductServers,
                    _ => Kind::FactChanged,
                };
                if values[0] != values[1] {
                    let edit = Edit::new(kind, name.as_str(), both.below(fact));
                    self.push(edit.values(values.map(|value| value.cloned())), Reach::REQUEST);
                }
            }
        }
    }

    fn schemes(&mut self, schemes: &Both<'a>) {
        for name in schemes.names() {
            let values = schemes.each(name);
            let kind = match values {
                [None, _] => Kind::SchemeDeclared,
                [_, None] => Kind::SchemeUndeclared,
                [Some(a), Some(b)] if without_prose(a) != without_prose(b) => Kind::SchemeChanged,
                _ => continue,
            };
            let edit = Edit::new(kind, name.as_str(), schemes.below(name));
            self.push(edit.values(values.map(|value| value.cloned())), Reach::REQUEST);
        }
    }
}

fn without_prose(scheme: &Value) -> Value {
    let mut scheme = scheme.clone();
    if let Some(members) = scheme.as_object_mut() {
        members.remove("description");
    }
    scheme
}
