//! Settings with everything decided.

use super::{Kind, Permissions, Product, Settings, Trust};
use anyhow::{Context, Result, bail};
use serde::Serialize;
use std::collections::HashSet;
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
    /// Where nobody is asked for a token.
    pub(in super::super) allow_host: Vec<String>,
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
    pub(in super::super) trust: Trust,
    /// What is looked at in a token; nothing where upstream does.
    #[serde(flatten)]
    pub(in super::super) checks: Option<Checks>,
}

/// What is looked at in a token.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(in super::super) struct Checks {
    pub(in super::super) provider_url: String,
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
        let of_remote = [
            ("--upstream", given.upstream.is_some()),
            ("--permissions", given.permissions == Some(Permissions::Keys)),
            ("--organization", given.organization.is_some()),
            ("--allow", !given.allow.is_empty()),
            ("--strict", given.strict == Some(true)),
            ("--system-id", given.system_id.is_some()),
        ];
        if let Some(name) = said(&of_remote) {
            bail!("{name} is for a remote provider (--provider remote): with the local one it does nothing");
        }
        if given.provider_url.is_some() {
            no_hosts(given)?;
        }
        Ok(Self { store: given.store.clone(), allow_host: given.allow_host.clone() })
    }
}

/// The URL of a store as it may be shown: in a query there may be a password, too.
fn shown(store: &str) -> String {
    match url::Url::parse(store) {
        Ok(mut url) if url.password().is_some() || url.query().is_some() => {
            if url.password().is_some() {
                // A URL with a password has a host: this cannot fail.
                let _ = url.set_password(Some("..."));
            }
            let query = url.query().map(|_| "...");
            url.set_query(query);
            url.to_string()
        }
        Ok(_) => store.to_owned(),
        Err(_) => store.split('?').next().unwrap_or_default().to_owned(),
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
        no_hosts(given)?;
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

/// The first of these options that was said.
fn said<'n>(options: &[(&'n str, bool)]) -> Option<&'n str> {
    options.iter().find(|(_, said)| *said).map(|(name, _)| *name)
}

/// Names count where a browser could be had to call this server by another one: see `Foreign`.
fn no_hosts(given: &Settings) -> Result<()> {
    if given.allow_host.is_empty() {
        return Ok(());
    }
    bail!("--allow-host is for a server that asks nobody for a token; this one takes any name")
}

impl Tokens {
    /// `None` where everybody is the local user.
    fn new(provider: Kind, given: Settings) -> Result<Option<Self>> {
        let trust = given.trust.unwrap_or_default();
        let of_checks = [
            ("--audience", !given.audience.is_empty()),
            ("--issuer", !given.issuer.is_empty()),
            ("--algorithm", !given.algorithm.is_empty()),
            ("--leeway", given.leeway.is_some()),
            ("--allow-without-expiry", given.allow_without_expiry == Some(true)),
            ("--introspect", given.introspect.is_some()),
            ("--refresh", given.refresh == Some(true)),
        ];
        // Whoever says one of these wants callers to be looked at, and must not be left with everybody let in.
        let checks = match (provider, trust, given.provider_url.is_some()) {
            (Kind::Local, Trust::Upstream, true) => {
                bail!("--trust upstream is for a remote provider: the local one asks nobody")
            }
            (Kind::Local, _, false) => {
                let of_names =
                    [("--provider-name", given.provider_name.is_some()), ("--trust", given.trust.is_some())];
                if let Some(name) = said(&of_names).or(said(&of_checks)) {
                    bail!("{name} is about tokens: the local provider needs --provider-url URL to take some");
                }
                return Ok(None);
            }
            (Kind::Remote, Trust::Upstream, has_url) => {
                if let Some(name) = said(&[("--provider-url", has_url)]).or(said(&of_checks)) {
                    bail!("{name} is about tokens that are looked at here: with --trust upstream none is");
                }
                None
            }
            (_, Trust::Keys, _) => Some(Checks::new(&given)?),
        };
        let provider_name = given.provider_name.unwrap_or_else(|| "Meshery".to_owned());
        Ok(Some(Self { provider_name, trust, checks }))
    }
}

impl Checks {
    fn new(given: &Settings) -> Result<Self> {
        let url = given.provider_url.clone().or_else(|| given.upstream.clone());
        Ok(Self {
            provider_url: url.context("--provider-url URL is missing")?,
            audience: given.audience.clone(),
            issuer: given.issuer.clone(),
            algorithm: match given.algorithm.is_empty() {
                true => vec!["RS256".to_owned()],
                false => given.algorithm.clone(),
            },
            leeway: given.leeway.unwrap_or(30),
            allow_without_expiry: given.allow_without_expiry.unwrap_or_default(),
            introspect: given.introspect,
            refresh: given.refresh.unwrap_or_default(),
        })
    }
}

/// Whether permission keys can be asked for.
fn by_keys(product: Product, allowed: &[String]) -> Result<()> {
    if product != Product::Meshery {
        bail!("which operation asks for which key is known for Meshery Server only");
    }
    let operations = meshery_server::meshery::OPERATIONS.iter().map(|operation| operation.id);
    let beside = crate::auth::server::BESIDE.iter().map(|permission| permission.operation);
    let known: HashSet<_> = operations.chain(beside).collect();
    match allowed.iter().find(|name| !known.contains(name.as_str())) {
        Some(name) => bail!("--allow {name}: there is no such operation"),
        None => Ok(()),
    }
}
