//! The tests of the generator as a library, in one program: linking it takes longer than most of them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]

mod cases;
mod client;
mod corpus;
mod diagnostics_page;
mod diff;
mod documents;
mod drift;
mod drift_complete;
mod drift_formats;
mod drift_laws;
mod features;
mod forms;
mod golden_types;
mod lint;
mod paging;
mod releases;
mod server;
mod support;
mod upstream;
mod write;
