//! Texts that match a pattern.

use super::random::Random;
use regex::Regex;
use regex_syntax::hir::{Class, Hir, HirKind};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The patterns that were met so far, compiled.
#[derive(Debug, Default)]
pub(super) struct Patterns(Mutex<BTreeMap<String, Option<Arc<Pattern>>>>);

/// A pattern.
#[derive(Debug)]
pub(super) struct Pattern {
    regex: Regex,
    hir: Hir,
}

impl Patterns {
    /// A pattern by its text; none if it cannot be read.
    pub(super) fn get(&self, text: &str) -> Option<Arc<Pattern>> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let compile = || {
            let pattern = Pattern { regex: Regex::new(text).ok()?, hir: regex_syntax::parse(text).ok()? };
            Some(Arc::new(pattern))
        };
        held.entry(text.to_owned()).or_insert_with(compile).clone()
    }
}

impl Pattern {
    pub(super) fn matches(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }

    /// A text that mostly matches: what stands around a place (`\b`) is not looked at. What may be
    /// repeated for ever is so `more` times at most.
    pub(super) fn draw(&self, random: &mut Random, more: u64) -> String {
        let mut out = String::new();
        draw(&self.hir, random, more, &mut out);
        out
    }
}

fn draw(hir: &Hir, random: &mut Random, more: u64, out: &mut String) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => out.push_str(&String::from_utf8_lossy(&literal.0)),
        HirKind::Class(class) => out.extend(character(class, random)),
        HirKind::Repetition(repetition) => {
            let least = u64::from(repetition.min);
            let most = repetition.max.map_or(least + more, |max| u64::from(max).min(least + more));
            for _ in 0..least + random.below(most - least + 1) {
                draw(&repetition.sub, random, more, out);
            }
        }
        HirKind::Capture(capture) => draw(&capture.sub, random, more, out),
        HirKind::Concat(all) => all.iter().for_each(|part| draw(part, random, more, out)),
        HirKind::Alternation(all) => {
            let index = usize::try_from(random.below(all.len() as u64)).unwrap_or_default();
            if let Some(part) = all.get(index) {
                draw(part, random, more, out);
            }
        }
    }
}

/// A character of a class, of those that read well if it has any.
fn character(class: &Class, random: &mut Random) -> Option<char> {
    let ranges: Vec<(char, char)> = match class {
        Class::Unicode(class) => class.ranges().iter().map(|r| (r.start(), r.end())).collect(),
        Class::Bytes(class) => class.ranges().iter().map(|r| (r.start().into(), r.end().into())).collect(),
    };
    let is_in = |c: char| ranges.iter().any(|(first, last)| (*first..=*last).contains(&c));
    for nice in ["abcdefghijklmnopqrstuvwxyz", "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"] {
        let all: Vec<char> = nice.chars().filter(|c| is_in(*c)).collect();
        if !all.is_empty() {
            return Some(random.pick(&all));
        }
    }
    ranges.first().map(|(first, _)| *first)
}

#[cfg(test)]
mod tests {
    use super::{Patterns, Random};

    #[test]
    fn what_is_drawn_matches() {
        let patterns = Patterns::default();
        let mut random = Random::new(1, &[]);
        for text in
            ["^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "^v(alpha|[0-9]+)$", r"^git://x\.y/[\w.-]+$", "^https?://"]
        {
            let pattern = patterns.get(text).unwrap();
            for _ in 0..50 {
                let drawn = pattern.draw(&mut random, 6);
                assert!(pattern.matches(&drawn), "{text}: {drawn}");
            }
        }
        assert!(patterns.get("(").is_none());
    }
}
