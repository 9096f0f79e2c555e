//! Files that entities are imported from: JSON or YAML, alone or in an archive.

use super::entity::Sort;
use crate::provider::local::reading::{Unreadable, json_or_yaml};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::read::GzDecoder;
use serde_json::Value;
use std::io::Read;

/// The most bytes that come out of a file.
const LARGEST: u64 = 64 << 20;
const TOO_LARGE: &str = "the file is too large once it is unpacked";
/// The most files in an archive that are looked at.
const MOST_FILES: usize = 20_000;
/// Archives in archives: a compressed layer in the archive of an OCI image is two.
const DEEPEST: usize = 3;

/// An entity as a file holds it: its document as JSON, which takes less room than read.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) sort: Sort,
    pub(super) text: String,
}

/// The entities in a file as callers send it: as its text, or in base64 with or without the head of a
/// data URL. What is neither JSON nor YAML, or no entity, is passed over. The error is for the caller.
pub(super) fn entities(file: &str) -> Result<Vec<Found>, String> {
    let tail = file.strip_prefix("data:").and_then(|url| url.split_once(";base64,")).map(|(_, tail)| tail);
    let packed = STANDARD.decode(tail.unwrap_or(file).trim()).ok();
    let bytes = packed.unwrap_or_else(|| file.as_bytes().to_vec());
    let mut reader = Reader { left: LARGEST, kept: LARGEST, files: 0, found: Vec::new() };
    reader.read(bytes, 0)?;
    Ok(reader.found)
}

struct Reader {
    /// What may still be unpacked.
    left: u64,
    /// What may still be kept: aliases make what is read larger than its file.
    kept: u64,
    files: usize,
    found: Vec<Found>,
}

impl Reader {
    fn read(&mut self, bytes: Vec<u8>, depth: usize) -> Result<(), String> {
        if bytes.starts_with(&[0x1f, 0x8b]) {
            return if depth < DEEPEST { self.gunzip(&bytes, depth) } else { Ok(()) };
        }
        if bytes.get(257..262) == Some(b"ustar") {
            return if depth < DEEPEST { self.untar(&bytes, depth) } else { Ok(()) };
        }
        match json_or_yaml(&bytes) {
            Ok(Value::Array(all)) => all.into_iter().try_for_each(|value| self.keep(value)),
            Ok(value) => self.keep(value),
            Err(Unreadable::Malformed) => Ok(()),
            Err(why @ Unreadable::TooLarge) => Err(why.to_string()),
        }
    }

    fn keep(&mut self, value: Value) -> Result<(), String> {
        let Some(sort) = value.as_object().and_then(Sort::of) else { return Ok(()) };
        let text = value.to_string();
        self.kept = self.kept.checked_sub(text.len() as u64).ok_or(TOO_LARGE)?;
        self.found.push(Found { sort, text });
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
        self.left = self.left.checked_sub(bytes.len() as u64).ok_or(TOO_LARGE)?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::entities;
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
    fn entities_are_found_in_texts_and_archives() {
        let (json, yaml) =
            (r#"{"schemaVersion": "models.meshery.io/v1"}"#, "schemaVersion: components.x/v1\nb: 2");
        let count = |file: &str| entities(file).unwrap().len();
        assert_eq!((count(json), count(yaml), count("{\"a\": 1}")), (1, 1, 0));
        assert_eq!(count(&format!("[{json}, 7, {json}]")), 2);
        let files = [("m.json", json.as_bytes()), ("c.yaml", yaml.as_bytes()), ("notes.txt", b"just words")];
        let packed = gzip(&archive(&files));
        assert_eq!(count(&STANDARD.encode(&packed)), 2);
        let layered = archive(&[("blobs/x", &packed)]);
        assert_eq!(count(&format!("data:application/gzip;base64,{}", STANDARD.encode(layered))), 2);
    }

    #[test]
    fn what_grows_without_end_is_refused() {
        let bomb = gzip(&vec![b' '; (64 << 20) + 1]);
        assert!(entities(&STANDARD.encode(bomb)).unwrap_err().contains("too large"));
        assert!(entities(&STANDARD.encode(b"\x1f\x8bnonsense")).is_err());
        let objects = gzip(format!("[{}0]", "{\"\":0},".repeat(8 << 20)).as_bytes());
        assert!(entities(&STANDARD.encode(objects)).unwrap_err().contains("more than is read"));
        let repeated = format!(
            "schemaVersion: models.x/v1\nx: &a [{}0]\ny: [{}*a]",
            "0,".repeat(200_000),
            "*a,".repeat(100_000)
        );
        assert!(entities(&repeated).unwrap_err().contains("aliases"));
        // Each file is within bounds; together they are not.
        let text = "x".repeat(60_000);
        let one = format!("schemaVersion: models.x/v1\nx: &a {text}\ny: [{}*a]", "*a,".repeat(300));
        let many: Vec<_> = (0..10).map(|_| ("m.yaml", one.as_bytes())).collect();
        assert!(entities(&STANDARD.encode(archive(&many))).unwrap_err().contains("too large"));
    }
}
