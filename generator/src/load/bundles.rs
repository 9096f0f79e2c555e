//! A bundle as upstream publishes it: one document of a product, or of all, YAML or JSON, compressed
//! or not.
//!
//! The file is not trusted: what is too large, packed or not, is nested without end or grows
//! without end by its aliases is refused, and so is what is no OpenAPI document at all, such as the
//! page that a server shows in place of a file.

use super::Limits;
use super::sources::Sources;
use super::tree::hex;
use super::yaml;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::fold::{Dereferenced, Piece, Placed};
use flate2::read::MultiGzDecoder;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::io::Read;

/// A bundle that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Bundle {
    /// Its document.
    pub piece: Piece,
    /// The SHA-256 of the file as it came, in hexadecimal.
    pub sha256: String,
}

/// Reads a bundle; `name` is what messages call it. What it is a bundle of is told by `place`, else
/// by its title and servers.
///
/// # Errors
/// [`Code::BadBundle`] when the file cannot be read, is damaged or too large or no OpenAPI document;
/// [`Code::NotYaml`] with the line; [`Code::UnknownBundle`] when it does not say what it is of.
pub fn bundle(
    name: &str,
    reader: impl Read,
    place: Option<Placed>,
    sources: &Sources,
    limits: &Limits,
) -> Result<Bundle, Diagnostics> {
    let bad = |message: String| Diagnostic::new(Code::BadBundle, Place::new(name, ""), message);
    let read = |reader: &mut dyn Read, what: &str| {
        let mut bytes = Vec::new();
        let limit = limits.file;
        match reader.take(limit + 1).read_to_end(&mut bytes) {
            Ok(_) if bytes.len() as u64 > limit => Err(bad(format!("{what} more than {limit} bytes"))),
            Ok(_) => Ok(bytes),
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                Err(bad("the compressed file ends too early".to_owned()))
            }
            Err(error) => Err(bad(format!("the file cannot be read: {error}"))),
        }
    };
    let mut reader = reader;
    let bytes = read(&mut reader, "the file has").map_err(Diagnostics::one)?;
    let sha256 = hex(&Sha256::digest(&bytes));
    let bytes = if bytes.starts_with(&[0x1f, 0x8b]) {
        read(&mut MultiGzDecoder::new(&*bytes), "it unpacks to").map_err(Diagnostics::one)?
    } else {
        bytes
    };
    let text =
        String::from_utf8(bytes).map_err(|_| Diagnostics::one(bad("the text is not UTF-8".to_owned())))?;
    let document = document(name, &text).map_err(Diagnostics::one)?;
    let place = match place {
        Some(place) => place,
        None => placed(name, &document, sources).map_err(Diagnostics::one)?,
    };
    Ok(Bundle { piece: Piece { name: name.to_owned(), place, document }, sha256 })
}

/// What bundles hold together.
#[must_use]
pub fn bundled(bundles: impl IntoIterator<Item = Bundle>) -> Dereferenced {
    let mut all = Dereferenced::default();
    for Bundle { piece, sha256 } in bundles {
        all.files.insert(piece.name.clone(), sha256);
        all.documents.push(piece);
    }
    all
}

fn document(name: &str, text: &str) -> Result<Value, Diagnostic> {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    if start.starts_with('<') {
        let message = "this is a page of HTML or XML; an OpenAPI document is expected";
        let help = "the address may ask for a login, or no longer lead to the file itself";
        return Err(Diagnostic::new(Code::BadBundle, Place::new(name, ""), message).help(help));
    }
    let json = start.starts_with('{').then(|| serde_json::from_str::<Value>(start));
    let document = match json {
        Some(Ok(document)) => document,
        // YAML may start with a brace too.
        _ => yaml::parse(text).map_err(|error| {
            let place = Place { line: Some(error.line), ..Place::new(name, "") };
            Diagnostic::new(Code::NotYaml, place, error.message)
        })?,
    };
    let version = document.get("openapi").and_then(Value::as_str);
    if version.is_some_and(|version| version == "3.0" || version.starts_with("3.0.")) {
        return Ok(document);
    }
    let message = match document.get("openapi") {
        Some(other) => format!("`openapi` is {other}, expected a version 3.0.x"),
        None => "no member `openapi`, expected an OpenAPI 3.0 document".to_owned(),
    };
    Err(Diagnostic::new(Code::NotOpenApi, Place::new(name, ""), message))
}

/// What a bundle says it is of: all products where its operations belong to several and some of
/// them not to the one whose title it has, as the merge of all has the title of one of them.
fn placed(name: &str, document: &Value, sources: &Sources) -> Result<Placed, Diagnostic> {
    let title = document.pointer("/info/title").and_then(Value::as_str).unwrap_or_default();
    let servers = document.get("servers").and_then(Value::as_array).into_iter().flatten();
    let urls: BTreeSet<&str> = servers.filter_map(|server| server.get("url")?.as_str()).collect();
    let titled = sources.products.iter().find(|product| product.title == title);
    let served = || {
        let mut served =
            sources.products.iter().filter(|p| p.servers.iter().all(|s| urls.contains(s.as_str())));
        served.next().filter(|_| served.next().is_none())
    };
    let Some(product) = titled.or_else(served) else {
        let known: Vec<&str> = sources.products.iter().map(|product| product.name.as_str()).collect();
        let message =
            format!("it cannot be told which product this is the bundle of: its title is `{title}`");
        let help =
            format!("say it: `--bundle {}=FILE`, or `merged=FILE` for all of them", known.join("=FILE`, `"));
        return Err(Diagnostic::new(Code::UnknownBundle, Place::new(name, "/info/title"), message).help(help));
    };
    let key = &sources.operations.products_key;
    let operations = document.get("paths").and_then(Value::as_object).into_iter().flatten();
    let mut operations = operations.flat_map(|(_, item)| item.as_object().into_iter().flatten());
    let foreign = operations.any(|(_, operation)| {
        let own = operation.get(key).and_then(Value::as_array);
        own.is_some_and(|own| !own.is_empty() && own.iter().all(|name| *name != *product.name))
    });
    Ok(if foreign { Placed::Merged } else { Placed::Product(product.name.clone()) })
}
