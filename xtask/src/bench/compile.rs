//! What it costs to check the generated crates, beside what openapi-to-rust makes of the bundles of
//! the same products. Dependencies are built before the clock starts, for both.

use super::clients::lines;
use super::{Bench, Row, best, seconds, succeed, timed};
use crate::source;
use anyhow::{Context, Result, anyhow};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

pub(super) const RIVAL: &str = "openapi-to-rust";
pub(super) const RIVAL_VERSION: &str = "0.23";
const CRATES: [&str; 3] = ["meshery-types", "meshery-client", "meshery-server"];

pub(super) const CHECK: &[&str] = &["check"];
const BUILD: &[&str] = &["build", "--release"];

/// The rows about what is generated.
pub(super) fn rows(bench: &Bench<'_>, rival: Option<&Path>) -> Result<Vec<Row>> {
    let runs = bench.runs.min(3);
    bench.talk.say("checking the generated crates");
    let target = bench.folder.join("target-ours");
    let ours = compiled(CHECK, bench.workspace.root(), &CRATES, &target, runs)?;
    bench.talk.say("building the generated crates with optimisation");
    let built = release(compiled(BUILD, bench.workspace.root(), &CRATES, &target, runs)?);
    bench.talk.say("checking types and client");
    let clients = compiled(CHECK, bench.workspace.root(), &CRATES[..2], &target, runs)?;
    let told = |error| bench.talk.say(&format!("{RIVAL} could not be measured: {error:#}"));
    let peer = others(bench, rival, runs).map_err(told).ok();
    let (time, theirs) = peer.unzip();
    let own = CRATES[..2].iter().map(|name| {
        let part = name.trim_start_matches("meshery-");
        lines(&bench.workspace.root().join(format!("generated-{part}/src/generated")))
    });
    let own = own.sum::<Result<usize>>()?;
    Ok(vec![
        row("`cargo check` of types, client and server, both products", ours, time, "at most 0.33"),
        row("`cargo check` of types and client, both products", clients, time, ""),
        Row {
            what: "lines of what is generated for types and client, both products",
            ours: own.to_string(),
            peer: theirs.map_or_else(missing, |lines| format!("{RIVAL} {RIVAL_VERSION}: {lines}")),
            ratio: theirs
                .map_or_else(String::new, |lines| format!("{:.2} of its", own as f64 / lines as f64)),
            budget: "",
        },
        built,
    ])
}

fn missing() -> String {
    format!("{RIVAL} could not be measured")
}

fn row(what: &'static str, ours: Duration, peer: Option<Duration>, budget: &'static str) -> Row {
    Row {
        what,
        ours: seconds(ours),
        peer: peer.map_or_else(missing, |peer| {
            format!("{RIVAL} {RIVAL_VERSION}, types and clients alone: {}", seconds(peer))
        }),
        ratio: peer.map_or_else(String::new, |peer| {
            format!("{:.2} of its time", ours.as_secs_f64() / peer.as_secs_f64())
        }),
        budget,
    }
}

fn release(ours: Duration) -> Row {
    Row {
        what: "`cargo build --release` of types, client and server, both products",
        ours: seconds(ours),
        peer: String::new(),
        ratio: String::new(),
        budget: "under 60 s",
    }
}

/// The best time to check or build packages whose dependencies are built.
pub(super) fn compiled(
    verb: &[&str],
    root: &Path,
    packages: &[&str],
    target: &Path,
    runs: usize,
) -> Result<Duration> {
    let cargo = |verb: &[&str]| {
        let mut cargo = Command::new("cargo");
        cargo.args(verb).arg("--quiet").current_dir(root).env("CARGO_TARGET_DIR", target);
        cargo.env("CARGO_INCREMENTAL", "0");
        for package in packages {
            cargo.args(["--package", package]);
        }
        cargo
    };
    let clean: Vec<&str> =
        ["clean"].iter().chain(verb.iter().filter(|word| **word == "--release")).copied().collect();
    succeed(&mut cargo(verb))?;
    best(runs, || {
        succeed(&mut cargo(&clean))?;
        timed(&mut cargo(verb))
    })
}

/// What the other tool makes of the same products, in a crate for each: the time to check it, and how
/// many lines it has.
fn others(bench: &Bench<'_>, rival: Option<&Path>, runs: usize) -> Result<(Duration, usize)> {
    let rival = match rival {
        Some(rival) => rival.to_path_buf(),
        None => installed(bench)?,
    };
    let root = bench.folder.join("others");
    let sources = source::sources(None, bench.workspace).map_err(|_| anyhow!("sources.toml is not read"))?;
    let products: Vec<&str> = sources.products.iter().map(|p| p.name.as_str()).collect();
    for product in &products {
        let folder = root.join(product);
        fs::create_dir_all(folder.join("src")).context("cannot make a temporary folder")?;
        let bundle = root.join(format!("{product}.yml"));
        let mut own = Command::new(&bench.own);
        own.args(["--quiet", "bundle", "--product", product, "--from"])
            .arg(&bench.archive)
            .arg("-o")
            .arg(&bundle);
        succeed(own.arg("--workspace").arg(bench.workspace.root()))?;
        let mut generate = Command::new(&rival);
        generate.arg("generate").arg(&bundle).args(["--quiet", "--module-name", "api", "--output-dir"]);
        succeed(generate.arg(folder.join("src/api")))?;
        let needs = fs::read_to_string(folder.join("src/api/REQUIRED_DEPS.toml"))
            .context("it did not say what it depends on")?;
        let manifest = format!(
            "[package]\nname = \"other-{product}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n{needs}"
        );
        fs::write(folder.join("Cargo.toml"), manifest)?;
        fs::write(folder.join("src/lib.rs"), "#![allow(warnings)]\npub mod api;\n")?;
    }
    fs::write(root.join("Cargo.toml"), workspace(&products))?;
    bench.talk.say(&format!("checking what {RIVAL} generates"));
    let packages: Vec<String> = products.iter().map(|product| format!("other-{product}")).collect();
    let packages: Vec<&str> = packages.iter().map(String::as_str).collect();
    let lines = products.iter().map(|product| lines(&root.join(product).join("src/api")));
    let lines = lines.sum::<Result<usize>>()?;
    Ok((compiled(CHECK, &root, &packages, &bench.folder.join("target-others"), runs)?, lines))
}

/// Dependencies are built as ours are.
fn workspace(products: &[&str]) -> String {
    format!(
        "[workspace]\nmembers = {products:?}\nresolver = \"3\"\n\n\
         [profile.dev]\ndebug = \"line-tables-only\"\n\n\
         [profile.dev.package.\"*\"]\nopt-level = 1\ndebug = false\n"
    )
}

pub(super) fn installed(bench: &Bench<'_>) -> Result<PathBuf> {
    bench.talk.say(&format!("installing {RIVAL} {RIVAL_VERSION} from crates.io"));
    let root = bench.folder.join("rival");
    let mut install = Command::new("cargo");
    install
        .args(["install", "--quiet", RIVAL, "--version", &format!("^{RIVAL_VERSION}"), "--root"])
        .arg(&root);
    succeed(install.env("CARGO_TARGET_DIR", bench.folder.join("target-rival")))?;
    Ok(root.join("bin").join(RIVAL))
}
