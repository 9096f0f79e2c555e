//! The contract already held, as the memory for names.

use super::dag::{Dag, Id};
use super::name::{Home, Name};
use super::outline::Outlines;
use super::schemas::{GENTLE, Makes, Schemas, Step};
use super::spots::{self, Spot};
use crate::contract::{Contract, SCHEMAS};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Where in the memory a walk through a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Beside {
    /// Nowhere: the memory has nothing here.
    Nowhere,
    /// At a schema of the memory.
    At(Id),
    /// At a part of what the memory states as one: only the members are to be had.
    Part(Id),
}

/// What the memory says at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// Nothing.
    Nothing,
    /// A component, by name, with its definition.
    Named(Name, Id),
    /// A schema without a name.
    Inline(Id),
}

/// A contract, read for its names.
#[derive(Debug, Default)]
pub(super) struct Memory {
    components: BTreeMap<Name, Id>,
    by_outline: HashMap<Id, BTreeSet<Name>>,
    /// Operations, by path and method.
    pub(super) operations: BTreeMap<(String, String), Remembered>,
}

/// What is remembered of an operation.
#[derive(Debug)]
pub(super) struct Remembered {
    /// The construct that declares it.
    pub(super) home: Option<Home>,
    /// Its products.
    pub(super) products: Vec<String>,
    /// Its tags.
    pub(super) tags: Vec<String>,
    /// Its schemas, by where they stand.
    pub(super) spots: HashMap<Spot, Id>,
}

impl Memory {
    /// Reads a contract; nothing is remembered of one that is nested too deep.
    pub(super) fn of(contract: &Contract, schemas: &mut Schemas<'_>, outlines: &mut Outlines) -> Self {
        let mut memory = Self::default();
        let Some(document) = schemas.dag.intern(&contract.document) else { return memory };
        let dag = &schemas.dag;
        let defined = dag.get(document, "components").and_then(|c| dag.get(c, "schemas"));
        for (name, id) in defined.into_iter().flat_map(|defined| dag.members(defined)) {
            outlines.targets.insert(format!("{SCHEMAS}{name}"), id);
            memory.components.extend(Name::parse(name).map(|name| (name, id)));
        }
        for (path, item) in dag.get(document, "paths").into_iter().flat_map(|paths| dag.members(paths)) {
            for (method, operation) in dag.members(item) {
                let key = (path.to_owned(), method.to_owned());
                memory.operations.insert(key, Remembered::of(dag, operation));
            }
        }
        for (name, id) in &memory.components {
            if schemas.makes(*id) == Makes::Type {
                let outline = outlines.of(&mut schemas.dag, *id);
                memory.by_outline.entry(outline).or_default().insert(name.clone());
            }
        }
        memory
    }

    /// What the memory says at a place.
    pub(super) fn said(&self, dag: &Dag, place: Beside) -> Said {
        let Beside::At(schema) = place else { return Said::Nothing };
        let named = |schema: Id| {
            let name = dag.get_text(schema, "$ref")?.strip_prefix(SCHEMAS).and_then(Name::parse)?;
            let definition = *self.components.get(&name)?;
            Some(Said::Named(name, definition))
        };
        let gentle = dag.members(schema).all(|(name, _)| name == "allOf" || GENTLE.contains(&name));
        let only = dag.get(schema, "allOf").map(|all| dag.elements(all)).filter(|_| gentle);
        let through = match only {
            Some([only]) => named(*only),
            _ => named(schema),
        };
        through.unwrap_or(Said::Inline(schema))
    }

    /// Where the schema that `step` leads to is in the memory.
    pub(super) fn step(&self, dag: &Dag, place: Beside, step: &Step) -> Beside {
        let (Beside::At(schema) | Beside::Part(schema)) = place else { return Beside::Nowhere };
        let schema = match self.said(dag, Beside::At(schema)) {
            Said::Named(_, definition) if !matches!(step, Step::Element(..)) => definition,
            _ => schema,
        };
        let below = |keyword: &str| dag.get(schema, keyword);
        let at = match step {
            Step::Property(name) => below("properties").and_then(|p| dag.get(p, name)),
            Step::Single(keyword) => below(keyword).filter(|id| dag.is_object(*id)),
            Step::Element(keyword, number) => {
                let list = below(keyword).map(|list| dag.elements(list)).unwrap_or_default();
                match list.get(*number) {
                    Some(element) => Some(*element),
                    None if *keyword == "allOf" => return Beside::Part(schema),
                    None => None,
                }
            }
        };
        at.map_or(Beside::Nowhere, Beside::At)
    }

    /// Every name.
    pub(super) fn names(&self) -> impl Iterator<Item = &Name> {
        self.components.keys()
    }

    /// The definition of a component.
    pub(super) fn component(&self, name: &Name) -> Option<Id> {
        self.components.get(name).copied()
    }

    /// The name of a component that a bundle has under its own name, in a construct that is guessed:
    /// the memory's for the same schema, and none where the memory has it for another one.
    pub(super) fn recalled(
        &self,
        guessed: &Name,
        outline: Id,
        dag: &mut Dag,
        outlines: &mut Outlines,
    ) -> Option<Name> {
        let spelled = self.components.iter().filter(|(name, _)| name.own == guessed.own);
        let mut alike: Vec<&Name> =
            spelled.filter(|(_, id)| outlines.of(dag, **id) == outline).map(|(name, _)| name).collect();
        alike.sort_by_key(|name| name.home != guessed.home);
        match alike.first() {
            Some(name) => Some((*name).clone()),
            None => (!self.components.contains_key(guessed)).then(|| guessed.clone()),
        }
    }

    /// The one component that has an outline.
    pub(super) fn of_outline(&self, outline: Id) -> Option<&Name> {
        let names = self.by_outline.get(&outline)?;
        names.first().filter(|_| names.len() == 1)
    }
}

impl Remembered {
    fn of(dag: &Dag, operation: Id) -> Self {
        let texts = |name: &str| -> Vec<String> {
            let list = dag.get(operation, name).map(|list| dag.elements(list)).unwrap_or_default();
            list.iter().filter_map(|id| dag.as_text(*id)).map(str::to_owned).collect()
        };
        let mut found = HashMap::new();
        spots::rebuilt(dag, operation, &mut |spot, schema| {
            found.insert(spot.clone(), schema);
            Value::Null
        });
        Self {
            home: dag.get_text(operation, "x-construct").and_then(Home::parse),
            products: texts("x-internal"),
            tags: texts("tags"),
            spots: found,
        }
    }
}
