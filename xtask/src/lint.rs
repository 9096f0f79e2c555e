//! `cargo xtask lint`: what is wrong in what upstream publishes, and what is done about it.

use crate::outcome::{Failure, Outcome};
use crate::repairs::Repairs;
use crate::source;
use crate::talk::Talk;
use crate::workspace::Workspace;
use anyhow::{Context, anyhow};
use flate2::read::MultiGzDecoder;
use meshery_generator::diagnostic::Severity;
use meshery_generator::lint::{self, Report};
use meshery_generator::load::{Documents, sources::Sources};
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// The longest document that is read, in bytes, once it is unpacked.
const LONGEST: u64 = 64 << 20;

/// Options of `lint`.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// What to look at: archives of releases, folders of checkouts, or documents that need no others
    /// (contracts and bundles: YAML or JSON, `.gz` or not). Without it, the contract of the workspace.
    #[arg(long, value_name = "ARCHIVE|DIR|FILE", num_args = 1..)]
    from: Vec<PathBuf>,
    /// How to say it.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// The least that makes the command fail.
    #[arg(long, value_enum, default_value_t = FailOn::Never)]
    fail_on: FailOn,
    /// The file to read in place of `schemas/sources.toml`.
    #[arg(long, value_name = "FILE")]
    sources: Option<PathBuf>,
    /// The file to read in place of `schemas/overlay.yml`.
    #[arg(long, value_name = "FILE")]
    overlay: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For a page.
    Markdown,
    /// For programs.
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum FailOn {
    /// Whatever is found.
    Never,
    /// An error.
    Error,
    /// An error or a warning.
    Warning,
}

/// Looks at each source, and prints what is found.
pub(crate) fn run(args: &Args, workspace: &Workspace, talk: &Talk) -> Outcome {
    let sources = source::sources(args.sources.as_deref(), workspace)?;
    let overlay = Repairs::read(args.overlay.as_deref(), workspace)?;
    let own = [workspace.contract()];
    let from = if args.from.is_empty() { &own[..] } else { &args.from };
    let mut reports = Vec::new();
    for path in from {
        talk.say(&format!("looking at {}", path.display()));
        reports.push(report(path, &sources, &overlay)?);
    }
    let text = match args.format {
        Format::Text => reports.iter().map(Report::to_string).collect::<Vec<_>>().join("\n"),
        Format::Markdown => reports.iter().map(Report::to_markdown).collect::<Vec<_>>().join("\n"),
        Format::Json => {
            let reports: Vec<_> = reports.iter().map(Report::to_json).collect();
            serde_json::to_string_pretty(&reports).context("cannot print the report")? + "\n"
        }
    };
    std::io::stdout().write_all(text.as_bytes()).context("cannot write to stdout")?;
    let count = |severity| reports.iter().map(|report| report.count(severity).0).sum::<usize>();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let fails = match args.fail_on {
        FailOn::Never => false,
        FailOn::Error => errors > 0,
        FailOn::Warning => errors + warnings > 0,
    };
    if fails { Err(Failure::Differs(format!("{errors} errors, {warnings} warnings"))) } else { Ok(()) }
}

fn report(path: &Path, sources: &Sources, overlay: &Repairs) -> Result<Report, Failure> {
    let name = path.display().to_string();
    if path.is_dir() || [".tar.gz", ".tgz"].iter().any(|ending| name.ends_with(ending)) {
        let documents = Documents::new(source::load(path, sources)?);
        let mut report = lint::source(&documents, sources, &overlay.actions);
        overlay.complete(&mut report);
        return Ok(report);
    }
    lint::document(&name, &text(path)?, sources).map_err(Failure::Unloadable)
}

/// The text of a document, unpacked.
fn text(path: &Path) -> anyhow::Result<String> {
    let unreadable = || format!("cannot read {}", path.display());
    let file = File::open(path).with_context(unreadable)?;
    let mut text = String::new();
    let packed = path.extension().is_some_and(|ending| ending == "gz");
    let bytes: Box<dyn Read> = if packed { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
    bytes.take(LONGEST + 1).read_to_string(&mut text).with_context(unreadable)?;
    if text.len() as u64 > LONGEST {
        return Err(anyhow!("{} is longer than {LONGEST} bytes", path.display()));
    }
    Ok(text)
}
