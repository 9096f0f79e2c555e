//! What two contracts say differently of their operations, and where their schemas begin.

mod bodies;
mod both;
mod contract;
mod parameters;

use super::edit::{Edit, Reach};
use super::kind::Kind;
use super::{permissions, security};
use crate::contract::diff::operations::{Operation, matched, operations, parameters_of};
use crate::contract::diff::shapes::{Id, Shapes};
use crate::load::reference::escape;
use both::Both;
use serde_json::{Value, json};
use std::collections::BTreeSet;

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

    fn operation(&mut self, pair: [Option<Operation<'a>>; 2]) {
        let Some(last) = pair[1].as_ref().or(pair[0].as_ref()) else { return };
        let at = pair.each_ref().map(|side| side.as_ref().map(pointer).unwrap_or_default());
        let products = pair.each_ref().map(|side| side.as_ref().map(products).unwrap_or_default());
        self.operations.push(Named {
            name: name(last),
            products: products[0].union(&products[1]).cloned().collect(),
            construct: last.value.get("x-construct").and_then(Value::as_str).unwrap_or_default().to_owned(),
        });
        let (a, b) = match &pair {
            [Some(a), Some(b)] => (a, b),
            _ => return self.alone(&pair, at),
        };
        self.paths([a.path, b.path], &at);
        let both = Both { values: [a.value, b.value], at };
        self.facts(&both, &products);
        self.parameters(&both, [a.path, b.path]);
        self.body(&both);
        self.responses(&both);
        self.others(&both, OPERATION, Reach::REQUEST);
    }

    /// An operation that only one side has.
    fn alone(&mut self, pair: &[Option<Operation<'a>>; 2], at: [String; 2]) {
        let kind = if pair[1].is_some() { Kind::OperationAdded } else { Kind::OperationRemoved };
        let own = pair[1].as_ref().or(pair[0].as_ref()).map(name).unwrap_or_default();
        let id = |operation: &Operation<'_>| operation.value.get("operationId").cloned().unwrap_or_default();
        let mut edit = Edit::new(kind, own, at).values(pair.each_ref().map(|side| side.as_ref().map(id)));
        edit.deprecated = pair.each_ref().map(|side| side.as_ref().is_some_and(is_deprecated));
        edit.public = [0, 1].map(|side| {
            pair[side].as_ref().is_some_and(|own| security::is_open(self.documents[side], own.value))
        });
        self.push(edit, Reach::REQUEST);
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
            edit.public = [0, 1].map(|side| security::is_open(self.documents[side], both.values[side]));
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
}

/// `GET /api/workspaces`.
fn name(operation: &Operation<'_>) -> String {
    format!("{} {}", operation.method.to_uppercase(), operation.path)
}

fn pointer(operation: &Operation<'_>) -> String {
    format!("/paths/{}/{}", escape(operation.path), operation.method)
}

/// The products that it belongs to.
fn products(operation: &Operation<'_>) -> BTreeSet<String> {
    let listed = operation.value.get("x-internal").and_then(Value::as_array).into_iter().flatten();
    listed.filter_map(Value::as_str).map(str::to_owned).collect()
}

fn is_deprecated(operation: &Operation<'_>) -> bool {
    operation.value.get("deprecated") == Some(&Value::Bool(true))
}
