//! The names of components: `<version>.<construct>.<Name>`.
//!
//! A name depends on where a schema is defined and on how its own construct calls it, on nothing
//! else: an unrelated change upstream never renames a component.

use super::keywords::{Standing, standing};
use super::resolve::{At, follow, reference_of};
use crate::diagnostic::{Code, Diagnostic};
use crate::load::Documents;
use crate::load::sources::{Constructs, Single, Sources};
use heck::ToUpperCamelCase;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Gives schemas their names, and remembers which is whose.
pub(crate) struct Names<'a> {
    documents: &'a Documents,
    constructs: &'a Constructs,
    single: Option<&'a Single>,
    annotations: &'a [String],
    /// By folder: what the construct's own document calls its other files and itself defines.
    folders: BTreeMap<String, Rc<Folder>>,
    /// By name: the file and pointer that have it.
    taken: BTreeMap<String, (Rc<str>, String)>,
}

/// The names of one construct.
#[derive(Debug, Default)]
struct Folder {
    /// The names that are aliases of a whole file of the construct, by file.
    aliases: BTreeMap<Rc<str>, BTreeSet<String>>,
    /// The names that are definitions.
    defined: BTreeSet<String>,
}

impl<'a> Names<'a> {
    /// Names for the schemas of `documents`.
    pub(crate) fn new(documents: &'a Documents, sources: &'a Sources) -> Self {
        let (constructs, annotations) = (&sources.constructs, sources.contract.annotations.as_slice());
        let single = sources.single.as_ref();
        Self { documents, constructs, single, annotations, folders: BTreeMap::new(), taken: BTreeMap::new() }
    }

    /// The name of the schema defined at `at`; none if upstream gave it none: it is not a
    /// component but a piece of one.
    pub(crate) fn of(&mut self, at: &At<'a>) -> Result<Option<String>, Diagnostic> {
        let Some(own) = self.own_name(at) else { return Ok(None) };
        let name = match self.single {
            Some(single) => self.name_beside(single, at, &own),
            None => {
                let (version, construct) = self.construct(&at.file);
                format!("{}.{}.{}", legal(&version), legal(&construct), legal(&own))
            }
        };
        let (file, pointer) =
            self.taken.entry(name.clone()).or_insert_with(|| (at.file.clone(), at.pointer.clone()));
        if *file == at.file && *pointer == at.pointer {
            return Ok(Some(name));
        }
        let message = format!("two schemas have the name `{name}`: this one and that at `{file}#{pointer}`");
        Err(at
            .finding(Code::DuplicateComponent, message)
            .help("name one of them in the components of its construct"))
    }

    /// Version and construct that a file belongs to.
    pub(crate) fn construct(&self, file: &str) -> (String, String) {
        let below =
            file.strip_prefix(&self.constructs.root).map_or(file, |rest| rest.trim_start_matches('/'));
        let mut folders: Vec<&str> = below.split('/').collect();
        let stem = stem(folders.pop().unwrap_or_default());
        match folders[..] {
            [] => (stem.to_owned(), stem.to_owned()),
            [only] => (only.to_owned(), stem.to_owned()),
            [version, ref deeper @ ..] => (version.to_owned(), deeper.join("_")),
        }
    }

    /// The name of a schema of a single document or of the files beside it.
    ///
    /// All that the document itself names is in the module of the API. A file beside it is a module
    /// below that one, or, where it is a single schema, in the module of its folder.
    fn name_beside(&mut self, single: &Single, at: &At<'a>, own: &str) -> String {
        let is_alias = self.folder(&single.file).aliases.contains_key(&at.file);
        let place = if *at.file == *single.file || (at.pointer.is_empty() && is_alias) {
            String::new()
        } else if at.pointer.is_empty() {
            at.file.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned())
        } else {
            at.file.rsplit_once('.').map_or(&*at.file, |(stem, _)| stem).to_owned()
        };
        let modules =
            place.split('/').filter(|part| !part.is_empty()).map(|part| format!("{}.", spelled(part)));
        format!("{}.{}{}", single.name, modules.collect::<String>(), spelled(own))
    }

    fn own_name(&mut self, at: &At<'a>) -> Option<String> {
        if at.pointer.is_empty() {
            return Some(self.file_name(&at.file));
        }
        let mut tokens: Vec<&str> = at.pointer.split('/').skip(1).collect();
        let name = tokens.pop()?;
        let beside = self.single.is_some_and(|single| *single.file != *at.file) && tokens.is_empty();
        let named = beside || matches!(tokens[..], ["components", "schemas"] | ["definitions"] | ["$defs"]);
        named.then(|| name.replace("~1", "/").replace("~0", "~"))
    }

    /// What a construct calls one of its files: the alias among its components, the one spelled as
    /// the file if there are several, else the file's own name.
    fn file_name(&mut self, file: &Rc<str>) -> String {
        let own = stem(file.rsplit('/').next().unwrap_or_default()).to_upper_camel_case();
        let folder = self.folder(file);
        match folder.aliases.get(file) {
            Some(aliases) if aliases.contains(&own) => own,
            Some(aliases) if !aliases.is_empty() => aliases.iter().next().cloned().unwrap_or(own),
            _ if folder.defined.contains(&own) => format!("{own}Entity"),
            _ => own,
        }
    }

    fn folder(&mut self, file: &str) -> Rc<Folder> {
        // A single document names what is in the files beside it, wherever they are.
        let file = self.single.map_or(file, |single| &single.file);
        let path = file.rsplit_once('/').map_or("", |(folder, _)| folder);
        if let Some(known) = self.folders.get(path) {
            return known.clone();
        }
        let folder = Rc::new(self.read_folder(path));
        self.folders.insert(path.to_owned(), folder.clone());
        folder
    }

    fn read_folder(&self, path: &str) -> Folder {
        let mut folder = Folder::default();
        let file = match self.single {
            Some(single) => single.file.clone(),
            None => format!("{path}/{}", self.constructs.document),
        };
        // A document that cannot be read is reported where it is referred to.
        let Some(Ok(document)) = self.documents.get(&file) else { return folder };
        let schemas = Some(At::root(&file, document))
            .and_then(|api| api.get("components"))
            .and_then(|c| c.get("schemas"));
        for (name, at) in schemas.iter().flat_map(At::members) {
            let file = alias_of(at.node, self.annotations)
                .and_then(|reference| follow(self.documents, &at, reference).ok())
                .filter(|target| target.pointer.is_empty())
                .map(|target| target.file);
            match file {
                Some(file) => {
                    folder.aliases.entry(file).or_default().insert(name.to_owned());
                }
                None => {
                    folder.defined.insert(name.to_owned());
                }
            }
        }
        folder
    }
}

/// The reference that a schema is just another name for: a `$ref`, or an `allOf` of nothing but
/// one, with no fact beside it.
pub(crate) fn alias_of<'a>(schema: &'a Value, annotations: &[String]) -> Option<&'a str> {
    let object = schema.as_object()?;
    let mut facts = object.iter().filter(|(name, _)| {
        *name == "$ref" || matches!(standing(name, annotations), Standing::Fact | Standing::Unsupported)
    });
    let (name, value) = facts.next()?;
    if facts.next().is_some() {
        return None;
    }
    match (name.as_str(), value.as_array().map(Vec::as_slice)) {
        ("$ref", _) => reference_of(schema),
        ("allOf", Some([only])) => alias_of(only, annotations),
        _ => None,
    }
}

/// A file name without its ending.
fn stem(name: &str) -> &str {
    name.split_once('.').map_or(name, |(stem, _)| stem)
}

/// The same, with characters beyond ASCII told apart, as the documents of others have them.
fn spelled(name: &str) -> String {
    let letter = |c: char| {
        if c.is_ascii() { c.to_string() } else { format!("u{:04x}", u32::from(c)) }
    };
    legal(&name.chars().map(letter).collect::<String>())
}

/// A name with nothing in it but what OpenAPI allows in the name of a component, and no dot.
fn legal(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' || c == '-' { c } else { '_' }).collect()
}
