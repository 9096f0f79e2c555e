//! Is every action of the overlay needed? Each is taken away once, with those that change the same
//! thing, and what is found then is what it repairs.

use super::phases::{located, lowered, released, repair_of};
use super::walk;
use super::{By, Raw, Repair};
use crate::contract::resolve::At;
use crate::contract::{self, Contract};
use crate::diagnostic::{Code, Diagnostics, Place};
use crate::load::Documents;
use crate::load::sources::Sources;
use crate::overlay::Overlay;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// How findings call the facts before they are a contract.
const FACTS: &str = "schemas/contract.yml";

/// What is found with some of the actions: by the rules of lint, and by lowering.
struct Found {
    rules: Vec<Raw>,
    phases: Vec<Raw>,
}

/// Says of the findings in `found` which action repairs them, and gives those that no rule finds in
/// the sources, and the actions that repair nothing.
pub(super) fn judge(
    documents: &Documents,
    sources: &Sources,
    overlay: &Overlay,
    found: &mut [Raw],
) -> Vec<Raw> {
    if overlay.is_empty() {
        return Vec::new();
    }
    let made_up = released(documents);
    let documents = made_up.as_ref().unwrap_or(documents);
    let release = documents.tree().release.clone().unwrap_or_default();
    let mut problems = Diagnostics::new();
    let facts = contract::stated(documents, sources, &Overlay::none(), &release, &mut problems);
    if problems.has_errors() {
        return Vec::new();
    }
    let touched = overlay.touched(&facts);
    let look = |left_out: &BTreeSet<usize>| look(&facts, overlay, left_out, &release, sources);
    let all = look(&BTreeSet::new());
    let mut more = Vec::new();
    for group in groups(&touched) {
        let without = look(&group);
        let mut repaired = new(without.rules, &all.rules);
        if repaired.is_empty() {
            repaired = new(without.phases, &all.phases);
        }
        if repaired.is_empty() {
            let needless = |index: &usize| Raw {
                code: Code::NeedlessRepair,
                place: overlay.place(*index),
                message: format!("without the action nothing else is found in {release}"),
                repair: Repair::new(
                    By::Nothing,
                    "take the action away, or add a rule that finds what it repairs",
                ),
                reached: true,
            };
            more.extend(group.iter().map(needless));
        }
        let actions: Vec<String> = group.iter().map(|index| format!("/actions/{index}")).collect();
        let how = format!("by {} of the overlay", actions.join(" and "));
        for raw in repaired {
            let repair = Repair::new(By::Overlay, how.clone());
            let mut known = false;
            for other in found.iter_mut().filter(|o| o.code == raw.code && o.place == raw.place) {
                other.repair = repair.clone();
                known = true;
            }
            if !known {
                more.push(Raw { repair, ..raw });
            }
        }
    }
    more
}

/// What is found in the facts when all actions but some are applied.
fn look(
    facts: &Value,
    overlay: &Overlay,
    left_out: &BTreeSet<usize>,
    release: &str,
    sources: &Sources,
) -> Found {
    let mut document = facts.clone();
    overlay.without(left_out).apply(&mut document, release, &mut Diagnostics::new());
    let in_source = |raw: Raw| {
        let place = located(&document, &raw.place.pointer);
        Raw { place: place.unwrap_or(raw.place), ..raw }
    };
    let documents = Documents::of_values(BTreeMap::from([(FACTS.to_owned(), document.clone())]), None, None);
    let rules = match documents.get(FACTS) {
        Some(Ok(value)) => walk::single(&documents, sources, &At::root(FACTS, value)),
        _ => Vec::new(),
    };
    let rules = rules.into_iter().map(in_source).collect();
    let mut diagnostics = Diagnostics::new();
    let settled = contract::settled(document.clone(), &mut diagnostics);
    let contract = Contract { release: release.to_owned(), sha256: String::new(), document: settled };
    diagnostics.extend(lowered(&contract, FACTS));
    let phases = diagnostics.iter().map(|finding| Raw {
        code: finding.code,
        place: finding.place.clone(),
        message: finding.message.clone(),
        repair: repair_of(finding.code),
        reached: true,
    });
    Found { rules, phases: phases.map(in_source).collect() }
}

/// What is in `with` and not in `without`.
fn new(with: Vec<Raw>, without: &[Raw]) -> Vec<Raw> {
    let key = |raw: &Raw| (raw.code, raw.place.clone(), raw.message.clone());
    let known: BTreeSet<(Code, Place, String)> = without.iter().map(key).collect();
    with.into_iter().filter(|raw| !known.contains(&key(raw))).collect()
}

/// The actions that change something, those that change the same thing together.
fn groups(touched: &[BTreeSet<String>]) -> Vec<BTreeSet<usize>> {
    let inside =
        |a: &str, b: &str| b.strip_prefix(a).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let related = |a: &BTreeSet<String>, b: &BTreeSet<String>| {
        a.iter().any(|a| b.iter().any(|b| inside(a, b) || inside(b, a)))
    };
    let mut groups: Vec<(BTreeSet<usize>, BTreeSet<String>)> = Vec::new();
    for (index, pointers) in touched.iter().enumerate().filter(|(_, pointers)| !pointers.is_empty()) {
        let mut own = (BTreeSet::from([index]), pointers.clone());
        let (together, apart): (Vec<_>, Vec<_>) =
            groups.into_iter().partition(|(_, others)| related(others, pointers));
        for (indices, pointers) in together {
            own.0.extend(indices);
            own.1.extend(pointers);
        }
        groups = apart;
        groups.push(own);
    }
    groups.into_iter().map(|(indices, _)| indices).collect()
}

#[cfg(test)]
mod tests {
    use super::groups;
    use std::collections::BTreeSet;

    #[test]
    fn actions_that_change_the_same_thing_go_together() {
        let touched = |pointers: &[&str]| pointers.iter().map(|p| (*p).to_owned()).collect::<BTreeSet<_>>();
        let groups = groups(&[
            touched(&["/a/required", "/c/required"]),
            touched(&["/ab"]),
            touched(&["/c"]),
            touched(&[]),
            touched(&["/d/x"]),
        ]);
        assert_eq!(groups, [BTreeSet::from([1]), BTreeSet::from([0, 2]), BTreeSet::from([4])]);
    }
}
