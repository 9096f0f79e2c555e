//! Wire types of the Meshery REST APIs, with the validation their contract asks for.
//!
//! Types live where upstream has them: `meshery_types::v1beta3::workspace::Workspace`. What reads,
//! writes and checks them is in [`wire`].

// The generated code and what it stands on name this crate in the same way.
extern crate self as meshery_types;

pub mod wire;

#[rustfmt::skip]
mod generated;

#[path = "generated/contract.rs"]
#[rustfmt::skip]
mod contract;

pub use contract::{CONTRACT_DIGEST, CONTRACT_RELEASE};
#[allow(unused_imports, reason = "a contract may have no types")]
pub use generated::*;
