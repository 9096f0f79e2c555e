//! Operations: which there are, whose they are, and what they are called.

use super::Gather;
use crate::contract::docs::note;
use crate::contract::keywords::PLACE;
use crate::contract::resolve::{At, Layers};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::load::constructs;
use crate::load::sources::Sources;
use heck::{ToLowerCamelCase, ToUpperCamelCase};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The methods of OpenAPI 3.0, in the order of the contract.
pub(crate) const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// The member of an operation of the contract that lists its products.
const PRODUCTS: &str = "x-internal";

/// Where each operation stands, by what must be its own.
#[derive(Default)]
struct Seen<'a> {
    /// By method and path.
    routes: BTreeMap<(String, String), At<'a>>,
    /// By operation id; whether it is derived.
    ids: BTreeMap<String, (At<'a>, bool)>,
}

impl<'a> Gather<'a> {
    /// The paths of all selected documents.
    pub(super) fn paths(&mut self) -> Value {
        let mut paths: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
        let mut seen = Seen::default();
        let constructs = constructs(self.documents, self.sources).unwrap_or_else(|findings| {
            self.found.extend(findings);
            Vec::new()
        });
        for construct in constructs {
            let document = At::root(&construct.file, construct.document);
            self.security_schemes(&document);
            let name = match &self.sources.single {
                Some(single) => single.name.clone(),
                None => format!("{}.{}", construct.version, construct.name),
            };
            self.objects(&document);
            let paths_of_it = document.get("paths");
            let items = paths_of_it.iter().flat_map(At::members);
            for (path, item) in items.filter(|(path, _)| !path.starts_with("x-")) {
                let operations = self.path_item(path, &item, &document, &name, &mut seen);
                if !operations.is_empty() {
                    paths.entry(path.to_owned()).or_default().extend(operations);
                }
            }
        }
        json!(paths)
    }

    /// Says so where a part of a document that holds others cannot hold any.
    fn objects(&mut self, document: &At<'a>) {
        for part in ["paths", "components"] {
            if let Some(at) = document.get(part).filter(|at| at.object().is_none()) {
                self.report(at.finding(Code::NotOpenApi, format!("`{part}` must be an object")));
            }
        }
    }

    fn path_item(
        &mut self,
        path: &str,
        item: &At<'a>,
        document: &At<'a>,
        construct: &str,
        seen: &mut Seen<'a>,
    ) -> Vec<(String, Value)> {
        let layers = match Layers::of(self.documents, item) {
            Ok(layers) if layers.end().object().is_some() => layers,
            Ok(_) => {
                self.report(item.finding(Code::NotOpenApi, "a path must have an object of operations"));
                return Vec::new();
            }
            Err(finding) => {
                self.report(finding);
                return Vec::new();
            }
        };
        let shared = layers.get("parameters");
        self.left_out(layers.get("servers"), "servers");
        let mut operations = Vec::new();
        for method in METHODS {
            let Some(at) = layers.get(method) else { continue };
            let operation = match Layers::of(self.documents, &at) {
                Ok(operation) if operation.end().object().is_some() => operation,
                Ok(_) => {
                    self.report(at.finding(Code::NotOpenApi, "an operation must be an object"));
                    continue;
                }
                Err(finding) => {
                    self.report(finding);
                    continue;
                }
            };
            if let Some(first) = seen.routes.insert(((*method).to_owned(), path.to_owned()), at.clone()) {
                let message =
                    format!("{} {path} is already defined at {}", method.to_uppercase(), first.place());
                self.report(at.finding(Code::DuplicateOperation, message));
            }
            let id = self.operation_id(&operation, method, path, seen);
            let Some(products) = self.products_of(&operation) else { continue };
            let mut value = Map::new();
            note(&mut value, operation.end());
            value.insert("operationId".to_owned(), id.into());
            value.insert("tags".to_owned(), self.tags(&operation));
            value.extend(products.map(|products| (PRODUCTS.to_owned(), products)));
            value.insert("x-construct".to_owned(), construct.into());
            self.said_by(&operation, document, shared.as_ref(), &mut value);
            operations.push(((*method).to_owned(), Value::Object(value)));
        }
        operations
    }

    /// What an operation says of its security, its parameters, its body and its responses.
    fn said_by(
        &mut self,
        operation: &Layers<'a>,
        document: &At<'a>,
        shared: Option<&At<'a>>,
        value: &mut Map<String, Value>,
    ) {
        if let Some(deprecated) = operation.get("deprecated").filter(|d| *d.node == Value::Bool(true)) {
            value.insert("deprecated".to_owned(), deprecated.node.clone());
        }
        if let Some(requirement) = self.requirement(operation, document) {
            value.insert("security".to_owned(), requirement);
        }
        self.parameters(operation, shared, value);
        self.request_body(operation, value);
        for word in ["callbacks", "servers"] {
            self.left_out(operation.get(word), word);
        }
        self.responses(operation, value);
    }

    /// Says that nothing is generated for a part of a document.
    pub(super) fn left_out(&mut self, at: Option<At<'a>>, word: &str) {
        if let Some(at) = at {
            self.report(at.finding(Code::LeftOut, format!("nothing is generated for `{word}` here")));
        }
    }

    /// The products that an operation belongs to, if it says so; none if it is left out.
    fn products_of(&mut self, operation: &Layers<'a>) -> Option<Option<Value>> {
        if let Some(single) = &self.sources.single {
            return Some(Some(json!([single.name])));
        }
        let key = &self.sources.operations.products_key;
        let known: Vec<&str> = self.sources.products.iter().map(|p| p.name.as_str()).collect();
        let here = &operation.as_slice()[0];
        // An action of the overlay may say it.
        let Some(at) = operation.get(key) else { return Some(None) };
        let Some(list) = at.node.as_array() else {
            self.report(at.finding(Code::MissingInternal, format!("`{key}` must be a list of products")));
            return None;
        };
        let mut products: Vec<&str> = Vec::new();
        for (element, name) in at.elements().zip(list) {
            match name.as_str().filter(|name| known.contains(name)) {
                Some(name) => products.push(name),
                None => {
                    let message = format!("{name} is no product; known are {}", known.join(", "));
                    let help = "if it is a new one, add it to schemas/sources.toml";
                    self.report(element.finding(Code::UnknownProduct, message).help(help));
                }
            }
        }
        products.sort_unstable();
        products.dedup();
        if list.is_empty() {
            let message = format!("`{key}` is empty: the operation belongs to no product and is left out");
            self.report(here.finding(Code::NoProduct, message));
        }
        (!products.is_empty()).then(|| Some(json!(products)))
    }

    fn tags(&mut self, operation: &Layers<'a>) -> Value {
        let tags = operation.get("tags");
        if let Some(at) = tags.as_ref().filter(|at| !at.node.is_array()) {
            self.report(at.finding(Code::BadSchema, "`tags` must be a list of names"));
        }
        let names = tags.iter().flat_map(At::elements).filter_map(|t| t.node.as_str());
        let names: Vec<&str> = names.collect();
        json!(names)
    }

    /// The id of an operation, derived from method and path where upstream gave none.
    fn operation_id(
        &mut self,
        operation: &Layers<'a>,
        method: &str,
        path: &str,
        seen: &mut Seen<'a>,
    ) -> String {
        let here = &operation.as_slice()[0];
        let stated = operation.get("operationId");
        if let Some(at) = stated.as_ref().filter(|at| !at.node.is_string()) {
            self.report(at.finding(Code::BadSchema, "`operationId` must be a string"));
        }
        let stated = stated.and_then(|id| id.node.as_str()).filter(|id| !id.is_empty());
        let derived = stated.is_none();
        let id =
            stated.map_or_else(|| derived_id(method, path, self.sources.single.is_some()), str::to_owned);
        if derived {
            let message = format!("the operation has no `operationId`: it is called `{id}`");
            self.report(here.finding(Code::MissingOperationId, message));
        }
        match seen.ids.get(&id) {
            None => {
                seen.ids.insert(id.clone(), (here.clone(), derived));
            }
            Some((first, first_derived)) => {
                let how =
                    if derived || *first_derived { ", once the one that is missing is derived" } else { "" };
                let message = format!("the operation id `{id}` is that of another operation{how}");
                let finding: Diagnostic = here.finding(Code::DuplicateOperationId, message);
                let other = format!("the other one is at {}", first.place());
                self.report(finding.help(other));
            }
        }
        id
    }
}

/// Takes out the operations of which neither upstream nor the overlay says what products they
/// belong to.
pub(in crate::contract) fn assigned(document: &mut Value, sources: &Sources, found: &mut Diagnostics) {
    let key = &sources.operations.products_key;
    let known: Vec<&str> = sources.products.iter().map(|p| p.name.as_str()).collect();
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    for item in paths.into_iter().flat_map(|paths| paths.values_mut()).filter_map(Value::as_object_mut) {
        item.retain(|method, operation| {
            if !METHODS.contains(&method.as_str()) || operation.get(PRODUCTS).is_some() {
                return true;
            }
            let place = operation.get(PLACE).and_then(Value::as_str).and_then(|place| place.split_once('#'));
            let (file, pointer) = place.unwrap_or_default();
            let message =
                format!("the operation does not say which products it belongs to: `{key}` is missing");
            let help = format!(
                "give it `{key}: [{}]` or a part of that: upstream, or by an action in schemas/overlay.yml",
                known.join(", ")
            );
            found.push(Diagnostic::new(Code::MissingInternal, Place::new(file, pointer), message).help(help));
            false
        });
    }
    if let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) {
        paths.retain(|_, item| item.as_object().is_some_and(|item| item.keys().any(|name| name != PLACE)));
    }
}

/// An operation id from method and path: `GET /api/users/{id}/keys` is `getUsersByIdKeys`. Only if
/// `whole`, the `api` that all of upstream's paths begin with is told: others have paths without it.
fn derived_id(method: &str, path: &str, whole: bool) -> String {
    let mut words = String::from(method);
    let segments = path.split('/').filter(|s| !s.is_empty());
    for (i, segment) in segments.enumerate() {
        if i == 0 && segment == "api" && !whole {
            continue;
        }
        for (j, piece) in segment.split(['{', '}']).enumerate() {
            if piece.is_empty() {
                continue;
            }
            words.push_str(if j % 2 == 1 { " by " } else { " " });
            words.push_str(&piece.to_upper_camel_case());
        }
    }
    words.to_lower_camel_case()
}

#[cfg(test)]
mod tests {
    use super::derived_id;

    #[test]
    fn ids_are_derived_from_method_and_path() {
        let of_upstream = |method, path| derived_id(method, path, false);
        let id = of_upstream("get", "/api/academy/registrations/{contentId}");
        assert_eq!(id, "getAcademyRegistrationsByContentId");
        assert_eq!(of_upstream("post", "/evaluate"), "postEvaluate");
        assert_eq!(of_upstream("put", "/api/a-b/{x_y}/c.d"), "putAbByXyCd");
        assert_eq!(of_upstream("get", "/"), "get");
        assert_eq!(derived_id("get", "/api/users/{id}", true), "getApiUsersById");
    }
}
