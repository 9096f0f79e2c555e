//! How the npm configuration asks to be connected.

use super::Npmrc;
use crate::net::{Roots, Wiring};
use anyhow::Context;

impl Npmrc {
    /// Proxy and certificates for connections to a registry.
    ///
    /// `Err` for a `cafile` that cannot be read.
    pub(crate) fn wiring(&self) -> anyhow::Result<Wiring> {
        let proxy = self.text("https-proxy").or_else(|| self.text("proxy"));
        let roots = match (self.values("ca"), self.text("cafile")) {
            (Some(ca), _) if ca.iter().any(|pem| pem.contains("BEGIN")) => {
                Roots::Only(ca.join("\n").replace("\\n", "\n").into_bytes())
            }
            (_, Some(path)) => {
                Roots::Only(std::fs::read(path).with_context(|| format!("cannot read the cafile {path}"))?)
            }
            _ => Roots::System,
        };
        Ok(Wiring {
            proxy: proxy.filter(|proxy| *proxy != "false").map(str::to_owned),
            no_proxy: self.values("noproxy").map(|hosts| hosts.join(",")).filter(|hosts| !hosts.is_empty()),
            roots,
            verify: self.text("strict-ssl") != Some("false"),
        })
    }
}
