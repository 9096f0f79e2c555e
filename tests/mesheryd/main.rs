//! The binary, as it is used: by a shell, by mesheryctl, by whoever runs and stops it.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may panic")]

mod call;
mod drawn;
mod gateway;
mod mesheryctl;
#[allow(dead_code, reason = "other tests need more of it")]
#[path = "../auth/provider.rs"]
mod provider;
mod serve;
#[allow(dead_code, reason = "other tests need more of it")]
#[path = "../auth/token.rs"]
mod token;
mod verbs;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};

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
    /// What it says on stderr.
    said: Arc<Mutex<String>>,
    reader: Option<std::thread::JoinHandle<()>>,
}

impl Server {
    fn start(command: &mut Command) -> Self {
        let mut child = command.arg("--listen").arg("127.0.0.1:0").stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        let address = first.rsplit_once("://").unwrap_or_else(|| panic!("{first}")).1.to_owned();
        let said = Arc::new(Mutex::new(format!("{first}\n")));
        // Its talk is read to the end, so that it never has to wait.
        let reader = std::thread::spawn({
            let said = Arc::clone(&said);
            move || lines.for_each(|line| *said.lock().unwrap() += &(line.unwrap_or_default() + "\n"))
        });
        Self { child, address, said, reader: Some(reader) }
    }

    fn connect(&self) -> TcpStream {
        TcpStream::connect(&self.address).unwrap()
    }

    /// A raw exchange: what is sent, byte for byte, and what comes.
    fn exchange(&self, request: &str) -> String {
        let mut stream = self.connect();
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

    /// Asks it to stop.
    fn signal(&self) {
        let id = self.child.id().to_string();
        assert!(Command::new("/bin/kill").arg(id).status().unwrap().success());
    }

    /// Waits until it has stopped: its exit code, and all that it said.
    fn wait(&mut self) -> (i32, String) {
        let code = self.child.wait().unwrap().code().unwrap();
        self.reader.take().unwrap().join().unwrap();
        (code, self.said.lock().unwrap().clone())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
