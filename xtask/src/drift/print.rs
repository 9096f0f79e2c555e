//! A report in the formats that were asked for.

use super::lines::Lines;
use super::{Args, Format};
use anyhow::Context;
use meshery_generator::contract::Contract;
use meshery_generator::drift::{Annotated, Report};
use std::cell::OnceCell;
use std::io::Write;
use std::path::Path;

/// Writes the report in all of them, that of `--format` last. Annotations are on the contract `own`,
/// which is that of the given side.
pub(super) fn all(report: &Report, (own, side): (&Contract, usize), args: &Args) -> anyhow::Result<()> {
    let given = args.contract.as_deref().filter(|given| Path::new(given).is_file());
    let file = given.unwrap_or("schemas/contract.yml");
    let lines = OnceCell::new();
    let line = |pointer: &str| {
        let declared = || report.findings.iter().map(|finding| finding.declared[side].as_str());
        lines.get_or_init(|| Lines::of(&own.document, declared())).line(pointer)
    };
    let on = Annotated { file, side, line: &line };
    for (format, file) in &args.also {
        write_out(&shown(report, *format, on)?, Some(file))?;
    }
    write_out(&shown(report, args.format, on)?, args.output.as_deref())
}

fn shown(report: &Report, format: Format, on: Annotated<'_>) -> anyhow::Result<String> {
    let pretty = |value: &serde_json::Value| {
        serde_json::to_string_pretty(value).context("cannot print the report").map(|text| text + "\n")
    };
    Ok(match format {
        Format::Text => report.to_string(),
        Format::Markdown => report.to_markdown(),
        Format::Json => pretty(&report.to_json())?,
        Format::Html => report.to_html(),
        Format::Github => report.to_github(on),
        Format::Sarif => pretty(&report.to_sarif(on))?,
    })
}

/// Writes a text to a file, without colours, or to stdout.
pub(super) fn write_out(text: &str, output: Option<&Path>) -> anyhow::Result<()> {
    match output {
        Some(path) => crate::files::replace(path, &anstream::adapter::strip_str(text).to_string()),
        None => {
            let mut stdout = anstream::stdout();
            stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).context("cannot write to stdout")
        }
    }
}
