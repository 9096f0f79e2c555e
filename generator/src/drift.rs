//! Drift: what changed between two contracts, and whom it breaks.
//!
//! A finding is a place, an edit, and what the edit does to the values that may be there: it
//! narrows them, widens them, both, or nobody can tell. Its level follows from that and from the
//! direction (what narrows breaks requests, what widens breaks responses), so that no level is
//! written down by hand for a keyword; [`Kind`] is the closed list of edits, and a few cells of the
//! table, where taste is needed, are in one place with their reasons.
//!
//! Three verdicts stand beside each other: `wire` (does a peer built from the other contract keep
//! working), `code` (does Rust code written against the generated crates keep compiling), and `gen`
//! (does regenerated source differ at all).
//!
//! Contracts are compared as graphs of shapes, as in [`contract::diff`](crate::contract::diff):
//! references are followed, `allOf` is merged once for each schema, so that an edit in a shared
//! schema is one finding with the operations that it reaches, and naming a schema or writing it in
//! place is silent on the wire.
//!
//! ```
//! use meshery_generator::{contract, drift};
//!
//! let text = std::fs::read_to_string("../schemas/contract.yml")?;
//! let old = contract::read(&text, "old")?;
//! let new = contract::read(&text.replacen("maxLength: 255", "maxLength: 100", 1), "new")?;
//! let report = drift::compare_wire(&old, &new);
//! assert_eq!(report.findings[0].id, drift::Kind::BoundTightened);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod accept;
mod collect;
mod dice;
mod draw;
mod edit;
mod effect;
mod facts;
mod kind;
pub mod laws;
mod level;
mod names;
mod operations;
mod permissions;
mod product;
mod render;
mod report;
mod rust;
mod security;
mod variants;
mod walk;

pub use accept::{Acceptances, Accepted, Fingerprint, Stale, is_date};
pub use effect::Effect;
pub use kind::Kind;
pub use level::Level;
pub use product::only;
pub use render::{Annotated, History};
pub use report::{Bump, Change, Code, Crate, Finding, Operations, Report, Side, Touched, Verdict, Wire};
pub use rust::probe::{Probe, Uses};

use crate::contract::Contract;
use crate::contract::diff::classes::Classes;
use edit::{Edit, Reach};
use kind::Kind as K;
use std::collections::BTreeMap;
use std::fmt;

/// What changed from `old` to `new`, with all three verdicts.
///
/// Both are lowered and emitted for the verdicts on Rust code; where that fails,
/// [`Report::problems`] says so, and the report must not be taken for "no drift".
///
/// ```
/// use meshery_generator::{contract, drift};
///
/// let text = "\
/// openapi: 3.0.3
/// info: {title: Forest, version: v1.0.0}
/// x-products: {wood: {title: Wood, servers: ['https://wood.example.com']}}
/// security: [{jwt: []}]
/// paths:
///   /api/trees:
///     get:
///       operationId: getTrees
///       tags: [Trees]
///       x-construct: v1.tree
///       x-internal: [wood]
///       parameters: [{in: query, name: kind, schema: {type: string}}]
///       responses: {'204': {description: No Content}}
/// components:
///   securitySchemes: {jwt: {type: http, scheme: bearer}}
/// ";
/// let old = contract::read(text, "old.yml")?;
/// let new = contract::read(&text.replace("name: kind, ", "name: kind, required: true, "), "new.yml")?;
/// let report = drift::compare(&old, &new);
/// assert!(report.problems.is_empty());
/// let finding = &report.findings[0];
/// assert_eq!((finding.wire.level, finding.code.level), (drift::Level::Error, drift::Level::Error));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn compare(old: &Contract, new: &Contract) -> Report {
    compared(old, new, true)
}

/// What changed from `old` to `new` on the wire; nothing is generated, so that nothing is said of
/// code.
#[must_use]
pub fn compare_wire(old: &Contract, new: &Contract) -> Report {
    compared(old, new, false)
}

/// Every finding on the wire, those of no level among them.
fn compare_all(old: &Contract, new: &Contract) -> Vec<Finding> {
    let (report, drafts) = judged(old, new, false);
    drop(report);
    drafts.into_iter().map(|draft| draft.finding).collect()
}

fn compared(old: &Contract, new: &Contract, code: bool) -> Report {
    let (mut report, mut drafts) = judged(old, new, code);
    same_id(&mut drafts);
    report.findings = drafts.into_iter().map(|draft| draft.finding).collect();
    report.findings.retain(|finding| finding.level > Level::None || finding.regenerated);
    collect::sort(&mut report.findings);
    report.judge();
    report
}

fn judged(old: &Contract, new: &Contract, code: bool) -> (Report, Vec<collect::Draft>) {
    let gathered = gathered(old, new);
    let mut report = empty(old, new, gathered.counts);
    let shapes = [&gathered.shapes[0], &gathered.shapes[1]];
    let classes = Classes::of(shapes);
    let mut walk = walk::Walk::new(gathered.documents, shapes, &classes);
    let reached = reached(&gathered, &mut walk);
    let mut drafts = collect::drafts(&gathered, &walk, &reached);
    // The same facts come to the same code.
    if code
        && old.document != new.document
        && let Err(problem) = rust::judge([old, new], &walk, &mut drafts, &mut report)
    {
        report.problems.push(problem);
    }
    (report, drafts)
}

fn gathered<'c>(old: &'c Contract, new: &'c Contract) -> operations::Gathered<'c> {
    let mut gathered = operations::gather(&old.document, &new.document);
    if gathered.shapes.iter().any(|shapes| shapes.too_many) {
        let edit = Edit::new(K::TooLarge, "contract", Default::default());
        gathered.edits.push((edit, None, Reach::REQUEST));
    }
    gathered
}

/// Walks from every operation, and says which operations reach what.
fn reached(gathered: &operations::Gathered<'_>, walk: &mut walk::Walk<'_>) -> Vec<BTreeMap<usize, Reach>> {
    let mut roots = Vec::new();
    for root in &gathered.roots {
        roots.push((root.operation, walk.root(root.pair, root.site.clone()), root.reach));
    }
    walk.reach(&roots)
}

/// Code that uses each public item of the crates that are generated for `old`, to be compiled
/// against those for `new`: the compiler's word on what a report says of code.
///
/// # Errors
/// If one of the contracts cannot be generated from.
pub fn probes(old: &Contract, new: &Contract) -> Result<Vec<Probe>, NotGenerated> {
    let gathered = gathered(old, new);
    let shapes = [&gathered.shapes[0], &gathered.shapes[1]];
    let classes = Classes::of(shapes);
    let mut walk = walk::Walk::new(gathered.documents, shapes, &classes);
    reached(&gathered, &mut walk);
    rust::probe::of([old, new], &walk).map_err(NotGenerated)
}

/// Why there is no code of a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotGenerated(String);

impl fmt::Display for NotGenerated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotGenerated {}

/// Says of an operation that is gone where one of its id is now, and the other way round.
fn same_id(drafts: &mut [collect::Draft]) {
    let id = |draft: &collect::Draft, kind: K| {
        let value = draft.edit.before.as_ref().or(draft.edit.after.as_ref());
        value.filter(|value| draft.edit.kind == kind && value.is_string()).cloned()
    };
    let named = |kind: K| -> Vec<_> {
        drafts.iter().filter_map(|draft| Some((id(draft, kind)?, draft.edit.name.clone()))).collect()
    };
    let sides = [
        (K::OperationRemoved, named(K::OperationAdded), "is now"),
        (K::OperationAdded, named(K::OperationRemoved), "was"),
    ];
    for (kind, others, words) in sides {
        for draft in drafts.iter_mut() {
            let Some(own) = id(draft, kind) else { continue };
            for (_, other) in others.iter().filter(|(other, _)| *other == own) {
                draft.finding.why.push(format!("the operation of this id {words} {other}"));
            }
        }
    }
}

fn empty(old: &Contract, new: &Contract, counts: [usize; 2]) -> Report {
    let side = |contract: &Contract, operations: usize| Side {
        release: contract.release.clone(),
        sha256: contract.sha256.clone(),
        operations,
    };
    Report {
        old: side(old, counts[0]),
        new: side(new, counts[1]),
        product: None,
        verdict: Verdict::default(),
        crates: Vec::new(),
        problems: Vec::new(),
        stale: Vec::new(),
        findings: Vec::new(),
    }
}
