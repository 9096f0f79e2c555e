//! From the OpenAPI documents that meshery/schemas publishes to typed Rust.
//!
//! The pipeline is the list of modules: `load` -> `bundle` -> `overlay` -> `contract` -> `lower`
//! -> `passes` -> `emit` -> `write`. Every phase takes the value of the one before and gathers its
//! findings in [`diagnostic::Diagnostics`].

pub mod bundle;
pub mod contract;
pub mod diagnostic;
pub mod emit;
pub mod fold;
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
    let plan = emitted(&api)?;
    Ok(Generated { api, plan, warnings })
}

/// The files of all crates. The emitters need nothing of each other: each has its own thread.
fn emitted(api: &ir::Api) -> Result<write::Plan, Diagnostics> {
    type Emitter = fn(&ir::Api) -> Result<Vec<emit::File>, Diagnostics>;
    let emitters: [(&str, Emitter); 4] = [
        ("generated-types", emit::types::emit),
        ("generated-client", emit::client::emit),
        ("generated-server", emit::server::emit),
        ("generated-evidence", emit::evidence::emit),
    ];
    let crates = std::thread::scope(|scope| {
        let running = emitters.map(|(name, emit)| (name, scope.spawn(move || emit(api))));
        running.map(|(name, thread)| {
            (name, thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        })
    });
    let mut plan = write::Plan::new();
    for (name, files) in crates {
        plan.add(name, files?);
    }
    for name in ["generated-types", "generated-client", "generated-server"] {
        plan.add(name, [emit::stamp::emit(api)?]);
    }
    Ok(plan)
}
