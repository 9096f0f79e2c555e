//! The operations and components of dereferenced documents, each with the construct it belongs to.

use super::dag::Id;
use super::name::{Home, Name};
use super::schemas::Schemas;
use super::{Dereferenced, Piece, Placed, links};
use crate::contract::METHODS;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::load::sources::Sources;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};

/// What the documents hold.
#[derive(Debug, Default)]
pub(super) struct Input {
    /// The operations, by path and method; the document of a construct may have one again.
    pub(super) routes: Vec<Route>,
    /// The constructs, with what their documents say beside operations and components.
    pub(super) frames: BTreeMap<Home, Map<String, Value>>,
    /// The components that have a name.
    pub(super) names: BTreeMap<Name, Id>,
    /// The components that a reference may lead to, by its key.
    pub(super) links: HashMap<String, Name>,
    /// Constructs without operations, most often used first: they only lend schemas.
    pub(super) lenders: Vec<Home>,
    /// What the bundles say of the products.
    pub(super) products: BTreeMap<String, Value>,
}

/// An operation.
#[derive(Clone, Debug)]
pub(super) struct Route {
    /// Its path.
    pub(super) path: String,
    /// Its method.
    pub(super) method: String,
    /// What it says.
    pub(super) operation: Id,
    /// The parameters that it shares with others of its path.
    pub(super) shared: Option<Id>,
    /// The construct that declares it.
    pub(super) home: Home,
    /// Members that bundling changed, as they were before.
    pub(super) restored: Vec<(String, Value)>,
}

/// Reads documents of constructs.
pub(super) fn constructs(
    input: &Dereferenced,
    sources: &Sources,
    schemas: &mut Schemas<'_>,
    found: &mut Diagnostics,
) -> Input {
    let mut read = Input::default();
    let mut pieces: Vec<&Piece> = input.documents.iter().collect();
    pieces.sort_by(|a, b| (&a.place, &a.name).cmp(&(&b.place, &b.name)));
    for piece in pieces {
        let Placed::Construct { version, construct } = &piece.place else { continue };
        let home = Home::new(version, construct);
        let scope = format!("{home}.");
        let Some(document) = interned(piece, &scope, schemas, found) else { continue };
        read.construct(&home, document, sources, schemas);
    }
    read
}

impl Input {
    fn construct(&mut self, home: &Home, document: Id, sources: &Sources, schemas: &Schemas<'_>) {
        let dag = &schemas.dag;
        let rules = &sources.constructs;
        let named = format!("{}/{}", home.version, home.construct);
        let info = dag.get(document, "info");
        let deprecated = info
            .and_then(|info| dag.get(info, &rules.deprecated_key))
            .is_some_and(|flag| dag.is_flag(flag, true));
        let merged = !deprecated && !rules.excluded.contains(&named) && !rules.schema_only.contains(&named);
        let mut frame = Map::new();
        for name in ["openapi", "info", "security"] {
            frame.extend(dag.get(document, name).map(|id| (name.to_owned(), dag.value(id))));
        }
        let components = dag.get(document, "components");
        if let Some(schemes) = components.and_then(|c| dag.get(c, "securitySchemes")) {
            frame.insert("securitySchemes".to_owned(), dag.value(schemes));
        }
        self.frames.insert(home.clone(), frame);
        let schemas = components.and_then(|c| dag.get(c, "schemas"));
        for (name, id) in schemas.into_iter().flat_map(|schemas| dag.members(schemas)) {
            let key = links::key(&format!("{home}."), name);
            self.links.insert(key, Name::new(home, name));
            self.names.insert(Name::new(home, name), id);
        }
        let paths = dag.get(document, "paths");
        if paths.is_none_or(|paths| dag.members(paths).next().is_none()) {
            self.lenders.push(home.clone());
        }
        let paths = paths.filter(|_| merged);
        for (path, item) in paths.into_iter().flat_map(|paths| dag.members(paths)) {
            for (method, operation) in dag.members(item).filter(|(name, _)| METHODS.contains(name)) {
                self.routes.push(Route {
                    path: path.to_owned(),
                    method: method.to_owned(),
                    operation,
                    shared: dag.get(item, "parameters"),
                    home: home.clone(),
                    restored: Vec::new(),
                });
            }
        }
    }
}

/// The document of a piece, interned; a finding when it is nested too deep or no OpenAPI document.
pub(super) fn interned(
    piece: &Piece,
    scope: &str,
    schemas: &mut Schemas<'_>,
    found: &mut Diagnostics,
) -> Option<Id> {
    let place = || Place::new(&piece.name, "");
    let version = piece.document.get("openapi").and_then(Value::as_str);
    if !version.is_some_and(|v| v == "3.0" || v.starts_with("3.0.")) {
        let message = "expected an OpenAPI 3.0 document";
        found.push(Diagnostic::new(Code::NotOpenApi, place(), message));
        return None;
    }
    let id = schemas.dag.intern(&links::linked(piece, scope, found));
    if id.is_none() {
        let message = "nested deeper than any document without references is: it may contain itself";
        found.push(Diagnostic::new(Code::NestedTooDeep, place(), message));
    }
    id
}
