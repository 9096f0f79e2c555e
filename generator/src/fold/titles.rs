//! Whose an operation of a bundle is. Bundling puts the title of each construct's document before
//! its tags, its security schemes and its components; here the two are told apart again.

use std::collections::BTreeSet;

/// The titles of the constructs that a bundle was made of, as prefixes.
#[derive(Debug, Default)]
pub(super) struct Titles(BTreeSet<String>);

impl Titles {
    /// Takes note that `whole` is a title before one of `names`.
    pub(super) fn learn<'n>(&mut self, whole: &str, names: impl IntoIterator<Item = &'n str>) {
        for name in names {
            if let Some(title) = whole.strip_suffix(name).and_then(|rest| rest.strip_suffix('_')) {
                self.0.insert(title.to_owned());
            }
        }
    }

    /// Takes note of a tag that says the same twice: `Team_Team`.
    pub(super) fn learn_doubled(&mut self, tag: &str) {
        let half = tag.len() / 2;
        if let (Some(a), Some(b)) = (tag.get(..half), tag.get(half + 1..))
            && a == b
            && tag.as_bytes().get(half) == Some(&b'_')
        {
            self.0.insert(a.to_owned());
        }
    }

    /// The title and what comes after it: the longest title that is known, else all up to the last `_`.
    pub(super) fn split<'t>(&self, whole: &'t str) -> (&'t str, &'t str) {
        let known = self.0.iter().filter_map(|title| {
            let rest = whole.strip_prefix(title.as_str())?.strip_prefix('_')?;
            (!rest.is_empty()).then(|| (&whole[..title.len()], rest))
        });
        let last = || whole.rsplit_once('_').filter(|(title, rest)| !title.is_empty() && !rest.is_empty());
        known.max_by_key(|(title, _)| title.len()).or_else(last).unwrap_or(("", whole))
    }
}
