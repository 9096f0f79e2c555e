//! All constructs in one document.

use super::dereference::{Dereferenced, dereference};
use super::write::{MAX_VALUES, Unwritable, Writer};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::load::sources::Sources;
use crate::load::{Construct, Documents, constructs, document};
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::atomic::AtomicUsize;

/// The document of all constructs, and where its operations come from.
#[derive(Clone, Debug)]
pub struct Merged {
    /// The document: no references, names prefixed with the titles of the constructs.
    pub document: Value,
    /// The place of each operation in the sources, by path and method.
    pub places: HashMap<(String, String), Place>,
}

/// Dereferences and merges all constructs, by version and name.
///
/// # Errors
/// Everything that is wrong with the sources, in all documents: references, repeated operations,
/// missing titles, and schemas that contain themselves, which have no such form.
pub fn merged(documents: &Documents, sources: &Sources) -> Result<Merged, Diagnostics> {
    let constructs = constructs(documents, sources)?;
    let mut findings = Diagnostics::new();
    let base = document(documents, &sources.merged.base, &mut findings);
    let parts = parts(documents, &constructs, &mut findings);
    let base = base.and_then(Value::as_object).cloned().unwrap_or_default();
    let mut merging = Merging { document: base, places: HashMap::new(), findings };
    for (construct, part) in constructs.iter().zip(parts) {
        if let Some((prefix, part)) = part {
            merging.add(construct, &prefix, part);
        }
    }
    let Merging { document, places, mut findings } = merging;
    findings.ok(Merged { document: document.into(), places })
}

/// A document ready to be merged, with the prefix of its names.
type Part = Option<(String, Map<String, Value>)>;

/// Each construct's part, made on as many threads as there are cores.
fn parts(documents: &Documents, constructs: &[Construct<'_>], findings: &mut Diagnostics) -> Vec<Part> {
    let written = &AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from).clamp(1, 8);
    let mut made: Vec<(usize, Part, Diagnostics)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|first| {
                let share = constructs.iter().enumerate().skip(first).step_by(threads);
                scope.spawn(move || {
                    share
                        .map(|(at, construct)| {
                            let mut findings = Diagnostics::new();
                            (at, part(documents, construct, written, &mut findings), findings)
                        })
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap_or_default()).collect()
    });
    made.sort_unstable_by_key(|(at, ..)| *at);
    made.into_iter()
        .map(|(_, part, found)| {
            findings.extend(found);
            part
        })
        .collect()
}

fn part(
    documents: &Documents,
    construct: &Construct<'_>,
    written: &AtomicUsize,
    findings: &mut Diagnostics,
) -> Part {
    let title = construct.document.pointer("/info/title").and_then(Value::as_str).unwrap_or_default();
    let prefix = title.split_whitespace().collect::<Vec<_>>().join("_");
    if prefix.is_empty() {
        let message = "no title; it is the prefix of the document's tags and components";
        findings.push(Diagnostic::new(Code::MissingTitle, Place::new(&construct.file, "/info"), message));
    }
    let Dereferenced { mut arena, root, recursive } = dereference(documents, &construct.file, findings)?;
    if findings.has_errors() {
        return None;
    }
    match Writer::new(&mut arena, &prefix, written).value(root) {
        Ok(Value::Object(part)) => Some((prefix, part)),
        Ok(_) => None,
        Err(Unwritable::TooLarge) => {
            let message = format!("the dereferenced form of all documents has more than {MAX_VALUES} values");
            let place = Place::new(&construct.file, "");
            findings.push(Diagnostic::new(Code::BundleTooLarge, place, message));
            None
        }
        Err(Unwritable::Endless) => {
            for (place, target) in recursive {
                let message =
                    format!("`{}#{}` contains this reference to itself", target.file, target.pointer);
                findings.push(
                    Diagnostic::new(Code::ReferenceCycle, place, message).help(
                        "the dereferenced form cannot be written: exclude the construct in sources.toml",
                    ),
                );
            }
            None
        }
    }
}

struct Merging {
    document: Map<String, Value>,
    places: HashMap<(String, String), Place>,
    findings: Diagnostics,
}

impl Merging {
    fn add(&mut self, construct: &Construct<'_>, prefix: &str, mut part: Map<String, Value>) {
        self.tags(part.remove("tags"));
        self.paths(construct, part.remove("paths"));
        self.components(prefix, part.remove("components"));
    }

    /// The first tag of a name stays.
    fn tags(&mut self, tags: Option<Value>) {
        let Some(Value::Array(tags)) = tags else { return };
        let all = self.document.entry("tags").or_insert_with(|| Value::Array(Vec::new()));
        let Value::Array(all) = all else { return };
        for tag in tags {
            if tag.get("name").is_some_and(|name| !all.iter().any(|known| known.get("name") == Some(name))) {
                all.push(tag);
            }
        }
    }

    fn paths(&mut self, construct: &Construct<'_>, paths: Option<Value>) {
        let all = self.document.entry("paths").or_insert_with(|| Value::Object(Map::new()));
        let (Some(Value::Object(paths)), Value::Object(all)) = (paths, all) else { return };
        let above = Place::new(&construct.file, "/paths");
        for (path, item) in paths {
            let here = above.child(&path);
            let known = all.entry(path.as_str()).or_insert_with(|| Value::Object(Map::new()));
            let (Value::Object(item), Value::Object(known)) = (item, known) else { continue };
            for (method, operation) in item {
                let key = (path.clone(), method.clone());
                let place = here.child(&method);
                if let Some(first) = self.places.get(&key) {
                    let message = format!("{} {path} is defined a second time", method.to_uppercase());
                    let help = format!("the first definition is in {}", first.file);
                    self.findings.push(Diagnostic::new(Code::DuplicateOperation, place, message).help(help));
                    continue;
                }
                known.insert(method, operation);
                self.places.insert(key, place);
            }
        }
    }

    /// The last component of a name stays.
    fn components(&mut self, prefix: &str, components: Option<Value>) {
        let all = self.document.entry("components").or_insert_with(|| Value::Object(Map::new()));
        let (Some(Value::Object(components)), Value::Object(all)) = (components, all) else { return };
        for (section, definitions) in components {
            let known = all.entry(section).or_insert_with(|| Value::Object(Map::new()));
            let (Value::Object(definitions), Value::Object(known)) = (definitions, known) else { continue };
            for (name, definition) in definitions {
                known.insert(format!("{prefix}_{name}"), definition);
            }
        }
    }
}
