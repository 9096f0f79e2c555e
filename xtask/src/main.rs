//! The tasks of this workspace: one file for each verb, and here the match over them.
//!
//! Machine output goes to stdout and talk to stderr. Exit codes: 0 done, 1 findings or stale code,
//! 2 wrong usage, 3 an input cannot be read; of `drift` also 4, the generated code is stale.

mod bench;
mod bundle;
mod conformance;
mod contract;
mod drift;
mod fetch;
mod files;
mod generate;
mod lint;
mod load;
mod net;
mod npmrc;
mod outcome;
mod regen;
mod repairs;
mod scaffold;
mod scratch;
mod soak;
mod source;
mod talk;
mod upstream;
mod workspace;

use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;
use talk::Talk;
use workspace::Workspace;

/// Code generation is small allocations by the million, on several threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The tasks of the Meshery bindings", version)]
struct Cli {
    /// Say nothing but errors.
    #[arg(long, short, global = true)]
    quiet: bool,
    /// The workspace to work on, if it is not the one this command belongs to.
    #[arg(long, global = true, value_name = "DIR")]
    workspace: Option<PathBuf>,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Measure what the generator and the generated crates cost.
    Bench(bench::Args),
    #[command(hide = true)]
    BenchOnce(bench::OnceArgs),
    /// Write the document of a product as upstream publishes it: without references.
    Bundle(bundle::Args),
    /// Let a tester from outside look for answers of the mock that the contract does not document.
    Conformance(conformance::Args),
    /// Compare contracts.
    Contract(contract::Args),
    /// Say what changed between two contracts, and whom it breaks.
    Drift(Box<drift::Args>),
    /// Make the contract and its lock from a release of upstream.
    Fetch(Box<fetch::Args>),
    /// Make a workspace of types, client and server from any OpenAPI 3.0 document.
    Generate(generate::Args),
    /// Say what is wrong in what upstream publishes, and what is done about it.
    Lint(lint::Args),
    /// Try the laws of `drift` on many edits at random.
    Soak(soak::Args),
    /// Keep a server under load, with idle and slow callers, and see what grows and what breaks.
    Load(load::Args),
    /// Make the generated crates what the contract asks for, or check that they are.
    Regen(regen::Args),
    /// Write the skeleton of an implementation of a group of operations.
    Scaffold(scaffold::Args),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let talk = Talk::new(cli.quiet);
    let workspace = Workspace::new(cli.workspace.as_deref());
    let done = match cli.verb {
        Verb::Bench(args) => bench::run(&args, &workspace, &talk),
        Verb::BenchOnce(args) => bench::once(&args, &workspace, &talk),
        Verb::Bundle(args) => bundle::run(&args, &workspace, &talk),
        Verb::Conformance(args) => conformance::run(&args, &workspace, &talk),
        Verb::Contract(args) => contract::run(&args),
        Verb::Drift(args) => drift::run(&args, &workspace, &talk),
        Verb::Fetch(args) => fetch::run(&args, &workspace, &talk),
        Verb::Generate(args) => generate::run(&args, &workspace, &talk),
        Verb::Lint(args) => lint::run(&args, &workspace, &talk),
        Verb::Soak(args) => soak::run(&args, &workspace, &talk),
        Verb::Load(args) => load::run(&args, &workspace, &talk),
        Verb::Regen(args) => regen::run(&args, &workspace, &talk),
        Verb::Scaffold(args) => scaffold::run(&args, &workspace, &talk),
    };
    outcome::report(done, &talk)
}
