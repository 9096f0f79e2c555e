//! The verbs that read upstream, run as people run them.

#![allow(clippy::unwrap_used)]

mod bundle;
mod contract;
mod fetch;
mod lint;
mod support;
