//! What the fuzz targets share: `schemas/sources.toml`, and inputs and limits of a small size.

pub mod grammar;
pub mod server;

use meshery_generator::contract::Contract;
use meshery_generator::diagnostic::Code;
use meshery_generator::generate;
use meshery_generator::load::sources::Sources;
use meshery_generator::load::{File, Limits, Tree};
use std::sync::LazyLock;

/// The committed `schemas/sources.toml`.
pub static SOURCES: LazyLock<Sources> = LazyLock::new(|| {
    let text = include_str!("../../schemas/sources.toml");
    Sources::parse(text, "sources.toml").expect("the committed file is valid")
});

/// Limits that a small input can reach.
pub fn limits() -> Limits {
    Limits { entries: 64, total: 1 << 20, file: 64 << 10, bundle: 64 << 10, depth: 8 }
}

/// A source of one construct, whose document is `text`.
pub fn tree(text: &str) -> Tree {
    let base = "openapi: 3.0.3\ninfo: {title: Base, version: v1}\npaths: {}\n";
    let bases = SOURCES.products.iter().map(|product| (product.base.clone(), base));
    let document = format!("{}/v1/thing/{}", SOURCES.constructs.root, SOURCES.constructs.document);
    let files = bases.chain([(document, text)]);
    Tree {
        files: files.map(|(path, text)| (path, File::new(text.to_owned()))).collect(),
        release: Some("v0.0.0".to_owned()),
        commit: None,
    }
}

/// How far a document gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reached {
    /// It is refused by `lower`, or by a pass.
    Refused,
    /// Code is made of it.
    Emitted,
}

/// Generates from a document that need not be a contract. That the code does not parse would be a
/// fault of the generator, and that is the one finding that must not come up.
pub fn check(document: serde_json::Value) {
    reached(document);
}

/// The same, and says how far it got.
pub fn reached(document: serde_json::Value) -> Reached {
    // Not through `contract::read`: what that refuses must not get the better of what comes after.
    let contract = Contract { release: "v0.0.0".to_owned(), sha256: String::new(), document };
    match generate(&contract, "contract.yml") {
        Ok(_) => Reached::Emitted,
        Err(found) => {
            assert!(found.has_errors());
            assert!(found.iter().all(|finding| finding.code != Code::BadEmission), "{found}");
            Reached::Refused
        }
    }
}
