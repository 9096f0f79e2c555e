//! Dereferenced documents, given their shared, named schemas back.
//!
//! Upstream publishes the same API without a single reference, too: product bundles, and one
//! document for each construct in the npm package. [`Dereferenced`] is what such a form holds.

use serde_json::Value;
use std::collections::BTreeMap;

/// What a published form of a release holds: documents without references.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dereferenced {
    /// The documents, in any order.
    pub documents: Vec<Piece>,
    /// The release they are of, with a leading `v`, when the form says.
    pub release: Option<String>,
    /// The commit they are of, when the form says.
    pub commit: Option<String>,
    /// The SHA-256, in hexadecimal, of every file that was read, by name: what the lock pins.
    pub files: BTreeMap<String, String>,
}

/// One document of a published form.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    /// How messages call it: the path in the package, or the name of the file.
    pub name: String,
    /// What it is the document of.
    pub place: Placed,
    /// The document.
    pub document: Value,
}

/// What a document is the document of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Placed {
    /// One construct, as its folder is named: `v1beta3`, `workspace`.
    Construct {
        /// The version folder.
        version: String,
        /// The construct's own folder.
        construct: String,
    },
    /// All operations of one product, by its name in `sources.toml`.
    Product(String),
    /// All operations of all products.
    Merged,
}
