//! A checkout, or an unpacked archive, as a [`Tree`].

use super::Limits;
use super::sources::Sources;
use super::tree::{File, Tree, release_of};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use std::fs;
use std::path::{Path, PathBuf};

/// Reads the files that matter of the source at `root`.
///
/// The release is taken from the name of the folder; a checkout does not say, so the caller does.
/// Symbolic links are not followed.
///
/// # Errors
/// [`Code::SourceUnreadable`] for everything that cannot be read or exceeds `limits`.
pub fn directory(root: &Path, sources: &Sources, limits: &Limits) -> Result<Tree, Diagnostics> {
    let mut walk = Walk { sources, limits, tree: Tree::default(), findings: Diagnostics::new(), entries: 0 };
    walk.tree.release =
        fs::canonicalize(root).ok().and_then(|p| p.file_name().and_then(|n| n.to_str()).and_then(release_of));
    let mut folders = vec![(root.to_owned(), String::new())];
    while let Some((folder, path)) = folders.pop() {
        walk.folder(&folder, &path, &mut folders);
        if walk.entries > limits.entries {
            walk.bad("", format!("more than {} entries", limits.entries));
            break;
        }
    }
    let Walk { tree, mut findings, .. } = walk;
    findings.ok(tree)
}

struct Walk<'a> {
    sources: &'a Sources,
    limits: &'a Limits,
    tree: Tree,
    findings: Diagnostics,
    entries: usize,
}

impl Walk<'_> {
    fn folder(&mut self, folder: &Path, path: &str, folders: &mut Vec<(PathBuf, String)>) {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(e) => return self.bad(path, format!("the folder cannot be read: {e}")),
        };
        for entry in entries {
            self.entries += 1;
            let (entry, kind) = match entry.and_then(|e| e.file_type().map(|kind| (e, kind))) {
                Ok(found) => found,
                Err(e) => return self.bad(path, format!("an entry cannot be read: {e}")),
            };
            let name = entry.file_name();
            // A name that is not UTF-8 is none that matters.
            let Some(name) = name.to_str() else { continue };
            let below = if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
            if kind.is_dir() && self.sources.tree.enters(&below) {
                if below.split('/').count() > self.limits.depth {
                    self.bad(&below, format!("nested deeper than {} folders", self.limits.depth));
                } else {
                    folders.push((entry.path(), below));
                }
            } else if kind.is_file() && self.sources.tree.wants(&below) {
                self.file(&entry.path(), below);
            } else if kind.is_symlink() && self.sources.tree.wants(&below) {
                self.bad(&below, "is a symbolic link".to_owned());
            }
        }
    }

    fn file(&mut self, file: &Path, path: String) {
        let size = fs::metadata(file).map(|m| m.len()).unwrap_or(0);
        if size > self.limits.file {
            return self.bad(&path, format!("{size} bytes, more than {}", self.limits.file));
        }
        match fs::read_to_string(file) {
            Ok(text) => {
                self.tree.files.insert(path, File::new(text));
            }
            Err(e) => self.bad(&path, format!("the file cannot be read: {e}")),
        }
    }

    fn bad(&mut self, path: &str, message: String) {
        self.findings.push(Diagnostic::new(Code::SourceUnreadable, Place::new(path, ""), message));
    }
}
