//! What providers are called.

/// The provider with one user and no login.
pub const LOCAL: &str = "Local";

/// Whether a name is that of the local provider: `Local` in any case, or its older name, `None`.
///
/// ```
/// # use meshery_runtime::auth::is_local;
/// assert!(is_local("local") && is_local("None"));
/// assert!(!is_local("Meshery") && !is_local(""));
/// ```
#[must_use]
pub fn is_local(name: &str) -> bool {
    name.eq_ignore_ascii_case(LOCAL) || name.eq_ignore_ascii_case("none")
}
