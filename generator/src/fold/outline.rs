//! Outlines: what a schema comes to, whichever of several ways it is said in.
//!
//! A document states schemas as upstream does, the contract in its one normal form. Where both
//! have the same outline they are taken for the same schema. That is evidence for a name, never
//! proof that two schemas are equal: [`super::schemas`] decides that, on one document's own terms.

use super::dag::{Dag, Id};
use super::schemas::keyword;
use crate::contract::Kind;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Most schemas that one is composed of, as far as an outline looks.
const MAX_PARTS: usize = 200;
/// How many schemas may lie in one another, references followed, as far as an outline looks.
const MAX_DEPTH: usize = 250;
/// Keywords that an outline has as they are, where a schema or a part of it has them.
const PLAIN: &[&str] = &[
    "format",
    "minLength",
    "maxLength",
    "pattern",
    "minimum",
    "maximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
];

/// Outlines of schemas, and the components that references lead to.
#[derive(Debug, Default)]
pub(super) struct Outlines {
    known: HashMap<Id, Id>,
    open: BTreeSet<Id>,
    depth: usize,
    /// Components that may be referred to, by the text of the reference.
    pub(super) targets: HashMap<String, Id>,
}

/// What the parts of a schema say together.
#[derive(Default)]
struct Sum {
    plain: BTreeMap<&'static str, Id>,
    properties: BTreeMap<String, BTreeSet<Id>>,
    required: BTreeSet<Id>,
    words: Vec<Id>,
    inner: BTreeMap<&'static str, Vec<Id>>,
    parts: usize,
}

impl Outlines {
    /// The outline of a schema.
    pub(super) fn of(&mut self, dag: &mut Dag, schema: Id) -> Id {
        if let Some(known) = self.known.get(&schema) {
            return *known;
        }
        if self.depth > MAX_DEPTH || !self.open.insert(schema) {
            // It contains itself: no dereferenced document does.
            return dag.text("itself");
        }
        self.depth += 1;
        let mut sum = Sum::default();
        self.add(dag, schema, &mut sum);
        let outline = sum.finish(dag);
        self.depth -= 1;
        self.open.remove(&schema);
        self.known.insert(schema, outline);
        outline
    }

    fn add(&mut self, dag: &mut Dag, schema: Id, sum: &mut Sum) {
        sum.parts += 1;
        if sum.parts > MAX_PARTS {
            return;
        }
        if let Some(target) = dag.get_text(schema, "$ref") {
            match self.targets.get(target).copied() {
                Some(target) if self.open.insert(target) => {
                    self.add(dag, target, sum);
                    self.open.remove(&target);
                }
                _ => sum.inner.entry("$ref").or_default().push(schema),
            }
            return;
        }
        if dag.get_text(schema, "openapi").is_some() {
            return;
        }
        let members: Vec<(&'static str, Kind, Id)> = dag
            .members(schema)
            .filter_map(|(name, value)| {
                let (name, kind) = if name == "const" { ("const", Kind::Any) } else { keyword(name)? };
                Some((name, kind, value))
            })
            .collect();
        for (name, kind, value) in members {
            self.keyword(dag, name, kind, value, sum);
        }
    }

    fn keyword(&mut self, dag: &mut Dag, name: &'static str, kind: Kind, value: Id, sum: &mut Sum) {
        match (name, kind) {
            ("type", _) => {
                let null = dag.text("null");
                let list = dag.elements(value);
                let ty = list.iter().copied().find(|ty| *ty != null).unwrap_or(value);
                sum.plain.entry("type").or_insert(ty);
            }
            ("enum", _) => sum.words.extend(dag.elements(value)),
            ("const", _) => sum.words.push(value),
            ("required", _) => sum.required.extend(dag.elements(value)),
            (_, Kind::Properties) => {
                let properties: Vec<(String, Id)> =
                    dag.members(value).map(|(name, id)| (name.to_owned(), id)).collect();
                for (name, property) in properties {
                    let outline = self.of(dag, property);
                    sum.properties.entry(name).or_default().insert(outline);
                }
            }
            (_, Kind::Schemas) => self.composed(dag, name, value, sum),
            (_, Kind::Schema | Kind::SchemaOrFlag) if dag.is_object(value) => {
                let outline = self.of(dag, value);
                if dag.members(outline).next().is_some() {
                    sum.inner.insert(name, vec![outline]);
                }
            }
            (_, Kind::SchemaOrFlag) if dag.is_flag(value, false) => {
                sum.inner.insert(name, vec![value]);
            }
            _ if PLAIN.contains(&name) && !is_nothing(dag, value) => {
                sum.plain.entry(name).or_insert(value);
            }
            _ => {}
        }
    }

    fn composed(&mut self, dag: &mut Dag, name: &'static str, value: Id, sum: &mut Sum) {
        let list = dag.elements(value).to_vec();
        if name == "allOf" || list.len() == 1 {
            return list.into_iter().for_each(|part| self.add(dag, part, sum));
        }
        let outlines: Vec<Id> = list.into_iter().map(|part| self.of(dag, part)).collect();
        let words: Option<Vec<Vec<Id>>> = outlines.iter().map(|outline| only_words(dag, *outline)).collect();
        match words {
            Some(words) => {
                let ty = dag.text("string");
                sum.plain.entry("type").or_insert(ty);
                sum.words.extend(words.into_iter().flatten());
            }
            None => sum.inner.entry(name).or_default().extend(outlines),
        }
    }
}

/// Whether two outlines are of what may be the same schema in two releases: most of the members of
/// an object, or most of the values of an enumeration, are in both.
pub(super) fn is_near(dag: &Dag, a: Id, b: Id) -> bool {
    let names = |outline: Id| -> BTreeSet<Id> {
        let members = dag.get(outline, "properties").map(|p| dag.pairs(p)).unwrap_or_default();
        let words = dag.get(outline, "enum").map(|words| dag.elements(words)).unwrap_or_default();
        members.iter().map(|(name, _)| *name).chain(words.iter().copied()).collect()
    };
    let (a, b) = (names(a), names(b));
    let both = a.intersection(&b).count();
    both > 0 && both * 2 > a.union(&b).count()
}

/// The values of an outline that is an enumeration of strings and nothing else.
fn only_words(dag: &Dag, outline: Id) -> Option<Vec<Id>> {
    let only = dag.members(outline).all(|(name, _)| matches!(name, "type" | "enum"));
    let words = dag.get(outline, "enum").filter(|_| only).map(|words| dag.elements(words).to_vec())?;
    words.iter().all(|word| dag.as_text(*word).is_some()).then_some(words)
}

/// Whether a bound says what holds anyway.
fn is_nothing(dag: &Dag, value: Id) -> bool {
    dag.is_flag(value, false) || dag.value(value).as_u64() == Some(0)
}

impl Sum {
    fn finish(mut self, dag: &mut Dag) -> Id {
        let null = dag.null();
        let mut members = Vec::new();
        for (name, value) in self.plain {
            members.push((dag.text(name), value));
        }
        if !self.properties.is_empty() {
            let properties = self.properties.into_iter().map(|(name, outlines)| {
                let name = dag.text(&name);
                (name, dag.list(outlines.into_iter().collect()))
            });
            let properties = properties.collect();
            members.push((dag.text("properties"), dag.object(properties)));
        }
        if !self.required.is_empty() {
            let required = dag.list(self.required.into_iter().collect());
            members.push((dag.text("required"), required));
        }
        self.words.retain(|word| *word != null);
        if !self.words.is_empty() {
            self.words.sort_unstable();
            self.words.dedup();
            let words = dag.list(self.words);
            members.push((dag.text("enum"), words));
        }
        for (name, outlines) in self.inner {
            let outlines = dag.list(outlines);
            members.push((dag.text(name), outlines));
        }
        dag.object(members)
    }
}
