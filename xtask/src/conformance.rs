//! `cargo xtask conformance`: a property-based tester from outside looks for an answer of
//! `mesheryd mock` that the contract does not document.
//!
//! Schemathesis comes from the package index of pip into a virtual environment below `target/`. It is
//! told what the mock itself serves at `/openapi.json`: the contract, with what every server of
//! this project answers by itself.
//!
//! Each product is tested twice: first by rule, where every operation has to be called and whatever
//! time that takes, then by requests at random, as many as fit into what is left of the time.

mod covered;
mod mock;
mod overlap;
mod settings;

use crate::outcome::{Failure, Outcome};
use crate::talk::Talk;
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use covered::Covered;
pub(crate) use mock::{Mock, SECRET, document};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// What is installed. Another version may look for more, or say it otherwise.
const TESTER: &str = "schemathesis==4.32.5";

/// Options of `conformance`.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The product whose mock is tested; every one of the contract unless one is named.
    #[arg(long, value_name = "NAME")]
    product: Vec<String>,
    /// How many requests are drawn for each operation, after those for each rule of the contract.
    #[arg(long, value_name = "N", default_value_t = 5)]
    max_examples: usize,
    /// How long one product may take, in seconds: what that leaves is for requests at random.
    #[arg(long, value_name = "SECONDS", default_value_t = 80)]
    time: u64,
    /// The seed of the mock and of the tester.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
}

/// Tests each product; what the tester prints is the result.
pub(crate) fn run(args: &Args, workspace: &Workspace, talk: &Talk) -> Outcome {
    let folder = workspace.root().join("target/conformance");
    let tester = installed(&folder, talk)?;
    talk.say("building mesheryd");
    let mesheryd = built(workspace, false)?;
    let products = if args.product.is_empty() { products(workspace)? } else { args.product.clone() };
    let mut failed = Vec::new();
    for product in products {
        let mock = Mock::start(&mesheryd, &product, args.seed)?;
        talk.say(&format!("testing {product} at {}", mock.url()));
        let (config, report) =
            (folder.join(format!("{product}.toml")), folder.join(format!("{product}.json")));
        let document = document(&mesheryd, &product)?;
        fs::write(&config, settings::of(&document)?)
            .with_context(|| format!("cannot write {}", config.display()))?;
        let run = Run { args, tester: &tester, config: &config, report: &report, mock: &mock };
        if !run.all(&document, &product)? {
            failed.push(product);
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    let failed = failed.join(", ");
    Err(Failure::Differs(format!("the tester found something, or called too little, in: {failed}")))
}

/// The tester on one product.
struct Run<'a> {
    args: &'a Args,
    tester: &'a Path,
    config: &'a Path,
    /// Where the tester writes what it did.
    report: &'a Path,
    mock: &'a Mock,
}

/// The phases that call each operation by the rules of the contract, and the one that draws.
const BY_RULE: &str = "examples,coverage";
const AT_RANDOM: &str = "fuzzing";
/// Seconds without which requests at random are not begun.
const LEAST: u64 = 10;

impl Run<'_> {
    /// Whether all was called that has to be, and nothing found.
    fn all(&self, document: &Value, product: &str) -> Result<bool> {
        let begun = Instant::now();
        let (found_nothing, covered) = self.phases(BY_RULE, None, document)?;
        anstream::println!("{product}, by rule: {covered}");
        let rest = self.args.time.saturating_sub(begun.elapsed().as_secs());
        if !(found_nothing && covered.complete()) {
            return Ok(false);
        }
        if rest < LEAST {
            anstream::println!("{product}, at random: no time was left");
            return Ok(true);
        }
        let (found_nothing, covered) = self.phases(AT_RANDOM, Some(rest), document)?;
        anstream::println!("{product}, at random in {rest} s: {covered}");
        Ok(found_nothing)
    }

    /// Runs the tester: whether it found nothing, and what it called.
    fn phases(&self, phases: &str, limit: Option<u64>, document: &Value) -> Result<(bool, Covered)> {
        let (url, args) = (self.mock.url(), self.args);
        let mut tester = Command::new(self.tester);
        tester.arg("--config-file").arg(self.config);
        tester.args(["run", &format!("{url}/openapi.json"), "--url", url, "--phases", phases]);
        tester.args(["-H", &format!("Authorization: Bearer {SECRET}")]);
        tester.args(["--max-examples", &args.max_examples.to_string(), "--seed", &args.seed.to_string()]);
        tester.args(["--workers", "1", "--no-color", "--report-json-path"]).arg(self.report);
        if let Some(limit) = limit {
            tester.args(["--max-time", &limit.to_string()]);
        }
        if let Some(folder) = self.report.parent() {
            tester.current_dir(folder);
        }
        // That of an earlier run is none of this one.
        let _ = fs::remove_file(self.report);
        let status = tester.status().context("cannot run the tester")?;
        let report = fs::read_to_string(self.report).context("the tester wrote no report")?;
        Ok((status.success(), Covered::of(document, &report)?))
    }
}

/// The tester, installed once for each version.
fn installed(folder: &Path, talk: &Talk) -> Result<PathBuf> {
    let venv = folder.join("venv");
    let (tester, marker) = (venv.join("bin/schemathesis"), venv.join("installed"));
    if fs::read_to_string(&marker).is_ok_and(|held| held == TESTER) && tester.exists() {
        return Ok(tester);
    }
    talk.say(&format!("installing {TESTER}"));
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let done = |command: &mut Command| -> Result<()> {
        let status = command.status().context("python3 with venv and pip is needed")?;
        if status.success() { Ok(()) } else { bail!("{command:?} failed") }
    };
    done(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv))?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", TESTER];
    done(Command::new(venv.join("bin/python")).args(pip))?;
    fs::write(&marker, TESTER).with_context(|| format!("cannot write {}", marker.display()))?;
    Ok(tester)
}

/// The binary; optimised, or as the tests of the workspace have it: it is built for them anyway, and
/// with other features all that it depends on would be built again.
pub(crate) fn built(workspace: &Workspace, release: bool) -> Result<PathBuf> {
    let what: &[&str] = match release {
        true => &["build", "--release", "--bin", "mesheryd"],
        false => &["test", "--workspace", "--no-run", "--test", "mesheryd"],
    };
    let built = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(what)
        .args(["--quiet", "--message-format", "json"])
        .current_dir(workspace.root())
        .output()
        .context("cannot run cargo")?;
    let lines = built.stdout.split(|byte| *byte == b'\n');
    let mut executables = lines.filter_map(|line| {
        let message: Value = serde_json::from_slice(line).ok()?;
        let is_program =
            message["target"]["kind"] == serde_json::json!(["bin"]) && message["profile"]["test"] == false;
        if !is_program || message["target"]["name"] != "mesheryd" {
            return None;
        }
        message["executable"].as_str().map(PathBuf::from)
    });
    match executables.next_back() {
        Some(executable) if built.status.success() => Ok(executable),
        _ => bail!("mesheryd cannot be built: {}", String::from_utf8_lossy(&built.stderr)),
    }
}

/// The products of the contract.
fn products(workspace: &Workspace) -> Result<Vec<String>> {
    let path = workspace.contract();
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let contract = meshery_generator::contract::read(&text, &path.display().to_string());
    let contract = contract.map_err(|found| anyhow::anyhow!("{found}"))?;
    let products = contract.document["x-products"].as_object();
    Ok(products.map(|products| products.keys().cloned().collect()).unwrap_or_default())
}
