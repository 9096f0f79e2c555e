//! An archive (`.tar.gz`) as a [`Tree`], streamed; nothing is unpacked to disk.
//!
//! The archive is not trusted: entries that point outside, devices, repeated names and everything
//! beyond the [`Limits`] are refused, with the name of the entry. Extended headers are read here
//! and not by the tar reader, which would hold whatever size they claim in memory.

use super::Limits;
use super::sources::Sources;
use super::tree::{File, Tree, release_of};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use flate2::read::GzDecoder;
use std::collections::HashSet;
use std::io::{self, Read};
use tar::{Entry, EntryType, PaxExtensions};

/// Longest extended header that is read: many times the longest path that exists.
const MAX_HEADER: u64 = 64 << 10;
/// A hostile archive is not listed to its end.
const MAX_FINDINGS: usize = 20;

/// Reads the files that matter of an archive whose entries are below one root folder.
///
/// The root folder is stripped; its name gives the release, a comment in the global header (which
/// GitHub writes) the commit.
///
/// # Errors
/// [`Code::BadArchive`] for a damaged archive, and for each entry that is refused.
pub fn archive(reader: impl Read, sources: &Sources, limits: &Limits) -> Result<Tree, Diagnostics> {
    unpack(reader, &|path| sources.tree.wants(path), limits)
}

/// The same for an archive of any kind, of which the files that `wants` names matter.
pub(super) fn unpack(
    reader: impl Read,
    wants: &dyn Fn(&str) -> bool,
    limits: &Limits,
) -> Result<Tree, Diagnostics> {
    let unpacked = Bounded { inner: GzDecoder::new(reader), left: limits.total, limit: limits.total };
    let mut archive = tar::Archive::new(unpacked);
    let mut reading = Reading::new(wants, limits);
    // What follows the last entry is read too: only then is the checksum known to be right.
    let read = reading
        .entries(&mut archive)
        .and_then(|()| io::copy(&mut archive.into_inner(), &mut io::sink()).map(drop));
    if let Err(error) = read {
        let message = describe(&error, reading.entries);
        reading.refuse("", message);
    }
    if reading.entries == 0 && !reading.findings.has_errors() {
        reading.refuse("", "the archive is empty".to_owned());
    }
    let Reading { mut tree, root, mut findings, .. } = reading;
    tree.release = root.as_deref().and_then(release_of);
    findings.ok(tree)
}

fn describe(error: &io::Error, entries: usize) -> String {
    match error.kind() {
        io::ErrorKind::InvalidInput if entries == 0 => format!("not a gzip archive: {error}"),
        io::ErrorKind::UnexpectedEof => "the archive ends too early".to_owned(),
        _ => format!("the archive is damaged: {error}"),
    }
}

/// A reader that fails, rather than ends, at its limit.
struct Bounded<R> {
    inner: R,
    left: u64,
    limit: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.left = self
            .left
            .checked_sub(count as u64)
            .ok_or_else(|| io::Error::other(format!("it unpacks to more than {} bytes", self.limit)))?;
        Ok(count)
    }
}

/// What extended headers say about the entry that follows.
#[derive(Default)]
struct Extended {
    path: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
}

struct Reading<'a> {
    wants: &'a dyn Fn(&str) -> bool,
    limits: &'a Limits,
    tree: Tree,
    findings: Diagnostics,
    root: Option<String>,
    seen: HashSet<String>,
    entries: usize,
}

impl<'a> Reading<'a> {
    fn new(wants: &'a dyn Fn(&str) -> bool, limits: &'a Limits) -> Self {
        Self {
            wants,
            limits,
            tree: Tree::default(),
            findings: Diagnostics::new(),
            root: None,
            seen: HashSet::new(),
            entries: 0,
        }
    }

    fn refuse(&mut self, entry: &str, message: String) {
        self.findings.push(Diagnostic::new(Code::BadArchive, Place::new(entry, ""), message));
    }

    /// Reads all entries; `Err` when the archive cannot be read any further.
    fn entries(&mut self, archive: &mut tar::Archive<impl Read>) -> io::Result<()> {
        let mut extended = Extended::default();
        for entry in archive.entries()?.raw(true) {
            let mut entry = entry?;
            self.entries += 1;
            if self.entries > self.limits.entries {
                return Err(io::Error::other(format!("more than {} entries", self.limits.entries)));
            }
            match entry.header().entry_type() {
                EntryType::XGlobalHeader => self.global(&mut entry)?,
                EntryType::XHeader => pax(&mut entry, &mut extended)?,
                EntryType::GNULongName => extended.path = Some(long(&mut entry)?),
                EntryType::GNULongLink => extended.link = Some(long(&mut entry)?),
                kind => self.entry(kind, &mut entry, std::mem::take(&mut extended))?,
            }
            if self.findings.count(crate::diagnostic::Severity::Error) >= MAX_FINDINGS {
                break;
            }
        }
        Ok(())
    }

    fn global(&mut self, entry: &mut Entry<'_, impl Read>) -> io::Result<()> {
        for (key, value) in records(&header(entry)?)? {
            let hash = matches!(value.len(), 40 | 64) && value.iter().all(u8::is_ascii_hexdigit);
            if key == "comment" && hash {
                self.tree.commit = Some(String::from_utf8_lossy(&value).to_ascii_lowercase());
            }
        }
        Ok(())
    }

    fn entry(
        &mut self,
        kind: EntryType,
        entry: &mut Entry<'_, impl Read>,
        extended: Extended,
    ) -> io::Result<()> {
        let raw = extended.path.unwrap_or_else(|| entry.path_bytes().into_owned());
        let shown = String::from_utf8_lossy(&raw).into_owned();
        let path = match self.inside(&raw) {
            Ok(path) => path,
            Err(message) => {
                self.refuse(&shown, message);
                return Ok(());
            }
        };
        match kind {
            EntryType::Directory => {}
            EntryType::Regular | EntryType::Continuous => {
                if !self.seen.insert(path.clone()) {
                    self.refuse(&shown, "the entry is there twice".to_owned());
                } else if (self.wants)(&path) {
                    self.file(entry, path, &shown)?;
                }
            }
            EntryType::Symlink | EntryType::Link => {
                let link = extended.link.or_else(|| entry.link_name_bytes().map(|l| l.into_owned()));
                self.link(kind, &path, &link.unwrap_or_default(), &shown);
            }
            _ => self.refuse(&shown, "is neither a file nor a folder nor a link".to_owned()),
        }
        Ok(())
    }

    /// The path of an entry below the root folder, when it stays there.
    fn inside(&mut self, raw: &[u8]) -> Result<String, String> {
        let text = std::str::from_utf8(raw).map_err(|_| "the name is not UTF-8".to_owned())?;
        let text = text.trim_end_matches('/');
        if text.starts_with('/') || text.contains(['\\', '\0']) {
            return Err("the name is not a relative path".to_owned());
        }
        let mut parts: Vec<&str> = text.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
        if parts.contains(&"..") {
            return Err("the name contains `..`".to_owned());
        }
        if parts.len() > self.limits.depth {
            return Err(format!("nested deeper than {} folders", self.limits.depth));
        }
        if parts.is_empty() {
            return Ok(String::new());
        }
        let root = parts.remove(0);
        let expected = self.root.get_or_insert_with(|| root.to_owned());
        if root != expected {
            return Err(format!("not below the root folder `{expected}` of the entries before"));
        }
        Ok(parts.join("/"))
    }

    fn file(&mut self, entry: &mut Entry<'_, impl Read>, path: String, shown: &str) -> io::Result<()> {
        let size = entry.header().entry_size()?;
        if size > self.limits.file {
            self.refuse(shown, format!("{size} bytes, more than {}", self.limits.file));
            return Ok(());
        }
        let mut bytes = Vec::new();
        entry.take(size).read_to_end(&mut bytes)?;
        if bytes.len() as u64 != size {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match String::from_utf8(bytes) {
            Ok(text) => drop(self.tree.files.insert(path, File::new(text))),
            Err(_) => self.refuse(shown, "the text is not UTF-8".to_owned()),
        }
        Ok(())
    }

    fn link(&mut self, kind: EntryType, path: &str, link: &[u8], shown: &str) {
        let link = String::from_utf8_lossy(link);
        // A hard link names its target from the root of the archive, a symbolic one from its folder.
        let above = if kind == EntryType::Link { 0 } else { path.split('/').count() };
        let mut depth = above;
        let mut outside = link.starts_with('/') || link.contains('\\');
        for part in link.split('/') {
            match part {
                "" | "." => {}
                ".." => match depth.checked_sub(1) {
                    Some(less) => depth = less,
                    None => outside = true,
                },
                _ => depth += 1,
            }
            outside |= above > 0 && depth == 0;
        }
        if outside {
            self.refuse(shown, format!("links to `{link}`, outside of the archive"));
        } else if (self.wants)(path) {
            self.refuse(shown, format!("is a link to `{link}`; a file is expected"));
        }
    }
}

/// The content of an extended header, when it has a size that makes sense.
fn header(entry: &mut Entry<'_, impl Read>) -> io::Result<Vec<u8>> {
    let size = entry.header().entry_size()?;
    if size > MAX_HEADER {
        return Err(io::Error::other(format!("an extended header of {size} bytes")));
    }
    let mut bytes = Vec::new();
    entry.take(size).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn records(bytes: &[u8]) -> io::Result<Vec<(String, Vec<u8>)>> {
    let own = |record: io::Result<tar::PaxExtension<'_>>| {
        let record = record?;
        let key = record.key().map_err(io::Error::other)?.to_owned();
        Ok((key, record.value_bytes().to_vec()))
    };
    PaxExtensions::new(bytes).map(own).collect()
}

fn pax(entry: &mut Entry<'_, impl Read>, extended: &mut Extended) -> io::Result<()> {
    for (key, value) in records(&header(entry)?)? {
        match key.as_str() {
            "path" => extended.path = Some(value),
            "linkpath" => extended.link = Some(value),
            // It would replace the size in the header that follows, which is what is believed here.
            "size" => return Err(io::Error::other("an extended header changes the size of an entry")),
            _ => {}
        }
    }
    Ok(())
}

fn long(entry: &mut Entry<'_, impl Read>) -> io::Result<Vec<u8>> {
    let mut name = header(entry)?;
    while name.last() == Some(&0) {
        name.pop();
    }
    Ok(name)
}

#[cfg(test)]
#[path = "archive_tests.rs"]
mod tests;
