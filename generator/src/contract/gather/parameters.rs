//! Parameters and headers.

use super::Gather;
use crate::contract::docs::note;
use crate::contract::keywords::PLACE;
use crate::contract::resolve::{At, Layers};
use crate::diagnostic::Code;
use serde_json::{Map, Value};

/// Headers that OpenAPI says are described elsewhere: as parameters they are to be ignored.
const DESCRIBED_ELSEWHERE: &[&str] = &["accept", "authorization", "content-type"];

impl<'a> Gather<'a> {
    /// The parameters of an operation: those of its path first, but for those it defines itself.
    pub(super) fn parameters(
        &mut self,
        operation: &Layers<'a>,
        shared: Option<&At<'a>>,
        value: &mut Map<String, Value>,
    ) {
        let own = operation.get("parameters");
        let own = self.parameter_list(own.as_ref());
        let mut parameters = self.parameter_list(shared);
        parameters.retain(|(key, _)| own.iter().all(|(other, _)| other != key));
        parameters.extend(own);
        let parameters: Vec<Value> = parameters.into_iter().map(|(_, parameter)| parameter).collect();
        if !parameters.is_empty() {
            value.insert("parameters".to_owned(), Value::Array(parameters));
        }
    }

    /// The parameters of a list, each with its place and name.
    fn parameter_list(&mut self, list: Option<&At<'a>>) -> Vec<((String, String), Value)> {
        let mut parameters: Vec<((String, String), Value)> = Vec::new();
        if let Some(at) = list.filter(|at| !at.node.is_array()) {
            self.report(at.finding(Code::BadSchema, "`parameters` must be a list"));
        }
        for at in list.into_iter().flat_map(At::elements) {
            let layers = match Layers::of(self.documents, &at) {
                Ok(layers) => layers,
                Err(finding) => {
                    self.report(finding);
                    continue;
                }
            };
            let text = |name: &str| layers.get(name).and_then(|v| v.node.as_str()).map(str::to_owned);
            let (Some(place), Some(name)) = (text("in"), text("name")) else {
                self.report(at.finding(Code::BadSchema, "a parameter needs `name` and `in`"));
                continue;
            };
            if !["path", "query", "header", "cookie"].contains(&place.as_str()) {
                let message = format!("`{place}` is no place for a parameter: path, query, header or cookie");
                self.report(at.finding(Code::BadSchema, message));
                continue;
            }
            if place == "header" && DESCRIBED_ELSEWHERE.contains(&name.to_ascii_lowercase().as_str()) {
                continue;
            }
            let mut parameter = Map::new();
            parameter.insert("name".to_owned(), name.clone().into());
            parameter.insert("in".to_owned(), place.clone().into());
            let default_style = if matches!(place.as_str(), "query" | "cookie") { "form" } else { "simple" };
            self.described(&layers, default_style, &mut parameter);
            if place == "path" {
                parameter.insert("required".to_owned(), Value::Bool(true));
            }
            let key = (place, name);
            if let Some((_, first)) = parameters.iter().find(|(other, _)| *other == key) {
                if says(first).ne(parameter.iter()) {
                    let message =
                        format!("the {} parameter `{}` is there twice, defined differently", key.0, key.1);
                    self.report(at.finding(Code::BadSchema, message));
                }
                continue;
            }
            note(&mut parameter, layers.end());
            parameters.push((key, Value::Object(parameter)));
        }
        parameters
    }

    /// What parameters and headers have in common; what OpenAPI assumes anyway is left out.
    pub(super) fn described(
        &mut self,
        layers: &Layers<'a>,
        default_style: &str,
        value: &mut Map<String, Value>,
    ) {
        for flag in ["required", "deprecated", "allowEmptyValue", "allowReserved"] {
            if self.flag(layers, flag) == Some(true) {
                value.insert(flag.to_owned(), Value::Bool(true));
            }
        }
        let stated = layers.get("style");
        if let Some(at) = stated.as_ref().filter(|at| !at.node.is_string()) {
            self.wrong(at, "the name of a style");
        }
        let style = stated.as_ref().and_then(|s| s.node.as_str()).unwrap_or(default_style);
        if style != default_style {
            value.insert("style".to_owned(), style.into());
        }
        if let Some(explode) = self.flag(layers, "explode").filter(|explode| *explode != (style == "form")) {
            value.insert("explode".to_owned(), explode.into());
        }
        if let Some(schema) = layers.get("schema") {
            let schema = self.schema(&schema);
            value.insert("schema".to_owned(), schema);
        } else if let Some(content) = layers.get("content") {
            let content = self.content(&content);
            value.insert("content".to_owned(), content);
        } else {
            let at = &layers.as_slice()[0];
            self.report(at.finding(Code::BadSchema, "expected a `schema` or a `content`"));
        }
    }

    /// What is said by `true` or `false`, where it is said.
    pub(super) fn flag(&mut self, layers: &Layers<'a>, name: &str) -> Option<bool> {
        let at = layers.get(name)?;
        let flag = at.node.as_bool();
        if flag.is_none() {
            self.wrong(&at, &format!("`true` or `false` for `{name}`"));
        }
        flag
    }
}

/// What a parameter says, without the note of its place.
fn says(parameter: &Value) -> impl Iterator<Item = (&String, &Value)> {
    parameter.as_object().into_iter().flatten().filter(|(name, _)| *name != PLACE)
}
