//! Hash-consed values: equal values are one node, whatever the order of their members.
//!
//! A dereferenced document repeats the same schema thousands of times. Each value of it is looked
//! at once, after its members; from then on "equal" is an equality of numbers, and every later
//! step works on what is distinct. Nodes are compared as a whole, never by a digest alone.

use indexmap::IndexSet;
use serde_json::{Map, Number, Value};
use std::cmp::Ordering;

/// Deepest nesting that is read.
const MAX_DEPTH: usize = 220;

/// A value, by number. Equal values of one [`Dag`] have equal numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Id(u32);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Node {
    Null,
    Bool(bool),
    Number(Number),
    Text(Box<str>),
    List(Box<[Id]>),
    /// Members, sorted by name; a name is the number of its text.
    Object(Box<[(Id, Id)]>),
}

/// The distinct values of some documents.
#[derive(Debug, Default)]
pub(super) struct Dag {
    nodes: IndexSet<Node>,
    /// How many values have been looked at.
    visited: usize,
}

impl Dag {
    /// The number of a value; none when it is nested too deep.
    pub(super) fn intern(&mut self, value: &Value) -> Option<Id> {
        self.value_at(value, 0)
    }

    /// How many values have been looked at.
    pub(super) fn visited(&self) -> usize {
        self.visited
    }

    fn value_at(&mut self, value: &Value, depth: usize) -> Option<Id> {
        if depth > MAX_DEPTH {
            return None;
        }
        self.visited += 1;
        let node = match value {
            Value::Null => Node::Null,
            Value::Bool(flag) => Node::Bool(*flag),
            Value::Number(number) => Node::Number(plain(number)),
            Value::String(text) => return Some(self.text(text)),
            Value::Array(list) => {
                Node::List(list.iter().map(|v| self.value_at(v, depth + 1)).collect::<Option<_>>()?)
            }
            Value::Object(members) => {
                let mut ids = Vec::with_capacity(members.len());
                for (name, value) in members {
                    ids.push((self.text(name), self.value_at(value, depth + 1)?));
                }
                return Some(self.object(ids));
            }
        };
        Some(self.add(node))
    }

    /// The number of a text.
    pub(super) fn text(&mut self, text: &str) -> Id {
        self.add(Node::Text(text.into()))
    }

    /// The number of `null`.
    pub(super) fn null(&mut self) -> Id {
        self.add(Node::Null)
    }

    /// The number of a list.
    pub(super) fn list(&mut self, elements: Vec<Id>) -> Id {
        self.add(Node::List(elements.into()))
    }

    /// The number of an object with these members, named by the numbers of their texts.
    pub(super) fn object(&mut self, mut members: Vec<(Id, Id)>) -> Id {
        members.sort_by(|(a, _), (b, _)| self.as_text(*a).cmp(&self.as_text(*b)));
        self.add(Node::Object(members.into()))
    }

    fn add(&mut self, node: Node) -> Id {
        let (at, _) = self.nodes.insert_full(node);
        // Every value takes more than a byte of a document, and documents are bounded far below.
        Id(u32::try_from(at).unwrap_or(u32::MAX))
    }

    fn node(&self, id: Id) -> &Node {
        self.nodes.get_index(id.0 as usize).unwrap_or(&Node::Null)
    }

    /// The text that a value is.
    pub(super) fn as_text(&self, id: Id) -> Option<&str> {
        match self.node(id) {
            Node::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Every distinct text.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        self.nodes.iter().filter_map(|node| match node {
            Node::Text(text) => Some(&**text),
            _ => None,
        })
    }

    /// Whether a value is this flag.
    pub(super) fn is_flag(&self, id: Id, flag: bool) -> bool {
        *self.node(id) == Node::Bool(flag)
    }

    /// Whether a value is an object.
    pub(super) fn is_object(&self, id: Id) -> bool {
        matches!(self.node(id), Node::Object(_))
    }

    /// The members of an object, by name; none of anything else.
    pub(super) fn members(&self, id: Id) -> impl Iterator<Item = (&str, Id)> {
        self.pairs(id).iter().map(|(name, value)| (self.as_text(*name).unwrap_or_default(), *value))
    }

    /// The members of an object with the numbers of their names.
    pub(super) fn pairs(&self, id: Id) -> &[(Id, Id)] {
        match self.node(id) {
            Node::Object(members) => members,
            _ => &[],
        }
    }

    /// The elements of a list; none of anything else.
    pub(super) fn elements(&self, id: Id) -> &[Id] {
        match self.node(id) {
            Node::List(elements) => elements,
            _ => &[],
        }
    }

    /// The member `name` of an object.
    pub(super) fn get(&self, id: Id, name: &str) -> Option<Id> {
        let members = self.pairs(id);
        let at =
            members.binary_search_by(|(own, _)| self.as_text(*own).unwrap_or_default().cmp(name)).ok()?;
        members.get(at).map(|(_, value)| *value)
    }

    /// The text of the member `name` of an object.
    pub(super) fn get_text(&self, id: Id, name: &str) -> Option<&str> {
        self.get(id, name).and_then(|value| self.as_text(value))
    }

    /// The value of a number.
    pub(super) fn value(&self, id: Id) -> Value {
        match self.node(id) {
            Node::Null => Value::Null,
            Node::Bool(flag) => Value::Bool(*flag),
            Node::Number(number) => Value::Number(number.clone()),
            Node::Text(text) => Value::String(text.to_string()),
            Node::List(elements) => elements.iter().map(|id| self.value(*id)).collect(),
            Node::Object(_) => Value::Object(
                self.members(id)
                    .map(|(name, value)| (name.to_owned(), self.value(value)))
                    .collect::<Map<_, _>>(),
            ),
        }
    }

    /// An order of values that depends on what they are, not on when they were met.
    pub(super) fn compare(&self, a: Id, b: Id) -> Ordering {
        if a == b {
            return Ordering::Equal;
        }
        match (self.node(a), self.node(b)) {
            (Node::Bool(a), Node::Bool(b)) => a.cmp(b),
            (Node::Number(a), Node::Number(b)) => a.to_string().cmp(&b.to_string()),
            (Node::Text(a), Node::Text(b)) => a.cmp(b),
            (Node::List(x), Node::List(y)) => {
                let first = x.iter().zip(y).find(|(a, b)| a != b);
                first.map_or_else(|| x.len().cmp(&y.len()), |(a, b)| self.compare(*a, *b))
            }
            (Node::Object(x), Node::Object(y)) => match x.iter().zip(y).find(|(a, b)| a != b) {
                Some(((a, v), (b, w))) => self.compare(*a, *b).then_with(|| self.compare(*v, *w)),
                None => x.len().cmp(&y.len()),
            },
            (a, b) => a.rank().cmp(&b.rank()),
        }
    }
}

impl Node {
    fn rank(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Bool(_) => 1,
            Self::Number(_) => 2,
            Self::Text(_) => 3,
            Self::List(_) => 4,
            Self::Object(_) => 5,
        }
    }
}

/// A number without a fraction as an integer: `5e3`, `5000.0` and `5000` are the same.
fn plain(number: &Number) -> Number {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match number.as_f64() {
        Some(n) if number.is_f64() && n.fract() == 0.0 && n.abs() <= EXACT => {
            // In range and without a fraction: the cast is exact.
            Number::from(n as i64)
        }
        _ => number.clone(),
    }
}
