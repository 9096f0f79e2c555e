//! Where things are in the workspace.

use std::env;
use std::path::{Path, PathBuf};

/// The root of a checkout.
#[derive(Clone, Debug)]
pub(crate) struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The workspace at `root`, or else the one that this xtask belongs to.
    pub(crate) fn new(root: Option<&Path>) -> Self {
        let root = root.map_or_else(
            || {
                let own =
                    env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
                let mut own = PathBuf::from(own);
                own.pop();
                own
            },
            Path::to_path_buf,
        );
        Self { root }
    }

    /// The folder of the workspace's manifest.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The contract that is generated from.
    pub(crate) fn contract(&self) -> PathBuf {
        self.root.join("schemas/contract.yml")
    }

    /// What the contract is made from, by digest.
    pub(crate) fn lock(&self) -> PathBuf {
        self.root.join("schemas/schemas.lock")
    }
}
