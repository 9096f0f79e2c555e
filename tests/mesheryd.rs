//! The binary, as it is used: by a shell, by mesheryctl, by whoever stops it.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

/// The binary, in an environment of its own.
fn mesheryd(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mesheryd"));
    command.env_clear().env("HOME", home).env("PATH", "");
    command
}

fn run(command: &mut Command) -> (i32, String, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

/// A server that is stopped when the test ends.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(command: &mut Command) -> Self {
        let mut child = command.arg("--listen").arg("127.0.0.1:0").stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        let address = first.rsplit_once("http://").unwrap_or_else(|| panic!("{first}")).1.to_owned();
        // Its talk is read to the end, so that it never has to wait.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }

    /// A raw exchange: what is sent, byte for byte, and what comes.
    fn exchange(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn get(&self, path: &str, cookie: &str) -> String {
        self.exchange(&format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n",
            self.address
        ))
    }

    fn terminate(&mut self) -> i32 {
        let id = self.child.id().to_string();
        assert!(Command::new("/bin/kill").arg(id).status().unwrap().success());
        self.child.wait().unwrap().code().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn what_mesheryctl_asks_for_is_answered() {
    let home = tempfile::tempdir().unwrap();
    let mut server = Server::start(mesheryd(home.path()).arg("serve"));
    let providers = server.get("/api/providers", "");
    assert!(
        providers.starts_with("HTTP/1.1 200") && providers.contains(r#""providerName":"Local""#),
        "{providers}"
    );
    for name in ["Local", "None"] {
        let token = server.get("/api/token", &format!("meshery-provider={name}; token="));
        assert!(token.ends_with("\r\n\r\n{\"meshery-provider\":\"Local\",\"token\":\"\"}"), "{token}");
    }
    let unknown = server.get("/api/workspaces", "meshery-provider=Nobody; token=");
    assert!(unknown.starts_with("HTTP/1.1 401"), "{unknown}");
    for path in ["/healthz/live", "/healthz/ready"] {
        assert!(server.get(path, "").ends_with("\r\n\r\nok"));
    }
    let page = server.get("/api/workspaces", "meshery-provider=Local; token=");
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("\"workspaces\":"), "{page}");
    let metrics = server.get("/metrics", "");
    assert!(metrics.contains("meshery_requests_total{operation=\"getWorkspaces\""), "{metrics}");
    assert_eq!(server.terminate(), 0, "asked to stop, it stops in peace");
}

#[test]
fn a_login_leaves_what_mesheryctl_reads() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::start(mesheryd(home.path()).arg("serve"));
    let endpoint = format!("http://{}", server.address);
    let (code, _, said) = run(mesheryd(home.path()).args(["login", "--no-browser", "--endpoint", &endpoint]));
    assert_eq!(code, 0, "{said}");
    let file = home.path().join(".meshery/auth.json");
    assert_eq!(fs::read_to_string(&file).unwrap(), r#"{"meshery-provider":"Local","token":""}"#);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let (code, told, _) = run(mesheryd(home.path()).arg("token"));
    assert!(code == 0 && told.contains("provider:  Local"), "{told}");
}

#[test]
fn a_token_is_told_of_and_shown_only_when_asked_for() {
    let home = tempfile::tempdir().unwrap();
    let (code, _, said) = run(mesheryd(home.path()).arg("token"));
    assert!(code == 1 && said.contains("run `mesheryd login`"), "{said}");
    let with = |arguments: &[&str]| {
        run(mesheryd(home.path())
            .env("MESHERY_TOKEN", "hunter2")
            .env("MESHERY_PROVIDER", "X")
            .args(arguments))
    };
    let (_, told, said) = with(&["token"]);
    assert!(told.contains("provider:  X") && !format!("{told}{said}").contains("hunter2"), "{told}");
    assert_eq!(with(&["token", "--show"]).1, "hunter2\n");
}

#[test]
fn what_would_be_insecure_is_not_started() {
    let home = tempfile::tempdir().unwrap();
    let refused = |arguments: &[&str]| {
        let (code, _, said) = run(mesheryd(home.path()).arg("serve").args(arguments));
        assert_eq!(code, 1, "{said}");
        said
    };
    assert!(refused(&["--listen", "0.0.0.0:0"]).contains("--i-know-this-is-insecure"));
    let remote = ["--provider", "remote", "--upstream"];
    assert!(refused(&[&remote[..], &["http://meshery.test"]].concat()).contains("must be HTTPS"));
    let named = [&remote[..], &["https://meshery.test", "--provider-name", "None"]].concat();
    assert!(refused(&named).contains("cannot be called"));
    let weak = [&remote[..], &["https://meshery.test", "--algorithm", "HS256"]].concat();
    assert!(refused(&weak).contains("no algorithm that is allowed"));
    let (code, _, said) = run(mesheryd(home.path()).env("PROVIDER", "Nobody").arg("serve"));
    assert!(code == 1 && said.contains("there is no provider \"Nobody\""), "{said}");
}

#[test]
fn settings_come_of_options_environment_and_file() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("mesheryd.toml");
    fs::write(&file, "provider = 'remote'\nupstream = 'https://file.test'\nproduct = 'cloud'\nleeway = 5\n")
        .unwrap();
    let (code, printed, said) = run(mesheryd(home.path())
        .env("MESHERYD_UPSTREAM", "https://environment.test")
        .arg("serve")
        .arg("--config")
        .arg(&file)
        .args(["--product", "meshery", "--print-config"]));
    assert_eq!(code, 0, "{said}");
    for line in ["upstream = \"https://environment.test\"", "product = \"meshery\"", "leeway = 5"] {
        assert!(printed.contains(line), "{printed}");
    }
    fs::write(&file, "upstraem = 'x'\n").unwrap();
    let (code, _, said) = run(mesheryd(home.path()).arg("serve").arg("--config").arg(&file));
    assert!(code == 1 && said.contains("upstraem"), "{said}");
}

#[test]
fn operations_are_called_by_their_id() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::start(mesheryd(home.path()).arg("serve"));
    let call = |arguments: &[&str]| {
        let endpoint = format!("http://{}", server.address);
        run(mesheryd(home.path()).env("MESHERY_ENDPOINT", endpoint).arg("call").args(arguments))
    };
    let (code, page, said) = call(&["getWorkspaces", "--output", "raw"]);
    assert!(code == 0 && page.contains("\"workspaces\":"), "{said}");
    let (code, items, said) = call(&["getWorkspaces", "--all"]);
    assert!(code == 0 && items.starts_with('['), "{said}");
    let (code, _, said) = call(&["getWorkspaceById"]);
    assert!(code == 1 && said.contains("--param workspaceId=... is missing"), "{said}");
    let (code, _, said) = call(&["getWorkspaces", "--param", "serach=x"]);
    assert!(code == 1 && said.contains("there is no parameter serach; there are:"), "{said}");
    let (code, _, said) = call(&["openTerminalConsole"]);
    assert!(code == 1 && said.contains("WebSocket"), "{said}");
    let (code, _, said) = call(&["getWorkspacse"]);
    assert!(code == 2 && said.contains("getWorkspaces"), "a name that is close: {said}");
    let (code, script, _) = run(mesheryd(home.path()).args(["completion", "bash"]));
    assert!(code == 0 && script.contains("getWorkspaces"), "ids of operations are completed");
}
