//! Alternatives of which exactly one must match, and of which one never does alone.

use super::walk::Walk;
use super::{By, Repair};
use crate::contract::keywords::{Standing, standing};
use crate::contract::resolve::{At, Layers};
use crate::diagnostic::Code;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// An alternative that is an object.
struct Outline<'a> {
    at: At<'a>,
    members: BTreeMap<&'a str, &'a Value>,
    required: BTreeSet<&'a str>,
    closed: bool,
    /// Whether it asks for anything else.
    more: bool,
}

impl<'a> Walk<'a> {
    /// Alternatives of a `oneOf` whose every value another alternative matches as well.
    pub(super) fn impossible(&mut self, at: &At<'a>) {
        let Some(list) = at.get("oneOf").filter(|_| at.get("discriminator").is_none()) else { return };
        let outlines: Vec<Outline<'a>> =
            list.elements().filter_map(|element| self.outline(&element)).collect();
        for (i, narrow) in outlines.iter().enumerate() {
            let wide = outlines.iter().enumerate().find(|(j, wide)| *j != i && covers(wide, narrow));
            if let Some((_, wide)) = wide {
                let message = format!(
                    "whatever this alternative of `oneOf` matches, that at `{}` matches as well: exactly one \
                     must, so none of its values is valid",
                    wide.at.pointer
                );
                let repair = Repair::new(By::Code, "it is generated, and servers refuse every value of it");
                self.say(Code::ImpossibleAlternative, &narrow.at, message, repair);
            }
        }
    }

    fn outline(&self, at: &At<'a>) -> Option<Outline<'a>> {
        let layers = Layers::of(self.documents, at).ok()?;
        if layers.get("type").is_some_and(|ty| ty.node != "object") || layers.get("allOf").is_some() {
            return None;
        }
        let properties = layers.get("properties")?;
        let required = layers.get("required");
        let plain = ["type", "properties", "required", "additionalProperties"];
        let annotations = &self.sources.contract.annotations;
        let more = layers.members().any(|(name, _)| {
            !plain.contains(&name)
                && matches!(standing(name, annotations), Standing::Fact | Standing::Unsupported)
        });
        let closed = layers.get("additionalProperties").is_some_and(|more| *more.node != Value::Bool(true));
        Some(Outline {
            at: at.clone(),
            members: properties.members().map(|(name, at)| (name, at.node)).collect(),
            required: required.iter().flat_map(At::elements).filter_map(|name| name.node.as_str()).collect(),
            closed,
            more,
        })
    }
}

/// Whether `wide` matches whatever `narrow` does.
fn covers(wide: &Outline<'_>, narrow: &Outline<'_>) -> bool {
    !wide.more
        && !wide.closed
        && wide.required.is_subset(&narrow.required)
        && wide
            .members
            .iter()
            .all(|(name, schema)| narrow.members.get(name).is_some_and(|own| asks(own, schema)))
}

/// Whether a schema asks for all that another does, word for word; annotations aside.
fn asks(narrow: &Value, wide: &Value) -> bool {
    let (Some(narrow), Some(wide)) = (narrow.as_object(), wide.as_object()) else { return narrow == wide };
    let mut facts =
        wide.iter().filter(|(name, _)| *name == "$ref" || standing(name, &[]) != Standing::Annotation);
    facts.all(|(name, value)| narrow.get(name) == Some(value))
}
