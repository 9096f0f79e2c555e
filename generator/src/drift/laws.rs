//! What must hold of every comparison, tried on edits that are drawn at random.
//!
//! What is drawn: an operation of a real contract with all it refers to, cut out as a small contract
//! of its own; in it one edit of one place (a keyword of a schema, a member, an enum value, a
//! parameter, a status, a media type, security, a permission key, a name). Each edit is compared both
//! ways. Edits of several operations at once, and of two places at once, are not drawn.
//!
//! - **Found**: something is found exactly where [`contract::diff`](crate::contract::diff), which
//!   shares the reading of schemas and no judgement, sees a difference.
//! - **Mirror**: what is found on the way back is what was found on the way there, with the mirrored
//!   kinds, effects and levels.
//! - **Containment**: removing a response, a media type or a required member is never milder on the
//!   wire than removing something that is only in it. (An optional whole may always have been
//!   missing, and what was deprecated has been announced: neither is drawn as a whole.)

use super::dice::Dice;
use super::{Effect, Kind, Level, compare_all, draw};
use crate::contract::{Contract, PERMISSIONS, SCHEMAS, diff, gather::METHODS, references};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What was tried.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tried {
    /// How many edits were compared both ways.
    pub edits: usize,
    /// How many of them say what other schemas of the same `allOf` say already, so that nothing may
    /// be found.
    pub shadowed: usize,
    /// How many wholes were compared with a part of theirs.
    pub wholes: usize,
    /// How often each kind of edit was found.
    pub kinds: BTreeMap<&'static str, usize>,
}

/// How many permission keys are in each.
const KEYS: usize = 3;

/// A small contract that was cut out of a real one.
struct Cut {
    contract: Contract,
    /// Where something can be edited.
    sites: Vec<String>,
}

/// Tries `edits` edits of a contract, drawn from `seed`.
///
/// # Errors
/// The law that does not hold, and the edit that shows it.
pub fn check(contract: &Contract, seed: u64, edits: usize) -> Result<Tried, String> {
    let cuts = cuts(contract);
    let mut dice = Dice::new(seed);
    let mut tried = Tried::default();
    while tried.edits < edits {
        let Some(cut) = dice.pick(&cuts) else { return Err("the contract has no operations".to_owned()) };
        let Some(site) = dice.pick(&cut.sites) else { continue };
        let Some(edited) = draw::edit(&cut.contract.document, site, &mut dice) else { continue };
        let edited = Contract { document: edited, ..cut.contract.clone() };
        if edited.document == cut.contract.document {
            continue;
        }
        tried.edits += 1;
        both_ways(&cut.contract, &edited, &mut tried).map_err(|law| format!("{law}\nedited: {site}"))?;
        if tried.edits.is_multiple_of(8) {
            containment(cut, &mut dice, &mut tried)?;
        }
    }
    Ok(tried)
}

/// What is compared of a finding: its kind, what the sides say, effects and levels.
type Told = (Kind, Option<String>, Option<String>, [Option<Effect>; 2], [Level; 2]);

fn told(old: &Contract, new: &Contract, mirrored: bool) -> Vec<Told> {
    let mut all: Vec<Told> = compare_all(old, new)
        .iter()
        .map(|finding| {
            let [before, after] =
                [&finding.before, &finding.after].map(|value| value.as_ref().map(Value::to_string));
            let effects = [finding.wire.request, finding.wire.response];
            let levels = [finding.wire.level, finding.wire.client_first];
            if mirrored {
                let effects = effects.map(|effect| effect.map(Effect::mirror));
                (finding.id.mirror(), after, before, effects, [levels[1], levels[0]])
            } else {
                (finding.id, before, after, effects, levels)
            }
        })
        .collect();
    all.sort();
    all
}

fn both_ways(old: &Contract, new: &Contract, tried: &mut Tried) -> Result<(), String> {
    let there = told(old, new, false);
    let back = told(new, old, true);
    if there != back {
        return Err(format!("mirror: there\n{there:#?}\nand back, mirrored\n{back:#?}"));
    }
    let differs = !diff::compare(old, new).is_empty();
    // Names are no facts there.
    let names =
        [Kind::Construct, Kind::ConstructMoved, Kind::SchemaInlined, Kind::SchemaNamed, Kind::SchemaReplaced];
    let named = !there.is_empty() && there.iter().all(|(kind, ..)| names.contains(kind));
    if !named && differs == there.is_empty() {
        return Err(format!("found: the contracts differ: {differs}; found\n{there:#?}"));
    }
    tried.shadowed += usize::from(!differs && !named);
    for (kind, ..) in there {
        *tried.kinds.entry(kind.id()).or_default() += 1;
    }
    Ok(())
}

fn containment(cut: &Cut, dice: &mut Dice, tried: &mut Tried) -> Result<(), String> {
    let document = &cut.contract.document;
    let wholes: Vec<&String> = cut.sites.iter().filter(|site| draw::is_whole(document, site)).collect();
    let Some(whole) = dice.pick(&wholes) else { return Ok(()) };
    let Some(without) = draw::removed(document, whole) else { return Ok(()) };
    let left = reached(&without);
    let within = reached_from(document, whole);
    let inside = |site: &&String| {
        site.starts_with(&format!("{whole}/"))
            || component(site).is_some_and(|name| !left.contains(name) && within.contains(name))
    };
    let parts: Vec<&String> = cut.sites.iter().filter(inside).collect();
    let Some(part) = dice.pick(&parts) else { return Ok(()) };
    let Some(less) = draw::removed(document, part) else { return Ok(()) };
    let level = |document: Value| {
        let other = Contract { document, ..cut.contract.clone() };
        compare_all(&cut.contract, &other).iter().map(|finding| finding.wire.level).max().unwrap_or_default()
    };
    tried.wholes += 1;
    let (of_whole, of_part) = (level(without), level(less));
    if of_whole < of_part {
        return Err(format!(
            "containment: removing {whole} is {of_whole}, removing {part} in it is {of_part}"
        ));
    }
    Ok(())
}

fn component(pointer: &str) -> Option<&str> {
    pointer.strip_prefix(&SCHEMAS[1..])?.split('/').next()
}

/// The components that a document reaches from its paths.
fn reached(document: &Value) -> BTreeSet<String> {
    reached_from(document, "/paths")
}

fn reached_from(document: &Value, pointer: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut queue = Vec::new();
    if let Some(value) = document.pointer(pointer) {
        references(value, &mut queue);
    }
    while let Some(name) = queue.pop() {
        if let Some(schema) = document["components"]["schemas"].get(&name)
            && found.insert(name)
        {
            references(schema, &mut queue);
        }
    }
    found
}

/// A small contract for each operation.
fn cuts(contract: &Contract) -> Vec<Cut> {
    let document = &contract.document;
    let paths = document.get("paths").and_then(Value::as_object).into_iter().flatten();
    let operations = paths.flat_map(|(path, item)| {
        METHODS.iter().filter_map(move |method| Some((path, *method, item.get(*method)?)))
    });
    let keys = document.get(PERMISSIONS).and_then(Value::as_object);
    let each = operations.enumerate().map(|(number, (path, method, operation))| {
        let mut small = json!({"paths": {path: {method: operation}}, "components": document["components"]});
        let kept = reached(&small);
        let schemas: Map<String, Value> = document["components"]["schemas"]
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(name, _)| kept.contains(*name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        small["components"]["schemas"] = Value::Object(schemas);
        for name in ["openapi", "info", "security", "x-products"] {
            small[name] = document[name].clone();
        }
        if let Some(keys) = keys {
            let some = keys.iter().cycle().skip(number).take(KEYS.min(keys.len()));
            small[PERMISSIONS] = some.map(|(id, key)| (id.clone(), key.clone())).collect();
        }
        let sites = draw::sites(&small);
        Cut { contract: Contract { document: small, ..contract.clone() }, sites }
    });
    each.collect()
}
