//! One schema object of the contract, keyword by keyword.
//!
//! It is read from the JSON value rather than through `openapiv3`: that model drops the keywords
//! it does not know without a word and cannot say where a mistake is.

use super::{Lowering, Whose};
use crate::diagnostic::Code;
use crate::ir::Rules;
use crate::number::Number;
use serde_json::{Map, Value};

/// A value of the contract and the JSON pointer to it.
#[derive(Clone, Debug)]
pub(super) struct Node<'a> {
    pub(super) value: &'a Value,
    pub(super) at: String,
}

impl<'a> Node<'a> {
    pub(super) fn child(&self, token: &str, value: &'a Value) -> Self {
        Self { value, at: pointer(&self.at, token) }
    }

    /// The member `key` if there is one.
    pub(super) fn get(&self, key: &str) -> Option<Self> {
        self.value.get(key).map(|value| self.child(key, value))
    }

    /// The members of an object, sorted, so that their order in the contract does not matter.
    pub(super) fn members(&self) -> Vec<(&'a str, Self)> {
        let mut members: Vec<_> = self
            .value
            .as_object()
            .into_iter()
            .flatten()
            .map(|(key, value)| (key.as_str(), self.child(key, value)))
            .collect();
        members.sort_by(|a, b| a.0.cmp(b.0));
        members
    }

    /// The elements of an array.
    pub(super) fn elements(&self) -> impl Iterator<Item = Self> {
        let elements = self.value.as_array().map(Vec::as_slice).unwrap_or_default();
        elements.iter().enumerate().map(|(i, value)| self.child(&i.to_string(), value))
    }

    /// The member `key`, if it is a string.
    pub(super) fn text(&self, key: &str) -> Option<&'a str> {
        self.value.get(key).and_then(Value::as_str)
    }

    /// Whether the member `key` is `true`.
    pub(super) fn flag(&self, key: &str) -> bool {
        self.value.get(key).and_then(Value::as_bool).unwrap_or_default()
    }
}

/// `at` with one more token, escaped as RFC 6901 asks.
pub(super) fn pointer(at: &str, token: &str) -> String {
    let mut pointer = String::with_capacity(at.len() + 1 + token.len());
    pointer.push_str(at);
    pointer.push('/');
    if token.contains(['~', '/']) {
        pointer.push_str(&super::slot::escape(token));
    } else {
        pointer.push_str(token);
    }
    pointer
}

/// The types of JSON Schema as OpenAPI 3.0 has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum JsonType {
    String,
    Integer,
    Number,
    Boolean,
    Array,
    Object,
}

impl JsonType {
    fn read(text: &str) -> Option<Self> {
        Some(match text {
            "string" => Self::String,
            "integer" => Self::Integer,
            "number" => Self::Number,
            "boolean" => Self::Boolean,
            "array" => Self::Array,
            "object" => Self::Object,
            _ => return None,
        })
    }

    /// As the contract writes it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Array => "array",
            Self::Object => "object",
        }
    }
}

/// `additionalProperties`.
#[derive(Clone, Debug)]
pub(super) enum Extra<'a> {
    Any,
    None,
    Schema(Node<'a>),
}

/// A schema object. A `$ref` stands alone: what is beside it is not read.
#[derive(Clone, Debug, Default)]
pub(super) struct Schema<'a> {
    pub(super) at: String,
    pub(super) reference: Option<&'a str>,
    pub(super) kind: Option<JsonType>,
    pub(super) format: Option<&'a str>,
    pub(super) values: Option<&'a [Value]>,
    pub(super) properties: Vec<(&'a str, Node<'a>)>,
    pub(super) required: Vec<&'a str>,
    pub(super) may_omit: Vec<&'a str>,
    pub(super) extra: Option<Extra<'a>>,
    pub(super) items: Option<Node<'a>>,
    pub(super) all_of: Vec<Node<'a>>,
    pub(super) one_of: Vec<Node<'a>>,
    pub(super) any_of: Vec<Node<'a>>,
    pub(super) not: Option<Node<'a>>,
    pub(super) discriminator: Option<Node<'a>>,
    /// Every constraint on a value, whatever its type; the pattern is translated.
    pub(super) rules: Rules,
    pub(super) notes: Notes,
}

/// What a schema says about a value without limiting it.
#[derive(Clone, Debug, Default)]
pub(super) struct Notes {
    pub(super) nullable: bool,
    pub(super) read_only: bool,
    pub(super) write_only: bool,
    pub(super) deprecated: bool,
    pub(super) default: Option<Value>,
    pub(super) docs: Option<String>,
}

impl<'a> Lowering<'a> {
    /// Reads the schema object at `node`; what is wrong with it becomes a finding.
    pub(super) fn schema(&mut self, node: &Node<'a>) -> Schema<'a> {
        let mut schema = Schema { at: node.at.clone(), ..Schema::default() };
        let Some(map) = node.value.as_object() else {
            self.bad(node, "a schema must be an object");
            return schema;
        };
        if let Some(target) = map.get("$ref") {
            schema.reference = self.component_of(&node.child("$ref", target));
            return schema;
        }
        for (key, value) in map {
            let word = node.child(key, value);
            if !(self.structure(&mut schema, key, &word)
                || self.constraint(&mut schema.rules, key, &word)
                || self.note(&mut schema.notes, key, &word))
            {
                self.error(
                    Code::UnsupportedSchema,
                    &word.at,
                    format!("the keyword `{key}` is not supported"),
                );
            }
        }
        schema.properties.sort_by(|a, b| a.0.cmp(b.0));
        // One alternative is no alternative.
        for list in [&mut schema.one_of, &mut schema.any_of] {
            if list.len() == 1 {
                schema.all_of.append(list);
            }
        }
        schema
    }

    /// Keywords that make the shape. Whether `key` is one.
    fn structure(&mut self, schema: &mut Schema<'a>, key: &str, word: &Node<'a>) -> bool {
        match key {
            "type" => {
                schema.kind = word.value.as_str().and_then(JsonType::read);
                if schema.kind.is_none() {
                    self.bad(word, "`type` must be one of the types of OpenAPI 3.0");
                }
            }
            "format" => schema.format = self.string(word),
            "enum" => schema.values = self.array(word),
            "properties" => schema.properties = self.object(word),
            "required" => schema.required = self.strings(word),
            "x-may-omit" => schema.may_omit = self.strings(word),
            "additionalProperties" => {
                schema.extra = Some(match word.value {
                    Value::Bool(true) => Extra::Any,
                    Value::Bool(false) => Extra::None,
                    Value::Object(map) if map.is_empty() => Extra::Any,
                    _ => Extra::Schema(word.clone()),
                });
            }
            "items" => schema.items = Some(word.clone()),
            "allOf" => schema.all_of = self.list(word),
            "oneOf" => schema.one_of = self.list(word),
            "anyOf" => schema.any_of = self.list(word),
            "not" => schema.not = Some(word.clone()),
            "discriminator" => schema.discriminator = Some(word.clone()),
            _ => return false,
        }
        true
    }

    /// Keywords that limit a value. Whether `key` is one.
    fn constraint(&mut self, rules: &mut Rules, key: &str, word: &Node<'a>) -> bool {
        match key {
            "minLength" => rules.min_length = self.count(word),
            "maxLength" => rules.max_length = self.count(word),
            "minItems" => rules.min_items = self.count(word),
            "maxItems" => rules.max_items = self.count(word),
            "minProperties" => rules.min_properties = self.count(word),
            "maxProperties" => rules.max_properties = self.count(word),
            "minimum" => rules.minimum = self.number(word),
            "maximum" => rules.maximum = self.number(word),
            "multipleOf" => {
                rules.multiple_of = self.number(word);
                if rules.multiple_of.is_some_and(|n| n <= Number::Integer(0)) {
                    self.bad(word, "`multipleOf` must be greater than zero");
                }
            }
            "exclusiveMinimum" => rules.exclusive_minimum = self.boolean(word),
            "exclusiveMaximum" => rules.exclusive_maximum = self.boolean(word),
            "uniqueItems" => rules.unique_items = self.boolean(word),
            "pattern" => rules.pattern = self.pattern(word),
            _ => return false,
        }
        true
    }

    /// Keywords that limit nothing. Whether `key` is one.
    fn note(&mut self, notes: &mut Notes, key: &str, word: &Node<'a>) -> bool {
        match key {
            "nullable" => notes.nullable = self.boolean(word),
            "readOnly" => notes.read_only = self.boolean(word),
            "writeOnly" => notes.write_only = self.boolean(word),
            "deprecated" => notes.deprecated = self.boolean(word),
            "default" => notes.default = Some(word.value.clone()),
            "description" => notes.docs = self.string(word).map(str::to_owned),
            "title" | "example" | "externalDocs" => {}
            extension => return extension.starts_with("x-"),
        }
        true
    }

    /// A pattern in the syntax of `regex`. The same text is translated once.
    fn pattern(&mut self, word: &Node<'a>) -> Option<String> {
        let text = self.string(word)?;
        let known = self.patterns.entry(text).or_insert_with(|| super::pattern::translate(text));
        match known.clone() {
            Ok(pattern) => Some(pattern),
            Err(reason) => {
                let (code, message) = match self.whose {
                    Whose::Ours => {
                        (Code::BadPattern, format!("the pattern `{text}` cannot be used: {reason}"))
                    }
                    // One that nobody here can mend; the types do not depend on it.
                    Whose::Anybodys => (
                        Code::UncheckedPattern,
                        format!("no value is checked against the pattern `{text}`: {reason}"),
                    ),
                };
                self.error(code, &word.at, message);
                None
            }
        }
    }

    fn bad(&mut self, node: &Node<'a>, message: &str) {
        self.error(Code::BadSchema, &node.at, message);
    }

    fn string(&mut self, word: &Node<'a>) -> Option<&'a str> {
        let text = word.value.as_str();
        if text.is_none() {
            self.bad(word, "a string is expected");
        }
        text
    }

    fn boolean(&mut self, word: &Node<'a>) -> bool {
        let value = word.value.as_bool();
        if value.is_none() {
            self.bad(word, "`true` or `false` is expected");
        }
        value.unwrap_or_default()
    }

    fn count(&mut self, word: &Node<'a>) -> Option<u64> {
        let value = word.value.as_u64();
        if value.is_none() {
            self.bad(word, "a count is expected: an integer that is not negative");
        }
        value
    }

    fn number(&mut self, word: &Node<'a>) -> Option<Number> {
        let value = Number::of(word.value);
        if value.is_none() {
            self.bad(word, "a number is expected");
        }
        value
    }

    fn array(&mut self, word: &Node<'a>) -> Option<&'a [Value]> {
        let list = word.value.as_array().map(Vec::as_slice).filter(|list| !list.is_empty());
        if list.is_none() {
            self.bad(word, "a list that is not empty is expected");
        }
        list
    }

    fn list(&mut self, word: &Node<'a>) -> Vec<Node<'a>> {
        if self.array(word).is_some() { word.elements().collect() } else { Vec::new() }
    }

    fn object(&mut self, word: &Node<'a>) -> Vec<(&'a str, Node<'a>)> {
        if !matches!(word.value, Value::Object(_)) {
            self.bad(word, "an object is expected");
        }
        word.members()
    }

    fn strings(&mut self, word: &Node<'a>) -> Vec<&'a str> {
        let list = word.value.as_array().map(Vec::as_slice);
        let strings: Vec<_> = list.unwrap_or_default().iter().filter_map(Value::as_str).collect();
        if list.is_none_or(|list| list.len() != strings.len()) {
            self.bad(word, "a list of strings is expected");
        }
        strings
    }

    /// The key of the component that a reference names.
    fn component_of(&mut self, word: &Node<'a>) -> Option<&'a str> {
        let key = word.value.as_str().and_then(|text| text.strip_prefix("#/components/schemas/"));
        match key.filter(|key| self.components.contains_key(key)) {
            Some(key) => Some(key),
            None => {
                let target = word.value.as_str().unwrap_or("(not a string)").to_owned();
                self.error(
                    Code::UnresolvedReference,
                    &word.at,
                    format!("`{target}` is not a component of the contract"),
                );
                None
            }
        }
    }
}

/// An empty object, for what is missing.
pub(super) fn nothing() -> Value {
    Value::Object(Map::new())
}
