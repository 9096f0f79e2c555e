//! `mesheryd serve` with the local provider, in a process of its own.

use crate::harness::KEY;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use uuid::Uuid;

/// A server that is killed when it is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    _home: tempfile::TempDir,
}

impl Server {
    pub(crate) async fn start(url: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_mesheryd"))
            .args(["serve", "--listen", "127.0.0.1:0", "--store", url])
            .env_clear()
            .env("HOME", home.path())
            .env("MESHERYD_STORE_KEY", KEY)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let output = child.stderr.take().unwrap();
        let (told, address) = tokio::sync::oneshot::channel();
        // Its talk is read to the end, so that it never has to wait.
        std::thread::spawn(move || {
            let mut lines = BufReader::new(output).lines().map_while(Result::ok);
            let mut said = Vec::new();
            let address = lines.by_ref().find_map(|line| {
                let address = line.rsplit_once("http://").and_then(|(_, tail)| tail.parse().ok());
                said.push(line);
                address
            });
            let _ = told.send(address.ok_or(said));
            lines.for_each(drop);
        });
        let address = address.await.unwrap().unwrap_or_else(|said| panic!("no server: {said:?}"));
        Self { child, address, _home: home }
    }

    /// SIGKILL: nothing of the process runs any more.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

pub(crate) async fn organization(address: SocketAddr) -> Uuid {
    let response = client().get(format!("http://{address}/api/identity/orgs")).send().await.unwrap();
    let page: serde_json::Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    page["organizations"][0]["id"].as_str().unwrap().parse().unwrap()
}

pub(crate) fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}
