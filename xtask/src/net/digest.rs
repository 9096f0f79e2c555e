//! Digests of files, and the integrity that a registry publishes (Subresource Integrity).

use anyhow::{Context, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};
use std::fmt::Write;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

/// The digests of one file.
pub(crate) struct Hashes {
    sha1: Vec<u8>,
    sha256: Vec<u8>,
    sha384: Vec<u8>,
    sha512: Vec<u8>,
}

impl Hashes {
    /// Those of a file, all of it, which is then at its end.
    pub(crate) fn of(file: &File) -> anyhow::Result<Self> {
        let (mut sha1, mut sha256, mut sha384, mut sha512) =
            (Sha1::new(), Sha256::new(), Sha384::new(), Sha512::new());
        let mut file = file;
        file.seek(SeekFrom::Start(0))?;
        let mut buffer = vec![0; 64 << 10];
        loop {
            match file.read(&mut buffer).context("a file that was just got cannot be read")? {
                0 => break,
                count => {
                    sha1.update(&buffer[..count]);
                    sha256.update(&buffer[..count]);
                    sha384.update(&buffer[..count]);
                    sha512.update(&buffer[..count]);
                }
            }
        }
        Ok(Self {
            sha1: sha1.finalize().to_vec(),
            sha256: sha256.finalize().to_vec(),
            sha384: sha384.finalize().to_vec(),
            sha512: sha512.finalize().to_vec(),
        })
    }

    /// SHA-256 in hexadecimal.
    pub(crate) fn sha256(&self) -> String {
        hex(&self.sha256)
    }

    /// SHA-512 as integrity.
    pub(crate) fn integrity(&self) -> String {
        format!("sha512-{}", STANDARD.encode(&self.sha512))
    }

    fn by(&self, algorithm: Algorithm) -> &[u8] {
        match algorithm {
            Algorithm::Sha1 => &self.sha1,
            Algorithm::Sha256 => &self.sha256,
            Algorithm::Sha384 => &self.sha384,
            Algorithm::Sha512 => &self.sha512,
        }
    }
}

/// The algorithms of integrity, the weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Algorithm {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Algorithm {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "sha1" => Self::Sha1,
            "sha256" => Self::Sha256,
            "sha384" => Self::Sha384,
            "sha512" => Self::Sha512,
            _ => return None,
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
        }
    }
}

/// What a file must hash to: one of the digests by the strongest algorithm that was published.
#[derive(Debug, PartialEq)]
pub(crate) struct Integrity {
    algorithm: Algorithm,
    digests: Vec<Vec<u8>>,
}

impl Integrity {
    /// From what a registry publishes: `integrity`, or else the older `shasum`.
    ///
    /// `Err` when there is neither, or nothing in them that is known.
    pub(crate) fn published(integrity: Option<&str>, shasum: Option<&str>) -> anyhow::Result<Self> {
        if let Some(text) = integrity.filter(|text| !text.trim().is_empty()) {
            return Self::parse(text);
        }
        match shasum.map(unhex) {
            Some(Some(digest)) if digest.len() == 20 => {
                Ok(Self { algorithm: Algorithm::Sha1, digests: vec![digest] })
            }
            Some(_) => bail!("the registry publishes a shasum that is no SHA-1"),
            None => bail!("the registry publishes neither integrity nor shasum"),
        }
    }

    fn parse(text: &str) -> anyhow::Result<Self> {
        let known = text.split_ascii_whitespace().filter_map(|one| {
            let (name, rest) = one.split_once('-')?;
            let algorithm = Algorithm::named(name)?;
            // Options after `?` say nothing that is known.
            let digest = STANDARD.decode(rest.split('?').next()?).ok()?;
            let length = match algorithm {
                Algorithm::Sha1 => 20,
                Algorithm::Sha256 => 32,
                Algorithm::Sha384 => 48,
                Algorithm::Sha512 => 64,
            };
            (digest.len() == length).then_some((algorithm, digest))
        });
        let known: Vec<_> = known.collect();
        let Some(algorithm) = known.iter().map(|(algorithm, _)| *algorithm).max() else {
            bail!("the registry publishes an integrity without a digest that is known: `{text}`");
        };
        let digests = known.into_iter().filter(|(a, _)| *a == algorithm).map(|(_, digest)| digest).collect();
        Ok(Self { algorithm, digests })
    }

    /// Whether it is by an algorithm that can be broken.
    pub(crate) fn is_weak(&self) -> bool {
        self.algorithm == Algorithm::Sha1
    }

    /// Whether a file has it; `Err` says what it has instead.
    pub(crate) fn check(&self, hashes: &Hashes) -> anyhow::Result<()> {
        let found = hashes.by(self.algorithm);
        if self.digests.iter().any(|digest| digest == found) {
            return Ok(());
        }
        let shown = |digest: &[u8]| format!("{}-{}", self.algorithm.name(), STANDARD.encode(digest));
        let expected: Vec<_> = self.digests.iter().map(|digest| shown(digest)).collect();
        bail!("its integrity is {}, published is {}", shown(found), expected.join(" or "))
    }
}

/// Bytes in hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |at: usize| text.get(at..at + 2).and_then(|two| u8::from_str_radix(two, 16).ok());
    (text.len().is_multiple_of(2)).then(|| (0..text.len()).step_by(2).map(digit).collect())?
}

#[cfg(test)]
mod tests {
    use super::{Hashes, Integrity};
    use std::io::Write;

    const SHA1: &str = "qUqP5cyxm6YcTAhz05Hph5gvu9M=";
    const SHA512: &str =
        "7iaw3Ur350mqGo7jwQrpkj9hiYB3Lkc/iBml1JQODbJ6wYX4oOHV+E+IvIh/1nsUNzLDBMxfqa2Ob1f1ACio/w==";

    /// The digests of `test`.
    fn hashes() -> Hashes {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"test").unwrap();
        Hashes::of(&file).unwrap()
    }

    #[test]
    fn the_strongest_counts() {
        let right = format!("sha512-{SHA512}");
        assert_eq!(hashes().integrity(), right);
        let wrong = format!("sha512-{}", "A".repeat(86) + "==");
        for (text, holds) in [
            (right.clone(), true),
            (format!("sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA= {right}?x"), true),
            (format!("{wrong} {right} md5-xyz"), true),
            (format!("sha1-{SHA1} {wrong}"), false),
            (format!("sha1-{SHA1}"), true),
        ] {
            let integrity = Integrity::published(Some(&text), None).unwrap();
            assert_eq!(integrity.check(&hashes()).is_ok(), holds, "{text}");
            assert_eq!(integrity.is_weak(), !text.contains("sha512"));
        }
        let error = Integrity::parse(&wrong).unwrap().check(&hashes()).unwrap_err().to_string();
        assert!(error.contains(&right) && error.contains(&wrong), "{error}");
    }

    #[test]
    fn the_shasum_is_the_last_resort() {
        let shasum = "a94a8fe5ccb19ba61c4c0873d391e987982fbbd3";
        let weak = Integrity::published(None, Some(shasum)).unwrap();
        assert!(weak.is_weak() && weak.check(&hashes()).is_ok());
        assert!(Integrity::published(Some("md5-xyz"), Some(shasum)).is_err(), "what is there is not ignored");
        for (integrity, shasum) in
            [(None, None), (None, Some("xyz")), (Some("sha512-xyz"), None), (None, Some("é"))]
        {
            assert!(Integrity::published(integrity, shasum).is_err());
        }
    }
}
