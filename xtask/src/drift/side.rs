//! The contracts that are compared: where they come from.

use crate::fetch::tree;
use crate::net::{Cache, Net};
use crate::outcome::Failure;
use crate::repairs::Repairs;
use crate::source;
use crate::talk::Talk;
use crate::workspace::Workspace;
use anyhow::{Context, anyhow};
use meshery_generator::contract::{self, Contract};
use meshery_generator::diagnostic::Diagnostics;
use meshery_generator::generate;
use meshery_generator::load::{Documents, positions};
use meshery_generator::write::{self, Mode};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const CONTRACT: &str = "schemas/contract.yml";
const LOCK: &str = "schemas/schemas.lock";

/// How releases are fetched.
#[derive(clap::Args, Debug)]
pub(crate) struct Network {
    /// Ask the network nothing: take what was fetched before.
    #[arg(long, conflicts_with = "no_cache")]
    offline: bool,
    /// Keep nothing of what is fetched, and take nothing that was kept.
    #[arg(long)]
    no_cache: bool,
    /// Where downloads are kept, in place of the user's cache folder.
    #[arg(long, value_name = "DIR", env = "MESHERY_FETCH_CACHE")]
    cache: Option<PathBuf>,
    /// The origin to get archives from, in place of that in `sources.toml`.
    #[arg(long, value_name = "URL", env = "MESHERY_FETCH_BASE")]
    base: Option<String>,
    /// The longest that a download may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    timeout: u64,
}

/// Loads contracts.
pub(super) struct Loader<'l> {
    network: &'l Network,
    workspace: &'l Workspace,
    talk: &'l Talk,
}

impl<'l> Loader<'l> {
    pub(super) fn new(network: &'l Network, workspace: &'l Workspace, talk: &'l Talk) -> Self {
        Self { network, workspace, talk }
    }

    /// The contract of the workspace, which must be the one of its lock.
    pub(super) fn own(&self) -> Result<Contract, Failure> {
        locked(self.workspace).map_err(Failure::Unloadable)
    }

    /// The contract of a revision, a file, a folder, an archive or a release.
    pub(super) fn load(&self, named: &str) -> Result<Contract, Failure> {
        if let Some(revision) = named.strip_prefix("git:") {
            return self.revision(revision);
        }
        let path = Path::new(named);
        if path.is_dir() || [".tar.gz", ".tgz"].iter().any(|ending| named.ends_with(ending)) {
            return self.source(path);
        }
        if path.exists() || [".yml", ".yaml", ".json"].iter().any(|ending| named.ends_with(ending)) {
            let text = fs::read_to_string(path).with_context(|| format!("cannot read {named}"))?;
            return read(&text, named);
        }
        let version = named.strip_prefix('v').and_then(|version| semver::Version::parse(version).ok());
        let Some(version) = version else {
            let known = "a release like v1.3.45, a file or folder that exists, or git:REVISION";
            return Err(Failure::Usage(format!("`{named}` is not {known}")));
        };
        self.release(&format!("v{version}"))
    }

    /// The contract as a revision of the repository has it.
    fn revision(&self, revision: &str) -> Result<Contract, Failure> {
        if revision.is_empty() || revision.starts_with('-') {
            return Err(Failure::Usage(format!("`git:{revision}` names no revision")));
        }
        let mut git = Command::new("git");
        git.arg("-C").arg(self.workspace.root()).arg("show").arg(format!("{revision}:./{CONTRACT}"));
        let output = git.output().context("cannot run git")?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            return Err(Failure::Load(anyhow!("git has no {CONTRACT} at {revision}: {said}")));
        }
        let text = String::from_utf8(output.stdout).context("the contract is no UTF-8")?;
        read(&text, &format!("git:{revision}"))
    }

    /// The contract of a source tree in an archive or a folder.
    fn source(&self, path: &Path) -> Result<Contract, Failure> {
        let sources = source::sources(None, self.workspace)?;
        let mut tree = source::load(path, &sources)?;
        if tree.release.is_none() {
            // A checkout does not say; it is called as its folder.
            let name = path.canonicalize().ok().and_then(|path| Some(path.file_name()?.to_owned()));
            tree.release = name.map(|name| name.to_string_lossy().into_owned());
        }
        self.built(&Documents::new(tree))
    }

    fn release(&self, tag: &str) -> Result<Contract, Failure> {
        let sources = source::sources(None, self.workspace)?;
        let Network { offline, no_cache, cache, base, timeout } = self.network;
        let cache = if *no_cache { None } else { Cache::open(cache.as_deref(), self.talk) };
        let net = Net { talk: self.talk, patience: Duration::from_secs(*timeout), offline: *offline, cache };
        let mut tree = tree::tagged(tag, base.as_deref(), &sources, &net)?;
        match &tree.release {
            Some(found) if found != tag => {
                return Err(Failure::Load(anyhow!("{tag} was asked for, and the source is of {found}")));
            }
            _ => tree.release = Some(tag.to_owned()),
        }
        self.built(&Documents::new(tree))
    }

    fn built(&self, documents: &Documents) -> Result<Contract, Failure> {
        let sources = source::sources(None, self.workspace)?;
        let overlay = Repairs::read(None, self.workspace)?;
        let built = contract::build(documents, &sources, &overlay.actions);
        let built = built.map_err(|found| Failure::Unloadable(overlay.with_lines(found, documents)))?;
        Ok(built.contract)
    }
}

fn read(text: &str, name: &str) -> Result<Contract, Failure> {
    contract::read(text, name).map_err(|mut findings| {
        positions::complete(&mut findings, |_| Some(text));
        Failure::Unloadable(findings)
    })
}

fn locked(workspace: &Workspace) -> Result<Contract, Diagnostics> {
    let held = |path: PathBuf, name: &str| {
        fs::read_to_string(path).map_err(|error| {
            use meshery_generator::diagnostic::{Code, Diagnostic, Place};
            let place = Place::new(name, "");
            Diagnostics::one(Diagnostic::new(Code::SourceUnreadable, place, error.to_string()))
        })
    };
    let (text, lock) = (held(workspace.contract(), CONTRACT)?, held(workspace.lock(), LOCK)?);
    Ok(contract::read_locked((&text, CONTRACT), (&lock, LOCK))?.0)
}

/// Makes sure that the generated crates are of the contract: what is said of code is about them.
pub(super) fn check_generated(workspace: &Workspace) -> Result<(), Failure> {
    let contract = locked(workspace).map_err(Failure::Unloadable)?;
    let generated = generate(&contract, CONTRACT).map_err(Failure::Unloadable)?;
    let changes =
        write::apply(workspace.root(), &generated.plan, Mode::Check).map_err(Failure::Unloadable)?;
    if changes.is_empty() { Ok(()) } else { Err(Failure::Stale(changes.stale())) }
}
