//! The user's npm configuration, as far as fetching a package needs it, read as npm reads it.
//!
//! From what counts most to what counts least: the environment (`npm_config_*`), the `.npmrc` of
//! the project, of the user, of the machine, and the one that npm was built with. A value may name
//! variables of the environment. Nothing is run, npm least of all.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

mod auth;
mod ini;
mod wiring;
pub(crate) use auth::Auth;

/// Where npm's configuration is looked for.
pub(crate) struct Surroundings {
    /// The variables of the environment.
    pub(crate) variables: HashMap<String, String>,
    /// The folder that the project is looked for from.
    pub(crate) folder: PathBuf,
}

/// The settings of all layers, that which counts most first.
#[derive(Default)]
pub(crate) struct Npmrc {
    layers: Vec<Layer>,
}

#[derive(Default)]
struct Layer {
    settings: HashMap<String, Vec<String>>,
}

impl Surroundings {
    /// Those of this process.
    pub(crate) fn here() -> Self {
        Self {
            variables: std::env::vars_os()
                .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
                .collect(),
            folder: std::env::current_dir().unwrap_or_default(),
        }
    }

    fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    fn home(&self) -> Option<PathBuf> {
        self.variable(if cfg!(windows) { "USERPROFILE" } else { "HOME" }).map(PathBuf::from)
    }

    /// The folder of the project: the nearest that holds a package or its dependencies.
    fn project(&self) -> &Path {
        let is_project =
            |folder: &&Path| folder.join("package.json").is_file() || folder.join("node_modules").is_dir();
        self.folder.ancestors().find(is_project).unwrap_or(&self.folder)
    }

    /// The folder that node is installed in, which npm takes for the prefix of what is global.
    fn prefix(&self) -> Option<PathBuf> {
        if let Some(prefix) = self.variable("PREFIX") {
            return Some(PathBuf::from(prefix));
        }
        let name = if cfg!(windows) { "node.exe" } else { "node" };
        let mut folders = std::env::split_paths(self.variable("PATH")?);
        let node = folders.find_map(|folder| folder.join(name).canonicalize().ok())?;
        let folder = node.parent()?;
        Some(if cfg!(windows) { folder } else { folder.parent()? }.to_owned())
    }
}

impl Npmrc {
    /// Reads all layers. A file that is not there or cannot be read counts as empty, as for npm.
    pub(crate) fn load(surroundings: &Surroundings) -> Self {
        let mut npmrc = Self { layers: vec![Layer::of_environment(surroundings)] };
        let project = surroundings.project().join(".npmrc");
        let user = |npmrc: &Self| {
            let named = npmrc.text("userconfig").map(|path| path_of(path, surroundings));
            named.or_else(|| Some(surroundings.home()?.join(".npmrc")))
        };
        let apart = user(&npmrc).is_none_or(|user| user != project);
        if apart {
            npmrc.layers.push(Layer::of_file(&project, surroundings));
        }
        if let Some(user) = user(&npmrc) {
            npmrc.layers.push(Layer::of_file(&user, surroundings));
        }
        let prefix = npmrc.text("prefix").map(|path| path_of(path, surroundings));
        let global = npmrc.text("globalconfig").map(|path| path_of(path, surroundings));
        let global = global.or_else(|| Some(prefix.or_else(|| surroundings.prefix())?.join("etc/npmrc")));
        if let Some(global) = global {
            npmrc.layers.push(Layer::of_file(&global, surroundings));
        }
        if let Some(prefix) = surroundings.prefix() {
            let modules = if cfg!(windows) { "node_modules" } else { "lib/node_modules" };
            npmrc.layers.push(Layer::of_file(&prefix.join(modules).join("npm/npmrc"), surroundings));
        }
        npmrc
    }

    /// The values of a setting, in the layer that counts most.
    fn values(&self, key: &str) -> Option<&[String]> {
        self.layers.iter().find_map(|layer| layer.settings.get(key)).map(Vec::as_slice)
    }

    /// The value of a setting, if it has one that is not empty.
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        let last = self.values(key)?.last()?;
        Some(last.as_str()).filter(|value| !matches!(*value, "" | "null" | "undefined"))
    }

    /// The registry of a package: that of its scope, or else the one for all.
    pub(crate) fn registry(&self, package: &str) -> Option<&str> {
        let scope = package.split_once('/').map(|(scope, _)| scope).filter(|scope| scope.starts_with('@'));
        scope.and_then(|scope| self.text(&format!("{scope}:registry"))).or_else(|| self.text("registry"))
    }
}

impl Layer {
    fn of_environment(surroundings: &Surroundings) -> Self {
        const START: &str = "npm_config_";
        let mut layer = Self::default();
        for (name, value) in &surroundings.variables {
            let Some(start) = name.get(..START.len()).filter(|start| start.eq_ignore_ascii_case(START))
            else {
                continue;
            };
            let key = &name[start.len()..];
            if key.is_empty() || value.is_empty() {
                continue;
            }
            let key = if key.starts_with("//") {
                key.to_owned()
            } else {
                // An underscore at the beginning is part of the name.
                let (first, rest) = key.split_at(key.chars().next().map_or(0, char::len_utf8));
                format!("{first}{}", rest.replace('_', "-")).to_lowercase()
            };
            layer.set(&key, Some(value), surroundings);
        }
        layer
    }

    fn of_file(path: &Path, surroundings: &Surroundings) -> Self {
        let mut layer = Self::default();
        for (key, value) in ini::parse(&std::fs::read_to_string(path).unwrap_or_default()) {
            layer.set(&key, value.as_deref(), surroundings);
        }
        layer
    }

    fn set(&mut self, key: &str, value: Option<&str>, surroundings: &Surroundings) {
        let lookup = |name: &str| surroundings.variables.get(name).cloned();
        let key = ini::expand(key, &lookup);
        let value = ini::expand(value.unwrap_or("true").trim(), &lookup);
        match key.strip_suffix("[]") {
            Some(list) => self.settings.entry(list.to_owned()).or_default().push(value),
            None => drop(self.settings.insert(key, vec![value])),
        }
    }
}

/// A path as settings give it: `~/` is the home folder.
fn path_of(text: &str, surroundings: &Surroundings) -> PathBuf {
    match (text.strip_prefix("~/"), surroundings.home()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => surroundings.folder.join(text),
    }
}

#[cfg(test)]
#[path = "npmrc/tests.rs"]
mod tests;
