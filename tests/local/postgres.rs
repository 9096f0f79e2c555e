//! A PostgreSQL in a scratch folder, and all that is asked of a store asked of it.

use crate::durable::Victim;
use crate::harness::{Client, TokenIsUser, local, serve};
use meshery_runtime::store::{SqlStore, Store};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A server that ends with this value.
pub(crate) struct Postgres {
    binaries: PathBuf,
    child: Child,
    port: u16,
    folder: tempfile::TempDir,
}

impl Postgres {
    /// Starts a server, or says why not.
    pub(crate) async fn start() -> Option<Self> {
        let Some(binaries) = binaries() else {
            // Past the harness, which would keep it to itself.
            let told =
                "SKIPPED: there is no PostgreSQL on this machine (Debian: `apt-get install postgresql`)";
            let _ = writeln!(std::io::stderr(), "{told}");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        // PostgreSQL refuses to run as root: it gets a user of its own there.
        std::fs::create_dir(&data).unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        if is_root() {
            assert!(Command::new("chown").arg("postgres").arg(&data).status().unwrap().success());
        }
        let made = command(&binaries.join("initdb"))
            .args(["--auth=trust", "--username=meshery", "--encoding=UTF8", "--locale=C.UTF-8", "-D"])
            .arg(&data)
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(made.success(), "initdb failed");
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = spawn(&binaries, &data, port);
        let mut server = Self { binaries, child, port, folder };
        server.answers().await;
        Some(server)
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://meshery@127.0.0.1:{}/postgres", self.port)
    }

    /// One more database, and its URL.
    pub(crate) async fn database(&self, name: &'static str) -> String {
        sqlx::any::install_default_drivers();
        let pool = sqlx::AnyPool::connect(&self.url()).await.unwrap();
        let statement = format!("CREATE DATABASE {name}");
        sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&pool).await.unwrap();
        pool.close().await;
        format!("postgres://meshery@127.0.0.1:{}/{name}", self.port)
    }

    /// SIGKILL for the server and all its processes: nothing is written any more.
    pub(crate) fn crash(&mut self) {
        let id = self.child.id();
        let own = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
        let ids = std::iter::once(id.to_string()).chain(own.split_whitespace().map(str::to_owned));
        // Those that were going anyway are not there any more.
        let _ = Command::new("kill").arg("-KILL").args(ids).stderr(Stdio::null()).status();
        let _ = self.child.wait();
    }

    /// Starts the server again, in the same folder.
    pub(crate) async fn restart(&mut self) {
        self.child = spawn(&self.binaries, &self.data(), self.port);
        self.answers().await;
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    async fn answers(&mut self) {
        sqlx::any::install_default_drivers();
        for _ in 0..600 {
            if let Ok(pool) = sqlx::AnyPool::connect(&self.url()).await {
                pool.close().await;
                return;
            }
            if self.child.try_wait().unwrap().is_some() {
                // After a crash its memory may still be held for a moment.
                self.child = spawn(&self.binaries, &self.data(), self.port);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("PostgreSQL did not start");
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // An immediate shutdown, of the one process that was started here.
        let _ = Command::new("kill").args(["-QUIT", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

fn spawn(binaries: &Path, data: &Path, port: u16) -> Child {
    let own = ["listen_addresses=127.0.0.1", "unix_socket_directories="];
    let mut command = command(&binaries.join("postgres"));
    command.arg("-D").arg(data).args(own.iter().flat_map(|own| ["-c", own]));
    command.args(["-p", &port.to_string()]).stderr(Stdio::null()).spawn().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_does_what_sqlite_does() {
    let Some(server) = Postgres::start().await else { return };
    let store = SqlStore::open(&server.url()).await.unwrap();
    crate::laws::keeps_the_laws(&store).await;
    let address = serve(local(store.clone()).router()).await;
    crate::operations::every_operation(&Client::new(address, None, store.clone())).await;
    store.reset().await.unwrap();
    let address = serve(local(store.clone()).router()).await;
    crate::meaning::everything_means_what_it_should(&Client::new(address, None, store.clone())).await;
    for test in ["users", "strangers"] {
        store.reset().await.unwrap();
        let address = serve(local(store.clone()).router_for(TokenIsUser)).await;
        match test {
            "users" => crate::tenants::users_are_kept_apart(address, store.clone()).await,
            _ => crate::attacks::nothing_gets_out_or_in(address, store.clone()).await,
        }
    }
    crate::growth::lists_use_their_indexes(&server.database("growth").await).await;
    crate::versions::an_earlier_version_is_brought_up_to_date(&server.database("versions").await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_is_shared_and_killed() {
    let Some(mut server) = Postgres::start().await else { return };
    crate::durable::several_processes_share_a_database(&server.database("shared").await).await;
    crate::durable::kill_rounds(&mut Victim::Server(server.url()), 3).await;
    let apart = server.database("crashed").await;
    crate::durable::kill_rounds(&mut Victim::Database(&mut server, apart), 3).await;
    crate::durable::a_server_outlives_its_database(&mut server).await;
}

fn binaries() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut found: Vec<_> = versions.flatten().map(|entry| entry.path().join("bin")).collect();
    found.sort();
    found.into_iter().rfind(|path| path.join("initdb").exists())
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.trim_ascii() == b"0"
}

fn command(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program).current_dir("/");
    command
}
