//! Documents with references, laid out as the source tree is.

use super::dag::Id;
use super::input::{Input, Route};
use super::memory::Beside;
use super::name::{Home, Name};
use super::naming::{Naming, Use, Verdict};
use super::schemas::{Step, TAGS, keyword};
use super::spots::{Spot, rebuilt, rebuilt_parameters};
use crate::contract::Kind;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::load::reference::escape;
use crate::load::sources::Sources;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

/// What a document is made of.
#[derive(Default)]
struct Made {
    frame: Map<String, Value>,
    paths: BTreeMap<String, Map<String, Value>>,
    schemas: BTreeMap<String, Value>,
}

impl Made {
    fn document(self, home: &Home) -> Value {
        let mut document = self.frame;
        document.entry("openapi").or_insert_with(|| "3.0.3".into());
        document.entry("info").or_insert_with(|| json!({ "title": home.construct }));
        document.insert("paths".to_owned(), json!(self.paths));
        let mut components = Map::new();
        components.extend(document.remove("securitySchemes").map(|s| ("securitySchemes".to_owned(), s)));
        components.insert("schemas".to_owned(), json!(self.schemas));
        document.insert("components".to_owned(), Value::Object(components));
        Value::Object(document)
    }
}

/// Makes the documents.
pub(super) struct Emit<'e, 'a> {
    naming: &'e mut Naming<'a>,
    sources: &'e Sources,
    queue: Vec<Name>,
    queued: BTreeSet<Name>,
    /// The component that is written.
    inside: Option<Name>,
    found: &'e mut Diagnostics,
}

impl<'e, 'a> Emit<'e, 'a> {
    /// Documents of what is named.
    pub(super) fn new(naming: &'e mut Naming<'a>, sources: &'e Sources, found: &'e mut Diagnostics) -> Self {
        Self { naming, sources, queue: Vec::new(), queued: BTreeSet::new(), inside: None, found }
    }

    /// The documents, by file.
    pub(super) fn documents(mut self, input: &Input) -> BTreeMap<String, Value> {
        let mut made: BTreeMap<Home, Made> = BTreeMap::new();
        for (home, frame) in &input.frames {
            made.entry(home.clone()).or_default().frame.clone_from(frame);
        }
        for route in &input.routes {
            let operation = self.operation(route);
            let shared = route.shared.map(|list| self.shared(route, list));
            let paths = &mut made.entry(route.home.clone()).or_default().paths;
            let item = paths.entry(route.path.clone()).or_default();
            item.extend(shared.map(|shared| ("parameters".to_owned(), shared)));
            item.insert(route.method.clone(), operation);
        }
        while let Some(name) = self.queue.pop() {
            let Some(body) = self.naming.bodies.get(&name).copied() else { continue };
            let used = self.naming.body_use(&name, body);
            self.inside = Some(name.clone());
            let mut schema = self.inline(&used);
            if let Value::Object(members) = &mut schema {
                // A tag of the definition would be that of every member that refers to it.
                members.remove(TAGS);
            }
            made.entry(name.home).or_default().schemas.insert(name.own, schema);
        }
        made.into_iter().map(|(home, made)| (self.file(&home), made.document(&home))).collect()
    }

    fn operation(&mut self, route: &Route) -> Value {
        let mut uses = HashMap::new();
        for (spot, used) in uses_of(self.naming, route) {
            let schema = self.schema(&used);
            uses.insert(spot, schema);
        }
        let dag = &self.naming.schemas.dag;
        let mut operation =
            rebuilt(dag, route.operation, &mut |spot, _| uses.get(spot).cloned().unwrap_or_default());
        if let Value::Object(members) = &mut operation {
            for (name, value) in &route.restored {
                members.insert(name.clone(), value.clone());
            }
        }
        operation
    }

    fn shared(&mut self, route: &Route, list: Id) -> Value {
        let mut uses = HashMap::new();
        for (spot, used) in parameters_of(self.naming, route, list) {
            let schema = self.schema(&used);
            uses.insert(spot, schema);
        }
        let dag = &self.naming.schemas.dag;
        rebuilt_parameters(dag, list, &mut |spot, _| uses.get(spot).cloned().unwrap_or_default())
    }

    fn schema(&mut self, used: &Use) -> Value {
        if let Some(name) = self.naming.linked(used.schema) {
            let mut schema = self.inline(used);
            if let Value::Object(members) = &mut schema {
                members.insert("$ref".to_owned(), self.reference(&name, &used.home).into());
            }
            return schema;
        }
        let Some(name) = self.naming.name_of(used) else {
            self.cut(used);
            return self.inline(used);
        };
        let mut reference = Map::new();
        reference.insert("$ref".to_owned(), self.reference(&name, &used.home).into());
        let schemas = &self.naming.schemas;
        let body = self.naming.bodies.get(&name).copied();
        for (member, value) in schemas.dag.members(used.schema) {
            let same = body.and_then(|body| schemas.dag.get(body, member)) == Some(value);
            if !schemas.is_structure(member) && (!same || member == TAGS) {
                reference.insert(member.to_owned(), schemas.dag.value(value));
            }
        }
        Value::Object(reference)
    }

    /// Says so where a component contains itself, but not as it is: what stands there was expanded
    /// and cut off somewhere, and is taken as it stands.
    fn cut(&mut self, used: &Use) {
        let Some(inside) = self.inside.take() else { return };
        if self.naming.verdict(used) != Verdict::Named(inside.clone()) {
            self.inside = Some(inside);
            return;
        }
        let message = format!("`{inside}` contains itself, and the document has it expanded and cut off");
        let pointer = format!("/components/schemas/{}", escape(&inside.own));
        let help = "what is there is taken as it stands; the source tree has the whole";
        let place = Place::new(self.file(&inside.home), pointer);
        self.found.push(Diagnostic::new(Code::CutRecursion, place, message).help(help));
    }

    /// A schema where it stands, with references in it.
    fn inline(&mut self, used: &Use) -> Value {
        let dag = &self.naming.schemas.dag;
        if !dag.is_object(used.schema) {
            return dag.value(used.schema);
        }
        if self.naming.schemas.is_document(used.schema) {
            return json!({ "openapi": "3.0.0" });
        }
        let mut inner: HashMap<Step, Value> = HashMap::new();
        for (step, child) in self.naming.children(used) {
            let schema = self.schema(&child);
            inner.insert(step, schema);
        }
        let dag = &self.naming.schemas.dag;
        let mut take = |step: &Step, value: Id| inner.remove(step).unwrap_or_else(|| dag.value(value));
        let mut schema = Map::new();
        for (name, value) in dag.members(used.schema) {
            let stated = match keyword(name) {
                Some((_, Kind::Properties)) if dag.is_object(value) => {
                    let properties = dag.members(value);
                    let taken = properties
                        .map(|(name, id)| (name.to_owned(), take(&Step::Property(name.to_owned()), id)));
                    Value::Object(taken.collect())
                }
                Some((keyword, Kind::Schemas)) => {
                    let list = dag.elements(value).iter().enumerate();
                    list.map(|(at, id)| take(&Step::Element(keyword, at), *id)).collect()
                }
                Some((keyword, Kind::Schema | Kind::SchemaOrFlag)) => take(&Step::Single(keyword), value),
                _ => dag.value(value),
            };
            schema.insert(name.to_owned(), stated);
        }
        if let Some(Value::Object(mapping)) =
            schema.get_mut("discriminator").and_then(|d| d.get_mut("mapping"))
        {
            for target in mapping.values_mut() {
                let name = target.as_str().and_then(|key| self.naming.links.get(key)).cloned();
                if let Some(name) = name {
                    *target = self.reference(&name, &used.home).into();
                }
            }
        }
        Value::Object(schema)
    }

    /// The reference to a name, from the document of a construct.
    fn reference(&mut self, name: &Name, from: &Home) -> String {
        if self.queued.insert(name.clone()) {
            self.queue.push(name.clone());
        }
        let pointer = escape(&name.own).replace('%', "%25");
        if name.home == *from {
            return format!("#/components/schemas/{pointer}");
        }
        let Home { version, construct } = &name.home;
        let document = &self.sources.constructs.document;
        format!("../../{version}/{construct}/{document}#/components/schemas/{pointer}")
    }

    fn file(&self, home: &Home) -> String {
        let rules = &self.sources.constructs;
        format!("{}/{}/{}/{}", rules.root, home.version, home.construct, rules.document)
    }
}

/// The uses of schemas in an operation.
pub(super) fn uses_of(naming: &Naming<'_>, route: &Route) -> Vec<(Spot, Use)> {
    let dag = &naming.schemas.dag;
    let mut found = Vec::new();
    rebuilt(dag, route.operation, &mut |spot, schema| {
        found.push((spot.clone(), schema));
        Value::Null
    });
    placed(naming, route, found)
}

/// The uses of schemas in the parameters that an operation shares.
pub(super) fn parameters_of(naming: &Naming<'_>, route: &Route, list: Id) -> Vec<(Spot, Use)> {
    let dag = &naming.schemas.dag;
    let mut found = Vec::new();
    rebuilt_parameters(dag, list, &mut |spot, schema| {
        found.push((spot.clone(), schema));
        Value::Null
    });
    placed(naming, route, found)
}

fn placed(naming: &Naming<'_>, route: &Route, found: Vec<(Spot, Id)>) -> Vec<(Spot, Use)> {
    let remembered = naming.memory.operations.get(&(route.path.clone(), route.method.clone()));
    let home = Rc::new(route.home.clone());
    let each = found.into_iter().map(|(spot, schema)| {
        let place = remembered.and_then(|operation| operation.spots.get(&spot)).copied();
        let place = place.map_or(Beside::Nowhere, Beside::At);
        (spot, Use { schema, place, home: home.clone() })
    });
    each.collect()
}
