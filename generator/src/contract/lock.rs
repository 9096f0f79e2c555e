//! `schemas/schemas.lock`: which source a contract was made of, so that the same release fetched
//! from GitHub, from a mirror, from an archive or from a checkout gives the same lock.
//!
//! How the files came is therefore not in it: `kind` says what they are (the source tree of the
//! schemas, as opposed to something made of them), `repository` whose they are. A checkout that
//! does not say its commit takes it from the lock it replaces, if that is of the same files.

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::load::Tree;
use crate::load::sources::Sources;
use serde::{Deserialize, Serialize};

/// The kind of source that is read today.
const KIND: &str = "source-tree";
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
    /// What the files are: `source-tree`.
    pub kind: String,
    /// Whose they are: `meshery/schemas`.
    pub repository: String,
    /// The release: `v1.3.45`.
    pub tag: String,
    /// The commit of the release, where the source says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// How many files.
    pub files: usize,
    /// SHA-256 over the lines `<sha256>  <path>` of all files, sorted by path.
    pub sha256: String,
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
            source: Source {
                kind: KIND.to_owned(),
                repository: sources.repository.name.clone(),
                tag: release.to_owned(),
                commit: tree.commit.clone(),
                files: tree.files.len(),
                sha256: tree.digest(),
            },
            contract: Locked { sha256: super::sha256(text.as_bytes()) },
        }
    }

    /// The same, with the commit that `earlier` knows for the same files.
    #[must_use]
    pub fn completed_by(mut self, earlier: &Self) -> Self {
        let same = self.source.tag == earlier.source.tag && self.source.sha256 == earlier.source.sha256;
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
        if lock.source.kind != KIND {
            let message = format!("`{}` is no kind of source; known is `{KIND}`", lock.source.kind);
            found.push(Diagnostic::new(Code::BadLock, Place::new(file, "/source/kind"), message));
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
    use super::Lock;
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
    fn the_commit_is_kept_for_the_same_files_only() {
        let earlier = lock(Some("c0ffee"), "a");
        assert_eq!(lock(None, "a").completed_by(&earlier), earlier);
        assert_eq!(lock(None, "b").completed_by(&earlier).source.commit, None);
        assert_eq!(lock(Some("other"), "a").completed_by(&earlier).source.commit.as_deref(), Some("other"));
    }
}
