//! `cargo xtask regen`: from the contract to the generated crates, offline.

use crate::outcome::Outcome;
use crate::talk::Talk;
use crate::workspace::Workspace;
use anyhow::Context;
use meshery_generator::{generate, ir, write};
use std::fs;
use std::time::Instant;

/// Options of `regen`.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Write nothing; fail and list the files that differ from what the contract asks for.
    #[arg(long)]
    check: bool,
}

/// Generates from the contract and writes what changed, or checks that nothing would.
pub(crate) fn run(args: &Args, workspace: &Workspace, talk: &Talk) -> Outcome {
    let started = Instant::now();
    let file = workspace.contract();
    let _text = fs::read_to_string(&file)
        .with_context(|| format!("cannot read {}; `cargo xtask fetch` makes it", file.display()))?;
    let plan = generate(&ir::Api::default())?;
    let mode = if args.check { write::Mode::Check } else { write::Mode::Write };
    let changes = write::apply(workspace.root(), &plan, mode)?;
    if args.check && !changes.is_empty() {
        return Err(changes.stale().into());
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
