//! `auth.json` as mesheryctl writes it: the body of `GET /api/token`, with mode 0600.

use super::{Fault, Keeper, meshery_folder};
use meshery_client::{Credentials, CredentialsRequest, Token, TokenFuture};
use serde::{Deserialize, Serialize};
use std::fs::{File, Metadata};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// More than any token file holds.
const LIMIT: u64 = 256 << 10;

/// Longer than any file system takes to tell two times apart.
const TICK: Duration = Duration::from_secs(2);

/// A token file, shared with mesheryctl.
///
/// It is looked at before every request and read again when it changed, so that a login elsewhere
/// counts at once. One that others may read is refused. One that is missing or empty (after a
/// logout) means that there is no token.
///
/// ```no_run
/// # use meshery_runtime::auth::client::{AuthFile, Fault};
/// # fn main() -> Result<(), Fault> {
/// let file = AuthFile::discover()?; // ~/.meshery/auth.json
/// let token = file.read()?;
/// # drop(token);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct AuthFile {
    path: PathBuf,
    held: Mutex<Option<Held>>,
}

#[derive(Debug)]
struct Held {
    stamp: Stamp,
    token: Option<Token>,
}

/// What changes with the file.
#[derive(Debug, PartialEq)]
struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
    identity: u64,
}

/// The file's content, in the order in which Meshery Server writes it.
#[derive(Deserialize, Serialize)]
struct Content {
    #[serde(rename = "meshery-provider", default)]
    provider: String,
    #[serde(default)]
    token: String,
}

impl AuthFile {
    /// The file at a path, which need not be there yet.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), held: Mutex::new(None) }
    }

    /// `~/.meshery/auth.json`.
    ///
    /// # Errors
    /// The home folder is not known.
    pub fn discover() -> Result<Self, Fault> {
        Ok(Self::at(meshery_folder()?.join("auth.json")))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its token; `None` if there is no file, or an empty one.
    ///
    /// # Errors
    /// It cannot be read, others may read it, or it is not what mesheryctl writes.
    pub fn read(&self) -> Result<Option<Token>, Fault> {
        let fault = |source| Fault::file(&self.path, source);
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(fault(e)),
        };
        let metadata = file.metadata().map_err(fault)?;
        check_mode(&self.path, &metadata)?;
        let stamp = Stamp::of(&metadata);
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = held.as_ref().filter(|held| held.stamp == stamp) {
            return Ok(held.token.clone());
        }
        let mut text = String::new();
        let read = file.take(LIMIT + 1).read_to_string(&mut text).map_err(fault)?;
        if read as u64 > LIMIT {
            return Err(Fault::content(&self.path, format!("is larger than {LIMIT} bytes")));
        }
        let token = self.parse(&text)?;
        // Two writes within a tick of the file system's clock look alike: what was just written is
        // read again.
        let settled = stamp.modified.is_some_and(|at| at.elapsed().is_ok_and(|age| age > TICK));
        *held = settled.then(|| Held { stamp, token: token.clone() });
        Ok(token)
    }

    fn parse(&self, text: &str) -> Result<Option<Token>, Fault> {
        if text.trim().is_empty() {
            return Ok(None);
        }
        // The error of the parser may show a piece of the text: it is not told.
        let Content { provider, token } = serde_json::from_str(text).map_err(|e| {
            let what = format!("is not what a login writes (line {}); log in again", e.line());
            Fault::content(&self.path, what)
        })?;
        Ok(Some(if provider.is_empty() { Token::new(token) } else { Token::new(token).provider(provider) }))
    }

    /// Writes a token, as a whole or not at all, readable by its owner only.
    ///
    /// # Errors
    /// The file or its folder cannot be written.
    pub fn write(&self, token: &Token) -> Result<(), Fault> {
        let content = Content {
            provider: token.provider_name().unwrap_or_default().to_owned(),
            token: token.expose_secret().to_owned(),
        };
        let text = serde_json::to_vec(&content)
            .map_err(|e| Fault::content(&self.path, format!("cannot be written: {e}")))?;
        self.replace(&text)
    }

    /// Empties it, as a logout does.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn clear(&self) -> Result<(), Fault> {
        if self.path.exists() { self.replace(b"") } else { Ok(()) }
    }

    fn replace(&self, bytes: &[u8]) -> Result<(), Fault> {
        let fault = |source| Fault::file(&self.path, source);
        // A link keeps leading where it led.
        let target = self.path.canonicalize().unwrap_or_else(|_| self.path.clone());
        let folder = target.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder).map_err(fault)?;
        let mut file = tempfile::Builder::new().prefix(".auth-").tempfile_in(folder).map_err(fault)?;
        file.write_all(bytes).map_err(fault)?;
        file.as_file().sync_all().map_err(fault)?;
        file.persist(&target).map_err(|e| fault(e.error))?;
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = None;
        Ok(())
    }
}

impl Credentials for AuthFile {
    fn token<'a>(&'a self, _: CredentialsRequest<'a>) -> TokenFuture<'a> {
        Box::pin(std::future::ready(self.read().map_err(Into::into)))
    }
}

impl Keeper for AuthFile {
    fn load(&self) -> Result<Option<Token>, Fault> {
        self.read()
    }

    fn store(&self, token: &Token) -> Result<(), Fault> {
        self.write(token)
    }
}

#[cfg(unix)]
fn check_mode(path: &Path, metadata: &Metadata) -> Result<(), Fault> {
    use std::os::unix::fs::MetadataExt;
    let mode = metadata.mode() & 0o7777;
    // An empty file holds nothing to protect: mesheryctl may have made it with any mode.
    if mode & 0o077 == 0 || metadata.len() == 0 {
        Ok(())
    } else {
        Err(Fault::Mode { path: path.to_owned(), mode })
    }
}

#[cfg(not(unix))]
fn check_mode(_: &Path, _: &Metadata) -> Result<(), Fault> {
    Ok(())
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        #[cfg(unix)]
        let identity = std::os::unix::fs::MetadataExt::ino(metadata);
        #[cfg(not(unix))]
        let identity = 0;
        Self { modified: metadata.modified().ok(), length: metadata.len(), identity }
    }
}
