//! Just enough of the zip format to take files out of an archive as they are in it.

/// The bytes of an archive.
#[derive(Clone, Copy)]
pub(super) struct Archive(pub(super) &'static [u8]);

/// A file that is not compressed.
const STORED: usize = 0;
/// The method by which most files are compressed, which is also gzip's.
const DEFLATE: usize = 8;

/// A file of an archive.
pub(super) enum File {
    Plain(&'static [u8]),
    Gzip(Vec<u8>),
}

impl Archive {
    /// The first file whose path ends with `name`. None where it is not there, or is compressed by
    /// another method.
    pub(super) fn file(self, name: &str) -> Option<File> {
        // "End of central directory" stands before a comment, which ends the archive.
        let end = self.0.windows(4).rposition(|window| window == b"PK\x05\x06")?;
        let (count, mut at) = (self.number(end + 10, 2)?, self.number(end + 16, 4)?);
        for _ in 0..count {
            let lengths = [self.number(at + 28, 2)?, self.number(at + 30, 2)?, self.number(at + 32, 2)?];
            if self.0.get(at + 46..at + 46 + lengths[0])?.ends_with(name.as_bytes()) {
                return self.entry(at);
            }
            at += 46 + lengths.iter().sum::<usize>();
        }
        None
    }

    /// The file whose entry in the central directory is here.
    fn entry(self, at: usize) -> Option<File> {
        let method = self.number(at + 10, 2)?;
        let (sum, size) = (self.0.get(at + 16..at + 20)?, self.0.get(at + 24..at + 28)?);
        let (packed, local) = (self.number(at + 20, 4)?, self.number(at + 42, 4)?);
        let start = local + 30 + self.number(local + 26, 2)? + self.number(local + 28, 2)?;
        let data = self.0.get(start..start + packed)?;
        if method == STORED {
            return Some(File::Plain(data));
        } else if method != DEFLATE {
            return None;
        }
        let mut gzip = b"\x1f\x8b\x08\0\0\0\0\0\0\xff".to_vec();
        gzip.extend_from_slice(data);
        gzip.extend_from_slice(sum);
        gzip.extend_from_slice(size);
        Some(File::Gzip(gzip))
    }

    /// A number of so many bytes, the lowest first.
    fn number(self, at: usize, bytes: usize) -> Option<usize> {
        let bytes = self.0.get(at..at + bytes)?;
        Some(bytes.iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte)))
    }
}
