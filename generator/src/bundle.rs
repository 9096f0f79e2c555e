//! Upstream's published form of a release: dereferenced, merged, and cut to a product.
//!
//! This proves that the sources are read as upstream reads them: what comes out equals what
//! upstream publishes, value by value. So this module does what upstream's tools do, including what
//! one would not have done: how siblings of a reference are treated depends on whether the target
//! was met before (`dereference`), path items keep what is no operation in the merge and lose it in
//! a product, and document-wide `security` is gone in both. The contract is made from the sources
//! themselves and shares none of this.

mod arena;
mod dereference;
mod follow;
mod merge;
mod print;
mod product;
mod write;

#[cfg(test)]
mod tests;

pub use merge::{Merged, merged};
pub use print::to_yaml;
pub use product::product;
