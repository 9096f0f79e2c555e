//! What the phases have to say about their input, and the one table of codes.
//!
//! A phase never stops at its first finding: it pushes [`Diagnostic`]s into a [`Diagnostics`] and
//! goes on with what it can. The next phase starts only if none of them is an error
//! ([`Diagnostics::ok`]).

use std::fmt;
use std::str::FromStr;

mod code;
pub use code::Code;

/// How much a [`Diagnostic`] matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The next phase does not start.
    Error,
    /// The input is odd; what is done about it is in the message.
    Warning,
}

impl Severity {
    /// In a word: `error`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Severity {
    type Err = UnknownSeverity;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let known = [Self::Error, Self::Warning].into_iter().find(|severity| severity.as_str() == word);
        known.ok_or_else(|| UnknownSeverity(word.to_owned()))
    }
}

/// A word that is no [`Severity`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownSeverity(String);

impl fmt::Display for UnknownSeverity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no severity; expected `error` or `warning`", self.0)
    }
}

impl std::error::Error for UnknownSeverity {}

/// A place in an input: a file, a JSON pointer in it, and the line where that is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file, relative to the root of its source; empty when there is no file.
    pub file: String,
    /// The JSON pointer in that file; empty for the whole document.
    pub pointer: String,
    /// The line, from 1.
    pub line: Option<usize>,
}

impl Place {
    /// A place known by file and pointer; the line is found later, and only if it is reported.
    pub fn new(file: impl Into<String>, pointer: impl Into<String>) -> Self {
        Self { file: file.into(), pointer: pointer.into(), line: None }
    }

    /// The place of the member or element `token` below this one (escaped as RFC 6901 asks).
    #[must_use]
    pub fn child(&self, token: impl fmt::Display) -> Self {
        let token = token.to_string().replace('~', "~0").replace('/', "~1");
        Self { file: self.file.clone(), pointer: format!("{}/{token}", self.pointer), line: None }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.file.is_empty() { "<input>" } else { &self.file })?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if !self.pointer.is_empty() {
            write!(f, " at {}", one_line(&self.pointer))?;
        }
        Ok(())
    }
}

/// A text of the input as it is shown: what would break the line, or is not seen, is escaped.
#[must_use]
pub fn one_line(text: &str) -> String {
    let shown = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(shown).collect()
}

/// One finding of a phase.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// Where.
    pub place: Place,
    /// Which kind of finding; its severity and meaning are in the table of [`Code`]s.
    pub code: Code,
    /// What is wrong, and what was expected.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A finding of kind `code` at `place`.
    pub fn new(code: Code, place: Place, message: impl Into<String>) -> Self {
        Self { place, code, message: message.into(), help: None }
    }

    /// The same with advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The severity, which its code decides.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]: {}\n  --> {}", self.severity(), self.code, self.message, self.place)?;
        if let Some(help) = &self.help {
            write!(f, "\n  = help: {help}")?;
        }
        Ok(())
    }
}

/// The findings of a run, in the order of their places once [sorted](Self::sort).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// No findings.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One finding.
    #[must_use]
    pub fn one(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }

    /// Adds a finding.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Takes over the findings of another run.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Whether one of them is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|d| d.severity() == Severity::Error)
    }

    /// How many there are of a severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.0.iter().filter(|d| d.severity() == severity).count()
    }

    /// `Ok` with a value if there is no error, else all findings.
    ///
    /// Warnings stay in `self`, so that the caller can report them beside the value.
    ///
    /// # Errors
    /// All findings so far, sorted, when one of them is an error.
    pub fn ok<T>(&mut self, value: T) -> Result<T, Self> {
        if self.has_errors() {
            let mut all = std::mem::take(self);
            all.sort();
            Err(all)
        } else {
            Ok(value)
        }
    }

    /// Sorts by place, then code, and drops repetitions.
    pub fn sort(&mut self) {
        self.0.sort();
        self.0.dedup();
    }

    /// The findings.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// The findings, to complete their lines.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, Diagnostic> {
        self.0.iter_mut()
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, diagnostic) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str("\n\n")?;
            }
            diagnostic.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}
