//! Servers that are killed while they write, and several that write at once.
//!
//! Each server is the binary `mesheryd`, in a process of its own: it can be killed without a word, as
//! a machine or an operator does it. So can the PostgreSQL behind it.

use crate::postgres::Postgres;
use crate::server::{Server, client, organization};
use meshery_runtime::provider::local::Caller;
use meshery_runtime::store::{Query, Scope, SqlStore, Store};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use uuid::Uuid;

/// How many rounds the long test goes.
const ROUNDS: &str = "MESHERY_TEST_ROUNDS";
/// How many callers write at once.
const WRITERS: usize = 4;

#[tokio::test(flavor = "multi_thread")]
async fn no_acknowledged_write_is_lost_when_a_server_on_sqlite_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("store.db").display());
    kill_rounds(&mut Victim::Server(url), 5).await;
}

/// `MESHERY_TEST_ROUNDS=100 cargo test --test local -- --ignored killed_many_times --nocapture`
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes; the number of rounds is in the environment"]
async fn killed_many_times() {
    let rounds = std::env::var(ROUNDS).ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(100);
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("store.db").display());
    kill_rounds(&mut Victim::Server(url), rounds).await;
    if let Some(mut postgres) = Postgres::start().await {
        kill_rounds(&mut Victim::Server(postgres.url()), rounds).await;
        let apart = postgres.database("crashed").await;
        kill_rounds(&mut Victim::Database(&mut postgres, apart), rounds).await;
    }
}

/// Who is killed: the server on a store, or the database of the server.
pub(crate) enum Victim<'a> {
    Server(String),
    Database(&'a mut Postgres, String),
}

impl Victim<'_> {
    fn url(&self) -> &str {
        match self {
            Self::Server(url) | Self::Database(_, url) => url,
        }
    }
}

/// What became of a workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    Named(String),
    Gone,
}

/// What was acknowledged of each workspace, and what was asked for after that, which may have
/// happened or not.
#[derive(Default)]
struct Ledger {
    known: HashMap<Uuid, (State, Option<State>)>,
    acknowledged: usize,
}

impl Ledger {
    fn asks(&mut self, id: Uuid, state: State) {
        if let Some((_, asked)) = self.known.get_mut(&id) {
            *asked = Some(state);
        }
    }

    fn holds(&mut self, id: Uuid, state: State) {
        self.acknowledged += 1;
        self.known.insert(id, (state, None));
    }
}

/// Kills at random moments while callers write, starts again, and looks whether all that was
/// acknowledged is there, and nothing is counted that is not.
pub(crate) async fn kill_rounds(victim: &mut Victim<'_>, rounds: usize) {
    let ledger = Arc::new(Mutex::new(Ledger::default()));
    let url = victim.url().to_owned();
    for _ in 0..rounds {
        // It opens, whatever was done to it in the round before.
        let mut server = Server::start(&url).await;
        let organization = organization(server.address).await;
        let before = ledger.lock().unwrap().acknowledged;
        let writers: Vec<_> = (0..WRITERS)
            .map(|_| tokio::spawn(write(server.address, organization, Arc::clone(&ledger))))
            .collect();
        // Some moment after the first write, however slow the machine is.
        while ledger.lock().unwrap().acknowledged == before {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let moment = Uuid::new_v4().as_u128() % 500;
        tokio::time::sleep(Duration::from_millis(moment as u64)).await;
        match victim {
            Victim::Server(_) => server.kill(),
            Victim::Database(postgres, _) => {
                postgres.crash();
                server.kill();
                postgres.restart().await;
            }
        }
        for writer in writers {
            writer.await.unwrap();
        }
    }
    let store = SqlStore::open(&url).await.unwrap();
    let ledger = std::mem::take(&mut *ledger.lock().unwrap());
    for (id, (acknowledged, asked)) in &ledger.known {
        let found = match store.get("workspace", *id).await.unwrap() {
            Some(record) => State::Named(record.name),
            None => State::Gone,
        };
        let fits = found == *acknowledged || asked.as_ref() == Some(&found);
        assert!(fits, "{id}: {acknowledged:?} was acknowledged, {asked:?} was asked for, {found:?} is there");
    }
    tallies_are_right(&store).await;
    if url.starts_with("sqlite") {
        assert_eq!(integrity(&url).await, "ok");
    }
    let who = match victim {
        Victim::Server(_) => "server",
        Victim::Database(..) => "database",
    };
    let scheme = url.split(':').next().unwrap_or_default();
    println!("{scheme}: {who} killed {rounds} times, {} writes acknowledged, none lost", ledger.acknowledged);
    store.close().await;
}

/// What is counted as it is written is what there is.
async fn tallies_are_right(store: &SqlStore) {
    let mut counted = Query::new("workspace", Scope::Owner(Some(Caller::local().id())));
    let tallied = store.list(&counted).await.unwrap().total;
    counted.search = vec!["w".to_owned()];
    assert_eq!(tallied, store.list(&counted).await.unwrap().total, "the tallies are wrong");
}

async fn integrity(url: &str) -> String {
    let pool = sqlx::AnyPool::connect(url).await.unwrap();
    let row = sqlx::query("PRAGMA integrity_check").fetch_one(&pool).await.unwrap();
    pool.close().await;
    sqlx::Row::get(&row, 0)
}

/// Three servers that start at once on one empty database: what one is told the others know, and one
/// that is killed is not missed.
pub(crate) async fn several_processes_share_a_database(url: &str) {
    let (a, b, c) = tokio::join!(Server::start(url), Server::start(url), Server::start(url));
    let mut servers = [a, b, c];
    let organization = organization(servers[0].address).await;
    let ledger = Arc::new(Mutex::new(Ledger::default()));
    let writers = servers
        .each_ref()
        .map(|server| tokio::spawn(write(server.address, organization, Arc::clone(&ledger))));
    tokio::time::sleep(Duration::from_millis(700)).await;
    servers[2].kill();
    for writer in writers {
        writer.abort();
        let _ = writer.await;
    }
    let known = ledger.lock().unwrap().known.clone();
    assert!(!known.is_empty());
    for server in &servers[..2] {
        for (id, (acknowledged, asked)) in &known {
            let found = state(server.address, *id).await;
            assert!(found == *acknowledged || asked.as_ref() == Some(&found), "{id}: {found:?}");
        }
    }
    one_object_is_changed_by_all(url, &servers[..2], organization).await;
}

/// While the database is away callers are told so, and soon; when it is back the server goes on.
pub(crate) async fn a_server_outlives_its_database(postgres: &mut Postgres) {
    let server = Server::start(&postgres.url()).await;
    let organization = organization(server.address).await;
    let status = async |path: &str| {
        let response = client().get(format!("http://{}{path}", server.address)).send().await.unwrap();
        response.status().as_u16()
    };
    postgres.crash();
    assert_eq!(status("/healthz/ready").await, 503);
    assert_eq!(status("/healthz/live").await, 200);
    assert_eq!(status(&format!("/api/workspaces?orgId={organization}")).await, 503);
    postgres.restart().await;
    assert_eq!(status("/healthz/ready").await, 200);
    assert_eq!(status(&format!("/api/workspaces?orgId={organization}")).await, 200);
}

/// All rename one workspace at once: each rename is whole, and none is answered with an error.
async fn one_object_is_changed_by_all(url: &str, servers: &[Server], organization: Uuid) {
    let http = client();
    let body = json!({"name": "shared", "organizationId": organization});
    let made = send(http.post(format!("http://{}/api/workspaces", servers[0].address)), &body).await.unwrap();
    let one: Uuid = made["id"].as_str().unwrap().parse().unwrap();
    let rename = async |server: &Server, name: String| {
        let body = json!({"name": name, "organizationId": organization});
        let request = http.put(format!("http://{}/api/workspaces/{one}", server.address));
        assert!(send(request, &body).await.is_some(), "{name}");
    };
    for round in 0..10 {
        tokio::join!(
            rename(&servers[0], format!("wa{round}")),
            rename(&servers[1], format!("wb{round}")),
            rename(&servers[0], format!("wc{round}"))
        );
    }
    let store = SqlStore::open(url).await.unwrap();
    let record = store.get("workspace", one).await.unwrap().unwrap();
    assert_eq!(record.revision, 31, "each change is made once");
    store.close().await;
}

async fn state(address: SocketAddr, id: Uuid) -> State {
    let response = client().get(format!("http://{address}/api/workspaces/{id}")).send().await.unwrap();
    if response.status() == 404 {
        return State::Gone;
    }
    let value: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    State::Named(value["name"].as_str().unwrap().to_owned())
}

/// Makes workspaces, renames each, and removes every third, until the server does not answer.
async fn write(address: SocketAddr, organization: Uuid, ledger: Arc<Mutex<Ledger>>) {
    let http = client();
    let list = format!("http://{address}/api/workspaces");
    for number in 0.. {
        let body = |name: &str| json!({"name": name, "organizationId": organization});
        let name = format!("w{number}");
        let Some(made) = send(http.post(&list), &body(&name)).await else { return };
        let id: Uuid = made["id"].as_str().unwrap().parse().unwrap();
        ledger.lock().unwrap().holds(id, State::Named(name));
        let name = format!("w{number} renamed");
        ledger.lock().unwrap().asks(id, State::Named(name.clone()));
        if send(http.put(format!("{list}/{id}")), &body(&name)).await.is_none() {
            return;
        }
        ledger.lock().unwrap().holds(id, State::Named(name));
        if number % 3 == 0 {
            ledger.lock().unwrap().asks(id, State::Gone);
            match http.delete(format!("{list}/{id}")).send().await {
                Ok(response) if response.status() == 204 => ledger.lock().unwrap().holds(id, State::Gone),
                _ => return,
            }
        }
    }
}

/// The answer to a request with a body, if it was a success and came whole.
async fn send(request: reqwest::RequestBuilder, body: &Value) -> Option<Value> {
    let request = request.header("content-type", "application/json").body(body.to_string());
    let response = request.send().await.ok().filter(|response| response.status().is_success())?;
    serde_json::from_str(&response.text().await.ok()?).ok()
}
