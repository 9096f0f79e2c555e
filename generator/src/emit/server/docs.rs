//! The words that generated code is documented with: facts of the contract, and upstream's own
//! words where they were asked for.

use super::super::{names, rules};
use crate::ir::{Api, Operation, Param, Response, Security};

/// What an operation is, for its trait method.
pub(super) fn operation(op: &Operation) -> String {
    let mut text = format!("`{} {}`: `{}`.", op.method.as_str(), op.path, op.id);
    if let Some(docs) = &op.docs {
        text.push_str("\n\n");
        text.push_str(docs);
    }
    text.push_str("\n\n");
    text.push_str(match &op.security {
        Security::Public => "Public: the identity is there only if the caller showed credentials.",
        Security::Required(_) => "Protected.",
    });
    text.push_str(" Answers with ");
    let statuses: Vec<_> = op.responses.iter().map(|r| r.status.to_string()).collect();
    text.push_str(&statuses.join(", "));
    text.push('.');
    if op.deprecated {
        text.push_str(" Deprecated.");
    }
    text
}

/// What a parameter is, for its field.
pub(super) fn param(api: &Api, place: &str, param: &Param) -> String {
    let mut text = format!("{place} `{}`", param.wire);
    let facts = rules::words(&api.resolve(&param.value).rules);
    if !facts.is_empty() {
        text.push_str(": ");
        text.push_str(&facts.join(", "));
    }
    text.push('.');
    if let Some(default) = &param.default {
        text.push_str(&format!(" {} if it is missing.", names::code(&default.to_string())));
    }
    if param.deprecated {
        text.push_str(" Deprecated.");
    }
    if let Some(docs) = &param.docs {
        text.push_str("\n\n");
        text.push_str(docs);
    }
    text
}

/// What a response is, for its variant.
pub(super) fn response(response: &Response) -> String {
    let content: Vec<_> = response.content.iter().map(|m| format!("`{}`", m.media_type)).collect();
    match content.len() {
        0 => format!("{}, without a body.", response.status),
        _ => format!("{}, {}.", response.status, content.join(" or ")),
    }
}
