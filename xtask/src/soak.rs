//! `cargo xtask soak`: the laws of `drift`, on many edits drawn from the contract of the workspace.

use crate::outcome::{Failure, Outcome};
use crate::talk::Talk;
use crate::workspace::Workspace;
use anyhow::Context;
use meshery_generator::contract;
use meshery_generator::drift::laws::{self, Tried};
use std::fs;
use std::time::Instant;

/// Options of `soak`.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// How many edits to draw.
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    edits: usize,
    /// What to draw them from.
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    seed: u64,
}

/// How many edits are drawn between two lines of progress.
const STEP: usize = 5_000;

/// Draws edits until one breaks a law, or there were enough.
pub(crate) fn run(args: &Args, workspace: &Workspace, talk: &Talk) -> Outcome {
    let path = workspace.contract();
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let contract = contract::read(&text, "schemas/contract.yml").map_err(Failure::Unloadable)?;
    let started = Instant::now();
    let mut all = Tried::default();
    let mut seed = args.seed;
    while all.edits < args.edits {
        let tried = laws::check(&contract, seed, STEP.min(args.edits - all.edits))
            .map_err(|law| Failure::Differs(format!("seed {seed}: {law}")))?;
        seed = seed.wrapping_add(1);
        all.edits += tried.edits;
        all.shadowed += tried.shadowed;
        all.wholes += tried.wholes;
        for (kind, count) in tried.kinds {
            *all.kinds.entry(kind).or_default() += count;
        }
        talk.say(&format!("{} edits, {:.0} s", all.edits, started.elapsed().as_secs_f64()));
    }
    let Tried { edits, shadowed, wholes, kinds } = all;
    anstream::println!(
        "{edits} edits both ways, {shadowed} of them shadowed; {wholes} wholes with a part; no violation"
    );
    let kinds: Vec<String> = kinds.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
    anstream::println!("{} kinds: {}", kinds.len(), kinds.join(", "));
    Ok(())
}
