//! Requests per second of the generated server, beside the same handlers on axum by hand, on dropshot,
//! and as openapi-to-rust generates them; and what it costs to read a body.
//!
//! `bench/servers` is the program; here it is put together, built, run and read.

use super::{Bench, Row, compile, succeed};
use anyhow::{Context, Result, anyhow};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use toml::Table;

/// The product whose operations are measured, and the operations: path, method.
const PRODUCT: &str = "meshery";
const OPERATIONS: [(&str, &str); 2] = [
    ("/api/integrations/connections/{connectionId}/controllers/config", "get"),
    ("/api/system/controllers/config", "put"),
];

/// The figures of the program by scenario and server: the figure, and its ratio to what is by hand.
type Figures = BTreeMap<(String, String), (f64, f64)>;

/// The rows of the server.
pub(super) fn rows(bench: &Bench<'_>, rival: Option<&Path>) -> Result<Vec<Row>> {
    let folder = bench.folder.join("servers");
    copy(&bench.workspace.root().join("bench/servers"), &folder)?;
    let document = cut(bench)?;
    let schema = body_schema(&document)?;
    fs::write(folder.join("schema.json"), schema.to_string()).context("cannot write the schema")?;
    let rival = generated(bench, rival, &folder, &document);
    if let Err(error) = &rival {
        bench.talk.say(&format!("{} could not be measured: {error:#}", compile::RIVAL));
    }
    manifest(bench, &folder, rival.as_ref().ok())?;
    bench.talk.say("building the servers with optimisation");
    let target = bench.folder.join("target-servers");
    let mut build = Command::new("cargo");
    build.args(["build", "--quiet", "--release"]).current_dir(&folder).env("CARGO_TARGET_DIR", &target);
    if rival.is_ok() {
        build.args(["--features", "rival"]);
    }
    succeed(&mut build)?;
    bench.talk.say("measuring the servers");
    // Many short rounds: what disturbs the machine is longer than one of them.
    let rounds = (8 * bench.runs + 1).to_string();
    let mut program = Command::new(target.join("release/bench-servers"));
    let said = succeed(program.arg(folder.join("schema.json")).arg(rounds))?;
    Ok(table(&read(&said)?))
}

/// The lines of the table.
fn table(figures: &Figures) -> Vec<Row> {
    let get = |scenario: &str, server: &str| figures.get(&(scenario.to_owned(), server.to_owned())).copied();
    let rate = |scenario: &str, server: &str| {
        get(scenario, server).map_or_else(missing, |(rate, _)| per_second(rate))
    };
    let between = |what, scenario: &str, (own, peer): (&str, &str), called: &str, budget| {
        let (ours, peer_ratio) = (get(scenario, own), get(scenario, peer));
        let ratio = ours.zip(peer_ratio).map(|((_, ours), (_, peer))| format!("{:.2}", ours / peer));
        Row {
            what,
            ours: rate(scenario, own),
            peer: format!("{called}: {}", rate(scenario, peer)),
            ratio: ratio.unwrap_or_default(),
            budget,
        }
    };
    let row = |what, scenario, peer, called, budget| between(what, scenario, ("ours", peer), called, budget);
    let rival = format!("{} {}", compile::RIVAL, compile::RIVAL_VERSION);
    let mut rows = vec![
        row("requests without body", "get", "by hand", "axum by hand", "at least 0.97"),
        between("the same, by `into_router`", "get", ("router", "by hand"), "axum by hand", ""),
        row("requests without body", "get", "dropshot", "dropshot", ""),
        row("requests without body", "get", "rival", &rival, ""),
        row(
            "requests with a validated JSON body of 3 kB",
            "put",
            "by hand",
            "axum by hand, not validated",
            "at least 0.9",
        ),
        row("requests with a validated JSON body of 3 kB", "put", "dropshot", "dropshot, not validated", ""),
        row("requests with a validated JSON body of 3 kB", "put", "rival", &rival, ""),
        row("rejected: body that is not JSON", "malformed", "by hand", "axum by hand", ""),
        row("rejected: body with five violations, all told", "five", "rival", &rival, ""),
    ];
    rows.push(Row {
        what: "rejected: body that is announced as too large, connection included",
        ours: rate("oversized", "ours"),
        peer: String::new(),
        ratio: String::new(),
        budget: "",
    });
    rows.extend(decoding(figures));
    rows
}

/// What it costs to read a body.
fn decoding(figures: &Figures) -> Vec<Row> {
    let get = |server: &str| figures.get(&("decode".to_owned(), server.to_owned())).copied();
    let (Some(hand), Some(ours), Some(interpreted)) = (get("by hand"), get("ours"), get("interpreted"))
    else {
        return Vec::new();
    };
    let micro = |(nanoseconds, _): (f64, f64)| format!("{:.1} µs", nanoseconds / 1000.0);
    let what = "decode and validate a body of 3 kB";
    vec![
        Row {
            what,
            ours: micro(ours),
            peer: format!("serde_json by derive, not validated: {}", micro(hand)),
            ratio: format!("{:.2} of its time", ours.1),
            budget: "at most 1.25",
        },
        Row {
            what,
            ours: micro(ours),
            peer: format!("to a value, jsonschema, to the type: {}", micro(interpreted)),
            ratio: format!("{:.1} times faster", interpreted.1 / ours.1),
            budget: "at least 5 times faster",
        },
    ]
}

fn missing() -> String {
    "not measured".to_owned()
}

fn per_second(rate: f64) -> String {
    format!("{:.1} k/s", rate / 1000.0)
}

/// The figures that the program printed: scenario, server, figure, ratio, with tabs between.
fn read(said: &str) -> Result<Figures> {
    let line = |line: &str| {
        let fields: Vec<_> = line.split('\t').collect();
        let [scenario, server, figure, ratio] = fields.as_slice() else { return None };
        Some((((*scenario).to_owned(), (*server).to_owned()), (figure.parse().ok()?, ratio.parse().ok()?)))
    };
    said.lines().map(|text| line(text).ok_or_else(|| anyhow!("the servers said `{text}`"))).collect()
}

/// The document of the product with the measured operations alone.
fn cut(bench: &Bench<'_>) -> Result<Value> {
    let file = bench.folder.join("servers.json");
    let mut own = Command::new(&bench.own);
    own.args(["--quiet", "bundle", "--product", PRODUCT, "--from"]).arg(&bench.archive).arg("-o").arg(&file);
    succeed(own.arg("--workspace").arg(bench.workspace.root()))?;
    let text = fs::read_to_string(&file).context("cannot read the bundle")?;
    let mut document: Value = serde_json::from_str(&text).context("the bundle is not JSON")?;
    let mut paths = Map::new();
    for (path, method) in OPERATIONS {
        let operation = document["paths"][path][method].take();
        if operation.is_null() {
            return Err(anyhow!("the release has no {method} {path}, which is what is measured"));
        }
        paths.insert(path.to_owned(), Map::from_iter([(method.to_owned(), operation)]).into());
    }
    document["paths"] = paths.into();
    if let Some(members) = document.as_object_mut() {
        members.remove("tags");
    }
    Ok(document)
}

/// The schema of the measured body.
fn body_schema(document: &Value) -> Result<&Value> {
    let bodies = OPERATIONS.iter().map(|(path, method)| &document["paths"][path][method]["requestBody"]);
    let mut schemas = bodies.map(|body| &body["content"]["application/json"]["schema"]);
    schemas.find(|schema| !schema.is_null()).ok_or_else(|| anyhow!("no measured operation has a JSON body"))
}

/// Lets the other tool generate its server; the dependencies that it asks for.
fn generated(bench: &Bench<'_>, rival: Option<&Path>, folder: &Path, document: &Value) -> Result<Table> {
    let rival: PathBuf = match rival {
        Some(rival) => rival.to_path_buf(),
        None => compile::installed(bench)?,
    };
    fs::write(folder.join("document.json"), document.to_string()).context("cannot write the document")?;
    let operation = |(path, method): &(&str, &str)| document["paths"][path][method]["operationId"].clone();
    let operations: Vec<Value> = OPERATIONS.iter().map(operation).collect();
    let config = format!(
        "[generator]\nspec_path = \"document.json\"\noutput_dir = \"src/rival\"\nmodule_name = \"types\"\n\n\
         [server]\nframework = \"axum\"\noperations = {}\n\n[features]\nenable_async_client = false\n",
        Value::from(operations)
    );
    fs::write(folder.join("openapi-to-rust.toml"), config).context("cannot write its configuration")?;
    succeed(Command::new(rival).args(["generate", "-c", "openapi-to-rust.toml"]).current_dir(folder))?;
    let needs = fs::read_to_string(folder.join("src/rival/REQUIRED_DEPS.toml"))
        .context("it did not say what it depends on")?;
    let needs: Table = needs.parse().context("what it depends on is not TOML")?;
    Ok(needs.get("dependencies").and_then(|table| table.as_table()).cloned().unwrap_or_default())
}

/// Completes a manifest: paths of this workspace, and what the generated code of the peer needs.
pub(super) fn manifest(bench: &Bench<'_>, folder: &Path, needs: Option<&Table>) -> Result<()> {
    let file = folder.join("Cargo.toml");
    let text = fs::read_to_string(&file).context("cannot read the manifest")?;
    let mut manifest: Table = text.parse().context("the manifest is not TOML")?;
    let dependencies = manifest.get_mut("dependencies").and_then(|table| table.as_table_mut());
    let dependencies = dependencies.ok_or_else(|| anyhow!("the manifest has no dependencies"))?;
    for (_, how) in dependencies.iter_mut() {
        if let Some(path) = how.as_table_mut().and_then(|how| how.get_mut("path")) {
            let below = path.as_str().unwrap_or_default().trim_start_matches("../");
            *path = bench.workspace.root().join(below).display().to_string().into();
        }
    }
    for (name, how) in needs.into_iter().flatten() {
        dependencies.entry(name.clone()).or_insert_with(|| how.clone());
    }
    fs::write(&file, toml::to_string(&manifest).context("cannot print the manifest")?)
        .context("cannot write the manifest")
}

/// Copies a folder.
pub(super) fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot list {}", from.display()))? {
        let entry = entry.with_context(|| format!("cannot list {}", from.display()))?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)
                .with_context(|| format!("cannot copy to {}", target.display()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]
    use super::{read, table};

    #[test]
    fn figures_become_rows_and_peers_may_be_missing() {
        let said = "get\tby hand\t50000\t1.000\nget\tours\t49000\t0.980\ndecode\tby hand\t4000\t1.0\n\
                    decode\tours\t4400\t1.1\ndecode\tinterpreted\t22000\t5.5";
        let rows = table(&read(said).unwrap());
        assert_eq!((rows[0].ours.as_str(), rows[0].ratio.as_str()), ("49.0 k/s", "0.98"));
        assert!(rows[1].ratio.is_empty() && rows[1].ours.contains("not measured"));
        assert!(rows[2].ratio.is_empty() && rows[2].peer.contains("not measured"));
        assert_eq!(rows.last().unwrap().ratio, "5.0 times faster");
        assert!(read("nonsense").is_err());
    }
}
