//! `cargo xtask generate`: from an OpenAPI document of anybody's to crates that stand on their own.
//!
//! The document goes the way of the contract; the hand-written part of this workspace's crates goes
//! along, so that what is written needs nothing of this repository. See `docs/GENERATE.md`.

mod crates;
mod manifest;

use crate::files;
use crate::outcome::{Failure, Outcome};
use crate::talk::Talk;
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use crates::Name;
use meshery_generator::contract::{self, Single};
use meshery_generator::diagnostic::{Diagnostics, Severity};
use meshery_generator::ir::Crates;
use meshery_generator::load::{self, Documents, Limits, positions, sources::Sources};
use meshery_generator::write::{self, Mode};
use meshery_generator::{Generated, generate_single, without_unsupported};
use std::fs;
use std::path::{Path, PathBuf};

/// Says that a folder was written here, and may be written again.
const MARKER: &str = ".generated-workspace";

/// The largest file of a document: several times the largest that is known to be published.
const LARGEST: u64 = 128 << 20;

/// Options of `generate`.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct Args {
    /// The OpenAPI 3.0 document, YAML or JSON. It may refer to files in its folder and below.
    #[arg(long, value_name = "FILE")]
    input: PathBuf,
    /// The folder of the workspace that is written: a new one, an empty one, or an earlier one.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// What the crates are called: `my-api` for `my-api-types`, `my-api-client`, `my-api-server`.
    #[arg(long, value_name = "NAME")]
    name: String,
    /// Leave out operations that are not supported, and say which, instead of refusing the document.
    #[arg(long)]
    skip_unsupported: bool,
    /// Write nothing; say what is odd or not supported in the document, and exit as if it were written.
    #[arg(long)]
    check: bool,
}

/// Generates from a document, and writes a workspace.
pub(crate) fn run(args: &Args, workspace: &Workspace, talk: &Talk) -> Outcome {
    let name = Name::new(&args.name).map_err(Failure::Usage)?;
    if !args.check {
        vacant(&args.out)?;
    }
    let folder = args.input.parent().unwrap_or(Path::new("")).to_owned();
    let limits = Limits { file: LARGEST, ..Limits::default() };
    let documents =
        load::single(&args.input, &limits).map_err(|found| Failure::Unloadable(beside(found, &folder)))?;
    let shown = |found: Diagnostics| beside(with_lines(found, &documents), &folder);
    let (single, generated) = made(&documents, args, &name).map_err(|found| {
        let found = shown(found);
        match way_around(&documents, args, &name) {
            Some(advice) => Failure::Advised(found, advice),
            None => Failure::Findings(found),
        }
    })?;
    talk.findings(&shown(generated.warnings.clone()));
    if !args.check {
        store(&args.out, workspace, &name, &single, &generated)?;
    }
    let Generated { api, warnings, .. } = &generated;
    talk.say(&format!(
        "{}: {} operations, {} types, {} warnings",
        args.input.display(),
        api.operations.len(),
        api.types.len(),
        warnings.count(Severity::Warning)
    ));
    if !args.check {
        talk.say(&format!(
            "{} is a workspace of {name}-types, {name}-client and {name}-server",
            args.out.display()
        ));
    }
    Ok(())
}

/// The contract of the document, and what is generated from it.
fn made(documents: &Documents, args: &Args, name: &Name) -> Result<(Single, Generated), Diagnostics> {
    let file = args.input.file_name().and_then(|file| file.to_str()).unwrap_or_default();
    let mut single = contract::single(documents, &Sources::single(file, &name.product()))?;
    if args.skip_unsupported {
        single = without_unsupported(&single);
    }
    let crates = Crates { name: name.to_string(), verb: "generate".to_owned(), from: file.to_owned() };
    let generated = generate_single(&single, crates)?;
    Ok((single, generated))
}

/// What `--skip-unsupported` would make of a document that is refused without.
fn way_around(documents: &Documents, args: &Args, name: &Name) -> Option<String> {
    let skipping = Args { skip_unsupported: true, ..args.clone() };
    let (_, generated) = made(documents, &skipping, name).ok().filter(|_| !args.skip_unsupported)?;
    let rest = generated.api.operations.len();
    (rest > 0).then(|| {
        format!("mend the document; or `--skip-unsupported` leaves such operations out, and generates the other {rest}")
    })
}

/// Writes the workspace: what stands beside the generated files first, then those.
fn store(
    out: &Path,
    workspace: &Workspace,
    name: &Name,
    single: &Single,
    generated: &Generated,
) -> Result<(), Failure> {
    let mut all = crates::files(workspace, name, &generated.api)?;
    all.extend(manifest::files(workspace, name)?);
    all.push((
        MARKER.to_owned(),
        "Written by `cargo xtask generate`, which may write it again.\n".to_owned(),
    ));
    all.push(("contract.yml".to_owned(), single.text.clone()));
    // The versions that all this is tested with, to begin with.
    let lock = workspace.root().join("Cargo.lock");
    if !out.join("Cargo.lock").exists() {
        let text = fs::read_to_string(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
        all.push(("Cargo.lock".to_owned(), text));
    }
    let mut changed = Vec::new();
    for (file, text) in all {
        let path = out.join(&file);
        let text = generated.plan.filled(&file, &text).map_err(Diagnostics::one)?;
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
        }
        if fs::read(&path).is_ok_and(|held| held == text.as_bytes()) {
            continue;
        }
        changed.push((path, text));
    }
    files::replace_all(&changed)?;
    write::apply(out, &generated.plan, Mode::Write)?;
    Ok(())
}

/// Makes sure that nothing of anybody's is overwritten.
fn vacant(out: &Path) -> Result<(), Failure> {
    if out.join(MARKER).is_file() {
        return Ok(());
    }
    match fs::read_dir(out).map(|mut entries| entries.next().is_none()) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => {
            Err(Failure::Load(anyhow::Error::new(error).context(format!("cannot list {}", out.display()))))
        }
        Ok(true) => Ok(()),
        Ok(false) => Err(Failure::Usage(format!(
            "{} is neither empty nor written by an earlier run; choose another folder",
            out.display()
        ))),
    }
}

/// Completes findings with their lines.
fn with_lines(mut found: Diagnostics, documents: &Documents) -> Diagnostics {
    positions::complete(&mut found, |file| documents.text(file));
    found
}

/// Calls files as they are called from where the command was given.
fn beside(mut found: Diagnostics, folder: &Path) -> Diagnostics {
    for finding in found.iter_mut().filter(|finding| !finding.place.file.is_empty()) {
        finding.place.file = folder.join(&finding.place.file).display().to_string();
    }
    found
}
