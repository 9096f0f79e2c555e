//! `cargo xtask bundle`: the dereferenced documents that upstream publishes.

use crate::files;
use crate::outcome::{Failure, Outcome};
use crate::source;
use crate::talk::Talk;
use crate::workspace::Workspace;
use anyhow::Context;
use meshery_generator::bundle;
use meshery_generator::load::Documents;
use std::io::Write;
use std::path::PathBuf;

/// The merge of all products, as `--product` names it.
const MERGED: &str = "merged";

/// Options of `bundle`.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The archive of a release (`.tar.gz`), or the folder of a checkout.
    #[arg(long, value_name = "ARCHIVE|DIR")]
    from: PathBuf,
    /// The name of a product, or `merged` for all of them together.
    #[arg(long, value_name = "NAME")]
    product: String,
    /// The file to write: JSON if it ends in `.json`, else YAML; without it, YAML on stdout.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The file to read in place of `schemas/sources.toml`.
    #[arg(long, value_name = "FILE")]
    sources: Option<PathBuf>,
}

/// Writes the document of a product.
pub(crate) fn run(args: &Args, workspace: &Workspace, talk: &Talk) -> Outcome {
    let sources = source::sources(args.sources.as_deref(), workspace)?;
    if args.product != MERGED && sources.product(&args.product).is_none() {
        let known: Vec<_> = sources.products.iter().map(|p| p.name.as_str()).collect();
        let known = known.join(", ");
        return Err(Failure::Usage(format!("no product `{}`; there are {MERGED}, {known}", args.product)));
    }
    let documents = Documents::new(source::load(&args.from, &sources)?);
    let found = |findings| Failure::Findings(source::with_lines(findings, &documents));
    let merged = bundle::merged(&documents, &sources).map_err(found)?;
    let document = if args.product == MERGED {
        merged.document
    } else {
        bundle::product(merged, &documents, &sources, &args.product).map_err(found)?
    };
    let Some(path) = &args.output else {
        let text = bundle::to_yaml(&document);
        std::io::stdout().write_all(text.as_bytes()).context("cannot write to stdout")?;
        return Ok(());
    };
    let text = if path.extension().is_some_and(|e| e == "json") {
        serde_json::to_string_pretty(&document).context("cannot print the document")? + "\n"
    } else {
        bundle::to_yaml(&document)
    };
    files::replace(path, &text)?;
    talk.say(&format!("wrote {}, {} bytes", path.display(), text.len()));
    Ok(())
}
