//! What is said to people, on stderr. Colours appear on a terminal only, and `NO_COLOR` is heeded.

use indicatif::{ProgressBar, ProgressStyle};
use meshery_generator::diagnostic::{Diagnostics, Severity};
use std::io::IsTerminal;

/// Says things, or keeps quiet.
pub(crate) struct Talk {
    quiet: bool,
}

impl Talk {
    /// Talk that says nothing but errors if `quiet`.
    pub(crate) fn new(quiet: bool) -> Self {
        Self { quiet }
    }

    /// What is going on.
    pub(crate) fn say(&self, line: &str) {
        if !self.quiet {
            anstream::eprintln!("{line}");
        }
    }

    /// What went wrong.
    pub(crate) fn error(&self, line: &str) {
        anstream::eprintln!("\x1b[1;31merror\x1b[0m: {line}");
    }

    /// What can be done about what went wrong.
    pub(crate) fn advice(&self, line: &str) {
        anstream::eprintln!("\x1b[1mhelp\x1b[0m: {line}");
    }

    /// A bar for `total` bytes, or a counter when that is not known; only on a terminal.
    pub(crate) fn progress(&self, total: Option<u64>) -> ProgressBar {
        if self.quiet || !std::io::stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let (bar, template) = match total {
            Some(total) => (ProgressBar::new(total), "{wide_bar} {bytes}/{total_bytes} {eta}"),
            None => (ProgressBar::new_spinner(), "{spinner} {bytes}"),
        };
        match ProgressStyle::with_template(template) {
            Ok(style) => bar.with_style(style),
            Err(_) => bar,
        }
    }

    /// Findings of the generator: errors always, warnings unless quiet.
    pub(crate) fn findings(&self, found: &Diagnostics) {
        for finding in found {
            let colour = match finding.severity() {
                Severity::Error => "\x1b[1;31m",
                Severity::Warning if self.quiet => continue,
                Severity::Warning => "\x1b[1;33m",
            };
            let text = finding.to_string();
            let (head, rest) = text.split_once(':').unwrap_or((&text, ""));
            anstream::eprintln!("{colour}{head}\x1b[0m:{rest}\n");
        }
    }
}
