//! Repairs of what upstream states wrongly: `schemas/overlay.yml`, a document of the OpenAPI
//! Overlay Specification 1.0.
//!
//! An overlay changes the facts of the contract before they are put in canonical form. It holds
//! mistakes of upstream that change the wire; ways to say the same thing are rules of
//! `contract::normalise`. Each action says why it is there (`x-reason`, and `x-link` where there
//! is something to read) and for which releases that was looked up (`x-verified`). For those it
//! must change something: an action that no longer does is an error, so the file empties itself.

mod apply;
mod parse;

use crate::diagnostic::{Diagnostics, Place};
use serde_json::Value;
use serde_json_path::JsonPath;
use std::collections::BTreeSet;

/// The overlay of the contract.
#[derive(Clone, Debug, Default)]
pub struct Overlay {
    /// How messages call the file.
    file: String,
    actions: Vec<Action>,
}

/// One repair.
#[derive(Clone, Debug)]
struct Action {
    /// What is repaired, as it is written and as it is understood.
    target: String,
    path: JsonPath,
    change: Change,
    /// The releases for which upstream's mistake was looked up.
    verified: Vec<String>,
}

#[derive(Clone, Debug)]
enum Change {
    /// Merge into objects, append to arrays.
    Update(Value),
    /// Take away.
    Remove,
}

impl Overlay {
    /// No repairs.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Reads the text of an overlay; `file` is how messages call it.
    ///
    /// # Errors
    /// [`Code::BadOverlay`](crate::diagnostic::Code::BadOverlay) for each mistake in it.
    pub fn parse(text: &str, file: &str) -> Result<Self, Diagnostics> {
        parse::overlay(text, file)
    }

    /// How many actions there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.actions.len()
    }

    /// Whether there is no action.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.actions.is_empty()
    }

    /// Where an action stands.
    pub(crate) fn place(&self, index: usize) -> Place {
        Place::new(&self.file, format!("/actions/{index}"))
    }

    /// The same without some of its actions.
    pub(crate) fn without(&self, left_out: &BTreeSet<usize>) -> Self {
        let actions = self.actions.iter().enumerate().filter(|(index, _)| !left_out.contains(index));
        Self { file: self.file.clone(), actions: actions.map(|(_, action)| action.clone()).collect() }
    }

    /// The pointers of what each action changes in a document, in the order of the actions.
    pub(crate) fn touched(&self, document: &Value) -> Vec<BTreeSet<String>> {
        let mut document = document.clone();
        let mut touched = Vec::new();
        for (index, action) in self.actions.iter().enumerate() {
            let nodes = action.path.query_located(&document);
            touched.push(nodes.locations().map(|path| path.to_json_pointer()).collect());
            apply::action(self, index, action, &mut document, "", &mut Diagnostics::new());
        }
        touched
    }

    /// Applies the actions in their order to the contract of `release`.
    pub(crate) fn apply(&self, document: &mut Value, release: &str, found: &mut Diagnostics) {
        for (index, action) in self.actions.iter().enumerate() {
            apply::action(self, index, action, document, release, found);
        }
    }
}
