//! `cargo xtask contract`: what there is to say about contracts that are already made.

use crate::outcome::{Failure, Outcome};
use anyhow::Context;
use meshery_generator::contract::diff::{self, Differences, Names};
use meshery_generator::contract::{self, Contract};
use meshery_generator::load::positions;
use serde_json::json;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Options of `contract`.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand, Debug)]
enum Verb {
    /// Say what two contracts state differently, whatever they were made of.
    Diff(DiffArgs),
}

#[derive(clap::Args, Debug)]
struct DiffArgs {
    /// A contract.
    #[arg(value_name = "A")]
    a: PathBuf,
    /// The contract it is compared with.
    #[arg(value_name = "B")]
    b: PathBuf,
    /// How to say it.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Say as well what is called differently; that alone is no difference.
    #[arg(long)]
    names: bool,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Does what was asked for.
pub(crate) fn run(args: &Args) -> Outcome {
    let Verb::Diff(args) = &args.verb;
    let (a, b) = (read(&args.a)?, read(&args.b)?);
    let differences = diff::compare(&a, &b);
    let names = args.names.then(|| diff::names(&a, &b));
    let text = match args.format {
        Format::Text => text(&differences, names.as_ref()),
        Format::Json => json_text(&differences, names.as_ref())?,
    };
    std::io::stdout().write_all(text.as_bytes()).context("cannot write to stdout")?;
    if differences.is_empty() {
        return Ok(());
    }
    Err(Failure::Differs(format!("{} differences", differences.differences.len())))
}

fn text(differences: &Differences, names: Option<&Names>) -> String {
    match names {
        Some(names) => format!("{differences}\n{names}"),
        None => differences.to_string(),
    }
}

fn json_text(differences: &Differences, names: Option<&Names>) -> anyhow::Result<String> {
    let document = json!({ "facts": differences, "names": names });
    Ok(serde_json::to_string_pretty(&document).context("cannot print the differences")? + "\n")
}

fn read(path: &Path) -> Result<Contract, Failure> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    contract::read(&text, &path.display().to_string()).map_err(|mut findings| {
        positions::complete(&mut findings, |_| Some(text.as_str()));
        Failure::Unloadable(findings)
    })
}
