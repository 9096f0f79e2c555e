//! Which operations come to which components, found once for all that is asked.

use crate::contract::canonical::references;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// An operation: path and method.
pub(super) type Operation = (String, String);

/// What refers to a component: other components, and operations.
#[derive(Debug, Default)]
struct Uses {
    components: Vec<String>,
    operations: Vec<Operation>,
}

/// What refers to each component.
#[derive(Debug)]
pub(super) struct Users {
    of: BTreeMap<String, Uses>,
    /// Components that have been asked about, or that are between those and operations.
    seen: BTreeSet<String>,
}

impl Users {
    pub(super) fn of(document: &Value) -> Self {
        let mut of: BTreeMap<String, Uses> = BTreeMap::new();
        for (name, schema) in members(&document["components"]["schemas"]) {
            for used in referred(schema) {
                of.entry(used).or_default().components.push(name.clone());
            }
        }
        for (path, item) in members(&document["paths"]) {
            for (method, operation) in members(item) {
                for used in referred(operation) {
                    of.entry(used).or_default().operations.push((path.clone(), method.clone()));
                }
            }
        }
        Self { of, seen: BTreeSet::new() }
    }

    /// The operations that a component is reached from, without those that have been told already.
    pub(super) fn more_of(&mut self, name: &str) -> Vec<Operation> {
        let (mut open, mut operations) = (vec![name.to_owned()], Vec::new());
        while let Some(next) = open.pop() {
            let Some(uses) = self.of.get(&next).filter(|_| !self.seen.contains(&next)) else { continue };
            operations.extend(uses.operations.iter().cloned());
            open.extend(uses.components.iter().cloned());
            self.seen.insert(next);
        }
        operations
    }
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// The components that a value refers to, each once.
fn referred(value: &Value) -> BTreeSet<String> {
    let mut names = Vec::new();
    references(value, &mut names);
    names.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::Users;
    use serde_json::{Value, json};

    fn to(name: &str) -> Value {
        json!({"$ref": format!("#/components/schemas/{name}")})
    }

    #[test]
    fn operations_are_found_through_components_once() {
        let document = json!({
            "paths": {
                "/a": {"get": {"responses": to("A")}, "put": {"requestBody": to("C")}},
                "/b": {"get": {"responses": [to("B"), to("B")]}},
            },
            "components": {"schemas": {"A": to("C"), "B": to("A"), "C": {"items": to("A")}}},
        });
        let operation = |path: &str, method: &str| (path.to_owned(), method.to_owned());
        let mut users = Users::of(&document);
        let mut found = users.more_of("C");
        found.sort();
        assert_eq!(found, [operation("/a", "get"), operation("/a", "put"), operation("/b", "get")]);
        assert_eq!(users.more_of("A"), []);
        assert_eq!(Users::of(&document).more_of("B"), [operation("/b", "get")]);
        assert_eq!(Users::of(&document).more_of("D"), []);
    }
}
