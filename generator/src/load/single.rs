//! A single document, and the files beside it that it refers to.

use super::documents::Documents;
use super::reference;
use super::tree::{File, Tree};
use super::{Limits, yaml};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Reads the document in `file`, YAML or JSON, and every file in its folder, or below, that it or
/// another of them refers to.
///
/// A file that is not there is none of the documents: who needs it says so, and where.
///
/// # Errors
/// [`Code::SourceUnreadable`] for what cannot be read or exceeds `limits`.
pub fn single(file: &Path, limits: &Limits) -> Result<Documents, Diagnostics> {
    let folder = file.parent().unwrap_or(Path::new(""));
    let Some(name) = file.file_name().and_then(|name| name.to_str()) else {
        return Err(Diagnostics::one(unreadable(&file.display().to_string(), "this is no name of a file")));
    };
    let mut found = Diagnostics::new();
    let mut documents = Documents::new(Tree::default());
    let mut seen = BTreeSet::from([name.to_owned()]);
    let mut queue = vec![name.to_owned()];
    while let Some(path) = queue.pop() {
        let whole = folder.join(&path);
        let is_first = path == name;
        match fs::symlink_metadata(&whole) {
            Ok(meta) if !is_first && !meta.is_file() => {
                found.push(unreadable(&path, "this is no plain file"));
                continue;
            }
            Err(_) if !is_first => continue,
            _ => {}
        }
        if seen.len() > limits.entries {
            found.push(unreadable(&path, &format!("more than {} files", limits.entries)));
            break;
        }
        match read(&whole, limits.file) {
            Ok(text) => {
                let more = add(&mut documents, &path, text);
                queue.extend(more.into_iter().filter(|path| seen.insert(path.clone())));
            }
            Err(message) => found.push(unreadable(&path, &message)),
        }
    }
    found.ok(documents)
}

fn read(file: &Path, limit: u64) -> Result<String, String> {
    let size = fs::metadata(file).map(|meta| meta.len()).unwrap_or(0);
    if size > limit {
        return Err(format!("{size} bytes, more than {limit}"));
    }
    let bytes = fs::read(file).map_err(|error| format!("the file cannot be read: {error}"))?;
    String::from_utf8(bytes).map_err(|_| "the file is not UTF-8".to_owned())
}

/// Adds a file, and returns the files that it refers to.
fn add(documents: &mut Documents, path: &str, text: String) -> Vec<String> {
    let parsed = parse(&text).map_err(|error| {
        let place = Place { line: Some(error.line), ..Place::new(path, "") };
        Diagnostic::new(Code::NotYaml, place, error.message)
    });
    let mut files = Vec::new();
    if let Ok(document) = &parsed {
        references(document, &mut |reference| {
            if let Some(target) = reference::resolve(path, reference) {
                files.push(target.file);
            }
        });
    }
    documents.insert(path, File::new(text), parsed);
    files
}

/// JSON is YAML but for a few texts: those with pairs of surrogates, those indented with tabs.
fn parse(text: &str) -> Result<Value, yaml::Error> {
    yaml::parse(text).or_else(|error| {
        let is_json = text.trim_start_matches('\u{feff}').trim_start().starts_with('{');
        let repeated = error.message.contains("twice");
        let json = || serde_json::from_str(text.trim_start_matches('\u{feff}')).ok();
        if is_json && !repeated { json().ok_or(error) } else { Err(error) }
    })
}

/// Every `$ref` in a value, and every target of a discriminator's mapping.
fn references(value: &Value, each: &mut impl FnMut(&str)) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match (name.as_str(), value) {
                    ("$ref", Value::String(reference)) => each(reference),
                    ("mapping", Value::Object(targets)) => {
                        let targets = targets.values().filter_map(Value::as_str);
                        targets.filter(|target| target.contains(['.', '/', '#'])).for_each(&mut *each);
                    }
                    _ => {}
                }
                references(value, each);
            }
        }
        Value::Array(elements) => elements.iter().for_each(|value| references(value, each)),
        _ => {}
    }
}

fn unreadable(path: &str, message: &str) -> Diagnostic {
    Diagnostic::new(Code::SourceUnreadable, Place::new(path, ""), message)
}
