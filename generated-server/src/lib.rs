//! Server traits for the Meshery REST APIs.

#[path = "generated/contract.rs"]
#[rustfmt::skip]
mod contract;

pub use contract::{CONTRACT_DIGEST, CONTRACT_RELEASE};
