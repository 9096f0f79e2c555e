//! Regular expressions, compiled when they are first needed.

use regex::Regex;
use regex_automata::dfa::dense::{self, DFA};
use regex_automata::dfa::{Automaton, StartKind};
use regex_automata::nfa::thompson::{self, WhichCaptures};
use regex_automata::{Anchored, Input};
use std::fmt;
use std::sync::OnceLock;

/// How many bytes the states of one pattern may take, once they are made.
const STATES: usize = 64 * 1024;
/// How many bytes it may take to make them.
const MAKING: usize = 256 * 1024;

/// A regular expression, compiled once, when it is first needed. It matches in linear time.
pub struct Pattern {
    source: &'static str,
    engine: OnceLock<Option<Engine>>,
}

/// What finds a pattern in a text.
enum Engine {
    /// All states made beforehand, for a pattern that has few: nothing is made, looked up or shared
    /// between threads while a text is read.
    States(Box<DFA<Vec<u32>>>),
    /// Any other pattern.
    Regex(Regex),
}

impl Engine {
    fn new(source: &str) -> Option<Self> {
        let states = dense::Builder::new()
            .configure(
                dense::Config::new()
                    .start_kind(StartKind::Unanchored)
                    .dfa_size_limit(Some(STATES))
                    .determinize_size_limit(Some(MAKING)),
            )
            .thompson(
                thompson::Config::new().which_captures(WhichCaptures::None).nfa_size_limit(Some(MAKING)),
            )
            .build(source);
        states
            .map(|states| Self::States(Box::new(states)))
            .or_else(|_| Regex::new(source).map(Self::Regex))
            .ok()
    }

    fn is_match(&self, text: &str) -> bool {
        match self {
            Self::States(states) => {
                let input = Input::new(text).anchored(Anchored::No).earliest(true);
                states.try_search_fwd(&input).is_ok_and(|found| found.is_some())
            }
            Self::Regex(regex) => regex.is_match(text),
        }
    }
}

impl Pattern {
    /// A pattern in the syntax of the crate `regex`.
    #[must_use]
    pub const fn new(source: &'static str) -> Self {
        Self { source, engine: OnceLock::new() }
    }

    /// Its text.
    #[must_use]
    pub const fn source(&self) -> &'static str {
        self.source
    }

    /// Whether it is found in `text`. The generator has checked that it compiles; one that does
    /// not is found nowhere.
    #[must_use]
    pub fn is_match(&self, text: &str) -> bool {
        let engine = self.engine.get_or_init(|| Engine::new(self.source));
        engine.as_ref().is_some_and(|engine| engine.is_match(text))
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pattern").field(&self.source).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::{Engine, Pattern};
    use proptest::prelude::*;
    use regex::Regex;

    /// With anchors and without, with classes of Unicode, repetitions, alternatives and flags.
    const PATTERNS: &[&str] = &[
        "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
        "^([a-z][a-z0-9.-]*/)?v(alpha|beta|[0-9]+)([.-][a-z0-9]+)*$",
        "a|b+c",
        "",
        "^$",
        "(?m)^a$",
        "(?i)é.b",
        r"\d\s",
        r"(?-u:\b)a",
        "^.{2,3}$",
        "[^a]$",
    ];

    #[test]
    fn those_with_few_states_have_them_made_and_others_match_too() {
        assert!(PATTERNS.iter().all(|p| matches!(Engine::new(p), Some(Engine::States(_)))));
        for (pattern, found, not) in [
            (r"\bfoo\b", "a foo!", "food"),
            ("(a|b)*a(a|b){12}$", "aaaaaaaaaaaaaa", "abbb"),
            (r"^\w{1,90}$", "äöü", ""),
        ] {
            let engine = Engine::new(pattern);
            assert!(matches!(engine, Some(Engine::Regex(_))), "{pattern}");
            assert!(engine.is_some_and(|e| e.is_match(found) && !e.is_match(not)), "{pattern}");
        }
    }

    #[test]
    fn what_does_not_compile_is_found_nowhere() {
        assert!(!Pattern::new("(").is_match("("));
    }

    proptest! {
        #[test]
        fn it_is_found_where_a_regex_finds_it(text in "[abcv1-9é/.\\- \\n]{0,6}|.{0,8}") {
            for pattern in PATTERNS {
                let regex = Regex::new(pattern).unwrap();
                let engine = Engine::new(pattern).unwrap();
                prop_assert_eq!(engine.is_match(&text), regex.is_match(&text), "{} in {:?}", pattern, text);
            }
        }
    }
}
