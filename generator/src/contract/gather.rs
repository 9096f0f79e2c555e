//! From the source documents to one document of facts, every reference turned into the name of a
//! component.
//!
//! What comes out is an OpenAPI 3.0.3 document that says what upstream says, keyword by keyword;
//! `normalise` then chooses among the ways to say it.

mod content;
mod operations;
mod parameters;
mod schema;
mod security;
mod value;

pub(crate) use content::reason;
pub(crate) use operations::METHODS;
pub(super) use operations::assigned;
pub(crate) use schema::go_json_tag;

use super::docs::note;
use super::names::Names;
use super::permissions;
use super::resolve::At;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::load::sources::Sources;
use crate::load::{Documents, document};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::rc::Rc;

/// The facts of all selected operations and of the schemas they reach, as a document.
pub(super) fn gathered(
    documents: &Documents,
    sources: &Sources,
    release: &str,
    found: &mut Diagnostics,
) -> Value {
    let mut gather = Gather::new(documents, sources);
    let paths = gather.paths();
    gather.drain();
    let mut facts = json!({
        "openapi": "3.0.3",
        "info": { "title": sources.contract.title, "version": release },
        "security": gather.security.default_requirement(),
        "x-products": gather.products(),
        "paths": paths,
        "components": {
            "schemas": gather.components,
            "securitySchemes": gather.security.schemes(),
        },
    });
    found.extend(gather.found);
    if let Some(permissions) = permissions::stated(documents, sources, found) {
        facts[permissions::MEMBER] = permissions;
    }
    facts
}

/// What is known while documents are read.
struct Gather<'a> {
    documents: &'a Documents,
    sources: &'a Sources,
    names: Names<'a>,
    security: security::Schemes,
    /// Components that are referred to and not yet read.
    queue: Vec<(String, At<'a>)>,
    /// Components, by name; `null` while they are queued.
    components: BTreeMap<String, Value>,
    /// The schemas without a name that are being copied where they are used, outermost first.
    inlining: Vec<(Rc<str>, String)>,
    /// How many schemas have been copied so.
    copies: usize,
    /// How deep the schema that is being read is nested.
    nesting: usize,
    found: Diagnostics,
}

impl<'a> Gather<'a> {
    fn new(documents: &'a Documents, sources: &'a Sources) -> Self {
        Self {
            documents,
            sources,
            names: Names::new(documents, sources),
            security: security::Schemes::new(sources.contract.security.as_deref()),
            queue: Vec::new(),
            components: BTreeMap::new(),
            inlining: Vec::new(),
            copies: 0,
            nesting: 0,
            found: Diagnostics::new(),
        }
    }

    /// Reads the components that are referred to, and those that they refer to.
    fn drain(&mut self) {
        while let Some((name, at)) = self.queue.pop() {
            let schema = self.schema(&at);
            self.components.insert(name, schema);
        }
    }

    /// What the base document of each product says of it.
    fn products(&mut self) -> Value {
        let mut products = Map::new();
        for product in &self.sources.products {
            let Some(base) = document(self.documents, &product.base, &mut self.found) else { continue };
            let title = base.pointer("/info/title").and_then(Value::as_str).unwrap_or(&product.name);
            let servers = base.get("servers").and_then(Value::as_array).into_iter().flatten();
            let urls: Vec<String> = servers.filter_map(server_url).collect();
            products.insert(product.name.clone(), json!({ "title": title, "servers": urls }));
        }
        Value::Object(products)
    }

    fn report(&mut self, finding: Diagnostic) {
        self.found.push(finding);
    }
}

/// The URL of a server, with each of its variables at its default.
fn server_url(server: &Value) -> Option<String> {
    let mut url = server.get("url")?.as_str()?.to_owned();
    let variables = server.get("variables").and_then(Value::as_object);
    for (name, variable) in variables.into_iter().flatten() {
        if let Some(default) = variable.get("default").and_then(Value::as_str) {
            url = url.replace(&format!("{{{name}}}"), default);
        }
    }
    Some(url)
}

/// An empty schema that remembers where it comes from.
fn placed(at: &At<'_>) -> Map<String, Value> {
    let mut schema = Map::new();
    note(&mut schema, at);
    schema
}
