//! A release invented for tests, a workspace to fetch into, and a server that misbehaves on demand.

use flate2::{Compression, write::GzEncoder};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tar::{Builder, EntryType, Header};

/// The tag of the invented release.
pub(crate) const TAG: &str = "v1.2.3";

const SOURCES: &str = r#"
[repository]
name = "trees/forest"
base = "https://example.org"
archive = "/{name}/{tag}.tar.gz"
redirects = ["localhost"]
[npm]
package = "@trees/forest"
registry = "https://registry.example/"
documents = ["dist/{version}/{construct}/*Schema.js"]
[tree]
folders = ["schemas"]
extensions = ["yml"]
files = []
[constructs]
root = "schemas/constructs"
document = "api.yml"
excluded = []
schema_only = []
deprecated_key = "x-deprecated"
[operations]
products_key = "x-internal"
[merged]
base = "schemas/base.yml"
[contract]
title = "Forest"
security = "jwt"
annotations = []
[[products]]
name = "garden"
base = "schemas/base.yml"
"#;

const BASE: &str =
    "openapi: 3.0.3\ninfo: {title: Forest, version: 1.0.0}\nservers: [{url: 'https://example.org'}]\n";
const TREES: &str = r"
openapi: 3.0.3
info: {title: Trees, version: 1.0.0}
security: [{jwt: []}]
paths:
  /trees/{height}:
    get:
      operationId: getTrees
      tags: [Trees]
      x-internal: [garden]
      parameters:
        - {name: height, in: path, required: true, schema: {type: integer}}
      responses:
        200:
          description: Those trees
          content: {application/json: {schema: {$ref: '#/components/schemas/Tree'}}}
components:
  securitySchemes: {jwt: {type: http, scheme: bearer}}
  schemas:
    Tree: {type: object, properties: {height: {type: integer, minimum: 1}}}
";

/// An archive with the files of the invented release below `root`, and then other entries.
pub(crate) fn archive(root: &str, others: &[(&str, EntryType, &str)]) -> Vec<u8> {
    let (base, trees) =
        (format!("{root}/schemas/base.yml"), format!("{root}/schemas/constructs/v1/tree/api.yml"));
    let mut builder = Builder::new(Vec::new());
    let files = [(base.as_str(), EntryType::Regular, BASE), (trees.as_str(), EntryType::Regular, TREES)];
    for (name, kind, content) in files.iter().chain(others) {
        let mut header = Header::new_ustar();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(*kind);
        let link = kind.is_symlink() || kind.is_hard_link();
        if link {
            header.as_old_mut().linkname[..content.len()].copy_from_slice(content.as_bytes());
        }
        let content = if link { "" } else { content };
        header.set_size(content.len() as u64);
        header.set_cksum();
        builder.append(&header, content.as_bytes()).unwrap();
    }
    gzip(&builder.into_inner().unwrap())
}

/// The archive of the invented release.
pub(crate) fn release() -> Vec<u8> {
    archive("forest-1.2.3", &[])
}

/// Bytes, compressed.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A request as it came: its path, and the token with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) path: String,
    pub(crate) token: Option<String>,
}

/// What the server does about a request.
pub(crate) enum Reply {
    /// A status, headers, a body; the length is told as it is.
    Whole(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// Half of the body that was announced.
    Cut(Vec<u8>),
    /// The body, a byte at a time.
    Slow(Vec<u8>),
    /// A body of that length is announced, and nothing comes.
    Huge(u64),
}

/// A server on this machine.
pub(crate) struct Server {
    pub(crate) port: u16,
    seen: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    /// Starts a server that answers the request of each number, from 0, with what `reply` gives.
    pub(crate) fn start(reply: impl Fn(usize) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                let request = read(&stream);
                let number = {
                    let mut log = log.lock().unwrap();
                    log.push(request);
                    log.len() - 1
                };
                // The client may hang up at any time; that is what some tests are about.
                let _ = answer(&stream, &reply(number));
            }
        });
        Self { port, seen }
    }

    /// The origin of the server, by address.
    pub(crate) fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The requests so far.
    pub(crate) fn seen(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }
}

fn read(stream: &TcpStream) -> Request {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let path = lines.next().and_then(|line| line.split(' ').nth(1).map(str::to_owned)).unwrap_or_default();
    let mut token = None;
    for line in lines.take_while(|line| !line.is_empty()) {
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("authorization")
        {
            token = Some(value.trim().to_owned());
        }
    }
    Request { path, token }
}

fn answer(mut stream: &TcpStream, reply: &Reply) -> std::io::Result<()> {
    let ok = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/gzip\r\n";
    match reply {
        Reply::Whole(status, headers, body) => {
            write!(stream, "HTTP/1.1 {status} x\r\nConnection: close\r\nContent-Length: {}\r\n", body.len())?;
            for (name, value) in headers {
                write!(stream, "{name}: {value}\r\n")?;
            }
            stream.write_all(b"\r\n")?;
            stream.write_all(body)
        }
        Reply::Cut(body) => {
            write!(stream, "{ok}Content-Length: {}\r\n\r\n", body.len())?;
            stream.write_all(&body[..body.len() / 2])
        }
        Reply::Slow(body) => {
            write!(stream, "{ok}Content-Length: {}\r\n\r\n", body.len())?;
            body.iter().try_for_each(|byte| {
                std::thread::sleep(Duration::from_millis(100));
                stream.write_all(&[*byte])
            })
        }
        Reply::Huge(length) => write!(stream, "{ok}Content-Length: {length}\r\n\r\n"),
    }
}

/// A reply with an archive.
pub(crate) fn sent(archive: Vec<u8>) -> Reply {
    Reply::Whole(200, vec![("Content-Type", "application/gzip".to_owned())], archive)
}

/// A workspace that holds nothing but `sources.toml`, and perhaps a contract and its lock.
pub(crate) struct Workspace {
    folder: tempfile::TempDir,
}

impl Workspace {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("schemas")).unwrap();
        std::fs::write(folder.path().join("schemas/sources.toml"), SOURCES).unwrap();
        Self { folder }
    }

    /// One that holds `old` for a contract and its lock.
    pub(crate) fn with_old() -> Self {
        let workspace = Self::new();
        for name in ["contract.yml", "schemas.lock"] {
            std::fs::write(workspace.path(name), "old").unwrap();
        }
        workspace
    }

    /// A file in `schemas`.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("schemas").join(name)
    }

    /// The contract and the lock; `None` where there is none.
    pub(crate) fn outputs(&self) -> [Option<String>; 2] {
        ["contract.yml", "schemas.lock"].map(|name| std::fs::read_to_string(self.path(name)).ok())
    }

    /// Runs `xtask` in this workspace.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_xtask"))
            .arg("--workspace")
            .arg(self.folder.path())
            .args(arguments)
            .env("GITHUB_TOKEN", "secret-of-the-test")
            .env_remove("MESHERY_FETCH_BASE")
            .output()
            .unwrap()
    }

    /// Fetches the invented release from a server.
    pub(crate) fn fetch(&self, server: &Server) -> Output {
        self.run(&["fetch", "--tag", TAG, "--base", &server.base(), "--timeout", "20"])
    }
}
