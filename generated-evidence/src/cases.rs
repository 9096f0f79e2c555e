//! Requests that break one rule of the contract each, and what has to be said about them.

use crate::draw::{Arguments, arguments};
use crate::raw::Request;
use crate::request::{body, request};
use meshery_generator::ir::{Media, Operation, Param, Payload};
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
    let mut put = |value: &Value, violation: Violation, name: Option<String>| {
        let request = Request { body: body(media, value), ..base.clone() };
        all.push(Case { request, part: "body", name, violation });
    };
    match &media.payload {
        Payload::Json(used) => {
            for broken in sampler.broken(used) {
                put(&broken.value, broken.violation, None);
            }
        }
        Payload::Text(used) => {
            for broken in sampler.broken(used).iter().filter(|b| b.value.is_string()) {
                if broken.violation.rule != "type" {
                    put(&broken.value, broken.violation.clone(), None);
                }
            }
        }
        Payload::Multipart(parts) => {
            for missing in parts.iter().filter(|p| p.field.required) {
                let others = parts.iter().filter(|p| p.field.required && p.field.wire != missing.field.wire);
                let text = |wire: &str| (wire.to_owned(), Value::String("content".to_owned()));
                let rest: Map<String, Value> = others.map(|p| text(&p.field.wire)).collect();
                let pointer = format!("/{}", missing.field.wire);
                put(&Value::Object(rest), Violation { pointer, rule: "required" }, None);
            }
        }
        Payload::Form(params) => {
            for param in params {
                for broken in sampler.broken_argument(param, Carrier::Query) {
                    let pairs = Map::from_iter([(param.wire.clone(), broken.texts.into())]);
                    put(&Value::Object(pairs), broken.violation, Some(param.wire.clone()));
                }
            }
        }
        Payload::Bytes | Payload::EventStream(_) => {}
    }
}
