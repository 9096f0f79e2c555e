//! `cargo xtask drift`: what changed between two contracts, and whom it breaks.
//!
//! Exit codes: 0 nothing at or above `--fail-on` that is not accepted, 1 findings (or entries of the
//! file of what is accepted that match nothing), 2 wrong usage, 3 a side cannot be loaded or the tool
//! failed, 4 the generated code is not of the contract. What goes wrong in here is never 0.

mod accept;
mod guard;
mod history;
mod lines;
mod print;
mod side;

use crate::outcome::{Failure, Outcome};
use crate::talk::Talk;
use crate::workspace::Workspace;
use accept::Held;
use anyhow::anyhow;
use meshery_generator::contract::Contract;
use meshery_generator::drift::{self, Kind, Level, Report};
use side::Loader;
use std::path::PathBuf;

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
    /// Write it in another format as well: `html=drift.html`. May be given more than once.
    #[arg(long, value_name = "FORMAT=FILE", value_parser = also, conflicts_with = "history")]
    also: Vec<(Format, PathBuf)>,
    #[command(flatten)]
    network: side::Network,
}

/// Which of two contracts comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Direction {
    /// The one of the older release, a checkout that says none being the newest; of the same
    /// release, the one that is compared with.
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

/// Reads `html=drift.html`.
fn also(text: &str) -> Result<(Format, PathBuf), String> {
    let (format, file) = text.split_once('=').ok_or("a format and a file, like html=drift.html")?;
    if file.is_empty() {
        return Err("the file is missing".to_owned());
    }
    Ok((<Format as clap::ValueEnum>::from_str(format, false)?, file.into()))
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
    let other_first = other_first(args.direction, &ours, &other);
    let side = usize::from(other_first);
    let [old, new] = if other_first { [other, ours] } else { [ours, other] };
    let mut report = report(&old, &new, args.product.as_deref())?;
    let today = accept::today();
    held.apply(&mut report, [&old, &new], &today);
    let fails = |report: &Report| report.open().any(|finding| finding.level >= args.fail_on.level());
    if let Some(reason) = &args.accept {
        let due: Vec<_> = report.open().filter(|f| f.level >= args.fail_on.level()).cloned().collect();
        let count = held.entries.accept(&due, reason, &today, args.expires.as_deref());
        held.write()?;
        held.apply(&mut report, [&old, &new], &today);
        talk.say(&format!("{count} findings accepted in {}", held.path.display()));
    }
    let own = if other_first { &new } else { &old };
    print::all(&report, (own, side), args)?;
    if !report.problems.is_empty() {
        return Err(Failure::Load(anyhow!("{}", report.problems.join("; "))));
    }
    if args.contract.is_none() {
        side::check_generated(workspace)?;
    }
    for entry in &report.stale {
        talk.error(&format!("{}: {entry}", held.path.display()));
    }
    if fails(&report) {
        return Err(Failure::Differs(verdict(&report)));
    }
    if report.stale.is_empty() {
        Ok(())
    } else {
        Err(Failure::Differs("entries that accept nothing".to_owned()))
    }
}

/// Whether what is compared with is the old one.
fn other_first(direction: Direction, ours: &Contract, other: &Contract) -> bool {
    let version = |contract: &Contract| semver::Version::parse(contract.release.trim_start_matches('v')).ok();
    match direction {
        Direction::From => true,
        Direction::To => false,
        // What says no release, as a checkout, is what comes next.
        Direction::Release => match (version(other), version(ours)) {
            (Some(other), Some(ours)) => other <= ours,
            (None, Some(_)) => false,
            (_, None) => true,
        },
    }
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
    let public = report.open().filter(|finding| finding.id == Kind::BecamePublic).count();
    let public = match public {
        0 => String::new(),
        1 => "; 1 operation became public".to_owned(),
        more => format!("; {more} operations became public"),
    };
    format!("{}{public}", report.counts())
}
