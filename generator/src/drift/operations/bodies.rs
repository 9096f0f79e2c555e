//! Request bodies and responses: media types, statuses, headers.

use super::both::Both;
use super::{Edit, Gathered, Kind, Reach};
use crate::load::reference::escape;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Members that are compared, or say nothing.
const BODY: &[&str] = &["required", "content", "description"];
const MEDIA: &[&str] = &["schema", "encoding", "example", "examples"];
const RESPONSE: &[&str] = &["headers", "content", "description"];

impl<'a> Gathered<'a> {
    pub(super) fn content(&mut self, owner: &Both<'a>, reach: Reach) {
        let content = owner.member("content");
        for name in content.names() {
            let Some(both) = content.child(name) else {
                let added = content.get(1, name).is_some();
                let kind = if added { Kind::MediaTypeAdded } else { Kind::MediaTypeRemoved };
                let mut edit = Edit::new(kind, name.as_str(), content.below(name));
                edit.stated = [!added, added];
                self.push(edit, reach);
                continue;
            };
            let encodings = both.each("encoding");
            if encodings[0] != encodings[1] {
                let edit = Edit::new(Kind::Encoding, name.as_str(), both.below("encoding"));
                self.push(edit.values(encodings.map(|value| value.cloned())), reach);
            }
            self.schema(&both, name, reach);
            self.others(&both, MEDIA, reach);
        }
    }

    pub(super) fn body(&mut self, operation: &Both<'a>) {
        let Some(both) = operation.child("requestBody") else {
            let bodies = operation.each("requestBody");
            let required =
                bodies.map(|body| body.is_some_and(|body| body.get("required") == Some(&Value::Bool(true))));
            let kind = match bodies {
                [None, None] => return,
                [None, _] => Kind::BodyAdded,
                _ => Kind::BodyRemoved,
            };
            let told = bodies.map(|body| body.map(body_words));
            let mut edit = Edit::new(kind, "request body", operation.below("requestBody")).values(told);
            edit.required = required;
            return self.push(edit, Reach::REQUEST);
        };
        let kind = match both.flag("required") {
            [false, true] => Some(Kind::BecameRequired),
            [true, false] => Some(Kind::BecameOptional),
            _ => None,
        };
        if let Some(kind) = kind {
            let told = both.flag("required").map(|flag| Some(json!(flag)));
            self.push(Edit::new(kind, "request body", both.below("required")).values(told), Reach::REQUEST);
        }
        self.content(&both, Reach::REQUEST);
        self.others(&both, BODY, Reach::REQUEST);
    }

    pub(super) fn responses(&mut self, operation: &Both<'a>) {
        let responses = operation.member("responses");
        for status in responses.names() {
            let reach = if is_success(status, responses.values) { Reach::SUCCESS } else { Reach::FAILURE };
            let Some(both) = responses.child(status) else {
                let added = responses.get(1, status).is_some();
                let kind = if added { Kind::StatusAdded } else { Kind::StatusRemoved };
                let told = responses.each(status).map(|value| value.map(body_words));
                self.push(Edit::new(kind, status.as_str(), responses.below(status)).values(told), reach);
                continue;
            };
            self.headers(&both, reach);
            self.content(&both, reach);
            self.others(&both, RESPONSE, reach);
        }
    }

    fn headers(&mut self, response: &Both<'a>, reach: Reach) {
        let headers = response.member("headers");
        // Headers are the same however they are spelled.
        let spelled = headers.values.map(|side| {
            let names = side.as_object().into_iter().flat_map(Map::keys);
            names.map(|name| (name.to_ascii_lowercase(), name.as_str())).collect::<BTreeMap<_, _>>()
        });
        let names: BTreeSet<&String> = spelled.iter().flat_map(BTreeMap::keys).collect();
        for name in names {
            match spelled.each_ref().map(|side| side.get(name).copied()) {
                [Some(before), Some(after)] => self.header(&headers, [before, after], reach),
                [before, after] => {
                    let name = before.or(after).unwrap_or_default();
                    self.lone_header(&headers, name, reach);
                }
            }
        }
    }

    fn header(&mut self, headers: &Both<'a>, names: [&str; 2], reach: Reach) {
        let [Some(old), Some(new)] = [0, 1].map(|side| headers.get(side, names[side])) else { return };
        let at = [0, 1].map(|side| format!("{}/{}", headers.at[side], escape(names[side])));
        let both = Both { values: [old, new], at };
        if names[0] != names[1] {
            let told = names.map(|name| Some(json!(name)));
            self.push(Edit::new(Kind::Spelling, names[0], both.at.clone()).values(told), reach);
        }
        self.described(&both, names[0], reach);
    }

    /// A header that only one side has.
    fn lone_header(&mut self, headers: &Both<'a>, name: &str, reach: Reach) {
        let there = headers.each(name);
        let kind = if there[1].is_some() { Kind::HeaderAdded } else { Kind::HeaderRemoved };
        let flag = |flag: &str| {
            there.map(|side| side.is_some_and(|value| value.get(flag) == Some(&Value::Bool(true))))
        };
        let mut edit = Edit::new(kind, name, headers.below(name));
        edit.stated = there.map(|side| side.is_some());
        edit.required = flag("required");
        edit.deprecated = flag("deprecated");
        self.push(edit, reach);
    }
}

/// Whether a status says that something went well: a 2xx, the 101 of an upgrade, or `default` where
/// a side has no other.
fn is_success(status: &str, responses: [&Value; 2]) -> bool {
    let well = |status: &str| status.starts_with('2') || status == "101";
    let alone = |side: &Value| {
        side.as_object().is_some_and(|all| all.contains_key("default") && !all.keys().any(|name| well(name)))
    };
    well(status) || status == "default" && responses.iter().any(|side| alone(side))
}

/// A body in a word: its media types.
fn body_words(body: &Value) -> Value {
    let content = body.get("content").and_then(Value::as_object);
    let names: Vec<&str> = content.into_iter().flat_map(Map::keys).map(String::as_str).collect();
    json!(if names.is_empty() { "no body".to_owned() } else { names.join(", ") })
}
