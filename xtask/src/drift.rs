//! `cargo xtask drift`: what changed between two contracts, and whom it breaks.
//!
//! Exit codes: 0 nothing at or above `--fail-on` that is not accepted, 1 findings (or entries of the
//! file of what is accepted that match nothing), 2 wrong usage, 3 a side cannot be loaded or the tool
//! failed, 4 the generated code is not of the contract. What goes wrong in here is never 0.

mod accept;
mod guard;
mod history;
mod lines;
mod side;

use crate::outcome::{Failure, Outcome};
use crate::talk::Talk;
use crate::workspace::Workspace;
use accept::Held;
use anyhow::{Context, anyhow};
use meshery_generator::contract::Contract;
use meshery_generator::drift::{self, Kind, Level, Report};
use side::Loader;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Options of `drift`.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// What to compare with: a release (`v1.3.45`), an archive, a folder, the file of a contract, or
    /// the contract of a revision of this repository (`git:main`).
    #[arg(long, value_name = "TAG|FILE|DIR|git:REV", required_unless_present = "history")]
    against: Option<String>,
    /// Say what changed over several releases, each named as for `--against`, the oldest first.
    #[arg(long, value_name = "TAG|FILE|DIR|git:REV", num_args = 2.., conflicts_with_all = ["against", "contract", "accept"])]
    history: Vec<String>,
    /// With `--history`: the file to write the plot to.
    #[arg(long, value_name = "FILE.svg", requires = "history")]
    plot: Option<PathBuf>,
    /// What to compare, in place of the contract of the workspace; named as for `--against`.
    #[arg(long, value_name = "TAG|FILE|DIR|git:REV")]
    contract: Option<String>,
    /// Which of the two comes first.
    #[arg(long, value_enum, default_value_t = Direction::Release)]
    direction: Direction,
    /// Look at one product only.
    #[arg(long, value_name = "NAME")]
    product: Option<String>,
    /// The least that makes the command fail.
    #[arg(long, value_enum, default_value_t = FailOn::Error)]
    fail_on: FailOn,
    /// Accept, for this reason, all that would make the command fail.
    #[arg(long, value_name = "REASON")]
    accept: Option<String>,
    /// The last day of what is accepted now: `2026-12-31`.
    #[arg(long, value_name = "DATE", requires = "accept")]
    expires: Option<String>,
    /// The file of what is accepted, in place of `schemas/drift-accept.toml`.
    #[arg(long, value_name = "FILE")]
    accepted: Option<PathBuf>,
    /// How to say it.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// The file to write it to, in place of stdout.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    network: side::Network,
}

/// Which of two contracts comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Direction {
    /// The one of the older release; of the same release, the one that is compared with.
    Release,
    /// The one that is compared with.
    From,
    /// The one of the workspace.
    To,
}

/// The least that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum FailOn {
    /// What breaks somebody.
    Error,
    /// What may break somebody.
    Warning,
    /// What is good to know.
    Info,
    /// Anything, as for a lock file.
    Any,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people at a terminal.
    Text,
    /// For an issue or a comment.
    Markdown,
    /// For programs; see docs/drift.schema.json.
    Json,
    /// One page, for a browser.
    Html,
    /// Annotations of GitHub Actions.
    Github,
    /// SARIF 2.1.0.
    Sarif,
}

impl FailOn {
    fn level(self) -> Level {
        match self {
            Self::Error => Level::Error,
            Self::Warning => Level::Warning,
            Self::Info => Level::Info,
            Self::Any => Level::None,
        }
    }
}

/// Compares, prints, and fails if it must. A panic is a failure as any other.
pub(crate) fn run(args: &Args, workspace: &Workspace, talk: &Talk) -> Outcome {
    guard::guarded(|| compare(args, workspace, talk))
}

fn compare(args: &Args, workspace: &Workspace, talk: &Talk) -> Outcome {
    accept::check_options(args.accept.as_deref(), args.expires.as_deref())?;
    let mut held = Held::read(args.accepted.as_deref(), workspace)?;
    let loader = Loader::new(&args.network, workspace, talk);
    let Some(against) = &args.against else { return history::run(args, &loader) };
    let ours = match &args.contract {
        Some(source) => loader.load(source)?,
        None => loader.own()?,
    };
    let other = loader.load(against)?;
    let [old, new] = ordered(args.direction, ours, other);
    let mut report = report(&old, &new, args.product.as_deref())?;
    let today = accept::today();
    let stale = held.entries.apply(&mut report, &today);
    let fails = |report: &Report| report.open().any(|finding| finding.level >= args.fail_on.level());
    if let Some(reason) = &args.accept {
        let due: Vec<_> = report.open().filter(|f| f.level >= args.fail_on.level()).cloned().collect();
        let count = held.entries.accept(&due, reason, &today, args.expires.as_deref());
        held.write()?;
        held.entries.apply(&mut report, &today);
        talk.say(&format!("{count} findings accepted in {}", held.path.display()));
    }
    print(&report, &new, args)?;
    if !report.problems.is_empty() {
        return Err(Failure::Load(anyhow!("{}", report.problems.join("; "))));
    }
    if args.contract.is_none() {
        side::check_generated(workspace)?;
    }
    for entry in &stale {
        talk.error(&format!("{}: {entry}", held.path.display()));
    }
    if fails(&report) {
        return Err(Failure::Differs(verdict(&report)));
    }
    if stale.is_empty() { Ok(()) } else { Err(Failure::Differs("entries that accept nothing".to_owned())) }
}

/// What is old, then what is new.
fn ordered(direction: Direction, ours: Contract, other: Contract) -> [Contract; 2] {
    let version = |contract: &Contract| semver::Version::parse(contract.release.trim_start_matches('v')).ok();
    let other_first = match direction {
        Direction::From => true,
        Direction::To => false,
        Direction::Release => version(&other) <= version(&ours),
    };
    if other_first { [other, ours] } else { [ours, other] }
}

/// Compares, whole or as a product sees it.
fn report(old: &Contract, new: &Contract, product: Option<&str>) -> Result<Report, Failure> {
    let Some(product) = product else { return Ok(drift::compare(old, new)) };
    let sides = [old, new].map(|side| drift::only(side, product));
    let [Some(old), Some(new)] = sides else {
        return Err(Failure::Usage(format!("`{product}` is no product of both contracts")));
    };
    let mut report = drift::compare(&old, &new);
    report.product = Some(product.to_owned());
    Ok(report)
}

fn verdict(report: &Report) -> String {
    let counts = [Level::Error, Level::Warning, Level::Info].map(|level| report.count(level));
    let public = report.open().filter(|finding| finding.id == Kind::BecamePublic).count();
    let public = if public > 0 { format!("; {public} operations became public") } else { String::new() };
    let [errors, warnings, infos] = counts;
    format!("{errors} errors, {warnings} warnings, {infos} infos{public}")
}

fn print(report: &Report, new: &Contract, args: &Args) -> anyhow::Result<()> {
    let file = args.contract.clone().unwrap_or_else(|| "schemas/contract.yml".to_owned());
    let lines = || {
        lines::Lines::of(&new.document, report.findings.iter().map(|finding| finding.declared[1].as_str()))
    };
    let pretty = |value: &serde_json::Value| {
        serde_json::to_string_pretty(value).context("cannot print the report").map(|text| text + "\n")
    };
    let text = match args.format {
        Format::Text => report.to_string(),
        Format::Markdown => report.to_markdown(),
        Format::Json => pretty(&report.to_json())?,
        Format::Html => report.to_html(),
        Format::Github => {
            let lines = lines();
            report.to_github(&file, &|pointer| lines.line(pointer))
        }
        Format::Sarif => {
            let lines = lines();
            pretty(&report.to_sarif(&file, &|pointer| lines.line(pointer)))?
        }
    };
    write_out(&text, args.output.as_deref())
}

/// Writes a text to a file, without colours, or to stdout.
fn write_out(text: &str, output: Option<&Path>) -> anyhow::Result<()> {
    match output {
        Some(path) => crate::files::replace(path, &anstream::adapter::strip_str(text).to_string()),
        None => {
            let mut stdout = anstream::stdout();
            stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).context("cannot write to stdout")
        }
    }
}
