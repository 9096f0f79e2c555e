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

use crate::diagnostic::Diagnostics;
use serde_json::Value;
use serde_json_path::JsonPath;

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

    /// Applies the actions in their order to the contract of `release`.
    pub(crate) fn apply(&self, document: &mut Value, release: &str, found: &mut Diagnostics) {
        for (index, action) in self.actions.iter().enumerate() {
            apply::action(self, index, action, document, release, found);
        }
    }
}
