//! What is said of documents that others might have written? See `documents/README.md`.

#![allow(clippy::unwrap_used, clippy::panic)]

use meshery_generator::contract;
use meshery_generator::diagnostic::Diagnostics;
use meshery_generator::generate_single;
use meshery_generator::ir::Crates;
use meshery_generator::load::{self, Limits, positions, sources::Sources};
use std::fs;
use std::path::{Path, PathBuf};

/// The documents, and those in folders of their own with files beside them.
fn documents() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents");
    let mut found = Vec::new();
    for topic in entries(&root).into_iter().filter(|path| path.is_dir()) {
        for document in entries(&topic) {
            if document.is_dir() {
                found.push(document.join("api.yml"));
            } else if document.extension().is_some_and(|e| e == "yml" || e == "json") {
                found.push(document);
            }
        }
    }
    found
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

/// Whether a document is accepted, and all that is said of it.
fn outcome(document: &Path) -> String {
    let documents = match load::single(document, &Limits::default()) {
        Ok(documents) => documents,
        Err(found) => return format!("refused\n\n{found}\n"),
    };
    let shown = |mut found: Diagnostics| {
        positions::complete(&mut found, |file| documents.text(file));
        found
    };
    let file = document.file_name().unwrap().to_str().unwrap();
    let crates = Crates { name: "corpus".into(), verb: "generate".into(), from: file.into() };
    let made = contract::single(&documents, &Sources::single(file, "corpus"))
        .and_then(|single| generate_single(&single, crates));
    match made {
        Ok(made) => {
            let (operations, types) = (made.api.operations.len(), made.api.types.len());
            let found = shown(made.warnings).to_string();
            let found = if found.is_empty() { found } else { format!("\n{found}\n") };
            format!("accepted: {operations} operations, {types} types\n{found}")
        }
        Err(found) => format!("refused\n\n{}\n", shown(found)),
    }
}

#[test]
fn every_document_is_answered_as_expected() {
    let bless = std::env::var_os("BLESS").is_some();
    let mut wrong = Vec::new();
    let documents = documents();
    for document in &documents {
        let found = outcome(document);
        let golden = document.with_extension("txt");
        if bless {
            fs::write(&golden, &found).unwrap();
        } else if fs::read_to_string(&golden).unwrap_or_default() != found {
            wrong.push(format!("== {}\n{found}", document.display()));
        }
    }
    assert!(documents.len() > 50, "{} documents", documents.len());
    assert!(wrong.is_empty(), "{}\nBLESS=1 accepts what was found", wrong.join("\n"));
}
