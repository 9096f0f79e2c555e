//! A report as annotations of GitHub Actions: ten of each level at most, and a line that sums up.

use super::super::level::Level;
use super::super::report::{Finding, Report};
use super::Annotated;
use std::fmt::Write;

/// How many of each level GitHub shows.
const MOST: usize = 10;

impl Report {
    /// The report as workflow commands on a file.
    #[must_use]
    pub fn to_github(&self, on: Annotated<'_>) -> String {
        let mut text = String::new();
        for problem in &self.problems {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "::error title=drift::{}", data(problem));
        }
        for entry in self.stale.iter().take(MOST) {
            let _ = writeln!(text, "::error title=drift%3A stale::{}", data(&entry.to_string()));
        }
        for (level, command) in
            [(Level::Error, "error"), (Level::Warning, "warning"), (Level::Info, "notice")]
        {
            for finding in self.open().filter(|finding| finding.level == level).take(MOST) {
                let line = on.line(finding).map(|line| format!(",line={line}")).unwrap_or_default();
                let file = property(on.file);
                let title = property(&format!("drift: {}", finding.id));
                let _ = writeln!(
                    text,
                    "::{command} file={file}{line},title={title}::{}",
                    data(&message(finding))
                );
            }
        }
        let shown = |level| self.count(level).min(MOST);
        let shown = shown(Level::Error) + shown(Level::Warning) + shown(Level::Info);
        let of = format!("{shown} of {} shown", self.findings.len());
        let _ = writeln!(text, "Drift {}: {}; {of}", self.title(), self.counts());
        text
    }
}

fn message(finding: &Finding) -> String {
    let values = finding.values().map(|values| format!(": {values}")).unwrap_or_default();
    let wire = format!("wire {}, code {}", finding.wire.level, finding.code.level);
    format!("{}{values} at {} ({wire})", finding.headline(), finding.place())
}

/// Text that ends neither the command nor the line.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{data, property};

    #[test]
    fn what_the_contract_says_is_no_command() {
        assert_eq!(data("50%\n::error::x"), "50%25%0A::error::x");
        assert_eq!(property("a,b: c"), "a%2Cb%3A c");
    }
}
