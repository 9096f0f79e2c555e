//! Does the local provider do what the contract says, over each of its stores?
//!
//! `laws` holds a store to what the provider relies on; `operations` calls every operation over
//! loopback and reads each answer as strictly as a server reads a request; `registry` and `meaning` look
//! closer at what they mean; `tenants` keeps users apart; `attacks` tells every operation what should
//! not be taken for SQL or a path; `sizes` sends what grows as it is read; `together` does
//! things at once; `durable` kills servers while
//! they write; `versions` opens what earlier ones left; `growth` looks at plans, and at lists that grow;
//! `load` holds one, and takes the time.
//!
//! A PostgreSQL is started from the Debian package in a scratch folder; where there is none, that is
//! said, and the rest still runs.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]

mod attacks;
mod durable;
mod growth;
mod harness;
mod laws;
mod load;
mod meaning;
mod operations;
mod postgres;
mod registry;
mod server;
mod sizes;
mod tenants;
mod together;
mod typed;
mod versions;
