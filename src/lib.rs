//! The runtime for the Meshery REST API bindings.
//!
//! It stands on three crates that are generated from one contract: `meshery-types` (wire types and
//! their validation), `meshery-client` (one method for each operation) and `meshery-server` (one
//! trait for each group of operations). This crate embeds that contract, and it does not build
//! beside generated code of another one: its build script then names the command that mends it.

pub mod contract;

/// The examples of the README, which are for the committed contract.
#[cfg(all(doctest, committed_contract))]
#[doc = include_str!("../README.md")]
struct Readme;
