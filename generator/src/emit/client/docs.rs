//! What the documentation of the client says: the facts of the contract, in words.

use super::failures;
use super::shape::{Input, Place};
use crate::emit::names::code;
use crate::emit::rules;
use crate::ir::{Api, Kind, Media, Operation, Response, Security, Ty, Use};

/// How many values of an enumeration are listed.
const VALUES: usize = 12;

/// Method, path, operation id, and who may call it: the first lines of everything about it.
pub(super) fn operation(operation: &Operation) -> String {
    let who = match &operation.security {
        Security::Public => "Public: needs no token.",
        Security::Required(_) => "Needs a token.",
    };
    let route = format!("{} {}", operation.method.as_str(), operation.path);
    let mut text = format!("{}: operation {}. {who}", code_all(&route), code_all(&operation.id));
    if operation.deprecated {
        text.push_str("\n\nDeprecated in the contract.");
    }
    if operation.paging.is_some() {
        text.push_str("\n\nA list in pages: `send` gives one page, `pages` each, `stream` the items of all.");
    }
    if let Some(docs) = &operation.docs {
        text.push_str("\n\n");
        text.push_str(docs);
    }
    text
}

/// The documented responses, as a list.
pub(super) fn responses(operation: &Operation) -> String {
    let mut text = String::from("Documented responses:");
    for response in &operation.responses {
        let types: Vec<_> = response.content.iter().map(|media| code(&media.media_type)).collect();
        let types = if types.is_empty() { "no body".to_owned() } else { types.join(" or ") };
        text.push_str(&format!("\n- {} {}: {types}", response.status, words(&response.name)));
    }
    if !failures::typed(operation).is_empty() {
        text.push_str(&format!(
            "\n\nWhat failures say in JSON is [`{0}Failure`]'s, by [`{0}Failure::of`].",
            operation.type_name
        ));
    }
    text
}

/// What may come of it, in a sentence for each kind, and what can be set by name: what somebody
/// wants to see who chooses a method.
pub(super) fn outline(operation: &Operation, setters: &[Input<'_>]) -> String {
    let success = |response: &&Response| operation.successes().any(|other| other.status == response.status);
    let one = |response: &Response| {
        // Text is what failures usually are.
        let usual = |media: &&Media| media.media_type != "text/plain" || success(&response);
        let types = response.content.iter().filter(usual).map(|media| code(&media.media_type));
        let types: Vec<_> = types.collect();
        let types = if types.is_empty() { String::new() } else { format!(" ({})", types.join(" or ")) };
        format!("{} {}{types}", response.status, words(&response.name))
    };
    let (successes, failures): (Vec<_>, Vec<_>) = operation.responses.iter().partition(success);
    let mut text = String::new();
    for (what, responses) in [("Success", successes), ("Failures", failures)] {
        if !responses.is_empty() {
            let all: Vec<_> = responses.into_iter().map(one).collect();
            text.push_str(&format!("{what}: {}.\n\n", all.join(", ")));
        }
    }
    if !setters.is_empty() {
        let names: Vec<_> = setters.iter().map(|input| code(&input.name)).collect();
        text.push_str(&format!("To be set by name: {}.", names.join(", ")));
    }
    text
}

/// The arguments, as a list; empty when there are none.
pub(super) fn arguments(api: &Api, inputs: &[Input<'_>]) -> String {
    if inputs.is_empty() {
        return String::new();
    }
    let lines = inputs.iter().map(|i| format!("\n- {}: {}", code(&i.name), lower_first(&input(api, i))));
    format!("Arguments:{}", lines.collect::<String>())
}

/// What an input is, where it goes, and what is asked of it.
pub(super) fn input(api: &Api, input: &Input<'_>) -> String {
    let wire = code(input.wire);
    let what = match input.place {
        Place::Path => format!("Path parameter {wire}"),
        Place::Query { .. } => format!("Query parameter {wire}"),
        Place::Header => format!("Header {wire}"),
        Place::Cookie => format!("Cookie {wire}"),
        Place::Form { .. } => format!("Form field {wire}"),
        Place::Part(_) => format!("Part {wire} of the multipart body"),
        Place::Body(media) => format!("The body, as {}", code(&media.media_type)),
    };
    let mut facts: Vec<String> = input.value.map(|value| value_words(api, value)).unwrap_or_default();
    facts.extend(input.default.map(|default| format!("default {}", code(&default.to_string()))));
    let facts = if facts.is_empty() { String::new() } else { format!(": {}", facts.join(", ")) };
    let deprecated = if input.deprecated { " Deprecated in the contract." } else { "" };
    let docs = input.docs.map(|docs| format!("\n\n{docs}")).unwrap_or_default();
    format!("{what}{facts}.{deprecated}{docs}")
}

/// What a value is, and what is asked of it.
fn value_words(api: &Api, value: &Use) -> Vec<String> {
    let resolved = api.resolve(value);
    let mut words = match &resolved.ty {
        Ty::Uuid => vec!["a UUID".to_owned()],
        Ty::DateTime => vec!["a time".to_owned()],
        Ty::Date => vec!["a date".to_owned()],
        Ty::Named(id) => match api.get(id).map(|def| &def.kind) {
            Some(Kind::Enum(e)) => {
                let values: Vec<_> = e.variants.iter().take(VALUES).map(|v| code(&v.wire)).collect();
                let more = if e.variants.len() > VALUES { " and others" } else { "" };
                vec![format!("one of {}{more}", values.join(", "))]
            }
            _ => Vec::new(),
        },
        Ty::Array(items) => {
            let items = value_words(api, items);
            if items.is_empty() {
                vec!["a list".to_owned()]
            } else {
                vec![format!("a list, each {}", items.join(", "))]
            }
        }
        _ => Vec::new(),
    };
    words.extend(rules::words(&resolved.rules));
    words
}

/// Code that must not be cut.
fn code_all(text: &str) -> String {
    format!("`{}`", text.replace('`', "'"))
}

/// `NotFound` as `Not Found`, and `Ok` as it is usually written.
fn words(name: &str) -> String {
    if name == "Ok" {
        return "OK".to_owned();
    }
    let mut text = String::new();
    for c in name.chars() {
        if c.is_uppercase() && text.chars().next_back().is_some_and(char::is_lowercase) {
            text.push(' ');
        }
        text.push(c);
    }
    text
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_lowercase().chain(chars).collect()).unwrap_or_default()
}
