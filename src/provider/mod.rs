//! What answers requests: Meshery's two kinds of providers.

#[cfg(feature = "local")]
pub mod local;
#[cfg(feature = "remote")]
pub mod remote;
