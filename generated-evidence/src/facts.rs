//! What an OpenAPI document says in its operations, as lines that can be compared.

use serde_json::{Map, Value};
use std::collections::BTreeSet;

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// Which facts there are of each kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// `GET /api/x`.
    pub operations: BTreeSet<String>,
    /// `GET /api/x query page`.
    pub parameters: BTreeSet<String>,
    /// `GET /api/x 200`.
    pub statuses: BTreeSet<String>,
    /// `GET /api/x 200 application/json`, and for requests without the status.
    pub media_types: BTreeSet<String>,
}

impl Facts {
    /// The facts of the operations of a document that `belongs` takes.
    #[must_use]
    pub fn of(document: &Value, belongs: impl Fn(&Value) -> bool) -> Self {
        let mut facts = Self::default();
        for (path, item) in members(document.get("paths")) {
            let shared = item.get("parameters").and_then(Value::as_array).cloned().unwrap_or_default();
            for method in METHODS {
                if let Some(op) = item.get(method).filter(|op| belongs(op)) {
                    facts.add(&format!("{} {path}", method.to_uppercase()), op, &shared);
                }
            }
        }
        facts
    }

    fn add(&mut self, name: &str, op: &Value, shared: &[Value]) {
        self.operations.insert(name.to_owned());
        let own = op.get("parameters").and_then(Value::as_array).cloned().unwrap_or_default();
        for parameter in own.iter().chain(shared) {
            let text = |member: &str| parameter.get(member).and_then(Value::as_str).unwrap_or_default();
            self.parameters.insert(format!("{name} {} {}", text("in"), text("name")));
        }
        for (media, _) in members(op.pointer("/requestBody/content")) {
            self.media_types.insert(format!("{name} {media}"));
        }
        for (status, response) in members(op.get("responses")) {
            self.statuses.insert(format!("{name} {status}"));
            for (media, _) in members(response.get("content")) {
                self.media_types.insert(format!("{name} {status} {media}"));
            }
        }
    }

    /// How many there are of each kind.
    #[must_use]
    pub fn counts(&self) -> [usize; 4] {
        [self.operations.len(), self.parameters.len(), self.statuses.len(), self.media_types.len()]
    }

    /// What only one of the two has.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Vec<String> {
        let lists = [
            (&self.operations, &other.operations),
            (&self.parameters, &other.parameters),
            (&self.statuses, &other.statuses),
            (&self.media_types, &other.media_types),
        ];
        lists.iter().flat_map(|(a, b)| a.symmetric_difference(b)).cloned().collect()
    }
}

fn members(value: Option<&Value>) -> Map<String, Value> {
    value.and_then(Value::as_object).cloned().unwrap_or_default()
}
