//! What a caller may do, by the permission keys that they hold.
//!
//! A key is a function of Meshery's with an id; keys are given to roles, and roles to users in an
//! organization. Which operation asks for which key is [`PERMISSIONS`], a map of ours: upstream has
//! none. What it does not have is not allowed.

mod held;
mod map;

pub use held::HeldKeys;

use super::Identity;
use http::Uri;
use meshery_server::{Asked, Authorize, Denied, OperationInfo, PermissionKey, Token};
use std::collections::{BTreeSet, HashSet};
use std::future::Future;
use std::sync::Arc;
use url::form_urlencoded;
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
/// The organization whose keys count is the parameter `orgId` of path or query, else the
/// [default](Self::organization).
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
}

impl<K: Keys> ByKeys<K> {
    /// Asks `keys` what a caller holds.
    pub fn new(keys: K) -> Self {
        Self { keys, organization: None, allowed: BTreeSet::new() }
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
}

impl<K: Keys> Authorize<Identity> for ByKeys<K> {
    async fn authorize(&self, identity: &Identity, asked: Asked<'_>) -> Result<(), Denied> {
        let id = asked.operation.id;
        let everybody = EVERYBODY.iter().any(|(operation, _)| *operation == id);
        if identity.is_local() || everybody || self.allowed.contains(id) {
            return Ok(());
        }
        let Some(permission) = PERMISSIONS.iter().find(|permission| permission.operation == id) else {
            return Err(Denied::forbidden(format!("no key permits {id}")));
        };
        let named = organization(asked.operation, &asked.parts.uri)?;
        let Some(organization) = named.or(self.organization) else {
            return Err(Denied::forbidden("no organization is named, so no keys count"));
        };
        let token = identity.refreshed.as_ref().or(asked.token);
        if self.keys.held(identity, token, organization).await?.contains(&permission.key) {
            return Ok(());
        }
        let Permission { theme, function, .. } = permission;
        Err(Denied::forbidden(format!("the key `{theme}: {function}` is needed")))
    }
}

/// The organization that a request names. Two that differ are an attempt to have the keys of one
/// count in the other.
fn organization(operation: &OperationInfo, uri: &Uri) -> Result<Option<Uuid>, Denied> {
    let in_path = operation
        .path
        .split('/')
        .zip(uri.path().split('/'))
        .filter(|(name, _)| name.eq_ignore_ascii_case("{orgId}"))
        .map(|(_, value)| value.to_owned());
    let query = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    let in_query =
        query.filter(|(name, _)| name.eq_ignore_ascii_case("orgId")).map(|(_, value)| value.into_owned());
    let mut named = None;
    for value in in_path.chain(in_query).filter(|value| !value.is_empty()) {
        let value: Uuid = value.parse().map_err(|_| Denied::forbidden("the organization is no id"))?;
        if named.is_some_and(|earlier| earlier != value) {
            return Err(Denied::forbidden("two organizations are named"));
        }
        named = Some(value);
    }
    Ok(named)
}
