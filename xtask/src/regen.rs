//! `cargo xtask regen`: from the contract to the generated crates, offline.

use crate::outcome::{Failure, Outcome};
use crate::repairs::Repairs;
use crate::scratch;
use crate::source;
use crate::talk::Talk;
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use meshery_generator::contract::{self, Contract};
use meshery_generator::diagnostic::Diagnostics;
use meshery_generator::ir::Api;
use meshery_generator::load::{Documents, positions};
use meshery_generator::write::{self, Changes, Mode};
use meshery_generator::{Generated, generate};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

pub(crate) const CONTRACT: &str = "schemas/contract.yml";
const LOCK: &str = "schemas/schemas.lock";

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
    /// Write the intermediate representation as JSON to this file; `-` is stdout.
    #[arg(long, value_name = "FILE")]
    dump_ir: Option<PathBuf>,
    /// Document what is generated, beyond the facts, with the descriptions of `--from`.
    #[arg(long, value_enum, value_name = "WHOSE", requires = "from")]
    docs: Option<Docs>,
    /// The archive or folder of the release that the contract is made of.
    #[arg(long, value_name = "ARCHIVE|DIR", requires = "docs")]
    from: Option<PathBuf>,
}

/// Whose descriptions there can be.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Docs {
    /// Those that upstream gives.
    Upstream,
}

/// Generates from the contract and writes what changed, or checks that nothing would.
pub(crate) fn run(args: &Args, workspace: &Workspace, talk: &Talk) -> Outcome {
    let started = Instant::now();
    let copied = match (&args.contract, &args.out) {
        (Some(contract), Some(out)) => Some(scratch::copy(workspace, contract, out)?),
        _ => None,
    };
    let workspace = copied.as_ref().unwrap_or(workspace);
    let contract = match &args.from {
        Some(from) => documented(&locked(workspace)?, from, workspace)?,
        None => locked(workspace)?,
    };
    let Generated { api, plan, warnings } = match generate(&contract, CONTRACT) {
        Ok(generated) => generated,
        Err(findings) => return Err(with_lines(findings, workspace)?.into()),
    };
    if let Some(file) = &args.dump_ir {
        dump(&api, file)?;
    }
    let mode = if args.check { Mode::Check } else { Mode::Write };
    let changes = write::apply(workspace.root(), &plan, mode)?;
    for file in &changes.foreign {
        talk.say(&format!("note: {file} is not generated; it is left alone"));
    }
    if args.check && !changes.is_empty() {
        return Err(changes.stale().into());
    }
    if changes.is_empty() {
        let count = warnings.iter().count();
        talk.say(&format!("{count} warnings about the contract, shown when something is written"));
    } else {
        talk.findings(&with_lines(warnings, workspace)?);
    }
    say(&api, &changes, started, talk);
    Ok(())
}

/// The contract of a workspace, which must be the one of its lock.
pub(crate) fn locked(workspace: &Workspace) -> Result<Contract, Failure> {
    let (text, lock) = (held(&workspace.contract())?, held(&workspace.lock())?);
    Ok(contract::read_locked((&text, CONTRACT), (&lock, LOCK))?.0)
}

/// Completes findings in the contract with their lines.
fn with_lines(mut findings: Diagnostics, workspace: &Workspace) -> Result<Diagnostics> {
    let text = held(&workspace.contract())?;
    positions::complete(&mut findings, |file| (file == CONTRACT).then_some(text.as_str()));
    Ok(findings)
}

/// The same with the descriptions of its sources.
fn documented(contract: &Contract, from: &Path, workspace: &Workspace) -> Result<Contract, Failure> {
    let sources = source::sources(None, workspace)?;
    let overlay = Repairs::read(None, workspace)?;
    let documents = Documents::new(source::load(from, &sources)?);
    contract::documented(contract, &documents, &sources, &overlay.actions)
        .map_err(|findings| Failure::Findings(overlay.with_lines(findings, &documents)))
}

fn held(file: &Path) -> Result<String> {
    fs::read_to_string(file)
        .with_context(|| format!("cannot read {}; `cargo xtask fetch` makes it", file.display()))
}

fn dump(api: &Api, file: &Path) -> Result<()> {
    let mut text = serde_json::to_string_pretty(api).context("the intermediate representation is no JSON")?;
    text.push('\n');
    if file == Path::new("-") {
        std::io::stdout().write_all(text.as_bytes()).context("cannot write to stdout")
    } else {
        fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
    }
}

fn say(api: &Api, changes: &Changes, started: Instant, talk: &Talk) {
    let of = |product: &str| api.operations.iter().filter(|o| o.products.contains(product)).count();
    let products: Vec<_> = api.products.iter().map(|p| format!("{} {}", p.name, of(&p.name))).collect();
    talk.say(&format!(
        "{}: {} operations ({}), {} types",
        api.release,
        api.operations.len(),
        products.join(", "),
        api.types.len()
    ));
    talk.say(&format!(
        "{} files written, {} unchanged, {} removed in {:.2} s",
        changes.added.len() + changes.changed.len(),
        changes.unchanged,
        changes.removed.len(),
        started.elapsed().as_secs_f64()
    ));
}
