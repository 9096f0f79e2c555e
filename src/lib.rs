//! The runtime for the Meshery REST API bindings.
//!
//! It stands on three crates that are generated from one contract: `meshery-types` (wire types and
//! their validation), `meshery-client` (one method for each operation) and `meshery-server` (one
//! trait for each group of operations), and fills in their hooks.
//!
//! | feature | what it brings |
//! |---|---|
//! | `client` | credentials: fixed, from the environment, from the files of mesheryctl; login and refresh |
//! | `server` | who calls: verification of tokens, choice of provider, the routes beside the contract |
//! | `local` | the local provider over a store; which, one of the next two says |
//! | `sqlite`, `postgres` (default) | `local`, and its store in SQLite, or in PostgreSQL |
//! | `remote` | `client`, `server`, and a provider that passes every operation on to another server; permission keys |
//! | `cli` (default) | `remote`, `sqlite`, and the binary `mesheryd` |
//!
//! It embeds the contract, and does not build beside generated code of another one: its build script
//! then names the command that mends it.

#[cfg(any(feature = "client", feature = "server"))]
pub mod auth;
#[cfg(feature = "cli")]
pub mod cli;
pub mod contract;
#[cfg(any(feature = "local", feature = "remote"))]
pub mod provider;
#[cfg(feature = "local")]
pub mod store;

/// The examples of the README, which are for the committed contract.
#[cfg(all(doctest, committed_contract))]
#[doc = include_str!("../README.md")]
struct Readme;

/// Those of the page about the client.
#[cfg(all(doctest, committed_contract))]
#[doc = include_str!("../docs/CLIENT.md")]
struct ClientPage;

/// Those of the page about the server.
#[cfg(all(doctest, committed_contract, feature = "server", feature = "local"))]
#[doc = include_str!("../docs/SERVER.md")]
struct ServerPage;

/// That of the page about the store.
#[cfg(all(doctest, committed_contract, feature = "local"))]
#[doc = include_str!("../docs/STORE.md")]
struct StorePage;

/// Those of the page about the mock.
#[cfg(all(doctest, committed_contract, feature = "cli"))]
#[doc = include_str!("../docs/MOCK.md")]
struct MockPage;
