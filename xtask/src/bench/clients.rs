//! The generated client beside those of other generators: openapi-to-rust of the same product, and
//! progenitor of a document that both take. What a call takes, and how large a program is that makes
//! one; for the second also what is generated, and how long it takes to check.
//!
//! `bench/clients` is the program; here it is put together, built, run and read.

use super::servers::{copy, manifest};
use super::{Bench, Row, compile, seconds, succeed};
use anyhow::{Context, Result, anyhow};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use toml::{Table, Value};

const PRODUCT: &str = "meshery";
const PROGENITOR: &str = "progenitor";
const PROGENITOR_VERSION: &str = "0.14";

/// How its manifests ask for its library: for any.
const ANY_LIBRARY: &str = "progenitor-client = \"*\"";

/// What our generator calls what it makes of the document for both, and what progenitor's crate is called.
const NAME: &str = "bookshelf";
const PEER: &str = "bookshelf-progenitor";

/// The rows of the clients.
pub(super) fn rows(bench: &Bench<'_>, rival: Option<&Path>, progenitor: Option<&Path>) -> Result<Vec<Row>> {
    let folder = bench.folder.join("clients");
    copy(&bench.workspace.root().join("bench/clients"), &folder)?;
    let needs = told(bench, compile::RIVAL, of_product(bench, rival, &folder));
    let both = told(bench, PROGENITOR, of_both(bench, progenitor, &folder));
    let mut features = Vec::new();
    let mut dependencies = needs.clone().unwrap_or_default();
    features.extend(needs.is_some().then_some("rival"));
    if let Some(both) = &both {
        features.push("both");
        dependencies.extend(both.dependencies());
    }
    manifest(bench, &folder, Some(&dependencies))?;
    bench.talk.say("building the clients with optimisation");
    let target = bench.folder.join("target-clients");
    let mut build = Command::new("cargo");
    build.args(["build", "--quiet", "--release", "--features", &features.join(",")]);
    succeed(build.current_dir(&folder).env("CARGO_TARGET_DIR", &target))?;
    bench.talk.say("measuring the clients");
    let said = succeed(&mut Command::new(target.join("release/calls")))?;
    let mut rows = said.lines().map(called).collect::<Result<Vec<_>>>()?;
    let size = |name: &str| fs::metadata(target.join("release").join(name)).map(|facts| facts.len()).ok();
    rows.extend(sized(
        "a program that makes one call of the product",
        size("size-ours"),
        size("size-rival"),
        &rival_name(),
    ));
    let (ours, peer) = (size("size-both-ours"), size("size-both-progenitor"));
    rows.extend(sized(
        "a program that makes one call, of a document for both",
        ours,
        peer,
        &progenitor_name(),
    ));
    if let Some(both) = both {
        rows.extend(both.rows(bench)?);
    }
    Ok(rows)
}

fn rival_name() -> String {
    format!("{} {}", compile::RIVAL, compile::RIVAL_VERSION)
}

fn progenitor_name() -> String {
    format!("{PROGENITOR} {PROGENITOR_VERSION}")
}

/// What there is of a peer; where there is nothing, it is said why.
fn told<T>(bench: &Bench<'_>, peer: &str, made: Result<T>) -> Option<T> {
    made.map_err(|error| bench.talk.say(&format!("{peer} could not be measured: {error:#}"))).ok()
}

/// A row of what the program says of calls: document, size, nanoseconds and allocations of ours and of
/// the peer, ratio.
fn called(line: &str) -> Result<Row> {
    let fields: Vec<&str> = line.split('\t').collect();
    let [document, size, ours, own_allocations, peer, peer_allocations, ratio] = fields[..] else {
        return Err(anyhow!("the clients said `{line}`"));
    };
    let (what, named) = match (document, size) {
        ("workspaces", "small") => ("a call of the client: a small GET", rival_name()),
        ("workspaces", "large") => ("a call of the client: a page of 1 MB", rival_name()),
        ("both", "small") => ("the same, of a document for both: a small GET", progenitor_name()),
        ("both", "large") => ("the same, of a document for both: a page of 1 MB", progenitor_name()),
        _ => return Err(anyhow!("the clients said `{line}`")),
    };
    let micros = |text: &str| text.parse::<f64>().map(|nanoseconds| nanoseconds / 1000.0);
    Ok(Row {
        what,
        ours: format!("{:.0} µs, {own_allocations} allocations", micros(ours)?),
        peer: format!("{named}: {:.0} µs, {peer_allocations} allocations", micros(peer)?),
        ratio: format!("{ratio} of its time"),
        budget: "",
    })
}

/// A row of how large two programs are.
fn sized(what: &'static str, ours: Option<u64>, peer: Option<u64>, named: &str) -> Option<Row> {
    let ours = ours?;
    let megabytes = |bytes: u64| format!("{:.1} MB", bytes as f64 / 1e6);
    Some(Row {
        what,
        ours: megabytes(ours),
        peer: peer.map_or_else(
            || format!("{named} could not be measured"),
            |peer| format!("{named}: {}", megabytes(peer)),
        ),
        ratio: peer.map_or_else(String::new, |peer| format!("{:.2} of its size", ours as f64 / peer as f64)),
        budget: "",
    })
}

/// Lets openapi-to-rust generate a client of the product; the dependencies that it asks for.
fn of_product(bench: &Bench<'_>, rival: Option<&Path>, folder: &Path) -> Result<Table> {
    let rival: PathBuf = match rival {
        Some(rival) => rival.to_path_buf(),
        None => compile::installed(bench)?,
    };
    let mut own = Command::new(&bench.own);
    own.args(["--quiet", "bundle", "--product", PRODUCT, "--from"]).arg(&bench.archive);
    own.arg("-o").arg(folder.join("product.yml")).arg("--workspace").arg(bench.workspace.root());
    succeed(&mut own)?;
    let config = "[generator]\nspec_path = \"product.yml\"\noutput_dir = \"src/rival\"\nmodule_name = \"api\"\n\n\
                  [generator.builders]\nenabled = true\nthreshold = 0\n\n[features]\nenable_async_client = true\n";
    fs::write(folder.join("openapi-to-rust.toml"), config).context("cannot write its configuration")?;
    succeed(Command::new(rival).args(["generate", "-c", "openapi-to-rust.toml"]).current_dir(folder))?;
    let needs = fs::read_to_string(folder.join("src/rival/REQUIRED_DEPS.toml"))
        .context("it did not say what it depends on")?;
    let needs: Table = needs.parse().context("what it depends on is not TOML")?;
    Ok(needs.get("dependencies").and_then(Value::as_table).cloned().unwrap_or_default())
}

/// What two generators have made of one document.
struct Both {
    ours: PathBuf,
    peer: PathBuf,
}

/// Lets both generate.
fn of_both(bench: &Bench<'_>, program: Option<&Path>, folder: &Path) -> Result<Both> {
    let document = folder.join("both.yml");
    let both = Both { ours: bench.folder.join("both"), peer: bench.folder.join(PEER) };
    let mut own = Command::new(&bench.own);
    own.args(["--quiet", "generate", "--name", NAME, "--input"]).arg(&document).arg("--out").arg(&both.ours);
    succeed(own.arg("--workspace").arg(bench.workspace.root()))?;
    let program = program.map_or_else(|| progenitor(bench), |program| Ok(program.to_path_buf()))?;
    let mut peer = Command::new(program);
    peer.args(["progenitor", "--name", PEER, "--version", "0.0.0", "--interface", "builder"]);
    // With the copy that it puts in otherwise, what it writes does not compile.
    peer.args(["--include-client", "false", "--input"]).arg(&document);
    succeed(peer.arg("--output").arg(&both.peer))?;
    let file = both.peer.join("Cargo.toml");
    let manifest = fs::read_to_string(&file).context("it has written no manifest")?;
    let manifest = manifest.replace(ANY_LIBRARY, &format!("{PROGENITOR}-client = \"{PROGENITOR_VERSION}\""));
    // It would look for a workspace above.
    fs::write(&file, format!("{manifest}\n[workspace]\n")).context("cannot write its manifest")?;
    Ok(both)
}

/// The program that generates crates by progenitor, installed for this run.
fn progenitor(bench: &Bench<'_>) -> Result<PathBuf> {
    bench.talk.say(&format!("installing cargo-{PROGENITOR} {PROGENITOR_VERSION} from crates.io"));
    let root = bench.folder.join(PROGENITOR);
    let mut install = Command::new("cargo");
    let version = format!("^{PROGENITOR_VERSION}");
    install.args(["install", "--quiet", "cargo-progenitor", "--version", &version, "--root"]).arg(&root);
    succeed(install.env("CARGO_TARGET_DIR", bench.folder.join("target-rival")))?;
    Ok(root.join("bin/cargo-progenitor"))
}

impl Both {
    /// The crates, as dependencies.
    fn dependencies(&self) -> Table {
        let at = |path: PathBuf| {
            Value::Table(Table::from_iter([("path".to_owned(), path.display().to_string().into())]))
        };
        let ours = format!("{NAME}-client");
        Table::from_iter([(ours.clone(), at(self.ours.join(ours))), (PEER.to_owned(), at(self.peer.clone()))])
    }

    /// How much is generated, and how long it takes to check.
    fn rows(&self, bench: &Bench<'_>) -> Result<Vec<Row>> {
        bench.talk.say(&format!("checking what {PROGENITOR} generates, and the same of ours"));
        let (runs, named) = (bench.runs.min(3), progenitor_name());
        let crates = [format!("{NAME}-types"), format!("{NAME}-client")];
        let crates: Vec<&str> = crates.iter().map(String::as_str).collect();
        let check = |root: &Path, packages: &[&str], target: &str| {
            compile::compiled(compile::CHECK, root, packages, &bench.folder.join(target), runs)
        };
        let ours = check(&self.ours, &crates, "target-both-ours")?;
        let peer = check(&self.peer, &[PEER], "target-both-peer")?;
        let generated = crates.iter().map(|part| lines(&self.ours.join(part).join("src/generated")));
        let generated: usize = generated.sum::<Result<usize>>()?;
        let by_hand = crates.iter().map(|part| lines(&self.ours.join(part).join("src")));
        let by_hand = by_hand.sum::<Result<usize>>()? - generated;
        let theirs = lines(&self.peer.join("src"))?;
        Ok(vec![
            compared("`cargo check` of a client, of a document for both", ours, peer, &named),
            Row {
                what: "lines of it",
                ours: format!("{generated}, and {by_hand} that are the same for every document"),
                peer: format!("{named}: {theirs}, and its library"),
                ratio: String::new(),
                budget: "",
            },
        ])
    }
}

fn compared(what: &'static str, ours: Duration, peer: Duration, named: &str) -> Row {
    Row {
        what,
        ours: seconds(ours),
        peer: format!("{named}: {}", seconds(peer)),
        ratio: format!("{:.2} of its time", ours.as_secs_f64() / peer.as_secs_f64()),
        budget: "",
    }
}

/// How many lines the Rust files below a folder have.
pub(super) fn lines(folder: &Path) -> Result<usize> {
    let mut count = 0;
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let path = entry.with_context(|| format!("cannot list {}", folder.display()))?.path();
        if path.is_dir() {
            count += lines(&path)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text =
                fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            count += text.lines().count();
        }
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]
    use super::{called, sized};

    #[test]
    fn what_the_program_says_becomes_rows_and_peers_may_be_missing() {
        let row = called("both\tlarge\t4000000\t120\t5000000\t300\t0.8").unwrap();
        assert_eq!(row.ours, "4000 µs, 120 allocations");
        assert!(row.peer.starts_with("progenitor ") && row.peer.ends_with("5000 µs, 300 allocations"));
        assert!(called("other\tlarge\t1\t2\t3\t4\t5").is_err() && called("nonsense").is_err());
        assert!(sized("a program", None, Some(1), "peer").is_none());
        let row = sized("a program", Some(2_000_000), Some(4_000_000), "peer").unwrap();
        assert_eq!((row.ours.as_str(), row.ratio.as_str()), ("2.0 MB", "0.50 of its size"));
        assert!(sized("a program", Some(1), None, "peer").unwrap().peer.contains("could not"));
    }
}
