//! Where a JSON pointer leads, through references on its way.

use super::arena::Id;
use super::dereference::Work;
use crate::diagnostic::Code;
use crate::load::reference::{Target, escape, resolve, tokens};

/// Longest chain of references.
const MAX_CHAIN: usize = 100;

/// The references that are being followed, innermost first: from where, to what.
pub(super) struct Chain<'c> {
    pub(super) from: &'c Target,
    pub(super) target: &'c Target,
    pub(super) above: Option<&'c Chain<'c>>,
}

impl Chain<'_> {
    /// How long it is, and whether it came back to its innermost reference.
    fn measure(&self) -> (usize, bool) {
        let mut length = 1;
        let mut link = self.above;
        while let Some(Chain { from, target, above }) = link {
            if (*from, *target) == (self.from, self.target) {
                return (length, true);
            }
            length += 1;
            link = *above;
        }
        (length, false)
    }
}

/// What a reference points to.
pub(super) struct Pointed {
    /// Where that is, once all references on the way are followed.
    pub(super) at: Target,
    /// The value there.
    pub(super) value: Id,
    /// Whether it is a reference to itself.
    pub(super) itself: bool,
}

impl Work<'_, '_> {
    /// Follows the innermost reference of a chain; `None`, and a finding, when it leads nowhere.
    pub(super) fn resolve(&mut self, chain: &Chain<'_>) -> Option<Pointed> {
        let Chain { from, target, .. } = chain;
        let (length, closed) = chain.measure();
        if closed || length > MAX_CHAIN {
            let message = format!("a chain of {length} references that never comes to an end");
            self.report(Code::ReferenceCycle, from, message);
            return None;
        }
        let Some(tokens) = tokens(&target.pointer) else {
            let message = format!("`{}` is not a JSON pointer", target.pointer);
            self.report(Code::UnresolvedReference, from, message);
            return None;
        };
        let Some(value) = self.root(&target.file) else {
            // A file that is there but no YAML has a finding of its own.
            if !self.exists(&target.file) {
                let message = format!("there is no file `{}`", target.file);
                self.report(Code::UnresolvedReference, from, message);
            }
            return None;
        };
        let mut pointed = Pointed { at: (*target).clone(), value, itself: false };
        let mut rest = tokens.as_slice();
        while !rest.is_empty() {
            let extended = self.arena.len(pointed.value) > 1;
            let before = pointed.itself;
            if self.step(&mut pointed, chain)? {
                let below: String = rest.iter().map(|token| format!("/{}", escape(token))).collect();
                pointed.at.pointer += &below;
            } else if extended {
                // It has members of its own besides the reference to itself: the pointer goes there.
                pointed.itself = before;
            }
            let Some((child, taken)) = self.below(pointed.value, rest) else {
                let message =
                    format!("`{}` has nothing at `{}`: no `{}` there", target.file, target.pointer, rest[0]);
                self.report(Code::UnresolvedReference, from, message);
                return None;
            };
            pointed.value = child;
            rest = &rest[taken..];
        }
        let back =
            self.arena.reference(pointed.value).map(|r| resolve(&pointed.at.file, r).as_ref() == Some(from));
        if back == Some(false) {
            self.step(&mut pointed, chain)?;
        }
        Some(pointed)
    }

    /// The child that the next tokens name, and how many of them: a name that holds slashes may
    /// have been written without escaping them.
    fn below(&mut self, value: Id, tokens: &[String]) -> Option<(Id, usize)> {
        let (first, _) = tokens.split_first()?;
        if let Some(child) = self.arena.child(value, first) {
            return Some((child, 1));
        }
        let longer = (2..=tokens.len()).rev();
        longer
            .into_iter()
            .find_map(|taken| self.arena.child(value, &tokens[..taken].join("/")).map(|child| (child, taken)))
    }

    /// Follows the reference that is at `pointed`, if one is; whether that is elsewhere now.
    fn step(&mut self, pointed: &mut Pointed, chain: &Chain<'_>) -> Option<bool> {
        let Some(reference) = self.arena.reference(pointed.value) else { return Some(false) };
        let Some(target) = resolve(&pointed.at.file, reference) else {
            let message = format!("`{reference}` leads out of the source");
            self.report(Code::UnresolvedReference, &pointed.at, message);
            return None;
        };
        if target == pointed.at && !chain.from.pointer.is_empty() {
            pointed.itself = true;
            return Some(false);
        }
        let above = Some(chain);
        let found = self.resolve(&Chain { from: &pointed.at, target: &target, above })?;
        if self.arena.len(pointed.value) > 1 {
            pointed.value = self.extend(pointed.value, found.value);
            return Some(false);
        }
        pointed.at = found.at;
        pointed.value = found.value;
        Some(true)
    }
}
