//! A report for an issue or the comment of a pull request.

use super::super::level::Level;
use super::super::report::{Bump, Finding, Report};
use super::cut;
use std::fmt::Write;

/// How long it may be: what GitHub takes in a comment, with room for what is around it.
const LONGEST: usize = 60_000;

impl Report {
    /// The report in Markdown: short enough for a comment, the worst first.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut text = format!("## Drift: {}\n\n", inert(&self.title()));
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}.\n", self.counts());
        let _ = writeln!(text, "| verdict | |\n|---|---|");
        let _ = writeln!(text, "| wire | {} |\n| code | {} |", self.verdict.wire, self.verdict.code);
        for own in self.crates.iter().filter(|own| own.bump > Bump::None) {
            let [gone, new, changed] = own.items;
            let _ = writeln!(
                text,
                "| {} | {}: {gone} items removed, {new} added, {changed} changed |",
                own.name, own.bump
            );
        }
        for problem in &self.problems {
            let _ = writeln!(text, "\n**Problem**: {}", inert(problem));
        }
        for entry in &self.stale {
            let _ = writeln!(text, "\n**Stale**: {}", inert(&entry.to_string()));
        }
        if self.findings.is_empty() {
            text.push_str("\nNothing changed.\n");
        }
        for (level, title) in [
            (Level::Error, "Errors"),
            (Level::Warning, "Warnings"),
            (Level::Info, "Infos"),
            (Level::None, "Generated source only"),
        ] {
            let findings: Vec<&Finding> = self.open().filter(|finding| finding.level == level).collect();
            section(&mut text, title, &findings, level == Level::Error);
        }
        let accepted: Vec<&Finding> =
            self.findings.iter().filter(|finding| finding.accepted.is_some()).collect();
        section(&mut text, "Accepted", &accepted, false);
        text
    }
}

fn section(text: &mut String, title: &str, findings: &[&Finding], open: bool) {
    if findings.is_empty() {
        return;
    }
    let open = if open { " open" } else { "" };
    let _ = writeln!(text, "\n<details{open}><summary>{title} ({})</summary>\n", findings.len());
    text.push_str("| what | where | wire | code |\n|---|---|---|---|\n");
    for (number, finding) in findings.iter().enumerate() {
        if text.len() > LONGEST {
            let _ = writeln!(text, "\nAnd {} more.", findings.len() - number);
            break;
        }
        row(text, finding);
    }
    text.push_str("\n</details>\n");
}

fn row(text: &mut String, finding: &Finding) {
    let values = finding.values().map(|values| format!(": {}", cut(&values, 100))).unwrap_or_default();
    let what = inert(&format!("{}{values}", finding.headline()));
    let count = finding.operations.count;
    let reach = if finding.schema.is_some() { format!(" ({count} operations)") } else { String::new() };
    let place = inert(&finding.place());
    let code = match finding.code.items.first() {
        Some(item) => format!("{}: {} `{}`", finding.code.level, item.change, item.item),
        None => finding.code.level.to_string(),
    };
    let why: String = finding.why.iter().map(|why| format!("<br>{}", inert(why))).collect();
    let accepted =
        finding.accepted.iter().map(|reason| format!("<br>accepted: {}", inert(reason))).collect::<String>();
    let _ = writeln!(text, "| {what}{why}{accepted} | {place}{reach} | {} | {code} |", finding.wire.level);
}

/// A text that is nothing but text in a cell of a table: no markup, no mentions, no links.
fn inert(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '|' | '*' | '[' | ']' | '\\' => out.extend(['\\', c]),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '@' => out.push_str("&#64;"),
            '\n' | '\r' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::inert;

    #[test]
    fn what_the_contract_says_is_no_markup() {
        assert_eq!(inert("a|b @me [x](y)\n<b>"), "a\\|b &#64;me \\[x\\](y) &lt;b&gt;");
    }
}
