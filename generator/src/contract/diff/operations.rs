//! The operations of two contracts, matched by method and path, fact by fact.

use super::classes::Classes;
use super::shapes::{Id, Shapes};
use super::walk::Walk;
use super::{Cause, Difference, Location, What};
use crate::contract::PERMISSIONS;
use crate::contract::gather::METHODS;
use crate::load::reference::escape;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// An operation of a contract.
#[derive(Clone, Debug)]
pub(crate) struct Operation<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) value: &'a Value,
}

/// Something of an operation, on one side: where it stands in the contract, and what it is.
#[derive(Clone, Debug)]
pub(super) struct Side<'a> {
    pub(super) pointer: String,
    pub(crate) value: &'a Value,
}

/// What is found, and how many operations each side has.
pub(super) struct Found {
    pub(super) counts: [usize; 2],
    pub(super) differences: Vec<Difference>,
}

/// What `a` and `b` say differently.
pub(super) fn compare(a: &Value, b: &Value) -> Found {
    let sides = [operations(a), operations(b)];
    let counts = [sides[0].len(), sides[1].len()];
    let mut look = Look::new([a, b]);
    look.whole();
    for pair in matched(sides) {
        look.operation(pair);
    }
    Found { counts, differences: look.finish() }
}

/// The operations of a contract, in its order.
pub(crate) fn operations(document: &Value) -> Vec<Operation<'_>> {
    let paths = document.get("paths").and_then(Value::as_object).into_iter().flatten();
    let each = paths.flat_map(|(path, item)| {
        let methods = METHODS.iter().filter_map(move |method| Some((*method, item.get(*method)?)));
        methods.map(|(method, value)| Operation { method, path, value })
    });
    each.collect()
}

/// Operations with the same method and path; then those whose path parameters only are called
/// otherwise; then those that only one side has.
pub(crate) fn matched<'a>(sides: [Vec<Operation<'a>>; 2]) -> Vec<[Option<Operation<'a>>; 2]> {
    let [ours, theirs] = sides;
    let mut pairs: Vec<[Option<Operation<'a>>; 2]> = Vec::new();
    let mut left: BTreeMap<(&str, &str), Operation<'a>> =
        theirs.into_iter().map(|operation| ((operation.method, operation.path), operation)).collect();
    let (same, others): (Vec<_>, Vec<_>) =
        ours.into_iter().partition(|operation| left.contains_key(&(operation.method, operation.path)));
    for operation in same {
        let there = left.remove(&(operation.method, operation.path));
        pairs.push([Some(operation), there]);
    }
    for operation in others {
        let alike = |(method, path): &&(&str, &str)| {
            *method == operation.method && blanked(path) == blanked(operation.path)
        };
        let key = left.keys().find(alike).copied();
        let there = key.and_then(|key| left.remove(&key));
        pairs.push([Some(operation), there]);
    }
    pairs.extend(left.into_values().map(|operation| [None, Some(operation)]));
    pairs
}

/// A path without the names of its parameters.
fn blanked(path: &str) -> String {
    let pieces = path.split('{').map(|piece| piece.split_once('}').map_or(piece, |(_, rest)| rest));
    pieces.collect::<Vec<_>>().join("{}")
}

/// The names of the parameters in a path, in order.
pub(crate) fn parameters_of(path: &str) -> Vec<&str> {
    path.split('{').skip(1).filter_map(|piece| Some(piece.split_once('}')?.0)).collect()
}

/// The schemas that are compared at a place, one of each side.
pub(super) struct Root {
    pub(super) operation: usize,
    pub(super) place: Location,
    pub(super) pair: (Id, Id),
}

/// Two contracts that are looked at.
pub(super) struct Look<'a> {
    documents: [&'a Value; 2],
    pub(super) shapes: [Shapes<'a>; 2],
    findings: Vec<Difference>,
    pub(super) roots: Vec<Root>,
    /// How many operations have been looked at, and the place of the last.
    count: usize,
    place: Location,
    /// The pointers of the operation on each side.
    at: [String; 2],
}

impl<'a> Look<'a> {
    pub(super) fn new(documents: [&'a Value; 2]) -> Self {
        Self {
            documents,
            shapes: documents.map(Shapes::new),
            findings: Vec::new(),
            roots: Vec::new(),
            count: 0,
            place: Location::default(),
            at: [String::new(), String::new()],
        }
    }

    fn finish(mut self) -> Vec<Difference> {
        if self.shapes.iter().any(|shapes| shapes.too_many) {
            self.place = Location::default();
            self.report(What::Schema, "", Cause::TooLarge, [None, None], "");
        }
        let classes = Classes::of([&self.shapes[0], &self.shapes[1]]);
        let mut walk = Walk::new([&self.shapes[0], &self.shapes[1]], &classes);
        let mut roots = vec![Vec::new(); self.count];
        for root in &self.roots {
            roots[root.operation].extend(walk.root(&root.place, root.pair));
        }
        self.findings.extend(walk.findings(&roots));
        self.findings.sort();
        self.findings
    }

    fn report(
        &mut self,
        what: What,
        name: &str,
        cause: Cause,
        [before, after]: [Option<String>; 2],
        below: &str,
    ) {
        let pointer = format!("{}{below}", self.place.pointer);
        let operations = usize::from(!self.place.operation.is_empty());
        let place = Location { operation: self.place.operation.clone(), pointer };
        let declared = [0, 1].map(|side| format!("{}{below}", self.at[side]));
        self.findings.push(Difference {
            place,
            what,
            name: name.to_owned(),
            cause,
            before,
            after,
            operations,
            declared,
        });
    }

    /// Reports a fact that the sides state differently; lists may only be ordered differently.
    fn fact(&mut self, what: What, name: &str, sides: [Option<&Value>; 2], below: &str) {
        if sides[0] == sides[1] {
            return;
        }
        let cause = match sides {
            [Some(_), None] => Cause::OnlyInA,
            [None, Some(_)] => Cause::OnlyInB,
            [Some(Value::Array(a)), Some(Value::Array(b))] if same_elements(a, b) => Cause::Order,
            _ => Cause::Changed,
        };
        self.report(what, name, cause, sides.map(|value| value.map(Value::to_string)), below);
    }

    /// Reports that only one side has something; says whether both have it.
    fn both<T>(&mut self, what: What, name: &str, sides: [Option<T>; 2], below: &str) -> Option<[T; 2]> {
        let cause = match sides {
            [Some(a), Some(b)] => return Some([a, b]),
            [Some(_), None] => Cause::OnlyInA,
            [None, Some(_)] => Cause::OnlyInB,
            [None, None] => return None,
        };
        self.report(what, name, cause, sides.map(|side| side.map(|_| name.to_owned())), below);
        None
    }

    /// What is said of the contract as a whole.
    fn whole(&mut self) {
        let empty = Map::new();
        let mut tables =
            vec![("x-products", What::Product), ("components/securitySchemes", What::SecurityScheme)];
        // A form that does not have the table says nothing of keys.
        if self.documents.iter().all(|document| document.get(PERMISSIONS).is_some()) {
            tables.push((PERMISSIONS, What::Permission));
        }
        for (key, what) in tables {
            let pointer = format!("/{key}");
            let sides =
                self.documents.map(|d| d.pointer(&pointer).and_then(Value::as_object).unwrap_or(&empty));
            let names: BTreeSet<&String> = sides.iter().flat_map(|side| side.keys()).collect();
            for name in names {
                let below = format!("{pointer}/{}", escape(name));
                let Some(both) = self.both(what, name, sides.map(|side| side.get(name)), &below) else {
                    continue;
                };
                let facts: BTreeSet<&String> =
                    both.iter().filter_map(|side| side.as_object()).flat_map(Map::keys).collect();
                for fact in facts {
                    let below = format!("{below}/{}", escape(fact));
                    self.fact(what, &format!("{name} {fact}"), both.map(|side| side.get(fact)), &below);
                }
            }
        }
    }

    /// Looks at an operation: what only one side has is one finding.
    pub(super) fn operation(&mut self, pair: [Option<Operation<'a>>; 2]) {
        let Some(first) = pair[0].as_ref().or(pair[1].as_ref()) else { return };
        let name = format!("{} {}", first.method.to_uppercase(), first.path);
        self.place = Location { operation: name.clone(), pointer: String::new() };
        let pointer =
            |operation: &Operation<'_>| format!("/paths/{}/{}", escape(operation.path), operation.method);
        self.at = [0, 1].map(|side| pair[side].as_ref().map(pointer).unwrap_or_default());
        self.count += 1;
        let Some([a, b]) = self.both(What::Operation, &name, pair, "") else { return };
        if a.path != b.path {
            let paths = [Some(a.path.to_owned()), Some(b.path.to_owned())];
            self.report(What::Operation, &name, Cause::Renamed, paths, "");
        }
        let facts = [
            ("operationId", What::OperationId),
            ("tags", What::Tags),
            ("x-internal", What::Products),
            ("deprecated", What::Deprecated),
        ];
        for (fact, what) in facts {
            self.fact(what, fact, [a.value.get(fact), b.value.get(fact)], &format!("/{fact}"));
        }
        let [of_a, of_b] = self.documents.map(|document| document.get("security"));
        let security = [a.value.get("security").or(of_a), b.value.get("security").or(of_b)];
        self.fact(What::Security, "security", security, "/security");
        self.parameters([&a, &b]);
        self.body([&a, &b]);
        self.responses([&a, &b]);
    }

    fn parameters(&mut self, sides: [&Operation<'a>; 2]) {
        let renamed: BTreeMap<&str, &str> =
            parameters_of(sides[1].path).into_iter().zip(parameters_of(sides[0].path)).collect();
        let listed = sides.map(|side| {
            let list = side.value.get("parameters").and_then(Value::as_array).into_iter().flatten();
            let each = list.enumerate().map(|(i, value)| {
                let text = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default();
                let (place, name) = (text("in"), text("name"));
                // The names of A, for path parameters that only are called otherwise.
                let known = if place == "path" { renamed.get(name).copied().unwrap_or(name) } else { name };
                ((place, known), i, value)
            });
            each.collect::<Vec<_>>()
        });
        let keys: BTreeSet<_> = listed.iter().flatten().map(|(key, ..)| *key).collect();
        for key in &keys {
            let sides = listed.each_ref().map(|list| list.iter().find(|(other, ..)| other == key));
            let name = format!("{} {}", key.0, key.1);
            let below = sides[0].or(sides[1]).map(|(_, i, _)| format!("/parameters/{i}")).unwrap_or_default();
            let Some(both) = self.both(What::Parameter, &name, sides, &below) else { continue };
            let pointers = [0, 1].map(|side| format!("{}/parameters/{}", self.at[side], both[side].1));
            let values = both.map(|(.., value)| *value);
            self.described(What::Parameter, &name, (values, pointers), &below);
        }
        for place in ["query", "header", "cookie"] {
            let order = listed.each_ref().map(|list| {
                let names = list.iter().map(|(key, ..)| key).filter(|key| key.0 == place);
                names.map(|key| key.1).collect::<Vec<_>>()
            });
            let sorted = order.clone().map(|mut names| {
                names.sort_unstable();
                names
            });
            if order[0] != order[1] && sorted[0] == sorted[1] {
                let texts = order.map(|names| Some(names.join(", ")));
                self.report(What::Parameter, place, Cause::Order, texts, "/parameters");
            }
        }
    }

    /// What parameters and headers have in common.
    fn described(&mut self, what: What, name: &str, sides: ([&'a Value; 2], [String; 2]), below: &str) {
        let (values, pointers) = sides;
        for fact in ["required", "deprecated", "allowEmptyValue", "style", "explode", "allowReserved"] {
            let what = if fact == "deprecated" { What::Deprecated } else { what };
            let below = format!("{below}/{fact}");
            self.fact(what, &format!("{name} {fact}"), values.map(|value| value.get(fact)), &below);
        }
        self.schema(&values, &pointers, below);
        let contents = [0, 1].map(|side| part(values[side], &pointers[side], "content"));
        self.content(contents, below);
    }

    fn schema(&mut self, values: &[&'a Value; 2], pointers: &[String; 2], below: &str) {
        let below = format!("{below}/schema");
        let schemas = values.map(|value| value.get("schema"));
        let Some([a, b]) = self.both(What::Schema, "schema", schemas, &below) else { return };
        let ids = [(0, a), (1, b)]
            .map(|(side, schema)| self.shapes[side].at(&format!("{}/schema", pointers[side]), schema));
        let place = Location { operation: self.place.operation.clone(), pointer: below };
        self.roots.push(Root { operation: self.count - 1, place, pair: (ids[0], ids[1]) });
    }

    fn body(&mut self, sides: [&Operation<'a>; 2]) {
        let bodies = [0, 1].map(|side| part(sides[side].value, &self.at[side], "requestBody"));
        let Some([a, b]) = self.both(What::Body, "requestBody", bodies, "/requestBody") else { return };
        let required = [a.value.get("required"), b.value.get("required")];
        self.fact(What::Body, "required", required, "/requestBody/required");
        self.content([&a, &b].map(|side| part(side.value, &side.pointer, "content")), "/requestBody");
    }

    fn content(&mut self, contents: [Option<Side<'a>>; 2], below: &str) {
        let names: BTreeSet<&String> =
            contents.iter().flatten().filter_map(|c| c.value.as_object()).flat_map(Map::keys).collect();
        for name in names {
            let below = format!("{below}/content/{}", escape(name));
            let sides = contents.each_ref().map(|c| c.as_ref().and_then(|c| part(c.value, &c.pointer, name)));
            let Some([a, b]) = self.both(What::MediaType, name, sides, &below) else { continue };
            let encodings = [a.value.get("encoding"), b.value.get("encoding")];
            self.fact(What::MediaType, "encoding", encodings, &format!("{below}/encoding"));
            self.schema(&[a.value, b.value], &[a.pointer, b.pointer], &below);
        }
    }

    fn responses(&mut self, sides: [&Operation<'a>; 2]) {
        let [a, b] = [0, 1].map(|side| Side {
            pointer: format!("{}/responses", self.at[side]),
            value: sides[side].value.get("responses").unwrap_or(&Value::Null),
        });
        for status in keys([a.value, b.value]) {
            let below = format!("/responses/{status}");
            let found = [&a, &b].map(|side| part(side.value, &side.pointer, status));
            let Some([a, b]) = self.both(What::Status, status, found, &below) else { continue };
            let headers = [&a, &b].map(|side| part(side.value, &side.pointer, "headers"));
            let none = Value::Null;
            let values = headers.each_ref().map(|side| side.as_ref().map_or(&none, |side| side.value));
            for name in keys(values) {
                let below = format!("{below}/headers/{}", escape(name));
                let found = headers
                    .each_ref()
                    .map(|side| side.as_ref().and_then(|h| part(h.value, &h.pointer, name)));
                let Some([a, b]) = self.both(What::Header, name, found, &below) else { continue };
                self.described(What::Header, name, ([a.value, b.value], [a.pointer, b.pointer]), &below);
            }
            self.content([&a, &b].map(|side| part(side.value, &side.pointer, "content")), &below);
        }
    }
}

/// The member `name` of a value that stands at `pointer`.
fn part<'a>(value: &'a Value, pointer: &str, name: &str) -> Option<Side<'a>> {
    Some(Side { pointer: format!("{pointer}/{}", escape(name)), value: value.get(name)? })
}

fn keys(sides: [&Value; 2]) -> BTreeSet<&String> {
    sides.into_iter().filter_map(Value::as_object).flat_map(Map::keys).collect()
}

fn same_elements(a: &[Value], b: &[Value]) -> bool {
    let sorted = |list: &[Value]| {
        let mut texts: Vec<String> = list.iter().map(Value::to_string).collect();
        texts.sort();
        texts
    };
    a.len() == b.len() && sorted(a) == sorted(b)
}
