//! Evidence that the generated crates speak the contract.
//!
//! The tests of this crate hold the generated types, client and server against the contract, and
//! against an independent reading of it. Nothing here knows a name of any release: after
//! `cargo xtask regen` for another contract the same code proves that one (`MESHERY_CONTRACT`
//! names it where it is not `schemas/contract.yml` of the workspace).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "all of it is test code: what does not hold has to fail loudly"
)]

pub mod call;
pub mod cases;
pub mod contract;
pub mod draw;
pub mod drive;
pub mod exercise;
pub mod facts;
#[allow(deprecated, missing_docs, reason = "what is deprecated is exercised, too")]
#[rustfmt::skip]
pub mod generated;
pub mod instances;
pub mod json_schema;
pub mod ledger;
pub mod mutate;
pub mod raw;
pub mod request;
pub mod same;
pub mod upstream;
pub mod wire;

/// A scalar as the text it travels as.
fn raw_text(value: &serde_json::Value) -> String {
    meshery_generator::sample::texts(value).concat()
}
