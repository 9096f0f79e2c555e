//! From the OpenAPI documents that meshery/schemas publishes to typed Rust.
//!
//! The pipeline is the list of modules: `load` -> `bundle` -> `overlay` -> `contract` -> `lower`
//! -> `passes` -> `emit` -> `write`. Every phase takes the value of the one before and gathers its
//! findings in [`diagnostic::Diagnostics`].

pub mod bundle;
pub mod contract;
pub mod diagnostic;
pub mod emit;
pub mod ir;
pub mod load;
pub mod lower;
pub mod overlay;
pub mod passes;
pub mod sample;
pub mod words;
pub mod write;

use diagnostic::Diagnostics;

/// The crates that are generated, by folder in the workspace.
pub const CRATES: [&str; 4] =
    ["generated-types", "generated-client", "generated-server", "generated-evidence"];

/// Every file that is generated from an API.
///
/// # Errors
/// The findings of the emitters.
pub fn generate(_api: &ir::Api) -> Result<write::Plan, Diagnostics> {
    let mut plan = write::Plan::new();
    for krate in CRATES {
        plan.add(krate, []);
    }
    Ok(plan)
}
