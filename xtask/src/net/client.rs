//! How a site is connected to: proxy, certificates, time.

use anyhow::{Context, anyhow};
use reqwest::{Certificate, Client, NoProxy, Proxy, redirect};
use std::time::Duration;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest silence of a server.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// What is to be known to connect. The default is as the environment says (`HTTPS_PROXY`,
/// `NO_PROXY`) with the certificates of the system.
pub(crate) struct Wiring {
    /// The proxy for everything, in place of that of the environment.
    pub(crate) proxy: Option<String>,
    /// The hosts that are reached without it.
    pub(crate) no_proxy: Option<String>,
    pub(crate) roots: Roots,
    /// Whether certificates are verified.
    pub(crate) verify: bool,
}

/// The certificates that others must stem from.
pub(crate) enum Roots {
    /// Those that the system trusts.
    System,
    /// These and no others, in PEM.
    Only(Vec<u8>),
}

impl Default for Wiring {
    fn default() -> Self {
        Self { proxy: None, no_proxy: None, roots: Roots::System, verify: true }
    }
}

/// A client that follows no redirects; `local` sites are reached without a proxy.
pub(super) fn build(wiring: &Wiring, local: bool) -> anyhow::Result<Client> {
    let mut client = Client::builder()
        .redirect(redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(READ_TIMEOUT)
        .referer(false)
        .user_agent(concat!("meshery-rust-xtask/", env!("CARGO_PKG_VERSION")));
    if local {
        client = client.no_proxy();
    } else if let Some(proxy) = &wiring.proxy {
        // The URL of a proxy may hold a password, so it is not told.
        let proxy = Proxy::all(proxy).map_err(|_| anyhow!("the proxy of the configuration is not a URL"))?;
        let spared = wiring.no_proxy.as_deref().map_or_else(NoProxy::from_env, NoProxy::from_string);
        client = client.proxy(proxy.no_proxy(spared));
    }
    if let Roots::Only(pem) = &wiring.roots {
        let roots =
            Certificate::from_pem_bundle(pem).context("the configured certificates cannot be read")?;
        client = client.tls_certs_only(roots);
    }
    if !wiring.verify {
        client = client.tls_danger_accept_invalid_certs(true);
    }
    client.build().context("no HTTP client")
}
