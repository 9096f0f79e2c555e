//! A report for a terminal: grouped by construct, worst first, with what it does to Rust code.

use super::super::level::Level;
use super::super::report::{Bump, Change, Finding, Report, Touched};
use super::cut;
use std::fmt::{self, Write};

/// How many items of Rust a finding shows, and how long a signature may be.
const ITEMS: usize = 3;
const LONGEST: usize = 110;

impl fmt::Display for Report {
    /// Coloured; whoever prints it where there are no colours takes the escapes out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{BOLD}{}{RESET}", self.title())?;
        for (construct, findings) in self.by_construct() {
            writeln!(f, "\n{BOLD}{}{RESET}", plain(construct))?;
            for finding in findings {
                write_finding(f, finding)?;
            }
        }
        writeln!(f)?;
        for problem in &self.problems {
            writeln!(f, "{RED}problem{RESET}: {}", plain(problem))?;
        }
        for entry in &self.stale {
            writeln!(f, "{RED}stale{RESET}: {}", plain(&entry.to_string()))?;
        }
        write_summary(f, self)
    }
}

const BOLD: &str = "\x1b[1m";
const DIM: &str = "\x1b[2m";
const RED: &str = "\x1b[1;31m";
const RESET: &str = "\x1b[0m";

/// A text of one line that does nothing to a terminal.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn colour(level: Level) -> &'static str {
    match level {
        Level::Error => RED,
        Level::Warning => "\x1b[1;33m",
        Level::Info => "\x1b[36m",
        Level::None => DIM,
    }
}

fn write_finding(f: &mut fmt::Formatter<'_>, finding: &Finding) -> fmt::Result {
    let paint = if finding.accepted.is_some() { DIM } else { colour(finding.level) };
    let values =
        finding.values().map(|values| format!(": {}", cut(&plain(&values), LONGEST))).unwrap_or_default();
    writeln!(f, "  {paint}{:<7}{RESET} {}{values}", finding.level, plain(&finding.headline()))?;
    writeln!(f, "          {DIM}{} at {}{RESET}", finding.id, plain(&finding.place()))?;
    writeln!(f, "          wire {}, code {}{}", finding.wire.level, finding.code.level, reach(finding))?;
    for why in &finding.why {
        writeln!(f, "          {DIM}{why}{RESET}")?;
    }
    if let Some(reason) = &finding.accepted {
        writeln!(f, "          accepted: {}", plain(reason))?;
    }
    for item in finding.code.items.iter().take(ITEMS) {
        write_item(f, item)?;
    }
    match finding.code.items.len().saturating_sub(ITEMS) {
        0 => Ok(()),
        more => writeln!(f, "          {DIM}and {more} more items{RESET}"),
    }
}

fn write_item(f: &mut fmt::Formatter<'_>, item: &Touched) -> fmt::Result {
    writeln!(f, "          {DIM}{} {}{RESET}", item.change, item.item)?;
    let shown = item.change != Change::Removed;
    for (sign, signature) in [('-', &item.before), ('+', &item.after)] {
        if let (Some(signature), true) = (signature, shown) {
            writeln!(f, "            {DIM}{sign} {}{RESET}", cut(signature, LONGEST))?;
        }
    }
    Ok(())
}

/// In how many operations a finding is, and in which.
fn reach(finding: &Finding) -> String {
    let mut text = String::new();
    let directions = [("requests", finding.wire.request), ("responses", finding.wire.response)];
    let there: Vec<&str> =
        directions.iter().filter(|(_, effect)| effect.is_some()).map(|(name, _)| *name).collect();
    let count = finding.operations.count;
    // Writing to a string cannot fail.
    let _ = match (finding.schema.is_some(), finding.operations.first.first()) {
        (true, Some(first)) if count == 1 => {
            write!(text, "; in {} of {}", there.join(" and "), plain(first))
        }
        (true, Some(first)) => {
            write!(text, "; in {} of {count} operations, {}...", there.join(" and "), plain(first))
        }
        _ => Ok(()),
    };
    text
}

fn write_summary(f: &mut fmt::Formatter<'_>, report: &Report) -> fmt::Result {
    write!(f, "{}", report.counts())?;
    let gen_text = if report.verdict.regenerated { "differs" } else { "is the same" };
    writeln!(f, "; wire {}, code {}, generated source {gen_text}", report.verdict.wire, report.verdict.code)?;
    for own in report.crates.iter().filter(|own| own.bump > Bump::None) {
        let [gone, new, changed] = own.items;
        let bump = own.bump;
        writeln!(f, "{}: {bump} version; {gone} items removed, {new} added, {changed} changed", own.name)?;
    }
    Ok(())
}
