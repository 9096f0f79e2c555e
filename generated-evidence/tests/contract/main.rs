//! Is what was generated what the contract says? In one program, for any contract: nothing here names
//! what only one release has.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what does not hold has to fail loudly"
)]

mod counts;
mod exhaustive;
mod instances;
mod mock;
mod oracle;
mod validators;
