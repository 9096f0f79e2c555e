//! The documents of a source, read when they are asked for.

use super::tree::{File, Tree};
use super::yaml;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::OnceLock;

type Parsed = Result<Value, Diagnostic>;

/// The documents of a [`Tree`]. Each is read as YAML once, when it is first asked for.
#[derive(Debug)]
pub struct Documents {
    tree: Tree,
    parsed: BTreeMap<String, OnceLock<Parsed>>,
    warnings: Diagnostics,
    part: bool,
    permissions: Option<Value>,
}

impl Documents {
    /// The documents of a tree; nothing is read yet.
    #[must_use]
    pub fn new(tree: Tree) -> Self {
        let parsed = tree.files.keys().map(|path| (path.clone(), OnceLock::new())).collect();
        Self { tree, parsed, warnings: Diagnostics::new(), part: false, permissions: None }
    }

    /// Adds a file that is read already.
    pub(super) fn insert(&mut self, path: &str, file: File, parsed: Result<Value, Diagnostic>) {
        self.parsed.insert(path.to_owned(), OnceLock::from(parsed));
        self.tree.files.insert(path.to_owned(), file);
    }

    /// Documents that are at hand as values, by file: there is no text to them.
    #[must_use]
    pub fn of_values(
        values: BTreeMap<String, Value>,
        release: Option<String>,
        commit: Option<String>,
    ) -> Self {
        let files = values.keys().map(|path| (path.clone(), File::new(String::new()))).collect();
        let parsed = values.into_iter().map(|(path, value)| (path, OnceLock::from(Ok(value)))).collect();
        let tree = Tree { files, release, commit };
        Self { tree, parsed, warnings: Diagnostics::new(), part: false, permissions: None }
    }

    /// The same, with what is odd in what they were made of.
    #[must_use]
    pub fn with_warnings(mut self, warnings: Diagnostics) -> Self {
        self.warnings = warnings;
        self
    }

    /// The same, as a part of a release only: what is not there may be in the rest of it.
    #[must_use]
    pub fn as_part(mut self, part: bool) -> Self {
        self.part = part;
        self
    }

    /// The same, with permission keys that are known already: their table is not among the files.
    #[must_use]
    pub fn with_permissions(mut self, permissions: Option<Value>) -> Self {
        self.permissions = permissions;
        self
    }

    /// Permission keys that are known already.
    #[must_use]
    pub fn permissions(&self) -> Option<&Value> {
        self.permissions.as_ref()
    }

    /// Whether they are a part of a release only.
    #[must_use]
    pub fn is_part(&self) -> bool {
        self.part
    }

    /// What is odd in what they were made of.
    #[must_use]
    pub fn warnings(&self) -> &Diagnostics {
        &self.warnings
    }

    /// The tree they are read from.
    #[must_use]
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The text of a file.
    #[must_use]
    pub fn text(&self, file: &str) -> Option<&str> {
        self.tree.files.get(file).map(|f| f.text.as_str())
    }

    /// The document in a file: `None` when there is no such file.
    ///
    /// # Errors
    /// [`Code::NotYaml`], with the line, when the file is not YAML.
    pub fn get(&self, file: &str) -> Option<Result<&Value, &Diagnostic>> {
        let (slot, source) = (self.parsed.get(file)?, self.tree.files.get(file)?);
        let parsed = slot.get_or_init(|| {
            yaml::parse(&source.text).map_err(|error| {
                let place = Place { line: Some(error.line), ..Place::new(file, "") };
                Diagnostic::new(Code::NotYaml, place, error.message)
            })
        });
        Some(parsed.as_ref())
    }

    /// Reads the given files on as many threads as there are cores; [`get`](Self::get) then has
    /// them at hand.
    pub fn read<'a>(&self, files: impl IntoIterator<Item = &'a str>) {
        let files: Vec<_> = files.into_iter().collect();
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(8);
        std::thread::scope(|scope| {
            for first in 0..threads {
                let share = files.iter().skip(first).step_by(threads);
                scope.spawn(move || share.for_each(|file| _ = self.get(file)));
            }
        });
    }
}
