//! A release invented for tests, and a workspace to fetch it into.

use flate2::{Compression, write::GzEncoder};
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output};
use tar::{Builder, EntryType, Header};

mod server;
pub(crate) use server::{Reply, Request, Server, answer, read, sent};

/// The tag of the invented release.
pub(crate) const TAG: &str = "v1.2.3";
/// What no message may hold.
pub(crate) const SECRET: &str = "secret-of-the-test";

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
[bundles]
redirects = ["localhost"]
token_hosts = ["localhost"]
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
title = "Forest"
servers = ["https://example.org"]
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

/// A small document of which a few gigabytes come when its anchors are followed.
pub(crate) fn anchors() -> Vec<u8> {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..30 {
        text += &format!("a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 9].join(", "));
    }
    text.into_bytes()
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

    /// A file of the user's, beside the workspace.
    pub(crate) fn home(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs `xtask` in this workspace.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.run_with(&[], arguments)
    }

    /// Runs `xtask` in this workspace with further variables; nothing of the machine's own counts.
    pub(crate) fn run_with(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Output {
        let folder = self.folder.path();
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        for (name, _) in std::env::vars_os() {
            let plain = name.to_string_lossy().to_lowercase();
            if plain.starts_with("npm_config") || plain.ends_with("_proxy") || plain == "meshery_fetch_base" {
                command.env_remove(name);
            }
        }
        command
            .current_dir(folder)
            .arg("--workspace")
            .arg(folder)
            .args(arguments)
            .env("GITHUB_TOKEN", SECRET)
            .env("MESHERY_FETCH_CACHE", folder.join("cache"))
            .env("HOME", folder)
            .env("USERPROFILE", folder)
            .env("PREFIX", folder)
            .env_remove("SSL_CERT_FILE")
            .envs(variables.iter().copied())
            .output()
            .unwrap()
    }

    /// Fetches the invented release from a server.
    pub(crate) fn fetch(&self, server: &Server) -> Output {
        self.run(&["fetch", "--tag", TAG, "--base", &server.base(), "--timeout", "20"])
    }

    /// Compares what a run that failed said with `tests/verbs/told/<name>.txt`, and checks that it
    /// touched nothing and told no secret. `masks` are words that differ from run to run, each with
    /// what stands for it there. `BLESS=1` writes those files anew.
    pub(crate) fn told(&self, name: &str, output: &Output, masks: &[(&str, &str)]) {
        self.said(name, output, masks);
        assert_eq!(self.outputs(), ["old", "old"].map(|old| Some(old.to_owned())));
        assert_eq!(std::fs::read_dir(self.path("")).unwrap().count(), 3, "something is left behind");
    }

    /// The same without a look at what was touched.
    pub(crate) fn said(&self, name: &str, output: &Output, masks: &[(&str, &str)]) {
        let mut text = format!("exit code {}\n", output.status.code().unwrap());
        text += &String::from_utf8_lossy(&output.stderr);
        assert!(!text.contains("secret-of-the-test"), "a secret is told:\n{text}");
        text = text.replace(&self.folder.path().display().to_string(), "<folder>");
        text = masks.iter().fold(text, |text, (word, mask)| text.replace(word, mask));
        let file =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/verbs/told/{name}.txt"));
        if std::env::var_os("BLESS").is_some() {
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(&file, &text).unwrap();
        }
        let expected = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(text == expected, "{}\n-- expected\n{expected}-- told\n{text}", file.display());
    }
}
