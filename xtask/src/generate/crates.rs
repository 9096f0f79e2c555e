//! The hand-written part of the crates, under other names.

use crate::workspace::Workspace;
use anyhow::{Context, Result};
use meshery_generator::emit::names::printable;
use meshery_generator::ir::Api;
use std::fmt;
use std::fs;
use std::path::Path;

/// The parts that each have a crate.
pub(super) const PARTS: [&str; 3] = ["types", "client", "server"];

/// What is not for others: what is generated from Meshery's contract, and tests against it.
const LEFT_OUT: [&str; 3] = ["generated", "tests", "tests.rs"];

/// Names that a product's module and feature must not have: they stand at the root of a crate, or in
/// its table of features, already.
#[rustfmt::skip]
const TAKEN: &[&str] = &[
    "alloc", "auth", "base_url", "blocking", "body", "brotli", "builder", "byte_stream",
    "call", "calls", "checks", "client", "clock", "console", "context", "contract", "core",
    "cors", "credentials", "decode", "default", "dispatch", "docs", "document", "encode",
    "error", "error_body", "events", "exchange", "failure", "generated", "gzip", "http2",
    "limits", "meshery_client", "meshery_server", "meshery_types", "middleware", "mock", "net",
    "observe", "operation", "operations", "ops", "others", "pages", "pass", "payload",
    "permission", "permissions", "prepare", "problem", "proc_macro", "product", "rejection",
    "reply", "request", "request_id", "response", "retry", "send", "serve", "socket", "sse",
    "std", "stopping", "support", "table", "template", "test", "tests", "transport", "types",
    "websocket", "wire", "zstd",
];

/// What the crates are called.
#[derive(Clone, Debug)]
pub(super) struct Name(String);

impl Name {
    /// Checks a name; what is wrong with it otherwise.
    pub(super) fn new(text: &str) -> Result<Self, String> {
        let starts = text.starts_with(|c: char| c.is_ascii_lowercase());
        let plain = text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        let joined = !text.ends_with('-') && !text.contains("--");
        if starts && plain && joined && text.len() <= 50 {
            return Ok(Self(text.to_owned()));
        }
        Err(format!(
            "`{text}` cannot be the name of a crate here: begin with a letter, go on with lower case \
             letters, digits and single hyphens, 50 at most, like `my-api`"
        ))
    }

    /// The name of the product, which is a module of each crate.
    pub(super) fn product(&self) -> String {
        let name = self.0.replace('-', "_");
        let taken = TAKEN.contains(&name.as_str()) || is_keyword(&name);
        if taken { format!("{name}_api") } else { name }
    }

    /// The name of a crate, as a dependency and as its folder.
    pub(super) fn package(&self, part: &str) -> String {
        format!("{self}-{part}")
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a word cannot be a plain identifier of Rust.
fn is_keyword(word: &str) -> bool {
    meshery_generator::emit::names::ident(word) != word
}

/// The hand-written files of the three crates, by path below the workspace.
pub(super) fn files(workspace: &Workspace, name: &Name, api: &Api) -> Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    for part in PARTS {
        let from = workspace.root().join(format!("generated-{part}/src"));
        let mut found = Vec::new();
        list(&from, "", &mut found)?;
        for path in found {
            let file = from.join(&path);
            let text =
                fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
            let mut text = renamed(&without_tests(&text), name);
            if path == "lib.rs" {
                text = introduced(&text, part, name, api);
            }
            files.push((format!("{}/src/{path}", name.package(part)), text));
        }
    }
    Ok(files)
}

/// The Rust files below a folder, by path.
fn list(folder: &Path, below: &str, files: &mut Vec<String>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    for entry in entries {
        let entry = entry.with_context(|| format!("cannot list {}", folder.display()))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if below.is_empty() && LEFT_OUT.contains(&name.as_str()) {
            continue;
        }
        let path = format!("{below}{name}");
        if entry.path().is_dir() {
            list(&entry.path(), &format!("{path}/"), files)?;
        } else if name.ends_with(".rs") {
            files.push(path);
        }
    }
    files.sort();
    Ok(())
}

/// A file without its module of tests, which speak of Meshery's contract.
fn without_tests(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if line == "#[cfg(test)]" {
            match lines.peek() {
                Some(next) if next.starts_with("mod ") && next.ends_with(';') => {
                    lines.next();
                    continue;
                }
                // It is the last thing in its file.
                Some(next) if next.starts_with("mod ") => break,
                _ => {}
            }
        }
        out.push_str(line);
        out.push('\n');
    }
    out.trim_end().to_owned() + "\n"
}

/// Gives the crates their names.
fn renamed(text: &str, name: &Name) -> String {
    let library = name.to_string().replace('-', "_");
    // First to what no name is like: the library may be called `meshery_client`.
    let marked = PARTS
        .iter()
        .fold(text.to_owned(), |text, part| text.replace(&format!("meshery_{part}"), &format!("\0_{part}")));
    marked.replace('\0', &library)
}

/// The root of a crate with a front page of its own.
fn introduced(text: &str, part: &str, name: &Name, api: &Api) -> String {
    let title = api.products.first().map(|product| printable(&product.title)).unwrap_or_default();
    let module = name.product();
    let front = match part {
        "types" => format!(
            "Wire types of {title}, with the validation that its document asks for.\n\n\
             They are in [`{module}`]; what reads, writes and checks them is in [`wire`]."
        ),
        "client" => format!(
            "Typed client of {title}: [`{module}::Client`].\n\n\
             Operations are grouped by tag, one method each. Required values are arguments, the others\n\
             are set by name before the call is sent."
        ),
        _ => format!(
            "Server traits of {title}: one for each tag, in [`{module}`], and an `Api` that collects\n\
             implementations of them into an [`axum::Router`].\n\n\
             Requests are checked before a handler sees them; responses are enums of what the document\n\
             has. An operation is public only where the document says so, or asks for nothing anywhere."
        ),
    };
    let front = front.lines().map(|line| format!("//! {line}").trim_end().to_owned() + "\n");
    let rest = text.lines().skip_while(|line| line.starts_with("//!"));
    front.chain(rest.map(|line| format!("{line}\n"))).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]
    use super::{Name, PARTS, TAKEN, renamed, without_tests};
    use meshery_generator::write::region::BEGIN;

    #[test]
    fn names_are_those_of_crates() {
        for good in ["a", "my-api", "api2", "v1-x"] {
            assert!(Name::new(good).is_ok(), "{good}");
        }
        for bad in ["", "-a", "a-", "a--b", "My", "a_b", "1a", "a.b", "ä"] {
            assert!(Name::new(bad).is_err(), "{bad}");
        }
        let product = |name: &str| Name::new(name).unwrap().product();
        assert_eq!(product("my-api"), "my_api");
        assert_eq!(product("type"), "type_api");
        assert_eq!(product("std"), "std_api");
        for taken in ["permissions", "types", "calls", "meshery-types"] {
            assert_eq!(product(taken), format!("{}_api", taken.replace('-', "_")));
        }
    }

    /// A module of the same name would hide that of the product; a feature would bring the product.
    #[test]
    fn every_name_that_the_crates_use_is_taken() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut missing = Vec::new();
        for part in PARTS {
            let read =
                |file: &str| std::fs::read_to_string(root.join(format!("generated-{part}/{file}"))).unwrap();
            let (source, manifest) = (read("src/lib.rs"), read("Cargo.toml"));
            let modules =
                source.lines().filter_map(|line| line.trim_start_matches("pub ").strip_prefix("mod "));
            let modules = modules.map(|rest| rest.trim_end_matches(';').to_owned());
            let (_, table) = manifest.split_once("\n[features]\n").unwrap();
            let (by_hand, _) = table.split_once(BEGIN).unwrap();
            let features = by_hand.lines().filter_map(|line| Some(line.split_once(" = ")?.0.to_owned()));
            missing.extend(modules.chain(features).filter(|name| !TAKEN.contains(&name.as_str())));
        }
        assert!(missing.is_empty(), "{missing:?}");
        assert_eq!(Name::new("events").unwrap().product(), "events_api");
    }

    #[test]
    fn tests_stay_here_and_names_change() {
        let text =
            "use meshery_types::wire;\n#[cfg(test)]\nmod tests;\nmod x;\n\n#[cfg(test)]\nmod more {\n}\n";
        let name = Name::new("my-api").unwrap();
        assert_eq!(renamed(&without_tests(text), &name), "use my_api_types::wire;\nmod x;\n");
        let name = Name::new("meshery-client").unwrap();
        assert_eq!(renamed("use meshery_types::wire;", &name), "use meshery_client_types::wire;");
    }
}
