//! What answers requests: Meshery's two kinds of providers.

#[cfg(feature = "local")]
pub mod local;
#[cfg(any(feature = "local", feature = "remote"))]
mod places;
#[cfg(feature = "remote")]
pub mod remote;
