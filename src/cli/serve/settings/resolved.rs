//! Settings with everything decided.

use super::{Kind, Permissions, Product, Settings, Trust};
use anyhow::{Result, bail};
use serde::Serialize;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use uuid::Uuid;

/// Settings with everything decided.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(in super::super) struct Resolved {
    pub(in super::super) provider: Kind,
    pub(in super::super) product: Product,
    pub(in super::super) listen: SocketAddr,
    pub(in super::super) public_url: String,
    pub(in super::super) drain: u64,
    pub(in super::super) i_know_this_is_insecure: bool,
    #[serde(flatten)]
    pub(in super::super) local: Option<Local>,
    #[serde(flatten)]
    pub(in super::super) remote: Option<Remote>,
    #[serde(flatten)]
    pub(in super::super) tokens: Option<Tokens>,
    #[serde(flatten)]
    pub(in super::super) tls: Option<TlsFiles>,
}

/// What the local provider needs.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(in super::super) struct Local {
    /// In the user's data folder unless named.
    #[serde(serialize_with = "without_password", skip_serializing_if = "Option::is_none")]
    pub(in super::super) store: Option<String>,
}

/// What a remote provider needs.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(in super::super) struct Remote {
    pub(in super::super) upstream: String,
    pub(in super::super) strict: bool,
    pub(in super::super) permissions: Permissions,
    pub(in super::super) organization: Option<Uuid>,
    pub(in super::super) allow: Vec<String>,
    pub(in super::super) system_id: Option<Uuid>,
}

/// Whose tokens count, and which.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(in super::super) struct Tokens {
    pub(in super::super) provider_name: String,
    pub(in super::super) provider_url: String,
    pub(in super::super) trust: Trust,
    pub(in super::super) audience: Vec<String>,
    pub(in super::super) issuer: Vec<String>,
    pub(in super::super) algorithm: Vec<String>,
    pub(in super::super) leeway: u64,
    pub(in super::super) allow_without_expiry: bool,
    pub(in super::super) introspect: Option<u64>,
    pub(in super::super) refresh: bool,
}

/// Certificate and key.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(in super::super) struct TlsFiles {
    pub(in super::super) tls_cert: PathBuf,
    pub(in super::super) tls_key: PathBuf,
}

impl Resolved {
    /// The settings with defaults for what was not said.
    pub(in super::super) fn new(given: Settings) -> Result<Self> {
        let provider = given.provider.unwrap_or_default();
        let tls = match (&given.tls_cert, &given.tls_key) {
            (Some(cert), Some(key)) => Some(TlsFiles { tls_cert: cert.clone(), tls_key: key.clone() }),
            (None, None) => None,
            _ => bail!("--tls-cert and --tls-key go together"),
        };
        let listen = given.listen.unwrap_or(SocketAddr::from((Ipv4Addr::LOCALHOST, 9081)));
        let scheme = if tls.is_some() { "https" } else { "http" };
        let public_url = given.public_url.clone().unwrap_or_else(|| format!("{scheme}://{listen}"));
        Ok(Self {
            provider,
            product: given.product.unwrap_or_default(),
            listen,
            public_url,
            drain: given.drain.unwrap_or(30),
            i_know_this_is_insecure: given.i_know_this_is_insecure.unwrap_or_default(),
            local: match provider {
                Kind::Local => Some(Local::new(&given)?),
                Kind::Remote => None,
            },
            remote: match provider {
                Kind::Local => None,
                Kind::Remote => Some(Remote::new(&given)?),
            },
            tokens: Tokens::new(provider, given)?,
            tls,
        })
    }

    /// As a file would have it, without the password of a database.
    pub(in super::super) fn to_toml(&self) -> Result<String> {
        Ok(toml::to_string(self)?)
    }

    /// Who answers, in words.
    pub(in super::super) fn described(&self) -> String {
        match &self.remote {
            None => {
                let whose = match &self.tokens {
                    None => "one user, no login".to_owned(),
                    Some(tokens) => format!("users of {}", tokens.provider_name),
                };
                let store = self.local.as_ref().and_then(|local| local.store.as_deref()).map(shown);
                let store = store.or_else(|| crate::provider::local::Local::default_store().ok());
                let store = store.unwrap_or_else(|| "the user's data folder".to_owned());
                format!("local ({whose}), kept in {store}")
            }
            Some(remote) => {
                let strict = if remote.strict { ", refusing what breaks the contract" } else { "" };
                let keys = match remote.permissions {
                    Permissions::All => "",
                    Permissions::Keys => ", for who holds the keys",
                };
                let name = self.tokens.as_ref().map_or("", |tokens| tokens.provider_name.as_str());
                format!("{name}, answered by {}{keys}{strict}", remote.upstream)
            }
        }
    }
}

impl Local {
    fn new(given: &Settings) -> Result<Self> {
        if given.product.unwrap_or_default() != Product::Meshery {
            bail!("the local provider has the operations of Meshery Server only");
        }
        Ok(Self { store: given.store.clone() })
    }
}

/// The URL of a store as it may be shown.
fn shown(store: &str) -> String {
    match url::Url::parse(store) {
        Ok(mut url) if url.password().is_some() => {
            // A URL with a password has a host: this cannot fail.
            let _ = url.set_password(Some("..."));
            url.to_string()
        }
        _ => store.to_owned(),
    }
}

fn without_password<S: serde::Serializer>(store: &Option<String>, serializer: S) -> Result<S::Ok, S::Error> {
    store.as_deref().map(shown).serialize(serializer)
}

impl Remote {
    fn new(given: &Settings) -> Result<Self> {
        let Some(upstream) = given.upstream.clone() else { bail!("a remote provider needs --upstream URL") };
        if given.store.is_some() {
            bail!("--store is for the local provider: a remote one keeps nothing");
        }
        let permissions = given.permissions.unwrap_or_default();
        if permissions == Permissions::Keys {
            by_keys(given.product.unwrap_or_default(), &given.allow)?;
        } else if given.organization.is_some() || !given.allow.is_empty() {
            bail!("--organization and --allow are for --permissions keys");
        }
        Ok(Self {
            upstream,
            strict: given.strict.unwrap_or_default(),
            permissions,
            organization: given.organization,
            allow: given.allow.clone(),
            system_id: given.system_id,
        })
    }
}

impl Tokens {
    /// `None` where everybody is the local user.
    fn new(provider: Kind, given: Settings) -> Result<Option<Self>> {
        let url = given.provider_url.clone();
        let trust = given.trust.unwrap_or_default();
        let url = match (provider, url) {
            (Kind::Remote, url) => url.or(given.upstream),
            (Kind::Local, Some(_)) if trust == Trust::Upstream => {
                bail!("--trust upstream is for a remote provider: the local one asks nobody")
            }
            (Kind::Local, url) => url,
        };
        let Some(provider_url) = url else {
            let asked = [
                ("--provider-name", given.provider_name.is_some()),
                ("--trust", given.trust.is_some()),
                ("--audience", !given.audience.is_empty()),
                ("--issuer", !given.issuer.is_empty()),
                ("--introspect", given.introspect.is_some()),
                ("--refresh", given.refresh.is_some()),
            ];
            // Who says this wants callers to be looked at, and must not be left with everybody let in.
            if let Some((name, _)) = asked.iter().find(|(_, said)| *said) {
                bail!("{name} is about tokens: the local provider needs --provider-url URL to take some");
            }
            return Ok(None);
        };
        Ok(Some(Self {
            provider_url,
            provider_name: given.provider_name.unwrap_or_else(|| "Meshery".to_owned()),
            trust,
            audience: given.audience,
            issuer: given.issuer,
            algorithm: if given.algorithm.is_empty() { vec!["RS256".to_owned()] } else { given.algorithm },
            leeway: given.leeway.unwrap_or(30),
            allow_without_expiry: given.allow_without_expiry.unwrap_or_default(),
            introspect: given.introspect,
            refresh: given.refresh.unwrap_or_default(),
        }))
    }
}

/// Whether permission keys can be asked for.
fn by_keys(product: Product, allowed: &[String]) -> Result<()> {
    if product != Product::Meshery {
        bail!("which operation asks for which key is known for Meshery Server only");
    }
    let operations = meshery_server::meshery::OPERATIONS;
    match allowed.iter().find(|name| !operations.iter().any(|operation| operation.id == **name)) {
        Some(name) => bail!("--allow {name}: there is no such operation"),
        None => Ok(()),
    }
}
