//! A provider from what an operator says: where the store is, and where its key.

use super::Local;
use crate::store::{Keyring, SqlStore};
use etcetera::BaseStrategy;
use std::error::Error;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The key of the store, in base64, for those who keep it elsewhere than in a file.
const KEY: &str = "MESHERYD_STORE_KEY";

/// Why there is no provider.
#[derive(Debug)]
pub struct OpenError {
    what: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl Local {
    /// Opens a store by its URL, `sqlite:FILE` or `postgres://…`; without one, the SQLite store in
    /// the user's data folder.
    ///
    /// The key that seals secrets is in the environment variable `MESHERYD_STORE_KEY`, else in a file:
    /// `store.key` beside the store, or in the user's data folder for PostgreSQL. Where there is
    /// neither, a key is made and kept in that file.
    ///
    /// # Errors
    /// When there is no place for the store, it cannot be opened, or the key is no key.
    pub async fn open(store: Option<&str>) -> Result<Self, OpenError> {
        let url = match store {
            Some(url) => url.to_owned(),
            None => format!("sqlite:{}", data_folder()?.join("store.db").display()),
        };
        let file = url.strip_prefix("sqlite:").map(|file| Path::new(file.split('?').next().unwrap_or(file)));
        let folder = match file {
            Some(file) => file.parent().map(Path::to_owned).unwrap_or_default(),
            None => data_folder()?,
        };
        private_folder(&folder)?;
        let keyring = match std::env::var(KEY) {
            Ok(key) => Keyring::from_base64(&key),
            Err(_) => Keyring::from_file(&folder.join("store.key")),
        };
        let keyring = keyring.map_err(|error| OpenError::new("the store has no key", error))?;
        let opened = SqlStore::open(&url).await;
        let opened = opened.map_err(|error| OpenError::new("the store cannot be opened", error))?;
        Ok(Self::new(Arc::new(opened), keyring))
    }
}

fn data_folder() -> Result<PathBuf, OpenError> {
    let strategy = etcetera::choose_base_strategy();
    let strategy =
        strategy.map_err(|error| OpenError::new("there is no folder for the store; name one", error))?;
    Ok(strategy.data_dir().join("mesheryd"))
}

/// A folder that only its owner may look into, if it has to be made.
fn private_folder(folder: &Path) -> Result<(), OpenError> {
    if folder.as_os_str().is_empty() || folder.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let made = builder.create(folder);
    made.map_err(|error| OpenError::new(format!("{} cannot be made", folder.display()), error))
}

impl OpenError {
    fn new(what: impl Into<String>, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { what: what.into(), source: Some(source.into()) }
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl Error for OpenError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}
