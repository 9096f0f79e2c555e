//! What a call of the generated client costs, beside the same by hand on reqwest and serde_json. The
//! measuring is done by a bench of the client itself, with the one group that it needs.

use super::{Bench, Row, succeed};
use anyhow::{Context, Result, anyhow};
use std::process::Command;

/// The rows about calls.
pub(super) fn rows(bench: &Bench<'_>) -> Result<Vec<Row>> {
    bench.talk.say("building the bench of the client with optimisation, and calling");
    let mut cargo = Command::new("cargo");
    cargo.args(["bench", "--quiet", "--package", "meshery-client", "--bench", "calls"]);
    cargo.args(["--no-default-features", "--features", "meshery-workspaces,net"]);
    let said = succeed(cargo.current_dir(bench.workspace.root()))?;
    let rows: Vec<Row> = said
        .lines()
        .filter_map(|line| line.strip_prefix("calls\t"))
        .map(|line| row(line).with_context(|| format!("the bench of the client has said `{line}`")))
        .collect::<Result<_>>()?;
    if rows.is_empty() { Err(anyhow!("the bench of the client has said nothing")) } else { Ok(rows) }
}

/// A row of what the bench says: see `generated-client/benches/calls.rs`.
fn row(line: &str) -> Result<Row> {
    let fields: Vec<&str> = line.split('\t').collect();
    let [name, ours, own_allocations, peer, peer_allocations, ratio, cpu] = fields[..] else {
        return Err(anyhow!("expected 7 fields, found {}", fields.len()));
    };
    let (what, budget) = match name {
        "a small GET" => ("a call over loopback: a small GET", "at most 1.03"),
        // Most of that is time in which nobody works.
        "a small GET to another processor" => ("the same, with the server on another processor", ""),
        "a page of 1 MB" => ("a call over loopback: a page of 1 MB", "at most 1.03"),
        _ => return Err(anyhow!("a bench of that name is not known")),
    };
    Ok(Row {
        what,
        ours: format!("{} µs, {own_allocations} allocations", micros(ours)?),
        peer: format!("reqwest and serde_json by hand: {} µs, {peer_allocations} allocations", micros(peer)?),
        ratio: format!("{ratio} of its time ({cpu} of its processor time)"),
        budget,
    })
}

fn micros(nanoseconds: &str) -> Result<String> {
    Ok(format!("{:.0}", nanoseconds.parse::<f64>()? / 1000.0))
}
