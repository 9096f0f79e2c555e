//! Parameters, and what headers have in common with them.

use super::both::Both;
use super::{Edit, Gathered, Kind, Reach, Root};
use crate::contract::diff::operations::parameters_of;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Members of a parameter or a header that are compared, or say nothing.
const PARAMETER: &[&str] = &[
    "name",
    "in",
    "required",
    "deprecated",
    "allowEmptyValue",
    "style",
    "explode",
    "allowReserved",
    "schema",
    "content",
    "description",
    "example",
    "examples",
];

/// A parameter: where it goes and what it is called, by which it is known on both sides; where it is
/// declared; what it says.
type Listed<'a> = (Key, String, &'a Value);
type Key = (String, String);

impl<'a> Gathered<'a> {
    pub(super) fn parameters(&mut self, operation: &Both<'a>, paths: [&str; 2]) {
        let renamed: BTreeMap<&str, &str> =
            parameters_of(paths[1]).into_iter().zip(parameters_of(paths[0])).collect();
        let listed = [0, 1].map(|side| {
            let list = operation.get(side, "parameters").and_then(Value::as_array).into_iter().flatten();
            let each = list.enumerate().map(|(number, value)| {
                let at = format!("{}/parameters/{number}", operation.at[side]);
                (key(value, (side == 1).then_some(&renamed)), at, value)
            });
            each.collect::<Vec<Listed<'a>>>()
        });
        let keys: BTreeSet<&Key> = listed.iter().flatten().map(|(key, ..)| key).collect();
        for key in keys {
            let found = listed.each_ref().map(|list| list.iter().find(|(other, ..)| other == key));
            match found {
                [Some(a), Some(b)] => {
                    let both = Both { values: [a.2, b.2], at: [a.1.clone(), b.1.clone()] };
                    self.spelling(&both, &key.0);
                    self.described(&both, &words(a.2), Reach::REQUEST);
                }
                _ => self.parameter(operation, found),
            }
        }
        self.order(operation, &listed.each_ref().map(|list| list.iter().map(|(key, ..)| key).collect()));
    }

    /// A parameter that only one side has.
    fn parameter(&mut self, operation: &Both<'a>, found: [Option<&Listed<'a>>; 2]) {
        let kind = if found[1].is_some() { Kind::ParameterAdded } else { Kind::ParameterRemoved };
        let at = [0, 1].map(|side| {
            found[side].map_or_else(|| format!("{}/parameters", operation.at[side]), |(_, at, _)| at.clone())
        });
        let name = found.iter().flatten().next().map(|(.., value)| words(value)).unwrap_or_default();
        let flag = |flag: &str| {
            found.map(|side| side.is_some_and(|(.., value)| value.get(flag) == Some(&Value::Bool(true))))
        };
        let told = found.map(|side| side.map(|(.., value)| summary(value)));
        let mut edit = Edit::new(kind, name, at).values(told);
        edit.required = flag("required");
        edit.deprecated = flag("deprecated");
        self.push(edit, Reach::REQUEST);
    }

    /// Headers are the same however they are spelled; code that is generated spells them.
    fn spelling(&mut self, both: &Both<'a>, place: &str) {
        let names = both.each("name");
        if place == "header" && names[0] != names[1] {
            let edit = Edit::new(Kind::Spelling, words(both.values[0]), both.below("name"));
            self.push(edit.values(names.map(|name| name.cloned())), Reach::REQUEST);
        }
    }

    fn order(&mut self, operation: &Both<'a>, listed: &[Vec<&Key>; 2]) {
        for place in ["query", "header", "cookie"] {
            let of = |side: usize, other: usize| -> Vec<&str> {
                let own = listed[side].iter().filter(|key| key.0 == place && listed[other].contains(key));
                own.map(|key| key.1.as_str()).collect()
            };
            let (before, after) = (of(0, 1), of(1, 0));
            if before != after {
                let edit = Edit::new(Kind::ParameterOrder, place, operation.below("parameters"));
                self.push(edit.values([Some(json!(before)), Some(json!(after))]), Reach::REQUEST);
            }
        }
    }

    /// What parameters and headers have in common.
    pub(super) fn described(&mut self, both: &Both<'a>, name: &str, reach: Reach) {
        let required = match both.flag("required") {
            [false, true] => Some(Kind::BecameRequired),
            [true, false] => Some(Kind::BecameOptional),
            _ => None,
        };
        let empty = match both.flag("allowEmptyValue") {
            [false, true] => Some(Kind::EmptyAllowed),
            [true, false] => Some(Kind::EmptyRefused),
            _ => None,
        };
        for (kind, fact) in [(required, "required"), (empty, "allowEmptyValue")] {
            if let Some(kind) = kind {
                let told = both.flag(fact).map(|flag| Some(json!(flag)));
                self.push(Edit::new(kind, name, both.below(fact)).values(told), reach);
            }
        }
        self.deprecation(both, name, reach);
        for (fact, kind) in
            [("style", Kind::Writing), ("explode", Kind::Writing), ("allowReserved", Kind::Reserved)]
        {
            let values = [0, 1].map(|side| written(both.values[side], fact));
            if values[0] != values[1] {
                self.push(
                    Edit::new(kind, format!("{name} ({fact})"), both.below(fact)).values(values.map(Some)),
                    reach,
                );
            }
        }
        self.schema(both, name, reach);
        self.content(both, reach);
        self.others(both, PARAMETER, reach);
    }

    pub(super) fn schema(&mut self, both: &Both<'a>, name: &str, reach: Reach) {
        let site = both.below("schema");
        match both.each("schema") {
            [Some(a), Some(b)] => {
                let pair = [self.shapes[0].at(&site[0], a), self.shapes[1].at(&site[1], b)];
                let operation = self.operations.len() - 1;
                self.roots.push(Root { operation, reach, pair, site });
            }
            [None, None] => {}
            [a, _] => {
                let kind = if a.is_none() { Kind::SchemaStated } else { Kind::SchemaDropped };
                let mut edit = Edit::new(kind, name, site);
                edit.stated = [a.is_some(), a.is_none()];
                self.push(edit, reach);
            }
        }
    }
}

/// How a parameter is written, with what OpenAPI says where it says nothing itself.
fn written(parameter: &Value, fact: &str) -> Value {
    if let Some(value) = parameter.get(fact) {
        return value.clone();
    }
    let place = parameter.get("in").and_then(Value::as_str).unwrap_or("header");
    let form = matches!(place, "query" | "cookie");
    let style =
        parameter.get("style").and_then(Value::as_str).unwrap_or(if form { "form" } else { "simple" });
    match fact {
        "style" => json!(style),
        "explode" => json!(style == "form"),
        _ => json!(false),
    }
}

/// By what a parameter is known: path parameters of the new side by what the old side calls them.
fn key(parameter: &Value, renamed: Option<&BTreeMap<&str, &str>>) -> Key {
    let text = |name: &str| parameter.get(name).and_then(Value::as_str).unwrap_or_default();
    let (place, name) = (text("in"), text("name"));
    let name = match place {
        "path" => renamed.and_then(|renamed| renamed.get(name).copied()).unwrap_or(name).to_owned(),
        "header" => name.to_ascii_lowercase(),
        _ => name.to_owned(),
    };
    (place.to_owned(), name)
}

/// What a parameter is called: query `page`.
fn words(parameter: &Value) -> String {
    let text = |name: &str| parameter.get(name).and_then(Value::as_str).unwrap_or_default();
    format!("{} `{}`", text("in"), text("name"))
}

/// A parameter in a word: its type.
fn summary(parameter: &Value) -> Value {
    let schema = parameter.get("schema");
    let ty = schema.and_then(|schema| schema.get("type").or_else(|| schema.get("$ref")));
    let ty = ty.and_then(Value::as_str).unwrap_or("any");
    let required = parameter.get("required") == Some(&Value::Bool(true));
    let ty = ty.rsplit('/').next().unwrap_or_default();
    json!(if required { format!("{ty}, required") } else { ty.to_owned() })
}
