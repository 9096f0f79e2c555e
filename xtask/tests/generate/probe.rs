//! Is what `drift` says of code what the compiler says? Code that uses each public item of the crates
//! of an old contract is compiled against those of a new one: it has to break where the report says
//! so, and nowhere else.

use super::{copy, nested};
use meshery_generator::contract::{self, Contract};
use meshery_generator::drift::{self, Change, Level, Probe, Report, Uses};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

#[path = "../../src/upstream.rs"]
mod upstream;

const PARTS: [&str; 3] = ["types", "client", "server"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A workspace of the three crates, generated for a contract, with a crate `probe` that uses them.
fn workspace(folder: &Path, contract: &Contract) {
    fs::create_dir_all(folder.join("schemas")).unwrap();
    let text = contract::to_yaml(&contract.document).unwrap();
    fs::write(folder.join("schemas/contract.yml"), &text).unwrap();
    let digest = contract::read(&text, "contract.yml").unwrap().sha256;
    let lock = fs::read_to_string(root().join("schemas/schemas.lock")).unwrap();
    let lock: Vec<String> = lock
        .lines()
        .map(|line| match line.split_once(" = ") {
            Some(("tag", _)) => format!("tag = \"{}\"", contract.release),
            _ => line.to_owned(),
        })
        .collect();
    let (source, _) = lock.split_at(lock.iter().position(|line| line == "[contract]").unwrap());
    let lock = format!("{}\n[contract]\nsha256 = \"{digest}\"\n", source.join("\n"));
    fs::write(folder.join("schemas/schemas.lock"), lock).unwrap();
    for part in ["types", "client", "server", "evidence"] {
        let krate = format!("generated-{part}");
        copy(&root().join(&krate).join("src"), &folder.join(&krate).join("src"));
        let _ = fs::remove_dir_all(folder.join(&krate).join("src/generated"));
        fs::copy(root().join(&krate).join("Cargo.toml"), folder.join(&krate).join("Cargo.toml")).unwrap();
    }
    let mut xtask = Command::new(env!("CARGO_BIN_EXE_xtask"));
    let made = xtask.args(["regen", "--workspace"]).arg(folder).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    for part in PARTS {
        let path = folder.join(format!("generated-{part}/Cargo.toml"));
        let mut manifest: toml::Table = fs::read_to_string(&path).unwrap().parse().unwrap();
        for table in ["dev-dependencies", "bench", "test", "example"] {
            manifest.remove(table);
        }
        fs::write(path, manifest.to_string()).unwrap();
    }
    let mut manifest: toml::Table = fs::read_to_string(root().join("Cargo.toml")).unwrap().parse().unwrap();
    manifest.retain(|table, _| table == "workspace" || table == "profile");
    let members = PARTS.map(|part| toml::Value::from(format!("generated-{part}")));
    let members: Vec<_> = members.into_iter().chain(["probe".into()]).collect();
    manifest["workspace"]["members"] = members.into();
    fs::write(folder.join("Cargo.toml"), manifest.to_string()).unwrap();
    fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    fs::create_dir_all(folder.join("probe/src")).unwrap();
    let uses: String = PARTS.map(|part| format!("meshery-{part}.path = \"../generated-{part}\"\n")).concat();
    let manifest = format!("[package]\nname = \"probe\"\nedition = \"2024\"\n[dependencies]\n{uses}");
    fs::write(folder.join("probe/Cargo.toml"), manifest).unwrap();
}

/// The numbers of the lines that do not compile. The compiler stops where names are not found before
/// it looks at types, so that it is asked again without the lines that are known to be wrong.
fn broken(folder: &Path, lines: &[&str]) -> BTreeSet<usize> {
    let mut broken = BTreeSet::new();
    loop {
        let mut code = "#![allow(warnings)]\n".to_owned();
        for (number, line) in lines.iter().enumerate() {
            // Each on a line of its own, and in a module of its own: they may have the same names.
            let line = if broken.contains(&number) { "" } else { line };
            code += &format!("mod m{number} {{ {line} }}\n");
        }
        fs::write(folder.join("probe/src/lib.rs"), code).unwrap();
        let asked = ["--package", "probe", "--message-format", "json"];
        let output = nested::check(&folder.join("Cargo.toml"), &asked);
        if output.status.success() {
            return broken;
        }
        let before = broken.len();
        for message in String::from_utf8_lossy(&output.stdout).lines() {
            let Ok(message) = serde_json::from_str::<Value>(message) else { continue };
            let error = message["message"]["level"] == "error" && message["target"]["name"] == "probe";
            let spans = message["message"]["spans"].as_array().into_iter().flatten();
            for span in spans.filter(|span| error && span["is_primary"] == true) {
                let line = span["line_start"].as_u64().unwrap() as usize;
                broken.insert(line - 2);
            }
        }
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(broken.len() > before, "the crates themselves do not compile:\n{said}");
    }
}

/// Whether a report says that a probe breaks.
fn is_told(probe: &Probe, items: &BTreeMap<String, (Change, Level)>) -> bool {
    let is = |path: &str, level: Level| {
        items.get(path).is_some_and(|(change, own)| {
            *own >= level && (*change != Change::Added || level == Level::Warning)
        })
    };
    let owner = |path: &str| items.get(path).is_some_and(|(change, _)| *change == Change::Removed);
    let parents = probe.item.match_indices([':', '.']).map(|(at, _)| &probe.item[..at]);
    if parents.clone().any(owner) || owner(&probe.item) {
        return true;
    }
    // What is gone is told once, however many products offer it.
    let ends = |path: &str| Some((path.split_once("::")?.0.to_owned(), path.rsplit_once("::")?.1.to_owned()));
    let twin = |(path, (change, _)): (&String, &(Change, Level))| {
        *change == Change::Removed && ends(path) == ends(&probe.item)
    };
    if probe.before.starts_with("use ") && items.iter().any(twin) {
        return true;
    }
    match probe.uses {
        Uses::Item => is(&probe.item, Level::Error),
        Uses::Whole => {
            let members = items.iter().filter(|(path, _)| {
                path.strip_prefix(probe.item.as_str()).is_some_and(|rest| {
                    rest.starts_with('.') || rest.strip_prefix("::").is_some_and(|rest| !rest.contains("::"))
                })
            });
            let inside = members.clone().any(|(path, _)| is(path, Level::Warning));
            // A type that has moved is called by its new name here.
            let changed = items.get(&probe.item).is_some_and(|(change, _)| *change == Change::Changed);
            inside || changed
        }
    }
}

/// What the compiler and the report do not agree on, how many lines were tried, and how many broke.
fn disagreements(old: &Contract, new: &Contract) -> (Vec<String>, usize, usize) {
    let report: Report = drift::compare(old, new);
    assert!(report.problems.is_empty(), "{report}");
    let mut items: BTreeMap<String, (Change, Level)> = BTreeMap::new();
    for item in report.findings.iter().flat_map(|finding| &finding.code.items) {
        items.insert(item.item.clone(), (item.change, item.level));
    }
    // One folder for both, one after the other: cargo names what it builds by paths relative to the
    // workspace, so that two workspaces take each other's artefacts for their own.
    let folder = tempfile::tempdir().unwrap();
    workspace(folder.path(), old);
    let mut probes = drift::probes(old, new).unwrap();
    // What cannot be written down for an item says nothing about it.
    let lines: Vec<&str> = probes.iter().map(|probe| probe.before.as_str()).collect();
    let unfit = broken(folder.path(), &lines);
    if std::env::var_os("UNFIT").is_some() {
        unfit.iter().for_each(|number| eprintln!("unfit: {:?}", probes[*number]));
    }
    assert!(unfit.len() * 5 < probes.len(), "{} of {} lines do not fit", unfit.len(), probes.len());
    let mut number = 0;
    probes.retain(|_| {
        number += 1;
        !unfit.contains(&(number - 1))
    });
    let lines: Vec<&str> = probes.iter().map(|probe| probe.after.as_str()).collect();
    workspace(folder.path(), new);
    let broken = broken(folder.path(), &lines);
    let wrong = probes.iter().enumerate().filter_map(|(number, probe)| {
        let (breaks, told) = (broken.contains(&number), is_told(probe, &items));
        (breaks != told).then(|| format!("breaks {breaks}, told {told}: {probe:?}"))
    });
    (wrong.collect(), probes.len(), broken.len())
}

/// The contract of the cases of drift.
fn base() -> Contract {
    let path = root().join("generator/tests/drift/base.yml");
    contract::read(&fs::read_to_string(path).unwrap(), "base.yml").unwrap()
}

#[test]
fn code_breaks_where_a_report_says_so_and_nowhere_else() {
    let old = base();
    let mut new = old.clone();
    let document = &mut new.document;
    let operation = |document: &mut Value, path: &str, method: &str| document["paths"][path][method].take();
    // One edit of each sort, at different places.
    document["paths"]["/api/trees"]["get"]["operationId"] = json!("listTrees");
    let mut fell = operation(document, "/api/trees/{treeId}", "delete");
    fell["responses"]["409"] = json!({"description": "Conflict"});
    document["paths"]["/api/trees/{treeId}"]["delete"] = fell;
    let get = &mut document["paths"]["/api/trees/{treeId}"]["get"];
    get["parameters"]
        .as_array_mut()
        .unwrap()
        .push(json!({"name": "depth", "in": "query", "required": true, "schema": {"type": "integer"}}));
    let schemas = &mut document["components"]["schemas"];
    let seed = &mut schemas["v1.tree.Seed"];
    seed["properties"]["label"]["format"] = json!("uuid");
    seed["properties"]["planted"] = json!({"type": "string", "format": "date-time"});
    seed["properties"].as_object_mut().unwrap().shift_remove("depth");
    let tree = &mut schemas["v1.tree.Tree"];
    tree["properties"]["kind"]["enum"] = json!(["oak", "ash"]);
    tree["required"] = json!(["name"]);
    schemas["v1.tree.Problem"]["properties"]["detail"] = json!({"type": "string"});
    let (wrong, tried, broke) = disagreements(&old, &new);
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(tried > 80 && broke > 15, "{broke} of {tried} broke");
}

/// A contract of a real release, of upstream's archives.
fn release(version: &str) -> Contract {
    let archive = upstream::archive(&root(), version);
    let out = tempfile::tempdir().unwrap();
    let mut xtask = Command::new(env!("CARGO_BIN_EXE_xtask"));
    let arguments = ["--quiet", "fetch", "--archive", archive.to_str().unwrap(), "--out"];
    let made = xtask.args(arguments).arg(out.path()).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    contract::read(&fs::read_to_string(out.path().join("contract.yml")).unwrap(), version).unwrap()
}

/// Every public item of the crates of one release against those of the next. It takes minutes:
/// `cargo test -p xtask --test generate -- --ignored real_release`.
#[test]
#[ignore = "it compiles all crates of two releases"]
fn code_of_a_real_release_breaks_where_a_report_says_so() {
    let (wrong, tried, broke) = disagreements(&release("1.3.7"), &release("1.3.45"));
    eprintln!("{broke} of {tried} lines broke, {} not as told", wrong.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
}
