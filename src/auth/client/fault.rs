//! What can be wrong with credentials on this side. No text here holds a token.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// Why there is no token. Clones share the cause, for all who wait for one.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Fault {
    /// The user's home folder is not known.
    NoHome,
    /// A file cannot be read or written.
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: Arc<io::Error>,
    },
    /// Others than its owner may read the file.
    Mode {
        /// Which.
        path: PathBuf,
        /// Its mode, as `chmod` takes it.
        mode: u32,
    },
    /// A file is not what mesheryctl writes.
    Content {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// A context that the configuration does not have.
    Context {
        /// The name that was asked for.
        name: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// A provider that the server does not have, or none was chosen of several.
    Provider {
        /// The name that was asked for.
        name: Option<String>,
        /// Those that there are.
        known: Vec<String>,
    },
    /// A URL that a token must not be sent to, or that is none.
    Url {
        /// What it is for.
        of: String,
        /// What is wrong with it.
        what: String,
    },
    /// A token is for another origin, or of another provider.
    Elsewhere {
        /// What it is for.
        of: String,
        /// What was asked for.
        asked: String,
    },
    /// A server or provider did not answer as it should.
    Answer {
        /// What was asked of it.
        asked: String,
        /// What came.
        what: String,
    },
    /// Nobody logged in within the time there was.
    Late,
}

impl Fault {
    pub(crate) fn file(path: impl Into<PathBuf>, source: io::Error) -> Self {
        Self::File { path: path.into(), source: Arc::new(source) }
    }

    pub(crate) fn content(path: impl Into<PathBuf>, what: impl Into<String>) -> Self {
        Self::Content { path: path.into(), what: what.into() }
    }

    pub(crate) fn answer(asked: impl Into<String>, what: impl Into<String>) -> Self {
        Self::Answer { asked: asked.into(), what: what.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoHome => f.write_str("the home folder is not known; set HOME"),
            Self::File { path, .. } => write!(f, "{} cannot be used", path.display()),
            Self::Mode { path, mode } => {
                let path = path.display();
                write!(f, "{path} holds a token and its mode is {mode:04o}; run `chmod 600 {path}`")
            }
            Self::Content { path, what } => write!(f, "{}: {what}", path.display()),
            Self::Context { name, known } if known.is_empty() => {
                write!(f, "there is no context {name:?}, nor any other")
            }
            Self::Context { name, known } => {
                write!(f, "there is no context {name:?}; there are {}", known.join(", "))
            }
            Self::Provider { name: Some(name), known } => {
                write!(f, "the server has no provider {name:?}; it has {}", known.join(", "))
            }
            Self::Provider { name: None, known } => {
                write!(f, "the server has several providers, name one: {}", known.join(", "))
            }
            Self::Url { of, what } => write!(f, "the URL of {of} {what}"),
            Self::Elsewhere { of, asked } => {
                write!(f, "the token at hand is of {of}, not of {asked}; log in there")
            }
            Self::Answer { asked, what } => write!(f, "{asked}: {what}"),
            Self::Late => f.write_str("nobody logged in in time"),
        }
    }
}

impl std::error::Error for Fault {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::File { source, .. } => Some(source),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Fault;
    use std::error::Error;
    use std::io;

    #[test]
    fn a_cause_is_told_once() {
        let fault = Fault::file("/a/auth.json", io::Error::other("the disk is gone"));
        assert_eq!(fault.to_string(), "/a/auth.json cannot be used");
        assert_eq!(fault.source().unwrap().to_string(), "the disk is gone");
    }
}
