//! Names: every Rust name but those of groups.

use super::scope::{Case, assign, legal};
use super::{place_of, report};
use crate::diagnostic::{Code, Diagnostics};
use crate::ir::{Api, Kind, Media, Operation, Payload};
use heck::ToShoutySnakeCase;
use std::collections::{BTreeMap, BTreeSet};

mod types;

pub(super) fn run(api: &mut Api, found: &mut Diagnostics) {
    for def in api.types.values_mut() {
        for segment in &mut def.module {
            *segment = Case::File.name(segment);
        }
    }
    types::run(api, found);
    for def in api.types.values_mut() {
        inside(&mut def.kind, &def.pointer, found);
    }
    operations(api, found);
}

/// The names in a type: members, values, alternatives.
fn inside(kind: &mut Kind, at: &str, found: &mut Diagnostics) {
    match kind {
        Kind::Struct(object) => {
            let wires: Vec<_> = object.fields.iter().map(|field| field.wire.as_str()).collect();
            let names = scope(Case::Field, &wires, at, found);
            for (field, name) in object.fields.iter_mut().zip(names) {
                field.name = name;
            }
        }
        Kind::Enum(list) => {
            let wires: Vec<_> = list.variants.iter().map(|variant| variant.wire.as_str()).collect();
            let names = scope(Case::Variant, &wires, at, found);
            for (variant, name) in list.variants.iter_mut().zip(names) {
                variant.name = name;
            }
        }
        Kind::Union(union) => {
            let names: Vec<_> = union.variants.iter().map(|variant| variant.name.as_str()).collect();
            let names = legal(Case::Alternative, &names);
            for (variant, name) in union.variants.iter_mut().zip(names) {
                variant.name = name;
            }
        }
        Kind::Alias(_) => {}
    }
}

/// Names for `wires`, or none and a finding.
fn scope(case: Case, wires: &[&str], at: &str, found: &mut Diagnostics) -> Vec<String> {
    match assign(case, wires) {
        Ok(names) => names,
        Err((a, b)) => {
            let (a, b) = (wires.get(a).unwrap_or(&""), wires.get(b).unwrap_or(&""));
            let message = format!("`{a}` and `{b}` need the same Rust name");
            report(
                found,
                Code::NameCollision,
                at,
                message,
                Some("rename one of them in schemas/overlay.yml"),
            );
            Vec::new()
        }
    }
}

fn operations(api: &mut Api, found: &mut Diagnostics) {
    let mut seen: BTreeMap<String, (String, String)> = BTreeMap::new();
    for operation in &api.operations {
        let at = place_of(operation);
        let here = format!("{} {}", operation.method.as_str(), operation.path);
        if let Some((id, there)) = seen.insert(operation.type_name.clone(), (operation.id.clone(), here)) {
            let message = format!(
                "the operation id `{}` is, as a Rust name, that of {there} (`{id}`) too",
                operation.id
            );
            let help = "give one of them another `operationId` in schemas/overlay.yml";
            report(found, Code::DuplicateOperationId, &at, message, Some(help));
        }
    }
    // Those that have one id have one name, whatever is done.
    if seen.len() == api.operations.len() {
        methods(api);
        type_names(api);
    }
    for operation in &mut api.operations {
        let at = place_of(operation);
        params(operation, &at, found);
        for media in operation.body.iter_mut().flat_map(|body| &mut body.content) {
            form(media, &at, found);
        }
        for response in &mut operation.responses {
            let wires: Vec<_> = response.headers.iter().map(|header| header.wire.as_str()).collect();
            let names = scope(Case::Field, &wires, &at, found);
            for (header, name) in response.headers.iter_mut().zip(names) {
                header.name = name;
            }
            for media in &mut response.content {
                form(media, &at, found);
            }
        }
    }
}

fn methods(api: &mut Api) {
    let names: Vec<_> = api.operations.iter().map(|operation| operation.name.as_str()).collect();
    let names = legal(Case::Method, &names);
    for (operation, name) in api.operations.iter_mut().zip(names) {
        operation.name = name;
    }
}

/// Type names of operations. What is called after one operation is neither another one nor called
/// after it.
fn type_names(api: &mut Api) {
    let names: Vec<_> = api.operations.iter().map(|operation| operation.type_name.as_str()).collect();
    let names = legal(Case::Type, &names);
    for (operation, name) in api.operations.iter_mut().zip(names) {
        operation.type_name = name;
    }
    let companions: BTreeSet<String> = api.operations.iter().flat_map(companions).collect();
    let mut taken = BTreeSet::new();
    for operation in &mut api.operations {
        if companions.contains(&operation.type_name) {
            operation.type_name.push_str("Operation");
        }
        while claims(operation).iter().any(|name| taken.contains(name)) {
            operation.type_name.push_str("Operation");
        }
        taken.extend(claims(operation));
    }
}

/// All that is called after an operation: types, and the static with its facts.
fn claims(operation: &Operation) -> Vec<String> {
    let mut claims = companions(operation);
    claims.push(operation.type_name.to_shouty_snake_case());
    claims.push(operation.type_name.clone());
    claims
}

/// The names of the types that are emitted beside the one of an operation.
fn companions(operation: &Operation) -> Vec<String> {
    let bodies = operation.body.iter().flat_map(|body| &body.content);
    let bodies = bodies.map(|media| format!("{}{}Body", operation.type_name, media.name));
    let others = ["Body", "Cookies", "Failure", "Headers", "Outcome", "Path", "Query", "Response"];
    bodies.chain(others.map(|other| format!("{}{other}", operation.type_name))).collect()
}

/// Parameters share one scope, since each is a method of the operation's builder. One that
/// another place has too says where it goes.
fn params(operation: &mut Operation, at: &str, found: &mut Diagnostics) {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    for (list, place) in [
        (&mut operation.path_params, "path"),
        (&mut operation.query_params, "query"),
        (&mut operation.header_params, "header"),
        (&mut operation.cookie_params, "cookie"),
    ] {
        let wires: Vec<_> = list.iter().map(|param| param.wire.as_str()).collect();
        let names = scope(Case::Param, &wires, at, found);
        for (param, name) in list.iter_mut().zip(&names) {
            param.name = name.clone();
            while taken.contains(&param.name) || (param.name != *name && names.contains(&param.name)) {
                param.name = format!("{}_{place}", param.name.trim_start_matches("r#"));
            }
            taken.insert(param.name.clone());
        }
    }
}

fn form(media: &mut Media, at: &str, found: &mut Diagnostics) {
    match &mut media.payload {
        Payload::Multipart(parts) => {
            let wires: Vec<_> = parts.iter().map(|part| part.field.wire.as_str()).collect();
            let names = scope(Case::Field, &wires, at, found);
            for (part, name) in parts.iter_mut().zip(names) {
                part.field.name = name;
            }
        }
        Payload::Form(pairs) => {
            let wires: Vec<_> = pairs.iter().map(|pair| pair.wire.as_str()).collect();
            let names = scope(Case::Field, &wires, at, found);
            for (pair, name) in pairs.iter_mut().zip(names) {
                pair.name = name;
            }
        }
        _ => {}
    }
}
