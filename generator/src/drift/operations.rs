//! What two contracts say differently of their operations, and where their schemas begin.

use super::edit::{Edit, Reach};
use super::kind::Kind;
use super::security;
use crate::contract::diff::operations::{Operation, matched, operations, parameters_of};
use crate::contract::diff::shapes::{Id, Shapes};
use crate::load::reference::escape;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// An operation that is on either side.
#[derive(Clone, Debug)]
pub(super) struct Named {
    /// `GET /api/workspaces`, as the newer side that has it spells it.
    pub(super) name: String,
    /// The products that it belongs to on either side.
    pub(super) products: BTreeSet<String>,
    /// The construct that declares it.
    pub(super) construct: String,
}

/// A schema of an operation.
pub(super) struct Root {
    pub(super) operation: usize,
    pub(super) reach: Reach,
    pub(super) pair: [Id; 2],
    pub(super) site: [String; 2],
}

/// What is gathered on the way through two contracts.
pub(super) struct Gathered<'a> {
    pub(super) documents: [&'a Value; 2],
    pub(super) shapes: [Shapes<'a>; 2],
    pub(super) operations: Vec<Named>,
    pub(super) roots: Vec<Root>,
    /// Edits with the operation that they are of, none for the contract as a whole.
    pub(super) edits: Vec<(Edit, Option<usize>, Reach)>,
    pub(super) counts: [usize; 2],
}

/// Something of an operation on both sides.
#[derive(Clone)]
struct Both<'a> {
    values: [&'a Value; 2],
    at: [String; 2],
}

impl<'a> Both<'a> {
    fn get(&self, side: usize, name: &str) -> Option<&'a Value> {
        self.values[side].get(name)
    }

    fn each(&self, name: &str) -> [Option<&'a Value>; 2] {
        [0, 1].map(|side| self.get(side, name))
    }

    fn below(&self, token: &str) -> [String; 2] {
        self.at.each_ref().map(|at| format!("{at}/{}", escape(token)))
    }

    fn child(&self, name: &str) -> Option<Self> {
        let [Some(a), Some(b)] = self.each(name) else { return None };
        Some(Self { values: [a, b], at: self.below(name) })
    }

    /// Both sides of a member, an empty object where a side does not have it.
    fn member(&self, name: &str) -> Self {
        static NONE: Value = Value::Null;
        Self { values: self.each(name).map(|value| value.unwrap_or(&NONE)), at: self.below(name) }
    }

    fn names(&self) -> BTreeSet<&'a String> {
        self.values.iter().filter_map(|value| value.as_object()).flat_map(Map::keys).collect()
    }

    fn flag(&self, name: &str) -> [bool; 2] {
        self.each(name).map(|value| value == Some(&Value::Bool(true)))
    }
}

/// Looks at everything but what is inside schemas.
pub(super) fn gather<'a>(old: &'a Value, new: &'a Value) -> Gathered<'a> {
    let mut gathered = Gathered {
        documents: [old, new],
        shapes: [Shapes::new(old), Shapes::new(new)],
        operations: Vec::new(),
        roots: Vec::new(),
        edits: Vec::new(),
        counts: [0, 0],
    };
    let sides = [operations(old), operations(new)];
    gathered.counts = [sides[0].len(), sides[1].len()];
    gathered.whole();
    for pair in matched(sides) {
        gathered.operation(pair);
    }
    gathered
}

/// Members of an operation that are compared, or say nothing.
const OPERATION: &[&str] = &[
    "operationId",
    "tags",
    "x-internal",
    "x-construct",
    "deprecated",
    "security",
    "parameters",
    "requestBody",
    "responses",
    "summary",
    "description",
    "externalDocs",
];
const PARAMETER: &[&str] = &[
    "name",
    "in",
    "required",
    "deprecated",
    "allowEmptyValue",
    "style",
    "explode",
    "allowReserved",
    "schema",
    "content",
    "description",
    "example",
    "examples",
];
const BODY: &[&str] = &["required", "content", "description"];
const MEDIA: &[&str] = &["schema", "encoding", "example", "examples"];
const RESPONSE: &[&str] = &["headers", "content", "description"];

impl<'a> Gathered<'a> {
    fn push(&mut self, edit: Edit, reach: Reach) {
        let operation = self.operations.len().checked_sub(1);
        self.edits.push((edit, operation, reach));
    }

    /// Edits of members that nobody knows.
    fn others(&mut self, both: &Both<'a>, known: &[&str], reach: Reach) {
        for name in both.names().into_iter().filter(|name| !known.contains(&name.as_str())) {
            let values = both.each(name);
            if values[0] != values[1] {
                let edit = Edit::new(Kind::FactChanged, name.as_str(), both.below(name));
                self.push(edit.values(values.map(|value| value.cloned())), reach);
            }
        }
    }

    /// What is said of the contract as a whole.
    fn whole(&mut self) {
        let root = Both { values: self.documents, at: [String::new(), String::new()] };
        let products = root.member("x-products");
        for name in products.names() {
            let at = products.below(name);
            let Some(both) = products.child(name) else {
                let added = products.get(1, name).is_some();
                let kind = if added { Kind::ProductAdded } else { Kind::ProductRemoved };
                let told = products.each(name).map(|value| value.map(|v| v["title"].clone()));
                self.edits.push((Edit::new(kind, name.as_str(), at).values(told), None, Reach::REQUEST));
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
                    self.edits.push((edit.values(values.map(|v| v.cloned())), None, Reach::REQUEST));
                }
            }
        }
        let schemes = root.member("components").member("securitySchemes");
        for name in schemes.names() {
            let values = schemes.each(name);
            let kind = match values {
                [None, _] => Kind::SchemeDeclared,
                [_, None] => Kind::SchemeUndeclared,
                [Some(a), Some(b)] if without_prose(a) != without_prose(b) => Kind::SchemeChanged,
                _ => continue,
            };
            let edit = Edit::new(kind, name.as_str(), schemes.below(name)).values(values.map(|v| v.cloned()));
            self.edits.push((edit, None, Reach::REQUEST));
        }
        let known =
            ["openapi", "info", "security", "x-products", "paths", "components", "tags", "externalDocs"];
        for name in root.names().into_iter().filter(|name| !known.contains(&name.as_str())) {
            let values = root.each(name);
            if values[0] != values[1] {
                let edit = Edit::new(Kind::FactChanged, name.as_str(), root.below(name));
                self.edits.push((edit.values(values.map(|v| v.cloned())), None, Reach::REQUEST));
            }
        }
    }

    fn operation(&mut self, pair: [Option<Operation<'a>>; 2]) {
        let Some(last) = pair[1].as_ref().or(pair[0].as_ref()) else { return };
        let name =
            |operation: &Operation<'_>| format!("{} {}", operation.method.to_uppercase(), operation.path);
        let pointer =
            |operation: &Operation<'_>| format!("/paths/{}/{}", escape(operation.path), operation.method);
        let at = [0, 1].map(|side| pair[side].as_ref().map(pointer).unwrap_or_default());
        let products = |side: usize| -> BTreeSet<String> {
            let value = pair[side].as_ref().and_then(|operation| operation.value.get("x-internal"));
            value
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect()
        };
        let sides = [products(0), products(1)];
        self.operations.push(Named {
            name: name(last),
            products: sides[0].union(&sides[1]).cloned().collect(),
            construct: last.value.get("x-construct").and_then(Value::as_str).unwrap_or_default().to_owned(),
        });
        let told = pair.each_ref().map(|side| {
            side.as_ref().map(|operation| operation.value.get("operationId").cloned().unwrap_or_default())
        });
        let (a, b) = match pair {
            [Some(a), Some(b)] => (a, b),
            [a, b] => {
                let kind = if b.is_some() { Kind::OperationAdded } else { Kind::OperationRemoved };
                let flag = |side: &Option<Operation<'_>>| {
                    side.as_ref().is_some_and(|o| o.value.get("deprecated") == Some(&Value::Bool(true)))
                };
                let mut edit = Edit::new(kind, name(last_of(&a, &b)), at).values(told);
                edit.deprecated = [flag(&a), flag(&b)];
                return self.push(edit, Reach::REQUEST);
            }
        };
        self.paths([a.path, b.path], &at);
        let both = Both { values: [a.value, b.value], at };
        self.facts(&both, &sides);
        self.parameters(&both, [a.path, b.path]);
        self.body(&both);
        self.responses(&both);
        self.others(&both, OPERATION, Reach::REQUEST);
    }

    fn paths(&mut self, paths: [&str; 2], at: &[String; 2]) {
        for (before, after) in parameters_of(paths[0]).into_iter().zip(parameters_of(paths[1])) {
            if before != after {
                let edit = Edit::new(Kind::PathParameterRenamed, before, at.clone());
                self.push(edit.values([Some(json!(before)), Some(json!(after))]), Reach::REQUEST);
            }
        }
    }

    fn facts(&mut self, both: &Both<'a>, products: &[BTreeSet<String>; 2]) {
        for (name, kind) in
            [("operationId", Kind::OperationId), ("tags", Kind::Tags), ("x-construct", Kind::Construct)]
        {
            let values = both.each(name);
            if values[0] != values[1] {
                let edit = Edit::new(kind, name, both.below(name));
                self.push(edit.values(values.map(|value| value.cloned())), Reach::REQUEST);
            }
        }
        self.deprecation(both, "operation", Reach::REQUEST);
        let deprecated = both.flag("deprecated");
        for product in products[0].symmetric_difference(&products[1]) {
            let offered = products[1].contains(product);
            let kind = if offered { Kind::OperationOffered } else { Kind::OperationWithdrawn };
            let mut edit = Edit::new(kind, product.as_str(), both.below("x-internal"));
            edit.stated = [!offered, offered];
            edit.deprecated = deprecated;
            self.push(edit, Reach::REQUEST);
        }
        for edit in security::compare(self.documents, both.values, &both.at) {
            self.push(edit, Reach::REQUEST);
        }
    }

    fn deprecation(&mut self, both: &Both<'a>, name: &str, reach: Reach) {
        let kind = match both.flag("deprecated") {
            [false, true] => Kind::DeprecatedSet,
            [true, false] => Kind::DeprecatedUnset,
            _ => return,
        };
        self.push(Edit::new(kind, name, both.below("deprecated")), reach);
    }

    fn parameters(&mut self, operation: &Both<'a>, paths: [&str; 2]) {
        let renamed: BTreeMap<&str, &str> =
            parameters_of(paths[1]).into_iter().zip(parameters_of(paths[0])).collect();
        let listed = [0, 1].map(|side| {
            let list = operation.get(side, "parameters").and_then(Value::as_array).into_iter().flatten();
            let each = list.enumerate().map(|(number, value)| {
                let text = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default();
                let (place, name) = (text("in"), text("name"));
                let renamed = || renamed.get(name).copied().unwrap_or(name);
                let known = if place == "path" && side == 1 { renamed() } else { name };
                ((place, known), format!("{}/parameters/{number}", operation.at[side]), value)
            });
            each.collect::<Vec<_>>()
        });
        let keys: BTreeSet<_> = listed.iter().flatten().map(|(key, ..)| *key).collect();
        for key in keys {
            let found = listed.each_ref().map(|list| list.iter().find(|(other, ..)| *other == key));
            let name = format!("{} `{}`", key.0, key.1);
            let flag = |side: usize, flag: &str| {
                found[side].is_some_and(|(.., value)| value.get(flag) == Some(&Value::Bool(true)))
            };
            match found {
                [Some(a), Some(b)] => {
                    let both = Both { values: [a.2, b.2], at: [a.1.clone(), b.1.clone()] };
                    self.described(&both, &name, Reach::REQUEST, PARAMETER);
                }
                [a, b] => {
                    let kind = if b.is_some() { Kind::ParameterAdded } else { Kind::ParameterRemoved };
                    let at = [a, b].map(|side| side.map_or_else(String::new, |(_, at, _)| at.clone()));
                    let at = [0, 1].map(|side| {
                        if at[side].is_empty() {
                            format!("{}/parameters", operation.at[side])
                        } else {
                            at[side].clone()
                        }
                    });
                    let told = [a, b].map(|side| side.map(|(.., value)| parameter_words(value)));
                    let mut edit = Edit::new(kind, name, at).values(told);
                    edit.required = [flag(0, "required"), flag(1, "required")];
                    edit.deprecated = [flag(0, "deprecated"), flag(1, "deprecated")];
                    self.push(edit, Reach::REQUEST);
                }
            }
        }
        self.order(operation, &listed.each_ref().map(|list| list.iter().map(|(key, ..)| *key).collect()));
    }

    fn order(&mut self, operation: &Both<'a>, listed: &[Vec<(&str, &str)>; 2]) {
        for place in ["query", "header", "cookie"] {
            let of = |side: usize, other: usize| -> Vec<&str> {
                let own = listed[side].iter().filter(|key| key.0 == place && listed[other].contains(key));
                own.map(|key| key.1).collect()
            };
            let (before, after) = (of(0, 1), of(1, 0));
            if before != after {
                let edit = Edit::new(Kind::ParameterOrder, place, operation.below("parameters"));
                self.push(edit.values([Some(json!(before)), Some(json!(after))]), Reach::REQUEST);
            }
        }
    }

    /// What parameters and headers have in common.
    fn described(&mut self, both: &Both<'a>, name: &str, reach: Reach, known: &[&str]) {
        let required = match both.flag("required") {
            [false, true] => Some(Kind::BecameRequired),
            [true, false] => Some(Kind::BecameOptional),
            _ => None,
        };
        let empty = match both.flag("allowEmptyValue") {
            [false, true] => Some(Kind::EmptyAllowed),
            [true, false] => Some(Kind::EmptyRefused),
            _ => None,
        };
        for (kind, fact) in [(required, "required"), (empty, "allowEmptyValue")] {
            if let Some(kind) = kind {
                let told = both.flag(fact).map(|flag| Some(json!(flag)));
                self.push(Edit::new(kind, name, both.below(fact)).values(told), reach);
            }
        }
        self.deprecation(both, name, reach);
        for (fact, kind) in
            [("style", Kind::Writing), ("explode", Kind::Writing), ("allowReserved", Kind::Reserved)]
        {
            let values = [0, 1].map(|side| written(both.values[side], fact));
            if values[0] != values[1] {
                self.push(
                    Edit::new(kind, format!("{name} ({fact})"), both.below(fact)).values(values.map(Some)),
                    reach,
                );
            }
        }
        self.schema(both, name, reach);
        self.content(both, reach);
        self.others(both, known, reach);
    }

    fn schema(&mut self, both: &Both<'a>, name: &str, reach: Reach) {
        let site = both.below("schema");
        match both.each("schema") {
            [Some(a), Some(b)] => {
                let pair = [self.shapes[0].at(&site[0], a), self.shapes[1].at(&site[1], b)];
                let operation = self.operations.len() - 1;
                self.roots.push(Root { operation, reach, pair, site });
            }
            [None, None] => {}
            [a, _] => {
                let kind = if a.is_none() { Kind::SchemaStated } else { Kind::SchemaDropped };
                let mut edit = Edit::new(kind, name, site);
                edit.stated = [a.is_some(), a.is_none()];
                self.push(edit, reach);
            }
        }
    }

    fn content(&mut self, owner: &Both<'a>, reach: Reach) {
        let content = owner.member("content");
        for name in content.names() {
            let Some(both) = content.child(name) else {
                let added = content.get(1, name).is_some();
                let kind = if added { Kind::MediaTypeAdded } else { Kind::MediaTypeRemoved };
                let mut edit = Edit::new(kind, name.as_str(), content.below(name));
                edit.stated = [!added, added];
                self.push(edit, reach);
                continue;
            };
            let encodings = both.each("encoding");
            if encodings[0] != encodings[1] {
                let edit = Edit::new(Kind::Encoding, name.as_str(), both.below("encoding"));
                self.push(edit.values(encodings.map(|value| value.cloned())), reach);
            }
            self.schema(&both, name, reach);
            self.others(&both, MEDIA, reach);
        }
    }

    fn body(&mut self, operation: &Both<'a>) {
        let Some(both) = operation.child("requestBody") else {
            let bodies = operation.each("requestBody");
            let required =
                bodies.map(|body| body.is_some_and(|body| body.get("required") == Some(&Value::Bool(true))));
            let kind = match bodies {
                [None, None] => return,
                [None, _] => Kind::BodyAdded,
                _ => Kind::BodyRemoved,
            };
            let told = bodies.map(|body| body.map(body_words));
            let mut edit = Edit::new(kind, "request body", operation.below("requestBody")).values(told);
            edit.required = required;
            return self.push(edit, Reach::REQUEST);
        };
        let kind = match both.flag("required") {
            [false, true] => Some(Kind::BecameRequired),
            [true, false] => Some(Kind::BecameOptional),
            _ => None,
        };
        if let Some(kind) = kind {
            let told = both.flag("required").map(|flag| Some(json!(flag)));
            self.push(Edit::new(kind, "request body", both.below("required")).values(told), Reach::REQUEST);
        }
        self.content(&both, Reach::REQUEST);
        self.others(&both, BODY, Reach::REQUEST);
    }

    fn responses(&mut self, operation: &Both<'a>) {
        let responses = operation.member("responses");
        for status in responses.names() {
            let success = is_success(status, responses.values);
            let reach = if success { Reach::SUCCESS } else { Reach::FAILURE };
            let Some(both) = responses.child(status) else {
                let added = responses.get(1, status).is_some();
                let kind = if added { Kind::StatusAdded } else { Kind::StatusRemoved };
                let told = responses.each(status).map(|value| value.map(body_words));
                let mut edit = Edit::new(kind, status.as_str(), responses.below(status)).values(told);
                edit.success = success;
                self.push(edit, reach);
                continue;
            };
            self.headers(&both, reach);
            self.content(&both, reach);
            self.others(&both, RESPONSE, reach);
        }
    }

    fn headers(&mut self, response: &Both<'a>, reach: Reach) {
        let headers = response.member("headers");
        for name in headers.names() {
            if let Some(both) = headers.child(name) {
                self.described(&both, name, reach, PARAMETER);
                continue;
            }
            let added = headers.get(1, name).is_some();
            let kind = if added { Kind::HeaderAdded } else { Kind::HeaderRemoved };
            let mut edit = Edit::new(kind, name.as_str(), headers.below(name));
            let flag = |side: usize, flag: &str| {
                headers.get(side, name).is_some_and(|value| value.get(flag) == Some(&Value::Bool(true)))
            };
            edit.stated = [!added, added];
            edit.required = [flag(0, "required"), flag(1, "required")];
            edit.deprecated = [flag(0, "deprecated"), flag(1, "deprecated")];
            self.push(edit, reach);
        }
    }
}

fn last_of<'o, 'a>(a: &'o Option<Operation<'a>>, b: &'o Option<Operation<'a>>) -> &'o Operation<'a> {
    static NONE: Operation<'static> = Operation { method: "", path: "", value: &Value::Null };
    b.as_ref().or(a.as_ref()).unwrap_or(&NONE)
}

/// How a parameter is written, with what OpenAPI says where it says nothing itself.
fn written(parameter: &Value, fact: &str) -> Value {
    if let Some(value) = parameter.get(fact) {
        return value.clone();
    }
    let place = parameter.get("in").and_then(Value::as_str).unwrap_or("header");
    let form = matches!(place, "query" | "cookie");
    let style =
        parameter.get("style").and_then(Value::as_str).unwrap_or(if form { "form" } else { "simple" });
    match fact {
        "style" => json!(style),
        "explode" => json!(style == "form"),
        _ => json!(false),
    }
}

/// Whether a status says that something went well: a 2xx, the 101 of an upgrade, or `default` where
/// a side has no other.
fn is_success(status: &str, responses: [&Value; 2]) -> bool {
    let well = |status: &str| status.starts_with('2') || status == "101";
    let alone = |side: &Value| {
        side.as_object().is_some_and(|all| all.contains_key("default") && !all.keys().any(|name| well(name)))
    };
    well(status) || status == "default" && responses.iter().any(|side| alone(side))
}

fn without_prose(scheme: &Value) -> Value {
    let mut scheme = scheme.clone();
    if let Some(members) = scheme.as_object_mut() {
        members.remove("description");
    }
    scheme
}

/// A parameter in a word: its type.
fn parameter_words(parameter: &Value) -> Value {
    let schema = parameter.get("schema");
    let ty = schema.and_then(|schema| schema.get("type").or_else(|| schema.get("$ref")));
    let ty = ty.and_then(Value::as_str).unwrap_or("any");
    let required = parameter.get("required") == Some(&Value::Bool(true));
    let ty = ty.rsplit('/').next().unwrap_or_default();
    json!(if required { format!("{ty}, required") } else { ty.to_owned() })
}

/// A body in a word: its media types.
fn body_words(body: &Value) -> Value {
    let content = body.get("content").and_then(Value::as_object);
    let names: Vec<&str> = content.into_iter().flat_map(Map::keys).map(String::as_str).collect();
    json!(if names.is_empty() { "no body".to_owned() } else { names.join(", ") })
}
