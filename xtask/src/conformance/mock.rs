//! A mock server that runs as long as somebody holds it.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// The token that the mock asks for.
pub(crate) const SECRET: &str = "conformance";

/// A running mock.
pub(crate) struct Mock {
    child: Child,
    url: String,
}

impl Mock {
    /// Starts one at a free port, and waits until it listens.
    pub(crate) fn start(mesheryd: &Path, product: &str, seed: u64) -> Result<Self> {
        let mut child = Command::new(mesheryd)
            .args(["mock", "--product", product, "--seed", &seed.to_string()])
            .args(["--token", SECRET, "--listen", "127.0.0.1:0"])
            .stderr(Stdio::piped())
            .spawn()
            .context("cannot run mesheryd")?;
        let said = child.stderr.take().context("mesheryd says nothing")?;
        for line in BufReader::new(said).lines() {
            let line = line.context("mesheryd cannot be heard")?;
            if let Some(at) = line.find("http://") {
                let url = line.get(at..).unwrap_or_default().trim().to_owned();
                return Ok(Self { child, url });
            }
        }
        let _ = child.kill();
        bail!("mesheryd does not serve {product}")
    }

    /// The memory it has in use, in KiB; only where there is `/proc`.
    pub(crate) fn memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.trim().split(' ').next()?.parse().ok()
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        // It may have ended already; either way it is gone after this.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The document that it serves.
pub(crate) fn document(mesheryd: &Path, product: &str) -> Result<Value> {
    let printed = Command::new(mesheryd)
        .args(["openapi", "--product", product, "--served", "--format", "json"])
        .output()
        .context("cannot run mesheryd")?;
    serde_json::from_slice(&printed.stdout).context("mesheryd prints no document")
}
