//! The contract under test, as a document and as what is generated from it.

use meshery_generator::diagnostic::Diagnostics;
use meshery_generator::ir::Api;
use meshery_generator::lower::lower;
use serde_json::Value;
use std::path::PathBuf;

/// A contract, read twice: as it stands, and lowered as for generating.
#[derive(Debug)]
pub struct Contract {
    /// The OpenAPI document.
    pub document: Value,
    /// What is generated from it.
    pub api: Api,
}

impl Contract {
    /// The contract that `MESHERY_CONTRACT` names, or the committed one.
    ///
    /// # Panics
    /// If it cannot be read or lowered.
    #[must_use]
    pub fn load() -> Self {
        let path = std::env::var_os("MESHERY_CONTRACT")
            .map_or_else(|| workspace().join("schemas/contract.yml"), PathBuf::from);
        let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let file = path.display().to_string();
        let contract = meshery_generator::contract::read(&text, &file).unwrap_or_else(|e| panic!("{e}"));
        let api = lower(&contract, &file, &mut Diagnostics::new()).unwrap_or_else(|e| panic!("{e}"));
        Self { document: contract.document, api }
    }
}

/// The root of the workspace.
#[must_use]
pub fn workspace() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
