//! Documents as nodes with an identity: they are shared and changed in place.
//!
//! A node is made from its source only when it is looked into, so that a reference into a large
//! document costs what it reaches. Members are in the order in which JavaScript walks them.

use indexmap::IndexMap;
use serde_json::Value;
use std::borrow::Cow;

/// A node of an [`Arena`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Id(u32);

/// The members of an object node.
pub(super) type Members<'a> = IndexMap<Cow<'a, str>, Id>;

/// What a node is.
#[derive(Clone, Debug)]
pub(super) enum Node<'a> {
    /// Neither object nor array.
    Scalar(&'a Value),
    /// An object.
    Object(Members<'a>),
    /// An array.
    Array(Vec<Id>),
}

struct Slot<'a> {
    /// What the node is made from, once it is looked into.
    source: &'a Value,
    node: Option<Node<'a>>,
}

/// The nodes of the documents that one dereferenced document draws on.
#[derive(Default)]
pub(super) struct Arena<'a> {
    slots: Vec<Slot<'a>>,
}

impl Id {
    /// The number of the node, from 0.
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

impl<'a> Arena<'a> {
    /// A node for a value of a source.
    pub(super) fn source(&mut self, value: &'a Value) -> Id {
        self.push(Slot { source: value, node: None })
    }

    /// A new node.
    pub(super) fn add(&mut self, node: Node<'a>) -> Id {
        self.push(Slot { source: &Value::Null, node: Some(node) })
    }

    /// A new object with these members; they are put into JavaScript's order.
    pub(super) fn object(&mut self, members: Members<'a>) -> Id {
        self.add(Node::Object(ordered(members)))
    }

    fn push(&mut self, slot: Slot<'a>) -> Id {
        // Every node takes more than a byte of a source, and sources are bounded far below.
        let id = Id(u32::try_from(self.slots.len()).unwrap_or(u32::MAX));
        self.slots.push(slot);
        id
    }

    /// What a node is.
    pub(super) fn get(&mut self, id: Id) -> &mut Node<'a> {
        let Slot { source, node } = &self.slots[id.index()];
        let node = match (node, *source) {
            (Some(_), _) => None,
            (None, Value::Object(map)) => {
                let members = map.iter().map(|(k, v)| (Cow::Borrowed(k.as_str()), self.source(v))).collect();
                Some(Node::Object(ordered(members)))
            }
            (None, Value::Array(items)) => Some(Node::Array(items.iter().map(|v| self.source(v)).collect())),
            (None, scalar) => Some(Node::Scalar(scalar)),
        };
        let slot = &mut self.slots[id.index()];
        slot.node = node.or(slot.node.take());
        slot.node.get_or_insert(Node::Scalar(&Value::Null))
    }

    /// Whether a node is an object or an array.
    pub(super) fn is_container(&self, id: Id) -> bool {
        match &self.slots[id.index()] {
            Slot { node: Some(node), .. } => !matches!(node, Node::Scalar(_)),
            Slot { source, .. } => source.is_object() || source.is_array(),
        }
    }

    /// The number of members or elements of a node.
    pub(super) fn len(&mut self, id: Id) -> usize {
        match self.get(id) {
            Node::Object(members) => members.len(),
            Node::Array(items) => items.len(),
            Node::Scalar(_) => 0,
        }
    }

    /// The members of an object, or the elements of an array by index; `None` for a scalar.
    pub(super) fn members(&mut self, id: Id) -> Option<Members<'a>> {
        match self.get(id) {
            Node::Object(members) => Some(members.clone()),
            Node::Array(items) => {
                Some(items.iter().enumerate().map(|(at, item)| (at.to_string().into(), *item)).collect())
            }
            Node::Scalar(_) => None,
        }
    }

    /// The member or element of a node that a token of a JSON pointer names.
    pub(super) fn child(&mut self, id: Id, token: &str) -> Option<Id> {
        match self.get(id) {
            Node::Object(members) => members.get(token).copied(),
            Node::Array(items) => token.parse::<usize>().ok().and_then(|at| items.get(at).copied()),
            Node::Scalar(_) => None,
        }
    }

    /// The text of the reference that a node is, if it is one.
    ///
    /// A fragment that is no JSON pointer (`#name`) is not followed, as upstream does not.
    pub(super) fn reference(&mut self, id: Id) -> Option<&'a str> {
        let text = match &self.slots[id.index()] {
            Slot { node: None, source } => source.get("$ref")?.as_str()?,
            Slot { node: Some(Node::Object(members)), .. } => {
                let target = *members.get("$ref")?;
                match self.get(target) {
                    Node::Scalar(Value::String(text)) => text.as_str(),
                    _ => return None,
                }
            }
            Slot { .. } => return None,
        };
        let followed = text == "#" || text.starts_with("#/") || !text.starts_with('#');
        (followed && !text.is_empty()).then_some(text)
    }
}

/// JavaScript walks members whose names are array indices first, by number.
fn ordered(mut members: Members<'_>) -> Members<'_> {
    let index = |key: &str| key.parse::<u32>().ok().filter(|n| *n != u32::MAX && n.to_string() == key);
    if members.keys().any(|key| index(key).is_some()) {
        // The sort is stable: names keep their order.
        members.sort_by_cached_key(|key, _| index(key).map_or(u64::MAX, u64::from));
    }
    members
}

#[cfg(test)]
mod tests {
    use super::{Arena, Node};
    use serde_json::json;

    #[test]
    fn indices_come_first() {
        let value = json!({"b": 0, "500": 0, "010": 0, "200": 0, "a": 0});
        let mut arena = Arena::default();
        let id = arena.source(&value);
        let Node::Object(members) = arena.get(id) else { panic!("an object is expected") };
        assert_eq!(members.keys().collect::<Vec<_>>(), ["200", "500", "b", "010", "a"]);
    }

    #[test]
    fn references_are_told_from_members_of_that_name() {
        let value =
            json!([{"$ref": "#/a"}, {"$ref": "b.yml", "x": 1}, {"$ref": {}}, {"$ref": "#b"}, {"$ref": ""}]);
        let mut arena = Arena::default();
        let id = arena.source(&value);
        let found: Vec<_> = (0..5)
            .map(|i| {
                let child = arena.child(id, &i.to_string()).unwrap();
                arena.reference(child)
            })
            .collect();
        assert_eq!(found, [Some("#/a"), Some("b.yml"), None, None, None]);
    }
}
