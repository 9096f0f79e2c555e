//! `cargo xtask fetch`: from a release of upstream to the contract and its lock.

use crate::files;
use crate::net::{Cache, Net};
use crate::outcome::{Failure, Outcome};
use crate::repairs::Repairs;
use crate::source;
use crate::talk::Talk;
use crate::workspace::Workspace;
use anyhow::Context;
use meshery_generator::contract::{self, Built, Contract, lock::Source};
use meshery_generator::fold;
use meshery_generator::load::{Documents, sources::Sources};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

mod bundles;
mod package;
pub(crate) mod tree;
mod trust;
use trust::Held;

/// The codes that are about facts begin so.
const FACTS: [&str; 2] = ["M04", "M05"];

/// What can be done about a release whose facts are refused.
const REPAIR: &str = "an action in schemas/overlay.yml repairs what a release states wrongly; what the codes mean \
                      is in docs/DIAGNOSTICS.md";

/// Options of `fetch`.
#[derive(clap::Args, Debug)]
#[command(group(clap::ArgGroup::new("source").required(true)))]
pub(crate) struct Args {
    /// The archive of a release (`.tar.gz`).
    #[arg(long, group = "source", value_name = "FILE")]
    archive: Option<PathBuf>,
    /// The folder of a checkout, or of an unpacked archive.
    #[arg(long, group = "source", value_name = "DIR")]
    dir: Option<PathBuf>,
    /// A release to get from the network: `v1.3.45`.
    #[arg(long, group = "source", value_name = "TAG")]
    tag: Option<String>,
    /// The npm package, in a version or with a tag of the registry that npm is configured for, or
    /// its tarball (`.tgz`).
    #[arg(long, group = "source", value_name = "VERSION", num_args = 0..=1, default_missing_value = "latest")]
    npm: Option<String>,
    /// A published bundle: of a product, or of all (`merged`). Can be given for each of them.
    #[arg(long, group = "source", value_name = "[PRODUCT=]FILE|URL")]
    bundle: Vec<String>,
    /// Which release the source is of, where it does not say.
    #[arg(long, value_name = "TAG", conflicts_with_all = ["tag", "npm"])]
    release: Option<String>,
    /// Which commit the source is of, where it does not say.
    #[arg(long, value_name = "SHA")]
    commit: Option<String>,
    /// The origin to get archives from, in place of that in `sources.toml`.
    #[arg(long, value_name = "URL", env = "MESHERY_FETCH_BASE")]
    base: Option<String>,
    /// Take a source that is not the one which was locked for its release.
    #[arg(long)]
    relock: bool,
    /// The contract that names come from where the source has none, in place of the one at hand.
    #[arg(long, value_name = "FILE")]
    memory: Option<PathBuf>,
    /// Name what the source does not name as if there were no contract.
    #[arg(long, conflicts_with = "memory")]
    no_memory: bool,
    /// The longest that a download may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    timeout: u64,
    /// Ask the network nothing: take what was fetched before.
    #[arg(long, conflicts_with = "no_cache")]
    offline: bool,
    /// Keep nothing of what is fetched, and take nothing that was kept.
    #[arg(long)]
    no_cache: bool,
    /// Where downloads are kept, in place of the user's cache folder.
    #[arg(long, value_name = "DIR", env = "MESHERY_FETCH_CACHE")]
    cache: Option<PathBuf>,
    /// The folder for `contract.yml` and `schemas.lock`, in place of `schemas/`.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// The file to read in place of `schemas/sources.toml`.
    #[arg(long, value_name = "FILE")]
    sources: Option<PathBuf>,
    /// The file to read in place of `schemas/overlay.yml`.
    #[arg(long, value_name = "FILE")]
    overlay: Option<PathBuf>,
}

/// Makes contract and lock, and writes both or neither.
pub(crate) fn run(args: &Args, workspace: &Workspace, talk: &Talk) -> Outcome {
    let sources = source::sources(args.sources.as_deref(), workspace)?;
    let overlay = Repairs::read(args.overlay.as_deref(), workspace)?;
    let folder = args.out.clone().unwrap_or_else(|| workspace.root().join("schemas"));
    let held = Held::read(&folder, talk);
    let (documents, source, sources) = args.read(&sources, &held, workspace, talk)?;
    let built = contract::build(&documents, &sources, &overlay.actions);
    let differences = held.differences(&source, built.as_ref().ok().map(|built| &built.contract));
    if differences.has_errors() && !args.relock {
        return Err(Failure::Findings(differences));
    }
    let Built { contract, text, mut lock, warnings } = built.map_err(|findings| {
        // Facts can be said differently; what cannot be read at all is for who publishes it.
        let facts =
            findings.iter().any(|found| FACTS.iter().any(|phase| found.code.as_str().starts_with(phase)));
        let found = overlay.with_lines(findings, &documents);
        if facts { Failure::Advised(found, REPAIR.to_owned()) } else { Failure::Findings(found) }
    })?;
    talk.findings(&overlay.with_lines(warnings, &documents));
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    lock.source = source;
    // A checkout does not say its commit; the lock it replaces may know it.
    let lock = match &held.lock {
        Some(earlier) => lock.completed_by(earlier),
        None => lock,
    };
    files::replace_all(&[
        (folder.join("contract.yml"), text),
        (folder.join("schemas.lock"), lock.to_toml()),
    ])?;
    talk.say(&format!(
        "contract of {} in {}: {} files read, sha256 {}",
        contract.release,
        folder.display(),
        lock.source.files,
        contract.sha256
    ));
    Ok(())
}

impl Args {
    /// The documents of the source that was asked for, what pins them, and the facts about upstream
    /// that hold for them.
    fn read(
        &self,
        sources: &Sources,
        held: &Held,
        workspace: &Workspace,
        talk: &Talk,
    ) -> Result<(Documents, Source, Sources), Failure> {
        let cache = if self.no_cache { None } else { Cache::open(self.cache.as_deref(), talk) };
        let net = Net { talk, patience: Duration::from_secs(self.timeout), offline: self.offline, cache };
        let release = self.tag.as_ref().or(self.release.as_ref()).map(|tag| release(tag)).transpose()?;
        let commit = self.commit.as_deref().map(commit).transpose()?;
        let said = |release: Option<String>| {
            release.ok_or_else(|| {
                let message = "the source does not say which release it is of; add --release vX.Y.Z";
                Failure::Usage(message.to_owned())
            })
        };
        let (mut contents, source) = if let Some(asked) = &self.npm {
            let package = package::get(asked, sources, &net)?;
            (package.contents, package.source)
        } else if !self.bundle.is_empty() {
            let mut bundles = bundles::get(&self.bundle, sources, &net)?;
            let release = said(bundles.contents.release.take().or(release))?;
            bundles.contents.release = Some(release.clone());
            let source = Source::bundles(&release, bundles.contents.commit.clone(), bundles.locked);
            (bundles.contents, source)
        } else {
            let mut tree = tree::get(self, release.as_ref(), sources, &net)?;
            let release = said(tree.release.clone())?;
            tree.commit = tree.commit.or(commit);
            let source = Source::tree(&tree, sources, &release);
            return Ok((Documents::new(tree), source, sources.clone()));
        };
        contents.commit = contents.commit.or(commit);
        let source = Source { commit: contents.commit.clone(), ..source };
        let memory = self.memory(held, workspace)?;
        let narrowed = contents.narrowed(sources);
        if narrowed.products.len() < sources.products.len() {
            let held: Vec<_> = narrowed.products.iter().map(|product| product.name.as_str()).collect();
            talk.say(&format!("the contract has one product, as the bundle does: {}", held.join(", ")));
        }
        Ok((fold::fold(&contents, sources, memory.as_ref())?, source, narrowed))
    }

    /// The contract that names come from: the one that was named, that which is about to be
    /// replaced, or that of the workspace.
    fn memory(&self, held: &Held, workspace: &Workspace) -> Result<Option<Contract>, Failure> {
        if self.no_memory {
            return Ok(None);
        }
        let read = |path: &Path| {
            let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
            contract::read(&text, &path.display().to_string()).map_err(Failure::Unloadable)
        };
        match &self.memory {
            Some(path) => read(path).map(Some),
            None => Ok(held.contract.clone().or_else(|| read(&workspace.contract()).ok())),
        }
    }
}

/// A tag as releases are named: `v` and a version.
fn release(tag: &str) -> Result<String, Failure> {
    let version = tag.strip_prefix('v').and_then(|version| semver::Version::parse(version).ok());
    match version {
        Some(version) => Ok(format!("v{version}")),
        None => Err(Failure::Usage(format!("`{tag}` is not the tag of a release, like v1.3.45"))),
    }
}

/// A commit as it is given.
fn commit(hash: &str) -> Result<String, Failure> {
    if hash.len() == 40 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(hash.to_ascii_lowercase());
    }
    Err(Failure::Usage(format!("`{hash}` is not a commit: 40 hexadecimal digits")))
}
