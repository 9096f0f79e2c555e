//! Schemas: their keywords, and what these say together.

use super::meta::Object;
use super::walk::Walk;
use super::words::nearest;
use super::{By, Repair};
use crate::contract::keywords::{KEYWORDS, Kind, Standing, kind, standing};
use crate::contract::resolve::{At, Layers, reference_of};
use crate::diagnostic::Code;
use serde_json::{Map, Value};
use std::collections::{BTreeSet, HashSet};

/// Keywords of OpenAPI 3.0 that say nothing about values.
const NOTES: &[&str] = &["$ref", "title", "description", "example", "externalDocs", "xml"];

/// Keywords whose schemas are parts of the one they stand in.
const PARTS: &[&str] = &["allOf", "oneOf", "anyOf", "not"];

impl<'a> Walk<'a> {
    /// Looks at a schema; as a part of a composition it may speak of members of the whole.
    pub(super) fn schema(&mut self, at: &At<'a>, part: bool) {
        let Some(members) = at.object() else {
            return self.wrong(at, "a schema must be an object");
        };
        // Told by the contract: any value is allowed there.
        if members.contains_key("openapi") && members.contains_key("info") {
            return;
        }
        if let Some(reference) = reference_of(at.node) {
            if members.len() > 1 {
                self.siblings(at);
            }
            if let Some(target) = self.followed(at, reference) {
                self.look(&target, Object::Schema, part);
            }
        }
        for (name, member) in at.members() {
            self.keyword(name, &member);
        }
        let Ok(layers) = Layers::of(self.documents, at) else { return };
        self.shape(at, &layers);
        self.members_of(at, &layers);
        if !part {
            self.required_unknown(at);
        }
        self.impossible(at);
    }

    fn keyword(&mut self, name: &str, at: &At<'a>) {
        let part = PARTS.contains(&name);
        match kind(name) {
            Some(Kind::Schema) if at.node.is_array() => {
                let message =
                    format!("`{name}` is a list, one schema for each place, as later JSON Schema has it");
                let repair = Repair::new(By::Refusal, "OpenAPI 3.0 cannot say it");
                self.say(Code::ForeignKeyword, at, message, repair);
            }
            Some(Kind::Schema) => self.look(at, Object::Schema, part),
            Some(Kind::SchemaOrFlag) if at.node.is_boolean() => {}
            Some(Kind::SchemaOrFlag) => self.look(at, Object::Schema, part),
            Some(Kind::Schemas) if at.node.as_array().is_some_and(|list| !list.is_empty()) => {
                at.elements().for_each(|element| self.look(&element, Object::Schema, part));
            }
            Some(Kind::Properties) if at.node.is_object() => {
                at.members().for_each(|(_, member)| self.look(&member, Object::Schema, false));
            }
            Some(kind) => self.plain(name, kind, at),
            None if NOTES.contains(&name) || name.starts_with("x-") => {}
            None => self.foreign(name, at),
        }
    }

    fn plain(&mut self, name: &str, kind: Kind, at: &At<'a>) {
        let node = at.node;
        let later = match name {
            "type" => node.is_array(),
            "exclusiveMinimum" | "exclusiveMaximum" => node.is_number(),
            _ => false,
        };
        if later {
            let message = format!("`{name}: {node}` is said as later JSON Schema does");
            let repair = Repair::new(By::Contract, "it is said in the words of OpenAPI 3.0");
            return self.say(Code::ForeignKeyword, at, message, repair);
        }
        let expected = match kind {
            Kind::Text if !node.is_string() => "a string",
            Kind::Flag if !node.is_boolean() => "true or false",
            Kind::Count if !node.as_f64().is_some_and(|n| n >= 0.0 && n.fract() == 0.0) => {
                "an integer that is not negative"
            }
            Kind::Number if !node.is_number() => "a number",
            Kind::Names if !node.as_array().is_some_and(|list| list.iter().all(Value::is_string)) => {
                "a list of names"
            }
            Kind::Values if node.as_array().is_none_or(Vec::is_empty) => "a list of values, at least one",
            Kind::Schemas => "a list of schemas, at least one",
            Kind::Properties => "an object of schemas",
            Kind::Discriminator if node.get("propertyName").is_none_or(|name| !name.is_string()) => {
                "an object with a `propertyName`"
            }
            _ => return self.repeated(name, at),
        };
        self.wrong(at, &format!("`{name}` must be {expected}"));
    }

    /// Values of a list that must be there once each.
    fn repeated(&mut self, name: &str, at: &At<'a>) {
        if !matches!(name, "enum" | "required") {
            return;
        }
        let mut seen = HashSet::new();
        for element in at.elements() {
            let text = element.node.to_string();
            if !seen.insert(text.clone()) {
                let message = format!("`{name}` lists {text} twice");
                self.say(
                    Code::RepeatedValue,
                    &element,
                    message,
                    Repair::new(By::Contract, "it is there once"),
                );
            }
        }
    }

    fn foreign(&mut self, name: &str, at: &At<'a>) {
        let annotations = &self.sources.contract.annotations;
        let (code, message, repair) = match standing(name, annotations) {
            Standing::Fact => {
                let repair = Repair::new(By::Contract, "it is said in the words of OpenAPI 3.0");
                (Code::ForeignKeyword, format!("`{name}` is a keyword of later JSON Schema"), repair)
            }
            Standing::Unsupported => {
                let repair =
                    Repair::new(By::Refusal, "it constrains values in a way that OpenAPI 3.0 cannot express");
                (Code::ForeignKeyword, format!("`{name}` is a keyword of later JSON Schema"), repair)
            }
            Standing::Annotation if annotations.iter().any(|own| own == name) => {
                let repair = Repair::new(By::Omission, "it is known to say nothing about values");
                (Code::UnknownMember, format!("`{name}` is no keyword of OpenAPI or JSON Schema"), repair)
            }
            Standing::Annotation => {
                let repair = Repair::new(By::Omission, "it says nothing about values");
                (
                    Code::ForeignKeyword,
                    format!("`{name}` is a keyword of JSON Schema that OpenAPI 3.0 lacks"),
                    repair,
                )
            }
            Standing::Unknown => {
                let known = KEYWORDS.iter().map(|(known, _)| *known).chain(NOTES.iter().copied());
                let hint = nearest(name, known).map(|near| format!(", perhaps `{near}` is meant"));
                let message =
                    format!("`{name}` is no keyword of OpenAPI or JSON Schema{}", hint.unwrap_or_default());
                (Code::UnknownMember, message, Repair::new(By::Omission, "it is left out"))
            }
        };
        self.say(code, at, message, repair);
    }

    /// What does not go with the type.
    fn shape(&mut self, at: &At<'a>, layers: &Layers<'a>) {
        let own = |name: &str| at.get(name);
        let ty = layers.get("type").and_then(|ty| ty.node.as_str());
        if own("type").is_some() && ty == Some("array") && layers.get("items").is_none() {
            let repair = Repair::new(By::Contract, "its elements are any values");
            self.say(Code::MissingMember, at, "an array without `items`", repair);
        }
        if !self.is_judged()
            && let (Some(default), Some(schema)) = (own("default"), at.object())
            && let Err(why) = fits(default.node, schema)
        {
            let repair = Repair::new(By::Contract, "the default is left out (rule N9)");
            self.say(Code::BadDefault, at, format!("the default is not valid here, it {why}"), repair);
        }
        let Some(values) = own("enum").or_else(|| own("const")) else { return };
        let is_composite = |value: &Value| value.is_object() || value.is_array();
        let listed = values.node.as_array().is_some_and(|list| list.iter().any(is_composite));
        if listed || matches!(ty, Some("object" | "array")) {
            let message = "an enumeration of objects or arrays";
            let repair = Repair::new(By::Refusal, "only strings and numbers are enumerated");
            self.say(Code::EnumOfObjects, &values, message, repair);
        }
    }

    /// Members that are spelled twice, or required and left out.
    fn members_of(&mut self, at: &At<'a>, layers: &Layers<'a>) {
        if let Some(properties) = at.get("properties") {
            let names: BTreeSet<String> = properties.members().map(|(name, _)| name.to_owned()).collect();
            self.spellings(&properties, &names, "member");
        }
        let (Some(required), Some(properties)) = (at.get("required"), layers.get("properties")) else {
            return;
        };
        for element in required.elements() {
            let Some(name) = element.node.as_str() else { continue };
            let tag = properties
                .get(name)
                .and_then(|member| crate::contract::gather::go_json_tag(self.documents, &member));
            if tag.is_some_and(|tag| tag.split(',').skip(1).any(|option| option == "omitempty")) {
                let message =
                    format!("`{name}` is required, and its Go tag has `omitempty`: zero is left out");
                let repair = Repair::new(By::Code, "readers take the zero value where it is missing");
                self.say(Code::RequiredOmitted, &element, message, repair);
            }
        }
    }

    /// Required members that neither the schema nor any part of it describes.
    fn required_unknown(&mut self, at: &At<'a>) {
        let mut known: BTreeSet<&str> = BTreeSet::new();
        let mut required: Vec<At<'a>> = Vec::new();
        let mut seen: BTreeSet<(String, String)> = BTreeSet::new();
        // What must not be there is asked for in vain.
        let mut stack = vec![(at.clone(), true)];
        while let Some((at, asks)) = stack.pop() {
            if !seen.insert((at.file.to_string(), at.pointer.clone())) {
                continue;
            }
            let Ok(layers) = Layers::of(self.documents, &at) else { return };
            known.extend(layers.get("properties").iter().flat_map(At::members).map(|(name, _)| name));
            required.extend(layers.get("required").iter().filter(|_| asks).flat_map(At::elements));
            // Members by any name: those that are required may be among them.
            if layers.get("additionalProperties").is_some_and(|more| *more.node != Value::Bool(false)) {
                return;
            }
            for keyword in PARTS {
                let Some(part) = layers.get(keyword) else { continue };
                if part.node.is_array() {
                    stack.extend(part.elements().map(|part| (part, asks)));
                } else {
                    stack.push((part, false));
                }
            }
        }
        if known.is_empty() {
            return;
        }
        for element in required {
            let Some(name) = element.node.as_str().filter(|name| !known.contains(name)) else { continue };
            let hint = nearest(name, known.iter().copied().filter(|other| *other != name));
            let hint = hint.map(|near| format!(", perhaps `{near}` is meant")).unwrap_or_default();
            let message = format!("`{name}` is required, and no member is called so{hint}");
            let repair = Repair::new(By::Code, "a member of any value is asked for");
            self.say(Code::RequiredUnknown, &element, message, repair);
        }
    }
}

/// Whether a default fits the type and enumeration beside it.
fn fits(value: &Value, schema: &Map<String, Value>) -> Result<(), &'static str> {
    let null = value.is_null() && schema.get("nullable") == Some(&Value::Bool(true));
    let of_type = match schema.get("type").and_then(Value::as_str) {
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        _ => true,
    };
    let listed = schema.get("enum").and_then(Value::as_array).is_none_or(|values| values.contains(value));
    match (null || of_type, null || listed) {
        (false, _) => Err("is not of the type beside it"),
        (_, false) => Err("is not in the enumeration beside it"),
        _ => Ok(()),
    }
}
