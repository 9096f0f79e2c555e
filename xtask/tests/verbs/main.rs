//! The verbs that read upstream, run as people run them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod actions;
mod bundle;
mod bundles;
mod contract;
mod drift;
mod fetch;
mod lint;
mod npm;
mod support;
mod transfers;
mod trust;
mod wiring;
