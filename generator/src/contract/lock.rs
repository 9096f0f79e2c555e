//! `schemas/schemas.lock`: which source a contract was made of, so that the same release fetched
//! from GitHub, from a mirror, from an archive or from a checkout gives the same lock.
//!
//! How the files came is therefore not in it: `kind` says what they are (the source tree of the
//! schemas, or something made of them: the npm package, product bundles), `repository` or `package`
//! whose they are. A source that does not say its commit takes it from the lock it replaces, if
//! that is of the same files.

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::load::Tree;
use crate::load::digest;
use crate::load::sources::Sources;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const HEADER: &str =
    "# Which source schemas/contract.yml was made of. Written by `cargo xtask fetch`; do not edit.\n\n";

/// The lock of a contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    /// What the contract was made of.
    pub source: Source,
    /// The contract itself.
    pub contract: Locked,
}

/// What a contract was made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// What the files are.
    pub kind: Kind,
    /// Whose source tree they are: `meshery/schemas`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// Which npm package they are of: `@meshery/schemas`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// The release: `v1.3.45`.
    pub tag: String,
    /// The commit of the release, where the source says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// What the tarball of the package hashes to, as npm writes it: `sha512-...`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integrity: Option<String>,
    /// How many files.
    pub files: usize,
    /// SHA-256 over the lines `<sha256>  <path>` of all files, sorted by path.
    pub sha256: String,
    /// The bundles, where they are what was read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bundles: Vec<Bundle>,
}

/// What the files of a source are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The schemas as they are written.
    SourceTree,
    /// The documents of the npm package.
    Npm,
    /// Product bundles.
    Bundle,
}

/// One bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    /// What it is the bundle of: a product, or the merge of all.
    pub of: String,
    /// Where it was got from, without a query; nothing for a local file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// SHA-256 of its bytes.
    pub sha256: String,
}

impl Source {
    /// A source tree.
    #[must_use]
    pub fn tree(tree: &Tree, sources: &Sources, release: &str) -> Self {
        let files = tree.files.iter().map(|(path, file)| (path.clone(), file.sha256.clone())).collect();
        let repository = Some(sources.repository.name.clone());
        Self { repository, commit: tree.commit.clone(), ..Self::of(Kind::SourceTree, release, &files) }
    }

    /// The npm package `name`, whose tarball has that integrity, with the digests of its documents.
    #[must_use]
    pub fn npm(
        name: &str,
        release: &str,
        commit: Option<String>,
        integrity: String,
        files: &BTreeMap<String, String>,
    ) -> Self {
        let (package, integrity) = (Some(name.to_owned()), Some(integrity));
        Self { package, commit, integrity, ..Self::of(Kind::Npm, release, files) }
    }

    /// Product bundles, with the digests of their files.
    #[must_use]
    pub fn bundles(release: &str, commit: Option<String>, mut bundles: Vec<Bundle>) -> Self {
        bundles.sort_by(|a, b| a.of.cmp(&b.of));
        let files = bundles.iter().map(|bundle| (bundle.of.clone(), bundle.sha256.clone())).collect();
        Self { commit, bundles, ..Self::of(Kind::Bundle, release, &files) }
    }

    fn of(kind: Kind, release: &str, files: &BTreeMap<String, String>) -> Self {
        Self {
            kind,
            repository: None,
            package: None,
            tag: release.to_owned(),
            commit: None,
            integrity: None,
            files: files.len(),
            sha256: digest(files.iter().map(|(path, sha256)| (path.as_str(), sha256.as_str()))),
            bundles: Vec::new(),
        }
    }

    /// Whether both are the same release in the same form.
    #[must_use]
    pub fn is_of(&self, other: &Self) -> bool {
        self.kind == other.kind
            && self.tag == other.tag
            && self.repository == other.repository
            && self.package == other.package
    }

    /// What is missing for a source of that kind, or is too much, by name of the member.
    fn wrong(&self) -> Option<(&'static str, &'static str)> {
        let tree = self.kind == Kind::SourceTree;
        let npm = self.kind == Kind::Npm;
        [
            ("repository", tree, self.repository.is_some()),
            ("package", npm, self.package.is_some()),
            ("integrity", npm, self.integrity.is_some()),
            ("bundles", self.kind == Kind::Bundle, !self.bundles.is_empty()),
        ]
        .into_iter()
        .find(|(_, due, there)| due != there)
        .map(|(member, due, _)| (member, if due { "is missing" } else { "does not belong" }))
    }
}

/// A file that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Locked {
    /// SHA-256 of its bytes.
    pub sha256: String,
}

impl Lock {
    /// The lock of a contract, of which `text` is the file, made of `tree`.
    #[must_use]
    pub fn of(tree: &Tree, sources: &Sources, release: &str, text: &str) -> Self {
        Self {
            source: Source::tree(tree, sources, release),
            contract: Locked { sha256: super::sha256(text.as_bytes()) },
        }
    }

    /// The same, with the commit that `earlier` knows for the same files.
    #[must_use]
    pub fn completed_by(mut self, earlier: &Self) -> Self {
        let same = self.source.is_of(&earlier.source) && self.source.sha256 == earlier.source.sha256;
        if same && self.source.commit.is_none() {
            self.source.commit.clone_from(&earlier.source.commit);
        }
        self
    }

    /// Reads the text of a lock; `file` is how messages call it.
    ///
    /// # Errors
    /// [`Code::BadLock`] when it is not a lock.
    pub fn parse(text: &str, file: &str) -> Result<Self, Diagnostics> {
        let lock: Self = toml::from_str(text).map_err(|error| {
            let mut place = Place::new(file, "");
            place.line = error.span().map(|s| 1 + text[..s.start.min(text.len())].matches('\n').count());
            Diagnostics::one(
                Diagnostic::new(Code::BadLock, place, error.message().to_owned())
                    .help("`cargo xtask fetch` writes it anew"),
            )
        })?;
        let mut found = Diagnostics::new();
        if let Some((member, problem)) = lock.source.wrong() {
            let message = format!("`{member}` {problem} in a lock of this kind of source");
            let place = Place::new(file, format!("/source/{member}"));
            found.push(Diagnostic::new(Code::BadLock, place, message));
        }
        for (pointer, digest) in
            [("/source/sha256", &lock.source.sha256), ("/contract/sha256", &lock.contract.sha256)]
        {
            if digest.len() != 64 || !digest.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
            {
                let message = "expected a SHA-256: 64 hexadecimal digits in lower case";
                found.push(Diagnostic::new(Code::BadLock, Place::new(file, pointer), message));
            }
        }
        found.ok(lock)
    }

    /// The text of the lock.
    #[must_use]
    pub fn to_toml(&self) -> String {
        // A structure of strings and a number always has a form in TOML.
        format!("{HEADER}{}", toml::to_string(self).unwrap_or_default())
    }

    /// Whether a contract, of which `text` is the file, is the one that was locked.
    ///
    /// # Errors
    /// [`Code::LockMismatch`] if it is not; `file` is how messages call the contract.
    pub fn check(&self, text: &str, release: &str, file: &str) -> Result<(), Diagnostics> {
        let mut found = Diagnostics::new();
        let help = "`cargo xtask fetch` makes contract and lock anew; neither is to be edited";
        let digest = super::sha256(text.as_bytes());
        if digest != self.contract.sha256 {
            let message = format!(
                "the contract is not the one that was locked: its SHA-256 is {digest}, locked is {}",
                self.contract.sha256
            );
            found.push(Diagnostic::new(Code::LockMismatch, Place::new(file, ""), message).help(help));
        }
        if release != self.source.tag {
            let message = format!("the contract is of {release}, the lock of {}", self.source.tag);
            found.push(
                Diagnostic::new(Code::LockMismatch, Place::new(file, "/info/version"), message).help(help),
            );
        }
        found.ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Bundle, Lock, Source};
    use crate::load::sources::Sources;
    use crate::load::{File, Tree};

    fn lock(commit: Option<&str>, text: &str) -> Lock {
        let sources = include_str!("../../../schemas/sources.toml");
        let sources = Sources::parse(sources, "sources.toml").unwrap();
        let tree = Tree {
            files: [("a.yml".to_owned(), File::new(text.to_owned()))].into(),
            release: Some("v1.0.0".to_owned()),
            commit: commit.map(str::to_owned),
        };
        Lock::of(&tree, &sources, "v1.0.0", "contract")
    }

    #[test]
    fn a_lock_is_read_as_it_was_written() {
        for lock in [lock(Some("c0ffee"), "a"), lock(None, "a")] {
            assert_eq!(Lock::parse(&lock.to_toml(), "schemas.lock").unwrap(), lock);
        }
    }

    #[test]
    fn each_kind_has_its_members() {
        let files = [("a.js".to_owned(), "0".repeat(64))].into();
        let bundle = Bundle { of: "cloud".to_owned(), url: None, sha256: "1".repeat(64) };
        for source in [
            Source::npm("@trees/forest", "v1.0.0", None, "sha512-x".to_owned(), &files),
            Source::bundles("v1.0.0", Some("c0ffee".to_owned()), vec![bundle.clone()]),
        ] {
            let mut lock = Lock { source, ..lock(None, "a") };
            assert_eq!(Lock::parse(&lock.to_toml(), "schemas.lock").unwrap(), lock);
            lock.source.repository = Some("trees/forest".to_owned());
            let error = Lock::parse(&lock.to_toml(), "schemas.lock").unwrap_err().to_string();
            assert!(error.contains("`repository` does not belong"), "{error}");
            (lock.source.repository, lock.source.integrity, lock.source.bundles) = (None, None, Vec::new());
            let error = Lock::parse(&lock.to_toml(), "schemas.lock").unwrap_err().to_string();
            assert!(error.contains("is missing"), "{error}");
        }
    }

    #[test]
    fn the_commit_is_kept_for_the_same_files_only() {
        let earlier = lock(Some("c0ffee"), "a");
        assert_eq!(lock(None, "a").completed_by(&earlier), earlier);
        assert_eq!(lock(None, "b").completed_by(&earlier).source.commit, None);
        assert_eq!(lock(Some("other"), "a").completed_by(&earlier).source.commit.as_deref(), Some("other"));
    }
}
