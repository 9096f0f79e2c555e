//! The schemas of a contract as a graph: every reference followed, every `allOf` merged.
//!
//! A shape is what a list of schemas that must all hold amounts to. There is one for each such
//! list, so that a schema that contains itself is a loop of the graph, and nothing is read twice.

use super::facts::{Facts, OTHER, join};
use crate::contract::canonical::SCHEMAS;
use crate::contract::keywords;
use crate::load::reference::{escape, lookup};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};

/// Most shapes that are made of one contract, and longest chain of references that is followed.
const MOST: usize = 100_000;
const LONGEST: usize = 100;

/// A shape, by its place in [`Shapes`].
pub(crate) type Id = usize;

/// How a schema is reached from the one it stands in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Edge {
    /// A member of an object.
    Property(String),
    /// The elements of an array.
    Items,
    /// The members that are not named.
    Additional,
    /// What must not hold.
    Not(usize),
    /// An alternative, by its group and its number in there.
    Variant(usize, usize),
    /// The alternative that a value of the discriminator stands for.
    Mapping(usize, String),
}

/// What a list of schemas amounts to.
#[derive(Debug, Default)]
pub(crate) struct Shape {
    /// Where the first of them stands.
    pub(crate) pointer: String,
    /// The component that it is, as it is or with `null` and the like beside it.
    pub(crate) component: Option<String>,
    pub(crate) facts: Facts,
    /// The keyword of each group of alternatives.
    pub(crate) groups: Vec<&'static str>,
    pub(crate) edges: BTreeMap<Edge, Id>,
    /// Where each of them, and of what is in their `allOf`, stands.
    pub(crate) schemas: Vec<String>,
}

/// A schema and its place.
#[derive(Clone, Debug)]
struct Node<'a> {
    pointer: String,
    value: &'a Value,
}

/// The shapes of a contract that have been asked for, and those in them.
#[derive(Debug)]
pub(crate) struct Shapes<'a> {
    document: &'a Value,
    pub(crate) all: Vec<Shape>,
    known: HashMap<Vec<String>, Id>,
    queue: Vec<(Id, Vec<Node<'a>>)>,
    /// Whether there were more than are made.
    pub(crate) too_many: bool,
}

impl<'a> Shapes<'a> {
    /// No shapes yet.
    pub(crate) fn new(document: &'a Value) -> Self {
        Self { document, all: Vec::new(), known: HashMap::new(), queue: Vec::new(), too_many: false }
    }

    /// The shape of the schema at a pointer of the document, and all that is in it.
    pub(crate) fn at(&mut self, pointer: &str, value: &'a Value) -> Id {
        let id = self.of(vec![Node { pointer: pointer.to_owned(), value }]);
        while let Some((id, nodes)) = self.queue.pop() {
            self.all[id] = self.shape(&nodes);
        }
        id
    }

    /// The shape of `nodes` together; what is in it is queued.
    fn of(&mut self, nodes: Vec<Node<'a>>) -> Id {
        let mut distinct: Vec<Node<'a>> = Vec::with_capacity(nodes.len());
        for node in nodes {
            let node = self.resolved(node);
            if distinct.iter().all(|other| other.value != node.value) {
                distinct.push(node);
            }
        }
        let key: Vec<String> = distinct.iter().map(|node| node.pointer.clone()).collect();
        if let Some(id) = self.known.get(&key) {
            return *id;
        }
        let id = self.all.len();
        self.too_many |= id >= MOST;
        self.known.insert(key, id);
        self.all.push(Shape::default());
        if !self.too_many {
            self.queue.push((id, distinct));
        }
        id
    }

    /// What a reference leads to; anything else is itself.
    fn resolved(&self, mut node: Node<'a>) -> Node<'a> {
        for _ in 0..LONGEST {
            let reference = node.value.get("$ref").and_then(Value::as_str);
            let Some(pointer) = reference.and_then(|reference| reference.strip_prefix('#')) else { break };
            let Some(value) = lookup(self.document, pointer) else { break };
            node = Node { pointer: pointer.to_owned(), value };
        }
        node
    }

    fn shape(&mut self, nodes: &[Node<'a>]) -> Shape {
        let mut parts = Parts::default();
        for node in nodes {
            parts.add(self, node);
        }
        let Parts { facts, groups, mut children, schemas } = parts;
        for (group, (keyword, at)) in groups.iter().enumerate() {
            alternatives(self.document, group, (keyword, at), &mut children);
        }
        // What applies to strangers applies to no one when there can be none.
        if facts.get("additionalProperties") == Some(&Value::Bool(false)) {
            children.remove(&Edge::Additional);
        }
        let edges = children.into_iter().map(|(edge, nodes)| (edge, self.of(nodes))).collect();
        Shape {
            pointer: nodes.first().map(|node| node.pointer.clone()).unwrap_or_default(),
            component: component(nodes, &schemas),
            schemas,
            facts,
            groups: groups.into_iter().map(|(keyword, _)| keyword).collect(),
            edges,
        }
    }
}

/// What the schemas of one shape say together.
#[derive(Default)]
struct Parts<'a> {
    facts: Facts,
    /// The keyword of each group of alternatives, and the schema that has it.
    groups: Vec<(&'static str, Node<'a>)>,
    children: BTreeMap<Edge, Vec<Node<'a>>>,
    /// The schemas that have been read: their pointers.
    schemas: Vec<String>,
}

impl<'a> Parts<'a> {
    /// Adds a schema, and what is in its `allOf`.
    fn add(&mut self, shapes: &Shapes<'a>, node: &Node<'a>) {
        let mut stack = vec![(node.clone(), true)];
        let mut null = None;
        let mut stated = false;
        while let Some((node, top)) = stack.pop() {
            let node = shapes.resolved(node);
            let Some(schema) = node.value.as_object() else { continue };
            if self.schemas.contains(&node.pointer) {
                continue;
            }
            self.schemas.push(node.pointer.clone());
            let nullable = schema.get("nullable") == Some(&Value::Bool(true));
            // Beside an `allOf` it adds `null` to what that allows; in one, all must allow it.
            stated |= top && nullable;
            if schema.contains_key("type") {
                null = Some(null.unwrap_or(true) && nullable);
            }
            self.own(&node, schema);
            let all = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
            let all: Vec<_> = all
                .enumerate()
                .map(|(i, value)| (below(&node, &format!("allOf/{i}"), value), false))
                .collect();
            stack.extend(all.into_iter().rev());
        }
        if stated || null == Some(true) {
            self.facts.insert("nullable", Value::Bool(true));
        }
    }

    fn own(&mut self, node: &Node<'a>, schema: &'a Map<String, Value>) {
        join(&mut self.facts, schema);
        // What nobody knows is a fact as well: that it differs is said.
        for (name, value) in schema.iter().filter(|(name, _)| !keywords::is_read(name)) {
            if let Value::Object(others) = self.facts.entry(OTHER).or_insert_with(|| Map::new().into()) {
                others.insert(name.clone(), value.clone());
            }
        }
        let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
        for (name, value) in properties {
            let token = format!("properties/{}", escape(name));
            self.child(Edge::Property(name.clone()), below(node, &token, value));
        }
        if let Some(value) = schema.get("items") {
            self.child(Edge::Items, below(node, "items", value));
        }
        if let Some(value) = schema.get("additionalProperties").filter(|value| value.is_object()) {
            self.child(Edge::Additional, below(node, "additionalProperties", value));
        }
        if let Some(value) = schema.get("not") {
            let number = self.children.keys().filter(|edge| matches!(edge, Edge::Not(_))).count();
            self.child(Edge::Not(number), below(node, "not", value));
        }
        for keyword in ["oneOf", "anyOf"] {
            if schema.get(keyword).is_some_and(Value::is_array) {
                self.groups.push((keyword, node.clone()));
            }
        }
        if let Some(name) = schema.get("discriminator").and_then(|d| d.get("propertyName")) {
            self.facts.insert("discriminator", name.clone());
        }
    }

    fn child(&mut self, edge: Edge, node: Node<'a>) {
        self.children.entry(edge).or_default().push(node);
    }
}

/// The alternatives of a group, and what the values of its discriminator stand for.
fn alternatives<'a>(
    document: &'a Value,
    group: usize,
    (keyword, at): (&str, &Node<'a>),
    children: &mut BTreeMap<Edge, Vec<Node<'a>>>,
) {
    let list = at.value.get(keyword).and_then(Value::as_array).into_iter().flatten();
    for (number, value) in list.enumerate() {
        let node = below(at, &format!("{keyword}/{number}"), value);
        children.insert(Edge::Variant(group, number), vec![node]);
    }
    let mapping = at.value.get("discriminator").and_then(|d| d.get("mapping")).and_then(Value::as_object);
    for (name, target) in mapping.into_iter().flatten() {
        let pointer = target.as_str().and_then(|target| target.strip_prefix('#'));
        if let Some((pointer, value)) =
            pointer.and_then(|pointer| Some((pointer, lookup(document, pointer)?)))
        {
            let node = Node { pointer: pointer.to_owned(), value };
            children.insert(Edge::Mapping(group, name.clone()), vec![node]);
        }
    }
}

fn below<'a>(node: &Node<'a>, token: &str, value: &'a Value) -> Node<'a> {
    Node { pointer: format!("{}/{token}", node.pointer), value }
}

/// The component that a shape is: its only schema, or the only one that its only schema refers to
/// and adds no members to.
fn component(nodes: &[Node<'_>], schemas: &[String]) -> Option<String> {
    let [node] = nodes else { return None };
    let name = |pointer: &str| {
        let name = pointer.strip_prefix(&SCHEMAS[1..])?;
        (!name.contains('/')).then(|| name.replace("~1", "/").replace("~0", "~"))
    };
    let wraps = || {
        let all = node.value.get("allOf")?.as_array()?;
        let alone = ["properties", "oneOf", "anyOf", "items", "additionalProperties"];
        let adds = alone.iter().any(|keyword| node.value.get(*keyword).is_some());
        (all.len() == 1 && all[0].get("$ref").is_some() && !adds).then(|| name(schemas.get(1)?)).flatten()
    };
    name(&node.pointer).or_else(wraps)
}
