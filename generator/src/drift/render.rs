//! Reports as people and programs want them.

mod github;
mod history;
mod html;
mod json;
mod markdown;
mod sarif;
mod text;

pub use history::History;

use super::report::{Finding, Report};
use std::collections::BTreeMap;
use std::fmt;

/// The file that annotations are put on.
#[derive(Clone, Copy)]
pub struct Annotated<'f> {
    /// Its path.
    pub file: &'f str,
    /// Whether it holds the old contract (0) or the new one (1).
    pub side: usize,
    /// The line of what a JSON pointer leads to.
    pub line: &'f dyn Fn(&str) -> Option<usize>,
}

impl fmt::Debug for Annotated<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, side, line: _ } = self;
        f.debug_struct("Annotated").field("file", file).field("side", side).finish_non_exhaustive()
    }
}

impl Annotated<'_> {
    /// The line where a finding is declared.
    fn line(&self, finding: &Finding) -> Option<usize> {
        (self.line)(finding.declared.get(self.side)?)
    }
}

impl Report {
    /// The findings of each construct; the construct with the worst first.
    pub(super) fn by_construct(&self) -> Vec<(&str, Vec<&Finding>)> {
        let mut groups: Vec<(&str, Vec<&Finding>)> = Vec::new();
        let mut known: BTreeMap<&str, usize> = BTreeMap::new();
        for finding in &self.findings {
            let at = *known.entry(&finding.construct).or_insert(groups.len());
            if at == groups.len() {
                let name = if finding.construct.is_empty() { "the contract" } else { &finding.construct };
                groups.push((name, Vec::new()));
            }
            groups[at].1.push(finding);
        }
        groups
    }

    /// `v1.3.7 -> v1.3.45`, with the product if it is of one.
    pub(super) fn title(&self) -> String {
        let of = self.product.as_ref().map(|product| format!(", product {product}")).unwrap_or_default();
        format!("{} -> {}{of}", self.old.release, self.new.release)
    }

    /// `3 errors, 1 warning, 2 infos`, with what is accepted.
    #[must_use]
    pub fn counts(&self) -> String {
        use super::level::Level;
        let [errors, warnings, infos] = [Level::Error, Level::Warning, Level::Info].map(|level| {
            let count = self.count(level);
            format!("{count} {level}{}", if count == 1 { "" } else { "s" })
        });
        let accepted = self.findings.len() - self.open().count();
        let accepted = if accepted > 0 { format!(", {accepted} accepted") } else { String::new() };
        format!("{errors}, {warnings}, {infos}{accepted}")
    }
}

/// A text in which whoever reads HTML sees nothing but text.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The first so many characters.
pub(super) fn cut(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    text.chars().take(longest.saturating_sub(3)).chain("...".chars()).collect()
}
