//! A file while it arrives. In the cache folder it outlives the process, so that the next one can
//! go on where this one was stopped.

use super::cache::{Cache, Entry};
use super::digest::Hashes;
use crate::talk::Talk;
use anyhow::Context;
use reqwest::Url;
use serde_json::json;
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::PathBuf;

/// What has arrived of a file.
pub(super) struct Part {
    pub(super) file: File,
    pub(super) received: u64,
    /// The strong entity tag that what follows must have.
    pub(super) validator: Option<String>,
    /// The entity tag of the answer, strong or not, to ask later whether the file has changed.
    tag: Option<String>,
    /// The file, and that beside it which holds the validator; `None` for one that goes away.
    place: Option<(PathBuf, PathBuf)>,
}

impl Part {
    /// What an earlier attempt left, or an empty file.
    pub(super) fn open(cache: Option<&Cache>, url: &Url) -> anyhow::Result<Self> {
        let kept = cache.and_then(|cache| Self::in_cache(cache.part_of(url)));
        let fleeting = || {
            let file = tempfile::tempfile().context("no temporary file can be made")?;
            Ok(Self { file, received: 0, validator: None, tag: None, place: None })
        };
        kept.map_or_else(fleeting, Ok)
    }

    /// `None` when another process is at it, or the cache cannot be written.
    fn in_cache(place: (PathBuf, PathBuf)) -> Option<Self> {
        let file = File::options().read(true).write(true).create(true).truncate(false).open(&place.0).ok()?;
        file.try_lock().ok()?;
        let noted = fs::read_to_string(&place.1).ok();
        let noted: Option<serde_json::Value> = noted.and_then(|text| serde_json::from_str(&text).ok());
        let validator = noted.as_ref().and_then(|noted| noted["validator"].as_str()).map(str::to_owned);
        let received = if validator.is_some() { file.metadata().ok()?.len() } else { 0 };
        Some(Self { file, received, tag: validator.clone(), validator, place: Some(place) })
    }

    /// Begins anew, with the entity tag of the answer that follows.
    pub(super) fn restart(&mut self, tag: Option<&str>) -> anyhow::Result<()> {
        self.file.set_len(0)?;
        self.file.seek(SeekFrom::Start(0))?;
        self.received = 0;
        self.tag = tag.map(str::to_owned);
        self.validator = tag.filter(|tag| tag.starts_with('"')).map(str::to_owned);
        if let Some((_, note)) = &self.place {
            // Without the note the next process begins anew, which is as well.
            let _ = match &self.validator {
                Some(validator) => fs::write(note, json!({ "validator": validator }).to_string()),
                None => fs::remove_file(note),
            };
        }
        Ok(())
    }

    /// Goes on behind what has arrived.
    pub(super) fn resume(&mut self) -> anyhow::Result<()> {
        self.file.seek(SeekFrom::Start(self.received))?;
        Ok(())
    }

    pub(super) fn write(&mut self, chunk: &[u8]) -> anyhow::Result<()> {
        self.file.write_all(chunk).context("what arrives cannot be written")?;
        self.received += chunk.len() as u64;
        Ok(())
    }

    /// The first bytes of the file.
    pub(super) fn beginning(&mut self) -> anyhow::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.file.seek(SeekFrom::Start(0))?;
        (&self.file).take(512).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Takes back what has arrived.
    pub(super) fn discard(&mut self) {
        if let Some((part, note)) = &self.place {
            let _ = fs::remove_file(note);
            let _ = fs::remove_file(part);
        }
    }

    /// Leaves what has arrived for the next attempt, if that can go on from there.
    pub(super) fn leave(&mut self) {
        if self.validator.is_none() || self.received == 0 {
            self.discard();
        }
    }

    /// The whole file, at its beginning, which the cache keeps from now on.
    pub(super) fn keep(
        &mut self,
        cache: Option<&Cache>,
        url: &Url,
        hashes: &Hashes,
        talk: &Talk,
    ) -> anyhow::Result<File> {
        if let (Some(cache), Some((part, note))) = (cache, &self.place) {
            let entry = Entry { sha256: hashes.sha256(), validator: self.tag.clone() };
            let kept = self.file.unlock().map_err(Into::into).and_then(|()| cache.keep(url, part, &entry));
            if let Err(error) = kept {
                talk.say(&format!("the file is not kept for later: {error:#}"));
            }
            let _ = fs::remove_file(note);
        }
        rewound(self.file.try_clone()?)
    }
}

/// A file at its beginning.
pub(super) fn rewound(mut file: File) -> anyhow::Result<File> {
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}
