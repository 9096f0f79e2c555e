//! Schemas: references to names, members to facts.

use super::value::{checked, described, settle};
use super::{Gather, placed};
use crate::contract::keywords::{Kind, PLACE, Standing, kind, standing};
use crate::contract::names::alias_of;
use crate::contract::resolve::{At, Layers, follow, reference_of};
use crate::diagnostic::{Code, Diagnostic};
use crate::load::Documents;
use serde_json::{Map, Value, json};

/// Siblings that leave the values of a referenced type as they are, or only add `null`.
const GENTLE: &[&str] = &["nullable", "readOnly", "writeOnly", "deprecated", "default"];

/// How deep schemas may be nested, copies included: a contract that is nested deeper than YAML may
/// be could not be read again.
const MAX_NESTING: usize = 64;
/// How many schemas may be copied, so that a few lines upstream cannot become a contract without end.
const MAX_COPIES: usize = 20_000;

impl<'a> Gather<'a> {
    /// The facts of the schema at `at`.
    pub(super) fn schema(&mut self, at: &At<'a>) -> Value {
        if self.nesting > MAX_NESTING {
            let message = format!("schemas within schemas, more than {MAX_NESTING} deep");
            return self.give_up(at.finding(Code::BadSchema, message).help("make some of them components"));
        }
        self.nesting += 1;
        let schema = self.said(at);
        self.nesting -= 1;
        schema
    }

    fn said(&mut self, at: &At<'a>) -> Value {
        match at.node {
            Value::Bool(true) => Value::Object(placed(at)),
            Value::Bool(false) => json!({ "not": {} }),
            Value::Object(object) if is_document(object) => {
                let message = "a whole OpenAPI document stands where a schema should: any value is allowed";
                self.report(at.finding(Code::NotASchema, message));
                Value::Object(placed(at))
            }
            Value::Object(object) if alias_of(at.node, &self.sources.contract.annotations).is_some() => {
                self.unknown_keywords(object, at);
                self.alias(at)
            }
            Value::Object(_) if reference_of(at.node).is_some() => self.with_siblings(at),
            Value::Object(object) if object.contains_key("$ref") => {
                self.give_up(at.finding(Code::BadSchema, "`$ref` must be a string"))
            }
            Value::Object(_) => match Layers::of(self.documents, at) {
                Ok(layers) => Value::Object(self.facts(&layers)),
                Err(finding) => self.give_up(finding),
            },
            Value::Null if self.sources.single.is_some() => {
                self.report(
                    at.finding(
                        Code::NotASchema,
                        "nothing stands where a schema should: any value is allowed",
                    ),
                );
                Value::Object(placed(at))
            }
            other => {
                let message = format!("expected a schema, found {}", described(other));
                self.give_up(at.finding(Code::BadSchema, message))
            }
        }
    }

    /// The facts of the members of `layers`, in any order.
    fn facts(&mut self, layers: &Layers<'a>) -> Map<String, Value> {
        let mut schema = placed(&layers.as_slice()[0]);
        for (name, at) in layers.members() {
            self.member(name, &at, &mut schema);
        }
        let alternatives = ["oneOf", "anyOf"].iter().any(|word| schema.contains_key(*word));
        if self.sources.single.is_some() && !alternatives {
            self.left_out(layers.get("discriminator"), "discriminator");
        }
        self.settle(&mut schema, &layers.as_slice()[0]);
        let may_omit = self.may_omit(layers);
        if !may_omit.is_empty() {
            schema.insert("x-may-omit".to_owned(), may_omit.into());
        }
        schema
    }

    fn member(&mut self, name: &str, at: &At<'a>, schema: &mut Map<String, Value>) {
        match standing(name, &self.sources.contract.annotations) {
            Standing::Fact => self.fact(name, at, schema),
            Standing::Annotation => {}
            Standing::Unsupported => {
                let message = format!("`{name}` constrains values in a way that OpenAPI 3.0 cannot express");
                let help = "say the same upstream with keywords that OpenAPI 3.0 has";
                self.report(at.finding(Code::UnsupportedKeyword, message).help(help));
            }
            Standing::Unknown => self.unknown(name, at),
        }
    }

    fn unknown(&mut self, name: &str, at: &At<'a>) {
        let message = format!("`{name}` is no keyword of OpenAPI or JSON Schema: it is left out");
        let help = "add it to `annotations` in schemas/sources.toml if it says nothing about values";
        self.report(at.finding(Code::UnknownKeyword, message).help(help));
    }

    fn unknown_keywords(&mut self, object: &Map<String, Value>, at: &At<'a>) {
        for name in object.keys() {
            if *name != "$ref"
                && standing(name, &self.sources.contract.annotations) == Standing::Unknown
                && let Some(at) = at.get(name)
            {
                self.unknown(name, &at);
            }
        }
    }

    fn fact(&mut self, name: &str, at: &At<'a>, schema: &mut Map<String, Value>) {
        let value = match kind(name) {
            Some(Kind::Schema) if at.node.is_array() => {
                let message = format!(
                    "`{name}` is a list of schemas, one for each place, which OpenAPI 3.0 does not have"
                );
                return self.report(at.finding(Code::UnsupportedKeyword, message));
            }
            Some(Kind::Schema) => self.schema(at),
            Some(Kind::SchemaOrFlag) if at.node.is_boolean() => at.node.clone(),
            Some(Kind::SchemaOrFlag) => self.schema(at),
            Some(Kind::Schemas) => match at.node.as_array() {
                Some(list) if !list.is_empty() => at.elements().map(|e| self.schema(&e)).collect(),
                _ => return self.wrong(at, "a list of schemas"),
            },
            Some(Kind::Properties) => match at.node {
                Value::Object(_) => {
                    let properties = at.members().map(|(name, at)| (name.to_owned(), self.schema(&at)));
                    Value::Object(properties.collect())
                }
                _ => return self.wrong(at, "an object of schemas"),
            },
            Some(Kind::Discriminator) => return self.discriminator(at, schema),
            _ => match checked(name, at) {
                Ok(value) => value,
                Err(finding) => return self.report(finding),
            },
        };
        schema.insert(name.to_owned(), value);
    }

    fn settle(&mut self, schema: &mut Map<String, Value>, at: &At<'a>) {
        if let Err(finding) = settle(schema, at) {
            self.report(finding);
        }
    }

    pub(super) fn wrong(&mut self, at: &At<'a>, expected: &str) {
        let message = format!("expected {expected}, found {}", described(at.node));
        self.report(at.finding(Code::BadSchema, message));
    }

    fn discriminator(&mut self, at: &At<'a>, schema: &mut Map<String, Value>) {
        let Some(property) = at.get("propertyName").and_then(|p| p.node.as_str()) else {
            return self.wrong(at, "a discriminator with a `propertyName`");
        };
        let mut discriminator = Map::new();
        discriminator.insert("propertyName".to_owned(), property.into());
        let mut mapping = Map::new();
        for (value, target) in at.get("mapping").iter().flat_map(At::members) {
            let Some(reference) = target.node.as_str() else {
                self.wrong(&target, "a reference");
                continue;
            };
            // A bare word is the name of a component of the same document.
            let reference = if reference.contains(['#', '/', '.']) {
                reference.to_owned()
            } else {
                format!("#/components/schemas/{reference}")
            };
            let named = follow(self.documents, &target, &reference).and_then(|to| self.definition(&to));
            match named.and_then(|definition| self.component(&definition)) {
                Ok(Some(pointer)) => {
                    mapping.insert(value.to_owned(), pointer.into());
                }
                Ok(None) => self.wrong(&target, "a reference to a component"),
                Err(finding) => self.report(finding),
            }
        }
        if !mapping.is_empty() {
            discriminator.insert("mapping".to_owned(), Value::Object(mapping));
        }
        schema.insert("discriminator".to_owned(), Value::Object(discriminator));
    }

    /// A schema that only names another.
    fn alias(&mut self, at: &At<'a>) -> Value {
        let definition = match self.definition(at) {
            Ok(definition) => definition,
            Err(finding) => return self.give_up(finding),
        };
        match self.component(&definition) {
            Ok(Some(pointer)) => json!({ "$ref": pointer }),
            Ok(None) => self.copy(at, &definition),
            Err(finding) => self.give_up(finding),
        }
    }

    /// A piece of a schema has no name of its own: it is copied where it is used.
    fn copy(&mut self, at: &At<'a>, definition: &At<'a>) -> Value {
        self.inlined(at, definition, |gather| gather.schema(definition))
    }

    /// A reference with facts beside it. A copy with the siblings laid over it says it exactly; but
    /// where they leave the type as it is, the type keeps its name, in an `allOf` of one.
    fn with_siblings(&mut self, at: &At<'a>) -> Value {
        let target = reference_of(at.node).unwrap_or_default();
        let definition = follow(self.documents, at, target).and_then(|target| self.definition(&target));
        let layers = definition.and_then(|d| Ok((Layers::of(self.documents, &d)?, d)));
        let (layers, definition) = match layers {
            Ok(found) => found,
            Err(finding) => return self.give_up(finding),
        };
        let mut own = placed(at);
        for (name, member) in at.members().filter(|(name, _)| *name != "$ref") {
            self.member(name, &member, &mut own);
        }
        self.settle(&mut own, at);
        own.retain(|name, value| name == PLACE || !repeats(name, value, &layers));
        let mut says = own.iter().filter(|(name, _)| *name != PLACE).peekable();
        let nothing = says.peek().is_none();
        let gentle =
            says.all(|(name, value)| GENTLE.contains(&name.as_str()) && *value != Value::Bool(false));
        if nothing || (gentle && !is_scalar(&layers)) {
            match self.component(&definition) {
                Ok(Some(pointer)) if nothing => return json!({ "$ref": pointer }),
                Ok(Some(pointer)) => {
                    own.insert("allOf".to_owned(), json!([{ "$ref": pointer }]));
                    return Value::Object(own);
                }
                Ok(None) => {}
                Err(finding) => return self.give_up(finding),
            }
        }
        if definition.object().is_none_or(is_document) {
            let mut schema = self.schema(&definition);
            schema.as_object_mut().into_iter().for_each(|schema| schema.append(&mut own));
            return schema;
        }
        let merged = layers.below(at);
        self.inlined(at, &definition, |gather| Value::Object(gather.facts(&merged)))
    }

    /// Copies a definition to where it is used, by `copy`; never into itself.
    fn inlined(&mut self, at: &At<'a>, definition: &At<'a>, copy: impl FnOnce(&mut Self) -> Value) -> Value {
        let key = (definition.file.clone(), definition.pointer.clone());
        if self.inlining.contains(&key) {
            let message = format!("`{}#{}` contains a copy of itself", key.0, key.1);
            let help = "make it a component, and refer to it without constraints beside the reference";
            return self.give_up(at.finding(Code::ReferenceCycle, message).help(help));
        }
        self.copies += 1;
        if self.copies > MAX_COPIES {
            let message = format!("more than {MAX_COPIES} copies of schemas that cannot be referred to");
            return self.give_up(at.finding(Code::BadSchema, message).help("make them components"));
        }
        self.inlining.push(key);
        let schema = copy(self);
        self.inlining.pop();
        schema
    }

    /// What a schema stands for, once aliases are followed.
    fn definition(&self, at: &At<'a>) -> Result<At<'a>, Diagnostic> {
        let mut seen = vec![(at.file.clone(), at.pointer.clone())];
        let mut definition = at.clone();
        while let Some(reference) = alias_of(definition.node, &self.sources.contract.annotations) {
            definition = follow(self.documents, &definition, reference)?;
            let key = (definition.file.clone(), definition.pointer.clone());
            if seen.contains(&key) {
                let message =
                    format!("the reference `{reference}` comes back to itself and never reaches a schema");
                return Err(at.finding(Code::ReferenceCycle, message));
            }
            seen.push(key);
        }
        Ok(definition)
    }

    /// The pointer to a definition in the contract, which is queued; none if it has no name.
    fn component(&mut self, definition: &At<'a>) -> Result<Option<String>, Diagnostic> {
        let Some(name) = self.names.of(definition)? else { return Ok(None) };
        let pointer = format!("#/components/schemas/{name}");
        if !self.components.contains_key(&name) {
            self.components.insert(name.clone(), Value::Null);
            self.queue.push((name, definition.clone()));
        }
        Ok(Some(pointer))
    }

    /// The required members that a Go server leaves out when they are zero.
    fn may_omit(&self, layers: &Layers<'a>) -> Vec<String> {
        let required = layers.get("required");
        let names = required.iter().flat_map(|r| r.node.as_array().into_iter().flatten());
        let properties = layers.get("properties");
        let omitted = names.filter_map(Value::as_str).filter(|name| {
            let property = properties.as_ref().and_then(|p| p.get(name));
            property
                .and_then(|p| go_json_tag(self.documents, &p))
                .is_some_and(|tag| tag.split(',').skip(1).any(|o| o == "omitempty"))
        });
        omitted.map(str::to_owned).collect()
    }

    fn give_up(&mut self, finding: Diagnostic) -> Value {
        self.report(finding);
        json!({})
    }
}

/// The `json` tag of the Go field that upstream generates for a member: its own, else that of the
/// schema it refers to.
pub(crate) fn go_json_tag<'a>(documents: &'a Documents, at: &At<'a>) -> Option<&'a str> {
    let layers = Layers::of(documents, at).ok()?;
    layers.as_slice().iter().find_map(|layer| {
        layer.node.get("x-oapi-codegen-extra-tags").and_then(|tags| tags.get("json")).and_then(Value::as_str)
    })
}

/// Whether a definition says `value` for a keyword already.
fn repeats(name: &str, value: &Value, definition: &Layers<'_>) -> bool {
    definition.get(name).and_then(|at| checked(name, &at).ok()).is_some_and(|stated| stated == *value)
}

/// Whether a definition is a string, number or boolean that is not an enumeration.
fn is_scalar(definition: &Layers<'_>) -> bool {
    let ty = definition.get("type");
    let scalar = matches!(
        ty.as_ref().and_then(|ty| ty.node.as_str()),
        Some("string" | "integer" | "number" | "boolean")
    );
    let others = ["enum", "const", "oneOf", "anyOf", "allOf"];
    scalar && !others.iter().any(|keyword| definition.get(keyword).is_some())
}

fn is_document(object: &Map<String, Value>) -> bool {
    object.get("openapi").is_some_and(Value::is_string)
}
