//! What came from the network, kept in the user's cache folder, and verified when it is read.
//!
//! For each URL, named by its digest: the file (`.data`) and what is known of it (`.json`), which
//! holds the digest of the file. What does not match is taken for not there. Nothing in it is
//! secret but the files themselves; URLs are kept without their queries.

use super::{Hashes, hex, shown};
use crate::talk::Talk;
use anyhow::Context;
use etcetera::BaseStrategy;
use reqwest::Url;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The folder below that of the user.
const FOLDER: &str = "meshery-rust/fetch";

/// The cache.
pub(crate) struct Cache {
    folder: PathBuf,
}

/// A file that was kept and is what it was.
pub(super) struct Kept {
    pub(super) file: File,
    pub(super) validator: Option<String>,
    since: Option<SystemTime>,
}

/// What is known of a file.
pub(super) struct Entry {
    pub(super) sha256: String,
    pub(super) validator: Option<String>,
}

impl Cache {
    /// The cache in `folder`, or else in the user's cache folder; `None` where that cannot be.
    pub(crate) fn open(folder: Option<&Path>, talk: &Talk) -> Option<Self> {
        let folder = match folder {
            Some(folder) => folder.to_owned(),
            None => etcetera::base_strategy::choose_native_strategy().ok()?.cache_dir().join(FOLDER),
        };
        match fs::create_dir_all(&folder) {
            Ok(()) => Some(Self { folder }),
            Err(error) => {
                talk.say(&format!("nothing is kept for later: no folder {}: {error}", folder.display()));
                None
            }
        }
    }

    /// The file that was kept for a URL, if it is still what it was.
    pub(super) fn kept(&self, url: &Url, talk: &Talk) -> Option<Kept> {
        let (data, note) = (self.path(url, "data"), self.path(url, "json"));
        let known: Value = serde_json::from_str(&fs::read_to_string(note).ok()?).ok()?;
        let file = File::open(&data).ok()?;
        let since = file.metadata().and_then(|metadata| metadata.modified()).ok();
        if known["sha256"].as_str() != Hashes::of(&file).ok().map(|hashes| hashes.sha256()).as_deref() {
            talk.say(&format!("{} was changed in the cache and is not used", shown(url)));
            self.forget(url);
            return None;
        }
        Some(Kept { file, validator: known["validator"].as_str().map(str::to_owned), since })
    }

    /// Takes a whole file over.
    pub(super) fn keep(&self, url: &Url, file: &Path, entry: &Entry) -> anyhow::Result<()> {
        let known = json!({ "url": shown(url), "sha256": entry.sha256, "validator": entry.validator });
        let note = self.path(url, "json");
        fs::rename(file, self.path(url, "data")).context("it cannot be moved")?;
        crate::files::replace(&note, &known.to_string())
    }

    /// Forgets a file that turned out to be of no use.
    pub(crate) fn forget(&self, url: &Url) {
        let _ = fs::remove_file(self.path(url, "json"));
        let _ = fs::remove_file(self.path(url, "data"));
    }

    /// Where a file arrives, and where its validator is noted.
    pub(super) fn part_of(&self, url: &Url) -> (PathBuf, PathBuf) {
        (self.path(url, "part"), self.path(url, "part.json"))
    }

    fn path(&self, url: &Url, extension: &str) -> PathBuf {
        let name = hex(&Sha256::digest(url.as_str()));
        self.folder.join(format!("{name}.{extension}"))
    }
}

impl Kept {
    /// How long ago it came.
    pub(super) fn age(&self) -> String {
        let age = self.since.and_then(|since| SystemTime::now().duration_since(since).ok());
        match age.unwrap_or_default().as_secs() {
            0..7200 => "less than two hours ago".to_owned(),
            seconds @ 7200..172_800 => format!("{} hours ago", seconds / 3600),
            seconds => format!("{} days ago", seconds / 86_400),
        }
    }
}
