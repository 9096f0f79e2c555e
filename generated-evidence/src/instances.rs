//! The instances that upstream publishes: templates, and the examples in its schemas.

use crate::upstream::Upstream;
use meshery_generator::ir::{Api, Param};
use meshery_generator::load::reference;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// An instance, and the type it belongs to.
#[derive(Clone, Debug)]
pub struct Instance {
    /// Where it is published: a file, for an example with the pointer of its schema.
    pub source: String,
    /// The type, or the one that owns the schema.
    pub owner: String,
    /// The place of the instance in a value of the owner; empty if it is the whole. A token [`ANY`]
    /// stands for a member that the owner does not name.
    pub pointer: String,
    /// The instance.
    pub value: Value,
}

/// The name of a member that the schema does not name.
pub const ANY: &str = "a member of any name";

/// The instances of a release whose types the contract has, and the sources of the others.
#[must_use]
pub fn instances(upstream: &Upstream, api: &Api) -> (Vec<Instance>, Vec<String>) {
    let mut all = Vec::new();
    let root = format!("{}/", upstream.sources.constructs.root);
    for file in upstream.documents.tree().files.keys() {
        let Some(below) = file.strip_prefix(&root) else { continue };
        match below.split('/').collect::<Vec<_>>()[..] {
            [version, construct, "templates", name] => {
                if let Some(stem) = name.strip_suffix(".json") {
                    let owner = named(upstream, version, construct, stem.trim_end_matches("_template"), api);
                    all.push((owner, file.clone(), String::new(), template(upstream, file)));
                }
            }
            [version, construct, name] if name == upstream.sources.constructs.document => {
                let Some(Ok(document)) = upstream.documents.get(file) else { continue };
                let schemas = document.pointer("/components/schemas").and_then(Value::as_object);
                for (name, schema) in schemas.into_iter().flatten() {
                    let owner = format!("{version}.{construct}.{name}");
                    let at = format!("{file}#/components/schemas/{name}");
                    examples(schema, &owner, &at, "", &mut all);
                }
            }
            [version, construct, name] => {
                let (Some((stem, _)), Some(Ok(document))) =
                    (name.rsplit_once('.'), upstream.documents.get(file))
                else {
                    continue;
                };
                let owner = named(upstream, version, construct, stem, api);
                examples(document, &owner, &format!("{file}#"), "", &mut all);
            }
            _ => {}
        }
    }
    let (known, unknown): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|(owner, ..)| api.types.keys().any(|id| id.0 == *owner));
    let instance = |(owner, source, pointer, value)| Instance { source, owner, pointer, value };
    (known.into_iter().map(instance).collect(), unknown.into_iter().map(|(_, source, ..)| source).collect())
}

/// An example in the schema of a parameter.
#[derive(Clone, Debug)]
pub struct ParamExample<'a> {
    /// The file and the pointer of the example.
    pub source: String,
    /// The parameter.
    pub param: &'a Param,
    /// The example.
    pub value: Value,
}

/// The examples of the parameters of operations, each once: of those that operations state themselves,
/// and of those that they refer to.
#[must_use]
pub fn param_examples<'a>(upstream: &Upstream, api: &'a Api) -> Vec<ParamExample<'a>> {
    let mut all = Vec::new();
    let mut seen = BTreeSet::new();
    for operation in &api.operations {
        let Some((version, construct)) = operation.construct.split_once('.') else { continue };
        let sources = &upstream.sources.constructs;
        let file = format!("{}/{version}/{construct}/{}", sources.root, sources.document);
        let Some(Ok(document)) = upstream.documents.get(&file) else { continue };
        let path = operation.path.replace('~', "~0").replace('/', "~1");
        let method = operation.method.as_str().to_ascii_lowercase();
        for list in [format!("/paths/{path}/parameters"), format!("/paths/{path}/{method}/parameters")] {
            let stated = document.pointer(&list).and_then(Value::as_array).into_iter().flatten();
            for (i, stated) in stated.enumerate() {
                let Some((file, at, stated)) = followed(upstream, &file, &format!("{list}/{i}"), stated)
                else {
                    continue;
                };
                let param =
                    operation.params().find(|param| Some(param.wire.as_str()) == stated["name"].as_str());
                let (Some(param), true) = (param, seen.insert((file.clone(), at.clone()))) else { continue };
                let mut found = Vec::new();
                if let Some(example) = stated.get("example") {
                    found.push((
                        String::new(),
                        format!("{file}#{at}/example"),
                        String::new(),
                        example.clone(),
                    ));
                }
                examples(&stated["schema"], "", &format!("{file}#{at}/schema"), "", &mut found);
                let whole = found.into_iter().filter(|(_, _, pointer, _)| pointer.is_empty());
                all.extend(whole.map(|(_, source, _, value)| ParamExample { source, param, value }));
            }
        }
    }
    all
}

/// What is stated at a place, or where the reference that stands there leads.
fn followed<'u>(
    upstream: &'u Upstream,
    file: &str,
    at: &str,
    stated: &'u Value,
) -> Option<(String, String, &'u Value)> {
    let Some(reference) = stated.get("$ref").and_then(Value::as_str) else {
        return Some((file.to_owned(), at.to_owned(), stated));
    };
    let target = reference::resolve(file, reference)?;
    let document = upstream.documents.get(&target.file)?.ok()?;
    Some((target.file, target.pointer.clone(), document.pointer(&target.pointer)?))
}

/// How many examples the schemas of a release state, wherever they stand: what [`instances`] and
/// [`param_examples`] must come to in sum.
#[must_use]
pub fn stated_examples(upstream: &Upstream) -> usize {
    let root = format!("{}/", upstream.sources.constructs.root);
    let files = upstream.documents.tree().files.keys();
    let documents = files.filter(|file| {
        let below = file.strip_prefix(&root).map(|below| below.split('/').count());
        below == Some(3) && !file.ends_with(".json")
    });
    documents.filter_map(|file| upstream.documents.get(file)?.ok()).map(count).sum()
}

/// The examples in a document or a part of one; a property that is called so is not one.
fn count(value: &Value) -> usize {
    match value {
        Value::Array(list) => list.iter().map(count).sum(),
        Value::Object(members) => members
            .iter()
            .map(|(name, inner)| match (name.as_str(), inner) {
                ("example", _) => 1,
                ("examples", Value::Array(list)) => list.len(),
                ("properties", Value::Object(properties)) => properties.values().map(count).sum(),
                _ => count(inner),
            })
            .sum(),
        _ => 0,
    }
}

type Found = (String, String, String, Value);

fn template(upstream: &Upstream, file: &str) -> Value {
    let text = upstream.documents.text(file).unwrap_or_default();
    serde_json::from_str(text).unwrap_or_else(|e| panic!("{file} is not JSON: {e}"))
}

/// The name of the component that a file of a construct defines, or that is called like it.
fn named(upstream: &Upstream, version: &str, construct: &str, stem: &str, api: &Api) -> String {
    let sources = &upstream.sources.constructs;
    let folder = format!("{}/{version}/{construct}", sources.root);
    let document = upstream.documents.get(&format!("{folder}/{}", sources.document));
    let components = document.and_then(Result::ok).and_then(|d| d.pointer("/components/schemas"));
    let aliases: BTreeMap<&str, &str> = components
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter_map(|(name, schema)| Some((schema.get("$ref")?.as_str()?, name.as_str())))
        .collect();
    for extension in ["yaml", "yml", "json"] {
        let file = format!("{stem}.{extension}");
        if let Some(name) = aliases.get(file.as_str()).or(aliases.get(format!("./{file}").as_str())) {
            return format!("{version}.{construct}.{name}");
        }
    }
    let prefix = format!("{version}.{construct}.");
    let folded = |name: &str| name.replace(['_', '-'], "").to_lowercase();
    let same = |id: &&str| id.strip_prefix(&prefix).is_some_and(|name| folded(name) == folded(stem));
    let mut ids = api.types.keys().map(|id| id.0.as_str());
    ids.find(same).map_or_else(|| format!("{prefix}{stem}"), str::to_owned)
}

/// The examples of a schema and of the schemas inside of it.
fn examples(schema: &Value, owner: &str, at: &str, pointer: &str, all: &mut Vec<Found>) {
    let Some(members) = schema.as_object() else { return };
    let mut put = |source: String, value: &Value| {
        all.push((owner.to_owned(), source, pointer.to_owned(), value.clone()));
    };
    if let Some(value) = members.get("example") {
        put(format!("{at}/example"), value);
    }
    for (i, value) in members.get("examples").and_then(Value::as_array).into_iter().flatten().enumerate() {
        put(format!("{at}/examples/{i}"), value);
    }
    for (name, property) in members.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let token = name.replace('~', "~0").replace('/', "~1");
        let (at, pointer) = (format!("{at}/properties/{token}"), format!("{pointer}/{token}"));
        examples(property, owner, &at, &pointer, all);
    }
    if let Some(items) = members.get("items") {
        examples(items, owner, &format!("{at}/items"), &format!("{pointer}/0"), all);
    }
    if let Some(values) = members.get("additionalProperties") {
        examples(values, owner, &format!("{at}/additionalProperties"), &format!("{pointer}/{ANY}"), all);
    }
    for keyword in ["allOf", "oneOf", "anyOf"] {
        for (i, part) in members.get(keyword).and_then(Value::as_array).into_iter().flatten().enumerate() {
            examples(part, owner, &format!("{at}/{keyword}/{i}"), pointer, all);
        }
    }
}
