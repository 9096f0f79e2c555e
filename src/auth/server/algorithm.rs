//! The algorithms that a token may be signed with.

use jsonwebtoken as jwt;
use std::fmt;
use std::str::FromStr;

/// A signature algorithm with a public key. There is none with a shared secret here, and no `none`:
/// what cannot be named cannot be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256: what Meshery's providers use.
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    Rs384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    Rs512,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// RSASSA-PSS with SHA-384.
    Ps384,
    /// RSASSA-PSS with SHA-512.
    Ps512,
    /// ECDSA with P-256.
    Es256,
    /// ECDSA with P-384.
    Es384,
    /// Ed25519.
    EdDsa,
}

const ALL: [(Algorithm, jwt::Algorithm, &str); 9] = [
    (Algorithm::Rs256, jwt::Algorithm::RS256, "RS256"),
    (Algorithm::Rs384, jwt::Algorithm::RS384, "RS384"),
    (Algorithm::Rs512, jwt::Algorithm::RS512, "RS512"),
    (Algorithm::Ps256, jwt::Algorithm::PS256, "PS256"),
    (Algorithm::Ps384, jwt::Algorithm::PS384, "PS384"),
    (Algorithm::Ps512, jwt::Algorithm::PS512, "PS512"),
    (Algorithm::Es256, jwt::Algorithm::ES256, "ES256"),
    (Algorithm::Es384, jwt::Algorithm::ES384, "ES384"),
    (Algorithm::EdDsa, jwt::Algorithm::EdDSA, "EdDSA"),
];

impl Algorithm {
    pub(super) fn inner(self) -> Option<jwt::Algorithm> {
        ALL.iter().find(|(own, _, _)| *own == self).map(|(_, inner, _)| *inner)
    }
}

impl FromStr for Algorithm {
    type Err = UnknownAlgorithm;

    fn from_str(name: &str) -> Result<Self, UnknownAlgorithm> {
        let found = ALL.iter().find(|(_, _, known)| *known == name).map(|(own, _, _)| *own);
        found.ok_or_else(|| UnknownAlgorithm { name: name.to_owned() })
    }
}

/// A name of no algorithm that can be allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownAlgorithm {
    name: String,
}

impl fmt::Display for UnknownAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known: Vec<_> = ALL.iter().map(|(_, _, name)| *name).collect();
        write!(f, "{:?} is no algorithm that is allowed; there are {}", self.name, known.join(", "))
    }
}

impl std::error::Error for UnknownAlgorithm {}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = ALL.iter().find(|(own, _, _)| own == self).map_or("unknown", |(_, _, name)| name);
        f.write_str(name)
    }
}

#[cfg(test)]
mod tests {
    use super::Algorithm;

    #[test]
    fn neither_none_nor_shared_secrets_can_be_named() {
        for name in ["none", "None", "NONE", "", "HS256", "HS384", "HS512", "rs256"] {
            assert!(name.parse::<Algorithm>().is_err(), "{name}");
        }
        assert_eq!("RS256".parse(), Ok(Algorithm::Rs256));
        assert_eq!(Algorithm::EdDsa.to_string(), "EdDSA");
    }
}
