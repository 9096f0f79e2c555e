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

/// Every file that is generated from an API.
///
/// # Errors
/// The findings of the emitters.
pub fn generate(api: &ir::Api) -> Result<write::Plan, Diagnostics> {
    let stamp = emit::stamp::emit(api)?;
    let mut plan = write::Plan::new();
    plan.add("generated-types", [stamp.clone()]);
    plan.add("generated-client", [stamp.clone()]);
    plan.add("generated-server", [stamp]);
    Ok(plan)
}
