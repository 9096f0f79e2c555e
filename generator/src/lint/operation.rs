//! Operations and their parameters.

use super::phases::repair_of;
use super::walk::Walk;
use super::words::folded;
use super::{By, Repair};
use crate::contract::gather::METHODS;
use crate::contract::resolve::{At, Layers};
use crate::diagnostic::Code;
use std::collections::{BTreeMap, BTreeSet};

impl<'a> Walk<'a> {
    /// Looks at what an operation says as a whole.
    pub(super) fn operation(&mut self, at: &At<'a>) {
        if !self.merged {
            return;
        }
        if at.get("tags").is_none_or(|tags| tags.elements().next().is_none()) {
            let repair = Repair::new(By::Default, "its construct is its group");
            self.say(Code::MissingTag, at, "an operation without a tag", repair);
        }
        let id = at.get("operationId").and_then(|id| id.node.as_str());
        if !self.is_judged() && id.is_none_or(str::is_empty) {
            let repair = repair_of(Code::MissingOperationId);
            self.say(Code::MissingOperationId, at, "the operation has no `operationId`", repair);
        }
        let Some(responses) = at.get("responses") else { return };
        let success = |status: &str| status.starts_with('2') || status == "101";
        let stated: Vec<&str> =
            responses.members().map(|(status, _)| status).filter(|s| success(s)).collect();
        if stated.len() > 1 {
            let message = format!("several statuses of success: {}", stated.join(", "));
            let repair = Repair::new(By::Code, "each is a variant of the response");
            self.say(Code::SeveralSuccesses, &responses, message, repair);
        } else if stated.is_empty() && !responses.members().any(|(status, _)| is_redirect(status)) {
            let repair = Repair::new(By::Code, "any success is an undocumented status");
            self.say(Code::NoSuccess, &responses, "no status of success", repair);
        }
        for (status, response) in
            responses.members().filter(|(s, _)| *s == "204" || *s == "304" || s.starts_with('1'))
        {
            let Ok(layers) = Layers::of(self.documents, &response) else { continue };
            if let Some(content) = layers.get("content").filter(|c| c.members().next().is_some()) {
                let repair = Repair::new(By::Code, "nothing is read there");
                self.say(
                    Code::ForbiddenBody,
                    &content,
                    format!("a body under `{status}`, which has none"),
                    repair,
                );
            }
        }
    }

    /// Looks at the parameters of each operation of a path, and at those of its template.
    pub(super) fn path_parameters(&mut self, path: &str, item: &Layers<'a>) {
        let shared = item.get("parameters");
        for method in METHODS {
            let Some(operation) = item.get(method) else { continue };
            if !operation.node.is_object() {
                continue;
            }
            let own = operation.get("parameters");
            let mut by_place: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
            for at in shared.iter().chain(&own).flat_map(At::elements) {
                let Ok(layers) = Layers::of(self.documents, &at) else { continue };
                let text = |name: &str| layers.get(name).and_then(|v| v.node.as_str()).map(str::to_owned);
                if let (Some(place), Some(name)) = (text("in"), text("name")) {
                    by_place.entry(place).or_default().insert(name);
                }
            }
            for names in by_place.values() {
                self.spellings(own.as_ref().unwrap_or(&operation), names, "parameter");
            }
            self.template(&operation, path, by_place.get("path").cloned().unwrap_or_default());
        }
    }

    fn template(&mut self, operation: &At<'a>, path: &str, stated: BTreeSet<String>) {
        let pieces = path.split('{').skip(1);
        let asked: BTreeSet<String> =
            pieces.filter_map(|piece| Some(piece.split_once('}')?.0.to_owned())).collect();
        let refused =
            || Repair::new(By::Refusal, "`regen` refuses it; an overlay action can add or remove it");
        for name in asked.difference(&stated) {
            let message = format!("`{{{name}}}` is in the path and no parameter of the operation");
            self.say(Code::PathParameters, operation, message, refused());
        }
        for name in stated.difference(&asked) {
            let message = format!("the path parameter `{name}` is not in the path");
            self.say(Code::PathParameters, operation, message, refused());
        }
    }

    /// Names that are spellings of one.
    pub(super) fn spellings(&mut self, at: &At<'a>, names: &BTreeSet<String>, what: &str) {
        let mut alike: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for name in names {
            alike.entry(folded(name)).or_default().push(name);
        }
        for (_, spelled) in
            alike.into_iter().filter(|(folded, spelled)| !folded.is_empty() && spelled.len() > 1)
        {
            let message = format!("one {what} in several spellings: `{}`", spelled.join("`, `"));
            let repair = Repair::new(By::Code, "each is kept, under a Rust name of its own");
            self.say(Code::DoubleSpelling, at, message, repair);
        }
    }
}

fn is_redirect(status: &str) -> bool {
    status.starts_with('3') || status == "default"
}
