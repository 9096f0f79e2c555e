//! The table, for the terminal and for docs/PERFORMANCE.md.

use super::Row;
use crate::workspace::Workspace;
use anyhow::{Context, Result, anyhow};
use std::fmt::Write;
use std::fs;
use std::process::Command;

const BEGIN: &str = "<!-- begin: cargo xtask bench -->";
const END: &str = "<!-- end: cargo xtask bench -->";

/// The rows as Markdown, with machine and date.
pub(super) fn table(rows: &[Row]) -> String {
    let mut table =
        format!("{}\n\n| what | ours | peer | ratio | budget |\n|---|---|---|---|---|\n", machine());
    for row in rows {
        let Row { what, ours, peer, ratio, budget } = row;
        let _ = writeln!(table, "| {what} | {ours} | {peer} | {ratio} | {budget} |");
    }
    table
}

/// Puts the table between its marks in docs/PERFORMANCE.md.
pub(super) fn write(workspace: &Workspace, table: &str) -> Result<()> {
    let file = workspace.root().join("docs/PERFORMANCE.md");
    let page = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let (before, rest) =
        page.split_once(BEGIN).ok_or_else(|| anyhow!("{} has no `{BEGIN}`", file.display()))?;
    let (_, after) = rest.split_once(END).ok_or_else(|| anyhow!("{} has no `{END}`", file.display()))?;
    fs::write(&file, format!("{before}{BEGIN}\n{table}{END}{after}"))
        .with_context(|| format!("cannot write {}", file.display()))
}

fn machine() -> String {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("a processor that does not say its name", |(_, name)| name);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let compiler = said("rustc", &["--version"]);
    let date = said("date", &["-u", "+%Y-%m-%d"]);
    format!("Measured on {date} with {cores} cores of {model}; {compiler}.")
}

fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    output.map_or_else(|_| format!("no {program}"), |o| String::from_utf8_lossy(&o.stdout).trim().to_owned())
}
