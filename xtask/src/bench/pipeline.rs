//! From an archive to files: time, memory, and the time it takes to find nothing to do.

use super::{Bench, Row, best, node, seconds, succeed, timed};
use crate::outcome::Outcome;
use crate::repairs::Repairs;
use crate::source;
use crate::talk::Talk;
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use meshery_generator::load::Documents;
use meshery_generator::{contract, generate, write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// Options of `bench-once`, which is run by `bench` for itself.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The archive of a release.
    #[arg(long, value_name = "FILE")]
    archive: PathBuf,
    /// An empty folder.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// From an archive to all generated files, once; prints milliseconds, and KiB of memory at most.
pub(crate) fn once(args: &Args, workspace: &Workspace, _: &Talk) -> Outcome {
    let started = Instant::now();
    let sources = source::sources(None, workspace)?;
    let overlay = Repairs::read(None, workspace)?;
    let documents = Documents::new(source::load(&args.archive, &sources)?);
    let built = contract::build(&documents, &sources, &overlay.actions)?;
    let generated = generate(&built.contract, "schemas/contract.yml")?;
    let changes = write::apply(&args.out, &generated.plan, write::Mode::Write)?;
    let milliseconds = started.elapsed().as_secs_f64() * 1000.0;
    anstream::println!("{milliseconds:.1} {} {}", peak_kib(), changes.added.len());
    Ok(())
}

/// The most memory that this process has held, where the system says.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// The manifests whose features are generated, in a folder of their own.
fn manifests(root: &Path, out: &Path) -> std::io::Result<()> {
    for krate in ["generated-types", "generated-client", "generated-server"] {
        std::fs::create_dir_all(out.join(krate))?;
        std::fs::copy(root.join(krate).join("Cargo.toml"), out.join(krate).join("Cargo.toml"))?;
    }
    Ok(())
}

/// The first three rows of the budget.
pub(super) fn rows(bench: &Bench<'_>) -> Result<Vec<Row>> {
    bench.talk.say("archive to generated files");
    let mut peak = 0;
    let mut files = 0;
    let mut run = 0;
    let whole = best(bench.runs + 1, || {
        run += 1;
        let out = bench.folder.join(format!("once-{run}"));
        manifests(bench.workspace.root(), &out).context("cannot make a temporary folder")?;
        let mut once = Command::new(&bench.own);
        once.arg("bench-once").arg("--archive").arg(&bench.archive).arg("--out").arg(out);
        let said = succeed(once.arg("--workspace").arg(bench.workspace.root()))?;
        let mut figures = said.split_whitespace();
        let milliseconds: f64 = figures.next().and_then(|f| f.parse().ok()).context("no figure")?;
        peak = peak.max(figures.next().and_then(|f| f.parse().ok()).unwrap_or(0_u64));
        files = figures.next().and_then(|f| f.parse().ok()).unwrap_or(0_usize);
        Ok(Duration::from_secs_f64(milliseconds / 1000.0))
    })?;
    bench.talk.say("regen with nothing to do");
    let mut regen = Command::new(&bench.own);
    regen.args(["--quiet", "regen", "--check", "--workspace"]).arg(bench.workspace.root());
    let idle = best(bench.runs, || timed(&mut regen))?;
    bench.talk.say("the Node tools on the same archive");
    let (peer, ratio) = match node::bundling(bench) {
        Ok(peer) => (
            format!("Node bundling alone: {}", seconds(peer)),
            format!("{:.1} times faster", peer.as_secs_f64() / whole.as_secs_f64()),
        ),
        Err(error) => (format!("Node could not be measured: {error:#}"), String::new()),
    };
    let megabytes = peak / 1024;
    Ok(vec![
        Row {
            what: "archive to all generated files written, warm",
            ours: format!("{} ({files} files)", seconds(whole)),
            peer,
            ratio,
            budget: "under 1 s; 10 times faster",
        },
        Row {
            what: "`regen` with nothing to do",
            ours: seconds(idle),
            peer: String::new(),
            ratio: String::new(),
            budget: "under 0.3 s",
        },
        Row {
            what: "peak memory from archive to files",
            ours: format!("{megabytes} MB"),
            peer: String::new(),
            ratio: String::new(),
            budget: "under 300 MB",
        },
    ])
}
