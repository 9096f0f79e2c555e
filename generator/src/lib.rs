//! From the OpenAPI documents that meshery/schemas publishes to typed Rust.
//!
//! The pipeline is the list of modules: `load` -> `bundle` -> `overlay` -> `contract` -> `lower`
//! -> `passes` -> `emit` -> `write`. Every phase takes the value of the one before and gathers its
//! findings in [`diagnostic::Diagnostics`].

pub mod diagnostic;
pub mod ir;
