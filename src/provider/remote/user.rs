//! Whose sockets and streams are counted together.

use crate::auth::server::Identity;
use meshery_server::Token;
use sha2::{Digest, Sha256};

/// A user, as far as it is known here: by the provider and the subject that it vouches for, or else, where
/// the upstream server decides whose a token is, by a digest of the token.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum User {
    Subject(String, String),
    Shown([u8; 32]),
    Nobody,
}

impl User {
    pub(super) fn of(identity: Option<&Identity>, shown: Option<&Token>) -> Self {
        match (identity, shown) {
            (Some(identity), _) if !identity.subject.is_empty() => {
                Self::Subject(identity.provider.clone(), identity.subject.clone())
            }
            (_, Some(token)) => Self::Shown(Sha256::digest(token.secret()).into()),
            _ => Self::Nobody,
        }
    }
}
