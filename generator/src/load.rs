//! From a source (an archive of a release, or a checkout) to documents with provenance.
//!
//! A [`Tree`] holds the files that matter, each with its digest, and where they come from.
//! [`Documents`] reads them as YAML, once each and only when asked. Nothing here knows a name of
//! upstream's: those are in [`sources::Sources`].

mod archive;
mod bundles;
mod constructs;
pub(crate) mod csv;
mod directory;
mod documents;
mod limits;
mod npm;
pub mod positions;
pub mod reference;
mod single;
pub mod sources;
mod tree;
pub(crate) mod yaml;

pub use archive::archive;
pub use bundles::{Bundle, bundle, bundled};
pub(crate) use constructs::document;
pub use constructs::{Construct, constructs, misnamed};
pub use directory::directory;
pub use documents::Documents;
pub use limits::Limits;
pub use npm::npm;
pub use single::single;
pub(crate) use tree::digest;
pub use tree::{File, Tree};
