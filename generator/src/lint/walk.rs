//! Which nodes of which documents are looked at: each once, those that operations reach first.

use super::meta::Object;
use super::phases::repair_of;
use super::{By, Raw, Repair};
use crate::contract::resolve::{At, follow};
use crate::diagnostic::{Code, Place};
use crate::load::Documents;
use crate::load::positions::plain_scalars;
use crate::load::sources::Sources;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What YAML 1.1 reads as true or false, and YAML 1.2 as a string.
const YAML_1_1_FLAGS: &[&str] = &["yes", "no", "on", "off"];

/// What is known while documents are looked at.
pub(super) struct Walk<'a> {
    pub(super) documents: &'a Documents,
    pub(super) sources: &'a Sources,
    /// The nodes that were looked at (file, pointer, and whether as a part of a composition), and
    /// whether operations reach them.
    seen: BTreeMap<(String, String, bool), bool>,
    queue: Vec<(At<'a>, Object, bool)>,
    pub(super) found: Vec<Raw>,
    /// Whether operations reach what is looked at now.
    reached: bool,
    /// Whether it is the document of a construct that is merged.
    pub(super) merged: bool,
    /// Whether upstream merges documents, so that what a document says as a whole gets lost.
    pub(super) merging: bool,
    /// The documents of constructs (`version/name`), and whether they are deprecated.
    constructs: BTreeMap<String, bool>,
}

/// Looks at all documents of a source tree.
pub(super) fn tree(documents: &Documents, sources: &Sources) -> Vec<Raw> {
    let mut walk = Walk::new(documents, sources, true);
    let files = walk.construct_files();
    let merged: BTreeSet<String> = files.iter().filter(|file| walk.is_merged(file)).cloned().collect();
    let roots: Vec<_> = files.iter().filter_map(|file| walk.root(file)).collect();
    let (first, others): (Vec<_>, Vec<_>) = roots.into_iter().partition(|root| merged.contains(&*root.file));
    walk.pass(&first, true, |walk, root| walk.look(root, Object::Root, false));
    walk.reached = false;
    for root in &first {
        walk.unreached(root);
    }
    walk.pass(&first, true, Walk::components);
    walk.pass(&others, false, |walk, root| {
        walk.look(root, Object::Root, false);
        walk.components(root);
    });
    walk.scalars();
    walk.found
}

/// Looks at a document that needs no other.
pub(super) fn single<'a>(documents: &'a Documents, sources: &'a Sources, root: &At<'a>) -> Vec<Raw> {
    let mut walk = Walk::new(documents, sources, false);
    walk.pass(std::slice::from_ref(root), true, |walk, root| walk.look(root, Object::Root, false));
    walk.reached = false;
    walk.unreached(root);
    walk.pass(std::slice::from_ref(root), true, Walk::components);
    walk.scalars();
    walk.found
}

impl<'a> Walk<'a> {
    fn new(documents: &'a Documents, sources: &'a Sources, merging: bool) -> Self {
        Self {
            documents,
            sources,
            seen: BTreeMap::new(),
            queue: Vec::new(),
            found: Vec::new(),
            reached: true,
            merged: true,
            merging,
            constructs: BTreeMap::new(),
        }
    }

    /// Looks at something in each of `roots`, and at all that it leads to.
    fn pass(&mut self, roots: &[At<'a>], merged: bool, start: impl Fn(&mut Self, &At<'a>)) {
        for root in roots {
            self.merged = merged;
            start(self, root);
            while let Some((at, object, part)) = self.queue.pop() {
                let key = (at.file.to_string(), at.pointer.clone(), part);
                if !self.seen.contains_key(&key) {
                    self.seen.insert(key, self.reached);
                    self.node(&at, object, part);
                }
            }
        }
    }

    /// Has a node looked at.
    pub(super) fn look(&mut self, at: &At<'a>, object: Object, part: bool) {
        self.queue.push((at.clone(), object, part));
    }

    fn node(&mut self, at: &At<'a>, object: Object, part: bool) {
        match object {
            Object::Schema => self.schema(at, part),
            _ => self.object(at, object),
        }
    }

    /// Says something about a node.
    pub(super) fn say(&mut self, code: Code, at: &At<'_>, message: impl Into<String>, repair: Repair) {
        self.say_at(code, at.place(), message, repair);
    }

    pub(super) fn say_at(&mut self, code: Code, place: Place, message: impl Into<String>, repair: Repair) {
        self.found.push(Raw { code, place, message: message.into(), repair, reached: self.reached });
    }

    /// Whether the contract judges what is looked at as well, with all that is around it.
    pub(super) fn is_judged(&self) -> bool {
        self.merging && self.reached
    }

    /// The documents of all constructs, and what they say of themselves.
    fn construct_files(&mut self) -> Vec<String> {
        let rules = &self.sources.constructs;
        let mut files = Vec::new();
        for file in self.documents.tree().files.keys() {
            let Some((id, name)) = construct_of(file, &rules.root) else { continue };
            if name != rules.document {
                continue;
            }
            let info =
                self.documents.get(file).and_then(Result::ok).and_then(|document| document.get("info"));
            let deprecated =
                info.and_then(|info| info.get(&rules.deprecated_key)) == Some(&Value::Bool(true));
            self.constructs.insert(id, deprecated);
            files.push(file.clone());
        }
        files
    }

    /// Whether the construct that a file belongs to is merged, as `load::constructs` has it.
    fn is_merged(&self, file: &str) -> bool {
        let rules = &self.sources.constructs;
        let id = construct_of(file, &rules.root).map(|(id, _)| id);
        id.is_some_and(|id| {
            let left_out = rules.excluded.contains(&id) || rules.schema_only.contains(&id);
            !left_out && self.constructs.get(&id) != Some(&true)
        })
    }

    fn root(&mut self, file: &str) -> Option<At<'a>> {
        match self.documents.get(file)? {
            Ok(document) => Some(At::root(file, document)),
            Err(finding) => {
                let repair = repair_of(finding.code);
                self.say_at(finding.code, finding.place.clone(), finding.message.clone(), repair);
                None
            }
        }
    }

    /// Has the components of a document looked at, but for those that only are parts of others.
    fn components(&mut self, root: &At<'a>) {
        let Some(components) = root.get("components") else { return };
        self.look(&components, Object::Components, false);
    }

    /// The schemas among the components of a document that no operation has led to.
    fn unreached(&mut self, root: &At<'a>) {
        let schemas = root.get("components").and_then(|components| components.get("schemas"));
        for (_, at) in schemas.iter().flat_map(At::members) {
            if !self.is_seen(&at) && !self.is_alias(&at) {
                let repair = Repair::new(By::Omission, "the contract has only what operations reach");
                self.say(Code::UnreachedComponent, &at, "no operation reaches this component", repair);
            }
        }
    }

    /// Whether a node has been looked at, as a whole or as a part.
    pub(super) fn is_seen(&self, at: &At<'_>) -> bool {
        self.reach(&at.file, &at.pointer).is_some()
    }

    /// Whether operations reach a node; nothing if it has not been looked at.
    fn reach(&self, file: &str, pointer: &str) -> Option<bool> {
        let reached =
            [false, true].map(|part| self.seen.get(&(file.to_owned(), pointer.to_owned(), part)).copied());
        reached.into_iter().flatten().max()
    }

    /// Values in schemas that were looked at that readers of YAML 1.1 take for something else.
    fn scalars(&mut self) {
        let files: BTreeSet<String> = self.seen.keys().map(|(file, ..)| file.clone()).collect();
        for file in files {
            let Some(text) = self.documents.text(&file) else { continue };
            let mut found = Vec::new();
            plain_scalars(text, |pointer, _, scalar| {
                let flag = YAML_1_1_FLAGS.contains(&scalar.to_ascii_lowercase().as_str());
                let (schema, keyword) = pointer.rsplit_once('/').unwrap_or_default();
                let schema = match schema.strip_suffix("/enum") {
                    Some(schema) => schema,
                    None if matches!(keyword, "default" | "const") => schema,
                    None => return,
                };
                if let Some(reached) = self.reach(&file, schema).filter(|_| flag) {
                    found.push((pointer.to_owned(), scalar.to_owned(), reached));
                }
            });
            for (pointer, scalar, reached) in found {
                let message =
                    format!("`{scalar}` without quotes is a string in YAML 1.2 and a boolean in YAML 1.1");
                let repair = Repair::new(By::Contract, "YAML is read as version 1.2 has it");
                self.reached = reached;
                self.say_at(Code::AmbiguousScalar, Place::new(&file, pointer), message, repair);
            }
        }
    }

    /// Whether a component only is another name of something that has been looked at.
    fn is_alias(&self, at: &At<'a>) -> bool {
        let reference = crate::contract::names::alias_of(at.node, &self.sources.contract.annotations);
        let target = reference.and_then(|reference| follow(self.documents, at, reference).ok());
        target.is_some_and(|target| self.is_seen(&target))
    }

    /// Follows a reference; says so if it leads nowhere, or where it had better not lead.
    pub(super) fn followed(&mut self, at: &At<'a>, reference: &str) -> Option<At<'a>> {
        let target = match follow(self.documents, at, reference) {
            Ok(target) => target,
            Err(finding) => {
                self.say_at(finding.code, finding.place, finding.message, repair_of(finding.code));
                return None;
            }
        };
        let rules = &self.sources.constructs;
        let own = construct_of(&at.file, &rules.root).map(|(id, _)| id);
        let there = construct_of(&target.file, &rules.root).map(|(id, _)| id);
        if let (Some(own), Some(there)) = (own, there)
            && own != there
            && self.merged
        {
            self.across(at, &own, &there);
        }
        Some(target)
    }

    /// What there is to say about a reference from one construct to another.
    fn across(&mut self, at: &At<'a>, own: &str, there: &str) {
        let kept = || Repair::new(By::Code, "the schema is taken from there, under the name it has there");
        if self.constructs.get(own) == Some(&true) || self.sources.constructs.excluded.contains(own) {
            return;
        }
        if self.sources.constructs.excluded.contains(there) {
            let message = format!("a reference into `{there}`, which is left out of what is published");
            return self.say(Code::ExcludedReference, at, message, kept());
        }
        if self.constructs.get(there) == Some(&true) {
            let message = format!("a reference into `{there}`, which is deprecated");
            return self.say(Code::DeprecatedReference, at, message, kept());
        }
        let (Some((own_version, _)), Some((version, name))) = (own.split_once('/'), there.split_once('/'))
        else {
            return;
        };
        let newer = self
            .constructs
            .keys()
            .filter_map(|id| id.split_once('/'))
            .filter(|(other, same)| *same == name && *other > version && *other <= own_version);
        if let Some((newest, _)) = newer.max() {
            let message = format!("a reference into `{there}`, of which there is `{newest}/{name}`");
            self.say(Code::OldReference, at, message, kept());
        }
    }
}

/// The construct (`version/name`) that a file belongs to, and its path in there.
fn construct_of<'f>(file: &'f str, root: &str) -> Option<(String, &'f str)> {
    let (version, rest) = file.strip_prefix(root)?.strip_prefix('/')?.split_once('/')?;
    let (name, path) = rest.split_once('/')?;
    Some((format!("{version}/{name}"), path))
}
