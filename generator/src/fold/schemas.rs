//! Schemas among the distinct values: what they say of values, and what they say beside that.

use super::dag::{Dag, Id};
use crate::contract::{Kind, Standing, standing};
use std::collections::HashMap;

/// Facts that may stand beside a reference and leave the type what it is.
pub(super) const GENTLE: &[&str] = &["nullable", "readOnly", "writeOnly", "deprecated", "default"];
/// Where upstream keeps the tags of the Go field that it makes of a member.
pub(super) const TAGS: &str = "x-oapi-codegen-extra-tags";

/// What becomes of a schema when it is lowered, as far as can be told from itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Makes {
    /// A type of its own, wherever it stands.
    Type,
    /// A number, a string, a list, a map: a type only if it has a name.
    Plain,
}

/// How the schemas inside of a schema are reached: keyword, then member or number.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Step {
    /// `properties`, by name.
    Property(String),
    /// A keyword that holds one schema.
    Single(&'static str),
    /// A keyword that holds a list of schemas, by number.
    Element(&'static str, usize),
}

/// The distinct values, read as schemas.
#[derive(Debug)]
pub(super) struct Schemas<'a> {
    /// The values.
    pub(super) dag: Dag,
    annotations: &'a [String],
    facts: HashMap<Id, Id>,
    frames: HashMap<Id, Id>,
}

impl<'a> Schemas<'a> {
    /// Schemas of no document yet; `annotations` are upstream's own keywords that say nothing.
    pub(super) fn new(annotations: &'a [String]) -> Self {
        Self { dag: Dag::default(), annotations, facts: HashMap::new(), frames: HashMap::new() }
    }

    /// Whether a keyword says something of values.
    pub(super) fn is_fact(&self, keyword: &str) -> bool {
        keyword == "$ref" || standing(keyword, self.annotations) != Standing::Annotation
    }

    /// Whether a keyword says something of values that a reference cannot have beside it.
    pub(super) fn is_structure(&self, keyword: &str) -> bool {
        self.is_fact(keyword) && !GENTLE.contains(&keyword)
    }

    /// The schemas inside of a schema.
    pub(super) fn inner(&self, schema: Id) -> Vec<(Step, Id)> {
        let mut inner = Vec::new();
        if self.is_document(schema) {
            return inner;
        }
        for (name, value) in self.dag.members(schema) {
            match keyword(name) {
                Some((_, Kind::Properties)) => {
                    let properties = self.dag.members(value);
                    inner.extend(properties.map(|(name, id)| (Step::Property(name.to_owned()), id)));
                }
                Some((name, Kind::Schemas)) => {
                    let list = self.dag.elements(value).iter().enumerate();
                    inner.extend(list.map(|(at, id)| (Step::Element(name, at), *id)));
                }
                Some((name, Kind::Schema | Kind::SchemaOrFlag)) if self.dag.is_object(value) => {
                    inner.push((Step::Single(name), value));
                }
                _ => {}
            }
        }
        inner
    }

    /// What a schema says of values, and nothing else, at every depth.
    pub(super) fn facts(&mut self, schema: Id) -> Id {
        if let Some(known) = self.facts.get(&schema) {
            return *known;
        }
        let facts = self.reduced(schema, Self::is_fact, true);
        self.facts.insert(schema, facts);
        facts
    }

    /// What a schema says of values but for what may stand beside a reference, its inner schemas
    /// with all that they say: a copy of a schema has its frame, whatever stood beside the
    /// reference that it was copied for.
    pub(super) fn frame(&mut self, schema: Id) -> Id {
        if let Some(known) = self.frames.get(&schema) {
            return *known;
        }
        let frame = self.reduced(schema, Self::is_structure, false);
        self.frames.insert(schema, frame);
        frame
    }

    /// The facts of a schema but for those that may stand beside a reference to it.
    pub(super) fn core(&mut self, schema: Id) -> Id {
        let facts = self.facts(schema);
        let kept: Vec<_> = {
            let gentle = |name: Id| self.dag.as_text(name).is_some_and(|name| GENTLE.contains(&name));
            self.dag.pairs(facts).iter().copied().filter(|(name, _)| !gentle(*name)).collect()
        };
        if kept.is_empty() { facts } else { self.dag.object(kept) }
    }

    /// Whether the frame of a schema is more than its shape: something is said inside of it.
    pub(super) fn frame_tells(&mut self, schema: Id) -> bool {
        self.frame(schema) != self.core(schema)
    }

    /// The frame of a schema with what is said of it in prose.
    pub(super) fn described_frame(&mut self, schema: Id) -> Id {
        self.reduced(schema, |schemas, name| name == "description" || schemas.is_structure(name), false)
    }

    fn reduced(&mut self, schema: Id, keep: fn(&Self, &str) -> bool, deep: bool) -> Id {
        if !self.dag.is_object(schema) {
            return schema;
        }
        if self.is_document(schema) {
            return self.dag.object(Vec::new());
        }
        let kept: Vec<(Id, Id)> = {
            let named = self.dag.members(schema).zip(self.dag.pairs(schema));
            named.filter(|((name, _), _)| keep(self, name)).map(|(_, pair)| *pair).collect()
        };
        let mut members = Vec::with_capacity(kept.len() + 1);
        for (name, value) in kept {
            let value = if deep { self.facts_in(name, value) } else { value };
            members.push((name, value));
        }
        let omitted = self.omitted(schema);
        if !omitted.is_empty() {
            let name = self.dag.text("x-may-omit");
            let omitted = self.dag.list(omitted);
            members.push((name, omitted));
        }
        self.dag.object(members)
    }

    fn facts_in(&mut self, name: Id, value: Id) -> Id {
        let known = self.dag.as_text(name).and_then(keyword);
        match known.map(|(_, kind)| kind) {
            Some(Kind::Properties) => {
                let pairs = self.dag.pairs(value).to_vec();
                let pairs = pairs.into_iter().map(|(name, schema)| (name, self.facts(schema))).collect();
                self.dag.object(pairs)
            }
            Some(Kind::Schemas) => {
                let list = self.dag.elements(value).to_vec();
                let list = list.into_iter().map(|schema| self.facts(schema)).collect();
                self.dag.list(list)
            }
            Some(Kind::Schema | Kind::SchemaOrFlag) => self.facts(value),
            _ => value,
        }
    }

    /// The required members that a Go server leaves out when they are zero.
    fn omitted(&self, schema: Id) -> Vec<Id> {
        let (Some(required), Some(properties)) =
            (self.dag.get(schema, "required"), self.dag.get(schema, "properties"))
        else {
            return Vec::new();
        };
        let mut omitted: Vec<Id> = self.dag.elements(required).to_vec();
        omitted.retain(|name| {
            let property = self.dag.as_text(*name).and_then(|name| self.dag.get(properties, name));
            property.is_some_and(|property| self.is_omitted(property))
        });
        omitted
    }

    /// Whether the Go tag of a member says that it is left out when it is zero.
    pub(super) fn is_omitted(&self, property: Id) -> bool {
        let tag = self.dag.get(property, TAGS).and_then(|tags| self.dag.get_text(tags, "json"));
        tag.is_some_and(|tag| tag.split(',').skip(1).any(|option| option == "omitempty"))
    }

    /// Whether a whole OpenAPI document stands where a schema should.
    pub(super) fn is_document(&self, schema: Id) -> bool {
        self.dag.get_text(schema, "openapi").is_some()
    }

    /// What becomes of a schema.
    pub(super) fn makes(&self, schema: Id) -> Makes {
        let has = |keyword: &str| self.dag.get(schema, keyword).is_some();
        let text = |keyword: &str| self.dag.get_text(schema, keyword);
        let object = has("properties") || matches!(text("type"), Some("object")) && has("required");
        let several = ["oneOf", "anyOf", "allOf"]
            .iter()
            .any(|k| self.dag.get(schema, k).is_some_and(|list| self.dag.elements(list).len() > 1));
        let closed =
            self.dag.get(schema, "additionalProperties").is_some_and(|extra| self.dag.is_flag(extra, false));
        let words = has("enum") && matches!(text("type"), Some("string") | None);
        if object || several || closed || words { Makes::Type } else { Makes::Plain }
    }
}

/// A keyword that the contract knows, with what its value must be.
pub(super) fn keyword(name: &str) -> Option<(&'static str, Kind)> {
    crate::contract::KEYWORDS.iter().find(|(own, _)| *own == name).copied()
}
