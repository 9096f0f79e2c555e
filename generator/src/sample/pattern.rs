//! Strings that match a pattern.

use rand::distr::Distribution;
use rand::rngs::Xoshiro256PlusPlus;
use regex_syntax::hir::{Hir, HirKind, Repetition};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Patterns, compiled once.
#[derive(Clone, Debug, Default)]
pub(super) struct Patterns(BTreeMap<String, Option<Arc<Pattern>>>);

/// A pattern as a generator of candidates.
#[derive(Debug)]
struct Pattern {
    /// Short and long candidates.
    generators: Vec<rand_regex::Regex>,
}

/// The greatest number of repetitions, for short and for long candidates.
const REPEAT: [u32; 2] = [6, 80];

impl Patterns {
    /// A candidate for a pattern; look-arounds are not heeded, so it has to be checked.
    pub(super) fn draw(&mut self, pattern: &str, long: bool, rng: &mut Xoshiro256PlusPlus) -> Option<String> {
        if !self.0.contains_key(pattern) {
            self.0.insert(pattern.to_owned(), Pattern::new(pattern).map(Arc::new));
        }
        let compiled = self.0.get(pattern)?.as_ref()?;
        let generator = compiled.generators.get(usize::from(long))?;
        Distribution::<Result<String, _>>::sample(generator, rng).ok()
    }
}

impl Pattern {
    fn new(pattern: &str) -> Option<Self> {
        let hir = regex_syntax::parse(pattern).ok()?;
        let hir = without_looks(hir);
        let generators = REPEAT.iter().map(|n| rand_regex::Regex::with_hir(hir.clone(), *n).ok());
        Some(Self { generators: generators.collect::<Option<_>>()? })
    }
}

/// The same without anchors and word boundaries, which a generator cannot heed.
fn without_looks(hir: Hir) -> Hir {
    match hir.into_kind() {
        HirKind::Empty | HirKind::Look(_) => Hir::empty(),
        HirKind::Literal(literal) => Hir::literal(literal.0),
        HirKind::Class(class) => Hir::class(class),
        HirKind::Repetition(repetition) => {
            let sub = Box::new(without_looks(*repetition.sub));
            Hir::repetition(Repetition { sub, ..repetition })
        }
        HirKind::Capture(capture) => without_looks(*capture.sub),
        HirKind::Concat(parts) => Hir::concat(parts.into_iter().map(without_looks).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.into_iter().map(without_looks).collect()),
    }
}
