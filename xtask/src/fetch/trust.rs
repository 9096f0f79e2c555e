//! Whether a source is the one that was locked.
//!
//! A release that was fetched once and now has another content is refused: a tag that was moved, a
//! mirror that is not one, a file that was tampered with. Who expects it says `--relock`.

use crate::talk::Talk;
use meshery_generator::contract::diff::{self, Cause, Difference};
use meshery_generator::contract::lock::{Kind, Lock, Source};
use meshery_generator::contract::{self, Contract};
use meshery_generator::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use std::path::Path;

/// Most differences that are named.
const MAX_NAMED: usize = 20;
const LOCK: &str = "schemas.lock";
const CONTRACT: &str = "contract.yml";
const HELP: &str =
    "a release does not change: ask upstream, or who runs the mirror; `--relock` takes it as it is";

/// The contract and the lock that are about to be replaced.
pub(super) struct Held {
    pub(super) lock: Option<Lock>,
    pub(super) contract: Option<Contract>,
}

impl Held {
    /// Those in a folder; what is not there counts as nothing, and so does what cannot be read.
    pub(super) fn read(folder: &Path, talk: &Talk) -> Self {
        let text = |name: &str| std::fs::read_to_string(folder.join(name)).ok();
        let lock = text(LOCK).map(|text| Lock::parse(&text, LOCK));
        if let Some(Err(_)) = lock {
            let folder = folder.display();
            talk.say(&format!("{LOCK} in {folder} is no lock: there is nothing to compare with"));
        }
        let contract = text(CONTRACT).and_then(|text| contract::read(&text, CONTRACT).ok());
        Self { lock: lock.and_then(Result::ok), contract }
    }

    /// What of a source is not as it was locked; `made` is the contract that comes of it.
    pub(super) fn differences(&self, source: &Source, made: Option<&Contract>) -> Diagnostics {
        let mut found = Diagnostics::new();
        let locked = self.lock.as_ref().map(|lock| &lock.source);
        let Some(locked) = locked.filter(|locked| locked.is_of(source)) else { return found };
        let mut differs = |member: &str, what: &str, now: &str, then: &str| {
            if now != then {
                let message = format!("{what} of {} is {now}, locked is {then}", source.tag);
                let place = Place::new(LOCK, format!("/source/{member}"));
                found.push(Diagnostic::new(Code::SourceChanged, place, message).help(HELP));
            }
        };
        // Bundles are compared one by one: another choice of them is no other release.
        if source.kind != Kind::Bundle {
            let whole = |source: &Source| format!("{} over {} files", source.sha256, source.files);
            differs("sha256", "the digest", &whole(source), &whole(locked));
        }
        let integrity = |source: &Source| source.integrity.clone().unwrap_or_default();
        differs("integrity", "the integrity of the tarball", &integrity(source), &integrity(locked));
        if let (Some(now), Some(then)) = (&source.commit, &locked.commit) {
            differs("commit", "the commit", now, then);
        }
        for bundle in &source.bundles {
            if let Some(then) = locked.bundles.iter().find(|then| then.of == bundle.of) {
                let what = format!("the digest of the bundle of {}", bundle.of);
                differs("bundles", &what, &bundle.sha256, &then.sha256);
            }
        }
        if let (true, Some(held), Some(made)) = (found.has_errors(), &self.contract, made) {
            let message = changed(held, made);
            found.push(Diagnostic::new(Code::SourceChanged, Place::new(CONTRACT, ""), message));
        }
        found
    }
}

/// Which facts two contracts do not have in common.
fn changed(held: &Contract, made: &Contract) -> String {
    let all = diff::compare(held, made).differences;
    if all.is_empty() {
        return "the contract that comes of it says the same".to_owned();
    }
    let named: Vec<_> = all.iter().take(MAX_NAMED).map(told).collect();
    let more = all.len().saturating_sub(MAX_NAMED);
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    format!("the contract that comes of it differs in {} facts: {}{more}", all.len(), named.join("; "))
}

/// A fact that differs: where, what, and what it says before and now.
fn told(difference: &Difference) -> String {
    let place = difference.place.to_string();
    let mut text = format!("{place}: {}", difference.what.as_str());
    if !place.contains(&difference.name) {
        text += &format!(" `{}`", difference.name);
    }
    text + &match (difference.cause, &difference.before, &difference.after) {
        (Cause::OnlyInA, ..) => " is gone".to_owned(),
        (Cause::OnlyInB, ..) => " is new".to_owned(),
        (_, Some(before), Some(after)) => format!(" was {before}, is {after}"),
        (cause, ..) => format!(" {}", cause.as_str()),
    }
}
