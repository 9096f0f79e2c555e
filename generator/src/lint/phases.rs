//! What the phases that read the same documents have to say, and what is done about that.

use super::{By, Raw, Repair};
use crate::contract::keywords::PLACE;
use crate::contract::{self, Contract};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place, Severity};
use crate::load::reference::tokens;
use crate::load::sources::Sources;
use crate::load::{Documents, Tree};
use crate::lower;
use crate::overlay::Overlay;
use serde_json::Value;

/// How findings call the contract that is made on the way.
const CONTRACT: &str = "schemas/contract.yml";

/// What is said on the way from a source to the intermediate representation.
pub(super) fn source(documents: &Documents, sources: &Sources, overlay: &Overlay) -> Vec<Raw> {
    let made_up = released(documents);
    let documents = made_up.as_ref().unwrap_or(documents);
    let built = match contract::build(documents, sources, overlay) {
        Ok(built) => built,
        Err(findings) => return raws(&findings),
    };
    let mut found = raws(&built.warnings);
    let mut lowered = lowered(&built.contract, CONTRACT);
    let release = documents.tree().release.as_deref().unwrap_or_default();
    let facts = contract::stated(documents, sources, overlay, release, &mut Diagnostics::new());
    for finding in lowered.iter_mut() {
        if let Some(place) = located(&facts, &finding.place.pointer) {
            finding.place = place;
        }
    }
    found.extend(raws(&lowered));
    found
}

/// What is said of a document that is a contract; nothing if it is none.
pub(super) fn contract(text: &str, file: &str) -> Vec<Raw> {
    let Ok(contract) = contract::read(text, file) else { return Vec::new() };
    raws(&lowered(&contract, file))
}

/// What is said when a contract is lowered.
pub(super) fn lowered(contract: &Contract, file: &str) -> Diagnostics {
    let mut found = Diagnostics::new();
    if let Err(errors) = lower::lower(contract, file, &mut found) {
        found.extend(errors);
    }
    found
}

/// The same documents, of a release that is made up; nothing where the source says one.
pub(super) fn released(documents: &Documents) -> Option<Documents> {
    let tree = documents.tree();
    let made_up = || Documents::new(Tree { release: Some("v0.0.0".to_owned()), ..tree.clone() });
    tree.release.is_none().then(made_up)
}

/// Where upstream states what stands at a pointer of the facts: the place of the schema around it,
/// and the way on from there.
pub(super) fn located(facts: &Value, pointer: &str) -> Option<Place> {
    let mut node = facts;
    let mut known: Option<(String, String)> = None;
    for token in tokens(pointer)? {
        if let Some((_, below)) = &mut known {
            below.push('/');
            below.push_str(&crate::load::reference::escape(&token));
        }
        let next = match node {
            Value::Array(list) => token.parse::<usize>().ok().and_then(|at| list.get(at)),
            node => node.get(&token),
        };
        match next {
            Some(next) => node = next,
            None => break,
        }
        if let Some(place) = node.get(PLACE).and_then(Value::as_str) {
            known = Some((place.to_owned(), String::new()));
        }
    }
    let (place, below) = known?;
    let (file, pointer) = place.split_once('#')?;
    Some(Place::new(file, format!("{pointer}{below}")))
}

fn raws(found: &Diagnostics) -> Vec<Raw> {
    // Told by the rules of lint, with the word that may be meant.
    let own = |finding: &&Diagnostic| finding.code != Code::UnknownKeyword;
    let raw = |finding: &Diagnostic| Raw {
        code: finding.code,
        place: finding.place.clone(),
        message: finding.message.clone(),
        repair: repair_of(finding.code),
        reached: true,
    };
    found.iter().filter(own).map(raw).collect()
}

/// What is done about the findings of a phase.
pub(super) fn repair_of(code: Code) -> Repair {
    match code {
        Code::MissingOperationId => Repair::new(By::Default, "an id is derived from method and path"),
        Code::BadDefault => Repair::new(By::Contract, "the default is left out (rule N9)"),
        Code::NotASchema => Repair::new(By::Contract, "any value is allowed"),
        Code::ClosedComposition => Repair::new(By::Contract, "the whole is closed instead (rule N6)"),
        Code::BadEnum => Repair::new(By::Contract, "values that the type excludes are left out (rule N5)"),
        Code::NoProduct => Repair::new(By::Omission, "the operation is left out"),
        Code::AmbiguousUnion => Repair::new(By::Code, "readers try the most specific alternative first"),
        Code::OptionalSecurity => {
            Repair::new(By::Contract, "the alternative that asks for nothing is left out")
        }
        Code::StaleOverlay | Code::UnverifiedOverlay => {
            Repair::new(By::Nothing, "take the action away, or mend its target")
        }
        code if code.severity() == Severity::Error => {
            Repair::new(By::Refusal, "neither contract nor code is made of it")
        }
        _ => Repair::new(By::Nothing, "it changes nothing here"),
    }
}
