//! What is known of a caller.

use crate::auth::LOCAL;
use serde_json::{Map, Value};
use std::fmt;

/// The id of the only user of the local provider: UUIDv5 of `meshery-local-provider-user` in the
/// DNS namespace, as Meshery Server has it.
pub const LOCAL_USER: &str = "a449604d-3f10-58f4-95ff-a9385c2fad6a";

/// Who calls, as far as the provider vouches for it.
///
/// Its `Debug` output holds names, and no claims.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Identity {
    /// The name of the provider that vouches.
    pub provider: String,
    /// The claim `sub`; for the local user its id.
    pub subject: String,
    /// The claims of the token; none for the local user.
    pub claims: Map<String, Value>,
    /// The token that takes the place of the one that was shown, if that was refreshed.
    pub refreshed: Option<meshery_server::Token>,
    /// Whether it was the local provider that let it in: a name alone makes nobody the local user.
    pub(super) local: bool,
}

impl Identity {
    /// The only user of the local provider.
    #[must_use]
    pub fn local() -> Self {
        Self {
            provider: LOCAL.to_owned(),
            subject: LOCAL_USER.to_owned(),
            claims: Map::new(),
            refreshed: None,
            local: true,
        }
    }

    /// Whether it is the local user.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.local && crate::auth::is_local(&self.provider)
    }

    /// The scopes that the token was given: the claim `scp`, a list or words.
    #[must_use]
    pub fn scopes(&self) -> Vec<&str> {
        match self.claims.get("scp") {
            Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
            Some(Value::String(words)) => words.split_whitespace().collect(),
            _ => Vec::new(),
        }
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("provider", &self.provider)
            .field("subject", &self.subject)
            .finish_non_exhaustive()
    }
}
