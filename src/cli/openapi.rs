//! `mesheryd openapi`.

use super::products::{self, Product};
use super::talk::print;
use anyhow::Result;
use clap::ValueEnum;
use meshery_server::Document;

#[derive(clap::Args)]
pub(super) struct Args {
    /// Whose contract is printed; that of all products unless one is named.
    #[arg(long, value_name = "NAME", default_value = products::ALL)]
    product: Product,
    /// As what.
    #[arg(long, value_enum, default_value_t = Format::Yaml)]
    format: Format,
    /// With what a server answers by itself (400, 401, 406, and so on), as at `/openapi.json`.
    #[arg(long)]
    served: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Json,
    Yaml,
}

pub(super) fn run(args: &Args) -> Result<()> {
    let mut document = Document::of(&args.product.names());
    if args.served {
        document = document.served();
    }
    let text = match args.format {
        Format::Json => document.to_json() + "\n",
        Format::Yaml => document.to_yaml(),
    };
    Ok(print(&text)?)
}
