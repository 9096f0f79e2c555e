//! From edits to findings: one for each change, with all the operations that it reaches.

use super::edit::{Edit, Reach};
use super::level;
use super::operations::{Gathered, Named};
use super::report::{Code, Finding, Operations, Wire};
use super::walk::Walk;
use super::{kind::Kind, names};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// How many operations a finding names.
const FIRST: usize = 5;

/// A finding, and what is known of where it is.
pub(super) struct Draft {
    pub(super) finding: Finding,
    pub(super) edit: Edit,
    pub(super) reach: Reach,
    /// Whether it is an edit of an operation itself and not of a schema.
    pub(super) direct: bool,
    /// The places of each side that it is seen at.
    pub(super) spots: BTreeSet<[String; 2]>,
    /// The places of each side that refer to those.
    pub(super) sites: BTreeSet<[String; 2]>,
}

/// An edit, where it reaches, and the places that it is seen at.
struct Seen {
    edit: Edit,
    reach: BTreeMap<usize, Reach>,
    direct: bool,
    spots: BTreeSet<[String; 2]>,
    sites: BTreeSet<[String; 2]>,
}

/// Judges edits that are the same change together.
pub(super) fn drafts(
    gathered: &Gathered<'_>,
    walk: &Walk<'_>,
    reached: &[BTreeMap<usize, Reach>],
) -> Vec<Draft> {
    let mut all: Vec<Seen> = Vec::new();
    for (edit, operation, reach) in &gathered.edits {
        let reach = operation.map(|operation| (operation, *reach)).into_iter().collect();
        let spots = [edit.at.clone()].into();
        all.push(Seen { edit: edit.clone(), reach, direct: true, spots, sites: BTreeSet::new() });
    }
    for (number, node) in walk.nodes.iter().enumerate() {
        for (edit, through) in &node.edits {
            let reach =
                reached[number].iter().map(|(operation, reach)| (*operation, reach.through(*through)));
            let reach = reach.collect();
            let (spots, sites) = places(walk, number);
            all.push(Seen { edit: edit.clone(), reach, direct: false, spots, sites });
        }
    }
    for (edit, nodes) in names::compare(walk) {
        let (spots, sites) = (BTreeSet::new(), BTreeSet::new());
        let mut seen = Seen { edit, reach: BTreeMap::new(), direct: false, spots, sites };
        for number in nodes {
            for (operation, reach) in &reached[number] {
                let held = seen.reach.entry(*operation).or_default();
                *held = held.and(*reach);
            }
            let (spots, sites) = places(walk, number);
            seen.spots.extend(spots);
            seen.sites.extend(sites);
        }
        all.push(seen);
    }
    // What only one side states is one change however often the other side writes its counterpart.
    let pointers = |edit: &Edit, sides: [bool; 2]| {
        [0, 1].map(|side| if sides[side] { edit.at[side].clone() } else { String::new() })
    };
    let all = together(all, |edit| pointers(edit, edit.stated));
    let all = together(all, |edit| pointers(edit, [edit.stated[0], edit.stated[1] && !edit.stated[0]]));
    let all = together(all, |edit| pointers(edit, [edit.stated[0] && !edit.stated[1], edit.stated[1]]));
    all.into_iter().map(|seen| draft(seen, gathered)).collect()
}

type Places = BTreeSet<[String; 2]>;

/// Where the shapes of a pair are, and what refers to them.
fn places(walk: &Walk<'_>, number: usize) -> (Places, Places) {
    let node = &walk.nodes[number];
    let own = [0, 1].map(|side| walk.shapes[side].all[node.pair[side]].pointer.clone());
    ([own].into(), node.sites.iter().cloned().collect())
}

/// Puts edits together that say the same at the same pointers.
fn together(all: Vec<Seen>, pointers: impl Fn(&Edit) -> [String; 2]) -> Vec<Seen> {
    let mut order: Vec<Seen> = Vec::new();
    let mut known: BTreeMap<(Kind, String, String, [String; 2]), usize> = BTreeMap::new();
    for seen in all {
        let Edit { kind, name, before, after, .. } = &seen.edit;
        let told = serde_json::to_string(&(before, after)).unwrap_or_default();
        let key = (*kind, name.clone(), told, pointers(&seen.edit));
        let Some(at) = known.get(&key) else {
            known.insert(key, order.len());
            order.push(seen);
            continue;
        };
        let held = &mut order[*at];
        for (operation, reach) in seen.reach {
            let own = held.reach.entry(operation).or_default();
            *own = own.and(reach);
        }
        held.spots.extend(seen.spots);
        held.sites.extend(seen.sites);
        for side in 0..2 {
            held.edit.required[side] |= seen.edit.required[side];
            held.edit.closed[side] |= seen.edit.closed[side];
            held.edit.deprecated[side] &= seen.edit.deprecated[side];
        }
    }
    order
}

fn draft(seen: Seen, gathered: &Gathered<'_>) -> Draft {
    let operations: &[Named] = &gathered.operations;
    let Seen { edit, reach: reached, direct, spots, sites } = seen;
    let whole = reached.is_empty() && direct;
    let reach = reached.values().fold(Reach::default(), |all, own| all.and(*own));
    let reach = if whole { Reach::REQUEST } else { reach };
    let anchor = usize::from(!edit.stated[0] && edit.stated[1]);
    let numbers: BTreeSet<usize> = reached.keys().copied().collect();
    let mut names: Vec<String> = numbers.iter().map(|number| operations[*number].name.clone()).collect();
    names.sort();
    let products = match edit.kind {
        Kind::OperationOffered
        | Kind::OperationWithdrawn
        | Kind::ProductAdded
        | Kind::ProductRemoved
        | Kind::ProductTitle
        | Kind::ProductServers => BTreeSet::from([edit.name.clone()]),
        _ => numbers.iter().flat_map(|number| operations[*number].products.iter().cloned()).collect(),
    };
    let schema = component(&edit.at[anchor]);
    let construct = match &schema {
        Some(name) => name.rsplit_once('.').map_or(name.as_str(), |(construct, _)| construct).to_owned(),
        None => numbers.first().map(|number| operations[*number].construct.clone()).unwrap_or_default(),
    };
    let level = edit.level(reach);
    let wire = Wire {
        level,
        client_first: edit.mirror().level(reach),
        request: edit.effect(reach, true),
        response: edit.effect(reach, false),
    };
    let finding = Finding {
        id: edit.kind,
        level,
        wire,
        code: Code::default(),
        regenerated: false,
        name: edit.name.clone(),
        before: edit.before.clone(),
        after: edit.after.clone(),
        construct,
        within: within(gathered.documents[anchor], &edit.at[anchor]),
        schema,
        declared: edit.at.clone(),
        anchor,
        operations: Operations {
            count: names.len(),
            first: names.iter().take(FIRST).cloned().collect(),
            all: names,
        },
        products,
        why: level::reasons(&edit, reach).into_iter().map(str::to_owned).collect(),
        accepted: None,
    };
    Draft { finding, edit, reach, direct, spots, sites }
}

/// What of an operation a pointer leads to, in words: `query `page``, `200 application/json items`.
fn within(document: &Value, pointer: &str) -> Option<String> {
    let tokens: Vec<String> = crate::load::reference::tokens(pointer)?;
    let rest = tokens.get(3..).filter(|_| tokens.first().is_some_and(|first| first == "paths"))?;
    let (mut words, rest) = match rest {
        [first, number, rest @ ..] if first == "parameters" => {
            let own = pointer.split('/').take(6).collect::<Vec<_>>().join("/");
            let parameter = crate::load::reference::lookup(document, &own)?;
            let text = |name: &str| parameter.get(name).and_then(Value::as_str).unwrap_or(number).to_owned();
            (format!("{} `{}`", text("in"), text("name")), rest)
        }
        [first, rest @ ..] if first == "requestBody" => ("request body".to_owned(), rest),
        [first, status, rest @ ..] if first == "responses" => (format!("response {status}"), rest),
        _ => return None,
    };
    for token in rest {
        if !matches!(
            token.as_str(),
            "content" | "schema" | "properties" | "required" | "deprecated" | "security"
        ) {
            words.push(' ');
            words.push_str(token);
        }
    }
    Some(words)
}

/// The component that a pointer leads into.
pub(super) fn component(pointer: &str) -> Option<String> {
    let rest = pointer.strip_prefix(&crate::contract::SCHEMAS[1..])?;
    let name = rest.split('/').next().unwrap_or_default();
    (!name.is_empty()).then(|| name.replace("~1", "/").replace("~0", "~"))
}

/// Worst first, then by place.
pub(super) fn sort(findings: &mut [Finding]) {
    let told = |value: &Option<Value>| value.as_ref().map(Value::to_string);
    findings.sort_by_cached_key(|finding| {
        (
            std::cmp::Reverse(finding.level),
            std::cmp::Reverse(finding.wire.level),
            finding.construct.clone(),
            finding.pointer().to_owned(),
            finding.id,
            finding.name.clone(),
            told(&finding.before),
            told(&finding.after),
        )
    });
}
