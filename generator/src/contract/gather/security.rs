//! Security: what each operation asks for, and the schemes it may name.
//!
//! An operation is public only where upstream says `security: []`; where neither the operation nor
//! its document says anything, it asks for the default scheme of `Sources`, if that has one.

use super::Gather;
use crate::contract::resolve::{At, Layers};
use crate::diagnostic::{Code, Diagnostic};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The facts about a scheme, in canonical order.
const SCHEME_FACTS: &[&str] = &["type", "name", "in", "scheme", "bearerFormat", "flows", "openIdConnectUrl"];

/// The schemes of all documents, by name.
pub(super) struct Schemes {
    default: Option<String>,
    defined: BTreeMap<String, Value>,
    named: BTreeSet<String>,
}

impl Schemes {
    /// Schemes with the one that is asked for where upstream says nothing.
    pub(super) fn new(default: Option<&str>) -> Self {
        let default = default.map(str::to_owned);
        let named = default.iter().cloned().collect();
        Self { default, defined: BTreeMap::new(), named }
    }

    /// The requirement of the whole contract.
    pub(super) fn default_requirement(&self) -> Value {
        match &self.default {
            Some(scheme) => json!([{ scheme.as_str(): [] }]),
            None => json!([]),
        }
    }

    /// The schemes that operations name. Where there is a default, one that no document defines is a
    /// bearer token.
    pub(super) fn schemes(&self) -> Value {
        let bearer = self.default.as_ref().map(|_| json!({ "type": "http", "scheme": "bearer" }));
        let scheme = |name: &String| self.defined.get(name).or(bearer.as_ref()).cloned();
        let used = self.named.iter().filter_map(|name| Some((name.clone(), scheme(name)?)));
        Value::Object(used.collect())
    }
}

impl<'a> Gather<'a> {
    /// Takes note of the schemes that a document defines.
    pub(super) fn security_schemes(&mut self, document: &At<'a>) {
        let schemes = document.get("components").and_then(|c| c.get("securitySchemes"));
        for (name, at) in schemes.iter().flat_map(At::members) {
            match self.scheme(&at) {
                Ok(scheme) => {
                    let known =
                        self.security.defined.entry(name.to_owned()).or_insert_with(|| scheme.clone());
                    if *known != scheme {
                        let message =
                            format!("the security scheme `{name}` is defined otherwise in another document");
                        self.report(at.finding(Code::BadSecurity, message));
                    }
                }
                Err(finding) => self.report(finding),
            }
        }
    }

    fn scheme(&self, at: &At<'a>) -> Result<Value, Diagnostic> {
        let layers = Layers::of(self.documents, at)?;
        let facts =
            SCHEME_FACTS.iter().filter_map(|fact| Some(((*fact).to_owned(), layers.get(fact)?.node.clone())));
        let scheme: Map<String, Value> = facts.collect();
        if scheme.contains_key("type") {
            Ok(Value::Object(scheme))
        } else {
            Err(at.finding(Code::BadSecurity, "a security scheme without `type`"))
        }
    }

    /// What an operation asks for, if that is not the requirement of the whole contract.
    pub(super) fn requirement(&mut self, operation: &Layers<'a>, document: &At<'a>) -> Option<Value> {
        let at = operation.get("security").or_else(|| document.get("security"))?;
        let Value::Array(alternatives) = at.node else {
            self.report(at.finding(Code::BadSecurity, "`security` must be a list of alternatives"));
            return None;
        };
        for alternative in at.elements() {
            let Some(schemes) = alternative.object().filter(|o| o.values().all(Value::is_array)) else {
                self.report(
                    alternative.finding(Code::BadSecurity, "expected scheme names with lists of scopes"),
                );
                return None;
            };
            self.security.named.extend(schemes.keys().cloned());
        }
        // An alternative that asks for nothing makes the whole public only when it stands alone.
        let public = alternatives.iter().all(|a| a.as_object().is_some_and(Map::is_empty));
        let requirement = if public { json!([]) } else { at.node.clone() };
        (requirement != self.security.default_requirement()).then_some(requirement)
    }
}
