//! The runtime for the Meshery REST API bindings.
