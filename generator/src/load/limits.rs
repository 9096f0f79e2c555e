//! How much a source may hold.

/// Bounds on what is read of a source; the defaults are many times what a release needs.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Entries of an archive or folder, wanted or not.
    pub entries: usize,
    /// Bytes of all entries of an archive once unpacked, wanted or not.
    pub total: u64,
    /// Bytes of a single file that is read.
    pub file: u64,
    /// Bytes of a bundle, as it comes and once unpacked.
    pub bundle: u64,
    /// Folders above a file.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { entries: 100_000, total: 512 << 20, file: 16 << 20, bundle: 64 << 20, depth: 24 }
    }
}
