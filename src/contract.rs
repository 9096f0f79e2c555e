//! The contract that all of this is generated from.

/// The release of meshery/schemas: `v1.3.45`.
pub const RELEASE: &str = env!("CONTRACT_RELEASE");

/// SHA-256 of [`YAML`], in hexadecimal; the generated crates state the same one.
pub const DIGEST: &str = env!("CONTRACT_DIGEST");

/// The contract itself: an OpenAPI 3.0.3 document for every product.
pub const YAML: &str = include_str!("../schemas/contract.yml");
