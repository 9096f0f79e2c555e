//! What is wrong in what upstream publishes, and what is done about it here.
//!
//! The rules know OpenAPI 3.0 and JSON Schema and nothing of upstream. Beside their own findings
//! stand those of the phases that read the same documents, so that a report is complete. Every
//! finding says what repairs it: a rule of `contract::normalise`, an action of the overlay, a
//! default of ours, a tolerant reader, or nothing.

mod document;
mod meta;
mod operation;
mod phases;
mod repairs;
mod report;
mod schema;
mod union;
mod walk;
mod words;

use crate::contract::resolve::At;
use crate::diagnostic::{Code, Diagnostics, Place, Severity};
use crate::load::sources::Sources;
use crate::load::{Documents, File, Tree, positions};
use crate::overlay::Overlay;
use serde::Serialize;
use std::collections::BTreeMap;

/// What is wrong in a source or a document.
#[derive(Clone, Debug)]
pub struct Report {
    /// What was looked at: the release, or the name of the file.
    pub subject: String,
    /// How many files were looked at.
    pub files: usize,
    /// The findings: errors first, then by code, what operations reach first, then by place.
    pub findings: Vec<Finding>,
}

/// One thing that is wrong, wherever it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which kind of finding; its severity and meaning are in the table of codes.
    pub code: Code,
    /// What is wrong.
    pub message: String,
    /// What is done about it.
    pub repair: Repair,
    /// Whether operations reach the places.
    pub reached: bool,
    /// Where, in order; at least one.
    pub places: Vec<Place>,
}

/// What is done about a finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Repair {
    /// Who does it.
    pub by: By,
    /// How.
    pub how: String,
}

/// Who repairs what is wrong: a closed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// A rule of the contract: it says the same differently.
    Contract,
    /// An action of `schemas/overlay.yml`.
    Overlay,
    /// A default of ours stands in.
    Default,
    /// It is kept, and the generated code copes with it.
    Code,
    /// It is left out.
    Omission,
    /// Nobody: `fetch` or `regen` refuses the input.
    Refusal,
    /// Nobody needs to: it changes nothing here.
    Nothing,
}

impl By {
    /// As it is printed.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Contract => "contract",
            Self::Overlay => "overlay",
            Self::Default => "default",
            Self::Code => "code",
            Self::Omission => "omission",
            Self::Refusal => "refusal",
            Self::Nothing => "nothing",
        }
    }
}

impl Repair {
    pub(crate) fn new(by: By, how: impl Into<String>) -> Self {
        Self { by, how: how.into() }
    }
}

/// One finding at one place, before those that say the same are put together.
#[derive(Clone, Debug)]
struct Raw {
    code: Code,
    place: Place,
    message: String,
    repair: Repair,
    reached: bool,
}

/// What is wrong in the source tree of a release, and which repairs of `overlay` are needed.
#[must_use]
pub fn source(documents: &Documents, sources: &Sources, overlay: &Overlay) -> Report {
    let mut found = walk::tree(documents, sources);
    found.extend(document::releases(documents, sources));
    let others = phases::source(documents, sources, overlay);
    let repaired = repairs::judge(documents, sources, overlay, &mut found);
    found.retain(|raw| !is_told(raw, &others));
    found.extend(others);
    found.extend(repaired);
    let subject = documents.tree().release.clone().unwrap_or_else(|| "a source without release".to_owned());
    let mut report = Report::of(subject, documents.tree().files.len(), found);
    report.complete(|file| documents.text(file));
    report
}

/// Whether a phase says of the same place what a rule says: it knows better what comes of it.
fn is_told(raw: &Raw, phases: &[Raw]) -> bool {
    let same: &[Code] = match raw.code {
        Code::WrongValue | Code::ForeignKeyword => &[Code::BadSchema, Code::UnsupportedKeyword],
        Code::PathParameters => &[Code::BadPath],
        _ => return false,
    };
    phases.iter().any(|phase| same.contains(&phase.code) && phase.place == raw.place)
}

/// What is wrong in one document that needs no other: a contract, or a published bundle.
///
/// # Errors
/// [`Code::NotYaml`] when it cannot be read.
pub fn document(file: &str, text: &str, sources: &Sources) -> Result<Report, Diagnostics> {
    let files = BTreeMap::from([(file.to_owned(), File::new(text.to_owned()))]);
    let documents = Documents::new(Tree { files, ..Tree::default() });
    let mut found = match documents.get(file) {
        Some(Ok(value)) => walk::single(&documents, sources, &At::root(file, value)),
        Some(Err(finding)) => return Err(Diagnostics::one(finding.clone())),
        None => Vec::new(),
    };
    found.extend(phases::contract(text, file));
    let mut report = Report::of(file.to_owned(), 1, found);
    report.complete(|name| (name == file).then_some(text));
    Ok(report)
}

impl Finding {
    /// How much it matters, which its code decides.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }
}

impl Report {
    /// Puts together what says the same.
    fn of(subject: String, files: usize, found: Vec<Raw>) -> Self {
        // A node may have been looked at more than once: as what operations reach, it counts as that.
        let mut distinct: BTreeMap<(Code, String, Place), (bool, Repair)> = BTreeMap::new();
        for Raw { code, place, message, repair, reached } in found {
            let known = distinct.entry((code, message, place)).or_insert((reached, repair));
            known.0 |= reached;
        }
        let mut together: BTreeMap<(Code, String, bool, Repair), Vec<Place>> = BTreeMap::new();
        for ((code, message, place), (reached, repair)) in distinct {
            together.entry((code, message, reached, repair)).or_default().push(place);
        }
        let findings = together.into_iter().map(|((code, message, reached, repair), places)| Finding {
            code,
            message,
            repair,
            reached,
            places,
        });
        let mut findings: Vec<_> = findings.collect();
        findings.sort_by(|a, b| {
            let key = |f: &Finding| (f.severity(), f.code, !f.reached, f.places.first().cloned());
            key(a).cmp(&key(b)).then_with(|| a.message.cmp(&b.message))
        });
        Self { subject, files, findings }
    }

    fn complete<'a>(&mut self, text: impl Fn(&str) -> Option<&'a str>) {
        let places = self.findings.iter_mut().flat_map(|finding| &mut finding.places);
        positions::complete_places(places, text);
        for finding in &mut self.findings {
            finding.places.sort_by(|a, b| (&a.file, a.line, &a.pointer).cmp(&(&b.file, b.line, &b.pointer)));
        }
    }

    /// Completes the lines of what is found in another file, such as the overlay.
    pub fn complete_lines(&mut self, file: &str, text: &str) {
        self.complete(|name| (name == file).then_some(text));
    }

    /// How many findings of a severity there are, and at how many places.
    #[must_use]
    pub fn count(&self, severity: Severity) -> (usize, usize) {
        let of = self.findings.iter().filter(|finding| finding.severity() == severity);
        of.fold((0, 0), |(findings, places), finding| (findings + 1, places + finding.places.len()))
    }
}
