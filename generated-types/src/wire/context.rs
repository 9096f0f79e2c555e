//! The state of one decoding: how to judge, and what was found.

use super::{Rule, Violation, Violations};

/// Who reads, and how strictly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// As a client reads what a server of another version sent: what can be understood is taken.
    Tolerant,
    /// As a server reads a request: everything the contract asks for is checked.
    Strict,
}

/// How a document is judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Who reads.
    pub mode: Mode,
    /// Whether a member that a closed object does not name is a violation (in strict mode).
    pub reject_unknown_members: bool,
    /// How many violations are kept; those beyond are only counted as "more".
    pub max_violations: usize,
}

impl Options {
    /// How a client reads a response.
    pub const TOLERANT: Self =
        Self { mode: Mode::Tolerant, reject_unknown_members: false, max_violations: 16 };
    /// How a server reads a request: as the contract says, to the letter.
    pub const STRICT: Self = Self { mode: Mode::Strict, reject_unknown_members: true, max_violations: 64 };
}

/// The state of one decoding.
///
/// Pointers are put together on the way out: a violation is recorded with an empty pointer, and
/// each object or array it passes puts a token before it. What is valid pays nothing for it.
#[derive(Debug)]
pub struct Context {
    pub(super) options: Options,
    /// How many unions the value at hand stands in.
    pub(super) unions: usize,
    /// Whether a tolerant reader keeps a value that is none of the variants of a union. Not while
    /// it is tried which variant of another union a value is.
    pub(super) keeps_unknown: bool,
    list: Vec<Violation>,
    failures: usize,
}

impl Context {
    /// A decoding that has found nothing yet.
    #[must_use]
    pub fn new(options: &Options) -> Self {
        let options = options.clone();
        Self { options, unions: 0, keeps_unknown: true, list: Vec::new(), failures: 0 }
    }

    /// Whether constraints are checked.
    #[must_use]
    pub fn strict(&self) -> bool {
        self.options.mode == Mode::Strict
    }

    // What follows is for what is wrong, and cold, so that it stands beside the way that documents take.

    /// Records a violation of the value at hand.
    #[cold]
    pub fn record(&mut self, rule: Rule, limit: Option<String>) {
        self.push(Violation::new(rule, limit));
    }

    /// Records a violation and gives the `None` that stands for the value.
    #[cold]
    pub(super) fn fail<T>(&mut self, rule: Rule, limit: &str) -> Option<T> {
        self.record(rule, Some(limit.to_owned()));
        None
    }

    #[cold]
    pub(super) fn push(&mut self, violation: Violation) {
        self.failures += 1;
        if self.list.len() < self.options.max_violations {
            self.list.push(violation);
        }
    }

    /// A decoding of the value at hand on trial, as one variant of a union.
    pub(super) fn attempt(&self, options: Options) -> Self {
        Self { options, unions: self.unions + 1, keeps_unknown: false, list: Vec::new(), failures: 0 }
    }

    /// Takes over what another decoding of the same value found.
    pub(super) fn adopt(&mut self, other: Self) {
        let more = other.failures - other.list.len();
        for violation in other.list {
            self.push(violation);
        }
        self.failures += more;
    }

    /// How many violations were found so far, kept or not.
    pub(super) fn failures(&self) -> usize {
        self.failures
    }

    /// How many violations are kept so far: the mark from which [`Self::prefix`] starts.
    pub(super) fn mark(&self) -> usize {
        self.list.len()
    }

    /// Puts a token before the pointers of the violations kept since `mark`.
    #[cold]
    pub(super) fn prefix(&mut self, mark: usize, token: &str) {
        for violation in self.list.iter_mut().skip(mark) {
            violation.prefix(token);
        }
    }

    /// What was found.
    #[must_use]
    pub fn into_violations(self) -> Violations {
        Violations { more: self.failures > self.list.len(), list: self.list }
    }
}
