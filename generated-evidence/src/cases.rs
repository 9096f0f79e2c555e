//! Requests that break one rule of the contract each, and what has to be said about them.

use crate::draw::{Arguments, arguments};
use crate::raw::Request;
use crate::request::{body, request};
use meshery_generator::ir::{Media, Operation, Param, Part, PartKind, Payload, Ty, Writing};
use meshery_generator::sample::{Carrier, Sampler, Style, Violation};
use serde_json::{Map, Value};

/// A request that breaks one rule.
#[derive(Clone, Debug)]
pub struct Case {
    /// The request.
    pub request: Request,
    /// The part of it: `path`, `query`, `header`, `cookie` or `body`.
    pub part: &'static str,
    /// The parameter, unless the body is meant.
    pub name: Option<String>,
    /// The place in the body or the parameter, and the rule.
    pub violation: Violation,
}

/// Requests that break each rule of an operation's parameters and body once.
///
/// # Panics
/// If the operation has no valid arguments.
pub fn cases(sampler: &mut Sampler<'_>, op: &Operation) -> Vec<Case> {
    let contents: &[Media] = op.body.as_ref().map_or(&[], |body| &body.content);
    let valid = arguments(sampler, op, contents.first(), Style::Maximal);
    let mut all = Vec::new();
    let lists: [(&[Param], Carrier, &'static str); 4] = [
        (&op.path_params, Carrier::Path, "path"),
        (&op.query_params, Carrier::Query, "query"),
        (&op.header_params, Carrier::Header, "header"),
        (&op.cookie_params, Carrier::Header, "cookie"),
    ];
    for (params, carrier, part) in lists {
        for param in params {
            for broken in sampler.broken_argument(param, carrier) {
                let mut changed = valid.clone();
                let list = list_of(&mut changed, part);
                if broken.texts.is_empty() {
                    list.shift_remove(&param.wire);
                } else {
                    list.insert(param.wire.clone(), broken.texts.into());
                }
                let name = Some(param.wire.clone());
                let request = request(op, &changed);
                all.push(Case { request, part, name, violation: broken.violation });
            }
        }
    }
    for media in contents {
        let base = request(op, &valid);
        body_cases(sampler, media, &base, &mut all);
    }
    if op.body.as_ref().is_some_and(|body| body.required) {
        let request = request(op, &Arguments { body: None, ..valid });
        let violation = Violation { pointer: String::new(), rule: "required" };
        all.push(Case { request, part: "body", name: None, violation });
    }
    all
}

fn list_of<'a>(arguments: &'a mut Arguments, part: &str) -> &'a mut Map<String, Value> {
    match part {
        "path" => &mut arguments.path,
        "query" => &mut arguments.query,
        "header" => &mut arguments.headers,
        _ => &mut arguments.cookies,
    }
}

fn body_cases(sampler: &mut Sampler<'_>, media: &Media, base: &Request, all: &mut Vec<Case>) {
    let mut put = |value: &Value, violation: Violation| {
        let request = Request { body: body(media, value), ..base.clone() };
        all.push(Case { request, part: "body", name: None, violation });
    };
    match &media.payload {
        Payload::Json(used) => {
            for broken in sampler.broken(used) {
                put(&broken.value, broken.violation);
            }
        }
        Payload::Text(used) => {
            for broken in sampler.broken(used).iter().filter(|b| b.value.is_string()) {
                if broken.violation.rule != "type" {
                    put(&broken.value, broken.violation.clone());
                }
            }
        }
        Payload::Multipart(parts) => {
            let drawn = parts.iter().filter_map(|part| {
                Some((part.field.wire.clone(), crate::draw::part(sampler, part, Style::Maximal)?))
            });
            let valid: Map<String, Value> = drawn.collect();
            for part in parts {
                for (value, violation) in broken_part(sampler, part, &valid) {
                    put(&with(&valid, &part.field.wire, value), below(&part.field.wire, violation));
                }
            }
        }
        Payload::Form(params) => {
            let drawn = params.iter().filter_map(|param| {
                let value = sampler.argument(param, Carrier::Query, Style::Maximal).ok()??;
                Some((param.wire.clone(), value))
            });
            let valid: Map<String, Value> = drawn.collect();
            for param in params {
                for broken in sampler.broken_argument(param, Carrier::Query) {
                    let value = (!broken.texts.is_empty()).then(|| broken.texts.into());
                    put(&with(&valid, &param.wire, value), below(&param.wire, broken.violation));
                }
            }
        }
        Payload::Bytes | Payload::EventStream(_) => {}
    }
}

/// The members of a form with one of them changed, or left out.
fn with(valid: &Map<String, Value>, wire: &str, value: Option<Value>) -> Value {
    let mut members = valid.clone();
    match value {
        Some(value) => _ = members.insert(wire.to_owned(), value),
        None => _ = members.shift_remove(wire),
    }
    Value::Object(members)
}

fn below(wire: &str, violation: Violation) -> Violation {
    let token = wire.replace('~', "~0").replace('/', "~1");
    Violation { pointer: format!("/{token}{}", violation.pointer), ..violation }
}

/// What is in the place of a part, or that nothing is, and what that breaks.
fn broken_part(
    sampler: &mut Sampler<'_>,
    part: &Part,
    valid: &Map<String, Value>,
) -> Vec<(Option<Value>, Violation)> {
    let here = |rule| Violation { pointer: String::new(), rule };
    let mut all = Vec::new();
    if part.field.required {
        all.push((None, here("required")));
    }
    let used = sampler.api().resolve(&part.field.value);
    match part.kind {
        PartKind::Json => {
            let broken = sampler.broken(&part.field.value);
            all.extend(broken.into_iter().map(|broken| (Some(broken.value), broken.violation)));
        }
        PartKind::Text => {
            let param = Param {
                wire: part.field.wire.clone(),
                name: String::new(),
                required: false,
                value: part.field.value.clone(),
                explode: true,
                writing: Writing::Plain,
                default: None,
                deprecated: false,
                docs: None,
            };
            let broken = sampler.broken_argument(&param, Carrier::Query);
            all.extend(broken.into_iter().map(|broken| (Some(broken.texts.into()), broken.violation)));
        }
        PartKind::File => {
            let file = valid.get(&part.field.wire).cloned().unwrap_or_default();
            match (&used.ty, file) {
                (Ty::Array(_), Value::Array(files)) => {
                    let file = files.first().cloned().unwrap_or_default();
                    if let Some(most) = used.rules.max_items {
                        all.push((Some(vec![file.clone(); most as usize + 1].into()), here("maxItems")));
                    }
                    if let Some(least) = used.rules.min_items.filter(|least| *least > 1) {
                        all.push((Some(vec![file; least as usize - 1].into()), here("minItems")));
                    }
                }
                (_, file) => {
                    let sized = |size: u64| {
                        let mut file = file.clone();
                        file["bytes"] = Value::String("x".repeat(size as usize));
                        Some(file)
                    };
                    let most = used.rules.max_length.filter(|most| *most < 1 << 20);
                    all.extend(most.map(|most| (sized(most + 1), here("maxLength"))));
                    let least = used.rules.min_length.filter(|least| *least > 0);
                    all.extend(least.map(|least| (sized(least - 1), here("minLength"))));
                }
            }
        }
    }
    all
}
