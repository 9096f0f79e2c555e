//! What a caller may do, by the permission keys that they hold.
//!
//! A key is a function of Meshery's with an id; keys are given to roles, and roles to users in an
//! organization. Which operation asks for which key is [`PERMISSIONS`], a map of ours: upstream has
//! none. What it does not have is not allowed.

mod bodies;
mod held;
mod map;
mod organization;

pub use bodies::OfOrganization;
pub use held::HeldKeys;

use super::Identity;
use meshery_server::{Asked, Authorize, Denied, OperationInfo, PermissionKey, Token};
use std::collections::{BTreeSet, HashSet};
use std::future::Future;
use std::sync::Arc;
use uuid::Uuid;

/// The key that an operation asks for. What else is known of it is in
/// [`meshery_server::PERMISSION_KEYS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Permission {
    /// The operation id.
    pub operation: &'static str,
    /// The theme of the key: `Workspace Management`.
    pub theme: &'static str,
    /// The function that it permits: `View Workspace`.
    pub function: &'static str,
    /// Its id.
    pub key: Uuid,
}

/// Every operation that a key is for.
pub const PERMISSIONS: &[Permission] = map::KEYS;
/// Protected operations that every known caller may call, each with the reason.
pub const EVERYBODY: &[(&str, &str)] = map::EVERYBODY;
/// Protected operations that no key is for, each with the reason.
pub const UNMAPPED: &[(&str, &str)] = map::UNMAPPED;

/// Every route beside the contract that a key is for: `subscribeEvents` is
/// `GET /api/system/events/subscribe`.
pub const BESIDE: &[Permission] = map::BESIDE;

/// The keys that an operation asks for, for `Api::permissions`: an authorizer of one's own finds them
/// in what it is asked.
#[must_use]
pub fn permissions(operation: &'static OperationInfo) -> &'static [PermissionKey] {
    let found = PERMISSIONS.iter().find(|permission| permission.operation == operation.id);
    let key = found.and_then(|permission| PermissionKey::find(&permission.key.to_string()));
    key.map_or(&[], std::slice::from_ref)
}

impl Permission {
    const fn new(operation: &'static str, theme: &'static str, function: &'static str, key: Uuid) -> Self {
        Self { operation, theme, function, key }
    }
}

/// Where the keys of a caller come from.
pub trait Keys: Send + Sync + 'static {
    /// The keys that a caller, who shows `token`, holds in an organization.
    fn held(
        &self,
        identity: &Identity,
        token: Option<&Token>,
        organization: Uuid,
    ) -> impl Future<Output = Result<Arc<HashSet<Uuid>>, Denied>> + Send;
}

/// Allows what the keys of a caller permit, and nothing else. The local user may do everything.
///
/// The organization whose keys count is the parameter `orgId` of path or query where the operation has
/// one, else the [default](Self::organization); a request that names another beside it is refused. So
/// what is asked for by its id alone is judged by the keys of the default: to which organization it
/// belongs only the server knows that keeps it. Operations with an organization in the body are refused
/// unless somebody [looks into it](Self::around).
///
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
/// use meshery_runtime::auth::server::{ByKeys, Gate, HeldKeys, Provider, Providers};
///
/// let gate = Gate::new(Providers::new([Provider::deferred("Meshery")]));
/// let authorizer = ByKeys::new(HeldKeys::new("https://meshery.example.org")?).allow("createEvent");
/// let router = meshery_server::meshery::Api::new(gate).authorizer(authorizer).into_router();
/// # drop(router);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct ByKeys<K> {
    keys: K,
    organization: Option<Uuid>,
    allowed: BTreeSet<String>,
    /// Whether bodies are looked at after a caller is let in.
    bodies: bool,
}

impl<K: Keys> ByKeys<K> {
    /// Asks `keys` what a caller holds.
    pub fn new(keys: K) -> Self {
        Self { keys, organization: None, allowed: BTreeSet::new(), bodies: false }
    }

    /// The organization of requests that name none.
    #[must_use]
    pub fn organization(mut self, organization: Uuid) -> Self {
        self.organization = Some(organization);
        self
    }

    /// Allows an operation to every known caller, by its id.
    #[must_use]
    pub fn allow(mut self, operation: impl Into<String>) -> Self {
        self.allowed.insert(operation.into());
        self
    }

    /// This authorizer, and around who answers a guard that belongs to it: it refuses a body that names
    /// another organization than the [default](Self::organization), whose keys count for such
    /// operations.
    pub fn around<T>(mut self, others: T) -> (Arc<Self>, OfOrganization<K, T>) {
        self.bodies = true;
        let keys = Arc::new(self);
        (Arc::clone(&keys), OfOrganization { keys, others })
    }
}

impl<K: Keys> Authorize<Identity> for ByKeys<K> {
    async fn authorize(&self, identity: &Identity, asked: Asked<'_>) -> Result<(), Denied> {
        let id = asked.operation.id;
        let everybody = EVERYBODY.iter().any(|(operation, _)| *operation == id);
        if identity.is_local() || everybody || self.allowed.contains(id) {
            return Ok(());
        }
        let Some(permission) = PERMISSIONS.iter().chain(BESIDE).find(|permission| permission.operation == id)
        else {
            return Err(Denied::forbidden(format!("no key permits {id}")));
        };
        if map::IN_BODY.contains(&id) && !self.bodies {
            return Err(Denied::forbidden(format!(
                "the organization of {id} is in its body, which is not looked at"
            )));
        }
        let organization = organization::of_request(asked.operation, &asked.parts.uri, self.organization)?;
        let token = identity.refreshed.as_ref().or(asked.token);
        if self.keys.held(identity, token, organization).await?.contains(&permission.key) {
            return Ok(());
        }
        let Permission { theme, function, .. } = permission;
        Err(Denied::forbidden(format!("the key `{theme}: {function}` is needed")))
    }
}
