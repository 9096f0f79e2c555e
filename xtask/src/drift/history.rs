//! Several releases in a row.

use super::{Args, Format, print::write_out, report, side::Loader};
use crate::files;
use crate::outcome::{Failure, Outcome};
use anyhow::{Context, anyhow};
use meshery_generator::drift::History;

/// Compares each release with the next, and prints a changelog; with `--plot`, what broke as a plot.
pub(super) fn run(args: &Args, loader: &Loader<'_>) -> Outcome {
    if !matches!(args.format, Format::Text | Format::Markdown | Format::Json) {
        return Err(Failure::Usage("--history is printed as markdown or json".to_owned()));
    }
    let contracts = args.history.iter().map(|named| loader.load(named)).collect::<Result<Vec<_>, _>>()?;
    let mut history = History::default();
    for pair in contracts.windows(2) {
        if let [old, new] = pair {
            history.reports.push(report(old, new, args.product.as_deref())?);
        }
    }
    if let Some(plot) = &args.plot {
        files::replace(plot, &history.to_svg())?;
    }
    let text = if args.format == Format::Json {
        let reports: Vec<_> = history.reports.iter().map(|report| report.to_json()).collect();
        serde_json::to_string_pretty(&reports).context("cannot print the reports")? + "\n"
    } else {
        let plot = args.plot.as_ref().and_then(|plot| plot.file_name()).map(|name| name.to_string_lossy());
        history.to_markdown(plot.as_deref())
    };
    write_out(&text, args.output.as_deref())?;
    let problems: Vec<&str> =
        history.reports.iter().flat_map(|report| &report.problems).map(String::as_str).collect();
    if problems.is_empty() { Ok(()) } else { Err(Failure::Load(anyhow!("{}", problems.join("; ")))) }
}
