//! The source tree of a release: an archive, a checkout, or a tag to get from the repository.

use super::Args;
use crate::net::{Credentials, Form, Net, Site, Wanted, Wiring, shown, url};
use crate::outcome::Failure;
use crate::source;
use anyhow::anyhow;
use meshery_generator::load::{Tree, sources::Sources};
use reqwest::Url;

/// Most bytes of an archive as it is sent: many times what a release has.
const MAX_BYTES: u64 = 64 << 20;

/// The tree that was asked for, with its release where it says or was told.
pub(super) fn get(
    args: &Args,
    release: Option<&String>,
    sources: &Sources,
    net: &Net<'_>,
) -> Result<Tree, Failure> {
    let mut tree = match (&args.archive, &args.dir, release) {
        (Some(path), ..) | (None, Some(path), _) => source::load(path, sources)?,
        (None, None, Some(tag)) => tagged(tag, args.base.as_deref(), sources, net)?,
        (None, None, None) => return Err(Failure::Usage("no source".to_owned())),
    };
    match (&tree.release, release) {
        (Some(found), Some(asked)) if found != asked => {
            return Err(Failure::Load(anyhow!("{asked} was asked for, and the source is of {found}")));
        }
        (None, asked) => tree.release = asked.cloned(),
        _ => {}
    }
    Ok(tree)
}

/// The tree of a release, from the repository or from `base` in its place.
pub(crate) fn tagged(
    tag: &str,
    base: Option<&str>,
    sources: &Sources,
    net: &Net<'_>,
) -> Result<Tree, Failure> {
    let repository = &sources.repository;
    let base = base.unwrap_or(&repository.base);
    let token = std::env::var("GITHUB_TOKEN").ok();
    let asked = || {
        let base = url(base, "set GITHUB_TOKEN for a token")?;
        let path = repository.archive.replace("{name}", &repository.name).replace("{tag}", tag);
        let archive = Url::parse(&format!("{}{path}", base.as_str().trim_end_matches('/')))?;
        Ok((base, archive, Credentials::token(token.as_deref())?))
    };
    let (base, archive, credentials) =
        asked().map_err(|error: anyhow::Error| Failure::Usage(format!("{error:#}")))?;
    let site = Site { base, redirects: &repository.redirects, credentials, wiring: Wiring::default() };
    let wanted = Wanted {
        url: archive.clone(),
        form: Form::Archive,
        max: MAX_BYTES,
        missing: "there is no such release",
        integrity: None,
    };
    let file = net.get(&site, &wanted)?;
    source::archive(file, &shown(&archive), sources).inspect_err(|_| net.forget(&archive))
}
