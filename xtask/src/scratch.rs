//! A whole buildable copy of the workspace, for code that is generated from another contract.

use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use meshery_generator::write;
use std::fs;
use std::path::{Path, PathBuf};

/// Says that a folder is a copy made here, and may be overwritten.
const MARKER: &str = ".scratch-workspace";

/// What is never copied: what is built, what is versioned, what is made anew, and the examples with
/// their tests, which are of the committed contract.
const LEFT_OUT: [&str; 4] = ["target", ".git", "fuzz", "examples"];

/// Copies the workspace to `out`, all but its generated code, with `contract` as its contract.
///
/// A file that is already there with the same bytes is not written, so that what was built in the
/// copy stays built.
pub(crate) fn copy(workspace: &Workspace, contract: &Path, out: &Path) -> Result<Workspace> {
    claim(workspace, out)?;
    let out = out.canonicalize().context("cannot find the output folder")?;
    copy_folder(workspace.root(), &out, &out, &mut PathBuf::new())?;
    let copied = Workspace::new(Some(&out));
    copy_file(contract, &copied.contract())?;
    copy_file(&contract.with_file_name("schemas.lock"), &copied.lock())
        .context("a contract and its lock go together; `cargo xtask fetch --out DIR` makes both")?;
    Ok(copied)
}

/// Makes sure that nothing of anybody's is overwritten.
fn claim(workspace: &Workspace, out: &Path) -> Result<()> {
    fs::create_dir_all(out).with_context(|| format!("cannot make {}", out.display()))?;
    let root = workspace.root().canonicalize().context("cannot find the workspace")?;
    if root.starts_with(out.canonicalize().context("cannot find the output folder")?) {
        bail!("{} holds this workspace; choose a folder of its own", out.display());
    }
    let marker = out.join(MARKER);
    let is_empty = fs::read_dir(out).map(|mut entries| entries.next().is_none());
    if !marker.exists() && !is_empty.with_context(|| format!("cannot list {}", out.display()))? {
        bail!("{} is neither empty nor an earlier copy; choose another folder", out.display());
    }
    fs::write(&marker, "A copy of the workspace, made by `cargo xtask regen --out`.\n")
        .with_context(|| format!("cannot write {}", marker.display()))
}

/// Copies the folder at `below` of `from` to `to`; `own` is the copy itself, which may be inside.
fn copy_folder(from: &Path, to: &Path, own: &Path, below: &mut PathBuf) -> Result<()> {
    let folder = from.join(&*below);
    let entries = fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))?;
    for entry in entries {
        let entry = entry.with_context(|| format!("cannot list {}", folder.display()))?;
        let kind = entry.file_type().with_context(|| format!("cannot look at {}", entry.path().display()))?;
        let name = entry.file_name();
        below.push(&name);
        let is_left_out = LEFT_OUT.iter().any(|left_out| name == *left_out) || below.ends_with(write::FOLDER);
        let is_own = || entry.path().canonicalize().is_ok_and(|path| path == own);
        if kind.is_dir() && !is_left_out && !is_own() {
            copy_folder(from, to, own, below)?;
        } else if kind.is_file() && !is_left_out {
            copy_file(&entry.path(), &to.join(&*below))?;
        }
        below.pop();
    }
    Ok(())
}

fn copy_file(from: &Path, to: &Path) -> Result<()> {
    let bytes = fs::read(from).with_context(|| format!("cannot read {}", from.display()))?;
    if fs::read(to).is_ok_and(|held| held == bytes) {
        return Ok(());
    }
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
    }
    fs::write(to, bytes).with_context(|| format!("cannot write {}", to.display()))?;
    let permissions = fs::metadata(from).map(|meta| meta.permissions());
    permissions
        .and_then(|p| fs::set_permissions(to, p))
        .with_context(|| format!("cannot write {}", to.display()))
}
