//! One way to say each thing: general rules, none of which knows a name of upstream's.
//!
//! Each rule keeps the set of valid values as it is, unless it says a warning. They are, in order:
//!
//! | rule | what | function |
//! |---|---|---|
//! | N1 | a keyword that says what holds anyway is left out | [`words::implied`] |
//! | N2 | alternatives of string enumerations are one enumeration | [`words::alternatives`] |
//! | N3 | `oneOf` or `anyOf` of one is `allOf` of one | [`words::single`] |
//! | N4 | an array without `items` has `items: {}` | [`words::items`] |
//! | N5 | `null` in an enumeration is `nullable`; values fit their type (warning) | [`values::enumeration`] |
//! | | an alternative that is `null` only makes the others nullable | [`values::null_alternative`] |
//! | N6 | closed objects composed with others that add members are one closed object (warning) | [`composition::closed`] |
//! | N7 | a `type` beside an `allOf` that has it already is left out | [`composition::repeated_type`] |
//! | N8 | an `allOf` of one with nothing beside it is that one | [`composition::only`] |
//! | N9 | a default that is not valid is left out (warning) | [`values::default`] |
//! | N10 | a component that only names another is that other | [`composition::aliases`] |
//! | N11 | a long default is its digest | [`values::long_default`] |
//!
//! The reading of a `$ref` with siblings, of `const` and of other words of later JSON Schema comes
//! before, in `gather`, where the source is at hand.

mod composition;
mod values;
mod words;

use super::keywords::{KEYWORDS, Kind, PLACE};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use serde_json::{Map, Value};
use std::cell::Cell;
use std::mem::take;

/// Applies all rules to a document.
pub(crate) fn document(document: &mut Value, found: &mut Diagnostics) {
    let components = Components::of(document);
    each_schema(document, &mut |schema| values::null_alternative(schema, &components));
    each_schema(document, &mut |schema| {
        words::implied(schema);
        words::alternatives(schema);
        words::single(schema);
        words::items(schema);
        values::enumeration(schema, found);
    });
    let components = Components::of(document);
    each_schema(document, &mut |schema| composition::closed(schema, &components, found));
    let components = Components::of(document);
    each_schema(document, &mut |schema| {
        composition::repeated_type(schema, &components);
        composition::only(schema);
        values::default(schema, &components, found);
        values::long_default(schema);
    });
    composition::aliases(document, found);
}

/// The components as they are before rules that look from one to another.
struct Components {
    schemas: Map<String, Value>,
    /// How many schemas a default may still be judged by, see [`values::default`].
    steps: Cell<u32>,
}

impl Components {
    fn of(document: &Value) -> Self {
        let schemas = document.pointer("/components/schemas").and_then(Value::as_object);
        Self { schemas: schemas.cloned().unwrap_or_default(), steps: Cell::new(0) }
    }

    /// The component that a schema refers to, if it is a reference.
    fn target(&self, schema: &Map<String, Value>) -> Option<&Map<String, Value>> {
        let name = schema.get("$ref")?.as_str()?.strip_prefix(super::canonical::SCHEMAS)?;
        self.schemas.get(name)?.as_object()
    }
}

/// Changes every schema of a document, inner ones before those that contain them.
pub(crate) fn each_schema(document: &mut Value, change: &mut dyn FnMut(&mut Map<String, Value>)) {
    let Some(members) = document.as_object_mut() else { return };
    if let Some(paths) = members.get_mut("paths") {
        each_media(paths, change);
    }
    if let Some(Value::Object(schemas)) = members.get_mut("components").and_then(|c| c.get_mut("schemas")) {
        for value in schemas.values_mut() {
            schema(value, change);
        }
    }
}

/// Outside of schemas, a schema is what stands under `schema`.
fn each_media(value: &mut Value, change: &mut dyn FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                if name == "schema" { schema(value, change) } else { each_media(value, change) }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|value| each_media(value, change)),
        _ => {}
    }
}

/// Changes a schema and those inside of it.
pub(crate) fn schema(value: &mut Value, change: &mut dyn FnMut(&mut Map<String, Value>)) {
    let Value::Object(members) = value else { return };
    for (name, kind) in KEYWORDS {
        match (kind, members.get_mut(*name)) {
            (Kind::Schema | Kind::SchemaOrFlag, Some(value)) => schema(value, change),
            (Kind::Schemas, Some(Value::Array(list))) => list.iter_mut().for_each(|s| schema(s, change)),
            (Kind::Properties, Some(Value::Object(properties))) => {
                properties.values_mut().for_each(|s| schema(s, change));
            }
            _ => {}
        }
    }
    change(members);
}

/// A finding where upstream states a schema.
fn finding(code: Code, schema: &Map<String, Value>, message: String) -> Diagnostic {
    let place = schema.get(PLACE).and_then(Value::as_str).unwrap_or_default();
    let (file, pointer) = place.split_once('#').unwrap_or((place, ""));
    Diagnostic::new(code, Place::new(file, pointer), message)
}

/// The keywords of a schema, without the note of its place.
fn says(schema: &Map<String, Value>) -> impl Iterator<Item = (&String, &Value)> {
    schema.iter().filter(|(name, _)| *name != PLACE)
}

/// Whether a schema says nothing: any value is valid.
fn is_empty(schema: &Value) -> bool {
    schema.as_object().is_some_and(|s| says(s).next().is_none())
}

/// Takes the value of a keyword that is a list.
fn take_list(schema: &mut Map<String, Value>, name: &str) -> Vec<Value> {
    match schema.get_mut(name) {
        Some(Value::Array(list)) => take(list),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
