//! Takes the steps of a difference, all of them or none.

use super::compare::{Difference, STAGED, Step};
use super::unwritable;
use crate::diagnostic::{Diagnostic, Diagnostics};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Stages every new text beside its target, then renames and removes.
pub(super) fn commit(root: &Path, difference: &Difference<'_>) -> Result<(), Diagnostics> {
    for leftover in &difference.leftovers {
        fs::remove_file(root.join(leftover))
            .map_err(|e| Diagnostics::one(unwritable(leftover, "remove what an earlier run left", &e)))?;
    }
    let mut folders = Vec::new();
    let mut staged = Vec::new();
    if let Err(found) = stage(root, &difference.steps, &mut folders, &mut staged) {
        unstage(&staged, &folders);
        return Err(Diagnostics::one(found));
    }
    for (taken, step) in difference.steps.iter().enumerate() {
        if let Err(e) = take(root, step) {
            restore(root, difference.steps.get(..taken).unwrap_or_default());
            unstage(&staged, &folders);
            return Err(Diagnostics::one(unwritable(&step.path, "put the file in place", &e)));
        }
    }
    for step in difference.steps.iter().filter(|s| s.text.is_none()) {
        remove_empty_folders(root, &step.path);
    }
    Ok(())
}

/// Writes the new texts to temporary files, and notes the folders and files it makes.
fn stage(
    root: &Path,
    steps: &[Step<'_>],
    folders: &mut Vec<PathBuf>,
    staged: &mut Vec<PathBuf>,
) -> Result<(), Diagnostic> {
    for step in steps {
        let Some(text) = step.text.as_deref() else { continue };
        let target = root.join(&step.path);
        if let Some(parent) = target.parent() {
            make_folder(parent, folders).map_err(|e| unwritable(&step.path, "make its folder", &e))?;
        }
        let temporary = staged_beside(&target);
        staged.push(temporary.clone());
        fs::write(temporary, text).map_err(|e| unwritable(&step.path, "stage the file", &e))?;
    }
    Ok(())
}

fn make_folder(folder: &Path, made: &mut Vec<PathBuf>) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    if let Some(parent) = folder.parent() {
        make_folder(parent, made)?;
    }
    fs::create_dir(folder)?;
    made.push(folder.to_path_buf());
    Ok(())
}

fn staged_beside(target: &Path) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    target.with_file_name(format!("{STAGED}{name}"))
}

fn take(root: &Path, step: &Step<'_>) -> io::Result<()> {
    let target = root.join(&step.path);
    match step.text {
        Some(_) => fs::rename(staged_beside(&target), target),
        None => fs::remove_file(target),
    }
}

/// Puts back what was there before the steps that were taken. The failure that led here is the
/// one that is reported.
fn restore(root: &Path, taken: &[Step<'_>]) {
    for step in taken {
        let target = root.join(&step.path);
        let _ = match &step.before {
            Some(bytes) => fs::write(target, bytes),
            None => fs::remove_file(target),
        };
    }
}

fn unstage(staged: &[PathBuf], folders: &[PathBuf]) {
    for file in staged {
        let _ = fs::remove_file(file);
    }
    for folder in folders.iter().rev() {
        let _ = fs::remove_dir(folder);
    }
}

/// Removes the folders that a removed file leaves empty; one that is not empty refuses.
fn remove_empty_folders(root: &Path, path: &str) {
    let mut folder = Path::new(path).parent();
    while let Some(at) = folder {
        if at.ends_with(super::FOLDER) || fs::remove_dir(root.join(at)).is_err() {
            return;
        }
        folder = at.parent();
    }
}
