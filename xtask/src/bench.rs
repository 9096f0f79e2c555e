//! `cargo xtask bench`: what the generator costs, measured in one run, as ratios where there is a
//! peer. Machines are noisy, so peers run beside ours: a figure is the best of several runs, or where both
//! take turns the median over the rounds.

mod client;
mod clients;
mod compile;
mod features;
mod node;
mod page;
mod pipeline;
mod servers;

use crate::outcome::{Failure, Outcome};
use crate::talk::Talk;
use crate::workspace::Workspace;
use anyhow::{Context, Result, anyhow};
use clap::ValueEnum;
use meshery_generator::contract::lock::Lock;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

pub(crate) use pipeline::{Args as OnceArgs, once};

/// Options of `bench`.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The archive to measure with, if not that of the contract's release in `MESHERY_UPSTREAM`.
    #[arg(long, value_name = "FILE")]
    archive: Option<PathBuf>,
    /// How often a figure is taken where one thing runs at a time; the best counts.
    #[arg(long, value_name = "N", default_value_t = 5)]
    runs: usize,
    /// An installed `openapi-to-rust` 0.23; without it one is installed from crates.io, for this run.
    #[arg(long, value_name = "FILE")]
    rival: Option<PathBuf>,
    /// An installed `cargo-progenitor` 0.14; without it one is installed from crates.io, for this run.
    #[arg(long, value_name = "FILE")]
    progenitor: Option<PathBuf>,
    /// Leave out what compiles generated crates, which takes minutes.
    #[arg(long)]
    no_compile: bool,
    /// Measure these parts alone.
    #[arg(long, value_name = "PART", value_delimiter = ',', conflicts_with_all = ["no_compile", "write"])]
    only: Vec<Part>,
    /// Write the table into docs/PERFORMANCE.md.
    #[arg(long)]
    write: bool,
}

/// What can be measured.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// The generator: from an archive to files.
    Pipeline,
    /// A call of the client beside the same by hand.
    Calls,
    /// What cargo features save.
    Features,
    /// What it takes to compile what is generated.
    Compile,
    /// The client beside those of other generators.
    Clients,
    /// The server beside others, and what it takes to read a body.
    Servers,
}

impl Args {
    fn wants(&self, part: Part) -> bool {
        let compiles = !matches!(part, Part::Pipeline | Part::Calls);
        if self.only.is_empty() { !(compiles && self.no_compile) } else { self.only.contains(&part) }
    }
}

/// One line of the table.
struct Row {
    /// What is measured.
    what: &'static str,
    /// Ours.
    ours: String,
    /// The peer's, and what it is.
    peer: String,
    /// How they compare.
    ratio: String,
    /// What is asked for.
    budget: &'static str,
}

/// Measures, prints the table on stdout, and writes it if asked to.
pub(crate) fn run(args: &Args, workspace: &Workspace, talk: &Talk) -> Outcome {
    let archive = match &args.archive {
        Some(archive) => archive.clone(),
        None => crate::upstream::archive(workspace.root(), &release(workspace)?),
    };
    let archive = archive
        .canonicalize()
        .map_err(|e| Failure::Usage(format!("cannot read {}: {e}; give --archive", archive.display())))?;
    let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
    talk.say("building xtask with optimisation");
    let own = release_build(workspace)?;
    let bench = Bench { own, archive, workspace, folder: folder.path(), runs: args.runs.max(1), talk };
    let rival = args.rival.as_deref();
    let mut rows = Vec::new();
    for part in Part::value_variants().iter().filter(|part| args.wants(**part)) {
        rows.extend(match part {
            Part::Pipeline => pipeline::rows(&bench)?,
            Part::Calls => client::rows(&bench)?,
            Part::Features => features::rows(&bench)?,
            Part::Compile => compile::rows(&bench, rival)?,
            Part::Clients => clients::rows(&bench, rival, args.progenitor.as_deref())?,
            Part::Servers => servers::rows(&bench, rival)?,
        });
    }
    let table = page::table(&rows);
    anstream::print!("{table}");
    if args.write {
        page::write(workspace, &table)?;
    }
    Ok(())
}

/// The release that the lock names.
fn release(workspace: &Workspace) -> Result<String, Failure> {
    let file = workspace.lock();
    let text = std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    Ok(Lock::parse(&text, &file.display().to_string())?.source.tag)
}

/// What every measurement needs.
struct Bench<'a> {
    /// This program, built with optimisation.
    own: PathBuf,
    archive: PathBuf,
    workspace: &'a Workspace,
    /// A temporary folder.
    folder: &'a Path,
    runs: usize,
    talk: &'a Talk,
}

fn release_build(workspace: &Workspace) -> Result<PathBuf> {
    let mut build = Command::new("cargo");
    succeed(
        build.args(["build", "--quiet", "--release", "--package", "xtask"]).current_dir(workspace.root()),
    )?;
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace.root().join("target"), PathBuf::from);
    Ok(target.join("release/xtask"))
}

/// Runs a command that must succeed, and says what it printed if it does not.
fn succeed(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("cannot run {command:?}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let end: Vec<_> = said.lines().rev().take(20).collect();
    let end: Vec<_> = end.into_iter().rev().collect();
    Err(anyhow!("{command:?} failed:\n{}", end.join("\n")))
}

/// How long a command takes.
fn timed(command: &mut Command) -> Result<Duration> {
    let started = Instant::now();
    succeed(command)?;
    Ok(started.elapsed())
}

/// The best of several runs.
fn best(runs: usize, mut run: impl FnMut() -> Result<Duration>) -> Result<Duration> {
    let mut best = run()?;
    for _ in 1..runs {
        best = best.min(run()?);
    }
    Ok(best)
}

fn seconds(duration: Duration) -> String {
    format!("{:.2} s", duration.as_secs_f64())
}
