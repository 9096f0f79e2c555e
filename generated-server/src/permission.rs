//! Permission keys, as the contract lists them.

/// A permission key: a function of Meshery's, which roles hold in an organization.
///
/// [`PERMISSION_KEYS`](crate::PERMISSION_KEYS) lists those of the contract. Which operation asks for
/// which key the contract does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct PermissionKey {
    /// Its id, a UUID in lower case.
    pub id: &'static str,
    /// The theme it belongs to: `Workspace Management`. Empty where the contract names none.
    pub theme: &'static str,
    /// The function that it permits: `View Workspace`. Empty where the contract has no name for it.
    pub function: &'static str,
    /// The roles that hold it unless an organization says otherwise.
    pub roles: &'static [&'static str],
    /// The roles that hold it with limits that the contract does not say.
    pub limited: &'static [&'static str],
    /// Whether the local provider knows it.
    pub local: bool,
}

impl PermissionKey {
    #[allow(dead_code, reason = "not every contract has permission keys")]
    pub(crate) const fn new(
        id: &'static str,
        theme: &'static str,
        function: &'static str,
        roles: &'static [&'static str],
        limited: &'static [&'static str],
        local: bool,
    ) -> Self {
        Self { id, theme, function, roles, limited, local }
    }

    /// The key with this id, a UUID in lower case.
    #[must_use]
    pub fn find(id: &str) -> Option<&'static Self> {
        let keys = crate::PERMISSION_KEYS;
        let at = keys.binary_search_by(|key| key.id.cmp(id)).ok()?;
        keys.get(at)
    }
}

#[cfg(test)]
mod tests {
    use super::PermissionKey;
    use crate::PERMISSION_KEYS;

    #[test]
    fn each_is_found_by_its_id() {
        assert!(PERMISSION_KEYS.is_sorted_by(|a, b| a.id < b.id));
        assert!(PERMISSION_KEYS.iter().all(|key| PermissionKey::find(key.id) == Some(key)));
        assert_eq!(PermissionKey::find("no key"), None);
    }
}
