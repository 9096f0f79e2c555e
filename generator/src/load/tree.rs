//! The files of a source.

use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;

/// One file of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its text.
    pub text: String,
    /// The SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

/// The files of a source that matter, by path relative to its root, and where they come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    /// The files.
    pub files: BTreeMap<String, File>,
    /// The release they are of, with a leading `v`, when the source says.
    pub release: Option<String>,
    /// The commit they are of, when the source says.
    pub commit: Option<String>,
}

impl File {
    /// A file with that text.
    #[must_use]
    pub fn new(text: String) -> Self {
        let sha256 = hex(&Sha256::digest(text.as_bytes()));
        Self { text, sha256 }
    }
}

impl Tree {
    /// A digest over all files: SHA-256 of the lines `<sha256>  <path>`, sorted by path.
    #[must_use]
    pub fn digest(&self) -> String {
        digest(self.files.iter().map(|(path, file)| (path.as_str(), file.sha256.as_str())))
    }
}

/// A digest over files, given by path and SHA-256: SHA-256 of the lines `<sha256>  <path>`.
pub(crate) fn digest<'a>(files: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut hasher = Sha256::new();
    for (path, sha256) in files {
        hasher.update(format!("{sha256}  {path}\n"));
    }
    hex(&hasher.finalize())
}

/// The release that the root folder of an archive names: `schemas-1.3.45` is of `v1.3.45`.
pub(super) fn release_of(root: &str) -> Option<String> {
    let starts = root.match_indices('-').map(|(at, _)| &root[at + 1..]);
    starts
        .map(|version| version.strip_prefix('v').unwrap_or(version))
        .find(|version| semver::Version::parse(version).is_ok())
        .map(|version| format!("v{version}"))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::{File, Tree, release_of};

    #[test]
    fn the_root_folder_names_the_release() {
        assert_eq!(release_of("schemas-1.3.45").as_deref(), Some("v1.3.45"));
        assert_eq!(release_of("my-fork-of-schemas-1.3.45").as_deref(), Some("v1.3.45"));
        assert_eq!(release_of("schemas-v2.0.0-rc.1").as_deref(), Some("v2.0.0-rc.1"));
        assert_eq!(release_of("schemas-master"), None);
        assert_eq!(release_of("1.3.45"), None);
    }

    #[test]
    fn the_digest_covers_names_and_texts() {
        let tree = |path: &str, text: &str| Tree {
            files: [(path.to_owned(), File::new(text.to_owned()))].into(),
            ..Tree::default()
        };
        let one = tree("a", "x").digest();
        assert_eq!(one.len(), 64);
        assert_ne!(one, tree("b", "x").digest());
        assert_ne!(one, tree("a", "y").digest());
        assert_eq!(one, Tree { release: Some("v1.0.0".to_owned()), ..tree("a", "x") }.digest());
    }
}
