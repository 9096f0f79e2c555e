//! The peer of the pipeline: bundling the same sources as upstream publishes them, with the libraries
//! that upstream's own bundling uses, in a script of ours.

use super::{Bench, best, succeed};
use crate::source;
use anyhow::{Context, Result, anyhow};
use std::fs;
use std::process::Command;
use std::time::Duration;

const SCRIPT: &str = include_str!("bundle.mjs");
const PACKAGES: [&str; 2] = ["@apidevtools/json-schema-ref-parser@15.3.5", "js-yaml@4"];

/// How long it takes to resolve, merge and print all products, once Node is up.
pub(super) fn bundling(bench: &Bench<'_>) -> Result<Duration> {
    let folder = bench.folder.join("node");
    fs::create_dir(&folder).context("cannot make a temporary folder")?;
    fs::write(folder.join("package.json"), "{\"private\":true,\"type\":\"module\"}\n")?;
    fs::write(folder.join("bundle.mjs"), SCRIPT)?;
    let mut install = Command::new("npm");
    install.args(["install", "--silent", "--no-audit", "--no-fund"]).args(PACKAGES);
    succeed(install.current_dir(&folder))?;
    let mut unpack = Command::new("tar");
    succeed(unpack.arg("-xzf").arg(&bench.archive).args(["--strip-components", "1"]).current_dir(&folder))?;
    let sources = source::sources(None, bench.workspace).map_err(|_| anyhow!("sources.toml is not read"))?;
    let left_out: Vec<_> = sources.constructs.excluded.union(&sources.constructs.schema_only).collect();
    let selection = serde_json::json!({
        "root": sources.constructs.root,
        "document": sources.constructs.document,
        "left_out": left_out,
        "base": sources.merged.base,
        "products": sources.products.iter()
            .map(|product| serde_json::json!({ "name": product.name, "base": product.base }))
            .collect::<Vec<_>>(),
    });
    best(bench.runs.min(3), || {
        let mut node = Command::new("node");
        let said = succeed(node.arg("bundle.mjs").arg(selection.to_string()).current_dir(&folder))?;
        let milliseconds: f64 = said.trim().parse().context("the script printed no figure")?;
        Ok(Duration::from_secs_f64(milliseconds / 1000.0))
    })
}
