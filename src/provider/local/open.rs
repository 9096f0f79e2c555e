//! A provider from what an operator says: where the store is, and where its key.

use super::Local;
use crate::store::{Change, Keyring, Record, SqlStore, Store, StoreError};
use etcetera::BaseStrategy;
use std::error::Error;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use uuid::Uuid;

/// What is sealed in the store to tell its key from others.
const SEAL: &str = "store key";

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
    /// When there is no place for the store, it cannot be opened, the key is no key, or it is not the
    /// one that the secrets of the store were sealed with.
    pub async fn open(store: Option<&str>) -> Result<Self, OpenError> {
        let url = match store {
            Some(url) => url.to_owned(),
            None => Self::default_store()?,
        };
        let file = url.strip_prefix("sqlite:").map(|file| Path::new(file.split('?').next().unwrap_or(file)));
        let folder = match file {
            Some(file) => file.parent().map(Path::to_owned).unwrap_or_default(),
            None => data_folder()?,
        };
        private_folder(&folder)?;
        if let Some(file) = file {
            private_file(file)?;
        }
        let keyring = match std::env::var(KEY) {
            Ok(key) => Keyring::from_base64(&key),
            Err(_) => Keyring::from_file(&folder.join("store.key")),
        };
        let keyring = keyring.map_err(|error| OpenError::new("the store has no key", error))?;
        let opened = SqlStore::open(&url).await;
        let opened = opened.map_err(|error| OpenError::new("the store cannot be opened", error))?;
        let checked = fits(&opened, &keyring).await;
        if !checked.map_err(|error| OpenError::new("the store cannot be read", error))? {
            let told = format!(
                "the store was sealed with another key: give the one it had, in {KEY} or in {}",
                folder.join("store.key").display()
            );
            return Err(OpenError { what: told, source: None });
        }
        Ok(Self::new(Arc::new(opened), keyring))
    }

    /// The URL of the store that is opened where none is named: `sqlite:` and a file in the user's data
    /// folder.
    ///
    /// # Errors
    /// When the system does not say where that folder is.
    ///
    /// ```
    /// # use meshery_runtime::provider::local::Local;
    /// assert!(Local::default_store()?.starts_with("sqlite:"));
    /// # Ok::<(), meshery_runtime::provider::local::OpenError>(())
    /// ```
    pub fn default_store() -> Result<String, OpenError> {
        Ok(format!("sqlite:{}", data_folder()?.join("store.db").display()))
    }
}

/// Whether this is the key of the store. A store that has none yet takes this one: what is sealed
/// with two keys by two processes could never be opened by one.
async fn fits(store: &SqlStore, keyring: &Keyring) -> Result<bool, Box<dyn Error + Send + Sync>> {
    let id = Uuid::nil();
    if store.get(SEAL, id).await?.is_none() {
        let mut record = Record::new(SEAL, id);
        record.sealed = keyring.seal(SEAL, SEAL.as_bytes())?;
        match store.commit(vec![Change::Insert(record)]).await {
            // Another process was first.
            Ok(()) | Err(StoreError::Exists) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let held = store.get(SEAL, id).await?;
    Ok(held.is_none_or(|record| keyring.open(SEAL, &record.sealed).is_ok()))
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

/// A file that only its owner may read, if it has to be made. SQLite makes those beside it alike.
fn private_file(file: &Path) -> Result<(), OpenError> {
    // Stores without a file have a name in this form.
    if file.as_os_str().is_empty() || file.as_os_str().as_encoded_bytes().starts_with(b":") {
        return Ok(());
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(file) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(OpenError::new(format!("{} cannot be made", file.display()), error)),
    }
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
