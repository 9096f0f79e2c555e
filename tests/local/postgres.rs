//! A PostgreSQL in a scratch folder, and all that is asked of a store asked of it.

use crate::harness::{Client, TokenIsUser, local, serve};
use meshery_runtime::store::SqlStore;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A server that ends with this value.
pub(crate) struct Postgres {
    child: Child,
    port: u16,
    _folder: tempfile::TempDir,
}

impl Postgres {
    /// Starts a server, or says why not.
    pub(crate) async fn start() -> Option<Self> {
        let Some(binaries) = binaries() else {
            println!(
                "SKIPPED: there is no PostgreSQL on this machine (Debian: `apt-get install postgresql`)"
            );
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
        let child = command(&binaries.join("postgres"))
            .arg("-D")
            .arg(&data)
            .args([
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories=",
                "-p",
                &port.to_string(),
            ])
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self { child, port, _folder: folder };
        for _ in 0..300 {
            if SqlStore::open(&server.url()).await.is_ok() {
                return Some(server);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("PostgreSQL did not start");
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://meshery@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // An immediate shutdown, of the one process that was started here.
        let _ = Command::new("kill").args(["-QUIT", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_does_what_sqlite_does() {
    let Some(server) = Postgres::start().await else { return };
    let store = SqlStore::open(&server.url()).await.unwrap();
    crate::laws::keeps_the_laws(&store).await;
    let address = serve(local(store.clone()).router()).await;
    crate::operations::every_operation(&Client::new(address, None, store.clone())).await;
    meshery_runtime::store::Store::reset(&store).await.unwrap();
    let address = serve(local(store.clone()).router_for(TokenIsUser)).await;
    crate::tenants::users_are_kept_apart(address, store).await;
    crate::durable::several_processes_share_a_database(&server.url()).await;
    crate::durable::kill_rounds(&server.url(), 3).await;
    crate::growth::lists_use_their_indexes(&server.url()).await;
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
