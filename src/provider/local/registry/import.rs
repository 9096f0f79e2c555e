//! Files that entities are imported from: JSON or YAML, alone or in an archive.

use crate::provider::local::objects::Document;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::read::GzDecoder;
use serde_json::Value;
use std::io::Read;

/// The most bytes that come out of a file.
const LARGEST: u64 = 64 << 20;
/// The most files in an archive that are looked at.
const MOST_FILES: usize = 20_000;
/// Archives in archives: a compressed layer in the archive of an OCI image is two.
const DEEPEST: usize = 3;

/// The documents in a file as callers send it: as its text, or in base64 with or without the head
/// of a data URL. What is neither JSON nor YAML is passed over. The error is for the caller.
pub(super) fn documents(file: &str) -> Result<Vec<Document>, String> {
    let tail = file.strip_prefix("data:").and_then(|url| url.split_once(";base64,")).map(|(_, tail)| tail);
    let packed = STANDARD.decode(tail.unwrap_or(file).trim()).ok();
    let bytes = packed.unwrap_or_else(|| file.as_bytes().to_vec());
    let mut reader = Reader { left: LARGEST, files: 0, found: Vec::new() };
    reader.read(bytes, 0)?;
    Ok(reader.found)
}

struct Reader {
    left: u64,
    files: usize,
    found: Vec<Document>,
}

impl Reader {
    fn read(&mut self, bytes: Vec<u8>, depth: usize) -> Result<(), String> {
        if bytes.starts_with(&[0x1f, 0x8b]) {
            return if depth < DEEPEST { self.gunzip(&bytes, depth) } else { Ok(()) };
        }
        if bytes.get(257..262) == Some(b"ustar") {
            return if depth < DEEPEST { self.untar(&bytes, depth) } else { Ok(()) };
        }
        // JSON is YAML, and read much faster as what it is.
        let value = serde_json::from_slice(&bytes).ok().or_else(|| serde_yaml::from_slice(&bytes).ok());
        match value {
            Some(Value::Object(document)) => self.found.push(document),
            Some(Value::Array(all)) => {
                self.found.extend(all.into_iter().filter_map(|value| match value {
                    Value::Object(document) => Some(document),
                    _ => None,
                }));
            }
            _ => {}
        }
        Ok(())
    }

    fn gunzip(&mut self, bytes: &[u8], depth: usize) -> Result<(), String> {
        let unpacked = self.bounded(GzDecoder::new(bytes))?;
        self.read(unpacked, depth + 1)
    }

    fn untar(&mut self, bytes: &[u8], depth: usize) -> Result<(), String> {
        let damaged = |_| "the archive is damaged".to_owned();
        let mut archive = tar::Archive::new(bytes);
        for entry in archive.entries().map_err(damaged)? {
            let entry = entry.map_err(damaged)?;
            if !entry.header().entry_type().is_file() {
                continue;
            }
            self.files += 1;
            if self.files > MOST_FILES {
                return Err(format!("the archive holds more than {MOST_FILES} files"));
            }
            let content = self.bounded(entry)?;
            self.read(content, depth + 1)?;
        }
        Ok(())
    }

    fn bounded(&mut self, source: impl Read) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::new();
        let mut source = source.take(self.left + 1);
        source.read_to_end(&mut bytes).map_err(|_| "the archive is damaged".to_owned())?;
        self.left =
            self.left.checked_sub(bytes.len() as u64).ok_or("the file is too large once it is unpacked")?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::documents;
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        for (name, bytes) in files {
            let mut header = tar::Header::new_ustar();
            header.set_size(bytes.len() as u64);
            header.set_mode(0o644);
            builder.append_data(&mut header, name, *bytes).unwrap();
        }
        builder.into_inner().unwrap()
    }

    #[test]
    fn documents_are_found_in_texts_and_archives() {
        assert_eq!(documents("{\"a\": 1}").unwrap().len(), 1);
        assert_eq!(documents("a: 1\nb: 2").unwrap().len(), 1);
        let packed = gzip(&archive(&[("m.json", b"{}"), ("c.yaml", b"a: 1"), ("notes.txt", b"just words")]));
        assert_eq!(documents(&STANDARD.encode(&packed)).unwrap().len(), 2);
        let layered = archive(&[("blobs/x", &packed)]);
        let url = format!("data:application/gzip;base64,{}", STANDARD.encode(layered));
        assert_eq!(documents(&url).unwrap().len(), 2);
    }

    #[test]
    fn what_grows_without_end_is_refused() {
        let bomb = gzip(&vec![b' '; (64 << 20) + 1]);
        assert!(documents(&STANDARD.encode(bomb)).unwrap_err().contains("too large"));
        assert!(documents(&STANDARD.encode(b"\x1f\x8bnonsense")).is_err());
    }
}
