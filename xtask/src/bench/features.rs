//! What features save: the time to check types and client, and the size of what comes of it, with all
//! groups, with one product, and with a few groups. Dependencies are built before the clock starts, with
//! the same features.

use super::compile::compiled;
use super::{Bench, Row, seconds};
use anyhow::{Context, Result, anyhow};
use std::fs;
use std::path::Path;
use std::time::Duration;
use toml::{Table, Value};

const CRATES: [&str; 2] = ["meshery-types", "meshery-client"];

/// How many groups "a few" are.
const FEW: usize = 3;

/// A row for each set of features.
pub(super) fn rows(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let manifest = bench.workspace.root().join("generated-client/Cargo.toml");
    let text =
        fs::read_to_string(&manifest).with_context(|| format!("cannot read {}", manifest.display()))?;
    let table: Table = text.parse().with_context(|| format!("cannot read {}", manifest.display()))?;
    let features = table.get("features").and_then(Value::as_table).cloned().unwrap_or_default();
    let list = |feature: &str| -> Vec<String> {
        let brings = features.get(feature).and_then(Value::as_array).into_iter().flatten();
        brings.filter_map(|name| name.as_str().map(str::to_owned)).collect()
    };
    let product = list("all").pop().ok_or_else(|| anyhow!("there are no products"))?;
    let groups = list(&product);
    let few: Vec<String> = groups.iter().take(FEW).cloned().collect();
    let one: Vec<String> = groups.last().cloned().into_iter().collect();
    let sets = [
        (
            "`cargo check` of types and client, and the metadata that it writes, all groups",
            vec!["all".to_owned()],
        ),
        ("the same, one product", vec![product]),
        ("the same, three groups", few),
        ("the same, one group", one),
    ];
    let mut rows = Vec::new();
    let mut whole = None;
    for (what, features) in sets {
        let (time, size) = checked(bench, &features)?;
        let (all, all_size) = *whole.get_or_insert((time, size));
        let named: Vec<_> = features.iter().map(|name| format!("`{name}`")).collect();
        let ours = format!("{}, {:.1} MB ({})", seconds(time), size as f64 / 1e6, named.join(", "));
        let ratio = match rows.is_empty() {
            true => String::new(),
            false => format!(
                "{:.2} of the time of all, {:.2} of the size",
                time.as_secs_f64() / all.as_secs_f64(),
                size as f64 / all_size as f64
            ),
        };
        rows.push(Row { what, ours, peer: String::new(), ratio, budget: "" });
    }
    Ok(rows)
}

/// The time of a check, and the bytes of what it has written.
fn checked(bench: &Bench<'_>, features: &[String]) -> Result<(Duration, u64)> {
    bench.talk.say(&format!("checking types and client with {}", features.join(" ")));
    let each = CRATES.iter().flat_map(|krate| features.iter().map(move |name| format!("{krate}/{name}")));
    let each = each.collect::<Vec<_>>().join(",");
    let verb = ["check", "--no-default-features", "--features", &each];
    let target = bench.folder.join("target-features");
    let time = compiled(&verb, bench.workspace.root(), &CRATES, &target, bench.runs.min(3))?;
    let sizes = CRATES.iter().map(|krate| metadata(&target.join("debug/deps"), krate));
    Ok((time, sizes.sum::<Result<u64>>()?))
}

/// How large the metadata is that was written last of a crate.
fn metadata(folder: &Path, krate: &str) -> Result<u64> {
    let begin = format!("lib{}-", krate.replace('-', "_"));
    let mut last = None;
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let entry = entry.with_context(|| format!("cannot list {}", folder.display()))?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        if name.starts_with(&begin) && name.ends_with(".rmeta") {
            let facts =
                entry.metadata().with_context(|| format!("cannot read {}", entry.path().display()))?;
            last = last.max(facts.modified().ok().map(|written| (written, facts.len())));
        }
    }
    last.map(|(_, size)| size).ok_or_else(|| anyhow!("there is no metadata of {krate}"))
}
