//! Upstream's descriptions, put back beside the facts they belong to.
//!
//! They are for people who generate for themselves: nothing that is committed has them.

use super::keywords::PLACE;
use super::resolve::At;
use crate::load::{Documents, reference};
use serde_json::{Map, Value};

/// Notes where upstream states what `members` say; the canonical form drops the note.
pub(super) fn note(members: &mut Map<String, Value>, at: &At<'_>) {
    members.insert(PLACE.to_owned(), Value::String(format!("{}#{}", at.file, at.pointer)));
}

/// Gives `facts` the descriptions of the places that are noted in `placed`, the same document
/// before it was canonical.
pub(super) fn describe(facts: &mut Value, placed: &Value, documents: &Documents) {
    match facts {
        Value::Object(members) => {
            for (name, value) in members.iter_mut() {
                if let Some(placed) = placed.get(name) {
                    describe(value, placed, documents);
                }
            }
            let place = placed.get(PLACE).and_then(Value::as_str);
            let Some(stated) = place.and_then(|place| node(place, documents)) else { return };
            for word in ["summary", "description"] {
                if let Some(text) = stated.get(word).filter(|text| text.is_string()) {
                    members.insert(word.to_owned(), text.clone());
                }
            }
        }
        Value::Array(elements) => {
            for (i, element) in elements.iter_mut().enumerate() {
                if let Some(placed) = placed.get(i) {
                    describe(element, placed, documents);
                }
            }
        }
        _ => {}
    }
}

fn node<'a>(place: &str, documents: &'a Documents) -> Option<&'a Value> {
    let (file, pointer) = place.split_once('#')?;
    reference::lookup(documents.get(file)?.ok()?, pointer)
}
