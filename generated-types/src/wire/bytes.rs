//! Bytes that stand in JSON as base64.

use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use base64::{Engine as _, alphabet, engine};
use serde::{Serialize, Serializer};
use std::fmt;

/// Both alphabets' common ground is read forgivingly: padding and trailing bits do not matter.
const FORGIVING: engine::GeneralPurposeConfig = engine::GeneralPurposeConfig::new()
    .with_decode_padding_mode(engine::DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);

/// Bytes that stand in JSON as a base64 string (`format: byte`).
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bytes(pub Vec<u8>);

impl Bytes {
    /// From the standard alphabet with padding, as it is written.
    #[must_use]
    pub fn from_base64(text: &str) -> Option<Self> {
        STANDARD.decode(text).ok().map(Self)
    }

    /// From either alphabet, with or without padding.
    #[must_use]
    pub fn from_base64_forgiving(text: &str) -> Option<Self> {
        let alphabet = if text.contains(['-', '_']) { &alphabet::URL_SAFE } else { &alphabet::STANDARD };
        engine::GeneralPurpose::new(alphabet, FORGIVING).decode(text).ok().map(Self)
    }

    /// In the standard alphabet with padding.
    #[must_use]
    pub fn to_base64(&self) -> String {
        STANDARD.encode(&self.0)
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_base64())
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bytes({})", STANDARD_NO_PAD.encode(&self.0))
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}
