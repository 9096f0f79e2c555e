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

/// What is generated from a contract.
#[derive(Clone, Debug)]
pub struct Generated {
    /// The intermediate representation.
    pub api: ir::Api,
    /// Every file of the generated crates.
    pub plan: write::Plan,
    /// What is odd in the contract.
    pub warnings: Diagnostics,
}

/// From a contract to every file of the generated crates; `file` is what findings call it.
///
/// # Errors
/// All findings of the first phase that has an error among them.
pub fn generate(contract: &contract::Contract, file: &str) -> Result<Generated, Diagnostics> {
    let mut warnings = Diagnostics::new();
    let api = lower::lower(contract, file, &mut warnings)?;
    let stamp = || emit::stamp::emit(&api);
    let mut plan = write::Plan::new();
    plan.add("generated-types", emit::types::emit(&api)?.into_iter().chain([stamp()?]));
    plan.add("generated-client", emit::client::emit(&api)?.into_iter().chain([stamp()?]));
    plan.add("generated-server", emit::server::emit(&api)?.into_iter().chain([stamp()?]));
    plan.add("generated-evidence", emit::evidence::emit(&api)?);
    Ok(Generated { api, plan, warnings })
}
