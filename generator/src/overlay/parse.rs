//! The text of an overlay to actions.

use super::{Action, Change, Overlay};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::load::yaml;
use serde_json::{Map, Value};
use serde_json_path::JsonPath;

/// What the specification and we allow in the document and in an action, beside extensions.
const DOCUMENT: &[&str] = &["overlay", "info", "extends", "actions"];
const ACTION: &[&str] = &["target", "description", "update", "remove"];

pub(super) fn overlay(text: &str, file: &str) -> Result<Overlay, Diagnostics> {
    let document = yaml::parse(text).map_err(|error| {
        let place = Place { line: Some(error.line), ..Place::new(file, "") };
        Diagnostics::one(Diagnostic::new(Code::BadOverlay, place, error.message))
    })?;
    let mut reader = Reader { found: Diagnostics::new() };
    let actions = reader.document(&document, &Place::new(file, ""));
    reader.found.ok(Overlay { file: file.to_owned(), actions })
}

struct Reader {
    found: Diagnostics,
}

impl Reader {
    fn bad(&mut self, place: Place, message: impl Into<String>) {
        self.found.push(Diagnostic::new(Code::BadOverlay, place, message));
    }

    fn document(&mut self, document: &Value, place: &Place) -> Vec<Action> {
        let Some(members) = document.as_object() else {
            self.bad(place.clone(), "expected an overlay: an object with `overlay`, `info` and `actions`");
            return Vec::new();
        };
        self.only(members, DOCUMENT, place);
        let version = members.get("overlay").and_then(Value::as_str);
        if !version.is_some_and(|v| v == "1.0" || v.starts_with("1.0.")) {
            self.bad(place.child("overlay"), "expected `overlay: 1.0.0`, the version of the specification");
        }
        for name in ["title", "version"] {
            let stated = members.get("info").and_then(|info| info.get(name));
            if !stated.is_some_and(Value::is_string) {
                self.bad(place.child("info"), format!("`info` needs a `{name}`"));
            }
        }
        let place = place.child("actions");
        let Some(actions) = members.get("actions").and_then(Value::as_array) else {
            self.bad(place, "expected a list of actions");
            return Vec::new();
        };
        let actions = actions.iter().enumerate();
        actions.filter_map(|(index, action)| self.action(action, &place.child(index))).collect()
    }

    fn action(&mut self, action: &Value, place: &Place) -> Option<Action> {
        let Some(members) = action.as_object() else {
            self.bad(place.clone(), "expected an action: an object with a `target`");
            return None;
        };
        self.only(members, ACTION, place);
        if members.get("x-reason").and_then(Value::as_str).is_none_or(|reason| reason.trim().is_empty()) {
            self.bad(place.clone(), "an action needs an `x-reason`: what upstream states wrongly");
        }
        if members.get("x-link").is_some_and(|link| !link.is_string()) {
            self.bad(place.child("x-link"), "expected an address");
        }
        let verified = self.verified(members.get("x-verified"), place);
        let change = self.change(members, place);
        let target = members.get("target").and_then(Value::as_str);
        let path = match target.map(JsonPath::parse) {
            Some(Ok(path)) => Some(path),
            Some(Err(error)) => {
                let at = error.position() + 1;
                let message = format!("`target` is no JSONPath (RFC 9535), from its character {at} on");
                self.bad(place.child("target"), message);
                None
            }
            None => {
                self.bad(place.clone(), "an action needs a `target`: a JSONPath into the contract");
                None
            }
        };
        Some(Action { target: target?.to_owned(), path: path?, change: change?, verified })
    }

    fn change(&mut self, members: &Map<String, Value>, place: &Place) -> Option<Change> {
        match (members.get("update"), members.get("remove")) {
            // The specification: what is removed is not updated.
            (_, Some(Value::Bool(true))) => Some(Change::Remove),
            (Some(update), None | Some(Value::Bool(false))) => Some(Change::Update(update.clone())),
            (None, None | Some(Value::Bool(false))) => {
                self.bad(place.clone(), "an action needs an `update`, or `remove: true`");
                None
            }
            (_, Some(_)) => {
                self.bad(place.child("remove"), "expected true or false");
                None
            }
        }
    }

    fn verified(&mut self, releases: Option<&Value>, place: &Place) -> Vec<String> {
        let list = releases.and_then(Value::as_array).filter(|list| !list.is_empty());
        let names: Option<Vec<String>> =
            list.and_then(|list| list.iter().map(|r| r.as_str().map(str::to_owned)).collect());
        names.unwrap_or_else(|| {
            let message =
                "an action needs `x-verified`: the releases for which upstream's mistake was looked up";
            self.bad(place.clone(), message);
            Vec::new()
        })
    }

    fn only(&mut self, members: &Map<String, Value>, known: &[&str], place: &Place) {
        for name in members.keys().filter(|name| !known.contains(&name.as_str()) && !name.starts_with("x-")) {
            self.bad(
                place.child(name),
                format!("`{name}` is no member of this object; known are {}", known.join(", ")),
            );
        }
    }
}
