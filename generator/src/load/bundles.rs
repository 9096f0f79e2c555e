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
        let limit = limits.bundle;
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

#[cfg(test)]
mod tests {
    use super::{Limits, Placed, bundle, bundled};
    use crate::load::sources::Sources;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::{Read, Write};

    const YAML: &str = "openapi: 3.0.3\ninfo: {title: Meshery Cloud}\npaths: {}\n";

    fn sources() -> Sources {
        Sources::parse(include_str!("../../../schemas/sources.toml"), "sources.toml").unwrap()
    }

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut packer = GzEncoder::new(Vec::new(), Compression::best());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    }

    fn refused(reader: impl Read) -> String {
        let limits = Limits { bundle: 4096, ..Limits::default() };
        bundle("cloud.yml", reader, None, &sources(), &limits).unwrap_err().to_string()
    }

    #[test]
    fn yaml_json_and_what_is_packed_are_the_same() {
        let json = r#"{"openapi": "3.0.3", "info": {"title": "Meshery Cloud"}, "paths": {}}"#;
        let read = |bytes: &[u8]| bundle("a", bytes, None, &sources(), &Limits::default()).unwrap();
        let plain = read(YAML.as_bytes());
        assert_eq!(plain.piece.place, Placed::Product("cloud".to_owned()));
        assert_eq!(read(json.as_bytes()).piece, plain.piece);
        assert_eq!(read(&packed(YAML.as_bytes())).piece, plain.piece);
        assert_ne!(read(&packed(YAML.as_bytes())).sha256, plain.sha256, "of the file as it came");
        let bundle = bundled([plain.clone()]);
        assert_eq!(bundle.files["a"], plain.sha256);
    }

    #[test]
    fn the_merge_of_all_is_told_from_the_product_that_it_is_titled_after() {
        let own = "  /a: {get: {x-internal: [cloud]}}\n";
        let foreign = "  /b: {get: {x-internal: [meshery]}}\n";
        let of = |paths: &str| {
            let text = format!("openapi: 3.0.3\ninfo: {{title: Meshery Cloud}}\npaths:\n{paths}");
            bundle("a", text.as_bytes(), None, &sources(), &Limits::default()).unwrap().piece.place
        };
        assert_eq!(of(own), Placed::Product("cloud".to_owned()));
        assert_eq!(of(&format!("{own}{foreign}")), Placed::Merged);
    }

    #[test]
    fn a_file_that_is_damaged_or_too_large_is_refused() {
        let whole = packed(YAML.as_bytes());
        let (first, last) = whole.split_at(whole.len() / 2);
        let mut turned = first.to_vec();
        turned.extend(last.iter().map(|byte| !byte));
        let told = "error[M0703]: the compressed file ends too early\n  --> cloud.yml";
        assert_eq!(refused(first), told);
        assert!(refused(&*turned).starts_with("error[M0703]: "), "{}", refused(&*turned));
        assert_eq!(refused(&b"openapi: \xff"[..]), "error[M0703]: the text is not UTF-8\n  --> cloud.yml");
        // An answer of a gigabyte is read no further than the limit; so is what unpacks to one.
        let endless = std::io::repeat(b'a').take(1 << 30);
        assert_eq!(refused(endless), "error[M0703]: the file has more than 4096 bytes\n  --> cloud.yml");
        let bomb = packed(&vec![b'a'; 1 << 20]);
        assert_eq!(refused(&*bomb), "error[M0703]: it unpacks to more than 4096 bytes\n  --> cloud.yml");
    }
}
