//! What a command line starts from: which server, and as whom.

use super::{AuthFile, Config, Context, DEFAULT_ENDPOINT, Fault, meshery_folder};
use crate::auth::is_local;
use meshery_client::{Credentials, CredentialsRequest, Token, TokenFuture};
use std::fmt;
use url::Url;

/// A server and the credentials for it.
///
/// As [`Credentials`] it gives its token to the origin of its endpoint, and to nobody else.
#[derive(Debug)]
pub struct Session {
    endpoint: String,
    provider: Option<String>,
    origin: Origin,
    source: Source,
    /// The server that the token in a file is for, where that is known.
    of: Option<String>,
}

/// Where a session's token comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// `MESHERY_TOKEN`, or a local provider by `MESHERY_PROVIDER`.
    Environment,
    /// A context of mesheryctl's configuration.
    Context(String),
    /// `~/.meshery/auth.json`.
    AuthFile,
}

#[derive(Debug)]
enum Source {
    Fixed(Token),
    File(AuthFile),
}

/// The variables that count.
#[derive(Default)]
pub(super) struct Environment {
    pub(super) token: Option<String>,
    pub(super) provider: Option<String>,
    pub(super) endpoint: Option<String>,
}

impl Environment {
    fn read() -> Self {
        let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        Self {
            token: variable("MESHERY_TOKEN"),
            provider: variable("MESHERY_PROVIDER"),
            endpoint: variable("MESHERY_ENDPOINT"),
        }
    }
}

impl Session {
    /// From the environment (`MESHERY_TOKEN`, `MESHERY_PROVIDER`, `MESHERY_ENDPOINT`), then from the
    /// current context of mesheryctl, then from `~/.meshery/auth.json`; the server is
    /// [`DEFAULT_ENDPOINT`] where nothing names one.
    ///
    /// # Errors
    /// What is there cannot be used: see [`Fault`]. Nothing being there is no error.
    pub fn discover() -> Result<Self, Fault> {
        Self::resolve(None)
    }

    /// The context of mesheryctl's with this name, and nothing of the environment: who names a context
    /// means that one.
    ///
    /// # Errors
    /// As those of [`discover`](Self::discover); and there is no such context.
    pub fn of_context(name: &str) -> Result<Self, Fault> {
        Self::resolve(Some(name))
    }

    fn resolve(context: Option<&str>) -> Result<Self, Fault> {
        let folder = meshery_folder()?;
        let path = folder.join("config.yaml");
        let environment = if context.is_some() { Environment::default() } else { Environment::read() };
        let context = match context {
            Some(name) => Some(Config::open(&path)?.context(Some(name))?),
            None if path.exists() => match Config::open(&path)?.context(None) {
                Ok(context) => Some(context),
                Err(Fault::Context { name, .. }) if name.is_empty() => None,
                Err(fault) => return Err(fault),
            },
            None => None,
        };
        Self::assemble(environment, context, AuthFile::at(folder.join("auth.json")))
    }

    pub(super) fn assemble(
        environment: Environment,
        context: Option<Context>,
        fallback: AuthFile,
    ) -> Result<Self, Fault> {
        let Environment { token, provider, endpoint } = environment;
        let endpoint = endpoint.or_else(|| context.as_ref().map(|c| c.endpoint.clone()));
        let endpoint = endpoint.unwrap_or_else(|| DEFAULT_ENDPOINT.to_owned());
        let asked = provider.clone().or_else(|| context.as_ref().and_then(|c| c.provider.clone()));
        let fixed = match (token, &provider) {
            (Some(token), _) => Some(token),
            (None, Some(provider)) if is_local(provider) => Some(String::new()),
            (None, _) => None,
        };
        let of = context.as_ref().map(|context| context.endpoint.clone());
        let (origin, source) = match (fixed, context) {
            (Some(secret), _) => {
                let token = Token::new(secret);
                let token = match &asked {
                    Some(name) => token.provider(name.as_str()),
                    None => token,
                };
                (Origin::Environment, Source::Fixed(token))
            }
            (None, Some(context)) => {
                let file = context.auth_file();
                (Origin::Context(context.name), Source::File(file))
            }
            (None, None) => (Origin::AuthFile, Source::File(fallback)),
        };
        // A context may be used with any provider by a login: only the environment insists on one.
        Ok(Self { endpoint, provider, origin, source, of })
    }

    /// The same for the server at another base URL: its token goes there, and no more to the other.
    #[must_use]
    pub fn at(mut self, endpoint: impl Into<String>) -> Self {
        self.endpoint = endpoint.into();
        self.of = None;
        self
    }

    /// The base URL of the server.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Where the token comes from.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The file with the token, if it comes from one.
    #[must_use]
    pub fn auth_file(&self) -> Option<&AuthFile> {
        match &self.source {
            Source::Fixed(_) => None,
            Source::File(file) => Some(file),
        }
    }

    /// Whether a token for the server at this base URL may be kept in [the file](Self::auth_file): that of a
    /// context is for the context's server.
    #[must_use]
    pub fn keeps_for(&self, endpoint: &str) -> bool {
        self.of.as_ref().is_none_or(|of| same_origin(of, endpoint))
    }

    /// The token as it is now.
    ///
    /// # Errors
    /// Its file cannot be used, or its token is of another provider than `MESHERY_PROVIDER` names, or of
    /// another server than `MESHERY_ENDPOINT` does: a token goes elsewhere only if it is [sent](Self::at)
    /// there.
    pub fn token(&self) -> Result<Option<Token>, Fault> {
        let token = match &self.source {
            Source::Fixed(token) => Some(token.clone()),
            Source::File(file) => file.read()?,
        };
        if let (Some(asked), Some(of)) = (&self.provider, token.as_ref().and_then(Token::provider_name))
            && !same_provider(asked, of)
        {
            return Err(Fault::Elsewhere { of: of.to_owned(), asked: asked.clone() });
        }
        match (&self.source, &self.of, &token) {
            (Source::File(_), Some(of), Some(token))
                if !token.expose_secret().is_empty() && !same_origin(of, &self.endpoint) =>
            {
                Err(Fault::Elsewhere { of: of.clone(), asked: self.endpoint.clone() })
            }
            _ => Ok(token),
        }
    }

    fn token_for(&self, origin: &str) -> Result<Option<Token>, Fault> {
        if !same_origin(&self.endpoint, origin) {
            return Err(Fault::Elsewhere { of: self.endpoint.clone(), asked: origin.to_owned() });
        }
        self.token()
    }
}

fn same_origin(a: &str, b: &str) -> bool {
    let origin = |url: &str| Url::parse(url).map(|url| url.origin().ascii_serialization());
    origin(a).is_ok_and(|a| Ok(a) == origin(b))
}

fn same_provider(a: &str, b: &str) -> bool {
    a == b || (is_local(a) && is_local(b))
}

impl Credentials for Session {
    fn token<'a>(&'a self, request: CredentialsRequest<'a>) -> TokenFuture<'a> {
        Box::pin(std::future::ready(self.token_for(request.origin).map_err(Into::into)))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment => f.write_str("the environment"),
            Self::Context(name) => write!(f, "the context {name}"),
            Self::AuthFile => f.write_str("~/.meshery/auth.json"),
        }
    }
}
