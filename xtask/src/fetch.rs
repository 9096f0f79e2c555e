//! `cargo xtask fetch`: from a release of upstream to the contract and its lock.

use crate::download::Origin;
use crate::files;
use crate::outcome::{Failure, Outcome};
use crate::repairs::Repairs;
use crate::source;
use crate::talk::Talk;
use crate::workspace::Workspace;
use anyhow::{Context, anyhow};
use meshery_generator::contract::{self, Built, lock::Lock};
use meshery_generator::load::{Documents, Tree, sources::Sources};
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

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
    /// Which release the source is of, where it does not say.
    #[arg(long, value_name = "TAG", conflicts_with = "tag")]
    release: Option<String>,
    /// Which commit the source is of, where it does not say.
    #[arg(long, value_name = "SHA")]
    commit: Option<String>,
    /// The origin to get archives from, in place of that in `sources.toml`.
    #[arg(long, value_name = "URL", env = "MESHERY_FETCH_BASE")]
    base: Option<String>,
    /// The longest that a download may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    timeout: u64,
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
    let documents = Documents::new(tree(args, &sources, talk)?);
    let built = contract::build(&documents, &sources, &overlay.actions)
        .map_err(|findings| Failure::Findings(overlay.with_lines(findings, &documents)))?;
    let Built { contract, text, lock, warnings } = built;
    talk.findings(&overlay.with_lines(warnings, &documents));
    let folder = args.out.clone().unwrap_or_else(|| workspace.root().join("schemas"));
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let lock_file = folder.join("schemas.lock");
    // A checkout does not say its commit; the lock it replaces may know it.
    let earlier = fs::read_to_string(&lock_file).ok().and_then(|text| Lock::parse(&text, "").ok());
    let lock = match &earlier {
        Some(earlier) => lock.completed_by(earlier),
        None => lock,
    };
    files::replace_all(&[(folder.join("contract.yml"), text), (lock_file, lock.to_toml())])?;
    talk.say(&format!(
        "contract of {} in {}: {} files read, sha256 {}",
        contract.release,
        folder.display(),
        lock.source.files,
        contract.sha256
    ));
    Ok(())
}

/// The source that was asked for, with its release.
fn tree(args: &Args, sources: &Sources, talk: &Talk) -> Result<Tree, Failure> {
    let asked = args.tag.as_ref().or(args.release.as_ref()).map(|tag| release(tag)).transpose()?;
    let mut tree = match (&args.archive, &args.dir, &asked) {
        (Some(path), ..) | (None, Some(path), _) => source::load(path, sources)?,
        (None, None, Some(tag)) => {
            let base = args.base.as_deref().unwrap_or(&sources.repository.base);
            let token = std::env::var("GITHUB_TOKEN").ok();
            let origin = Origin::new(base, &sources.repository, token.as_deref())
                .map_err(|error| Failure::Usage(format!("{error:#}")))?;
            source::archive(origin.archive(tag, Duration::from_secs(args.timeout), talk)?, sources)?
        }
        (None, None, None) => return Err(Failure::Usage("no source".to_owned())),
    };
    match (&tree.release, asked) {
        (Some(found), Some(asked)) if *found != asked => {
            return Err(Failure::Load(anyhow!("{asked} was asked for, and the source is of {found}")));
        }
        (None, None) => {
            let message = "the source does not say which release it is of; add --release vX.Y.Z";
            return Err(Failure::Usage(message.to_owned()));
        }
        (None, asked) => tree.release = asked,
        _ => {}
    }
    if let Some(commit) = &args.commit {
        if commit.len() != 40 || !commit.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(Failure::Usage(format!("`{commit}` is not a commit: 40 hexadecimal digits")));
        }
        tree.commit.get_or_insert_with(|| commit.to_ascii_lowercase());
    }
    Ok(tree)
}

/// A tag as releases are named: `v` and a version.
fn release(tag: &str) -> Result<String, Failure> {
    let version = tag.strip_prefix('v').and_then(|version| semver::Version::parse(version).ok());
    match version {
        Some(version) => Ok(format!("v{version}")),
        None => Err(Failure::Usage(format!("`{tag}` is not the tag of a release, like v1.3.45"))),
    }
}
