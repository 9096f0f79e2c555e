//! The constructs of a source that make the API.

use super::documents::Documents;
use super::sources::Sources;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use serde_json::Value;

/// A construct: the folder of an OpenAPI document and of what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Construct<'a> {
    /// The version folder: `v1beta3`.
    pub version: String,
    /// Its own folder: `workspace`.
    pub name: String,
    /// The file of its document, relative to the root of the source.
    pub file: String,
    /// Its document.
    pub document: &'a Value,
}

/// The constructs that are merged, by version, then name.
///
/// Left out are those that [`Sources`] excludes, those that only lend schemas, and deprecated ones.
///
/// # Errors
/// Documents that are no OpenAPI 3.0 documents, and a source without a single construct.
pub fn constructs<'a>(
    documents: &'a Documents,
    sources: &Sources,
) -> Result<Vec<Construct<'a>>, Diagnostics> {
    if let Some(single) = &sources.single {
        let mut findings = Diagnostics::new();
        let document = document(documents, &single.file, &mut findings);
        let construct = document.map(|document| Construct {
            version: String::new(),
            name: single.name.clone(),
            file: single.file.clone(),
            document,
        });
        return findings.ok(construct.into_iter().collect());
    }
    let rules = &sources.constructs;
    let mut found: Vec<(&str, &str, &str)> = documents
        .tree()
        .files
        .keys()
        .filter_map(|file| {
            let rest = file.strip_prefix(rules.root.as_str())?.strip_prefix('/')?;
            let (version, rest) = rest.split_once('/')?;
            let (name, document) = rest.split_once('/')?;
            (document == rules.document).then_some((version, name, file.as_str()))
        })
        .filter(|(version, name, _)| !rules.excluded.contains(&format!("{version}/{name}")))
        .collect();
    found.sort_unstable();
    if found.is_empty() {
        let message = format!("no `<version>/<construct>/{}` below `{}`", rules.document, rules.root);
        return Err(Diagnostics::one(
            Diagnostic::new(Code::NoConstructs, Place::new(&rules.root, ""), message)
                .help("the source should be a release archive or a checkout of the schemas"),
        ));
    }
    documents.read(found.iter().map(|(_, _, file)| *file));
    let mut findings = Diagnostics::new();
    let mut merged = Vec::new();
    for (version, name, file) in found {
        if rules.schema_only.contains(&format!("{version}/{name}")) {
            continue;
        }
        let Some(document) = document(documents, file, &mut findings) else { continue };
        if document.pointer("/info").and_then(|info| info.get(&rules.deprecated_key))
            != Some(&Value::Bool(true))
        {
            merged.push(Construct {
                version: version.to_owned(),
                name: name.to_owned(),
                file: file.to_owned(),
                document,
            });
        }
    }
    findings.ok(merged)
}

/// What looks like the document of a construct and is not read, since its file has another name.
///
/// Templates and schemas lie beside documents too: only what has operations is told of.
#[must_use]
pub fn misnamed(documents: &Documents, sources: &Sources) -> Diagnostics {
    let rules = &sources.constructs;
    let files = &documents.tree().files;
    let mut found = Diagnostics::new();
    if sources.single.is_some() {
        return found;
    }
    for (file, source) in files {
        let Some(folder) = file.strip_prefix(rules.root.as_str()).and_then(|rest| rest.strip_prefix('/'))
        else {
            continue;
        };
        let is_direct = folder.split('/').count() == 3;
        let document = file.rsplit_once('/').map(|(folder, _)| format!("{folder}/{}", rules.document));
        let has_document = document.as_ref().is_some_and(|document| files.contains_key(document));
        if !is_direct || has_document || !source.text.contains("openapi") || !source.text.contains("paths") {
            continue;
        }
        let Some(Ok(parsed)) = documents.get(file) else { continue };
        let has_operations = parsed.get("paths").and_then(Value::as_object).is_some_and(|p| !p.is_empty());
        if parsed.get("openapi").is_some() && has_operations {
            let message =
                format!("operations that are not read: the document of a construct is `{}`", rules.document);
            let help = "if its operations belong to the API, rename the file, or change `constructs.document` \
                        in schemas/sources.toml";
            found.push(Diagnostic::new(Code::MisnamedDocument, Place::new(file, ""), message).help(help));
        }
    }
    found
}

/// The OpenAPI 3.0 document in a file; what is wrong with it goes to `findings`.
pub(crate) fn document<'a>(
    documents: &'a Documents,
    file: &str,
    findings: &mut Diagnostics,
) -> Option<&'a Value> {
    let document = match documents.get(file) {
        Some(Ok(document)) => document,
        Some(Err(finding)) => {
            findings.push(finding.clone());
            return None;
        }
        None => {
            let message = "the source has no such file";
            findings.push(Diagnostic::new(Code::SourceUnreadable, Place::new(file, ""), message));
            return None;
        }
    };
    let version = document.get("openapi").and_then(Value::as_str);
    if version.is_some_and(|v| v == "3.0" || v.starts_with("3.0.")) {
        return Some(document);
    }
    let (pointer, message, help) = match (document.get("openapi"), document.get("swagger")) {
        (Some(other), _) => (
            "/openapi",
            format!("`openapi` is {other}, expected a version 3.0.x"),
            version
                .filter(|v| v.starts_with("3."))
                .map(|_| "later versions are not read: publish it as 3.0.3 too"),
        ),
        (None, Some(other)) => (
            "/swagger",
            format!("a Swagger document of version {other}, expected OpenAPI 3.0.x"),
            Some("converters to OpenAPI 3.0 exist: convert it first"),
        ),
        (None, None) => ("", "no member `openapi`, expected an OpenAPI 3.0 document".to_owned(), None),
    };
    let finding = Diagnostic::new(Code::NotOpenApi, Place::new(file, pointer), message);
    findings.push(match help {
        Some(help) => finding.help(help),
        None => finding,
    });
    None
}
