//! The verbs that read upstream, run as people run them.

#![allow(clippy::unwrap_used)]

mod bundle;
mod fetch;
mod support;
