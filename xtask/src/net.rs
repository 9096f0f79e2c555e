//! Files from the network, and from the cache of what came from there.
//!
//! What always holds: HTTPS, or HTTP within this machine; credentials go to the site they are for
//! and nowhere else, and are never told; a redirect is followed only to hosts that are expected;
//! time and size are bounded; what can pass (a server that is busy, a connection that breaks) is
//! tried again, from where it stopped if the server agrees.

use crate::talk::Talk;
use anyhow::{Context, anyhow, bail};
use reqwest::Url;
use std::fs::File;
use std::time::{Duration, Instant};

mod cache;
mod client;
mod digest;
mod part;
mod site;
mod transfer;

pub(crate) use cache::Cache;
use cache::Kept;
pub(crate) use client::{Roots, Wiring};
use digest::hex;
pub(crate) use digest::{Hashes, Integrity};
pub(crate) use site::{Credentials, Site, loopback, shown, url};
use transfer::{Failed, Got, Transfer};

/// Pauses before each further attempt.
const PAUSES: [Duration; 3] = [Duration::from_millis(300), Duration::from_secs(1), Duration::from_secs(3)];

/// What to do where there is no network.
const OFFLINE: &str = " (without a network, --offline takes what was fetched before, and --archive, --dir, --bundle \
    and --npm take files)";

/// How files are got.
pub(crate) struct Net<'a> {
    pub(crate) talk: &'a Talk,
    /// The longest that a file may take.
    pub(crate) patience: Duration,
    /// Whether only the cache is to be asked.
    pub(crate) offline: bool,
    /// Where files are kept; `None` keeps none.
    pub(crate) cache: Option<Cache>,
}

/// What a file has to be, as far as its first bytes and its media type tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// A gzip archive.
    Archive,
    /// A JSON document.
    Json,
    /// YAML or JSON, perhaps compressed.
    Document,
}

/// A file to get.
pub(crate) struct Wanted<'a> {
    pub(crate) url: Url,
    pub(crate) form: Form,
    /// The most bytes it may have.
    pub(crate) max: u64,
    /// What it means when it is not there.
    pub(crate) missing: &'a str,
    /// What it must hash to, which makes a kept copy as good as a new one.
    pub(crate) integrity: Option<&'a Integrity>,
}

/// What is there of a file before anything is asked.
enum AtHand {
    /// The file.
    Enough(File),
    /// A copy that may be out of date, or nothing.
    ToAsk(Option<Kept>),
}

impl Net<'_> {
    /// The file, at its beginning; what it must hash to has been checked.
    pub(crate) fn get(&self, site: &Site, wanted: &Wanted<'_>) -> anyhow::Result<File> {
        let kept = self.cache.as_ref().and_then(|cache| cache.kept(&wanted.url, self.talk));
        let kept = match self.at_hand(wanted, kept)? {
            AtHand::Enough(file) => return Ok(file),
            AtHand::ToAsk(kept) => kept,
        };
        let shown = shown(&wanted.url);
        let client = client::build(&site.wiring, loopback(&site.base))?;
        let mut transfer = Transfer {
            client: &client,
            site,
            wanted,
            talk: self.talk,
            known: kept.as_ref().and_then(|kept| kept.validator.clone()),
            part: part::Part::open(self.cache.as_ref(), &wanted.url)?,
        };
        let got = self.bounded(&mut transfer).inspect_err(|_| transfer.part.leave())?;
        match (got, kept) {
            (Got::Unchanged, Some(kept)) => part::rewound(kept.file),
            (Got::Unchanged, None) => bail!("{shown} answered 304 Not Modified to what was no question"),
            (Got::Whole, _) => {
                let hashes = Hashes::of(&transfer.part.file)?;
                if let Some(integrity) = wanted.integrity {
                    let checked = integrity
                        .check(&hashes)
                        .with_context(|| format!("{shown} is not what was published"));
                    if let Err(error) = checked {
                        transfer.part.discard();
                        return Err(error);
                    }
                }
                transfer.part.keep(self.cache.as_ref(), &wanted.url, &hashes, self.talk)
            }
        }
    }

    /// What a kept copy is worth: enough when it is what the file must hash to, or when nothing else
    /// can be asked.
    fn at_hand(&self, wanted: &Wanted<'_>, kept: Option<Kept>) -> anyhow::Result<AtHand> {
        let shown = shown(&wanted.url);
        match (kept, wanted.integrity) {
            (None, _) if self.offline => {
                bail!("{shown} is not in the cache, and --offline asks nothing else")
            }
            (None, _) => Ok(AtHand::ToAsk(None)),
            (Some(kept), Some(integrity)) => match integrity.check(&Hashes::of(&kept.file)?) {
                Ok(()) => part::rewound(kept.file).map(AtHand::Enough),
                Err(error) if self.offline => Err(error.context(format!("{shown} as it is in the cache"))),
                Err(_) => Ok(AtHand::ToAsk(None)),
            },
            (Some(kept), None) if self.offline => {
                self.talk.say(&format!("{shown} as it was {}", kept.age()));
                part::rewound(kept.file).map(AtHand::Enough)
            }
            (kept, None) => Ok(AtHand::ToAsk(kept)),
        }
    }

    /// Does not keep a file that turned out to be of no use.
    pub(crate) fn forget(&self, url: &Url) {
        if let Some(cache) = &self.cache {
            cache.forget(url);
        }
    }

    /// Attempts in a row until one succeeds, or none can, or patience ends.
    fn bounded(&self, transfer: &mut Transfer<'_>) -> anyhow::Result<Got> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (patience, url) = (self.patience, shown(&transfer.wanted.url));
        runtime.block_on(async {
            tokio::time::timeout(patience, self.attempts(transfer)).await.map_err(|_| {
                anyhow!("{url} took longer than {} s; --timeout gives it more", patience.as_secs())
            })?
        })
    }

    async fn attempts(&self, transfer: &mut Transfer<'_>) -> anyhow::Result<Got> {
        let begun = Instant::now();
        let mut pauses = PAUSES.iter();
        loop {
            let (error, asked, offline) = match transfer.attempt().await {
                Ok(got) => return Ok(got),
                Err(Failed::ForGood(error)) => {
                    transfer.part.discard();
                    return Err(error);
                }
                Err(Failed::ForNow { error, wait, offline }) => (error, wait, offline),
            };
            let Some(pause) = pauses.next() else {
                let help = if offline { OFFLINE } else { "" };
                return Err(error.context(format!("gave up after {} attempts{help}", PAUSES.len() + 1)));
            };
            let pause = asked.unwrap_or(*pause).max(*pause);
            if asked.is_some() && begun.elapsed() + pause >= self.patience {
                let seconds = pause.as_secs();
                return Err(error.context(format!("it asks to wait {seconds} s, longer than --timeout lets")));
            }
            self.talk.say(&format!("{error:#}; trying again"));
            tokio::time::sleep(pause).await;
        }
    }
}
