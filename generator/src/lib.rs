//! From the OpenAPI documents that meshery/schemas publishes to typed Rust.
//!
//! The pipeline is the list of modules: `load` -> `fold` -> `bundle` -> `overlay` -> `contract` ->
//! `lower` -> `passes` -> `emit` -> `write`. Every phase takes the value of the one before and gathers its
//! findings in [`diagnostic::Diagnostics`].

pub mod bundle;
pub mod contract;
pub mod diagnostic;
pub mod drift;
pub mod emit;
pub mod fold;
pub mod ir;
pub mod lint;
pub mod load;
pub mod lower;
pub mod media;
pub mod number;
pub mod overlay;
pub mod passes;
pub mod sample;
#[cfg(test)]
#[path = "../tests/support.rs"]
mod support;
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
/// ```
/// use meshery_generator::{contract, generate, write};
///
/// let file = "../schemas/contract.yml";
/// let contract = contract::read(&std::fs::read_to_string(file)?, file)?;
/// let generated = generate(&contract, file)?;
/// assert!(!generated.api.operations.is_empty());
/// let changes = write::apply("..".as_ref(), &generated.plan, write::Mode::Check)?;
/// print!("{}", changes.stale()); // what `cargo xtask regen` would change in this workspace
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// All findings of the first phase that has an error among them.
pub fn generate(contract: &contract::Contract, file: &str) -> Result<Generated, Diagnostics> {
    let mut warnings = Diagnostics::new();
    let api = lower::lower(contract, file, &mut warnings)?;
    let plan = emitted(&api, "generated", &EMITTERS, &contract.document)?;
    Ok(Generated { api, plan, warnings })
}

/// From the contract of a single document to the generated files of crates of their own; `crates`
/// says what they are called.
///
/// # Errors
/// All findings of the first phase that has an error among them, where the document states what
/// they are about.
pub fn generate_single(single: &contract::Single, crates: ir::Crates) -> Result<Generated, Diagnostics> {
    let mut found = single.found.clone();
    let made = lower::lower_single(&single.contract, &mut found).and_then(|mut api| {
        let mut found = found.clone();
        api.crates = crates;
        found.ok(())?;
        let plan = emitted(&api, &api.crates.name, &EMITTERS[..3], &single.contract.document)?;
        Ok((api, plan))
    });
    let (made, findings) = match made {
        Ok(made) => (Some(made), Diagnostics::new()),
        Err(findings) => (None, findings),
    };
    found.extend(findings);
    single.origins.locate(&mut found);
    match made {
        Some((api, plan)) => Ok(Generated { api, plan, warnings: found }),
        None => Err(found),
    }
}

/// The same document without the operations that [`generate_single`] has no support for. A warning
/// for each names it, beside what is wrong with it.
///
/// What is wrong with the document itself stays wrong.
#[must_use]
pub fn without_unsupported(single: &contract::Single) -> contract::Single {
    let mut rest = single.clone();
    // Names may collide anew, and types be reached no longer, once something is gone.
    while let Err(found) = lower::lower_single(&rest.contract, &mut Diagnostics::new()) {
        if !rest.leave_out(&found) {
            break;
        }
    }
    rest
}

/// What writes the files of a crate.
type Emitter = fn(&ir::Api) -> Result<Vec<emit::File>, Diagnostics>;

/// Each crate: those that are published, and the evidence.
const EMITTERS: [(&str, Emitter); 4] = [
    ("types", emit::types::emit),
    ("client", emit::client::emit),
    ("server", emit::server::emit),
    ("evidence", emit::evidence::emit),
];

/// The files of crates, in folders that begin with `name`. The emitters need nothing of each other:
/// each has its own thread.
fn emitted(
    api: &ir::Api,
    name: &str,
    emitters: &[(&str, Emitter)],
    document: &serde_json::Value,
) -> Result<write::Plan, Diagnostics> {
    let crates: Vec<_> = std::thread::scope(|scope| {
        let running: Vec<_> =
            emitters.iter().map(|(part, emit)| (*part, scope.spawn(move || emit(api)))).collect();
        let joined = running.into_iter().map(|(part, thread)| {
            (part, thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        });
        joined.collect()
    });
    let mut plan = write::Plan::new();
    plan.add(format!("{name}-server"), [emit::document::emit(api, document)]);
    for (part, files) in crates {
        plan.add(format!("{name}-{part}"), files?);
        if part != "evidence" {
            plan.add(format!("{name}-{part}"), [emit::stamp::emit(api)?]);
            plan.add_region(format!("{name}-{part}/Cargo.toml"), emit::features::emit(api, part));
        }
    }
    Ok(plan)
}
