//! Servers that are killed while they write, and several that write at once.
//!
//! A server of these tests is this test binary, asked to run `a_server` and nothing else: a process
//! of its own can be killed without a word, as a machine or an operator does it.

use crate::harness::{KEY, local, serve};
use meshery_runtime::provider::local::Caller;
use meshery_runtime::store::{Keyring, Query, Scope, SqlStore, Store};
use serde_json::json;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use uuid::Uuid;

/// Says to a process of this binary which store it serves.
const STORE: &str = "MESHERY_TEST_STORE";
/// How many rounds the long test goes.
const ROUNDS: &str = "MESHERY_TEST_ROUNDS";

/// Not a test, but the server of the others.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "a server for the other tests"]
async fn a_server() {
    let Ok(url) = std::env::var(STORE) else { return };
    Keyring::from_base64(KEY).unwrap();
    let address = serve(local(SqlStore::open(&url).await.unwrap()).router()).await;
    println!("\nlistening {address}");
    std::future::pending::<()>().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_acknowledged_write_is_lost_when_a_server_on_sqlite_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    kill_rounds(&format!("sqlite:{}", folder.path().join("store.db").display()), 5).await;
}

/// `MESHERY_TEST_ROUNDS=100 cargo test --test local -- --ignored killed_many_times --nocapture`
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes; the number of rounds is in the environment"]
async fn killed_many_times() {
    let rounds = std::env::var(ROUNDS).ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(100);
    let folder = tempfile::tempdir().unwrap();
    kill_rounds(&format!("sqlite:{}", folder.path().join("store.db").display()), rounds).await;
    if let Some(postgres) = crate::postgres::Postgres::start().await {
        kill_rounds(&postgres.url(), rounds).await;
    }
}

/// Kills a server at some moment while four callers write, starts it again, and looks whether all
/// that was acknowledged is there, and nothing is counted that is not.
pub(crate) async fn kill_rounds(url: &str, rounds: usize) {
    let acknowledged = Arc::new(Mutex::new(Vec::new()));
    for round in 0..rounds {
        let mut server = Server::start(url).await;
        let organization = organization(server.address).await;
        let writers: Vec<_> = (0..4)
            .map(|_| tokio::spawn(write(server.address, organization, Arc::clone(&acknowledged))))
            .collect();
        // Never the same moment, without chance: 20 to 400 ms.
        tokio::time::sleep(Duration::from_millis(20 + (round as u64 * 137) % 380)).await;
        server.kill();
        for writer in writers {
            writer.await.unwrap();
        }
    }
    let acknowledged = acknowledged.lock().unwrap().clone();
    let store = SqlStore::open(url).await.unwrap();
    for id in &acknowledged {
        assert!(store.get("workspace", *id).await.unwrap().is_some(), "{id} was acknowledged and is lost");
    }
    let scope = Scope::Owner(Some(Caller::local().id()));
    let mut counted = Query::new("workspace", scope.clone());
    let tallied = store.list(&counted).await.unwrap().total;
    counted.search = Some("w".to_owned());
    assert_eq!(tallied, store.list(&counted).await.unwrap().total, "the tallies are wrong");
    assert!(tallied >= acknowledged.len() as i64 && !acknowledged.is_empty());
    let scheme = url.split(':').next().unwrap_or_default();
    println!("{scheme}: {rounds} kills, {} writes acknowledged, none lost", acknowledged.len());
    store.close().await;
}

/// Three servers on one database: what one is told the others know.
pub(crate) async fn several_processes_share_a_database(url: &str) {
    let servers = [Server::start(url).await, Server::start(url).await, Server::start(url).await];
    let organization = organization(servers[0].address).await;
    let http = client();
    let acknowledged = Arc::new(Mutex::new(Vec::new()));
    let writers = servers
        .each_ref()
        .map(|server| tokio::spawn(write(server.address, organization, Arc::clone(&acknowledged))));
    tokio::time::sleep(Duration::from_millis(700)).await;
    for writer in writers {
        writer.abort();
    }
    let acknowledged = acknowledged.lock().unwrap().clone();
    assert!(!acknowledged.is_empty());
    for server in &servers {
        for id in &acknowledged {
            let response =
                http.get(format!("http://{}/api/workspaces/{id}", server.address)).send().await.unwrap();
            assert_eq!(response.status(), 200);
        }
    }
    // All rename one workspace at once: each rename is whole, and none is answered with an error.
    let one = acknowledged[0];
    let rename = async |server: &Server, name: String| {
        let body = json!({"name": name, "organizationId": organization}).to_string();
        let request = http.put(format!("http://{}/api/workspaces/{one}", server.address)).body(body);
        let response = request.header("content-type", "application/json").send().await.unwrap();
        assert_eq!(response.status(), 200);
    };
    let [a, b, c] = &servers;
    for round in 0..10 {
        tokio::join!(
            rename(a, format!("wa{round}")),
            rename(b, format!("wb{round}")),
            rename(c, format!("wc{round}"))
        );
    }
    let store = SqlStore::open(url).await.unwrap();
    let record = store.get("workspace", one).await.unwrap().unwrap();
    assert_eq!(record.revision, 31, "each change is made once");
    println!("3 processes: {} writes, 30 changes of one object", acknowledged.len());
    store.close().await;
}

async fn write(address: SocketAddr, organization: Uuid, acknowledged: Arc<Mutex<Vec<Uuid>>>) {
    let http = client();
    for number in 0.. {
        let body = json!({"name": format!("w{number}"), "organizationId": organization}).to_string();
        let request = http.post(format!("http://{address}/api/workspaces")).body(body);
        let Ok(response) = request.header("content-type", "application/json").send().await else { return };
        if response.status() != 201 {
            return;
        }
        let Ok(text) = response.text().await else { return };
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        acknowledged.lock().unwrap().push(value["id"].as_str().unwrap().parse().unwrap());
    }
}

pub(crate) async fn organization(address: SocketAddr) -> Uuid {
    let text = client()
        .get(format!("http://{address}/api/identity/orgs"))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    let page: serde_json::Value = serde_json::from_str(&text).unwrap();
    page["organizations"][0]["id"].as_str().unwrap().parse().unwrap()
}

pub(crate) fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// A server that is killed when it is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Server {
    pub(crate) async fn start(url: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["durable::a_server", "--exact", "--ignored", "--nocapture"])
            .env(STORE, url)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let output = child.stdout.take().unwrap();
        let (told, address) = tokio::sync::oneshot::channel();
        // Its output is read to the end: the harness speaks up after a minute, and must be heard.
        std::thread::spawn(move || {
            let mut lines = BufReader::new(output).lines().map_while(Result::ok);
            let address =
                lines.by_ref().find_map(|line| line.strip_prefix("listening ")?.parse::<SocketAddr>().ok());
            let _ = address.map(|address| told.send(address));
            lines.for_each(drop);
        });
        let address = address.await.expect("the server did not start");
        Self { child, address }
    }

    /// SIGKILL: nothing of the process runs any more.
    fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
