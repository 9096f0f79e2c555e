//! `cargo xtask regen`: from the contract to the generated crates, offline.

use crate::outcome::Outcome;
use crate::scratch;
use crate::talk::Talk;
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use meshery_generator::contract::{self, Contract};
use meshery_generator::write::{self, Mode};
use meshery_generator::{generate, ir};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Options of `regen`.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Write nothing; fail and list the files that differ from what the contract asks for.
    #[arg(long)]
    check: bool,
    /// Generate from this contract (and the `schemas.lock` beside it) into a copy of the workspace.
    #[arg(long, value_name = "FILE", requires = "out")]
    contract: Option<PathBuf>,
    /// Where the copy of the workspace goes.
    #[arg(long, value_name = "DIR", requires = "contract")]
    out: Option<PathBuf>,
}

/// Generates from the contract and writes what changed, or checks that nothing would.
pub(crate) fn run(args: &Args, workspace: &Workspace, talk: &Talk) -> Outcome {
    let started = Instant::now();
    let copied = match (&args.contract, &args.out) {
        (Some(contract), Some(out)) => Some(scratch::copy(workspace, contract, out)?),
        _ => None,
    };
    let workspace = copied.as_ref().unwrap_or(workspace);
    let (text, lock) = (held(&workspace.contract())?, held(&workspace.lock())?);
    let (contract, _) =
        contract::read_locked((&text, "schemas/contract.yml"), (&lock, "schemas/schemas.lock"))?;
    let api = lower(&contract);
    let plan = generate(&api)?;
    let mode = if args.check { Mode::Check } else { Mode::Write };
    let changes = write::apply(workspace.root(), &plan, mode)?;
    if args.check && !changes.is_empty() {
        return Err(changes.stale().into());
    }
    for file in &changes.foreign {
        talk.say(&format!("note: {file} is not generated; it is left alone"));
    }
    talk.say(&format!(
        "{} written, {} unchanged, {} removed in {:.2} s",
        changes.added.len() + changes.changed.len(),
        changes.unchanged,
        changes.removed.len(),
        started.elapsed().as_secs_f64()
    ));
    Ok(())
}

fn held(file: &Path) -> Result<String> {
    fs::read_to_string(file)
        .with_context(|| format!("cannot read {}; `cargo xtask fetch` makes it", file.display()))
}

fn lower(contract: &Contract) -> ir::Api {
    ir::Api { release: contract.release.clone(), digest: contract.sha256.clone(), ..ir::Api::default() }
}
