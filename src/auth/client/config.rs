//! `config.yaml` as mesheryctl writes it: contexts, and where their tokens are.

use super::{AuthFile, DEFAULT_ENDPOINT, Fault, meshery_folder};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// More than any configuration holds.
const LIMIT: u64 = 1 << 20;

/// The contexts of mesheryctl.
///
/// ```no_run
/// # use meshery_runtime::auth::client::{Config, Fault};
/// # fn main() -> Result<(), Fault> {
/// let config = Config::discover()?;
/// let context = config.context(None)?; // the current one
/// println!("{} at {}", context.name, context.endpoint);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Config {
    folder: PathBuf,
    content: Content,
}

/// One context: a server, and the token for it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Context {
    /// Its name.
    pub name: String,
    /// The base URL of the server: `http://localhost:9081`.
    pub endpoint: String,
    /// The provider that it is used with.
    pub provider: Option<String>,
    /// The file with its token.
    pub token_file: PathBuf,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct Content {
    #[serde(default)]
    contexts: BTreeMap<String, RawContext>,
    #[serde(default, rename = "current-context")]
    current: String,
    #[serde(default)]
    tokens: Vec<RawToken>,
}

/// Members that mesheryctl alone needs (platform, components, channel, ...) are ignored.
#[derive(Clone, Debug, Default, Deserialize)]
struct RawContext {
    #[serde(default)]
    endpoint: String,
    #[serde(default)]
    token: String,
    #[serde(default)]
    provider: String,
}

#[derive(Clone, Debug, Deserialize)]
struct RawToken {
    name: String,
    location: String,
}

impl Config {
    /// The configuration in a file.
    ///
    /// # Errors
    /// It cannot be read, or is not what mesheryctl writes.
    pub fn open(path: &Path) -> Result<Self, Fault> {
        let length = std::fs::metadata(path).map_err(|e| Fault::file(path, e))?.len();
        if length > LIMIT {
            return Err(Fault::content(path, format!("is larger than {LIMIT} bytes")));
        }
        let text = std::fs::read_to_string(path).map_err(|e| Fault::file(path, e))?;
        let content: Option<Content> = serde_yaml::from_str(&text).map_err(|e| {
            let line = e.location().map_or(String::new(), |at| format!(" (line {})", at.line()));
            Fault::content(path, format!("is not a configuration of mesheryctl{line}"))
        })?;
        let folder = path.parent().unwrap_or(Path::new(".")).to_owned();
        Ok(Self { folder, content: content.unwrap_or_default() })
    }

    /// `~/.meshery/config.yaml`.
    ///
    /// # Errors
    /// The same as those of [`open`](Self::open), or the home folder is not known.
    pub fn discover() -> Result<Self, Fault> {
        Self::open(&meshery_folder()?.join("config.yaml"))
    }

    /// The names of the contexts.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.content.contexts.keys().map(String::as_str)
    }

    /// A context by name; without one the current one.
    ///
    /// # Errors
    /// There is none of that name, or its token is not among the tokens.
    pub fn context(&self, name: Option<&str>) -> Result<Context, Fault> {
        let name = name.unwrap_or(&self.content.current);
        let Some(raw) = self.content.contexts.get(name) else {
            return Err(Fault::Context {
                name: name.to_owned(),
                known: self.names().map(str::to_owned).collect(),
            });
        };
        let endpoint = if raw.endpoint.is_empty() { DEFAULT_ENDPOINT } else { &raw.endpoint };
        Ok(Context {
            name: name.to_owned(),
            endpoint: endpoint.to_owned(),
            provider: Some(raw.provider.clone()).filter(|name| !name.is_empty()),
            token_file: self.token_file(raw)?,
        })
    }

    /// Where the token of a context is: an absolute path, one below the home folder, or one below
    /// the folder of the configuration.
    fn token_file(&self, context: &RawContext) -> Result<PathBuf, Fault> {
        if context.token.is_empty() {
            return Ok(self.folder.join("auth.json"));
        }
        let Some(token) = self.content.tokens.iter().find(|token| token.name == context.token) else {
            let what = format!("has no token {:?}, which a context names", context.token);
            return Err(Fault::content(self.folder.join("config.yaml"), what));
        };
        match token.location.strip_prefix("~/") {
            Some(below) => Ok(std::env::home_dir().ok_or(Fault::NoHome)?.join(below)),
            // An absolute path replaces the folder.
            None => Ok(self.folder.join(&token.location)),
        }
    }
}

impl Context {
    /// The token file of the context.
    #[must_use]
    pub fn auth_file(&self) -> AuthFile {
        AuthFile::at(&self.token_file)
    }
}
