//! What the documentation of a generated type says: facts of the contract, in few words.

use crate::emit::names::{self, code};
use crate::emit::rules;
use crate::ir::{Api, Field, Rules, Ty, TypeDef, TypeId, Use};
use proc_macro2::TokenStream;

/// The longest default that is worth its space.
const LONGEST_DEFAULT: usize = 60;

/// The documentation of a type: its name in the contract, and `more`.
pub(super) fn of_type(id: &TypeId, def: &TypeDef, more: &str) -> TokenStream {
    let mut text = format!("{} of the contract.", code(&id.0));
    if def.deprecated {
        text.push_str(" Deprecated.");
    }
    for paragraph in [def.docs.as_deref().map(names::prose).as_deref().unwrap_or_default(), more] {
        if !paragraph.is_empty() {
            text.push_str("\n\n");
            text.push_str(paragraph);
        }
    }
    names::doc(&text)
}

/// The documentation of a member: its name on the wire, and what the contract asks of it.
pub(super) fn of_field(api: &Api, field: &Field) -> TokenStream {
    let mut facts = Vec::new();
    let mut fact = |holds: bool, text: &str| {
        if holds {
            facts.push(text.to_owned());
        }
    };
    fact(field.required && !field.may_omit, "required");
    fact(field.required && field.may_omit, "required, though a server may leave out its zero value");
    fact(field.read_only, "read only");
    fact(field.write_only, "write only");
    fact(field.deprecated, "deprecated");
    facts.extend(of_use(api, &field.value));
    if let Some(default) = &field.default {
        let default = default.to_string();
        if default.len() <= LONGEST_DEFAULT {
            facts.push(format!("default {}", code(&default)));
        }
    }
    let mut text = code(&field.wire);
    if !facts.is_empty() {
        text = format!("{text}: {}", facts.join("; "));
    }
    if let Some(docs) = &field.docs {
        text = format!("{text}\n\n{}", names::prose(docs));
    }
    names::doc(&text)
}

/// What is asked of a value and of its elements.
pub(super) fn of_use(api: &Api, used: &Use) -> Vec<String> {
    let used = api.resolve(used);
    let mut facts = rules::words(&used.rules);
    facts.extend(of_alternatives(&used.rules));
    let (inner, each) = match &used.ty {
        Ty::Array(items) => (of_use(api, items), "each element"),
        Ty::Map(values) => (of_use(api, values), "each value"),
        _ => return facts,
    };
    if !inner.is_empty() {
        facts.push(format!("{each} {}", inner.join(", ")));
    }
    facts
}

fn of_alternatives(rules: &Rules) -> Option<String> {
    let list = if rules.exactly_one.is_empty() { &rules.at_least_one } else { &rules.exactly_one };
    let words = |rules: &Rules| match rules::words(rules) {
        words if words.is_empty() => "anything".to_owned(),
        words => words.join(" and "),
    };
    let list: Vec<_> = list.iter().map(words).collect();
    (!list.is_empty()).then(|| format!("either {}", list.join(", or ")))
}
